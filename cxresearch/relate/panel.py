"""Groups over time: sums by group and period, and least squares on them with errors by cluster.

Coefficients of group and period fits need cell sums only, and so do those without one of the clusters. Where there are more than 1,024
clusters, whole clusters are summed in 1,024 buckets first.

References
----------
MacKinnon, Nielsen & Webb (2023), Cluster-robust inference: a guide, Journal of Econometrics 232 (jackknife CV3); Bell & McCaffrey (2002),
Bias reduction in standard errors for linear regression with multi-stage samples, Survey Methodology 28 (degrees of freedom);
Hansen (2025), Standard errors for difference-in-difference regression, Journal of Applied Econometrics 40 (both, with few treated).
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.errors import MethodError
from cxresearch.load.clock import to_local
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

    @cached_property
    def within(self) -> "Within":
        """What groups and periods leave, with all clusters and with each of them left out."""
        whole = self.weight.sum(axis=0)
        weight = np.concatenate([whole[None], whole - self.weight])
        weight[weight < 1e-12 * whole] = 0.0
        own = weight.sum(axis=2, keepdims=True)
        share = weight / np.where(own > 0, own, 1.0)
        rest = np.einsum("ct,ts->cts", weight.sum(axis=1), np.eye(weight.shape[2])) - weight.transpose(0, 2, 1) @ share
        spread = np.sqrt(np.einsum("ctt->ct", rest).clip(min=0))
        spread[spread <= 1e-6 * np.sqrt(weight.sum(axis=1).max())] = np.inf
        back = np.linalg.pinv(rest / spread[:, :, None] / spread[:, None, :], rcond=1e-10, hermitian=True)
        return Within(weight, share, back / spread[:, :, None] / spread[:, None, :])

    def only(self, keep: np.ndarray) -> "Panel":
        """Return the panel of some of its periods."""
        return Panel(self.groups, self.periods[keep], self.weight[:, :, keep], self.sums[:, :, keep], self.rows[:, keep], self.clusters)


@dataclass(frozen=True)
class Within:
    """What groups and periods leave of any column, with all clusters and with each of them left out.

    Parameters
    ----------
    weight : numpy.ndarray, shape (c + 1, g, t)
        Summed weights: first of all clusters, then without each one.
    share : numpy.ndarray, shape (c + 1, g, t)
        What each period counts in its group.
    back : numpy.ndarray, shape (c + 1, t, t)
        An inverse of what the groups leave of the periods.
    """

    weight: np.ndarray
    share: np.ndarray
    back: np.ndarray

    def told(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what groups, shape (c + 1, g), and periods, shape (c + 1, t), tell of columns, shape (1 or c + 1, g, t)."""
        mean = (self.share * x).sum(axis=2)
        period = (self.back @ (self.weight * (x - mean[:, :, None])).sum(axis=1)[:, :, None])[:, :, 0]
        return mean - (self.share @ period[:, :, None])[:, :, 0], period

    def rest(self, x: np.ndarray) -> np.ndarray:
        """Return columns, shape (1 or c + 1, g, t), less what groups and periods tell of them."""
        group, period = self.told(x)
        return x - group[:, :, None] - period[:, None, :]


@dataclass(frozen=True)
class Lines:
    """Least squares on k columns beyond groups and periods, with errors by the jackknife over clusters.

    Parameters
    ----------
    panel : Panel
        What was fitted.
    columns : numpy.ndarray, shape (k, g, t)
        Beyond groups and periods.
    solved : numpy.ndarray, shape (c + 1, k, k)
        Inverses of their cross-products, with all clusters and with each of them left out.
    """

    panel: Panel
    columns: np.ndarray
    solved: np.ndarray

    def interval(self, weights: np.ndarray) -> tuple[float, float, float, float, float]:
        """Return a combination of the coefficients with error, 95% interval and degrees of freedom."""
        within, own, sums, count = self.panel.within, self.panel.sums, self.panel.sums.sum(axis=0), len(self.panel.sums)
        mix = self.solved @ weights
        column = np.tensordot(mix, self.columns, 1)
        group, period = within.told(column)
        cells = column - group[:, :, None] - period[:, None, :]
        value = float((cells[0] * sums).sum())
        away = np.tensordot(cells[1:], sums, 2) - np.einsum("cgt,cgt->c", cells[1:], own) - value
        error = float(np.sqrt((count - 1) / count * away @ away))
        df = self._freedom(cells, np.hstack([mix, -group, -period]))
        half = t_quantile(0.975, df) * error
        return value, error, value - half, value + half, df

    def _freedom(self, cells: np.ndarray, made: np.ndarray) -> float:
        """Return Satterthwaite's degrees of freedom: those of the sum of squares of what moves when each cluster is left out.

        Parameters
        ----------
        cells : numpy.ndarray, shape (c + 1, g, t)
            What the outcome counts in a combination, with all clusters and without each.
        made : numpy.ndarray, shape (c + 1, k + g + t)
            The same, as sums of the columns, groups and periods.
        """
        gone, step = cells[1:] * self.panel.weight, made[1:] - made[0]
        moved = self.panel.within.weight[0] * (cells[1:] - cells[0])
        both = step @ self._sums(moved - gone).T - self._sums(gone) @ step.T
        both[np.diag_indices(len(both))] += np.einsum("cgt,cgt->c", gone, cells[1:])
        trace, square = float(np.trace(both)), float((both**2).sum())
        return trace**2 / square if square > 0 else len(both) - 1.0

    def _sums(self, cells: np.ndarray) -> np.ndarray:
        return np.hstack([np.tensordot(cells, self.columns, ((1, 2), (1, 2))), cells.sum(axis=2), cells.sum(axis=1)])


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
    """Return least squares of the outcome on columns beyond every group and every period, with errors by cluster.

    Errors are those of the jackknife over clusters (CV3). Their degrees of freedom are Satterthwaite's, as if the errors of rows were
    alike and independent: where two of sixty clusters carry a comparison it is little more than one, not 59.

    Parameters
    ----------
    columns : numpy.ndarray, shape (k, g, t)
        Beyond groups and periods. What a cluster leaves undetermined when it is left out takes no part then.

    Raises
    ------
    MethodError
        Where the cells cannot carry the columns, or all rows are of one cluster.
    """
    if len(panel.weight) < 2:
        raise MethodError("all rows belong to one cluster: no error can be told. Cluster by something finer.")
    within, flat = panel.within, columns.reshape(len(columns), -1)
    rest = [(within.weight * within.rest(column[None])).reshape(len(within.weight), -1) @ flat.T for column in columns]
    return Lines(panel, columns, _inverses(np.stack(rest, axis=1), flat**2 @ within.weight[0].ravel()))


def _inverses(cross: np.ndarray, raw: np.ndarray) -> np.ndarray:
    """Return the inverses of cross-products; the first must have one, in the others what is undetermined takes no part."""
    size = np.einsum("ckk->ck", cross)
    alive = size > 1e-10 * raw
    spread = np.where(alive, np.sqrt(np.where(alive, size, 1.0)), np.inf)
    correlation = cross / spread[:, :, None] / spread[:, None, :]
    if not alive[0].all() or np.linalg.eigvalsh(correlation[0])[0] <= 1e-10 * len(raw):
        raise MethodError("groups and periods cannot be told apart in these rows: some period has one side only. Take longer periods.")
    return np.linalg.pinv(correlation, rcond=1e-10, hermitian=True) / spread[:, :, None] / spread[:, None, :]
