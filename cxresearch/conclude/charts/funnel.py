"""The funnel: every level against the whole, and what chance alone would show."""

from typing import Any

import numpy as np
import pandas as pd

from cxresearch.conclude.charts.axes import apart, round_ticks, rules, y_name, y_tick
from cxresearch.conclude.charts.ink import BAND, INK, NARROW, PAPER, POINT, QUIET, Margins, canvas, drawn, fitted, note, text_width
from cxresearch.conclude.words import differing
from cxresearch.conclude.words.display import outcome_of
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Relation

LINE = 16


def funnel(name: str, relation: Relation, width: int) -> str:
    """Return levels over the answers they are worth, with the limits of chance; only those that stand out are named."""
    return drawn(name, differing.alt(relation), lambda: _figure(relation, width))


def _figure(relation: Relation, width: int) -> Any:
    wide, shown = width > NARROW, outcome_of(relation.facts)
    rows = differing.levels_of(relation, differing.tested_term(relation))
    curve = relation.curve.assign(**{name: shown.factor * relation.curve[name] for name in ("estimate", "low", "high")})
    values = shown.factor * rows["estimate"]
    low, high = _reach(curve, values)
    ticks = [tick for tick in round_ticks(low, high, 5) if low <= tick <= high]
    left, height, right = 12 + max(text_width(y_tick(tick)) for tick in ticks), (380, 320)[not wide], (190, 14)[not wide]
    figure, axes = canvas(width, height, Margins(left, 46, right, 26))
    axes.set(xlim=(float(curve["x"].min()), float(curve["x"].max())), ylim=(low, high))
    rules(axes, ticks)
    _limits(axes, curve)
    quiet = ~rows["flag"].isin(("above", "below"))
    axes.plot(rows["effective"][quiet], values[quiet], "o", ms=8, mfc=PAPER, mec=QUIET, mew=1.6, zorder=4)
    for _, row in rows[~quiet].iterrows():
        axes.plot([row["effective"]], [shown.shown(row["estimate"])], "D", ms=9, mfc=POINT, mec=PAPER, mew=1.2, zorder=5)
    named, room = rows[~quiet].assign(y=values[~quiet]), (width - left - right, height - 72)
    if wide:
        _names(axes, named, curve, room)
    else:
        _beside(axes, named, room)
    figure.text(0, 1 - 14 / height, y_name(shown, width), color=QUIET)
    _answers(axes, curve, width - left - right, relation)
    return figure


def _reach(curve: pd.DataFrame, values: pd.Series) -> tuple[float, float]:
    """Return the vertical range: all levels, and the funnel as far as it helps to read them."""
    middle = float(curve["estimate"].iloc[0])
    family = curve[curve["term"] == "family"]
    wide = float(np.quantile(family["high"] - middle, 0.9))
    far = (
        max(float((values - middle).abs().max()) if len(values) else 0.0, min(wide, 4 * float((family["high"] - middle).min()) + 1e-9))
        * 1.12
    )
    return middle - far, middle + far


def _limits(axes: Any, curve: pd.DataFrame) -> None:
    low, high = axes.get_ylim()
    inner, outer = (curve[curve["term"] == term] for term in ("95%", "family"))
    axes.fill_between(inner["x"], inner["low"].clip(low, high), inner["high"].clip(low, high), color=BAND, lw=0, zorder=0.5)
    for side in ("low", "high"):
        inside = outer[(outer[side] >= low) & (outer[side] <= high)]
        axes.plot(inside["x"], inside[side], color=QUIET, lw=1.4, ls=(0, (1, 2.2)), zorder=1)
    axes.axhline(float(curve["estimate"].iloc[0]), color=INK, lw=1.2, zorder=1)


def _names(axes: Any, rows: pd.DataFrame, curve: pd.DataFrame, room: tuple[float, float]) -> None:
    """Name at the right margin the levels that stand out, the whole and the limits."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    ends = curve[curve["x"] == curve["x"].max()].set_index("term")
    said = {"all together": float(ends["estimate"].iloc[0]), "95 of 100 by chance": float(ends.loc["95%", "high"])}
    said |= {"all by chance": float(ends.loc["family", "high"])}
    labels = [(text, y, right, QUIET, 400) for text, y in said.items() if low < y < high]
    labels += [(row["level"], row["y"], row["effective"], POINT, 700) for _, row in rows.iterrows()]
    places = {str(i): (y - low) / (high - low) * room[1] for i, (_, y, *_) in enumerate(labels)}
    spots = apart(places, dict.fromkeys(places, LINE), room[1])
    for i, (text, y, x, colour, weight) in enumerate(labels):
        shift, at = spots[str(i)] - places[str(i)], (x - left) / (right - left) * room[0]
        note(axes, fitted(text, 160, lines=1, weight=weight), (right, y), (16, shift), ha="left", va="center", color=colour, weight=weight)
        line = {"arrowstyle": "-", "color": colour, "lw": 0.7}
        if x < right or abs(shift) > 3:
            axes.annotate("", (x, y), (room[0] - at + 12, shift), textcoords="offset points", arrowprops=line)


def _beside(axes: Any, rows: pd.DataFrame, room: tuple[float, float]) -> None:
    """Name the levels that stand out beside their points."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    places = {str(i): (y - low) / (high - low) * room[1] for i, y in enumerate(rows["y"])}
    spots = apart(places, dict.fromkeys(places, LINE), room[1])
    for i, (_, row) in enumerate(rows.iterrows()):
        at = (row["effective"] - left) / (right - left) * room[0]
        after = at < room[0] / 2
        text = fitted(row["level"], max(room[0] - at, at) - 12, lines=1)
        shift = (9 if after else -9, spots[str(i)] - places[str(i)])
        note(axes, text, (row["effective"], row["y"]), shift, ha="left" if after else "right", va="center", color=POINT)


def _answers(axes: Any, curve: pd.DataFrame, room: float, relation: Relation) -> None:
    (left, right), marks, end = axes.get_xlim(), [], -1e9
    for tick in round_ticks(left, right, 5 if room > 400 else 3):
        at, half = (tick - left) / (right - left) * room, text_width(count(tick)) / 2
        if left <= tick <= right and at - half > end and at + half <= room + 12:
            marks.append(tick)
            end = at + half + 10
    axes.set_xticks(marks, [count(tick) for tick in marks])
    repeats = relation.facts.get("alike", 0) > 0.005
    unit = str(relation.facts.get("row_unit", "answer"))
    axes.set_xlabel(
        fitted(f"{unit.capitalize()}s{', repeats of a customer counted in part' if repeats else ''}", room, lines=1), loc="left"
    )
