"""What goes with a change of service, if the association held under change.

References
----------
Robins (1986), A new approach to causal inference in mortality studies, Mathematical Modelling 7 (g-computation); `cxresearch.relate.lever`.
"""

from collections.abc import Mapping
from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.check import Check, percent_of
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.ask.metrics import Metric
from cxresearch.ask.question import name_of
from cxresearch.ask.values import indicator
from cxresearch.load.data import Data
from cxresearch.relate.adjusted import NOTHING_HELD
from cxresearch.relate.design import any_not_yet, covariates, is_wait
from cxresearch.relate.doubts import compared
from cxresearch.relate.fit import Fit, solve
from cxresearch.relate.lever import bent, change_in, change_of, lever_of, middle, moved_by, sizes_of
from cxresearch.relate.method import cluster_columns, cluster_word, facts_of, method
from cxresearch.relate.misfit import misfit
from cxresearch.relate.moments import summed
from cxresearch.relate.relation import Absent, Relation
from cxresearch.relate.scores import weighed
from cxresearch.relate.tails import t_below, t_quantile


@method
def what_if(
    data: Data, *, change: Mapping[str, float] | str | None = None, price: float | None = None, cost: float | None = None
) -> Relation | Absent:
    """Predict what would go with a change of the exposure, if the association held.

    Parameters
    ----------
    data : Data
        With a numeric exposure; waits with no end yet stay outside.
    change : mapping or str, optional
        One of ``{"cap": 4}`` (at most 4), ``{"floor": 2}`` (at least 2), ``{"shift": -1}`` (one unit less), ``{"scale": 0.8}`` (20% less);
        or as text: ``"first_response_hours<=4"``, ``">=2"``, ``"-1"``, ``"*0.8"``. None: what the study declares in ``[ask.what_if]``,
        otherwise that nobody fares worse than the median does now.
    price : float, optional
        What one more customer kept is worth; default the mean of the study's column `value`. Only for shares.
    cost : float, optional
        What the change costs for all rows here together, in the same money.

    Returns
    -------
    Relation or Absent
        `estimates`: now, then, difference (in the outcome's unit), with a value also gain and, with a cost, net, for all rows together.
        `facts`: share of rows moved, supported range, value of one, chance that the gain exceeds the cost. Absent where no change is
        named and the exposure is no quantity with a better side.

    Raises
    ------
    QuestionError
        Where exposure, change or money cannot be asked about.
    MethodError
        Where the change leaves the range between the 2.5th and the 97.5th percentile of the data, or moves nobody.

    Notes
    -----
    Least squares on a restricted cubic spline of a wait's logarithm, or on the exposure as it is, and the confounders; then the mean
    difference between the predictions of every row changed and as it was. Errors by cluster with t(G - 1), of fit and rows together.

    Examples
    --------
    >>> import cxresearch as cx
    >>> who = np.arange(60)
    >>> frame = pd.DataFrame({"who": who, "handoffs": who % 4, "score": 9.0 - 2 * (who % 4) + who % 3})
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure="handoffs"), customer="who")
    >>> float(cx.methods.what_if(data, change={"cap": 1}).row("difference").estimate)
    1.5

    References
    ----------
    Robins (1986), A new approach to causal inference in mortality studies, Mathematical Modelling 7 (the g-formula).
    """
    if change is None and data.exposure is not None and data.exposure.kind == "category":
        return _no_lever(data.exposure)
    exposure = _askable(data)
    table = weighed(data.table.filter(data.table.x.notnull()))
    table = table.mutate(_from=table.x.cast("float64"))
    asked = _asked(data, change)
    asked = middle(table, exposure) if asked is None else asked
    if asked is None:
        return _no_lever(exposure)
    kind, amount = change_of(asked)
    lever = lever_of(table, exposure, kind, amount)
    table = table.mutate(_to=lever.moved(table["_from"]), _left=indicator(lever.moved(table["_from"]) != lever.target(table["_from"])))
    sizes = sizes_of(table, exposure, lever)
    table, bends = bent(table, exposure)
    table, names, notes = covariates(table, data.adjust_for)
    moments = summed(table, ["y", *bends, *names])
    fit = solve(moments, "y", [*bends, *names])
    steps = {bend: table[f"_t{bend[2:]}"] - table[bend] for bend in bends}
    estimate, error, clusters = moved_by(table, fit, steps, cluster_columns(data))
    each = _value(data, table, price, cost)
    rows, chance = _rows(data, fit, (estimate, error, clusters - 1), each, cost)
    facts = facts_of(data) | {
        "change": kind, "amount": amount, "moved": sizes["moved"], "left": sizes["left"], "range_low": lever.low, "range_high": lever.high,
        "value_each": each, "cost": cost, "chance": chance, "clusters": clusters, "cluster_word": cluster_word(data),
    }  # fmt: skip
    edges = (lever.low, lever.high)
    smooth = misfit(data, table.mutate(_x=table["_from"]), fit, edges=edges, log=is_wait(exposure), worth=data.worth)
    found = (smooth, *compared(data, clusters, moments), _moved(data, sizes))
    doubts = (*filter(None, found), *_waiting(data), *([] if data.adjust_for or data.question.design != "observed" else [NOTHING_HELD]))
    estimates = pd.DataFrame(rows).assign(customers=int(sizes["customers"]))
    settings = {"change": {kind: amount}, "price": price, "cost": cost}
    return Relation("what_if", data.question, estimates, None, (*data.checks, *notes, *doubts), settings, facts)


