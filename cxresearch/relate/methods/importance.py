"""Importance beside performance: what goes with the outcome most, and how it is rated.

References
----------
Martilla & James (1977), Importance-performance analysis, Journal of Marketing 41; Matzler et al. (2004), Industrial Marketing
Management 33 (importance from the data, not stated).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError
from cxresearch.load.data import Data
from cxresearch.relate.board import NUMERIC, Board
from cxresearch.relate.doubts import few_clusters
from cxresearch.relate.explained import Explained, corrected
from cxresearch.relate.fit import clustered, solve
from cxresearch.relate.method import cluster_word, customers_behind, facts_of, method
from cxresearch.relate.methods.drivers import SCALES, divided, named, scored
from cxresearch.relate.moments import summed
from cxresearch.relate.orders import Shares, among
from cxresearch.relate.relation import Relation

SURE = 0.95


@dataclass(frozen=True)
class Rating:
    """How one driver is rated: mean with interval, and the ends of its scale."""

    name: str
    mean: float
    low: float
    high: float
    least: float
    most: float
    better: str

    def reached(self, value: Any) -> Any:
        """Return which share of the scale a mean has reached, the better end being one."""
        share = (value - self.least) / (self.most - self.least)
        return 1 - share if self.better == "lower" else share


@method
def importance(data: Data, *, draws: int = 1000, seed: int = 1, min_answered: float = 0.8, scale: str = "linear") -> Relation:
    """Show, for every driver, how much goes with it and how it is rated: the map of four corners.

    Parameters
    ----------
    data : Data
        With `drivers` that are ratings or numbers; categories take part in the division and have no place on the map.
    draws, seed, min_answered, scale
        As in `drivers`.

    Returns
    -------
    Relation
        `estimates`: two rows per driver, level ``importance`` (its share of the differences, in R2 units, with `noise`) and level
        ``performance`` (its mean rating); with `reached` (share of its scale, 0 to 1, better end 1) and `reached_low`, `reached_high`,
        `above` (chance in repeated draws that it lies above the mean of all drivers on the map), and `corner`: "much low",
        "much high", "little low", "little high", or "" where the draws do not tell.

    Raises
    ------
    QuestionError
        As `drivers`.
    MethodError
        Where fewer than two drivers have a place on the map.

    Notes
    -----
    A driver is in a corner only if it lies on the same side of both means in 95 of 100 draws of the customers. The scale of a rating
    runs from its lowest to its highest answer.

    Examples
    --------
    >>> import cxresearch as cx
    >>> draw = np.random.default_rng(1).normal(size=(300, 2))
    >>> frame = pd.DataFrame({"who": range(300), "kind": draw[:, 0], "quick": draw[:, 1] + 2, "score": draw[:, 0] * 2 + draw[:, 1]})
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), drivers=("kind", "quick")), customer="who")
    >>> bool(cx.methods.importance(data, draws=50).row("kind", "importance").above > 0.95)
    True

    References
    ----------
    Martilla and James (1977), Importance-performance analysis, Journal of Marketing 41.
    """
    board, checks, left_out = scored(data, min_answered, scale)
    ratings = _ratings(board)
    found, notes = divided(board, scale, draws, seed)
    here = found.r2()
    shares = among(found, board.players(), seed)
    estimates = named(pd.DataFrame(_rows(board, found, ratings, shares)), board, data)
    off = [metric.label for metric in board.metrics if metric.name not in {rating.name for rating in ratings}]
    checks += [Check("not on the map", "passed", f"Without a mean, so not on the map: {', '.join(off)}.")] if off else []
    facts = facts_of(data) | {
        "r2": here[0], "r2_low": here[1], "r2_high": here[2], "r2_held_out": found.held_out, "scale": scale, "scale_words": SCALES[scale],
        "n_used": found.whole.rows, "n_eligible": data.rows, "left_out": left_out, "clusters": found.clusters,
        "customers_used": customers_behind(data, found.clusters),
        "mean_importance": float(estimates.loc[estimates["level"] == "importance", "estimate"].mean()),
        "mean_reached": float(estimates.loc[estimates["level"] == "performance", "reached"].mean()),
        "same_scale": len({(rating.least, rating.most) for rating in ratings}) == 1,
        "scale_low": min(rating.least for rating in ratings), "scale_high": max(rating.most for rating in ratings),
    }  # fmt: skip
    every = (*data.checks, *checks, *notes, *shares.check(), few_clusters(found.clusters, cluster_word(data)))
    settings = {"draws": draws, "seed": seed, "min_answered": min_answered, "scale": scale}
    return Relation("importance", data.question, estimates, None, every, settings, facts)


def _ratings(board: Board) -> list[Rating]:
    """Return the mean of every rating with its error by cluster, and the ends of its scale."""
    metrics = [metric for metric in board.metrics if metric.kind in NUMERIC]
    if len(metrics) < 2:
        raise MethodError(f"{len(metrics)} of the drivers are ratings: a map needs two or more. Ask `drivers` about the rest.")
    names = [f"d_{metric.name}" for metric in metrics]
    whole = summed(board.table, names)
    fits = [solve(whole, name, ()) for name in names]
    ends = board.table.aggregate(
        **{f"{side}_{name}": getattr(board.table[name], side)() for name in names for side in ("min", "max")}
    ).execute()
    found = []
    for metric, name, fit, errors in zip(metrics, names, fits, clustered(board.table, fits), strict=True):
        least, most = (float(ends[f"{side}_{name}"].iloc[0]) for side in ("min", "max"))
        if most <= least:
            raise MethodError(f'"{metric.name}" has the same value in every row: nothing can go with it.')
        _, low, high = errors.interval(fit.mean_y, np.ones(1))
        found.append(Rating(metric.name, fit.mean_y, low, high, least, most, metric.better))
    return found


def _rows(board: Board, found: Explained, ratings: list[Rating], shares: Shares) -> list[dict[str, Any]]:
    names, one, drawn, null = [metric.name for metric in board.metrics], shares.one, shares.drawn, shares.noise
    low, high = corrected(one, drawn, null, float(one.sum()))
    at = [names.index(rating.name) for rating in ratings]
    columns = found.many.names
    means = np.array([rating.reached(found.many.mean[:, columns.index(f"d_{rating.name}")]) for rating in ratings])
    much, well = ((each > each.mean(axis=0)).mean(axis=1) for each in (drawn[at], means))
    rows, n = [], found.whole.rows
    for i, (rating, place) in enumerate(zip(ratings, at, strict=True)):
        corner = _corner(float(much[i]), float(well[i]))
        rows.append({"term": rating.name, "level": "importance", "estimate": one[place], "low": low[place], "high": high[place], "n": n,
                     "above": float(much[i]), "noise": float(np.quantile(null[place], 0.95)), "corner": corner})  # fmt: skip
        ends = sorted(rating.reached(np.array([rating.low, rating.high])))
        rows.append({"term": rating.name, "level": "performance", "estimate": rating.mean, "low": rating.low, "high": rating.high, "n": n,
                     "above": float(well[i]), "reached": rating.reached(rating.mean), "reached_low": float(ends[0]),
                     "reached_high": float(ends[1]), "corner": corner})  # fmt: skip
    return rows


def _corner(much: float, well: float) -> str:
    """Return the corner, where draws agree on both sides."""
    if not all(chance >= SURE or chance <= 1 - SURE for chance in (much, well)):
        return ""
    return f"{'much' if much >= SURE else 'little'} {'high' if well >= SURE else 'low'}"
