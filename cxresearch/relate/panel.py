"""Groups over time: sums by group and period, and least squares on them with errors by cluster.

Coefficients of group and period fits need cell sums only; the scores of a cluster are sums over its cells. Where there are more than
1,024 clusters, whole clusters are summed in 1,024 buckets first.

References
----------
MacKinnon, Nielsen & Webb (2023), Cluster-robust inference: a guide, Journal of Econometrics 232 (jackknife CV3, t(G - 1)).
"""

from dataclasses import dataclass
from datetime import datetime

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.errors import MethodError
from cxresearch.load.clock import to_local
from cxresearch.relate.doubts import WARN
from cxresearch.relate.moments import BUCKETS, bucket
from cxresearch.relate.scores import weighed
from cxresearch.relate.tails import t_quantile


@dataclass(frozen=True)
class Panel:
    """Weighted sums by cluster, group and period.

    Parameters
    ----------
    groups : tuple of str
        The g groups.
    periods : numpy.ndarray, shape (t,)
        Periods from the boundary: 0 is the first after it.
    weight, sums : numpy.ndarray, shape (c, g, t)
        Summed weights, and weighted sums of the outcome.
    rows : numpy.ndarray, shape (g, t)
        Rows.
    clusters : int
        Distinct clusters behind the c.
    """

    groups: tuple[str, ...]
    periods: np.ndarray
    weight: np.ndarray
    sums: np.ndarray
    rows: np.ndarray
    clusters: int

    def only(self, keep: np.ndarray) -> "Panel":
        """Return the panel of some of its periods."""
        return Panel(self.groups, self.periods[keep], self.weight[:, :, keep], self.sums[:, :, keep], self.rows[:, keep], self.clusters)


@dataclass(frozen=True)
class Lines:
    """Coefficients of columns over cells, with their covariance by cluster and t(G - 1)."""

    coef: np.ndarray
    cov: np.ndarray
    df: float

    def interval(self, weights: np.ndarray) -> tuple[float, float, float, float]:
        """Return a combination of the coefficients with error and 95% interval."""
        value, error = float(weights @ self.coef), float(np.sqrt(max(weights @ self.cov @ weights, 0.0)))
        half = t_quantile(0.975, self.df) * error
        return value, error, value - half, value + half


def dated(table: ibis.Table, at: datetime, every: str, zone: str) -> ibis.Table:
    """Return the table with `period`: whole months or weeks from a day of the calendar, by the clock of the zone; 0 begins on it.

    Parameters
    ----------
    at : datetime
        The first day on which the policy held, midnight.
    every : str
        ``month`` (from the same day of each month on) or ``week``.
    """
    local = to_local(table["at"], zone)
    seconds = local.epoch_seconds().cast("float64") - (at - datetime(1970, 1, 1)).total_seconds()
    if every == "week":
        return table.mutate(period=(seconds / 604800).floor().cast("int64"))
    before = ibis.ifelse(local.day() < at.day, 1, 0)
    return table.mutate(period=(local.year().cast("int64") * 12 + local.month().cast("int64") - before - (at.year * 12 + at.month)))


def panel_of(table: ibis.Table, group: str, cluster: str) -> Panel:
    """Return the sums of `y` by cluster (or bucket of clusters), group and period, from one aggregate query."""
    table = weighed(table)
    clusters = int(table[cluster].nunique().execute())
    key = table[cluster] if clusters <= BUCKETS else bucket(table[cluster])
    rows = table.select("period", c=key, g=table[group], w=table["_weight"], wy=table["_weight"] * table.y)
    found = (
        rows.group_by("c", "g", "period").aggregate(n=rows.count(), w=rows.w.sum(), s=rows.wy.sum()).order_by("c", "g", "period").execute()
    )
    c, g = pd.factorize(found["c"], sort=True), pd.factorize(found["g"], sort=True)
    first, last = int(found["period"].min()), int(found["period"].max())
    shape = (len(c[1]), len(g[1]), last - first + 1)
    weight, sums, counts = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    at = (c[0], g[0], found["period"].to_numpy(dtype=int) - first)
    weight[at], sums[at], counts[at] = found["w"], found["s"], found["n"]
    return Panel(tuple(map(str, g[1])), np.arange(first, last + 1), weight, sums, counts.sum(axis=0), clusters)


def fitted(panel: Panel, columns: np.ndarray) -> Lines:
    """Return least squares of the outcome on columns over (group, period) cells, with errors by cluster.

    Up to 40 clusters: the jackknife over clusters (CV3); above, CR1. Both with t(G - 1).

    Parameters
    ----------
    columns : numpy.ndarray, shape (k, g, t)
        Constant or groups included.

    Raises
    ------
    MethodError
        Where the cells cannot carry the columns, or all rows are of one cluster.
    """
    count, k = len(panel.weight), len(columns)
    x = columns.reshape(k, -1).T
    w, s = panel.weight.reshape(count, -1), panel.sums.reshape(count, -1)
    if count < 2:
        raise MethodError("all rows belong to one cluster: no error can be told. Cluster by something finer.")
    bread = _inverse((x.T * w.sum(axis=0)) @ x)
    coef = bread @ (x.T @ s.sum(axis=0))
    scores = (s - w * (x @ coef)) @ x
    if count > WARN:
        rows = float(panel.rows.sum())
        cov = bread @ (scores.T @ scores) @ bread * count / (count - 1) * (rows - 1) / max(rows - k, 1)
        return Lines(coef, cov, count - 1)
    left = np.array([_inverse((x.T * (w.sum(axis=0) - own)) @ x) @ (x.T @ (s.sum(axis=0) - sums)) for own, sums in zip(w, s, strict=True)])
    away = left - coef
    return Lines(coef, (count - 1) / count * away.T @ away, count - 1)


def fixed(panel: Panel) -> np.ndarray:
    """Return the columns of every group and of every period but the first, shape (g + t - 1, g, t)."""
    g, t = panel.rows.shape
    groups = [np.repeat(np.eye(g)[i][:, None], t, axis=1) for i in range(g)]
    periods = [np.repeat(np.eye(t)[i][None, :], g, axis=0) for i in range(1, t)]
    return np.array([*groups, *periods])


def _inverse(cross: np.ndarray) -> np.ndarray:
    """Return the inverse; columns that a jackknife draw leaves empty (a group of its own) take no part."""
    alive = np.diag(cross) > 1e-9 * max(float(np.diag(cross).max()), 1e-300)
    spread = np.sqrt(np.diag(cross)[alive])
    correlation = cross[np.ix_(alive, alive)] / np.outer(spread, spread)
    values = np.linalg.eigvalsh(correlation)
    if values[0] <= 1e-10 * values[-1]:
        raise MethodError("groups and periods cannot be told apart in these rows: some period has one side only. Take longer periods.")
    out = np.zeros_like(cross)
    out[np.ix_(alive, alive)] = np.linalg.inv(correlation) / np.outer(spread, spread)
    return out
