"""What matters most: shares of R2 by driver and by block, with their uncertainty and the part that stays unexplained.

References
----------
Lindeman, Merenda & Gold (1980); Groemping (2007), The American Statistician 61; Johnson (2000), Multivariate Behavioral Research 35.
"""

from typing import Any

import numpy as np
import pandas as pd

from cxresearch.ask.errors import QuestionError
from cxresearch.load.data import Data
from cxresearch.relate.board import Board, alphas, board_of, one_mood
from cxresearch.relate.doubts import few_clusters
from cxresearch.relate.explained import Explained, corrected, explained
from cxresearch.relate.latent import explained_odds
from cxresearch.relate.method import cluster_word, customers_behind, facts_of, method
from cxresearch.relate.orders import Shares, among
from cxresearch.relate.relation import Check, Relation
from cxresearch.relate.shapley import johnson

SCALES = {
    "linear": "the outcome itself",
    "score": "the 0-10 answer behind NPS",
    "logit": "the log odds behind the answers (McKelvey-Zavoina)",
}


@method
def drivers(data: Data, *, draws: int = 1000, seed: int = 1, min_answered: float = 0.8, scale: str = "linear") -> Relation:
    """Divide what the drivers explain of the outcome among them.

    Parameters
    ----------
    data : Data
        With `drivers`, perhaps in blocks. More than 16: orders are sampled, and the sampling error is shown.
    draws : int
        Customer-bootstrap draws behind intervals and rank probabilities.
    seed : int
        Seed of the draws, and of the orders where they are sampled.
    min_answered : float
        Drivers answered in a smaller share of rows are left out, and said so; complete cases over the rest.
    scale : str
        ``linear``: least squares on the outcome (NPS: -100/0/100, a share: 0/1). ``score``: on the 0-10 answer behind NPS.
        ``logit``: on the log odds behind the answers as they are (0/1, or a scale of few steps), by their linear predictor.

    Returns
    -------
    Relation
        `estimates`: per driver `lmg` and `johnson`, per `block`, and `unexplained`, in R2 units, with `share` of R2, chance of ranking
        first (`p_top`), rank interval, and `noise`: what an unrelated driver would earn in 95 of 100 samples at most.
        `facts`: `r2` with interval, `r2_held_out` for customers not used in the fit, `alpha` by block (Cronbach, Feldt's interval);
        beyond 16 drivers also how many `orders` were sampled, with `order_error` of each share (Monte Carlo standard error).

    Raises
    ------
    QuestionError
        Where there are no drivers, the outcome is a duration, or the scale is not one of the three.
    MethodError
        Where two drivers carry the same information.

    Notes
    -----
    Shares cannot be negative, so "the interval excludes zero" says nothing about importance: compare with `noise`.
    Intervals are percentiles of the draws less what chance adds to a quantity that is never negative. R2 held out is of the outcome
    itself on every scale: mean answers predicted for customers who were left out.

    Examples
    --------
    >>> import cxresearch as cx
    >>> draw = np.random.default_rng(1).normal(size=(200, 2))
    >>> frame = pd.DataFrame({"who": range(200), "kind": draw[:, 0], "quick": draw[:, 1], "score": draw[:, 0] * 2 + draw[:, 1]})
    >>> found = cx.drivers(cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), drivers=("kind", "quick")), customer="who"), draws=50)
    >>> bool(found.row("kind", "lmg").estimate > found.row("quick", "lmg").estimate)
    True

    References
    ----------
    Lindeman, Merenda and Gold (1980), Introduction to Bivariate and Multivariate Analysis. Johnson (2000), A heuristic method for
    estimating the relative weight of predictor variables, Multivariate Behavioral Research 35. Owen (1977), Games with a priori
    unions.
    """
    board, checks, left_out = scored(data, min_answered, scale)
    found, notes = divided(board, scale, draws, seed)
    here = found.r2()
    whole = found.whole
    divisions = _divisions(board, found, seed)
    rows = [row for (level, terms), shares in divisions for row in _level((level, terms), shares, here[0], whole.rows)]
    estimates = pd.DataFrame([*rows, _unexplained(here, whole.rows)])
    orders = divisions[0][1]
    alike = alphas(board, whole, found.clusters)
    facts = facts_of(data) | {
        "r2": here[0], "r2_low": here[1], "r2_high": here[2], "r2_held_out": found.held_out, "scale": scale, "scale_words": SCALES[scale],
        "mcfadden": found.mcfadden, "alpha": alike, "n_used": whole.rows, "n_eligible": data.rows, "left_out": left_out,
        "clusters": found.clusters, "customers_used": customers_behind(data, found.clusters),
    } | ({"orders": orders.orders} if orders.orders else {})  # fmt: skip
    notes += orders.check()
    every = (*data.checks, *checks, *notes, few_clusters(found.clusters, cluster_word(data)), *_holds(found, here[0]), *one_mood(alike))
    settings = {"draws": draws, "seed": seed, "min_answered": min_answered, "scale": scale}
    return Relation("drivers", data.question, named(estimates, board, data), None, every, settings, facts)


