"""What explains an outcome: the whole as one bar, then every driver with its interval on a scale of its own."""

from typing import Any

import pandas as pd

from cxresearch.conclude.charts.axes import apart, round_ticks
from cxresearch.conclude.charts.ink import (
    BAND,
    INK,
    MARK,
    NARROW,
    PAPER,
    POINT,
    QUIET,
    RULE,
    Margins,
    canvas,
    drawn,
    fitted,
    note,
    text_width,
)  # fmt: skip
from cxresearch.conclude.charts.intervals import mark
from cxresearch.conclude.escape import plain
from cxresearch.conclude.words import importance
from cxresearch.conclude.words.display import upper_first
from cxresearch.conclude.words.numbers import number, short
from cxresearch.relate.relation import Relation

STEP, TOP = 34, 96
TINTS = (0.85, 0.6, 0.4, 0.26)


def drivers(name: str, relation: Relation, width: int) -> str:
    """Return the whole as one bar of 100, cut into blocks and the unexplained part; below it each driver with interval and noise."""
    return drawn(name, importance.alt(relation), lambda: _figure(relation, width))


def _figure(relation: Relation, width: int) -> Any:
    wide, lines = width > NARROW, _lines(relation)
    step, room = (STEP, 220) if wide else (50, 8)
    top = 100 * max(max(row["high"], row["noise"] if row["noise"] == row["noise"] else 0) for _, row in lines) or 1
    height = step * len(lines) + 56
    figure, axes = canvas(width, height + TOP, Margins(room, 42, 62, TOP + 14))
    axes.set(xlim=(-0.02 * top, top), ylim=(len(lines) - 0.5, -0.5))
    ticks = [t for t in round_ticks(0, top, 5 if wide else 4) if 0 <= t <= top]
    axes.set_xticks(ticks, [short(t) for t in ticks])
    for at in ticks:
        axes.axvline(at, color=RULE, lw=1, zorder=0)
    noise = 100 * max(float(row["noise"]) for kind, row in lines if kind == "driver")
    axes.axvline(noise, color=POINT, lw=1.6, ls=(0, (1, 2)), zorder=2)
    note(axes, "by chance alone", (noise, len(lines) - 0.5), (-4, -32), ha="left", va="top", color=POINT)
    for place, (kind, row) in enumerate(lines):
        _driver(axes, place, kind, row, (wide, top, room))
    _whole(figure, relation, (width, height + TOP))
    return figure


def _lines(relation: Relation) -> list[tuple[str, pd.Series]]:
    """Return what stands in each line: a block, or a driver under its block."""
    return [("block" if row["level"] == "block" else "driver", row) for _, row in importance.in_blocks(relation)]


def _whole(figure: Any, relation: Relation, size: tuple[float, float]) -> None:
    """Draw 100 parts: the blocks (without blocks all drivers together), then what stays unexplained, each named above its part."""
    width, height = size
    axes = figure.add_axes((0, 1 - TOP / height, 1, TOP / height))
    axes.set(xlim=(0, 100), ylim=(0, TOP), xticks=[], yticks=[])
    blocks = importance.ranked(relation, "block")
    parts = [(upper_first(plain(row["label"])), 100 * row["estimate"]) for _, row in blocks.iterrows()]
    parts = parts or [("Explained", 100 * relation.facts["r2"])]
    parts.append(("Unexplained", 100 - sum(share for _, share in parts)))
    labels, spots, left = {}, {}, 0.0
    for place, (label, share) in enumerate(parts):
        last = place == len(parts) - 1
        look = {"color": BAND, "ec": QUIET, "ls": (0, (2, 2))} if last else {"color": MARK, "alpha": TINTS[min(place, 3)], "ec": PAPER}
        axes.barh([14], [share], left=left, height=26, lw=1, **look)
        labels[str(place)] = f"{fitted(label, width / len(parts) - 2, lines=1)}\n{number(share)}"
        spots[str(place)] = (left + share / 2) / 100 * width
        left += share
    sizes = {place: text_width(label, weight=700) + 12 for place, label in labels.items()}
    edge = {place: max(sizes[place] / 2, min(width - sizes[place] / 2, spot)) for place, spot in spots.items()}
    for place, at in apart(edge, sizes, width).items():
        at = max(sizes[place] / 2 - 6, min(width - sizes[place] / 2 + 6, at))
        note(axes, labels[place], (at / width * 100, 30), (0, 4), ha="center", va="bottom", color=INK, linespacing=1.4)
    note(axes, fitted(f"All differences in {_noun(relation)}: 100", width, lines=1), (0, TOP), (0, -4), ha="left", va="top", color=QUIET)


def _noun(relation: Relation) -> str:
    return plain(relation.facts.get("outcome_label", "the outcome"))


def _driver(axes: Any, place: int, kind: str, row: pd.Series, frame: tuple[bool, float, float]) -> None:
    wide, top, room = frame
    y, weight = (place if wide else place + 0.22), 700 if kind == "block" else 400
    text = fitted(upper_first(plain(row["label"])), room - 16 if wide else NARROW - 70, lines=2 if wide else 1, weight=weight)
    shift, look = ((-12, 0), {"ha": "right", "va": "center"}) if wide else ((0, 6), {"ha": "left", "va": "bottom"})
    note(axes, text, (axes.get_xlim()[0], place), shift, weight=weight, color=INK, **look)
    low, middle, high = (100 * row[name] for name in ("low", "estimate", "high"))
    if kind == "block":
        axes.plot([low, high], [y, y], color=QUIET, lw=2, zorder=3)
        axes.plot([middle], [y], "s", ms=8, mfc=PAPER, mec=QUIET, mew=2, zorder=4)
    else:
        mark(axes, y, (middle, low, high), hollow=not low > 100 * row["noise"])
    note(axes, number(middle), (top, y), (58, 0), ha="right", va="center", weight=weight, color=INK)
