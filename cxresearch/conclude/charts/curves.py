"""The picture of how fast is fast enough."""

from typing import Any

import numpy as np
import pandas as pd

from cxresearch.conclude.charts.axes import Axis, apart, free_place, round_ticks, rules, x_ticks, y_name, y_tick
from cxresearch.conclude.charts.ink import BAND, MARK, NARROW, PAPER, POINT, QUIET, Margins, canvas, drawn, fitted, note, text_width
from cxresearch.conclude.words import enough
from cxresearch.conclude.words.display import exposure_unit, finite, outcome_of
from cxresearch.conclude.words.numbers import clock, count, times
from cxresearch.relate.relation import Relation

LOOKS = {"adjusted": (MARK, {"lw": 3}, 0.24), "raw": (QUIET, {"lw": 1.6, "ls": (0, (4, 3))}, 0.14)}


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
    left = 10 + max(text_width(y_tick(t)) for t in ticks)
    margins = Margins(left, 98, 112 if wide else 8, 66 if enough.has_point(relation) else 24)
    figure, axes = canvas(width, height, margins)
    axes.set(xlim=(axis.at(lines["x"].min()), axis.at(lines["x"].max())), ylim=(min(low, ticks[0]), max(high, ticks[-1])))
    rules(axes, ticks)
    _point(figure, axes, relation, axis, margins)
    ends = {}
    for term in ("raw", "adjusted"):
        part = lines[lines["term"] == term]
        if len(part):
            ends[term] = _line(axes, part, axis, shown.factor, term)
    _name_lines(axes, ends, enough.curve_labels(relation), wide, height - 98 - margins.top)
    figure.text(0, 1 - (margins.top - 10) / height, y_name(shown, width), color=QUIET)
    _answers(figure, axes, relation, axis, (width, height, margins))
    return figure


def _point(figure: Any, axes: Any, relation: Relation, axis: Axis, margins: Margins) -> None:
    """Draw the "fast enough" point with its interval; an end that lies outside the range is drawn to its border."""
    row, (left, right), top = relation.row("fast_enough"), axes.get_xlim(), axes.get_ylim()[1]
    if not enough.has_point(relation):
        return
    low, high = (axis.at(row[end]) if finite(float(row[end])) else border for end, border in (("low", left), ("high", right)))
    at = axis.at(row["estimate"])
    axes.axvspan(max(left, low), min(right, high), color=POINT, alpha=0.13, lw=0)
    axes.axvline(at, color=POINT, lw=2)
    width = figure.get_size_inches()[0] * 72
    head = enough.point_name(relation)
    below = times(row["low"], row["high"], axis.unit) if finite(float(row["low"])) and finite(float(row["high"])) else ""
    text = f"{clock(row['estimate'], axis.unit)}{f' ({below})' if below else ''}"
    place = margins.left + (at - left) / (right - left) * (width - margins.left - margins.right)
    for line, up, weight in ((head, 44, 700), (text, 28, 400)):
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


def _answers(figure: Any, axes: Any, relation: Relation, axis: Axis, frame: tuple[float, float, Margins]) -> None:
    width, height, margins = frame
    bars = relation.curve[relation.curve["term"] == "answers"] if "x_right" in relation.curve else relation.curve.iloc[:0]
    under = figure.add_axes((margins.left / width, 50 / height, axes.get_position().width, 38 / height))
    under.set(xlim=axes.get_xlim(), yticks=[])
    if len(bars):
        left, right, tall = axis.at(bars["x"].to_numpy()), axis.at(bars["x_right"].to_numpy()), bars["n"].to_numpy(dtype=float)
        under.fill_between(np.ravel([left, right], "F"), np.repeat(tall, 2), color=BAND, lw=0)
        under.vlines(right[:-1], 0, np.maximum(tall[:-1], tall[1:]), color=PAPER, lw=1)
        under.set_ylim(0, 1.05 * tall.max())
    unit = f"{relation.facts.get('row_unit', 'answer')}s"
    label = str(relation.facts.get("exposure_label", ""))
    text = f"{label}; bars: {count(bars['n'].sum())} {unit}" if len(bars) else label
    under.set_xlabel(fitted(text, width - margins.left, lines=1), loc="left", labelpad=8)
    ticks = x_ticks(axis, axes.get_xlim(), width - margins.left - margins.right, (margins.left, margins.right))
    under.set_xticks([at for at, _ in ticks], [text for _, text in ticks])
