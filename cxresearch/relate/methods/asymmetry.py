"""Does a low rating count for more than a high one: penalty and reward of every driver, and whether they differ.

References
----------
Brandt (1988), Journal of Services Marketing 2 (penalty-reward contrasts); Mittal, Ross & Baldasare (1998), Journal of Marketing 62;
Matzler & Sauerwein (2002), International Journal of Service Industry Management 13.
"""

from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError
from cxresearch.ask.metrics import Metric
from cxresearch.ask.values import number
from cxresearch.load.data import Data
from cxresearch.relate.board import NUMERIC, Board, board_of
from cxresearch.relate.design import covariates
from cxresearch.relate.doubts import few_clusters
from cxresearch.relate.fit import Errors, Fit, clustered, solve
from cxresearch.relate.method import cluster_columns, cluster_word, facts_of, method
from cxresearch.relate.methods.drivers import named
from cxresearch.relate.moments import summed
from cxresearch.relate.multiplicity import adjust
from cxresearch.relate.relation import Relation
from cxresearch.relate.sides import needed
from cxresearch.relate.tails import t_above

STEPS_OF_A_SCALE = 11
SUMS = {"penalty": (1.0, 0.0), "reward": (0.0, 1.0), "asymmetry": (1.0, 1.0)}


@dataclass(frozen=True)
class Thirds:
    """Where a rating is low and where it is high; between them lies the middle."""

    metric: Metric
    below: float
    above: float

    @property
    def columns(self) -> tuple[str, str]:
        """Names of the low and the high column, and of the two slopes."""
        return f"low_{self.metric.name}", f"high_{self.metric.name}"

    @property
    def bent(self) -> tuple[str, str]:
        """Names of the two slopes around the middle."""
        return f"under_{self.metric.name}", f"over_{self.metric.name}"


@method
def asymmetry(data: Data, *, min_answered: float = 0.8) -> Relation:
    """Compare low and high ratings of every driver with the middle, all drivers and confounders held alike.

    Parameters
    ----------
    data : Data
        With `drivers` that are ratings or numbers of three values or more.
    min_answered : float
        As in `drivers`.

    Returns
    -------
    Relation
        `estimates`, in the outcome's unit: per driver ``penalty`` (low less middle), ``reward`` (high less middle) and ``asymmetry``
        (their sum: below zero where low ratings count for more), with `p` and `p_holm` over the drivers; ``bend`` (slope above the
        middle less slope below it, per point), which is zero wherever the line is straight.

    Raises
    ------
    QuestionError
        As `drivers`.
    MethodError
        Where no driver has enough low, middle and high ratings, or columns carry the same information.

    Notes
    -----
    A scale of up to 11 steps is cut into thirds of its range, any other number at its terciles. Where better is lower the sides are
    turned round. A straight line gives an asymmetry too where low ratings lie further from the middle than high ones: only with a bend
    on the same side is it one. Published evidence is mixed: both are tested here, neither is assumed.

    Examples
    --------
    >>> import cxresearch as cx
    >>> random = np.random.default_rng(1)
    >>> frame = pd.DataFrame({"who": range(900), "kind": random.integers(1, 6, 900), "quick": random.integers(1, 6, 900)})
    >>> frame["score"] = np.where(frame["kind"] <= 2, -2.0, 0.0) + random.normal(size=900)
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), drivers=("kind", "quick")), customer="who")
    >>> bool(cx.methods.asymmetry(data).row("kind", "asymmetry").high < 0)
    True

    References
    ----------
    Brandt (1987), A procedure for identifying value-enhancing service components using customer satisfaction survey data (penalty and
    reward).
    """
    board, checks, left_out = board_of(data, min_answered)
    used, dropped = _thirds(board, needed(data))
    table, held, found = covariates(_with_columns(board.table, used), data.adjust_for)
    contrasts, slopes = ([name for third in used for name in getattr(third, kind)] for kind in ("columns", "bent"))
    others = _others(board, used)
    moments = summed(table, ["y", *contrasts, *slopes, *others, *held])
    fits = [solve(moments, "y", [*names, *others, *held]) for names in (contrasts, slopes)]
    errors = clustered(table, fits, cluster_columns(data))
    rows = [row for third in used for row in _rows(third, list(zip(fits, errors, strict=True)))]
    estimates = pd.DataFrame(rows)
    estimates["p_holm"] = estimates.groupby("level")["p"].transform(lambda p: adjust(p.to_numpy(), "holm"))
    checks += found
    checks += [Check("no thirds", "passed", f"Too few low, middle or high ratings: {', '.join(dropped)}.")] if dropped else []
    facts = facts_of(data) | {"n_used": moments.rows, "n_eligible": data.rows, "left_out": left_out, "clusters": errors[0].clusters,
                              "cuts": {third.metric.name: [third.below, third.above] for third in used}}  # fmt: skip
    every = (*data.checks, *checks, few_clusters(errors[0].clusters, cluster_word(data)))
    return Relation("asymmetry", data.question, named(estimates, board, data), None, every, {"min_answered": min_answered}, facts)


