"""What matters most: shares of R2 by driver and by block, with their uncertainty and the part that stays unexplained.

References
----------
Lindeman, Merenda & Gold (1980); Groemping (2007), The American Statistician 61; Johnson (2000), Multivariate Behavioral Research 35.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.ask.metrics import Metric, indicator
from cxresearch.load.data import Data
from cxresearch.relate.design import covariates
from cxresearch.relate.fit import inverse
from cxresearch.relate.leaks import leaks
from cxresearch.relate.method import cluster_word, facts_of, few_clusters, method
from cxresearch.relate.moments import Moments, Total, collect, resample, total
from cxresearch.relate.relation import Relation
from cxresearch.relate.shapley import johnson, shapley, subset_r2


@dataclass(frozen=True)
class Board:
    """The drivers that take part: their metrics and their columns."""

    table: ibis.Table
    metrics: tuple[Metric, ...]
    columns: tuple[tuple[str, ...], ...]
    blocks: Mapping[str, tuple[str, ...]]

    @property
    def order(self) -> list[str]:
        """All columns, the outcome last."""
        return [name for group in self.columns for name in group] + ["y"]

    def players(self) -> list[list[int]]:
        """Positions of each driver's columns."""
        return [[self.order.index(name) for name in group] for group in self.columns]

    def block_players(self) -> list[list[int]]:
        """Positions of each block's columns."""
        names = [metric.name for metric in self.metrics]
        players = self.players()
        return [[at for member in members for at in players[names.index(member)]] for members in self.blocks.values()]


@method
def drivers(data: Data, *, draws: int = 1000, seed: int = 1, min_answered: float = 0.8) -> Relation:
    """Divide what the drivers explain of the outcome among them.

    Parameters
    ----------
    data : Data
        With `drivers`, at most 16, perhaps in blocks.
    draws : int
        Customer-bootstrap draws behind intervals and rank probabilities.
    seed : int
        Seed of the draws.
    min_answered : float
        Drivers answered in a smaller share of rows are left out, and said so; complete cases over the rest.

    Returns
    -------
    Relation
        `estimates`: per driver `lmg` and `johnson`, per `block`, and `unexplained`, in R2 units, with `share` of R2, chance of ranking
        first (`p_top`), rank interval, and `noise`: what an unrelated driver would earn in 95 of 100 samples at most.

    Raises
    ------
    QuestionError
        Where there are no drivers, or the outcome is a duration.
    MethodError
        Where two drivers carry the same information, or more than 16 are asked about.

    Notes
    -----
    Shares cannot be negative, so "the interval excludes zero" says nothing about importance: compare with `noise`.

    Examples
    --------
    >>> import cxresearch as cx
    >>> draw = np.random.default_rng(1).normal(size=(200, 2))
    >>> frame = pd.DataFrame({"who": range(200), "kind": draw[:, 0], "quick": draw[:, 1], "score": draw[:, 0] * 2 + draw[:, 1]})
    >>> found = cx.drivers(cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), drivers=("kind", "quick")), customer="who"), draws=50)
    >>> bool(found.row("kind", "lmg").estimate > found.row("quick", "lmg").estimate)
    True
    """
    if not data.drivers:
        raise QuestionError('drivers needs drivers: Question(outcome=..., drivers={"people": ("agent_kind",), "product": ("works",)}).')
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens: drivers explain scores and shares.')
    if "cluster2" in data.table.columns:
        raise QuestionError("the draws behind the shares take whole clusters of one kind: name one column in cluster.")
    board, answered, left_out = _board(data, min_answered)
    moments = collect(board.table, board.order)
    whole = total(moments)
    at = whole.at(board.order)
    inverse(
        whole.cross[np.ix_(at[:-1], at[:-1])],
        [name.partition("=")[0] for name in board.order[:-1]],
        whole.mean[at[:-1]],
        float(whole.weight),
    )
    many = resample(moments, draws, seed)
    one, drawn, noise = whole.cross[None], many.cross, _unrelated(moments, whole, draws, seed)
    estimates = pd.DataFrame(_rows(board, one, drawn, noise, whole.rows))
    r2 = subset_r2(one, [list(range(len(at) - 1))]).ravel()[-1]
    spread = subset_r2(drawn, [list(range(len(at) - 1))])[1]
    estimates = pd.concat([estimates, _unexplained(float(r2), spread, whole.rows)], ignore_index=True)
    labels, owners = (data.study.labels, data.study.owners) if data.study else ({}, {})
    known = {metric.name: metric for metric in board.metrics}
    estimates["label"] = [labels.get(term, known[term].label if term in known else term.capitalize()) for term in estimates["term"]]
    estimates["block"] = [next((block for block, members in board.blocks.items() if term in members), "") for term in estimates["term"]]
    estimates["owner"] = [owners.get(term, "") for term in estimates["term"]]
    facts = facts_of(data) | {
        "r2": float(r2), "r2_low": float(np.quantile(spread, 0.025)), "r2_high": float(np.quantile(spread, 0.975)),
        "n_used": whole.rows, "n_eligible": data.rows, "left_out": left_out, "clusters": moments.clusters,
    }  # fmt: skip
    checks = (*data.checks, *leaks(data), *answered, few_clusters(moments.clusters, cluster_word(data)))
    return Relation("drivers", data.question, estimates, None, checks, {"draws": draws, "seed": seed, "min_answered": min_answered}, facts)


