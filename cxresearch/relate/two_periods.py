"""Two periods side by side: what changed, divided into what remains with the mix held alike and what goes with the mix.

References
----------
Kitagawa (1955), Components of a difference between two rates, JASA 50; Oaxaca (1973), International Economic Review 14; Blinder (1973),
Journal of Human Resources 8. Efron & Stein (1981), The jackknife estimate of variance, Annals of Statistics 9.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import numpy as np

from cxresearch.ask.errors import MethodError
from cxresearch.ask.metrics import Metric
from cxresearch.ask.values import number
from cxresearch.relate.design import FEWEST_ROWS, covariates
from cxresearch.relate.fit import Errors, clustered, slopes, solve
from cxresearch.relate.moments import Moments, Total, collect, summed, total
from cxresearch.relate.tails import t_quantile

AFTER, TIMES = "t", "t_"
Ends = tuple[float, float, float, float]


@dataclass(frozen=True)
class Divided:
    """A difference of means and its two parts: ``(estimate, standard error, low, high)`` each, by t(`df`); they add up exactly."""

    whole: Ends
    within: Ends
    mix: Ends
    df: float


def with_after(table: ibis.Table) -> ibis.Table:
    """Return the rows with `t`: 1 in the later period, 0 in the earlier one, from the column `period`."""
    return table.mutate(t=number(ibis.ifelse(table.period == "after", 1, 0)))


def columns_of(table: ibis.Table, metrics: Sequence[Metric]) -> tuple[ibis.Table, list[str], list[Metric]]:
    """Return numeric columns for what the mix is made of, and the metrics that differ at all between rows."""
    names, held = [], []
    for metric in metrics:
        try:
            table, found, _ = covariates(table, [metric])
        except MethodError:
            continue
        names += found
        held.append(metric)
    return table, names, held


def divided(table: ibis.Table, names: Sequence[str], df: float) -> Divided:
    """Divide the difference of means between two periods.

    The slopes of the mix differ between the periods and the parts take their average (Kitagawa; Oaxaca-Blinder with equal weights);
    where a column cannot be told in one of the periods, its slope is that of the other. Errors: jackknife over buckets of customers.

    Parameters
    ----------
    table : ibis.Table
        From `with_after`, with the columns.
    names : sequence of str
        Columns of the mix; none: nothing goes with it.
    df : float
        Degrees of freedom of the intervals.
    """
    crossed = {TIMES + name: table[name] * table[AFTER] for name in ("y", *names)}
    moments = collect(table.mutate(**crossed), ["y", AFTER, *names, *crossed])
    shared = both(total(moments), names)
    buckets = len(moments.rows)
    left_out = _parts(total(moments, 1.0 - np.eye(buckets)), names, shared)
    value = _parts(_stacked(moments), names, shared)[0]
    error = np.sqrt((buckets - 1) / buckets * ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0))
    df = max(min(df, buckets - 1), 1)
    half = t_quantile(0.975, df) * error
    return Divided(*((float(v), float(e), float(v - h), float(v + h)) for v, e, h in zip(value, error, half, strict=True)), df)


def both(moments: Total, names: Sequence[str]) -> list[str]:
    """Return the columns that vary enough in each of the two periods to have a slope there."""
    kept = []
    t = float(moments.mean[moments.names.index(AFTER)])
    for name in names:
        one, crossed = moments.names.index(name), moments.names.index(TIMES + name)
        mean, mean_after = moments.mean[[one, crossed]]
        square, square_after = moments.cross[[one, crossed], [one, crossed]] / moments.weight + moments.mean[[one, crossed]] ** 2
        after = square_after / t - (mean_after / t) ** 2
        before = (square - square_after) / (1 - t) - ((mean - mean_after) / (1 - t)) ** 2
        spread = (moments.rows * t * after, moments.rows * (1 - t) * before)
        least = FEWEST_ROWS if "=" in name else 1e-6 * moments.rows * max(square - mean**2, 0.0)
        if min(spread) > least:
            kept.append(name)
    return kept


def interacted(table: ibis.Table, names: Sequence[str], column: str) -> tuple[ibis.Table, list[str]]:
    """Return the columns of a fit in which every slope may differ between the periods; those of one period only stand once.

    Raises
    ------
    MethodError
        Where `column`, the one asked about, does not vary in one of the periods.
    """
    crossed = {TIMES + name: table[name] * table[AFTER] for name in names}
    table = table.mutate(**crossed)
    shared = both(summed(table, ["y", AFTER, *names, *crossed]), names)
    if column not in shared:
        raise MethodError("in one of the two periods the exposure never differs: its part cannot be compared. Take longer periods.")
    return table, [AFTER, *names, *(TIMES + name for name in shared)]


def slopes_of_both(table: ibis.Table, names: Sequence[str], column: str, factor: float) -> tuple[dict[str, Ends], Errors, int]:
    """Return the step of one column before, after, and after less before, all slopes free to differ; CR1 by cluster."""
    fit = solve(summed(table, ["y", *names]), "y", names)
    (errors,) = clustered(table, [fit])
    own, change = (np.eye(len(names) + 1)[1 + names.index(name)] * factor for name in (column, TIMES + column))
    found = {}
    for term, weights in (("before", own), ("after", own + change), ("total", change)):
        estimate = float(weights[1:] @ fit.coef)
        found[term] = (estimate, *errors.interval(estimate, weights))
    return found, errors, fit.rows


def _parts(draws: Total, names: Sequence[str], shared: Sequence[str]) -> np.ndarray:
    """Return whole, within and mix of every draw, shape (draws, 3)."""
    t = draws.mean[:, draws.names.index(AFTER)]

    def by_period(one: str) -> tuple[np.ndarray, np.ndarray]:
        mean, crossed = (draws.mean[:, draws.names.index(name)] for name in (one, TIMES + one))
        return (mean - crossed) / (1 - t), crossed / t

    before, after = by_period("y")
    whole, mix = after - before, np.zeros(len(t))
    fitted = [AFTER, *names, *(TIMES + name for name in shared)]
    slope = slopes(draws, "y", fitted) if names else np.zeros((len(t), 1))
    for i, name in enumerate(names, start=1):
        first, second = by_period(name)
        average = slope[:, i] + (slope[:, fitted.index(TIMES + name)] / 2 if name in shared else 0.0)
        mix = mix + (second - first) * average
    return np.stack([whole, whole - mix, mix], axis=1)


def _stacked(moments: Moments) -> Total:
    return total(moments, np.ones((1, len(moments.rows))))
