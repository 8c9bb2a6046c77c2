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
BUDGET = 1_000_000


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
    shrink on the way down, all subsets of one depth and all draws are one array, and no step is ever undone (the sweep operator in
    Gray-code order would undo every step at the size of the whole).
    """
    if len(players) > MOST_PLAYERS:
        raise MethodError(
            f"{len(players)} drivers make {2 ** len(players):,} subsets; at most {MOST_PLAYERS} are taken. "
            "Group them into blocks or leave some out."
        )
    order = [*(column for player in players for column in player), cross.shape[-1] - 1]
    correlation, _ = correlations(cross[:, order][:, :, order])
    chunk, sizes = max(1, BUDGET >> len(players)), [len(player) for player in players]
    matrices = np.ascontiguousarray(correlation.transpose(1, 2, 0))
    return np.concatenate([_tree(matrices[..., i : i + chunk], sizes) for i in range(0, len(cross), chunk)], axis=-1)


def _tree(matrices: np.ndarray, sizes: Sequence[int]) -> np.ndarray:
    """Return R2 of all subsets; the draws come last, so every step is one pass over long rows of memory."""
    draws = matrices.shape[-1]
    level = matrices[:, :, None]
    for size in sizes:
        inside = level
        for _ in range(size):
            inside = take_in(inside)
        level = np.stack([level[size:, size:], inside], axis=3).reshape(*inside.shape[:2], -1, draws)
    return np.clip(1 - level[0, 0], 0, 1).reshape(*(2,) * len(sizes), draws)


def take_in(matrices: np.ndarray) -> np.ndarray:
    """Return the Schur complement of the first column, shape (p - 1, p - 1, ...); a column that is already explained adds nothing.

    Only what lies on and right of the diagonal is worked out, and only that is read.
    """
    pivot, row = matrices[0, 0], matrices[0, 1:]
    alive = pivot > 1e-10
    scale = np.where(alive, pivot, 1.0)
    out = np.empty_like(matrices[1:, 1:])
    for i in range(len(row)):
        out[i, i:] = matrices[i + 1, i + 1 :] - np.where(alive, row[i] * row[i:] / scale, 0.0)
    return out


def shapley(r2: np.ndarray) -> np.ndarray:
    """Return each player's share of R2, averaged over all orders: shape (players, draws); they sum to the full R2."""
    count = r2.ndim - 1
    inside = np.indices((2,) * count).reshape(count, -1)
    before = inside.sum(axis=0) - inside
    weights = np.array([factorial(s) * factorial(count - 1 - s) / factorial(count) for s in range(count)])
    return np.where(inside == 1, 1.0, -1.0) * weights[before] @ r2.reshape(-1, r2.shape[-1])


def johnson(cross: np.ndarray) -> np.ndarray:
    """Return Johnson's relative weights, shape (draws, p - 1); the outcome is the last column; they sum to R2."""
    correlation, _ = correlations(cross)
    values, vectors = np.linalg.eigh(correlation[:, :-1, :-1])
    roots = np.sqrt(np.maximum(values, 0))
    known = roots > 1e-10 * roots.max(axis=1, keepdims=True)
    inverses = np.where(known, 1 / np.where(known, roots, 1.0), 0.0)
    turned = vectors.swapaxes(1, 2)
    root = (vectors * roots[:, None]) @ turned
    loadings = (vectors * inverses[:, None] @ (turned @ correlation[:, :-1, -1:]))[..., 0]
    return np.einsum("dij,dj->di", root**2, loadings**2)
