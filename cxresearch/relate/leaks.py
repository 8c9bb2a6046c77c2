"""What tells the outcome outright: a quantity that may be built from the outcome, or be measured after it."""

from collections.abc import Iterator
from typing import Any

import ibis
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.metrics import Metric
from cxresearch.load.data import Data

FEWEST = 20  # rows of a level that count; with fewer, all alike may be chance
MOST_VALUES = 20
TENTHS = 10


def leaks(data: Data) -> tuple[Check, ...]:
    """Return a failed check for every quantity that separates a yes-or-no outcome at both ends.

    Parameters
    ----------
    data : Data
        Its exposure, mediator, confounders, drivers and `by` are looked at; nothing where the outcome has more than two values.

    Returns
    -------
    tuple of Check
        One for each quantity with a level (or a tenth of its range) where nobody has the outcome and another where all have it,
        with 20 rows each or more.

    Notes
    -----
    A rating that was made from the outcome, or given after it, does this; a cause that acts on people hardly ever does.
    """
    ends = two_values(data.table, "y")
    if ends is None:
        return ()
    found = []
    for column, metric in ((column, metric) for column, metric in _looked_at(data) if column in data.table.columns):
        shares = _by_level(data.table, column, metric, (float(ends[0]), float(ends[1])))
        shares = shares[shares["n"] >= FEWEST]
        none, everyone = shares[shares["share"] == 0], shares[shares["share"] == 1]
        if len(none) and len(everyone):
            found.append(_said(data, metric, int(none["n"].sum()), int(everyone["n"].sum())))
    return tuple(found)


def two_values(table: ibis.Table, column: str) -> tuple[Any, Any] | None:
    """Return the two values of a column; None where it has fewer or more. Nothing is sorted or counted one by one."""
    low, high = table.aggregate(low=table[column].min(), high=table[column].max()).to_pyarrow().to_pylist()[0].values()
    if low is None or not low < high:
        return None
    others = table.aggregate(n=((table[column] != low) & (table[column] != high)).sum()).to_pyarrow()["n"][0].as_py()
    return None if others else (low, high)


def _looked_at(data: Data) -> Iterator[tuple[str, Metric]]:
    yield from ((column, metric) for column, metric in (("x", data.exposure), ("m", data.mediator)) if metric)
    yield from (("a_" + metric.name, metric) for metric in data.adjust_for)
    yield from (("d_" + metric.name, metric) for metric in data.drivers)
    if data.question.by:
        by = data.question.by
        yield "by", Metric(by, "category", by.replace("_", " ").capitalize(), by, "", "neither", (by,))


def _by_level(table: ibis.Table, column: str, metric: Metric, ends: tuple[float, float]) -> pd.DataFrame:
    """Return rows and share with the higher value of the outcome, by level; numbers with many values by tenths."""
    value, low, high = table[column], *ends
    known = table.filter(value.notnull())
    level = known[column]
    if metric.kind != "category" and int(value.nunique().execute()) > MOST_VALUES:
        cuts = known.aggregate(**{f"q{i}": known[column].quantile(i / TENTHS) for i in range(1, TENTHS)}).execute().iloc[0]
        level = sum((ibis.ifelse(known[column] > float(cut), 1, 0) for cut in dict.fromkeys(cuts)), ibis.literal(0))
    rows = known.select(level=level, y=(known.y - low) / (high - low))
    return rows.group_by("level").aggregate(n=rows.count(), share=rows.y.mean()).order_by("level").execute()


def _said(data: Data, metric: Metric, none: int, everyone: int) -> Check:
    labels = data.study.labels if data.study else {}
    name, outcome = (labels.get(each.name, each.label) for each in (metric, data.outcome))
    seen = f"{outcome}: none of {none:,} {data.unit}s at one end of {name}, all of {everyone:,} at the other."
    doubt = f"{name} tells the outcome outright, so it may be built from the outcome or measured after it."
    detail = f"{seen} {doubt} Nothing can be learnt from it here: leave it out, or find out how it was made."
    return Check("leak", "failed", detail, "inconclusive")
