"""Value and experience, lagged both ways: does earlier experience go with later value, and earlier value with later experience.

References
----------
Finkel (1995), Causal Analysis with Panel Data (cross-lagged panels of two waves); Hamaker, Kuiper & Grasman (2015), A critique of the
cross-lagged panel model, Psychological Methods 20 (what lasts in a customer is not held equal); Gupta et al. (2006), Modeling customer
lifetime value, Journal of Service Research 9.
"""

from collections.abc import Sequence
from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.metrics import Metric
from cxresearch.load.data import Data
from cxresearch.relate.design import covariates
from cxresearch.relate.doubts import few_clusters
from cxresearch.relate.fit import Errors, Fit, clustered, solve
from cxresearch.relate.method import cluster_columns, cluster_word, facts_of, method
from cxresearch.relate.moments import Total, summed
from cxresearch.relate.relation import Relation
from cxresearch.relate.tails import t_above

ASK = (
    'value asks Question(outcome="revenue_after", exposure="mean_score_90d", '
    'drivers={"before": "revenue_before", "after": "score_after"}): later value, earlier experience, earlier value, later experience.'
)


@method
def value(data: Data) -> Relation:
    """Relate experience and value over two windows around a landmark, each given its own past.

    Parameters
    ----------
    data : Data
        One row per customer: outcome is the later value, exposure the earlier experience, and the drivers are two blocks of one:
        ``before`` is the earlier value, ``after`` the later experience.

    Returns
    -------
    Relation
        `estimates`, per standard deviation of what came before, given the other's past and the confounders: term
        "experience to value", "value to experience", and the carry-overs "value to value", "experience to experience"; with `p`,
        `standard` (in standard deviations of the outcome) and `step` (one standard deviation, in its own unit).

    Raises
    ------
    QuestionError
        Where one of the four is not named.
    MethodError
        Where one of them is the same for everybody, or too few customers have all.

    Notes
    -----
    Least squares, CR1 errors by cluster with t(G - 1). Two windows hold each quantity's own past equal, not what lasts in a customer
    beyond it: an association that is not of the moment only.

    Examples
    --------
    >>> import cxresearch as cx
    >>> draw = np.random.default_rng(1).normal(size=(300, 4))
    >>> frame = pd.DataFrame({"who": range(300), "v0": draw[:, 0], "e0": draw[:, 1], "e1": draw[:, 1] + draw[:, 2]})
    >>> frame["v1"] = frame["v0"] + 2 * frame["e0"] + draw[:, 3]
    >>> asked = cx.Question(outcome=cx.Mean("v1"), exposure="e0", drivers={"before": "v0", "after": "e1"})
    >>> found = cx.methods.value(cx.from_frame(frame, asked, customer="who"))
    >>> bool(found.row("experience to value").low > 0), bool(found.row("value to experience").low > 0)
    (True, False)
    """
    before, after = _asked(data)
    table = data.table.mutate(e0=data.table.x.cast("float64"), v0=data.table["d_" + before.name], e1=data.table["d_" + after.name])
    table = table.filter(table.e0.notnull() & table.v0.notnull())
    table, held, notes = covariates(table, data.adjust_for)
    ways = {"value": (table, "y"), "experience": (table.filter(table.e1.notnull()), "e1")}
    rows, clusters = [], []
    for what, (part, outcome) in ways.items():
        fit, errors, moments = _fit(part, outcome, held, cluster_columns(data))
        clusters.append(errors.clusters)
        rows += [_row(f"{name} to {what}", column, (fit, errors, moments)) for name, column in (("experience", "e0"), ("value", "v0"))]
    order = ["experience to value", "value to experience", "value to value", "experience to experience"]
    estimates = pd.DataFrame(rows).set_index("term").loc[order].reset_index()
    labels = data.study.labels if data.study else {}
    named = {"experience": data.parts.exposure, "earlier_value": before, "later_experience": after}
    facts = facts_of(data) | {f"{name}_label": labels.get(m.name, m.label) for name, m in named.items() if m} | {
        "experience_unit": after.unit, "clusters": clusters[0], "n_both": int(rows[-1]["n"]),
    }  # fmt: skip
    checks = (*data.checks, *notes, few_clusters(min(clusters), cluster_word(data)), *_silent(int(rows[0]["n"]), int(rows[-1]["n"])))
    return Relation("value", data.question, estimates, None, checks, {}, facts)


def _asked(data: Data) -> tuple[Metric, Metric]:
    blocks, named = data.question.blocks, {metric.name: metric for metric in data.drivers}
    if data.exposure is None or set(blocks) != {"before", "after"} or any(len(members) != 1 for members in blocks.values()):
        raise QuestionError(ASK)
    if data.outcome.elapsed or data.exposure.kind == "category":
        raise QuestionError(f"each of the four is a number. {ASK}")
    return named[blocks["before"][0]], named[blocks["after"][0]]


def _fit(table: ibis.Table, outcome: str, held: Sequence[str], clusters: Sequence[str]) -> tuple[Fit, Errors, Total]:
    names = ["e0", "v0", *held]
    moments = summed(table, [outcome, *names])
    fit = solve(moments, outcome, names)
    return fit, clustered(table, [fit], clusters)[0], moments


def _row(term: str, column: str, found: tuple[Fit, Errors, Total]) -> dict[str, Any]:
    """Return the slope per standard deviation of what came before."""
    fit, errors, moments = found
    spread = np.sqrt(np.diag(moments.cross) / moments.weight)
    step, outcome = float(spread[moments.names.index(column)]), float(spread[0])
    line = np.zeros(len(fit.names) + 1)
    line[1 + fit.names.index(column)] = step
    estimate = float(line[1:] @ fit.coef)
    error, low, high = errors.interval(estimate, line)
    p = float(2 * t_above(abs(estimate) / error, errors.df)) if error > 0 else float("nan")
    return {
        "term": term, "level": "", "estimate": estimate, "low": low, "high": high, "n": fit.rows, "std_error": error, "df": errors.df,
        "p": p, "standard": estimate / outcome if outcome > 0 else float("nan"), "step": step,
    }  # fmt: skip


def _silent(first: int, both: int) -> list[Check]:
    if both >= 0.9 * first:
        return []
    said = f"{both:,} of {first:,} customers also told of their later experience: the way back is read from them only."
    return [Check("later experience", "doubt", said)]
