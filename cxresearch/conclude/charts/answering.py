"""Who answers: the predicted chances to answer, of those who did above the line and of the silent below it."""

from typing import Any

import numpy as np

from cxresearch.conclude.charts.axes import round_ticks
from cxresearch.conclude.charts.ink import INK, MARK, NARROW, POINT, QUIET, RULE, Margins, canvas, drawn, note, text_width
from cxresearch.conclude.words import answering
from cxresearch.conclude.words.numbers import count, short
from cxresearch.relate.relation import Relation

SIDES = (("answered", 1, MARK, "Answered"), ("silent", -1, POINT, "Silent"))


def overlap(name: str, relation: Relation, width: int) -> str:
    """Return two mirrored pictures of how the chances to answer lie."""
    return drawn(name, answering.alt(relation), lambda: _figure(relation, width))


def _figure(relation: Relation, width: int) -> Any:
    curve, facts = relation.curve, relation.facts
    left, right = 100 * float(curve["x"].min()), 100 * float(curve["x_right"].max())
    pad = 0.02 * ((right - left) or 1)
    top = float(curve["estimate"].max()) * 1.35
    figure, axes = canvas(width, 250 if width > NARROW else 230, Margins(12, 42, 12, 4))
    axes.set(xlim=(left - pad, right + pad), ylim=(-top, top))
    ticks = [t for t in round_ticks(left, right, 7 if width > NARROW else 5) if left - pad <= t <= right + pad]
    axes.set_xticks(ticks, [short(t, 1) for t in ticks])
    for at in ticks:
        axes.axvline(at, 0.1, 0.9, color=RULE, lw=1, zorder=0)
    for term, sign, colour, label in SIDES:
        rows = curve[curve["term"] == term]
        wide = 100 * (rows["x_right"] - rows["x"]).to_numpy(dtype=float)
        axes.bar(100 * rows["x"], sign * rows["estimate"], wide * 0.92, align="edge", color=colour, lw=0, zorder=2)
        _label(axes, (rows, sign, top), f"{label}: {count(facts['answered'] if sign > 0 else facts['invited'] - facts['answered'])}", width)
        mean = 100 * facts[f"chance_{term}"]
        axes.plot([mean, mean], [0, sign * top * 0.98], color=INK, lw=1.4, ls=(0, (1, 2)), zorder=3)
    axes.axhline(0, color=QUIET, lw=1, zorder=3)
    note(axes, "Chance to answer, of 100; dotted: the mean", (left - pad, -top), (0, -30), ha="left", va="top", color=QUIET)
    return figure


def _label(axes: Any, side: tuple[Any, int, float], text: str, width: int) -> None:
    """Write the name of a side at the end where its bars are lower."""
    rows, sign, top = side
    half = len(rows) // 2
    heights = rows["estimate"].to_numpy(dtype=float)
    to_right = np.max(heights[:half]) >= np.max(heights[half:])
    limits = axes.get_xlim()
    note(
        axes, text, (limits[1] if to_right else limits[0], sign * top), (0, 0), ha="right" if to_right else "left",
        va="top" if sign > 0 else "bottom", color=INK, weight=700 if text_width(text, weight=700) < width / 2 else 400,
    )  # fmt: skip
