"""Does good service outweigh a journey on which something failed: four corners and their interaction.

References
----------
Lemon & Verhoef (2016), Journal of Marketing 80 (customer journey); Knol & VanderWeele (2012), International Journal of Epidemiology 41
(how to present the interaction of two exposures); Cameron & Miller (2015), JHR 50 (clustered errors).
"""

import ibis
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.ask.history import FAILED, WHOLE
from cxresearch.load.data import Data
from cxresearch.relate.corners import Corners, corners
from cxresearch.relate.doubts import few_clusters
from cxresearch.relate.method import cluster_word, facts_of, method
from cxresearch.relate.relation import Relation

CORNERS = ("whole, good", "whole, poor", "failed, good", "failed, poor")
OUTWEIGHS = {"failed, good": 1.0, "whole, poor": -1.0}
SHORT = {"failed, good": 1.0, "whole, good": -1.0}
INTERACTION = {"whole, good": 1.0, "whole, poor": -1.0, "failed, good": -1.0, "failed, poor": 1.0}
CONTRASTS = {
    ("contrast", "outweighs"): OUTWEIGHS,
    ("contrast", "short of"): SHORT,
    ("service", "whole"): {"whole, good": 1.0, "whole, poor": -1.0},
    ("service", "failed"): {"failed, good": 1.0, "failed, poor": -1.0},
    ("interaction", ""): INTERACTION,
}
FAILED_LEVELS, WHOLE_LEVELS = (FAILED, "0"), (WHOLE, "1")
NO_TOUCH = "(missing)"


@method
def journey(data: Data, *, target: float | None = None, failed: str | None = None) -> Relation:
    """Compare good and poor service after journeys with and without a failure.

    Parameters
    ----------
    data : Data
        With a service quantity as exposure, and the journey in `by`: ``by="journey"``, or a column of two levels.
    target : float, optional
        From here on service is poor (in the exposure's unit; its better side decides). Without it the median of the exposure.
    failed : str, optional
        The level of `by` that is a failed journey. None: the study's own (``failed`` in ``[ask.journey]``), or that of ``journey``.

    Returns
    -------
    Relation
        `estimates`: term "corner" (whole or failed journey, good or poor service; confounders at their means); "contrast": level
        "outweighs" is failed with good less whole with poor, "short of" is failed with good less whole with good; "service": good less
        poor by journey; "interaction": how much more good service goes with on a whole journey. `raw`: as recorded.

    Raises
    ------
    QuestionError
        Where exposure or `by` is missing, has no better side, or `by` has other than two levels.
    MethodError
        Where one corner is empty.

    Notes
    -----
    Least squares on the four corners and the confounders, CR1 errors by cluster with t(G - 1). Rows whose wait had not ended, and
    customers without any touch, stand outside the four corners and are counted.

    Examples
    --------
    >>> import cxresearch as cx
    >>> parts = {"who": range(40), "wait": [1.0, 9] * 20, "path": ["ok", "ok", "bad", "bad"] * 10, "score": [9.0, 7, 5, 4, 8, 6, 5, 2] * 5}
    >>> asked = cx.Question(outcome=cx.Mean("score"), exposure=cx.Duration("wait"), by="path")
    >>> found = cx.methods.journey(cx.from_frame(pd.DataFrame(parts), asked, customer="who"), target=4, failed="bad")
    >>> float(found.row("contrast", "outweighs").estimate)
    -1.5
    """
    _asked(data)
    bad, whole, outside = _sides_of_journey(data, failed)
    cut, notes = _cut(data, target)
    table = data.table.filter(data.table.by.isin([bad, whole]) & data.table.x.notnull())
    good = table.x >= cut if data.parts.exposure.better == "higher" else table.x <= cut  # type: ignore[union-attr]
    named = ibis.cases(
        ((table.by == whole) & good, CORNERS[0]), (table.by == whole, CORNERS[1]), (good, CORNERS[2]), else_=CORNERS[3]
    )  # fmt: skip
    found = corners(data, table.mutate(_corner=named), CORNERS, "_corner")
    facts = facts_of(data) | {
        "cut": cut, "target": target, "failed_level": bad, "whole_level": whole, "clusters": found.clusters, "n_used": found.held[0].rows,
    }  # fmt: skip
    checks = (
        *data.checks, *outside, *notes, few_clusters(found.clusters, cluster_word(data)), *found.checks, *_halved(data, target),
    )  # fmt: skip
    return Relation("journey", data.question, _rows(found), None, checks, {"target": target, "failed": failed}, facts)


