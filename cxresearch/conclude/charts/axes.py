"""Scales, ticks and places for labels: nothing overlaps, nothing is cut."""

import math
from dataclasses import dataclass
from typing import Any

from cxresearch.conclude.charts.ink import RULE, fitted, text_width
from cxresearch.conclude.words.numbers import short, tick

ROUND = {
    "seconds": (1, 5, 15, 60, 300, 900, 3600), "minutes": (1, 5, 15, 30, 60, 120, 240, 480, 1440, 2880, 10080),
    "hours": (1 / 60, 1 / 12, 0.25, 0.5, 1, 2, 4, 8, 24, 48, 96, 168, 336, 672, 1344), "days": (1 / 24, 0.25, 1, 2, 4, 7, 14, 28, 56, 112),
    "weeks": (1 / 7, 1, 2, 4, 8, 16, 32),
}  # fmt: skip


@dataclass(frozen=True)
class Axis:
    """The horizontal scale of a curve: doublings where it is a positive time, plain otherwise."""

    unit: str
    log: bool

    def at(self, value: Any) -> Any:
        """Return where a value lies."""
        import numpy as np

        return np.log2(value) if self.log else value


def free_place(
    line: tuple, others: list[tuple], limits: tuple, sizes: tuple[float, float, float], taken: tuple | None
) -> tuple[float, float, str]:
    """Return where a label beside a curve touches no other curve: x of its left end, y of the curve's edge, and ``top`` or ``bottom``."""
    (left, right), (floor, top) = limits
    width, room, height = sizes
    span, tall = width / room * (right - left), 22 / height * (top - floor)
    best = (math.inf, left, float(line[2][0]), "top")
    for step in range(25):
        start = left + (right - left - span) * step / 24
        under = (line[0] >= start) & (line[0] <= start + span)
        if span > right - left or not under.any():
            continue
        for side, edge in (("top", float(line[2][under].min())), ("bottom", float(line[3][under].max()))):
            low, high = (edge - tall, edge) if side == "top" else (edge, edge + tall)
            clash = low < floor or high > top or any((other[2][under] < high).any() and (other[3][under] > low).any() for other in others)
            clash = clash or bool(taken and abs(taken[1] - edge) < 2 * tall and taken[0] < start + span and start < taken[0] + taken[2])
            slope = float(line[1][under].max() - line[1][under].min()) / (top - floor) + (10 if clash else 0)
            best = min(best, (slope, start, edge, side))
    return best[1:]


def apart(spots: dict[str, float], sizes: dict[str, float], height: float) -> dict[str, float]:
    """Return label centres moved so far apart that none overlap, all within the height.

    Examples
    --------
    >>> apart({"a": 50.0, "b": 52.0}, {"a": 16, "b": 16}, 100.0)
    {'a': 43.0, 'b': 59.0}
    """
    order = sorted(spots, key=lambda term: spots[term])
    total = sum(sizes[term] for term in order)
    centre = sum(spots.values()) / len(spots) if spots else 0.0
    out, floor = {}, -math.inf
    for term in order:
        out[term] = max(spots[term], floor + sizes[term] / 2)
        floor = out[term] + sizes[term] / 2
    if order and any(out[term] != spots[term] for term in order):
        shift = max(0.0, min(height - total, centre - total / 2))
        moved, floor = {}, shift
        for term in order:
            moved[term] = floor + sizes[term] / 2
            floor += sizes[term]
        tight = total <= height and max(spots.values()) - min(spots.values()) < total
        out = moved if tight else out
    return {term: out[term] for term in spots}


def round_ticks(low: float, high: float, most: int) -> list[float]:
    """Return round numbers between, or just around, two ends.

    Examples
    --------
    >>> round_ticks(21.0, 49.0, 5)
    [20.0, 30.0, 40.0, 50.0]
    """
    from matplotlib.ticker import MaxNLocator

    ticks = [float(t) for t in MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)]
    inside = [t for t in ticks if low <= t <= high]
    return inside if len(inside) >= 3 else ticks


def x_ticks(axis: Axis, limits: tuple[float, float], room: float, spare: tuple[float, float]) -> list[tuple[float, str]]:
    """Return tick places with labels that do not touch: round times for times, round numbers otherwise."""
    if axis.log:
        low, high = 2 ** limits[0], 2 ** limits[1]
        values = [v for v in ROUND.get(axis.unit, [2.0**k for k in range(-10, 30)]) if low <= v <= high] or [low, high]
    else:
        values = [v for v in round_ticks(*limits, 6) if limits[0] <= v <= limits[1]]
    chosen, end = [], -spare[0]
    for value in values:
        text = tick(value, axis.unit) if axis.log else f"{short(value)}"
        at = (axis.at(value) - limits[0]) / (limits[1] - limits[0]) * room
        half = text_width(text) / 2
        if at - half >= end and at + half <= room + spare[1]:
            chosen.append((axis.at(value), text))
            end = at + half + 10
    if chosen and not axis.log and axis.unit:
        last, text = chosen[-1]
        at = (last - limits[0]) / (limits[1] - limits[0]) * room
        longer = f"{text} {axis.unit}"
        fits = at + text_width(longer) / 2 <= room + spare[1]
        chosen[-1] = (last, longer) if fits else (last, text)
    return chosen


def rules(axes: Any, ticks: list[float]) -> None:
    """Draw horizontal rules at the ticks, and name them."""
    axes.set_yticks(ticks, [y_tick(t) for t in ticks])
    for at in ticks:
        axes.axhline(at, color=RULE, lw=1, zorder=0)


def y_tick(value: float) -> str:
    """Return a tick without idle zeros."""
    return short(value, 3)


def y_name(shown: Any, width: int) -> str:
    """Return the quantity over the vertical axis."""
    unit = f", {shown.unit}" if shown.unit and shown.kind not in ("nps",) else ""
    return fitted(f"{shown.label}{unit}", width - 4, lines=1)