def _board(data: Data, min_answered: float) -> tuple[Board, list[Check], list[list[str]]]:
    labels = data.study.labels if data.study else {}
    label = lambda metric: labels.get(metric.name, metric.label)  # noqa: E731
    shares = (
        data.table.aggregate(**{metric.name: indicator(data.table["d_" + metric.name].notnull()).mean() for metric in data.drivers})
        .execute()
        .iloc[0]
    )
    used = tuple(metric for metric in data.drivers if shares[metric.name] >= min_answered)
    left_out = [[label(metric), f"answered by {shares[metric.name]:.0%}"] for metric in data.drivers if metric not in used]
    if not used:
        raise MethodError(f"no driver was answered in {min_answered:.0%} of the rows.")
    table = data.table
    for metric in used:
        table = table.filter(table["d_" + metric.name].notnull())
    columns, notes = [], []
    for metric in used:
        table, names, found = covariates(table, (metric,), "d_")
        columns.append(names)
        notes += found
    blocks = {
        block: tuple(name for name in members if name in {metric.name for metric in used})
        for block, members in data.question.blocks.items()
    }
    board = Board(table, used, tuple(columns), {block: members for block, members in blocks.items() if members})
    return board, [*notes, *_answered(board, data, left_out, min_answered)], left_out


def _answered(board: Board, data: Data, left_out: list[list[str]], min_answered: float) -> list[Check]:
    used = int(board.table.count().execute())
    lost = 1 - used / data.rows
    status = "failed" if lost > 0.3 else "doubt" if lost > 0.1 else "passed"
    found = [Check("all drivers answered", status, f"{used:,} of {data.rows:,} rows have every driver ({lost:.1%} left out).")]
    if left_out:
        names = "; ".join(f"{name} ({why})" for name, why in left_out)
        found.append(Check("drivers left out", "passed", f"Left out because fewer than {min_answered:.0%} answered: {names}."))
    return found


def _rows(board: Board, one: np.ndarray, drawn: np.ndarray, noise: np.ndarray, n: int) -> list[dict[str, Any]]:
    names = [metric.name for metric in board.metrics]
    players = board.players()
    sets = [("lmg", names, *(shapley(subset_r2(cross, players)) for cross in (one, drawn, noise)))]
    sets.append(("johnson", names, *(_johnson(cross, players) for cross in (one, drawn, noise))))
    if len(board.blocks) > 1:
        grouped = board.block_players()
        sets.append(("block", list(board.blocks), *(shapley(subset_r2(cross, grouped)) for cross in (one, drawn, noise))))
    return [row for level, terms, here, draws, null in sets for row in _level(level, terms, here[:, 0], draws, null, n)]


def _level(level: str, terms: list[str], here: np.ndarray, draws: np.ndarray, null: np.ndarray, n: int) -> list[dict[str, Any]]:
    """One row per driver: estimate, percentile interval, share of R2, chance of the first rank, noise benchmark."""
    low, high = np.quantile(draws, [0.025, 0.975], axis=1)
    rank = (-draws).argsort(axis=0, kind="stable").argsort(axis=0, kind="stable") + 1
    rank_low, rank_high = np.quantile(rank, [0.025, 0.975], axis=1, method="nearest")
    whole = here.sum()
    return [
        {"term": term, "level": level, "estimate": here[i], "low": low[i], "high": high[i], "n": n,
         "share": here[i] / whole if whole > 0 else 0.0, "p_top": float((rank[i] == 1).mean()),
         "rank_low": float(rank_low[i]), "rank_high": float(rank_high[i]), "noise": float(np.quantile(null[i], 0.95))}
        for i, term in enumerate(terms)
    ]  # fmt: skip


def _johnson(cross: np.ndarray, players: list[list[int]]) -> np.ndarray:
    weights = johnson(cross)
    return np.array([weights[:, player].sum(axis=1) for player in players])


def _unexplained(r2: float, spread: np.ndarray, n: int) -> pd.DataFrame:
    low, high = np.quantile(1 - spread, [0.025, 0.975])
    return pd.DataFrame(
        [{"term": "unexplained", "level": "unexplained", "estimate": 1 - r2, "low": low, "high": high, "n": n, "share": np.nan}]
    )


def _unrelated(moments: Moments, whole: Total, draws: int, seed: int) -> np.ndarray:
    """Cross-products as they would be if no driver went with the outcome: products with y drawn from their own clustered noise."""
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
    products = np.random.default_rng([seed, 1]).standard_normal((draws, size)) @ factor.T * scale
    cross = np.repeat(whole.cross[None], draws, axis=0)
    cross[:, :-1, -1] = cross[:, -1, :-1] = products
    return cross