def _asked(data: Data) -> None:
    if data.exposure is None or not data.question.by:
        raise QuestionError(
            'journey needs a service quantity and the journey: Question(outcome=..., exposure="first_response_hours", by="journey").'
        )
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens: journey compares scores, shares and amounts.')
    if data.exposure.kind == "category" or data.exposure.better == "neither":
        raise QuestionError(
            f'"{data.exposure.name}" has no better side, so no half of it is good service: use a metric with better="higher" or "lower".'
        )


def _sides_of_journey(data: Data, failed: str | None) -> tuple[str, str, list[Check]]:
    """Return the level that failed, the level that did not, and a check on the rows without a journey."""
    counts = data.table.group_by(level=data.table.by).aggregate(n=data.table.count()).order_by("level").execute()
    levels = [level for level in counts["level"] if level != NO_TOUCH]
    if len(levels) != 2:
        raise QuestionError(f'"{data.question.by}" has {len(levels)} levels ({", ".join(levels[:5])}); a journey has two: whole or failed.')
    own = (data.study.ask if data.study else {}).get("journey", {}).get("failed")
    bad = failed or (own if own in levels else None) or next((level for level in levels if level in FAILED_LEVELS), None)
    if bad not in levels:
        raise QuestionError(f'which level of "{data.question.by}" is a failed journey? Give failed=, one of {", ".join(levels)}.')
    whole = next(level for level in levels if level != bad)
    without = int(counts.loc[counts["level"] == NO_TOUCH, "n"].sum())
    said = f"For {without:,} of {data.rows:,} {data.unit}s no touch is on record in the time before: they stand outside the comparison."
    return str(bad), whole, [Check("no journey", "passed", said)] if without else []


def _cut(data: Data, target: float | None) -> tuple[float, list[Check]]:
    known = data.table.filter(data.table.x.notnull())
    row = known.aggregate(middle=known.x.quantile(0.5), least=known.x.min(), most=known.x.max(), n=known.count()).execute().iloc[0]
    if not row["n"]:
        raise MethodError("no wait had ended when the outcome was measured: there is no good and no poor service to compare.")
    cut = float(row["middle"]) if target is None else float(target)
    higher = data.parts.exposure.better == "higher"  # type: ignore[union-attr]
    if not (row["least"] < cut <= row["most"] if higher else row["least"] <= cut < row["most"]):
        raise MethodError(
            f"cut at {cut:g}, all service lies on one side ({row['least']:g} to {row['most']:g}): give a target between the two."
        )
    open_ = data.rows - int(row["n"])
    said = f"For {open_:,} {data.unit}s the wait had not ended when the outcome was measured: outside the four corners."
    return cut, [Check("still waiting", "passed" if open_ < 0.1 * data.rows else "doubt", said)] if open_ else []


def _halved(data: Data, target: float | None) -> list[Check]:
    if target is not None:
        return []
    said = "Good and poor service are the two halves of what was recorded: no target was declared, so the point lies at the median."
    return [Check("cut at the median", "passed", said)]


def _rows(found: Corners) -> pd.DataFrame:
    rows = [{"term": "corner", "level": level, **found.mean(level)} for level in CORNERS]
    rows += [{"term": term, "level": level, **found.contrast(weights)} for (term, level), weights in CONTRASTS.items()]
    return pd.DataFrame(rows)