def _thirds(board: Board, least: int) -> tuple[list[Thirds], list[str]]:
    """Return the drivers with enough customers in each third, and the names of the others."""
    used, dropped = [], []
    for metric in board.metrics:
        third = _third(board.table, metric, least) if metric.kind in NUMERIC else None
        used += [third] if third else []
        dropped += [] if third else [metric.label]
    if not used:
        raise MethodError(f"no driver has {least} customers with low, middle and high ratings each: nothing can be compared.")
    return used, dropped


def _third(table: ibis.Table, metric: Metric, least: int) -> Thirds | None:
    column = table[f"d_{metric.name}"]
    row = table.aggregate(
        least=column.min(), most=column.max(), values=column.nunique(), a=column.quantile(1 / 3), b=column.quantile(2 / 3)
    ).execute().iloc[0]  # fmt: skip
    third = (row["most"] - row["least"]) / 3
    scale = row["values"] <= STEPS_OF_A_SCALE
    below, above = (row["least"] + third, row["most"] - third) if scale else (row["a"], row["b"])
    place = ibis.cases((column <= float(below), "low"), (column >= float(above), "high"), else_="middle")
    counts = table.group_by(place=place).aggregate(n=table.cluster.nunique()).execute().set_index("place")["n"]
    return Thirds(metric, float(below), float(above)) if len(counts) == 3 and counts.min() >= least else None


def _with_columns(table: ibis.Table, used: list[Thirds]) -> ibis.Table:
    zero = number(ibis.literal(0))
    for third in used:
        column, middle = table[f"d_{third.metric.name}"], (third.below + third.above) / 2
        low, high = column <= third.below, column >= third.above
        under, over = ibis.least(column - middle, zero), ibis.greatest(column - middle, zero)
        if third.metric.better == "lower":
            low, high, under, over = high, low, -over, -under
        names = (*third.columns, *third.bent)
        values = (number(ibis.ifelse(low, 1, 0)), number(ibis.ifelse(high, 1, 0)), under, over)
        table = table.mutate(**dict(zip(names, values, strict=True)))
    return table


def _others(board: Board, used: list[Thirds]) -> list[str]:
    """Return the columns of drivers without thirds: held alike as they are."""
    cut = {third.metric.name for third in used}
    return [name for metric, group in zip(board.metrics, board.columns, strict=True) if metric.name not in cut for name in group]


def _rows(third: Thirds, fits: list[tuple[Fit, Errors]]) -> list[dict[str, Any]]:
    rows = [_row(third, level, *fits[0], third.columns, signs) for level, signs in SUMS.items()]
    return [*rows, _row(third, "bend", *fits[1], third.bent, (-1.0, 1.0))]


def _row(third: Thirds, level: str, fit: Fit, errors: Errors, columns: tuple[str, str], signs: tuple[float, float]) -> dict[str, Any]:
    weights = np.zeros(len(fit.names) + 1)
    for column, sign in zip(columns, signs, strict=True):
        weights[1 + fit.names.index(column)] = sign
    estimate = float(weights[1:] @ fit.coef)
    error, low, high = errors.interval(estimate, weights)
    p = float(2 * t_above(abs(estimate) / error, errors.df)) if error > 0 else np.nan
    return {"term": third.metric.name, "level": level, "estimate": estimate, "low": low, "high": high, "n": fit.rows,
            "std_error": error, "df": errors.df, "p": p}  # fmt: skip
