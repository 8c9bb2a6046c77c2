"""Least squares from moments, with exact cluster-robust errors.

References
----------
Cameron, Gelbach & Miller (2011), Robust inference with multiway clustering, JBES 29.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ibis
import numpy as np
from scipy import linalg

from cxresearch.ask.errors import MethodError
from cxresearch.relate.moments import FLOOR, Total, correlations
from cxresearch.relate.scores import linear, meat, weighed
from cxresearch.relate.tails import f_above, t_quantile


@dataclass(frozen=True)
class Fit:
    """A least-squares fit.

    Parameters
    ----------
    outcome : str
        Column explained.
    names : tuple of str
        The k explaining columns, constant apart.
    coef : numpy.ndarray, shape (k,)
        Slopes.
    mean_y : float
        Mean of the outcome: the constant, at the means of the columns.
    mean : numpy.ndarray, shape (k,)
        Means of the columns.
    bread : numpy.ndarray, shape (k, k)
        Inverse of the centred cross-products.
    residual : float
        Weighted sum of squared residuals.
    r2 : float
        Share of the outcome's variance explained.
    rows : int
        Rows.
    weight : float
        Summed weight.
    """

    outcome: str
    names: tuple[str, ...]
    coef: np.ndarray
    mean_y: float
    mean: np.ndarray
    bread: np.ndarray
    residual: float
    r2: float
    rows: int
    weight: float

    def expression(self, table: ibis.Table) -> ibis.Value:
        """Return the residual as an expression over the rows."""
        return table[self.outcome] - self.mean_y - linear(table, self.names, self.mean, self.coef)


@dataclass(frozen=True)
class Errors:
    """Covariance of a fit, the constant at the means first.

    Parameters
    ----------
    cov : numpy.ndarray, shape (1 + k, 1 + k)
        Covariance.
    clusters : int
        Clusters (the smaller number, if two-way).
    df : float
        Degrees of freedom of t: clusters - 1, or rows - k for classical errors.
    least : tuple of numpy.ndarray
        Covariances that no variance may fall below: for two-way errors, those of each way alone.
    """

    cov: np.ndarray
    clusters: int
    df: float
    least: tuple[np.ndarray, ...] = ()

    def interval(self, estimate: float, weights: np.ndarray, level: float = 0.95) -> tuple[float, float, float]:
        """Return standard error, low and high of weights @ (constant, slopes)."""
        error = float(np.sqrt(max(0.0, *(weights @ cov @ weights for cov in (self.cov, *self.least)))))
        half = error * t_quantile(0.5 + level / 2, self.df)
        return error, estimate - half, estimate + half


def solve(moments: Total, outcome: str, names: Sequence[str]) -> Fit:
    """Return the least-squares fit of `outcome` on `names` and a constant.

    Raises
    ------
    MethodError
        Where a column is constant, columns carry the same information, or there are too few rows: never a wrong digit.
    """
    at, (y,) = moments.at(names), moments.at([outcome])
    if moments.rows <= len(at) + 1:
        raise MethodError(f"{moments.rows} rows cannot carry {len(at) + 1} coefficients; ask about fewer things or a longer period.")
    cross, xy, yy = moments.cross[np.ix_(at, at)], moments.cross[at, y], moments.cross[y, y]
    bread = inverse(cross, names, moments.mean[at], float(moments.weight))
    coef = bread @ xy
    coef = coef + bread @ (xy - cross @ coef)
    residual = max(float(yy - 2 * coef @ xy + coef @ cross @ coef), 0.0)
    r2 = 1 - residual / yy if yy > 0 else 0.0
    return Fit(
        outcome, tuple(names), coef, float(moments.mean[y]), moments.mean[at], bread, residual, r2, moments.rows, float(moments.weight)
    )


def slopes(draws: Total, outcome: str, names: Sequence[str]) -> np.ndarray:
    """Return the slopes of every draw, shape (draws, k); a draw too thin to solve takes the least-norm answer.

    Parameters
    ----------
    draws : Total
        From `resample`.
    outcome, names
        As in `solve`.
    """
    at, (y,) = draws.at(names), draws.at([outcome])
    correlation, spread = correlations(draws.cross[:, at][:, :, at])
    inverted = np.linalg.pinv(correlation, rcond=1e-12, hermitian=True)
    return np.einsum("dij,dj->di", inverted, draws.cross[:, at, y] / spread) / spread


def inverse(cross: np.ndarray, names: Sequence[str], mean: np.ndarray, weight: float) -> np.ndarray:
    """Return the inverse of centred cross-products, or refuse.

    Raises
    ------
    MethodError
        Where a column is constant or the correlation matrix has a reciprocal condition under 1e-12.
    """
    if not len(names):
        return np.empty((0, 0))
    spread = np.sqrt(np.clip(np.diag(cross), 0, None))
    flat = spread <= 1e-10 * np.sqrt(weight) * np.maximum(np.abs(mean), 1e-290)
    if flat.any():
        raise MethodError(f'"{_plain(names[int(np.argmax(flat))])}" has the same value in every row: nothing can go with it.')
    correlation = cross / np.outer(spread, spread)
    values = np.linalg.eigvalsh(correlation)
    if values[0] <= FLOOR * values[-1]:
        pair = np.unravel_index(np.argmax(np.abs(np.triu(correlation, 1))), correlation.shape)
        raise MethodError(
            "the columns carry the same information "
            f"(reciprocal condition {max(values[0], 0) / values[-1]:.0e}, least allowed {FLOOR:.0e}): "
            f'"{_plain(names[pair[0]])}" and "{_plain(names[pair[1]])}" are the closest pair. Leave one out.'
        )
    factor = linalg.cho_factor(correlation)
    return linalg.cho_solve(factor, np.eye(len(names))) / np.outer(spread, spread)


def clustered(table: ibis.Table, fits: Sequence[Fit], clusters: Sequence[str] = ("cluster",)) -> list[Errors]:
    """Return CR1 errors with t(G - 1) for several fits in one query per way of clustering.

    Parameters
    ----------
    table : ibis.Table
        The rows behind the fits.
    fits : sequence of Fit
        Fits on these rows.
    clusters : sequence of str
        One column, or two for two-way errors.
    """
    return each_way(table, clusters, lambda rows, own: _one_way(rows, fits, own))


def each_way(table: ibis.Table, clusters: Sequence[str], one: Callable[[ibis.Table, str], list[Errors]]) -> list[Errors]:
    """Return the errors of one way of clustering, or of two: the sum of both less that of their pairs."""
    if len(clusters) == 1:
        return one(table, clusters[0])
    both = table.mutate(_both=table[clusters[0]].concat("\x1f", table[clusters[1]]))
    return [_two_way(*three) for three in zip(*(one(both, name) for name in (*clusters, "_both")), strict=True)]


def _one_way(table: ibis.Table, fits: Sequence[Fit], cluster: str) -> list[Errors]:
    table = weighed(table)
    residuals = {f"e{i}": table["_weight"] * fit.expression(table) for i, fit in enumerate(fits)}
    centres = dict.fromkeys((name, float(mean)) for fit in fits for name, mean in zip(fit.names, fit.mean, strict=True))
    names = {centre: f"x{i}" for i, centre in enumerate(centres)}
    rows = table.select(_own=table[cluster], **residuals, **{names[name, mean]: table[name] - mean for name, mean in centres})
    blocks = [
        [rows[f"e{i}"], *(rows[f"e{i}"] * rows[names[name, float(mean)]] for name, mean in zip(fit.names, fit.mean, strict=True))]
        for i, fit in enumerate(fits)
    ]
    products, groups = meat(rows, blocks, "_own")
    if groups < 2:
        raise MethodError("all rows belong to one cluster: no error can be told. Cluster by something finer.")
    return [sandwich(fit, own, groups) for fit, own in zip(fits, products, strict=True)]


def classical(fit: Fit) -> Errors:
    """Return errors of least squares with equal, independent residuals."""
    df = fit.rows - len(fit.names) - 1
    return Errors(_bread(fit) * fit.residual / df, fit.rows, df)


def wald(fit: Fit, errors: Errors, names: Sequence[str]) -> tuple[float, float, float]:
    """Return F, its p-value and the number of restrictions, for "all these slopes are zero"."""
    at = [fit.names.index(name) for name in names]
    slopes, cov = fit.coef[at], errors.cov[1:, 1:][np.ix_(at, at)]
    value = float(slopes @ linalg.solve(cov, slopes, assume_a="pos")) / len(at)
    return value, float(f_above(value, len(at), errors.df)), len(at)


def partial_r2(fit: Fit, name: str) -> float:
    """Return the share of what the other columns leave unexplained that this one explains."""
    at = fit.names.index(name)
    gained = fit.coef[at] ** 2 / fit.bread[at, at]
    return float(gained / (gained + fit.residual)) if gained + fit.residual > 0 else 0.0


def sandwich(fit: Fit, products: np.ndarray, groups: int) -> Errors:
    """Return CR1 errors from the scores of `groups` clusters, cross-multiplied and summed: shape (1 + k, 1 + k)."""
    columns = len(fit.names) + 1
    correction = groups / (groups - 1) * (fit.rows - 1) / (fit.rows - columns)
    bread = _bread(fit)
    return Errors(bread @ products @ bread * correction, groups, groups - 1)


def _bread(fit: Fit) -> np.ndarray:
    return linalg.block_diag(np.array([[1 / fit.weight]]), fit.bread)


def _two_way(first: Errors, second: Errors, both: Errors) -> Errors:
    groups = min(first.clusters, second.clusters)
    return Errors(first.cov + second.cov - both.cov, groups, groups - 1, (first.cov, second.cov))


def _plain(name: str) -> str:
    return name.partition("_")[2] if name[:2] in ("a_", "d_", "m_", "x_") else name
