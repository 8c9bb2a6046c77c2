"""Rows of estimates: what explains an outcome, and where each level stands."""

from typing import Any

import pandas as pd

from cxresearch.conclude.charts.axes import round_ticks
from cxresearch.conclude.charts.ink import BAND, INK, MARK, NARROW, PAPER, QUIET, RULE, Margins, canvas, drawn, fitted, note, text_width
from cxresearch.conclude.charts.intervals import mark
from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.words import importance, levels
from cxresearch.conclude.words.display import Display, upper_first
from cxresearch.conclude.words.numbers import number, short
from cxresearch.relate.relation import Relation

STEP = 34


def drivers(name: str, relation: Relation, width: int) -> str:
    """Return drivers by share explained, largest first, under their blocks, each with interval and noise mark; then the unexplained."""
    return drawn(name, importance.alt(relation), lambda: _drivers_figure(relation, width))


def _lines(relation: Relation) -> list[tuple[str, pd.Series | None]]:
    """Return what stands in each line: a block, a driver, or the unexplained part."""
    rows, blocks = importance.ranked(relation), importance.ranked(relation, "block")
    if blocks.empty:
        lines = [("driver", row) for _, row in rows.iterrows()]
    else:
        lines = []
        for _, block in blocks.iterrows():
            lines.append(("block", block))
            lines += [("driver", row) for _, row in rows[rows["block"] == block["term"]].iterrows()]
    left = relation.estimates[relation.estimates["level"] == "unexplained"]
    return [*lines, *(("unexplained", row) for _, row in left.iterrows())]


def _drivers_figure(relation: Relation, width: int) -> Any:
    wide, lines = width > NARROW, _lines(relation)
    step, room = (STEP, 220) if wide else (50, 8)
    known = [row for kind, row in lines if kind != "unexplained"]
    top = 100 * max(max(row["high"], row["noise"] if row["noise"] == row["noise"] else 0) for row in known)
    values = 62
    height = step * len(lines) + 30
    figure, axes = canvas(width, height, Margins(room, 26, values, 4))
    axes.set(xlim=(0, top or 1), ylim=(len(lines) - 0.5, -0.5))
    ticks = [t for t in round_ticks(0, top or 1, 5 if wide else 4) if 0 <= t <= (top or 1)]
    axes.set_xticks(ticks, [short(t) for t in ticks])
    for at in ticks:
        axes.axvline(at, color=RULE, lw=1, zorder=0)
    for place, (kind, row) in enumerate(lines):
        _driver(axes, place, kind, row, (wide, top or 1, room))
    return figure


def _driver(axes: Any, place: int, kind: str, row: pd.Series, frame: tuple[bool, float, float]) -> None:
    wide, top, room = frame
    y, weight = (place if wide else place + 0.22), 700 if kind == "block" else 400
    label = upper_first(plain(row["label"])) if kind != "driver" or not wide else f"{upper_first(plain(row['label']))}"
    text = fitted(label, room - 16 if wide else NARROW - 70, lines=2 if wide else 1, weight=weight)
    if wide:
        note(axes, text, (0, place), (-12, 0), ha="right", va="center", weight=weight, color=INK)
    else:
        note(axes, text, (0, place), (0, 6), ha="left", va="bottom", weight=weight, color=INK)
    low, middle, high = (100 * row[name] for name in ("low", "estimate", "high"))
    if kind == "unexplained":
        axes.barh([y], [top], height=0.3, color=BAND, ec=QUIET, lw=1, ls=(0, (2, 2)), zorder=2)
        note(axes, "bar cut: longer than this scale" if middle > top else "", (top / 2, y), ha="center", va="center", color=QUIET)
    elif kind == "block":
        axes.plot([low, high], [y, y], color=QUIET, lw=2, zorder=3)
        axes.plot([middle], [y], "s", ms=8, mfc=PAPER, mec=QUIET, mew=2, zorder=4)
    else:
        noise = 100 * row["noise"]
        mark(axes, y, (middle, low, high), hollow=not low > noise)
        axes.plot([noise, noise], [y - 0.28, y + 0.28], color=INK, lw=1.4, zorder=5)
    note(axes, number(middle), (top, y), (58, 0), ha="right", va="center", weight=weight, color=INK)


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
