"""Rows of estimates: where each level stands."""

from typing import Any

import pandas as pd

from cxresearch.conclude.charts.axes import round_ticks
from cxresearch.conclude.charts.ink import INK, MARK, NARROW, QUIET, RULE, Margins, canvas, drawn, fitted, note, text_width
from cxresearch.conclude.charts.intervals import mark
from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.words import levels
from cxresearch.conclude.words.display import Display
from cxresearch.conclude.words.numbers import short
from cxresearch.relate.relation import Relation

STEP = 34


def by_level(name: str, relation: Relation, width: int) -> str:
    """Return one dot with its interval for each level, above them the overall value; small groups are named and not drawn."""
    return drawn(name, levels.alt(relation), lambda: _levels_figure(relation, width))


def _levels_figure(relation: Relation, width: int) -> Any:
    wide, rows = width > NARROW, relation.estimates
    keep = shown_rows(rows, limit_of(relation))
    step, room = (STEP, 230) if wide else (52, 8)
    shown = levels.display_of(relation, rows.iloc[0])
    ends = [shown.shown(value) for name in ("low", "high") for value in rows[name][keep] if value == value]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    pad = 0.04 * ((high - low) or 1)
    figure, axes = canvas(width, step * len(rows) + 30, Margins(room, 26, 172 if wide else 8, 4))
    axes.set(xlim=(low - pad, high + pad), ylim=(len(rows) - 0.5, -0.5))
    ticks = [t for t in round_ticks(low, high, 5 if wide else 4) if low - pad <= t <= high + pad]
    axes.set_xticks(ticks, [short(t, 3) for t in ticks])
    for at in ticks:
        axes.axvline(at, color=RULE, lw=1, zorder=0)
    for place, ((_, row), ok) in enumerate(zip(rows.iterrows(), keep, strict=True)):
        _level(axes, place, row, (wide, room, shown, ok and row["low"] == row["low"], relation))
    return figure


def _level(axes: Any, place: int, row: pd.Series, frame: tuple[bool, float, Display, bool, Relation]) -> None:
    wide, room, shown, ok, relation = frame
    overall = row["level"] == ""
    weight, y = 700 if overall else 400, (place if wide else place + 0.22)
    text = levels.value(shown, row) if ok else f"fewer than {limit_of(relation)}"
    left, right = axes.get_xlim()
    space = room - 16 if wide else NARROW - 20 - text_width(text, weight=weight) - 8
    label = fitted("All" if overall else row["level"], space, lines=2 if wide else 1, weight=weight)
    if wide:
        note(axes, label, (left, place), (-12, 0), ha="right", va="center", weight=weight, color=INK)
        note(axes, text, (right, place), (168, 0), ha="right", va="center", weight=weight, color=INK)
    else:
        note(axes, label, (left, place), (0, 6), ha="left", va="bottom", weight=weight, color=INK)
        note(axes, text, (right, place), (0, 6), ha="right", va="bottom", weight=weight, color=INK)
    if ok:
        mark(
            axes, y, tuple(shown.shown(row[name]) for name in ("estimate", "low", "high")), hollow=False, colour=MARK if overall else QUIET
        )
