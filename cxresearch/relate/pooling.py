"""Partial pooling: how much units truly differ, and what each one's estimate is worth.

References
----------
DerSimonian & Laird (1986), Controlled Clinical Trials 7; Paule & Mandel (1982), Journal of Research of the NBS 87;
Viechtbauer (2007), Confidence intervals for the amount of heterogeneity, Statistics in Medicine 26 (Q-profile);
Berger & Hsu (1996), Statistical Science 11 (that no difference is worth acting on);
Gelman et al. (2013), Bayesian Data Analysis, section 5.4 (estimates averaged over what tau may be).
"""

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from cxresearch.ask.errors import MethodError
from cxresearch.relate.tails import chi2_above, chi2_quantile, t_below, t_quantile

GRID, HALVINGS = 400, 80


@dataclass(frozen=True)
class Pooled:
    """Estimates of k units, seen together.

    Parameters
    ----------
    mean, mean_low, mean_high : float
        What the units have in common (random-effects mean at `tau`).
    tau, tau_low, tau_high : float
        True spread between units (Paule-Mandel) with its Q-profile interval.
    i2, i2_low, i2_high : float
        Share of the differences seen that is true spread, 0 to 1.
    q, p : float
        Cochran's Q and its p-value: do they differ at all.
    estimate, low, high : numpy.ndarray, shape (k,)
        Each unit drawn toward the rest as far as its own data are thin, averaged over what tau may be.
    reliability : numpy.ndarray, shape (k,)
        tau^2 / (tau^2 + v): of the differences seen at such a size, the share that is true.
    """

    mean: float
    mean_low: float
    mean_high: float
    tau: float
    tau_low: float
    tau_high: float
    i2: float
    i2_low: float
    i2_high: float
    q: float
    p: float
    estimate: np.ndarray
    low: np.ndarray
    high: np.ndarray
    reliability: np.ndarray

    def facts(self) -> dict[str, float]:
        """Return the single numbers, by name."""
        names = ("tau", "tau_low", "tau_high", "i2", "i2_low", "i2_high", "q", "p")
        return {{"q": "q_differ", "p": "p_differ"}.get(name, name): float(getattr(self, name)) for name in names}

    def spread(self) -> dict[str, float]:
        """Return tau with its interval, as an estimate."""
        return {"estimate": self.tau, "low": min(self.tau_low, self.tau), "high": max(self.tau_high, self.tau)}

    def widened(self, own: np.ndarray, v: np.ndarray, df: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the ends of the units, wider where one's own variance is more than the `v` it was drawn by; by t(`df`)."""
        times = np.sqrt(np.maximum(own / v, 1.0)) * t_quantile(0.975, df) / t_quantile(0.975, 1e9)
        return self.estimate - times * (self.estimate - self.low), self.estimate + times * (self.high - self.estimate)

    def apart(self, furthest: float) -> dict[str, float]:
        """Return the largest difference between two of the units drawn together (as estimated it is partly chance), with its bounds.

        Parameters
        ----------
        furthest : float
            The bound that it does not exceed. It is never under tau, so that where units differ at all it is not zero.
        """
        widest = min(float(np.ptp(self.estimate)), furthest)
        return {"estimate": widest, "low": min(self.tau_low, widest), "high": furthest}


def pooled(y: np.ndarray, v: np.ndarray) -> Pooled:
    """Return k estimates with known variances, pooled in part.

    Parameters
    ----------
    y, v : numpy.ndarray, shape (k,)
        Estimates and the variances of their errors.

    Raises
    ------
    MethodError
        Where there are fewer than three units, or a variance is not positive.

    Examples
    --------
    >>> schools = pooled(np.array([28.0, 8, -3, 7, -1, 1, 18, 12]), np.array([15.0, 10, 16, 11, 9, 11, 10, 18]) ** 2)
    >>> round(schools.mean, 2), schools.tau, bool(schools.estimate[0] < 28)
    (7.69, 0.0, True)
    """
    y, v = np.asarray(y, dtype=float), np.asarray(v, dtype=float)
    if len(y) < 3:
        raise MethodError(f"{len(y)} levels tell nothing about how levels differ: pooling needs three or more. Ask `compare`.")
    if not (v > 0).all():
        raise MethodError("a level has an error of zero: nothing can be pooled with it.")
    q, tau2 = q_at(y, v, 0.0), paule_mandel(y, v)
    low2, high2 = q_profile(y, v)
    mean, error = _mean(y, v, tau2)
    half = t_quantile(0.975, len(y) - 1) * error
    share = [i_squared(v, value) for value in (tau2, low2, high2)]
    estimate, low, high = _shrunken(y, v)
    reliability, p = tau2 / (tau2 + v), float(chi2_above(q, len(y) - 1))
    spread = np.sqrt([tau2, low2, high2])
    return Pooled(
        mean,
        mean - half,
        mean + half,
        *map(float, spread),
        *share,
        q,
        p,
        estimate,
        low,
        high,
        reliability,
    )


def furthest(gap: np.ndarray, error: np.ndarray, df: np.ndarray | float = np.inf) -> float:
    """Return the bound that the largest difference between two units does not exceed.

    Parameters
    ----------
    gap, error : numpy.ndarray, shape (k (k - 1) / 2,)
        Difference of every pair, with its error; `df` its degrees of freedom.

    Notes
    -----
    The furthest end of the 95% intervals of all pairs. No correction for their number is needed: the pair that truly differs most has
    its end among them, and lies beyond it in 2.5 of 100 (intersection-union). A bound on tau, which is a spread, would not do.

    References
    ----------
    Berger & Hsu (1996), Bioequivalence trials, intersection-union tests and equivalence confidence sets, Statistical Science 11.

    Examples
    --------
    >>> round(furthest(np.array([-2.0, -1.0, 1.0]), np.array([0.5, 1.0, 0.5])), 2)
    2.98
    """
    return float((np.abs(gap) + t_quantile(0.975, df) * error).max())


def furthest_of(y: np.ndarray, v: np.ndarray, shared: np.ndarray) -> float:
    """Return `furthest` for units with errors of their own (variances `v`) and errors in common, of unknown sides (`shared`)."""
    rest = [slice(i + 1, None) for i in range(len(y) - 1)]
    spread = [np.sqrt(v[i] + v[at] + (shared[i] ** 0.5 + shared[at] ** 0.5) ** 2) for i, at in enumerate(rest)]
    return max(furthest(y[at] - y[i], spread[i]) for i, at in enumerate(rest))


def pairs(k: int) -> np.ndarray:
    """Return the weights of the differences of all pairs of k units, shape (k (k - 1) / 2, k)."""
    first, second = np.triu_indices(k, 1)
    return np.eye(k)[first] - np.eye(k)[second]


def q_at(y: np.ndarray, v: np.ndarray, tau2: float) -> float:
    """Return the generalised Q statistic at a between-unit variance."""
    w = 1 / (v + tau2)
    return float(w @ (y - w @ y / w.sum()) ** 2)


def dersimonian_laird(y: np.ndarray, v: np.ndarray) -> float:
    """Return the between-unit variance by the method of moments.

    Examples
    --------
    >>> round(dersimonian_laird(np.array([0.0, 3, 6]), np.ones(3)), 6)
    8.0
    """
    w = 1 / v
    return max(0.0, float((q_at(y, v, 0.0) - (len(y) - 1)) / (w.sum() - (w**2).sum() / w.sum())))


def paule_mandel(y: np.ndarray, v: np.ndarray) -> float:
    """Return the between-unit variance at which Q is what chance alone would give.

    Examples
    --------
    >>> round(paule_mandel(np.array([0.0, 3, 6]), np.ones(3)), 6)
    8.0
    """
    return _solved(y, v, len(y) - 1.0)


def q_profile(y: np.ndarray, v: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Return the interval of the between-unit variance: where Q is a likely value of chi-squared."""
    ends = chi2_quantile([0.5 + level / 2, 0.5 - level / 2], len(y) - 1)
    return _solved(y, v, float(ends[0])), _solved(y, v, float(ends[1]))


def i_squared(v: np.ndarray, tau2: float) -> float:
    """Return the share of the differences seen that a between-unit variance makes up, at a typical unit."""
    w = 1 / v
    typical = (len(v) - 1) * w.sum() / (w.sum() ** 2 - (w**2).sum())
    return float(tau2 / (tau2 + typical))


def mixture(share: np.ndarray, centre: np.ndarray, spread: np.ndarray, at: float, df: float | None = None) -> np.ndarray:
    """Return a quantile of mixtures of normals (or of t with `df`).

    Parameters
    ----------
    share : numpy.ndarray, shape (g,)
        Weights of the parts, summing to one.
    centre, spread : numpy.ndarray, shape (g, k)
        Of each part, for each of k mixtures.
    at : float
        Which quantile, 0 to 1.

    Examples
    --------
    >>> mixture(np.array([1.0]), np.array([[2.0]]), np.array([[1.0]]), 0.5).round(6).tolist()
    [2.0]
    """
    free = np.inf if df is None else df
    far = float(-t_quantile(min(at, 1 - at) / 10, free)) + 1
    low, high = (centre - far * spread).min(axis=0), (centre + far * spread).max(axis=0)
    cdf = lambda x: share @ t_below((x - centre) / spread, free)  # noqa: E731
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        above = cdf(middle) > at
        low, high = np.where(above, low, middle), np.where(above, middle, high)
        if np.all(high - low <= 1e-13 * np.maximum(1.0, np.abs(middle))):
            break
    return (low + high) / 2


def _solved(y: np.ndarray, v: np.ndarray, wanted: float) -> float:
    """Return tau^2 at which Q has this value; zero where it never gets so high."""
    gap = lambda tau2: q_at(y, v, tau2) - wanted  # noqa: E731
    if gap(0.0) <= 0:
        return 0.0
    high = float(v.max())
    while gap(high) > 0:
        high *= 4
    return float(optimize.brentq(gap, 0.0, high, xtol=1e-14 * high, rtol=1e-13))


def _mean(y: np.ndarray, v: np.ndarray, tau2: float) -> tuple[float, float]:
    w = 1 / (v + tau2)
    return float(w @ y / w.sum()), float(w.sum() ** -0.5)


def _shrunken(y: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Average over tau (flat), the mean integrated out: intervals allow for neither being known."""
    scale = float(np.sqrt(max(np.median(v), paule_mandel(y, v))))
    u = (np.arange(GRID) + 0.5) / GRID
    tau2 = (scale * u / (1 - u)) ** 2
    w = 1 / (v + tau2[:, None])
    total = w.sum(axis=1)
    mean = (w @ y) / total
    log = 0.5 * np.log(w).sum(axis=1) - 0.5 * np.log(total) - 0.5 * (w * (y - mean[:, None]) ** 2).sum(axis=1) - 2 * np.log1p(-u)
    share = np.exp(log - log.max())
    share /= share.sum()
    drawn = v * w
    centre = y - drawn * (y - mean[:, None])
    spread = np.sqrt(v * (1 - drawn) + drawn**2 / total[:, None])
    return share @ centre, mixture(share, centre, spread, 0.025), mixture(share, centre, spread, 0.975)
