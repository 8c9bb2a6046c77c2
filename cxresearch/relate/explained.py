"""How much the drivers explain: the cross-products behind their shares, their draws, what noise would earn, and what holds for others.

References
----------
Stone (1974), Cross-validatory choice and assessment of statistical predictions, JRSS B 36; Davison & Hinkley (1997), Bootstrap Methods
and their Application, chapter 5 (bias); Ezekiel (1930), Methods of Correlation Analysis (adjusted R2).
"""

from dataclasses import dataclass

import numpy as np

from cxresearch.relate.board import Board
from cxresearch.relate.fit import inverse
from cxresearch.relate.moments import Moments, Total, collect, correlations, resample, total
from cxresearch.relate.shapley import subset_r2

FOLDS, REPEATS = 10, 10


@dataclass(frozen=True)
class Explained:
    """What shares are divided from.

    Parameters
    ----------
    one, drawn, noise : numpy.ndarray, shape (1 or draws, p, p)
        Cross-products with the outcome last: as found, in customer-bootstrap draws, and as they would be if nothing went with it.
    whole, many : Total
        Moments of the columns, and in the draws.
    clusters : int
        Clusters behind them.
    held_out : float
        R2 for customers who were not used in the fit; missing where there are too few.
    mcfadden : float
        McFadden's R2 on the scale of log odds; missing otherwise.
    """

    one: np.ndarray
    drawn: np.ndarray
    noise: np.ndarray
    whole: Total
    many: Total
    clusters: int
    held_out: float
    mcfadden: float = float("nan")

    def r2(self) -> tuple[float, float, float]:
        """Return R2 of all drivers with its interval."""
        everyone = [list(range(self.one.shape[-1] - 1))]
        here, draws, null = (subset_r2(cross, everyone)[1] for cross in (self.one, self.drawn, self.noise))
        low, high = corrected(here, draws[None], null[None], float(here[0]))
        return float(here[0]), float(low[0]), float(high[0])


def explained(board: Board, draws: int, seed: int) -> Explained:
    """Return what a least-squares division rests on: moments from the engine and nothing else.

    Raises
    ------
    MethodError
        Where a driver is constant or two carry the same information.
    """
    return divisible(collect(board.table, board.order), draws, seed)


def divisible(moments: Moments, draws: int, seed: int) -> Explained:
    """Return what a division rests on, from moments with the outcome in the last place."""
    whole = total(moments)
    names = [name.partition("=")[0] for name in moments.names[:-1]]
    inverse(whole.cross[:-1, :-1], names, whole.mean[:-1], float(whole.weight))
    many = resample(moments, draws, seed)
    noise = np.repeat(whole.cross[None], draws, axis=0)
    noise[:, :-1, -1] = noise[:, -1, :-1] = unrelated(moments, whole, draws, seed)
    return Explained(whole.cross[None], many.cross, noise, whole, many, moments.clusters, held_out(moments, seed))


def corrected(here: np.ndarray, draws: np.ndarray, null: np.ndarray, r2: float) -> tuple[np.ndarray, np.ndarray]:
    """Return intervals of shares of R2 that do not mistake chance for a share.

    Parameters
    ----------
    here : numpy.ndarray, shape (k,)
        Shares as found.
    draws, null : numpy.ndarray, shape (k, draws)
        Shares in bootstrap draws, and where nothing goes with the outcome.
    r2 : float
        R2 of all drivers: chance plays with what they leave unexplained.

    Notes
    -----
    R2 is never negative, so chance adds to it once in the data and once more in every draw: both are taken off the percentile
    interval. With no relation at all it then reaches zero in 19 of 20 samples or more, where the plain percentile interval seldom does.
    """
    chance = 2 * null.mean(axis=1) * (1 - r2)
    low, high = np.quantile(draws, [0.025, 0.975], axis=1) - chance
    floor = np.where(here <= np.quantile(null, 0.975, axis=1), 0.0, low)
    return np.clip(np.minimum(low, floor), 0, here), np.clip(high, here, 1)


def held_out(moments: Moments, seed: int) -> float:
    """Return R2 for whole buckets of customers that were left out of the fit, averaged over repeated tenfold splits.

    The outcome is the last column. Exact: the fit without a tenth and the errors in it are both sums of the same moments.
    """
    buckets = len(moments.rows)
    folds, random = min(FOLDS, buckets), np.random.default_rng([seed, 2])
    if folds < 2:
        return float("nan")
    places = [random.permutation(np.arange(buckets) % folds) for _ in range(REPEATS)]
    wrong, spread = _left_out(moments, np.concatenate([np.eye(folds)[place].T for place in places]))
    return 1 - wrong / spread if spread > 0 else float("nan")


def _left_out(moments: Moments, member: np.ndarray) -> tuple[float, float]:
    """Return squared errors of every fold under the fit without it, and about the mean without it."""
    fit = total(moments, 1 - member)
    correlation, spread = correlations(fit.cross)
    slopes = np.einsum("fij,fj->fi", np.linalg.pinv(correlation[:, :-1, :-1], rcond=1e-10, hermitian=True), correlation[:, :-1, -1])
    slopes = np.nan_to_num(slopes * spread[:, -1:] / spread[:, :-1], posinf=0.0, neginf=0.0)
    shift = fit.mean - moments.centre
    sums, weight = member @ moments.sums, member @ moments.weight
    cross = np.tensordot(member, moments.cross, 1)
    both = shift[:, :, None] * sums[:, None, :]
    about = cross - both - both.swapaxes(1, 2) + weight[:, None, None] * shift[:, :, None] * shift[:, None, :]
    turn = np.hstack([-slopes, np.ones((len(member), 1))])
    return float(np.einsum("fi,fij,fj->", turn, about, turn)), float(about[:, -1, -1].sum())


def unrelated(moments: Moments, whole: Total, draws: int, seed: int) -> np.ndarray:
    """Return products of the drivers with the last column as they would be if nothing went with it, shape (draws, p - 1).

    They are drawn from their own clustered noise.
    """
    size = len(whole.names) - 1
    shift = whole.mean - moments.centre
    centred = (
        moments.cross[:, :-1, -1]
        - moments.sums[:, :-1] * shift[-1]
        - moments.sums[:, -1:] * shift[:-1]
        + moments.weight[:, None] * shift[:-1] * shift[-1]
    )
    buckets = len(moments.rows)
    inside = centred - centred.mean(axis=0)
    noise = inside.T @ inside * buckets / max(buckets - 1, 1)
    scale = np.sqrt(np.maximum(np.diag(noise), 1e-300))
    factor = np.linalg.cholesky(noise / np.outer(scale, scale) + 1e-9 * np.eye(size))
    return np.random.default_rng([seed, 1]).standard_normal((draws, size)) @ factor.T * scale
