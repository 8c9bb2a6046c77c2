"""Shares of R2 among players: over all orders up to 16 of them; beyond, over a sample of orders, with the error of sampling.

References
----------
Castro, Gomez & Tejada (2009), Polynomial calculation of the Shapley value based on sampling, Computers & Operations Research 36;
Mitchell, Cooper, Frank & Holmes (2022), Sampling permutations for Shapley value estimation, JMLR 23 (orders and their reverse).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxresearch.ask.check import Check
from cxresearch.relate.explained import Explained
from cxresearch.relate.moments import correlations
from cxresearch.relate.shapley import MOST_PLAYERS, shapley, subset_r2, take_in

SETS, SETS_OF_DRAWS = 100, 4
WIDE = 4000
T95 = 1.984  # t(99)
DOUBT = 1.0  # of 100 parts


@dataclass(frozen=True)
class Shares:
    """R2 divided among players.

    Parameters
    ----------
    one : numpy.ndarray, shape (k,)
        Share of each player as found.
    drawn, noise : numpy.ndarray, shape (k, draws)
        Shares in bootstrap draws, and where nothing goes with the outcome.
    error : numpy.ndarray, shape (k,), optional
        Standard error of `one` from the sampling of orders; None where all orders were taken.
    orders : int
        Orders sampled; 0 where all were taken.
    """

    one: np.ndarray
    drawn: np.ndarray
    noise: np.ndarray
    error: np.ndarray | None = None
    orders: int = 0

    def check(self) -> tuple[Check, ...]:
        """Return the check that says that orders were sampled, and what that leaves open."""
        if self.error is None:
            return ()
        most = T95 * 100 * float(self.error.max())
        said = f"{len(self.one)} drivers have too many orders to go through all: {self.orders:,} were drawn, with each driver"
        left = f"A share lies about {most:.2g} of 100 parts at most from what all orders would give; the intervals do not include this."
        return (Check("orders", "passed" if most < DOUBT else "doubt", f"{said} equally often in every place. {left}"),)


def among(found: Explained, players: Sequence[Sequence[int]], seed: int) -> Shares:
    """Return the shares of players in R2.

    Parameters
    ----------
    found : Explained
        Cross-products with the outcome last.
    players : sequence of sequences of int
        The columns of each player.
    seed : int
        Seed of the orders, where they are sampled.

    Notes
    -----
    The draws of the customers go through fewer orders than the shares themselves. What these orders alone are off by is known from the
    data as found, and taken off every draw.
    """
    if len(players) <= MOST_PLAYERS:
        one, drawn, noise = (shapley(subset_r2(cross, players)) for cross in (found.one, found.drawn, found.noise))
        return Shares(one[:, 0], drawn, noise)
    sets = balanced(len(players), SETS, seed)
    each = gains(found.one, players, sets)[..., 0]
    drawn, noise = (gains(cross, players, sets[:SETS_OF_DRAWS]).mean(axis=0) for cross in (found.drawn, found.noise))
    one, off = each.mean(axis=0), each[:SETS_OF_DRAWS].mean(axis=0) - each.mean(axis=0)
    return Shares(one, np.maximum(drawn - off[:, None], 0), noise, each.std(axis=0, ddof=1) / np.sqrt(SETS), sets[..., 0].size)


def balanced(count: int, sets: int, seed: int) -> np.ndarray:
    """Return sets of orders, shape (sets, 2 * count, count): in each set every player stands twice in every place.

    A set is one random order, moved on by one place at a time, and all of these from back to front.

    Examples
    --------
    >>> balanced(2, 1, 1)[0].tolist() in ([[0, 1], [1, 0], [1, 0], [0, 1]], [[1, 0], [0, 1], [0, 1], [1, 0]])
    True
    """
    random = np.random.default_rng([seed, 3])
    turned = [[np.roll(order, by) for by in range(count)] for order in (random.permutation(count) for _ in range(sets))]
    return np.concatenate([turned, np.flip(turned, axis=2)], axis=1)


def gains(cross: np.ndarray, players: Sequence[Sequence[int]], sets: np.ndarray) -> np.ndarray:
    """Return what each player adds to R2 over those before it, averaged over each set of orders: shape (sets, players, draws)."""
    matrices = np.ascontiguousarray(correlations(cross)[0].transpose(1, 2, 0))
    chunk = max(1, WIDE // sets.shape[1])
    parts = [matrices[..., i : i + chunk] for i in range(0, matrices.shape[-1], chunk)]
    return np.array([np.concatenate([_gained(part, players, orders) for part in parts], axis=1) for orders in sets])


def _gained(matrices: np.ndarray, players: Sequence[Sequence[int]], orders: np.ndarray) -> np.ndarray:
    columns = np.array([[column for player in order for column in players[player]] for order in orders]).T
    at = np.vstack([columns, np.full((1, len(orders)), len(matrices) - 1)])
    level = matrices[at[:, None], at[None]]
    left = [level[-1, -1]]
    while len(level) > 1:
        level = take_in(level)
        left.append(level[-1, -1])
    added = np.take_along_axis(-np.diff(left, axis=0), columns.argsort(axis=0)[..., None], axis=0).mean(axis=1)
    places = np.sort(columns[:, 0]).tolist()
    return np.array([sum(added[places.index(column)] for column in player) for player in players])
