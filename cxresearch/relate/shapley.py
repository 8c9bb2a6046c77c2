"""R2 of every subset of drivers, for many draws at once, and the shares that follow.

References
----------
Lindeman, Merenda & Gold (1980), Introduction to Bivariate and Multivariate Analysis (LMG); Groemping (2007), The American Statistician 61;
Owen (1977), Values of games with a priori unions; Johnson (2000), Multivariate Behavioral Research 35.
"""

from collections.abc import Sequence
from math import factorial

import numpy as np

from cxresearch.ask.errors import MethodError
from cxresearch.relate.moments import correlations

MOST_PLAYERS = 16
BUDGET = 4_000_000


def subset_r2(cross: np.ndarray, players: Sequence[Sequence[int]]) -> np.ndarray:
    """Return R2 of the outcome on every subset of players.

    Parameters
    ----------
    cross : numpy.ndarray, shape (draws, p, p)
        Centred cross-products; the outcome is the last column.
    players : sequence of sequences of int
        The columns of each player (a category has several).

    Returns
    -------
    numpy.ndarray, shape (2,) * len(players) + (draws,)
        Index 1 along an axis means that the player is in.

    Notes
    -----
    A tree over the players: leaving one out drops its columns, taking it in leaves the Schur complement of the rest. The matrices
    shrink on the way down, all subsets of one depth and all draws are one array, and no step is ever undone.
    """
    if len(players) > MOST_PLAYERS:
        raise MethodError(
            f"{len(players)} drivers make {2 ** len(players):,} subsets; at most {MOST_PLAYERS} are taken. "
            "Group them into blocks or leave some out."
        )
    order = [column for player in players for column in player]
    correlation, _ = correlations(cross)
    at = [*order, cross.shape[-1] - 1]
    chunk = max(1, BUDGET >> len(players))
    parts = [_tree(correlation[i : i + chunk][:, at][:, :, at], [len(player) for player in players]) for i in range(0, len(cross), chunk)]
    return np.concatenate(parts, axis=-1)


def _tree(matrices: np.ndarray, sizes: Sequence[int]) -> np.ndarray:
    draws = len(matrices)
    level = matrices[None]
    for size in sizes:
        out = level[..., size:, size:]
        inside = level
        for _ in range(size):
            inside = _take_in(inside)
        level = np.stack([out, inside], axis=1).reshape(-1, draws, *out.shape[-2:])
    return np.clip(1 - level[..., 0, 0], 0, 1).reshape(*(2,) * len(sizes), draws)


def _take_in(matrices: np.ndarray) -> np.ndarray:
    """Return the Schur complement of the first column; a column that is already explained adds nothing."""
    pivot = matrices[..., :1, :1]
    row = matrices[..., :1, 1:]
    alive = pivot > 1e-10
    return matrices[..., 1:, 1:] - np.where(alive, row.swapaxes(-1, -2) * row / np.where(alive, pivot, 1.0), 0.0)


def shapley(r2: np.ndarray) -> np.ndarray:
    """Return each player's share of R2, averaged over all orders: shape (players, draws); they sum to the full R2."""
    count = r2.ndim - 1
    sizes = np.indices((2,) * (count - 1)).sum(axis=0) if count > 1 else np.zeros(())
    weights = np.array([factorial(s) * factorial(count - 1 - s) / factorial(count) for s in range(count)])[sizes.astype(int)]
    shares = []
    for player in range(count):
        moved = np.moveaxis(r2, player, 0)
        shares.append(((moved[1] - moved[0]) * weights[..., None]).reshape(-1, r2.shape[-1]).sum(axis=0))
    return np.array(shares)


def johnson(cross: np.ndarray) -> np.ndarray:
    """Return Johnson's relative weights, shape (draws, p - 1); the outcome is the last column; they sum to R2."""
    correlation, _ = correlations(cross)
    values, vectors = np.linalg.eigh(correlation[:, :-1, :-1])
    root = np.einsum("dij,dj,dkj->dik", vectors, np.sqrt(np.maximum(values, 0)), vectors)
    loadings = np.einsum("dij,dj->di", np.linalg.pinv(root, rcond=1e-10, hermitian=True), correlation[:, :-1, -1])
    return np.einsum("dij,dj->di", root**2, loadings**2)
