"""A lever and how far it can be set: a change of the exposure that never leaves the support of the data.

References
----------
Haneuse & Rotnitzky (2013), Estimation of the effect of interventions that modify the received treatment, Statistics in Medicine 32.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from math import isfinite
from operator import add

import ibis
import numpy as np
from ibis import ifelse

from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.ask.metrics import SECONDS, Metric
from cxresearch.ask.values import indicator, number
from cxresearch.relate.design import is_wait, knots_of, log2, spline
from cxresearch.relate.fit import Fit
from cxresearch.relate.scores import meat

CHANGES = ("cap", "floor", "shift", "scale")
WRITTEN = re.compile(r"\s*(\w*)\s*(<=|>=|[-+*])\s*(\d+(?:\.\d+)?)\s*")
SIGNS = {"<=": "cap", ">=": "floor", "-": "shift", "+": "shift", "*": "scale"}
RANGE = (0.025, 0.975)
MOST_LEFT = 0.1


@dataclass(frozen=True)
class Lever:
    """A change of the exposure: `kind` cap, floor, shift or scale, by `amount`, inside the range that the data support."""

    kind: str
    amount: float
    low: float
    high: float

    def target(self, x: ibis.Value) -> ibis.Value:
        """Return where a row would be taken, supported or not."""
        amount = number(ibis.literal(self.amount))
        found = {"cap": ibis.least(x, amount), "floor": ibis.greatest(x, amount), "shift": x + amount, "scale": x * amount}
        return found[self.kind]

    def moved(self, x: ibis.Value) -> ibis.Value:
        """Return where a row is taken: one that would leave the supported range stays where it is."""
        to = self.target(x)
        return ifelse((to >= self.low) & (to <= self.high), to, x)


def change_in(text: str, exposure: str) -> dict[str, float]:
    """Return the change that a text such as "first_response_hours<=4" speaks of.

    Raises
    ------
    QuestionError
        Where the text is no change, or one of another quantity than the exposure.

    Examples
    --------
    >>> change_in("transfers - 1", "transfers"), change_in("wait * 0.8", "wait"), change_in("wait <= 4", "wait")
    ({'shift': -1.0}, {'scale': 0.8}, {'cap': 4.0})
    """
    found = WRITTEN.fullmatch(text)
    if found is None:
        raise QuestionError(
            f'change is "{text}"; write "{exposure}<=4" for at most 4, "{exposure}>=2" for at least 2, "{exposure}-1" for 1 less '
            f'or "{exposure}*0.8" for 20% less.'
        )
    name, sign, amount = found.groups()
    if name and name != exposure:
        raise QuestionError(f'change is "{text}", but the question asks about "{exposure}": ask with exposure="{name}".')
    return {SIGNS[sign]: -float(amount) if sign == "-" else float(amount)}


def middle(table: ibis.Table, exposure: Metric) -> dict[str, float] | None:
    """Return the change that leaves no row worse than the median is now; None where the exposure has no better side."""
    if exposure.better not in ("lower", "higher"):
        return None
    half = float(table.aggregate(half=table["_from"].quantile(0.5)).execute()["half"].iloc[0])
    return {"cap" if exposure.better == "lower" else "floor": half}


def change_of(change: Mapping[str, float] | None) -> tuple[str, float]:
    """Return kind and amount of a change.

    Raises
    ------
    QuestionError
        Where it is none, or more than one.

    Examples
    --------
    >>> change_of({"cap": 4})
    ('cap', 4.0)
    """
    given = dict(change or {})
    if len(given) != 1 or next(iter(given)) not in CHANGES:
        said = ", ".join(given) or "nothing"
        known = ", ".join(CHANGES)
        raise QuestionError(f'change names {said}; give one of {known}: {{"cap": 4}} for "at most 4", {{"scale": 0.8}} for 20% less.')
    ((kind, amount),) = given.items()
    amount = float(amount)
    idle = {"shift": 0.0, "scale": 1.0}
    if not isfinite(amount) or amount == idle.get(kind) or (kind == "scale" and amount < 0):
        raise QuestionError(f"change is {kind} {amount:g}: that is no change that could be made.")
    return kind, amount


def lever_of(table: ibis.Table, exposure: Metric, kind: str, amount: float) -> Lever:
    """Return the lever over the range that the rows' `_from` supports.

    Raises
    ------
    MethodError
        Where a cap or floor lies outside that range.
    """
    quantiles = {name: table["_from"].quantile(share) for name, share in zip(("low", "high"), RANGE, strict=True)}
    row = table.aggregate(**quantiles).execute().iloc[0]
    low, high = float(row["low"]), float(row["high"])
    if kind in ("cap", "floor") and not low <= amount <= high:
        raise MethodError(
            f"{kind} {amount:g} lies outside {_range(low, high, exposure)}: beyond it these data say nothing. Choose one inside."
        )
    return Lever(kind, amount, low, high)


def sizes_of(table: ibis.Table, exposure: Metric, lever: Lever) -> dict[str, float]:
    """Return the shares of rows that move, and that stay because the data say nothing about where they would go; and the customers.

    Raises
    ------
    MethodError
        Where more than a tenth would have to stay, or nobody moves.
    """
    whole = table["_weight"].sum()
    shares = {"moved": (table["_weight"] * indicator(table["_to"] != table["_from"])).sum() / whole,
              "left": (table["_weight"] * table["_left"]).sum() / whole, "customers": table.customer.nunique()}  # fmt: skip
    row = {name: float(value) for name, value in table.aggregate(**shares).execute().iloc[0].items()}
    if lever.kind in ("shift", "scale") and row["left"] > MOST_LEFT:
        raise MethodError(
            f"{lever.kind} {lever.amount:g} would take {row['left']:.0%} of the rows outside {_range(lever.low, lever.high, exposure)}: "
            "beyond it these data say nothing. Ask about a smaller change."
        )
    if row["moved"] == 0:
        raise MethodError(f"{lever.kind} {lever.amount:g} moves nobody: every row is there already.")
    return row


def _range(low: float, high: float, exposure: Metric) -> str:
    return f"the supported range of {exposure.label.lower()}, {low:.3g} to {high:.3g} {exposure.unit}".strip()


def bent(table: ibis.Table, exposure: Metric) -> tuple[ibis.Table, tuple[str, ...]]:
    """Return the exposure as it is (`_s`) and moved (`_t`) in the columns of a fit, and the names of the first.

    A wait is bent by a spline of its logarithm, a signed time by a spline of itself; anything else stands as it is.
    """
    if exposure.unit not in SECONDS:
        return table.mutate(_s0=table["_from"], _t0=table["_to"]), ("_s0",)
    if is_wait(exposure):
        table = table.mutate(_from=log2(table["_from"], exposure), _to=log2(table["_to"], exposure))
    try:
        knots = knots_of(table, "_from")
    except MethodError:
        return table.mutate(_s0=table["_from"], _t0=table["_to"]), ("_s0",)
    table, bends = spline(table, "_from", knots, "_s")
    return spline(table, "_to", knots, "_t")[0], bends


def moved_by(table: ibis.Table, fit: Fit, steps: dict[str, ibis.Value], clusters: Sequence[str]) -> tuple[float, float, int]:
    """Return the mean difference of the predictions when some columns of a fit move by these steps, its error, and the clusters.

    Notes
    -----
    The error is exact for the sum of two parts: the slopes are estimated, and the rows are a sample. Each cluster's pull on the mean is
    the mean step times the inverse times its score, plus what its own rows' steps lie away from the mean; CR1 as in `clustered`.
    """
    weight, names = table["_weight"], list(steps)
    means = table.aggregate(**{f"d{i}": (weight * steps[name]).sum() for i, name in enumerate(names)}).execute().iloc[0]
    mean = np.zeros(len(fit.names))
    for i, name in enumerate(names):
        mean[fit.names.index(name)] = float(means[f"d{i}"]) / fit.weight
    estimate = float(mean @ fit.coef)
    residual = weight * fit.expression(table)
    scores = {"0": residual} | {name: residual * (table[name] - float(at)) for name, at in zip(fit.names, fit.mean, strict=True)}
    scores["own"] = weight * (reduce(add, [float(fit.coef[fit.names.index(name)]) * steps[name] for name in names]) - estimate)
    pull = np.concatenate([[0.0], fit.bread @ mean, [1 / fit.weight]])
    if len(clusters) == 2:
        table = table.mutate(_pair=table[clusters[0]].concat("\x1f", table[clusters[1]]))
    found = [_spread(table, scores, pull, (name, fit)) for name in (*clusters, *(["_pair"] if len(clusters) == 2 else []))]
    one_way = [variance for variance, _ in found[:2]]
    both = one_way[0] if len(clusters) == 1 else max(*one_way, sum(one_way) - found[2][0])
    return estimate, float(np.sqrt(both)), min(groups for _, groups in found)


def _spread(table: ibis.Table, scores: dict[str, ibis.Value], pull: np.ndarray, by: tuple[str, Fit]) -> tuple[float, int]:
    cluster, fit = by
    along = reduce(add, (float(weight) * score for weight, score in zip(pull, scores.values(), strict=True)))
    (product,), groups = meat(table, [[along]], cluster)
    if groups < 2:
        raise MethodError("all rows belong to one cluster: no error can be told. Cluster by something finer.")
    correction = groups / (groups - 1) * (fit.rows - 1) / max(fit.rows - len(fit.names) - 1, 1)
    return float(product[0, 0]) * correction, groups
