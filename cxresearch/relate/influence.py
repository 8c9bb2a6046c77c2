"""Errors from influence: how far each row pulls a number, summed within clusters.

References
----------
Huber (1967), Proceedings of the Fifth Berkeley Symposium 1; Cameron, Gelbach & Miller (2011), JBES 29 (two ways of clustering).
"""

from collections.abc import Sequence

import numpy as np

from cxresearch.ask.errors import MethodError
from cxresearch.relate.sample import codes


def spread(pull: np.ndarray, clusters: Sequence[np.ndarray]) -> tuple[np.ndarray, int]:
    """Return the variance of one number, or of each of several, and the number of clusters.

    Parameters
    ----------
    pull : numpy.ndarray, shape (n,) or (n, m)
        What each row adds to each number.
    clusters : sequence of array-like, shape (n,)
        One way of clustering, or two.

    Raises
    ------
    MethodError
        Where all rows belong to one cluster.

    Examples
    --------
    >>> variance, groups = spread(np.array([1.0, -1.0, 0.5, 0.0]), [np.array(["a", "a", "b", "b"])])
    >>> float(variance), groups
    (0.5, 2)
    """
    if pull.ndim == 1:
        (variance,), groups = spread(pull[:, None], clusters)
        return variance, groups
    ways = _ways(clusters)
    parts = [np.diag(_outer(pull, way)) for way in ways]
    if len(parts) == 1:
        return parts[0], int(ways[0].max()) + 1
    return np.maximum.reduce([parts[0], parts[1], parts[0] + parts[1] - parts[2]]), min(int(way.max()) + 1 for way in ways[:2])


def joint(pull: np.ndarray, clusters: Sequence[np.ndarray]) -> np.ndarray:
    """Return the covariance of several numbers, shape (m, m)."""
    parts = [_outer(pull, way) for way in _ways(clusters)]
    return parts[0] if len(parts) == 1 else parts[0] + parts[1] - parts[2]


def summed(pull: np.ndarray, at: np.ndarray, groups: int) -> np.ndarray:
    """Return the sums of rows within groups, shape (groups, m)."""
    sums = [np.bincount(at, column, minlength=groups) for column in pull.T]
    return np.column_stack(sums) if sums else np.empty((groups, 0))


def _ways(clusters: Sequence[np.ndarray]) -> list[np.ndarray]:
    ways = [codes(cluster)[0] for cluster in clusters]
    return ways if len(ways) == 1 else [*ways, codes(ways[0] * (int(ways[1].max()) + 1) + ways[1])[0]]


def _outer(pull: np.ndarray, at: np.ndarray) -> np.ndarray:
    groups = int(at.max()) + 1
    if groups < 2:
        raise MethodError("all rows belong to one cluster: no error can be told. Cluster by something finer.")
    sums = summed(pull, at, groups)
    return sums.T @ sums * groups / (groups - 1)
