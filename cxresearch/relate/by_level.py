"""A slope in every level by itself: each level with its own constant and its own slopes of what is held equal.

References
----------
Frisch & Waugh (1933), Econometrica 1 (a slope from what the others leave of a column); Cameron & Miller (2015), Journal of Human
Resources 50 (CR1, t(G - 1)); Satterthwaite (1946), Biometrics Bulletin 2 (degrees of freedom of a sum of variances).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import ibis
import numpy as np
from ibis import ifelse
from scipy import linalg

from cxresearch.relate.fit import Fit, solve
from cxresearch.relate.moments import Total, collect, total
from cxresearch.relate.scores import linear, meat, weighed
from cxresearch.relate.tails import f_above

ALONE, FLAT = 1e-8, 1e-5


@dataclass(frozen=True)
class Slopes:
    """One slope for each of k levels.

    Parameters
    ----------
    value : numpy.ndarray, shape (k,)
        The slopes.
    covs : tuple of numpy.ndarray, shape (k, k)
        Their covariance (CR1), one cluster in two levels allowed for; with two-way errors also those of each way alone, below which no
        variance may fall.
    df : numpy.ndarray, shape (k,)
        Of each: clusters of the level - 1.
    """

    value: np.ndarray
    covs: tuple[np.ndarray, ...]
    df: np.ndarray

    def times(self, factor: float) -> "Slopes":
        """Return the slopes of so many units."""
        return Slopes(factor * self.value, tuple(factor**2 * cov for cov in self.covs), self.df)

    def combined(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return estimate, error and degrees of freedom of weights @ slopes, for each row of weights."""
        variance = np.max([np.einsum("mi,ij,mj->m", weights, cov, weights) for cov in self.covs], axis=0)
        parts = weights**2 * np.max([np.diag(cov) for cov in self.covs], axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            df = parts.sum(axis=1) ** 2 / (parts**2 / self.df).sum(axis=1)
        return weights @ self.value, np.sqrt(np.maximum(variance, 0)), df

    def alike(self) -> tuple[float, float, int]:
        """Return F, its p-value and the number of restrictions, for "all slopes are the same"."""
        k = len(self.value)
        less = np.eye(k)[1:] - np.eye(k)[0]
        gap = less @ self.value
        values = [float(gap @ linalg.pinvh(less @ cov @ less.T) @ gap) / (k - 1) for cov in self.covs]
        f = max(0.0, min(values))
        return f, float(f_above(f, k - 1, self.combined(less)[2].min())), k - 1


def moments_by(table: ibis.Table, names: Sequence[str], level: str = "by") -> tuple[dict[str, Total], dict[str, float]]:
    """Return the moments of these columns in every level, and the spread of each column over all of them, from one query."""
    levels = sorted(row[level] for row in table.select(level).distinct().to_pyarrow().to_pylist())
    found = collect(table.mutate(cluster=table[level]), names)
    parts, whole = [total(found, share) for share in np.eye(len(levels))], total(found)
    spread = np.sqrt(np.clip(np.diag(whole.cross), 0, None) / float(whole.weight))
    by = {name: replace(part, rows=int(rows)) for name, part, rows in zip(levels, parts, found.rows, strict=True)}
    return by, dict(zip(names, spread.tolist(), strict=True))


def solved(moments: Total, spread: dict[str, float], exposure: str, held: Sequence[str]) -> Fit | None:
    """Return the fit of `y` in one level on the exposure and what is held, as far as the level carries it; None where it has no slope.

    Parameters
    ----------
    moments, spread
        From `moments_by`: of this level, and over all levels.
    exposure, held : str and sequence of str
        Columns. One with a single value here, or known from those before it, is left out.
    """
    known = _carried(moments, spread, [*held, exposure])
    if exposure not in known or moments.rows <= len(known) + 1:
        return None
    return solve(moments, "y", [exposure, *(name for name in known if name != exposure)])


def fitted_by(table: ibis.Table, fits: dict[str, Fit], clusters: Sequence[str], level: str = "by") -> Slopes:
    """Return the first slope of every level's fit, with errors that know that one cluster may stand in several levels.

    Parameters
    ----------
    table : ibis.Table
        The rows behind the fits.
    fits : dict of str to Fit
        One for each level; its first column is the one whose slope is asked for.
    clusters : sequence of str
        One column, or two for two-way errors.
    level : str
        Column of the levels.
    """
    value = np.array([fit.coef[0] for fit in fits.values()])
    if len(clusters) == 1:
        cov, groups = _errors(table, fits, clusters[0], level)
        return Slopes(value, (cov,), groups - 1)
    both = table.mutate(_both=table[clusters[0]].concat("\x1f", table[clusters[1]]))
    (first, many), (second, few), (pair, _) = (_errors(both, fits, name, level) for name in (*clusters, "_both"))
    return Slopes(value, (first + second - pair, first, second), np.minimum(many, few) - 1)


def _carried(moments: Total, spread: dict[str, float], names: Sequence[str]) -> list[str]:
    """Return the columns that tell something of their own here: not one value only, nor what those before them tell."""
    at = moments.at(names)
    cross = moments.cross[np.ix_(at, at)]
    scale = np.sqrt(np.clip(np.diag(cross), 0, None))
    differs = scale > FLAT * np.sqrt(float(moments.weight)) * np.array([spread[name] for name in names])
    kept: list[int] = []
    for i in np.flatnonzero(differs):
        inside = cross[np.ix_(kept, kept)] / np.outer(scale[kept], scale[kept])
        along = cross[kept, i] / scale[kept] / scale[i]
        if not kept or 1 - along @ linalg.solve(inside, along, assume_a="pos") > ALONE:
            kept.append(int(i))
    return [names[i] for i in kept]


def _errors(table: ibis.Table, fits: dict[str, Fit], cluster: str, level: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the covariance of the slopes and the clusters of each level."""
    table = weighed(table)
    counts = table.group_by(level).aggregate(groups=table[cluster].nunique()).execute().set_index(level)["groups"]
    groups = counts.loc[list(fits)].to_numpy(dtype=float)
    scores = [
        ifelse(table[level] == name, table["_weight"] * fit.expression(table) * linear(table, fit.names, fit.mean, fit.bread[0]), 0.0)
        for name, fit in fits.items()
    ]
    (products,), _ = meat(table, [scores], cluster)
    rows, size = (np.array([what(fit) for fit in fits.values()]) for what in (lambda fit: fit.rows, lambda fit: len(fit.names) + 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        correction = np.sqrt(groups / (groups - 1) * (rows - 1) / (rows - size))
    return products * np.outer(correction, correction), groups
