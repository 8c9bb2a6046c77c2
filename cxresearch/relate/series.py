"""A series with a boundary: level and slope before and after, errors that go on from period to period allowed for.

How alike neighbouring periods are is not known from a dozen of them. Intervals average over what it may be, as likely as each value
is after the data; given its value they are those of generalised least squares with t(T - 4).

References
----------
Zellner & Tiao (1964), Bayesian analysis of the regression model with autocorrelated errors, JASA 59; Wagner et al. (2002), Segmented
regression analysis of interrupted time series studies, Journal of Clinical Pharmacy and Therapeutics 27.
"""

from dataclasses import dataclass

import numpy as np

from cxresearch.ask.errors import MethodError
from cxresearch.relate.pooling import mixture
from cxresearch.relate.tails import t_below

RHO = np.linspace(-0.9, 0.96, 63)
LEAST, SIDE = 8, 3


@dataclass(frozen=True)
class Series:
    """Level and slope of a series on both sides of period 0.

    Parameters
    ----------
    share : numpy.ndarray, shape (r,)
        How likely each correlation of neighbouring periods is.
    coef, spread : numpy.ndarray, shapes (r, 4) and (r, 4, 4)
        Level at the boundary, slope before, change of level, change of slope, with their covariance, for each correlation.
    df : int
        Periods less four.
    """

    share: np.ndarray
    coef: np.ndarray
    spread: np.ndarray
    df: int

    @property
    def rho(self) -> float:
        """Correlation of neighbouring periods, on average."""
        return float(self.share @ RHO)

    def interval(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return combinations of the coefficients, shape (m, 4), with 95% intervals."""
        weights = np.atleast_2d(weights)
        centre = self.coef @ weights.T
        error = np.sqrt(np.einsum("mi,rij,mj->rm", weights, self.spread, weights))
        ends = [mixture(self.share, centre, error, at, self.df) for at in (0.025, 0.975)]
        return self.share @ centre, ends[0], ends[1]

    def tail(self, weights: np.ndarray) -> float:
        """Return the two-sided p-value of one combination."""
        error = np.sqrt(np.einsum("i,rij,j->r", weights, self.spread, weights))
        below = float(self.share @ t_below(-(self.coef @ weights) / np.where(error > 0, error, np.nan), self.df))
        return min(1.0, 2 * min(below, 1 - below))


def sides(periods: np.ndarray) -> np.ndarray:
    """Return the columns of a series with a boundary at 0: constant, time, after, time after.

    Examples
    --------
    >>> sides(np.array([-1, 1])).tolist()
    [[1.0, -1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]]
    """
    time, after = periods.astype(float), (periods >= 0).astype(float)
    return np.column_stack([np.ones(len(time)), time, after, np.where(after > 0, time, 0.0)])


def interrupted(periods: np.ndarray, y: np.ndarray, weight: np.ndarray) -> Series:
    """Return the fit of period means with a boundary at period 0.

    Parameters
    ----------
    periods : numpy.ndarray, shape (t,)
        Whole numbers; gaps are allowed.
    y, weight : numpy.ndarray, shape (t,)
        Mean of each period, and the answers behind it.

    Raises
    ------
    MethodError
        Where there are fewer than eight periods, fewer than three on one side, or the means lie on a line exactly.

    Examples
    --------
    >>> t = np.arange(-6, 6)
    >>> y = 2.0 * (t >= 0) + np.tile([0.1, -0.2, 0.05, 0.02], 3)
    >>> found = interrupted(t, y, np.ones(12))
    >>> bool(found.interval(np.array([0, 0, 1.0, 0]))[1][0] > 1)
    True
    """
    before, after = int((periods < 0).sum()), int((periods >= 0).sum())
    if len(periods) < LEAST or min(before, after) < SIDE:
        raise MethodError(
            f"{before} periods before and {after} after: a series without a comparison group needs {LEAST} in all and {SIDE} on each side. "
            'Take a longer period, or every="week".'
        )
    x, size = sides(periods), np.sqrt(weight.mean() / weight)
    found = [_at(rho, periods, y, x, size) for rho in RHO]
    log = np.array([each[2] for each in found])
    share = np.exp(log - log.max())
    return Series(share / share.sum(), np.array([each[0] for each in found]), np.array([each[1] for each in found]), len(y) - x.shape[1])


def _at(rho: float, periods: np.ndarray, y: np.ndarray, x: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return coefficients, covariance and log likelihood (restricted) at one correlation."""
    power = np.abs(periods[:, None] - periods[None, :])
    covariance = np.sign(rho) ** power * np.abs(rho) ** power * np.outer(size, size)
    root = np.linalg.cholesky(covariance)
    white, target = np.linalg.solve(root, x), np.linalg.solve(root, y)
    bread = np.linalg.inv(white.T @ white)
    coef = bread @ (white.T @ target)
    residual, df = float(((target - white @ coef) ** 2).sum()), len(y) - x.shape[1]
    if not residual > 1e-18 * float((y**2).sum()):
        raise MethodError("the means of all periods lie on a line exactly: there is no noise to judge a step by.")
    log = -np.log(np.diag(root)).sum() + 0.5 * np.linalg.slogdet(bread)[1] - df / 2 * np.log(residual)
    return coef, bread * residual / df, float(log)
