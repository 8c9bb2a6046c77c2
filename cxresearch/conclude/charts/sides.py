"""Low and high ratings of every driver against the middle, one line each."""

from typing import Any

import pandas as pd

from cxresearch.conclude.charts.axes import round_ticks
from cxresearch.conclude.charts.ink import INK, MARK, NARROW, POINT, QUIET, RULE, Margins, canvas, drawn, fitted, note
from cxresearch.conclude.charts.intervals import mark
from cxresearch.conclude.escape import plain
from cxresearch.conclude.words import sides
from cxresearch.conclude.words.display import Display, outcome_of, upper_first
from cxresearch.conclude.words.numbers import number, short
from cxresearch.relate.relation import Relation

LOOK = {"penalty": (-0.14, POINT, "low"), "reward": (0.14, MARK, "high")}


def drawn_sides(name: str, relation: Relation, width: int) -> str:
    """Return penalty and reward of every driver with intervals, and their sum at the right."""
    return drawn(name, sides.alt(relation), lambda: _figure(relation, width))


def _figure(relation: Relation, width: int) -> Any:
    wide, rows, shown = width > NARROW, sides.rows_of(relation), outcome_of(relation.facts)
    step, room = (44, 220) if wide else (58, 8)
    every = relation.estimates[relation.estimates["level"].isin(LOOK)]
    low, high = min(0.0, shown.shown(every["low"].min())), max(0.0, shown.shown(every["high"].max()))
    pad = 0.06 * ((high - low) or 1.0)
    figure, axes = canvas(width, step * len(rows) + 74, Margins(room, 30, 66, 44))
    axes.set(xlim=(low - pad, high + pad), ylim=(len(rows) - 0.5, -0.5))
    ticks = [tick for tick in round_ticks(low, high, 5 if wide else 4) if low - pad <= tick <= high + pad]
    axes.set_xticks(ticks, [short(tick, 3) for tick in ticks])
    for at in ticks:
        axes.axvline(at, color=RULE, lw=1, zorder=0)
    axes.axvline(0, color=QUIET, lw=1, zorder=1)
    _heads(axes)
    for place, (_, row) in enumerate(rows.iterrows()):
        _driver(axes, place, row, relation, (wide, room, shown))
    return figure


def _heads(axes: Any) -> None:
    """Name the two sides and the number at the right, above the first line."""
    left, right = axes.get_xlim()
    note(axes, "low ratings", (left, -0.5), (0, 10), ha="left", va="bottom", color=POINT, weight=700)
    note(axes, "high ratings", (left, -0.5), (92, 10), ha="left", va="bottom", color=MARK, weight=700)
    note(axes, "summed", (right, -0.5), (62, 10), ha="right", va="bottom", color=QUIET)


def _driver(axes: Any, place: int, row: pd.Series, relation: Relation, frame: tuple[bool, float, Display]) -> None:
    wide, room, shown = frame
    text = fitted(upper_first(plain(row["label"])), room - 16 if wide else NARROW - 84, lines=2 if wide else 1)
    shift, look = ((-12, 0), {"ha": "right", "va": "center"}) if wide else ((0, 10), {"ha": "left", "va": "bottom"})
    note(axes, text, (axes.get_xlim()[0], place), shift, color=INK, **look)
    y = place if wide else place + 0.22
    for level, (offset, colour, _) in LOOK.items():
        found = relation.row(row["term"], level)
        mark(axes, y + offset, tuple(shown.shown(found[name]) for name in ("estimate", "low", "high")), colour=colour)
    told = row["term"] in sides.told(relation)
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    value = number(shown.shown(row["estimate"]), shown.digits(low, high), sign=True)
    note(axes, value, (axes.get_xlim()[1], y), (62, 0), ha="right", va="center", weight=700 if told else 400, color=INK)
