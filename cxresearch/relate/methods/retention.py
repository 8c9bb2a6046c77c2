"""Who stays: customers kept after a landmark, by the service they met before it.

References
----------
Kaplan & Meier (1958), JASA 53; Anderson, Cain & Gelber (1983), Journal of Clinical Oncology 1 (landmark analysis against immortal time).
"""

from itertools import pairwise
from typing import Any

import ibis
import numpy as np
import pandas as pd
from scipy import stats

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.ask.metrics import Metric
from cxresearch.load.data import Data
from cxresearch.relate.design import any_not_yet
from cxresearch.relate.method import facts_of, few_clusters, method
from cxresearch.relate.methods.measure import wilson
from cxresearch.relate.relation import Relation
from cxresearch.relate.survival import kaplan_meier, life_table, log_rank, survival_at

STEPS = 61
NOT_YET = "not yet answered"
NAMES = {
    2: ("lower half", "upper half"),
    3: ("lowest third", "middle third", "highest third"),
    4: ("lowest quarter", "second quarter", "third quarter", "highest quarter"),
}
WAITS = {
    2: ("faster half", "slower half"),
    3: ("fastest third", "middle third", "slowest third"),
    4: ("fastest quarter", "second quarter", "third quarter", "slowest quarter"),
}


@method
def retention(data: Data, *, days: float = 90, groups: int = 3) -> Relation:
    """Show who stays, by level of exposure before the landmark (or by the levels of `by`).

    Parameters
    ----------
    data : Data
        With a survival outcome ("retention" on a linked study, or `cx.Survival`); one row per customer.
    days : float
        Where the share kept is read, in the unit of the duration.
    groups : int
        A numeric exposure is cut into 2, 3 or 4 groups of equal size.

    Returns
    -------
    Relation
        `estimates`: term "kept" by group, share still there after `days`, log-log interval. `curve`: Kaplan-Meier by group.
        `facts`: log-rank test between the groups.

    Raises
    ------
    QuestionError
        Where the outcome is not a survival metric, or the number of groups is not 2, 3 or 4.
    MethodError
        Where nobody had the event, or nobody is observed for so many days.

    Examples
    --------
    >>> import cxresearch as cx
    >>> frame = pd.DataFrame({"who": range(6), "weeks": [2.0, 5, 9, 12, 12, 12], "left": [1, 1, 1, 0, 0, 0]})
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Survival(duration="weeks", event="left")), customer="who")
    >>> round(float(cx.retention(data, days=10).row("kept", "all").estimate), 2)
    0.5
    """
    if data.outcome.kind != "survival":
        raise QuestionError(
            f'retention needs a survival outcome: "retention", or cx.Survival(duration=..., event=...); "{data.outcome.name}" is none.'
        )
    if groups not in NAMES:
        raise QuestionError(f"groups is {groups}; it can be 2, 3 or 4.")
    if data.rows > data.customers:
        raise MethodError(f"{data.rows:,} rows are from {data.customers:,} customers: retention takes one row per customer.")
    table, order = _grouped(data, groups)
    counts = life_table(table, "_group")
    counts = counts[counts["level"].isin(order)]
    if int(counts["events"].sum()) == 0:
        raise MethodError("nobody left while observed: there is nothing to compare. Choose an earlier landmark or a longer time.")
    if float(counts["time"].max()) < days:
        raise MethodError(
            f"customers are observed for {counts['time'].max():.0f} {data.outcome.unit} at most; "
            f"the share kept after {days:g} cannot be seen."
        )
    curves = {name: kaplan_meier(counts[counts["level"] == name]) for name in order}
    estimates = pd.DataFrame([{"term": "kept", "level": name, **_kept(curve, days)} for name, curve in curves.items()])
    grid = np.linspace(0, min(float(counts["time"].max()), days * 2), STEPS)
    lines = [survival_at(curve, grid).assign(term=name) for name, curve in curves.items()]
    chi2, df, p = log_rank(counts) if len(order) > 1 else (float("nan"), 0, float("nan"))
    facts = facts_of(data) | {"days": days, "logrank": chi2, "logrank_df": df, "logrank_p": p, "event_label": "left", "groups": order,
                              "events": int(counts["events"].sum()), "landmark": data.landmark}  # fmt: skip
    checks = (
        *data.checks,
        few_clusters(min(curve.n for name, curve in curves.items() if name != NOT_YET), "customers in the smallest group"),
        *_landmark(data),
    )
    return Relation(
        "retention", data.question, estimates, pd.concat(lines, ignore_index=True), checks, {"days": days, "groups": groups}, facts
    )


def _kept(curve: Any, days: float) -> dict[str, Any]:
    at = survival_at(curve, np.array([days])).iloc[0]
    if curve.time[-1] < days:
        return {"estimate": np.nan, "low": np.nan, "high": np.nan, "n": curve.n, "at_risk": 0, "std_error": np.nan}
    if at.estimate in (0.0, 1.0):
        low, high = wilson(np.array([at.estimate]), np.array([max(at.n, 1)]), stats.norm.ppf(0.975))
        return {"estimate": at.estimate, "low": low[0], "high": high[0], "n": curve.n, "at_risk": int(at.n), "std_error": 0.0}
    return {"estimate": at.estimate, "low": at.low, "high": at.high, "n": curve.n, "at_risk": int(at.n), "std_error": at.std_error}


def _grouped(data: Data, groups: int) -> tuple[ibis.Table, list[str]]:
    """Name the groups: levels of `by`, thirds of the exposure, or everybody."""
    table = data.table
    if data.question.by:
        levels = table.group_by("by").aggregate(n=table.count()).order_by("by").execute()
        return table.mutate(_group=table.by), list(levels["by"])
    if data.exposure is None:
        return table.mutate(_group=ibis.literal("all")), ["all"]
    if data.exposure.kind == "category":
        levels = table.group_by("x").aggregate(n=table.count()).order_by("x").execute()
        return table.mutate(_group=table.x), list(levels["x"])
    return _cut(data, data.exposure, groups)


def _cut(data: Data, exposure: Metric, groups: int) -> tuple[ibis.Table, list[str]]:
    known = data.table.filter(data.table.x.notnull())
    cuts = known.aggregate(**{f"q{i}": known.x.quantile(i / groups) for i in range(1, groups)}).execute().iloc[0].to_numpy(dtype=float)
    if len(np.unique(cuts)) < len(cuts):
        raise MethodError(f'"{exposure.name}" takes too few values for {groups} groups; use fewer groups or `by`.')
    words = (WAITS if exposure.kind == "duration" else NAMES)[groups]
    edges = [f"{cut:.3g}" for cut in cuts]
    unit = f" {exposure.unit}" if exposure.unit not in ("each", "units", "") else ""
    spans = [
        f"up to {edges[0]}{unit}",
        *(f"{a} to {b}{unit}" for a, b in pairwise(edges)),
        f"over {edges[-1]}{unit}",
    ]
    names = [f"{word}: {span}" for word, span in zip(words, spans, strict=True)]
    branches = [(data.table.x <= float(cut), name) for cut, name in zip(cuts, names, strict=False)]
    group = ibis.cases((data.table.x.isnull(), NOT_YET), *branches, else_=names[-1])
    return data.table.mutate(_group=group), [*names, *([NOT_YET] if any_not_yet(data) else [])]


def _landmark(data: Data) -> list[Check]:
    if data.unit != "customer":
        return []
    return [
        Check(
            "landmark", "passed", "Service is read before the landmark date, leaving after it: nobody's stay can lengthen their exposure."
        )
    ]
