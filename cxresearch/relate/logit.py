"""Logistic regression on rows: clustered errors, average effects, and no number where the data separate.

References
----------
McCullagh & Nelder (1989), Generalized Linear Models, chapter 4; Albert & Anderson (1984), Biometrika 71 (separation);
Cameron & Miller (2015), JHR 50 (CR1, t(G - 1)).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, xlogy

from cxresearch.ask.errors import MethodError
from cxresearch.relate.fit import inverse
from cxresearch.relate.sample import codes

STEPS, ENOUGH, CERTAIN = 50, 1e-12, 1e-7


@dataclass(frozen=True)
class Logit:
    """A logistic fit, the constant first.

    Parameters
    ----------
    names : tuple of str
        The k explaining columns, constant apart.
    coef : numpy.ndarray, shape (1 + k,)
        On the scale of log odds.
    bread : numpy.ndarray, shape (1 + k, 1 + k)
        Inverse information: the model's own covariance.
    cov : numpy.ndarray, shape (1 + k, 1 + k)
        Covariance by cluster (CR1); that of the model where no clusters were given.
    clusters : int
        Clusters, or rows.
    loglik, null : float
        Log likelihood of the fit and of the constant alone.
    """

    names: tuple[str, ...]
    coef: np.ndarray
    bread: np.ndarray
    cov: np.ndarray
    clusters: int
    loglik: float
    null: float

    @property
    def df(self) -> int:
        """Degrees of freedom of t."""
        return self.clusters - 1

    @property
    def mcfadden(self) -> float:
        """McFadden's R2."""
        return 1 - self.loglik / self.null

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return probabilities at the rows of x, shape (n, k)."""
        return expit(self.coef[0] + np.asarray(x, dtype=float) @ self.coef[1:])


def logit(
    y: np.ndarray, x: np.ndarray, names: Sequence[str], *, cluster: np.ndarray | None = None, weight: np.ndarray | None = None
) -> Logit:
    """Return the logistic regression of a 0/1 outcome.

    Parameters
    ----------
    y : numpy.ndarray, shape (n,)
        0 or 1.
    x : numpy.ndarray, shape (n, k)
        Explaining columns, without a constant.
    names : sequence of str
        Their names.
    cluster : array-like, shape (n,), optional
        Errors by these clusters; without, those of the model.
    weight : numpy.ndarray, shape (n,), optional
        Survey weights or counts of a bootstrap draw: the likelihood is weighted, the errors are by cluster.

    Raises
    ------
    MethodError
        Where all outcomes are alike, columns carry the same information, or the outcome is separated by the columns.

    Examples
    --------
    >>> x = np.array([[0.0], [0], [0], [0], [1], [1], [1], [1]])
    >>> float(logit(np.array([0.0, 0, 0, 1, 0, 1, 1, 1]), x, ["met"]).coef[1].round(4))
    2.1972
    """
    y, x = np.asarray(y, dtype=float), np.asarray(x, dtype=float).reshape(len(y), -1)
    w = np.ones(len(y)) if weight is None else np.asarray(weight, dtype=float)
    share = float(w @ y / w.sum())
    if not 0 < share < 1:
        raise MethodError(f"the outcome is {'always' if share else 'never'} 1: there is nothing to tell apart.")
    if (w > 0).sum() <= x.shape[1] + 1:
        raise MethodError(f"{int((w > 0).sum())} rows cannot carry {x.shape[1] + 1} coefficients.")
    mean = w @ x / w.sum()
    design = np.column_stack([np.ones(len(y)), x - mean])
    inverse((design[:, 1:].T * w) @ design[:, 1:], names, mean, float(w.sum()))
    coef, bread = _newton(y, design, w, np.log(share / (1 - share)))
    fitted = expit(design @ coef)
    scores = design * (w * (y - fitted))[:, None]
    cov, groups = (bread, len(y)) if cluster is None else _sandwich(scores, bread, cluster)
    back = np.eye(len(coef))
    back[0, 1:] = -mean
    loglik = float(w @ (xlogy(y, fitted) + xlogy(1 - y, 1 - fitted)))
    null = float(w.sum() * (xlogy(share, share) + xlogy(1 - share, 1 - share)))
    return Logit(tuple(names), back @ coef, back @ bread @ back.T, back @ cov @ back.T, groups, loglik, null)


def average_effect(fit: Logit, x: np.ndarray, shifted: np.ndarray, weight: np.ndarray | None = None) -> tuple[float, float]:
    """Return the mean change in probability when the rows x become `shifted`, and its delta-method error.

    Examples
    --------
    >>> x = np.array([[0.0], [0], [0], [0], [1], [1], [1], [1]])
    >>> fit = logit(np.array([0.0, 0, 0, 1, 0, 1, 1, 1]), x, ["met"])
    >>> round(average_effect(fit, np.zeros((8, 1)), np.ones((8, 1)))[0], 6)
    0.5
    """
    w = np.ones(len(x)) if weight is None else weight
    gradient, value = np.zeros(len(fit.coef)), 0.0
    for rows, sign in ((shifted, 1.0), (x, -1.0)):
        p = fit.predict(rows)
        value += sign * float(w @ p / w.sum())
        gradient += sign * (np.column_stack([np.ones(len(rows)), rows]).T @ (w * p * (1 - p))) / w.sum()
    return value, float(np.sqrt(max(gradient @ fit.cov @ gradient, 0.0)))


def _newton(y: np.ndarray, design: np.ndarray, w: np.ndarray, start: float) -> tuple[np.ndarray, np.ndarray]:
    coef = np.zeros(design.shape[1])
    coef[0] = start
    for _ in range(STEPS):
        fitted = expit(design @ coef)
        variance = w * fitted * (1 - fitted)
        _not_separated(fitted, y, w)
        try:
            bread = np.linalg.inv((design.T * variance) @ design)
        except np.linalg.LinAlgError:
            raise MethodError(_SEPARATED) from None
        step = bread @ (design.T @ (w * (y - fitted)))
        coef = coef + step
        if np.max(np.abs(step) * np.sqrt(np.diag((design.T * w) @ design) / w.sum())) < ENOUGH:
            return coef, bread
    raise MethodError(_SEPARATED)


_SEPARATED = (
    "the columns separate those with the outcome from those without (perfectly, or in one group), so the odds have no finite size. "
    "A column may be built from the outcome; leave it out, or join small groups."
)


def _not_separated(fitted: np.ndarray, y: np.ndarray, w: np.ndarray) -> None:
    sure = (w > 0) & (np.abs(y - fitted) < CERTAIN) & ((fitted < CERTAIN) | (fitted > 1 - CERTAIN))
    if sure.any():
        raise MethodError(_SEPARATED)


def _sandwich(scores: np.ndarray, bread: np.ndarray, cluster: np.ndarray) -> tuple[np.ndarray, int]:
    """CR1 for likelihood: G/(G-1), as Stata's and R's sandwich::vcovCL with type HC0 and cadjust."""
    at, groups = codes(cluster)
    if groups < 2:
        raise MethodError("all rows belong to one cluster: no error can be told. Cluster by something finer.")
    sums = np.zeros((groups, scores.shape[1]))
    np.add.at(sums, at, scores)
    return bread @ (sums.T @ sums) @ bread * groups / (groups - 1), groups
