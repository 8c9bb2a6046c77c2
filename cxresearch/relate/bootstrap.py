"""The bootstrap over whole customers, for the methods that need rows.

References
----------
Davison & Hinkley (1997), Bootstrap Methods and their Application, section 3.8; Cameron, Gelbach & Miller (2008), Review of Economics
and Statistics 90 (pairs cluster bootstrap).
"""

from collections.abc import Callable, Iterator

import numpy as np

from cxresearch.ask.errors import MethodError
from cxresearch.relate.sample import codes


def draws_of(cluster: np.ndarray, draws: int, seed: int) -> Iterator[np.ndarray]:
    """Yield, for every draw, how often each row counts: whole clusters are drawn with replacement.

    Parameters
    ----------
    cluster : array-like, shape (n,)
        Cluster of each row.
    draws : int
        How many draws.
    seed : int
        Seed.

    Examples
    --------
    >>> counts = next(draws_of(np.array(["a", "a", "b"]), 1, 1))
    >>> bool(counts[0] == counts[1]), counts.shape
    (True, (3,))
    """
    at, groups = codes(cluster)
    random = np.random.default_rng(seed)
    for _ in range(draws):
        yield np.bincount(random.integers(0, groups, groups), minlength=groups).astype(float)[at]


def repeat(statistic: Callable[[np.ndarray], np.ndarray], cluster: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Return a statistic of row counts in every draw, shape (draws, ...); a draw that cannot be computed is missing.

    Parameters
    ----------
    statistic : callable
        ``counts of the rows -> numbers``; where it raises MethodError the draw is missing.
    cluster, draws, seed
        As in `draws_of`.

    Raises
    ------
    MethodError
        Where more than one draw in ten cannot be computed: the interval would be of the easy draws only.
    """
    found = [_tried(statistic, counts) for counts in draws_of(cluster, draws, seed)]
    known = [values for values in found if values is not None]
    if len(known) < 0.9 * draws:
        raise MethodError(f"{draws - len(known)} of {draws} bootstrap draws cannot be computed: too few customers carry this comparison.")
    return np.array([np.full_like(known[0], np.nan) if values is None else values for values in found])


def percentile(draws: np.ndarray, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Return the percentile interval over the first dimension; missing draws are left out.

    Examples
    --------
    >>> [round(float(end), 3) for end in percentile(np.arange(1001.0))]
    [25.0, 975.0]
    """
    low, high = np.nanquantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def _tried(statistic: Callable[[np.ndarray], np.ndarray], counts: np.ndarray) -> np.ndarray | None:
    try:
        return np.asarray(statistic(counts), dtype=float)
    except MethodError:
        return None
