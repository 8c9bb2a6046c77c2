"""Failed and recovered against never failed: the service recovery paradox, tested and not assumed.

References
----------
McCollough & Bharadwaj (1992), The recovery paradox; de Matos, Henrique & Vargas Rossi (2007), Service recovery paradox: a meta-analysis,
Journal of Service Research 10 (satisfaction rises above what it was, repurchase and word of mouth do not).
"""

import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.history import LEFT_OPEN, NEVER, RECOVERED
from cxresearch.load.data import Data
from cxresearch.relate.corners import corners
from cxresearch.relate.doubts import FEW, few_clusters
from cxresearch.relate.method import cluster_word, facts_of, method
from cxresearch.relate.relation import Relation

LEVELS = (NEVER, RECOVERED, LEFT_OPEN)
DIFFERENCES = {"recovered less never": (1, 0), "recovered less open": (1, 2), "open less never": (2, 0)}


@method
def recovery(data: Data, *, levels: tuple[str, str, str] = LEVELS) -> Relation:
    """Compare the outcome after no failure, after a failure that was recovered, and after one that was not.

    Parameters
    ----------
    data : Data
        With ``by="recovery"``: failed where the contact was reopened or a touch failed in the 90 days before, recovered where the
        contact was resolved when the outcome was measured. Or with a `by` of your own.
    levels : tuple of str
        The three levels of `by`: never failed, failed and recovered, failed and not recovered.

    Returns
    -------
    Relation
        `estimates`: term "group" for each, confounders at their means (`raw`: as recorded); term "difference": "recovered less never"
        (above zero is the paradox), "recovered less open", "open less never". The third group is left out where it is too small.

    Raises
    ------
    QuestionError
        Where there is no `by`, or it does not have these levels.
    MethodError
        Where a group is empty.

    Notes
    -----
    Customers who failed once are not those who never did: what is declared in `adjust_for` is held equal, the rest is not.

    Examples
    --------
    >>> import cxresearch as cx
    >>> parts = {"who": range(30), "how": ["no", "fixed", "open"] * 10, "score": [8.0, 7, 3, 9, 8, 4] * 5}
    >>> data = cx.from_frame(pd.DataFrame(parts), cx.Question(outcome=cx.Mean("score"), by="how"), customer="who")
    >>> found = cx.methods.recovery(data, levels=("no", "fixed", "open"))
    >>> round(float(found.row("difference", "recovered less never").estimate), 3)
    -1.0

    References
    ----------
    McCollough and Bharadwaj (1992), The recovery paradox, in: Marketing Theory and Applications.
    """
    if not data.question.by:
        raise QuestionError('recovery needs the groups: Question(outcome=..., by="recovery").')
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens: recovery compares scores, shares and amounts.')
    here = set(data.table.select("by").distinct().execute()["by"])
    if not set(levels) & here:
        raise QuestionError(
            f'"{data.question.by}" has the levels {", ".join(sorted(here)[:6])}; give levels=(never, recovered, not recovered).'
        )
    used, notes = _large_enough(data, levels)
    found = corners(data, data.table, used, "by")
    rows = [{"term": "group", "level": level, **found.mean(level)} for level in used]
    for name, (first, second) in DIFFERENCES.items():
        if {levels[first], levels[second]} <= set(used):
            rows.append({"term": "difference", "level": name, **found.contrast({levels[first]: 1.0, levels[second]: -1.0})})
    estimates = pd.DataFrame(rows)
    facts = facts_of(data) | {"levels": list(levels), "clusters": found.clusters, "n_used": found.held[0].rows}
    few = few_clusters(found.clusters, cluster_word(data))
    checks = (*data.checks, few, *found.checks, *notes, *_record(data), *_outside(data, levels, here))
    return Relation("recovery", data.question, estimates, None, checks, {"levels": list(levels)}, facts)


def _large_enough(data: Data, levels: tuple[str, str, str]) -> tuple[tuple[str, ...], list[Check]]:
    """Leave out failures without recovery where they are too few: the others can still be compared."""
    last = data.table.filter(data.table.by == levels[2])
    count = int(last.aggregate(n=last.cluster.nunique()).execute().iloc[0]["n"])
    if count >= FEW:
        return levels, []
    said = f"“{levels[2]}” is left out: {count} {cluster_word(data)}, fewer than {FEW}."
    return levels[:2], [Check("small group", "passed", said)]


def _record(data: Data) -> list[Check]:
    if data.question.by != "recovery" or data.unit == "contact" or any(check.name == "not dated" for check in data.checks):
        return []
    said = "Reopening is read as it stands in the record today; part of it may have happened after the outcome was measured."
    return [Check("not dated", "doubt", said, "suggestive")]


def _outside(data: Data, levels: tuple[str, str, str], here: set[str]) -> list[Check]:
    if here <= set(levels):
        return []
    used = int(data.table.filter(data.table.by.isin(list(levels))).count().execute())
    lost = 1 - used / data.rows
    status = "failed" if lost > 0.3 else "doubt" if lost > 0.1 else "passed"
    return [Check("outside the groups", status, f"{data.rows - used:,} of {data.rows:,} {data.unit}s stand in none of the three groups.")]
