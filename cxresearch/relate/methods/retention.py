"""Who stays: customers kept after a landmark, by the service they met before it.

References
----------
Kaplan & Meier (1958), JASA 53; Anderson, Cain & Gelber (1983), Journal of Clinical Oncology 1 (landmark analysis against immortal time).
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.ask.metrics import Metric
from cxresearch.ask.values import indicator
from cxresearch.load.data import Data
from cxresearch.relate.design import any_not_yet
from cxresearch.relate.doubts import few_clusters
from cxresearch.relate.follow_up import ASIDE, MISSING, NOT_YET, ends, landmark, not_seen, robust_log_rank, staying_only
from cxresearch.relate.method import cluster_columns, cluster_word, facts_of, method
from cxresearch.relate.relation import Absent, Relation
from cxresearch.relate.sample import rows_of
from cxresearch.relate.standing import wilson
from cxresearch.relate.survival import Curve, design_effect, kaplan_meier, life_table, log_rank, mean_stayed, quantile, survival_at
from cxresearch.relate.tails import normal_quantile

STEPS = 61
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
def retention(data: Data, *, days: float = 90, groups: int = 3) -> Relation | Absent:
    """Show who stays, by level of exposure before the landmark (or by the levels of `by`).

    Parameters
    ----------
    data : Data
        With a survival outcome ("retention" on a linked study, or `cx.Survival`); one row per customer.
    days : float
        Where the share kept is read and up to which time stayed counts, in the unit of the duration.
    groups : int
        A numeric exposure is cut into 2, 3 or 4 groups of equal size.

    Returns
    -------
    Relation
        `estimates`: term "kept" by group, share still there after `days`; "stayed", mean time stayed of the first `days`; "median", time
        until half have left; "stayed_difference", first group less last (of three levels or more: the two largest). `curve`:
        Kaplan-Meier by group. `facts`: log-rank test, and which two are compared.

    Raises
    ------
    QuestionError
        Where the outcome is not a survival metric, or the number of groups is not 2, 3 or 4.
    MethodError
        Where nobody had the event, or nobody is observed for so many days; in a linked study the answer is an Absent.

    Notes
    -----
    Kaplan and Meier (1958), log-log intervals, Greenwood's variance. Mean time stayed: intervals on the logit scale (Meeker and Escobar
    1998), which stay between 0 and `days`; their difference: on the plain scale. With survey weights: weighted counts, linearised
    variance. Clustered by something else than the customer: the variance times the design effect. In both cases the log-rank test is
    the score test with robust variance.

    Examples
    --------
    >>> import cxresearch as cx
    >>> frame = pd.DataFrame({"who": range(6), "weeks": [2.0, 5, 9, 12, 12, 12], "left": [1, 1, 1, 0, 0, 0]})
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Survival(duration="weeks", event="left")), customer="who")
    >>> round(float(cx.retention(data, days=10).row("kept", "all").estimate), 2)
    0.5
    """
    staying_only(data, "retention", repeats=False)
    if groups not in NAMES:
        raise QuestionError(f"groups is {groups}; it can be 2, 3 or 4.")
    table, order = _grouped(data, groups)
    table = table.filter(table["_group"].isin(order))
    counts = life_table(table, "_group")
    if early := not_seen(data, counts["time"], table.y.count().execute(), days):
        return early
    curves = {name: kaplan_meier(counts[counts["level"] == name]) for name in order}
    rows, notes = _rows(data, table, len(order) > 1)
    wider = {name: _wider(data, rows, name, curve, days) for name, curve in curves.items()}
    estimates = pd.DataFrame([row for what in (_kept, _stayed, _median) for row in _each(what, curves, days, wider)])
    pair = ends(data, curves, days)
    estimates = pd.concat([estimates, pd.DataFrame(_apart(estimates, pair["compared"]))], ignore_index=True)
    grid = np.linspace(0, min(float(counts["time"].max()), days * 2), STEPS)
    lines = [survival_at(curve, grid, wider[name]).assign(term=name) for name, curve in curves.items()]
    alone = len(order) < 2
    chi2, df, p = (np.nan, 0, np.nan) if alone else log_rank(counts) if rows is None else robust_log_rank(rows, rows["_group"])
    facts = facts_of(data) | {"days": days, "logrank": chi2, "logrank_df": df, "logrank_p": p, "event_label": "left", "groups": order,
                              "events": int(table.y.count().execute()), "landmark": data.landmark} | pair  # fmt: skip
    checks = (*data.checks, *notes, _few(data, curves, rows), *landmark(data))
    curve, settings = pd.concat(lines, ignore_index=True), {"days": days, "groups": groups}
    return Relation("retention", data.question, estimates, curve, checks, settings, facts)


def _rows(data: Data, table: ibis.Table, several: bool) -> tuple[pd.DataFrame | None, list[Check]]:
    """Return the rows where counts are not enough: weights and clusters need a robust test between groups."""
    weighted = "weight" in table.columns and several
    if not weighted and data.question.cluster is None:
        return None, []
    table = table.mutate(event=indicator(table.y.notnull()))
    return rows_of(table, ["_group", "y_elapsed", "event", *cluster_columns(data)])


def _wider(data: Data, rows: pd.DataFrame | None, name: str, curve: Curve, days: float) -> float:
    return 1.0 if rows is None or data.question.cluster is None else design_effect(rows[rows["_group"] == name], curve, days)


def _few(data: Data, curves: dict[str, Curve], rows: pd.DataFrame | None) -> Check:
    named = [name for name in curves if name not in ASIDE] or list(curves)
    if data.question.cluster is None or rows is None:
        return few_clusters(min(curves[name].n for name in named), "customers in the smallest group")
    counted = rows[rows["_group"].isin(named)].groupby("_group")[list(cluster_columns(data))].nunique()
    return few_clusters(int(counted.to_numpy().min()), f"{cluster_word(data)} in the smallest group")


def _each(what: Callable, curves: dict[str, Curve], days: float, wider: dict[str, float]) -> list[dict[str, Any]]:
    return [{"level": name, "n": curve.n, **what(curve, days, wider[name])} for name, curve in curves.items()]


def _line(term: str, ends: tuple[float, float, float], at_risk: int = 0, error: float = np.nan) -> dict[str, Any]:
    return {"term": term, **dict(zip(("estimate", "low", "high"), ends, strict=True)), "at_risk": at_risk, "std_error": error}


def _kept(curve: Curve, days: float, wider: float) -> dict[str, Any]:
    if curve.time[-1] < days:
        return _line("kept", (np.nan, np.nan, np.nan))
    at = survival_at(curve, np.array([days]), wider).iloc[0]
    if at.estimate not in (0.0, 1.0):
        return _line("kept", (at.estimate, at.low, at.high), int(at.n), at.std_error)
    (low,), (high,) = wilson(np.array([at.estimate]), np.array([max(at.n, 1)]), normal_quantile(0.975))
    return _line("kept", (at.estimate, low, high), int(at.n), 0.0)


def _stayed(curve: Curve, days: float, wider: float) -> dict[str, Any]:
    if curve.time[-1] < days:
        return _line("stayed", (np.nan, np.nan, np.nan))
    ends, error = mean_stayed(curve, days, wider)
    return _line("stayed", ends, int(survival_at(curve, np.array([days]))["n"].iloc[0]), error)


def _median(curve: Curve, days: float, wider: float) -> dict[str, Any]:
    return _line("median", quantile(curve, inflate=wider))


def _apart(estimates: pd.DataFrame, pair: list[str]) -> list[dict[str, Any]]:
    """Return the mean time stayed in the one group less that in the other; where nobody left, how far it may be off is not known."""
    if not pair:
        return []
    first, last = (estimates[(estimates["term"] == "stayed") & (estimates["level"] == name)].iloc[0] for name in pair)
    error = float(np.hypot(first.std_error, last.std_error)) if min(first.std_error, last.std_error) > 0 else np.nan
    gap, half = first.estimate - last.estimate, normal_quantile(0.975) * error
    both = {"level": f"{first.level} less {last.level}", "n": first.n + last.n}
    return [{**both, **_line("stayed_difference", (gap, gap - half, gap + half), error=error)}]


def _grouped(data: Data, groups: int) -> tuple[ibis.Table, list[str]]:
    """Name the groups: levels of `by`, thirds of the exposure, or everybody."""
    table = data.table
    if data.question.by:
        levels = table.group_by("by").aggregate(n=table.count()).order_by("by").execute()
        return table.mutate(_group=table.by), sorted(levels["by"], key=lambda level: level == MISSING)
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
    spans = [f"up to {edges[0]}{unit}", *(f"{a} to {b}{unit}" for a, b in pairwise(edges)), f"over {edges[-1]}{unit}"]
    names = [f"{word}: {span}" for word, span in zip(words, spans, strict=True)]
    branches = [(data.table.x <= float(cut), name) for cut, name in zip(cuts, names, strict=False)]
    group = ibis.cases((data.table.x.isnull(), NOT_YET), *branches, else_=names[-1])
    return data.table.mutate(_group=group), [*names, *([NOT_YET] if any_not_yet(data) else [])]