def scored(data: Data, min_answered: float, scale: str) -> tuple[Board, list[Check], list[list[str]]]:
    """Return who takes part, on the scale that is asked for."""
    if scale not in SCALES:
        raise QuestionError(f'scale is "{scale}"; it can be {", ".join(SCALES)}.')
    if scale == "score" and data.outcome.kind != "nps":
        raise QuestionError(
            f'scale="score" is for the 0-10 answer behind NPS; "{data.outcome.name}" is taken as it is with scale="linear".'
        )
    behind = scale != "linear" and data.outcome.kind == "nps"
    return board_of(data, min_answered, "y_score" if behind else "y")


def divided(board: Board, scale: str, draws: int, seed: int) -> tuple[Explained, list[Check]]:
    """Return what the shares are divided from, and a check where not all rows were taken."""
    return explained_odds(board, draws, seed) if scale == "logit" else (explained(board, draws, seed), [])


def named(estimates: pd.DataFrame, board: Board, data: Data) -> pd.DataFrame:
    """Return the estimates with label, block and owner of every driver."""
    labels, owners = (data.study.labels, data.study.owners) if data.study else ({}, {})
    known = {metric.name: metric for metric in board.metrics}
    terms = list(estimates["term"])
    return estimates.assign(
        label=[labels.get(term, known[term].label if term in known else term.capitalize()) for term in terms],
        block=[next((block for block, members in board.blocks.items() if term in members), "") for term in terms],
        owner=[owners.get(term, "") for term in terms],
    )


def _holds(found: Explained, r2: float) -> list[Check]:
    """Say whether anything of R2 is left for customers who were not used in the fit."""
    if not np.isfinite(found.held_out):
        return [Check("held out", "doubt", "Too few customers to leave a tenth of them out of the fit and predict it.")]
    said = f"Predicted for customers left out of the fit, the drivers explain {max(found.held_out, 0):.1%} of the outcome"
    if found.held_out <= 0 < r2:
        return [Check("held out", "doubt", "Predicted for customers left out of the fit, the drivers explain nothing.", "inconclusive")]
    return [Check("held out", "passed", f"{said}.")]


def _divisions(board: Board, found: Explained, seed: int) -> list[tuple[tuple[str, list[str]], Shares]]:
    """Return how R2 is divided: among the drivers in two ways, and among their blocks."""
    names, players = [metric.name for metric in board.metrics], board.players()
    one, drawn, noise = (_johnson(cross, players) for cross in (found.one, found.drawn, found.noise))
    divisions = [(("lmg", names), among(found, players, seed)), (("johnson", names), Shares(one[:, 0], drawn, noise))]
    if len(board.blocks) > 1:
        divisions.append((("block", list(board.blocks)), among(found, board.block_players(), seed)))
    return divisions


def _level(what: tuple[str, list[str]], shares: Shares, r2: float, n: int) -> list[dict[str, Any]]:
    """One row per driver: estimate, interval, share of R2, chance of the first rank, noise benchmark."""
    (level, terms), here, draws, null = what, shares.one, shares.drawn, shares.noise
    whole = here.sum()
    low, high = corrected(here, draws, null, r2)
    rank = (-draws).argsort(axis=0, kind="stable").argsort(axis=0, kind="stable") + 1
    rank_low, rank_high = np.quantile(rank, [0.025, 0.975], axis=1, method="nearest")
    rows = [
        {"term": term, "level": level, "estimate": here[i], "low": low[i], "high": high[i], "n": n,
         "share": here[i] / whole if whole > 0 else 0.0, "p_top": float((rank[i] == 1).mean()),
         "rank_low": float(rank_low[i]), "rank_high": float(rank_high[i]), "noise": float(np.quantile(null[i], 0.95))}
        for i, term in enumerate(terms)
    ]  # fmt: skip
    return rows if shares.error is None else [row | {"order_error": error} for row, error in zip(rows, shares.error, strict=True)]


def _johnson(cross: np.ndarray, players: list[list[int]]) -> np.ndarray:
    weights = johnson(cross)
    return np.array([weights[:, player].sum(axis=1) for player in players])


def _unexplained(here: tuple[float, float, float], n: int) -> dict[str, Any]:
    r2, low, high = here
    return {"term": "unexplained", "level": "unexplained", "estimate": 1 - r2, "low": 1 - high, "high": 1 - low, "n": n, "share": np.nan}
