"""Who takes part in a division among drivers: their columns, those left out, and whether they answer alike.

References
----------
Cronbach (1951), Psychometrika 16; Feldt, Woodruff & Salih (1987), Applied Psychological Measurement 11 (interval of alpha).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np

from cxresearch.ask.check import Check, percent_of
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.ask.metrics import Metric
from cxresearch.ask.values import indicator
from cxresearch.load.data import Data
from cxresearch.load.rows import held
from cxresearch.relate.design import covariates
from cxresearch.relate.moments import Total
from cxresearch.relate.tails import f_quantile

NUMERIC = ("mean", "number", "share", "nps")
ALIKE = 0.9


@dataclass(frozen=True)
class Board:
    """The drivers that take part: their metrics and their columns."""

    table: ibis.Table
    metrics: tuple[Metric, ...]
    columns: tuple[tuple[str, ...], ...]
    blocks: Mapping[str, tuple[str, ...]]
    outcome: str = "y"

    @property
    def order(self) -> list[str]:
        """All columns, the outcome last."""
        return [name for group in self.columns for name in group] + [self.outcome]

    def players(self) -> list[list[int]]:
        """Positions of each driver's columns."""
        return [[self.order.index(name) for name in group] for group in self.columns]

    def block_players(self) -> list[list[int]]:
        """Positions of each block's columns."""
        names = [metric.name for metric in self.metrics]
        players = self.players()
        return [[at for member in members for at in players[names.index(member)]] for members in self.blocks.values()]


def board_of(data: Data, min_answered: float, outcome: str = "y") -> tuple[Board, list[Check], list[list[str]]]:
    """Return the drivers that take part, checks, and those left out with the reason.

    Parameters
    ----------
    data : Data
        With `drivers`.
    min_answered : float
        Drivers answered in a smaller share of rows are left out; complete cases over the rest.
    outcome : str
        Column that is explained: ``y``, or ``y_score`` for the 0-10 answer behind NPS.

    Raises
    ------
    QuestionError
        Where there are no drivers, the outcome is a duration, or clusters are of two kinds.
    MethodError
        Where no driver was answered often enough.
    """
    if not data.drivers:
        raise QuestionError('drivers needs drivers: Question(outcome=..., drivers={"people": ("agent_kind",), "product": ("works",)}).')
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens: drivers explain scores and shares.')
    if "cluster2" in data.table.columns:
        raise QuestionError("the draws behind the shares take whole clusters of one kind: name one column in cluster.")
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
    plain = [metric for metric in used if metric.kind != "category"]
    table = data.table.filter([data.table["d_" + metric.name].notnull() for metric in used])
    table, names, notes = covariates(table, plain, "d_")
    columns = {metric.name: (name,) for metric, name in zip(plain, names, strict=True)}
    for metric in (metric for metric in used if metric not in plain):
        table, columns[metric.name], found = covariates(table, (metric,), "d_")
        notes += found
    blocks = {
        block: tuple(name for name in members if name in {metric.name for metric in used})
        for block, members in data.question.blocks.items()
    }
    blocks = {block: members for block, members in blocks.items() if members}
    board = Board(held(table, data.rows), used, tuple(columns[metric.name] for metric in used), blocks, outcome)
    return board, [*notes, *_answered(board, data, left_out, min_answered)], left_out


def _answered(board: Board, data: Data, left_out: list[list[str]], min_answered: float) -> list[Check]:
    used = int(board.table.count().execute())
    lost = 1 - used / data.rows
    status = "failed" if lost > 0.3 else "doubt" if lost > 0.1 else "passed"
    found = [Check("all drivers answered", status, f"{used:,} of {data.rows:,} rows have every driver ({percent_of(lost)} left out).")]
    if left_out:
        names = "; ".join(f"{name} ({why})" for name, why in left_out)
        found.append(Check("drivers left out", "passed", f"Left out because fewer than {min_answered:.0%} answered: {names}."))
    return found


def alphas(board: Board, whole: Total, n: int) -> list[dict[str, Any]]:
    """Return Cronbach's alpha of each block and of all drivers together, where two or more are numbers.

    `n` is the number of clusters: answers of one customer are not independent. Ratings where lower is better are turned round.
    """
    known = {metric.name: metric for metric in board.metrics if metric.kind in NUMERIC}
    sets = {**board.blocks, "all": tuple(known)} if board.blocks else {"all": tuple(known)}
    found = []
    for block, members in sets.items():
        items = [known[name] for name in members if name in known]
        if len(items) < 2:
            continue
        at = whole.at([f"d_{item.name}" for item in items])
        sign = np.array([-1.0 if item.better == "lower" else 1.0 for item in items])
        alpha, low, high = cronbach(whole.cross[np.ix_(at, at)] * np.outer(sign, sign), n)
        found.append({"block": block, "alpha": alpha, "low": low, "high": high, "items": len(items), "n": n})
    return found


def one_mood(found: list[dict[str, Any]]) -> list[Check]:
    """Return the check on drivers that answer almost alike: their shares rest on small differences."""
    whole = [one for one in found if one["block"] == "all"]
    if not whole:
        return []
    one = whole[0]
    said = f"Cronbach's alpha over the {one['items']} drivers is {one['alpha']:.2f} ({one['low']:.2f} to {one['high']:.2f})"
    if one["alpha"] < 0:
        return [Check("answered alike", "passed", f"The {one['items']} drivers do not rise and fall together.")]
    if one["alpha"] < ALIKE:
        return [Check("answered alike", "passed", f"{said}: they are not answered as in one mood.")]
    return [Check("answered alike", "doubt", f"{said}: answered almost alike, as in one mood, so their shares rest on small differences.")]


def cronbach(cov: np.ndarray, n: int) -> tuple[float, float, float]:
    """Return Cronbach's alpha of items with this covariance (any multiple of it), with Feldt's interval for n answers.

    Examples
    --------
    >>> [round(end, 3) for end in cronbach(np.array([[1.0, 0.5], [0.5, 1.0]]), 100)]
    [0.667, 0.505, 0.776]
    """
    k = len(cov)
    alpha = float(k / (k - 1) * (1 - np.trace(cov) / cov.sum()))
    if n < 2:
        return alpha, float("nan"), float("nan")
    low, high = (1 - (1 - alpha) * f_quantile(level, n - 1, (n - 1) * (k - 1)) for level in (0.975, 0.025))
    return alpha, float(low), float(high)
