"""Rows by month: one row of bars for each table, every row on its own scale, months out of line marked and counted."""

from typing import Any

import pandas as pd

from cxresearch.conclude.charts.ink import INK, MARK, NARROW, POINT, QUIET, RULE, Margins, canvas, drawn, fitted, note
from cxresearch.conclude.words import counted
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Relation

PANEL, TALL, LABEL = 96, 0.56, 72
STEPS = (1, 3, 6, 12, 24, 60, 120)


def months(name: str, relation: Relation, width: int) -> str:
    """Return the rows of every dated table, month by month."""
    return drawn(name, counted.alt(relation), lambda: _figure(relation, width))


def _figure(relation: Relation, width: int) -> Any:
    curve = relation.curve.assign(at=[_index(day) for day in relation.curve["x"]])
    terms = list(dict.fromkeys(curve["term"]))
    figure, axes = canvas(width, PANEL * len(terms) + 26, Margins(2, 24, 2, 2))
    first, last = int(curve["at"].min()), int(curve["at"].max())
    axes.set(xlim=(first - 0.5, last + 0.5), ylim=(-len(terms) + 0.96, 0.96))
    step = next((each for each in STEPS if (last - first + 1) / each * LABEL <= width), STEPS[-1])
    ticks = [at for at in range(first, last + 1) if at % 12 % min(step, 12) == 0 and (step <= 12 or at // 12 % (step // 12) == 0)]
    span, half = last - first + 1, LABEL / 2
    ticks = [at for at in ticks if half <= (at - first + 0.5) / span * width <= width - half]
    axes.set_xticks(ticks, [f"{_day(at):%b %Y}" for at in ticks])
    for place, term in enumerate(terms):
        _panel(axes, curve[curve["term"] == term], -place, (width, counted.limit(relation)))
    return figure


def _panel(axes: Any, rows: pd.DataFrame, base: float, frame: tuple[int, int]) -> None:
    (width, limit), most = frame, rows.loc[rows["n"].idxmax()]
    left, right = axes.get_xlim()
    colours = [POINT if odd else MARK for odd in rows["odd"]]
    axes.bar(rows["at"], TALL * rows["n"] / max(1, most["n"]), 0.78, base, color=colours, zorder=2)
    axes.plot([left, right], [base, base], color=RULE, lw=1, zorder=3)
    largest = f"most: {count(most['n'])} ({most['x']:%b %Y})" if most["n"] >= limit else f"fewer than {limit} in every month"
    note(
        axes,
        fitted(counted.table_name(most["term"]), width / 2 - 20, lines=1, weight=700),
        (left, base + 0.74),
        (0, 0),
        weight=700,
        color=INK,
    )
    note(axes, largest, (right, base + 0.74), (0, 0), ha="right", color=QUIET)
    free = left
    for _, row in rows[rows["odd"] != ""].iterrows():
        top = base + TALL * row["n"] / max(1, most["n"])
        if row["odd"] == "few" and row["at"] >= free and row["at"] + 40 * (right - left) / width < right:
            note(axes, counted.few_rows(row["n"], limit), (row["at"], top), (0, 4), ha="center", color=POINT)
            free = row["at"] + (60 if width > NARROW else 80) * (right - left) / width


def _index(day: pd.Timestamp) -> int:
    return day.year * 12 + day.month - 1


def _day(at: int) -> pd.Timestamp:
    return pd.Timestamp(year=at // 12, month=at % 12 + 1, day=1)
