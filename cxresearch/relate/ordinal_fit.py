"""Proportional odds on rows: own Newton steps, weights and clustered errors, and cuts that need not be alike.

References
----------
McCullagh (1980), Regression models for ordinal data, JRSS B 42; Pratt (1981), Concavity of the log likelihood, JASA 76;
Peterson & Harrell (1990), Partial proportional odds models for ordinal response variables, JRSS C 39.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import linalg
from scipy.special import expit, log_expit

from cxresearch.ask.errors import MethodError
from cxresearch.relate.fit import inverse
from cxresearch.relate.influence import joint

STEPS, ENOUGH, FLAT = 40, 1e-10, 1e-12
MOST_STEPS_OF_A_SCALE = 30


@dataclass(frozen=True)
class Ordinal:
    """A fit of logit P(Y <= level k) = cuts[k] @ (1, z) - x @ slopes.

    Parameters
    ----------
    levels : numpy.ndarray, shape (K,)
        The answers that occur, lowest first.
    cuts : numpy.ndarray, shape (K - 1, 1 + q)
        Thresholds; with columns z that may shift every threshold by an amount of its own.
    slopes : numpy.ndarray, shape (p,)
        On the scale of log odds: above zero goes with higher answers.
    bread : numpy.ndarray, shape (m, m)
        Inverse information, thresholds (row by row) first: the model's own covariance.
    loglik, null : float
        Log likelihood of the fit and of the thresholds alone.
    weight : float
        Summed weight.
    """

    levels: np.ndarray
    cuts: np.ndarray
    slopes: np.ndarray
    bread: np.ndarray
    loglik: float
    null: float
    weight: float

    @property
    def mcfadden(self) -> float:
        """McFadden's R2."""
        return 1 - self.loglik / self.null

    def below(self, x: np.ndarray, z: np.ndarray | None = None) -> np.ndarray:
        """Return P(Y <= level k) for all levels but the last, shape (n, K - 1)."""
        return expit(_ones(len(x), z) @ self.cuts.T - (x @ self.slopes)[:, None])

    def chances(self, x: np.ndarray, z: np.ndarray | None = None) -> np.ndarray:
        """Return the probability of every level, shape (n, K)."""
        return np.diff(self.below(x, z), axis=1, prepend=0.0, append=1.0)

    def mean(self, values: np.ndarray, x: np.ndarray, z: np.ndarray | None, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the predicted mean of a value per level for every row, and the gradient of their weighted mean over all parameters."""
        below, gaps, share = self.below(x, z), np.diff(values), weight / weight.sum()
        tilt = -gaps * below * (1 - below) * share[:, None]
        return values[-1] - below @ gaps, np.concatenate([(tilt.T @ _ones(len(x), z)).ravel(), -(tilt.sum(axis=1) @ x)])

    def residual(self, rows: "Rows", slopes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what every answer exceeds its prediction by, on the scale of the line, and how much it tells about the line.

        With slopes zero: the thresholds alone, at the shares of the answers.
        """
        fit = self
        if not slopes.any():
            below = np.cumsum(np.bincount(rows.at, weights=rows.w))[:-1] / rows.w.sum()
            fit = replace(self, cuts=np.log(below / (1 - below))[:, None], slopes=slopes)
        down, up, upper, (lower, _) = _slopes(fit, Rows(rows.at, rows.x, rows.z[:, : fit.cuts.shape[1]], rows.w))
        return -(down + up), upper + lower

    def influence(self, rows: "Rows", direction: np.ndarray) -> np.ndarray:
        """Return what every row adds to direction @ parameters, weight included: sums of squares of cluster sums are its variance."""
        down, up, _, _ = _slopes(self, rows)
        turned = self.bread @ direction
        by_cut = turned[: self.cuts.size].reshape(self.cuts.shape)
        along = rows.x @ turned[self.cuts.size :]
        inside = np.vstack([by_cut, np.zeros(by_cut.shape[1])])
        upper = (inside[rows.at] * rows.z).sum(axis=1)
        lower = (inside[rows.at - 1] * rows.z).sum(axis=1)
        return rows.w * (down * upper + up * lower - (down + up) * along)


@dataclass(frozen=True)
class Rows:
    """What a fit is made from: place of each answer among the levels, columns, columns that may shift cuts (1 first), weights."""

    at: np.ndarray
    x: np.ndarray
    z: np.ndarray
    w: np.ndarray


def ordinal(
    y: np.ndarray, x: np.ndarray, names: Sequence[str], *, shifts: np.ndarray | None = None, weight: np.ndarray | None = None
) -> tuple[Ordinal, Rows]:
    """Return the proportional-odds fit of an ordered answer, and the rows behind it.

    Parameters
    ----------
    y : numpy.ndarray, shape (n,)
        Answers on a scale of few steps; only their order counts.
    x : numpy.ndarray, shape (n, p)
        Columns whose odds ratio is the same at every cut, without a constant.
    names : sequence of str
        Their names, those of `shifts` after them.
    shifts : numpy.ndarray, shape (n, q), optional
        Columns whose odds ratio may differ from cut to cut.
    weight : numpy.ndarray, shape (n,), optional
        Survey weights or counts: the likelihood is weighted; errors belong to clusters then.

    Raises
    ------
    MethodError
        Where all answers are alike or take too many values, columns carry the same information, or the columns separate the answers.

    Examples
    --------
    >>> y, x = np.array([0, 0, 1, 2, 0, 1, 2, 2]), np.repeat([[0.0], [1.0]], 4, axis=0)
    >>> fit, _ = ordinal(y, x, ["met"])
    >>> [float(cut) for cut in fit.cuts[:, 0].round(3)], float(fit.slopes[0].round(3))
    ([0.0, 1.099], 1.099)
    """
    x = np.asarray(x, dtype=float).reshape(len(y), -1)
    w = np.ones(len(y)) if weight is None else np.asarray(weight, dtype=float)
    shares, rows, levels = _prepared(np.asarray(y, dtype=float), x, shifts, w)
    every = np.hstack([x, rows.z[:, 1:]])
    mean = w @ every / w.sum()
    centred = every - mean
    if (w > 0).sum() <= every.shape[1] + len(levels):
        raise MethodError(f"{int((w > 0).sum())} rows cannot carry {every.shape[1] + len(levels) - 1} coefficients.")
    inverse((centred.T * w) @ centred, names, mean, float(w.sum()))
    below = np.cumsum(shares)[:-1]
    start = np.zeros((len(levels) - 1, rows.z.shape[1]))
    start[:, 0] = np.log(below / (1 - below))
    null = float(w.sum() * (shares @ np.log(shares)))
    size = start.size + x.shape[1]
    first = Ordinal(levels, start, np.zeros(x.shape[1]), np.eye(size), null, null, float(w.sum()))
    return _newton(first, rows), rows


def covariance(fit: Ordinal, rows: Rows, clusters: Sequence[np.ndarray], at: Sequence[int]) -> np.ndarray:
    """Return the clustered covariance of some parameters (thresholds first), from their influences summed by cluster."""
    return joint(np.column_stack([fit.influence(rows, np.eye(len(fit.bread))[i]) for i in at]), clusters)


def _prepared(y: np.ndarray, x: np.ndarray, shifts: np.ndarray | None, w: np.ndarray) -> tuple[np.ndarray, Rows, np.ndarray]:
    levels = np.unique(y[w > 0])
    if len(levels) < 2:
        raise MethodError("every answer is the same: there is nothing to tell apart.")
    if len(levels) > MOST_STEPS_OF_A_SCALE:
        raise MethodError(
            f"the outcome takes {len(levels):,} values: proportional odds are for a scale of few steps "
            f"({MOST_STEPS_OF_A_SCALE} at most). Ask `effect` about an amount."
        )
    at = np.clip(np.searchsorted(levels, y), 0, len(levels) - 1)
    shares = np.bincount(at, weights=w, minlength=len(levels)) / w.sum()
    return shares, Rows(at, x, _ones(len(y), shifts), w), levels


def _ones(count: int, z: np.ndarray | None) -> np.ndarray:
    return np.column_stack([np.ones(count), *([] if z is None else [np.asarray(z, dtype=float).reshape(count, -1)])])


def _ends(cuts: np.ndarray, slopes: np.ndarray, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Return the cut above and the cut below each answer, infinite at the ends of the scale, less the line."""
    line = rows.x @ slopes
    padded = np.vstack([cuts, np.zeros(cuts.shape[1])])
    upper = np.where(rows.at < len(cuts), (padded[rows.at] * rows.z).sum(axis=1) - line, np.inf)
    lower = np.where(rows.at > 0, (padded[rows.at - 1] * rows.z).sum(axis=1) - line, -np.inf)
    return upper, lower


def _loglik(cuts: np.ndarray, slopes: np.ndarray, rows: Rows) -> float:
    """Return the log likelihood; minus infinity where cuts have changed places."""
    upper, lower = _ends(cuts, slopes, rows)
    if (upper <= lower).any():
        return -np.inf
    return float(rows.w @ (log_expit(upper) + log_expit(-lower) + np.log(-np.expm1(lower - upper))))


def _slopes(fit: Ordinal, rows: Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return first derivatives of each row's log likelihood by its upper and lower end, then the parts of the second ones."""
    upper, lower = _ends(fit.cuts, fit.slopes, rows)
    apart = np.minimum(upper - lower, 700.0)
    joint = np.where(apart < 700, 1 / np.expm1(apart), 0.0)
    shared = joint * (1 + joint)
    return expit(-upper) + joint, -expit(lower) - joint, expit(upper) * expit(-upper), np.stack([expit(lower) * expit(-lower), shared])


def _newton(fit: Ordinal, rows: Rows) -> Ordinal:
    for _ in range(STEPS):
        score, information = _derivatives(fit, rows)
        spread = np.sqrt(np.maximum(np.diag(information), 1e-300))
        scaled = information / np.outer(spread, spread)
        if np.linalg.eigvalsh(scaled)[0] < FLAT:
            raise MethodError(_SEPARATED)
        bread = linalg.cho_solve(linalg.cho_factor(scaled), np.eye(len(scaled))) / np.outer(spread, spread)
        step = bread @ score
        fit, size = _stepped(fit, rows, step, bread)
        if size * np.max(np.abs(step) * spread) / np.sqrt(fit.weight) < ENOUGH and size == 1.0:
            return fit
    raise MethodError(_SEPARATED)


_SEPARATED = (
    "the columns separate some answers from the others (perfectly, or in one group), so the odds have no finite size. "
    "A column may be built from the outcome; leave it out, or join small groups."
)


def _stepped(fit: Ordinal, rows: Rows, step: np.ndarray, bread: np.ndarray) -> tuple[Ordinal, float]:
    """Take the step, halved until the cuts keep their order and the likelihood does not fall."""
    many, size = fit.cuts.size, 1.0
    for _ in range(30):
        cuts, slopes = fit.cuts + size * step[:many].reshape(fit.cuts.shape), fit.slopes + size * step[many:]
        loglik = _loglik(cuts, slopes, rows)
        if loglik >= fit.loglik - 1e-9 * abs(fit.loglik):
            return Ordinal(fit.levels, cuts, slopes, bread, loglik, fit.null, fit.weight), size
        size /= 2
    raise MethodError(_SEPARATED)


def _derivatives(fit: Ordinal, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Return score and information, block by block of the thresholds: the rows are never multiplied out."""
    down, up, bend_up, (bend_low, shared) = _slopes(fit, rows)
    count, wide = fit.cuts.shape
    size, x, z, w = fit.cuts.size + len(fit.slopes), rows.x, rows.z, rows.w
    score, information = np.zeros(size), np.zeros((size, size))
    score[fit.cuts.size :] = -(w * (down + up)) @ x
    information[fit.cuts.size :, fit.cuts.size :] = (x.T * (w * (bend_up + bend_low))) @ x
    for k in range(count):
        own, above = rows.at == k, rows.at == k + 1
        here = slice(k * wide, (k + 1) * wide)
        score[here] = (w * down)[own] @ z[own] + (w * up)[above] @ z[above]
        both = own | above
        inner = np.where(own, bend_up, bend_low)[both] * w[both]
        information[here, here] = (z[both].T * (inner + (w * shared)[both])) @ z[both]
        information[here, fit.cuts.size :] = -(z[both].T * inner) @ x[both]
        information[fit.cuts.size :, here] = information[here, fit.cuts.size :].T
        if k + 1 < count:
            after = slice((k + 1) * wide, (k + 2) * wide)
            information[here, after] = -(z[above].T * (w * shared)[above]) @ z[above]
            information[after, here] = information[here, after].T
    return score, information
