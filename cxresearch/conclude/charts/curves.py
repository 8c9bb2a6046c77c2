"""Pictures over x: how fast is fast enough, who stays, months with their control band."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxresearch.conclude.charts.ink import (
    BAND,
    MARK,
    NARROW,
    PAPER,
    POINT,
    QUIET,
    RULE,
    WIDE,
    Margins,
    canvas,
    drawn,
    fitted,
    note,
    text_width,
)
from cxresearch.conclude.words import enough, staying
from cxresearch.conclude.words.display import exposure_unit, finite, outcome_of, upper_first
from cxresearch.conclude.words.levels import display_of
from cxresearch.conclude.words.numbers import clock, count, number, short, tick
from cxresearch.relate.relation import Relation

ROUND = {
    "seconds": (1, 5, 15, 60, 300, 900, 3600), "minutes": (1, 5, 15, 30, 60, 120, 240, 480, 1440, 2880, 10080),
    "hours": (1 / 60, 1 / 12, 0.25, 0.5, 1, 2, 4, 8, 24, 48, 96, 168, 336, 672, 1344), "days": (1 / 24, 0.25, 1, 2, 4, 7, 14, 28, 56, 112),
    "weeks": (1 / 7, 1, 2, 4, 8, 16, 32),
}  # fmt: skip
LOOKS = {"adjusted": (MARK, {"lw": 3}, 0.24), "raw": (QUIET, {"lw": 1.6, "ls": (0, (4, 3))}, 0.14)}
DASHES = ((0, ()), (0, (7, 2)), (0, (4, 3)), (0, (1.5, 2)), (0, (7, 2, 1.5, 2)))


@dataclass(frozen=True)
class Axis:
    """The horizontal scale of a curve: doublings where it is a positive time, plain otherwise."""

    unit: str
    log: bool

    def at(self, value: Any) -> Any:
        """Return where a value lies."""
        import numpy as np

        return np.log2(value) if self.log else value


def dose(name: str, relation: Relation, width: int) -> str:
    """Return adjusted curve with interval, raw curve behind, the "fast enough" point, and where the answers lie."""
    return drawn(name, enough.alt(relation), lambda: _dose_figure(relation, width))


def _dose_figure(relation: Relation, width: int) -> Any:
    curve, facts, wide = relation.curve, relation.facts, width > NARROW
    shown, axis = outcome_of(facts), Axis(exposure_unit(facts), bool(facts.get("log_scale")))
    height = 450 if wide else 410
    lines = curve[curve["term"].isin(["adjusted", "raw"]) & curve["estimate"].notna()]
    low, high = (shown.factor * end for end in (lines["low"].min(), lines["high"].max()))
    ticks = round_ticks(low, high, 5)
    left = 10 + max(text_width(_tick(t)) for t in ticks)
    margins = Margins(left, 98, 112 if wide else 8, 60 if _has_point(relation) else 24)
    figure, axes = canvas(width, height, margins)
    axes.set(xlim=(axis.at(lines["x"].min()), axis.at(lines["x"].max())), ylim=(min(low, ticks[0]), max(high, ticks[-1])))
    _rules(axes, ticks)
    _point(figure, axes, relation, axis, margins)
    ends = {}
    for term in ("raw", "adjusted"):
        part = lines[lines["term"] == term]
        if len(part):
            ends[term] = _line(axes, part, axis, shown.factor, term)
    _name_lines(axes, ends, enough.curve_labels(relation), wide, height - 98 - margins.top)
    figure.text(0, 1 - (margins.top - 10) / height, _y_name(shown, width), color=QUIET)
    _answers(figure, axes, relation, axis, (width, height, margins))
    return figure


def _has_point(relation: Relation) -> bool:
    return finite(float(relation.row("fast_enough")["estimate"]))


def _point(figure: Any, axes: Any, relation: Relation, axis: Axis, margins: Margins) -> None:
    """Draw the "fast enough" point with its interval; an end that lies outside the range is drawn to its border."""
    row, (left, right), top = relation.row("fast_enough"), axes.get_xlim(), axes.get_ylim()[1]
    if not _has_point(relation):
        return
    low, high = (axis.at(row[end]) if finite(float(row[end])) else border for end, border in (("low", left), ("high", right)))
    at = axis.at(row["estimate"])
    axes.axvspan(max(left, low), min(right, high), color=POINT, alpha=0.13, lw=0)
    axes.axvline(at, color=POINT, lw=2)
    width = figure.get_size_inches()[0] * 72
    head = "Fast enough" if enough.asked(relation) == "fast" else f"{upper_first(enough.asked(relation))} enough"
    below = (
        f"{clock(row['low'], axis.unit)} to {clock(row['high'], axis.unit)}"
        if finite(float(row["low"])) and finite(float(row["high"]))
        else ""
    )
    text = f"{clock(row['estimate'], axis.unit)}{f' ({below})' if below else ''}"
    place = margins.left + (at - left) / (right - left) * (width - margins.left - margins.right)
    for line, up, weight in ((head, 38, 700), (text, 22, 400)):
        half = text_width(line, weight=weight) / 2 + 2
        shift = max(half, min(width - half, place)) - place
        note(axes, line, (at, top), (shift, up), ha="center", color=POINT, weight=weight)


def _line(axes: Any, part: pd.DataFrame, axis: Axis, factor: float, term: str) -> tuple[Any, Any, Any, Any]:
    colour, look, alpha = LOOKS[term]
    x, (middle, below, above) = axis.at(part["x"].to_numpy()), (factor * part[name].to_numpy() for name in ("estimate", "low", "high"))
    axes.fill([*x, *x[::-1]], [*below, *above[::-1]], color=colour, alpha=alpha, lw=0)
    axes.plot(x, middle, color=colour, **look)
    return x, middle, below, above


def _name_lines(axes: Any, ends: dict[str, tuple], labels: dict[str, str], wide: bool, height: float) -> None:
    """Name curves at their right end; on a phone inside the picture, each where the two lie furthest apart."""
    span = axes.get_ylim()[1] - axes.get_ylim()[0]
    if wide:
        sizes = {term: 16 * (1 + labels[term].count("\n")) for term in ends}
        spots = apart({term: (line[1][-1] - axes.get_ylim()[0]) / span * height for term, line in ends.items()}, sizes, height)
        for term, (x, middle, *_) in ends.items():
            shift = spots[term] - (middle[-1] - axes.get_ylim()[0]) / span * height
            note(axes, labels[term], (x[-1], middle[-1]), (10, shift), ha="left", va="center", color=LOOKS[term][0])
        return
    room, taken = NARROW - 40.0, None
    for term, line in ends.items():
        text = labels[term].replace("\n", " ")
        others = [other for name, other in ends.items() if name != term]
        at, edge, side = free_place(line, others, (axes.get_xlim(), axes.get_ylim()), (text_width(text), room, height), taken)
        taken = (at, edge, text_width(text) / room * (axes.get_xlim()[1] - axes.get_xlim()[0]))
        note(axes, text, (at, edge), (0, -5 if side == "top" else 5), ha="left", va=side, color=LOOKS[term][0])


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


def _answers(figure: Any, axes: Any, relation: Relation, axis: Axis, frame: tuple[float, float, Margins]) -> None:
    width, height, margins = frame
    bars = relation.curve[relation.curve["term"] == "answers"] if "x_right" in relation.curve else relation.curve.iloc[:0]
    under = figure.add_axes((margins.left / width, 50 / height, axes.get_position().width, 38 / height))
    under.set(xlim=axes.get_xlim(), yticks=[])
    if len(bars):
        left, right = axis.at(bars["x"].to_numpy()), axis.at(bars["x_right"].to_numpy())
        under.bar(left, bars["n"], right - left, align="edge", color=BAND, ec=PAPER, lw=1)
    unit = f"{relation.facts.get('row_unit', 'answer')}s"
    label = str(relation.facts.get("exposure_label", ""))
    text = f"{label}; bars: {count(bars['n'].sum())} {unit}" if len(bars) else label
    under.set_xlabel(fitted(text, width - margins.left, lines=1), loc="left", labelpad=8)
    ticks = x_ticks(axis, axes.get_xlim(), width - margins.left - margins.right, (margins.left, margins.right))
    under.set_xticks([at for at, _ in ticks], [text for _, text in ticks])


def retention(name: str, relation: Relation, width: int) -> str:
    """Return step curves of who is still here, each named at its right end, with intervals."""
    return drawn(name, staying.alt(relation), lambda: _retention_figure(relation, width))


def _retention_figure(relation: Relation, width: int) -> Any:
    curve, wide = relation.curve, width > NARROW
    terms = list(dict.fromkeys(curve["term"]))
    room = 210 if wide else 0
    labels = {term: fitted(upper_first(str(term)), room - 14 if wide else width - 34) for term in terms}
    below = 62 + sum(18 * (1 + text.count("\n")) for text in labels.values())
    height = 380 if wide else 284 + below
    low = 100 * curve["low"].min()
    ticks = [t for t in round_ticks(low, 100, 5) if t <= 100]
    margins = Margins(34, 46 if wide else below, room if wide else 8, 24)
    figure, axes = canvas(width, height, margins)
    axes.set(xlim=(0, curve["x"].max()), ylim=(min(low, ticks[0]), 100))
    _rules(axes, ticks)
    days = relation.facts["days"]
    axes.axvline(days, color=QUIET, lw=1.4, ls=(0, (1, 2.2)))
    for i, term in enumerate(terms):
        _steps(axes, curve[curve["term"] == term], i, len(terms))
    _name_groups(axes, curve, labels, wide, 284 if not wide else height - 70)
    figure.text(0, 1 - 14 / height, "Still here, of 100", color=QUIET)
    marks = sorted(
        {0, days, *(t for t in round_ticks(0, curve["x"].max(), 4) if abs(t - days) > curve["x"].max() / 8 and t <= curve["x"].max())}
    )
    axes.set_xticks(marks, [short(t) for t in marks])
    axes.set_xlabel("Days", loc="left", labelpad=4)
    return figure


def _steps(axes: Any, part: pd.DataFrame, place: int, of: int) -> None:
    colour, dash = _group_look(place, of)
    x, middle, below, above = (part["x"].to_numpy(), *(100 * part[name].to_numpy() for name in ("estimate", "low", "high")))
    axes.fill_between(x, below, above, step="post", color=colour, alpha=0.16, lw=0)
    axes.plot(x, middle, color=colour, lw=2.4, ls=dash, drawstyle="steps-post", dash_capstyle="butt")


def _group_look(place: int, of: int) -> tuple[str, Any]:
    colour = MARK if place == 0 else POINT if place == of - 1 else QUIET
    return colour, DASHES[min(place, len(DASHES) - 1)] if 0 < place < of - 1 else DASHES[0]


def _name_groups(axes: Any, curve: pd.DataFrame, labels: dict[str, str], wide: bool, height: float) -> None:
    terms, (floor, top) = list(labels), axes.get_ylim()
    ends = {term: 100 * float(curve.loc[curve["term"] == term, "estimate"].iloc[-1]) for term in terms}
    if wide:
        raw = {term: (value - floor) / (top - floor) * height for term, value in ends.items()}
        spots = apart(raw, {term: 16 * (1 + labels[term].count("\n")) for term in terms}, height)
        for i, term in enumerate(terms):
            shift = (12, spots[term] - raw[term])
            note(axes, labels[term], (axes.get_xlim()[1], ends[term]), shift, ha="left", va="center", color=_group_look(i, len(terms))[0])
        return
    down = 58
    for i, term in enumerate(terms):
        colour, dash = _group_look(i, len(terms))
        note(axes, labels[term], (0, floor), (0, -down), ha="left", va="top", color=colour)
        axes.annotate("", (0, floor), (-8, -down - 7), textcoords="offset points")
        axes.plot([-0.095, -0.02], [-(down + 8) / 260] * 2, color=colour, lw=2.4, ls=dash, transform=axes.transAxes)
        down += 18 * (1 + labels[term].count("\n"))


def trend(name: str, relation: Relation, width: int, message: str) -> str:
    """Return months with intervals and the control band; months outside it are filled and named."""
    return drawn(name, message, lambda: _trend_figure(relation, width))


def _trend_figure(relation: Relation, width: int) -> Any:
    curve, wide = relation.curve, width > NARROW
    shown = display_of(relation, relation.estimates.iloc[0])
    part = curve.assign(**{name: shown.factor * curve[name] for name in ("estimate", "low", "high", "band_low", "band_high")})
    low, high = min(part["low"].min(), part["band_low"].min()), max(part["high"].max(), part["band_high"].max())
    ticks = round_ticks(low, high, 5)
    height, left = (340, 290)[not wide], 10 + max(text_width(_tick(t)) for t in ticks)
    figure, axes = canvas(width, height, Margins(left, 40, 14, 44))
    x = range(len(part))
    axes.set(xlim=(-0.6, len(part) - 0.4), ylim=(min(low, ticks[0]), max(high, ticks[-1])))
    _rules(axes, ticks)
    axes.fill_between(
        [i + d for i in x for d in (-0.5, 0.5)], part["band_low"].repeat(2), part["band_high"].repeat(2), color=BAND, lw=0, zorder=0
    )
    axes.plot(x, part["estimate"], color=QUIET, lw=1, zorder=2)
    for i, row in zip(x, part.to_dict("records"), strict=True):
        _month(axes, i, row, max(0.35, min(1.0, (width - left - 14) / len(part) / 14)))
    _name_months(axes, part, shown.factor, width - left - 14)
    figure.text(0, 1 - 14 / height, _y_name(shown, width), color=QUIET)
    return figure


def _month(axes: Any, place: int, row: dict, size: float) -> None:
    colour = POINT if row["outside"] else QUIET
    axes.plot([place, place], [row["low"], row["high"]], color=colour, lw=3 * size, zorder=3, solid_capstyle="butt")
    shape = {"marker": "D", "ms": 9 * size, "mfc": POINT} if row["outside"] else {"marker": "o", "ms": 8 * size, "mfc": PAPER}
    axes.plot([place], [row["estimate"]], mec=colour, mew=1.6 * size, zorder=4, **shape)


def _name_months(axes: Any, part: pd.DataFrame, factor: float, room: float) -> None:
    every = max(1, math.ceil(len(part) * 66 / room))
    marks = list(range(0, len(part), every))
    axes.set_xticks(marks, [f"{part['x'].iloc[i]:%b %Y}" if len(marks) > 1 else f"{part['x'].iloc[i]:%B %Y}" for i in marks])
    taken: list[float] = []
    for i, row in enumerate(part.to_dict("records")):
        at = (i + 0.6) / (len(part) + 0.2) * room
        if row["outside"] and all(abs(at - other) > 44 for other in taken):
            taken.append(at)
            above = row["estimate"] > row["band_high"]
            spot = (i, row["high"] if above else row["low"])
            note(
                axes,
                _value(row["estimate"]),
                spot,
                (0, 6 if above else -6),
                ha="center",
                va="bottom" if above else "top",
                color=POINT,
                weight=700,
            )


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


def _rules(axes: Any, ticks: list[float]) -> None:
    axes.set_yticks(ticks, [_tick(t) for t in ticks])
    for at in ticks:
        axes.axhline(at, color=RULE, lw=1, zorder=0)


def _tick(value: float) -> str:
    return short(value, 3)


def _value(value: float) -> str:
    return number(value, 1)


def _y_name(shown: Any, width: int) -> str:
    unit = f", {shown.unit}" if shown.unit and shown.kind not in ("nps",) else ""
    return fitted(f"{shown.label}{unit}", width - 4, lines=1)


Draw = Callable[[str, Relation, int], str]
SIZES = {"wide": WIDE, "narrow": NARROW}