def _asked(data: Data, change: Mapping[str, float] | str | None) -> Mapping[str, float] | None:
    """Return the change asked about: as given, else the study's own where it is one of this exposure."""
    name = name_of(data.question.exposure or "")
    if change is not None:
        return change_in(change, name) if isinstance(change, str) else change
    own = str((data.study.ask if data.study else {}).get("what_if", {}).get("change", ""))
    return change_in(own, name) if own.startswith(name) else None


def _no_lever(exposure: Metric) -> Absent:
    return Absent(f"{exposure.label} is no quantity that could be set better or worse: there is no change to ask about.")


def _askable(data: Data) -> Metric:
    if data.exposure is None or data.exposure.kind in ("category", "survival"):
        raise QuestionError("what_if needs a numeric exposure: a lever that can be set higher or lower.")
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens: ask about a share kept, for instance "kept_90d".')
    return data.exposure


def _value(data: Data, table: ibis.Table, price: float | None, cost: float | None) -> float | None:
    """What one more customer kept is worth: as given, or the mean of the study's value; None where neither is known."""
    if price is not None and (data.outcome.kind != "share" or not price > 0):
        raise QuestionError(f'price is {price:g}: give what one more of "{data.outcome.label}" is worth, above zero, and only for a share.')
    if cost is not None and not cost >= 0:
        raise QuestionError(f"cost is {cost:g}; it cannot be negative.")
    each = price
    if each is None and data.outcome.kind == "share" and "value" in table.columns:
        worth, weight = table.value.cast("float64"), table["_weight"]
        mean = table.aggregate(mean=(weight * worth).sum() / weight.sum(where=worth.notnull())).execute().iloc[0]["mean"]
        each = float(mean) if mean == mean and mean is not None and mean > 0 else None
    if cost is not None and each is None:
        raise QuestionError("a cost needs something to be compared with: give price, what one more customer kept is worth.")
    return each


def _rows(
    data: Data, fit: Fit, found: tuple[float, float, float], each: float | None, cost: float | None
) -> tuple[list[dict[str, Any]], float | None]:
    """Rows of the estimates, and the chance that the gain exceeds the cost (Student's t around the difference)."""
    estimate, error, df = found
    half = float(t_quantile(0.975, df)) * error
    rest = {"level": "", "n": fit.rows, "df": df}
    then = fit.mean_y + estimate
    if data.outcome.kind == "share" and not 0 <= then <= 1:
        raise MethodError("the straight lines behind this reach beyond 0 or 100 of 100: ask about a smaller change.")
    blank = {"low": np.nan, "high": np.nan, "std_error": np.nan}
    rows = [{"term": term, "estimate": value, **blank, **rest} for term, value in (("now", fit.mean_y), ("then", then))]
    ends = {"estimate": estimate, "low": estimate - half, "high": estimate + half}
    rows.append({"term": "difference", **ends, "std_error": error, **rest})
    if each is None:
        return rows, None
    all_of, side = fit.rows * each, -1 if data.outcome.better == "lower" else 1
    better = dict(zip(ends, (side * estimate, *sorted((side * ends["low"], side * ends["high"]))), strict=True))
    rows.append({"term": "gain", **{end: value * all_of for end, value in better.items()}, "std_error": error * all_of, **rest})
    if cost is None:
        return rows, None
    rows.append({"term": "net", **{end: value * all_of - cost for end, value in better.items()}, "std_error": error * all_of, **rest})
    beyond = side * estimate - cost / all_of
    return rows, float(t_below(beyond / error, df)) if error > 0 else float(beyond > 0)


def _moved(data: Data, sizes: dict[str, float]) -> Check:
    said = f"{percent_of(sizes['moved'])} of the {data.unit}s would be elsewhere."
    if not sizes["left"]:
        return Check("supported range", "passed", f"{said} All of them where the data reach.")
    left = f"{percent_of(sizes['left'])} stay as they are"
    return Check("supported range", "passed", f"{said} {left}: where they would go the data say nothing.")


def _waiting(data: Data) -> list[Check]:
    if not any_not_yet(data):
        return []
    return [Check("ended waits", "doubt", f"Counted are the {data.unit}s whose wait had ended; those still waiting are left out.")]
