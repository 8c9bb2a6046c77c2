"""The scorecard as one picture: a line for each measure on its own scale, better to the right, groups as small marks beneath."""

from typing import Any

import pandas as pd

from cxresearch.conclude.charts.ink import INK, NARROW, PAPER, QUIET, RULE, Margins, canvas, drawn, fitted, note, text_width
from cxresearch.conclude.charts.intervals import mark
from cxresearch.conclude.words import card, levels
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Relation

SIDES = {"service": "Service", "experience": "Experience"}
HEAD, LINE, LANE, ABOVE = 34, 46, 17, 38


def scorecard(name: str, relation: Relation, width: int) -> str:
    """Return one line for each measure, service and experience apart."""
    return drawn(name, card.alt(relation), lambda: _figure(relation, width))


def _figure(relation: Relation, width: int) -> Any:
    rows, wide = card.visible(relation), width > NARROW
    parts = [(side, list(part.groupby("term", sort=False))) for side, part in rows.groupby("side", sort=False)]
    high = {term: LINE + (0 if wide else ABOVE) + LANE * _lanes(part) for _, terms in parts for term, part in terms}
    height = sum(HEAD + sum(high[term] for term, _ in terms) for _, terms in parts) + 4
    said = [text_width(_value(relation, part), weight=700) for _, terms in parts for _, part in terms]
    room = (238, round(max(said, default=0)) + 22) if wide else (84, 8)
    figure, axes = canvas(width, height, Margins(room[0], 0, room[1], 0))
    axes.set(xlim=(0, 1), ylim=(height, 0))
    top = 0
    for side, terms in parts:
        note(axes, SIDES.get(side, str(side)), (0, top + 20), (-room[0] + 2, 0), va="center", weight=700, color=INK)
        note(axes, "better", (1, top + 20), (0, 0), ha="right", va="center", color=QUIET)
        top += HEAD
        for term, part in terms:
            _measure(axes, top + (0 if wide else ABOVE), part, (relation, width, room))
            top += high[term]
    return figure


def _lanes(part: pd.DataFrame) -> int:
    many = int((part["level"] != "").sum())
    return many if many <= card.FEW else 1


def _measure(axes: Any, top: float, part: pd.DataFrame, frame: tuple[Relation, int, tuple[int, int]]) -> None:
    relation, _, room = frame
    shown = levels.display_of(relation, part.iloc[0])
    ends = [[shown.shown(row[name]) for name in ("estimate", "low", "high")] for _, row in part.iterrows()]
    low, high = min(end[1] for end in ends), max(end[2] for end in ends)
    spread = (high - low) or 1.0
    places = [[0.04 + 0.92 * (value - low) / spread for value in end] for end in ends]
    places = [[1 - at for at in place] for place in places] if shown.better == "lower" else places
    y = top + 16
    axes.plot([0, 1], [y, y], color=RULE, lw=1, zorder=0)
    whole = next((i for i, level in enumerate(part["level"]) if level == ""), None)
    if whole is not None:
        mark(axes, y, (places[whole][0], *sorted(places[whole][1:])), hollow=False)
    _name(axes, y, part, frame)
    groups = [i for i, level in enumerate(part["level"]) if level != ""]
    for lane, i in enumerate(groups):
        few = len(groups) <= card.FEW
        at = y + 5 + LANE * (1 + (lane if few else 0))
        _small(axes, at, places[i])
        if few:
            note(axes, fitted(part["level"].iloc[i], room[0] - 14, lines=1), (0, at), (-12, 0), ha="right", va="center", color=QUIET)


def _small(axes: Any, y: float, place: list[float]) -> None:
    """Draw one group small."""
    axes.plot(sorted(place[1:]), [y, y], color=QUIET, lw=2.5, zorder=2)
    axes.plot([place[0]], [y], "o", ms=7, mfc=PAPER, mec=QUIET, mew=1.6, zorder=3)


def _value(relation: Relation, part: pd.DataFrame) -> str:
    return levels.value(levels.display_of(relation, part.iloc[0]), part.iloc[0])


def _name(axes: Any, y: float, part: pd.DataFrame, frame: tuple[Relation, int, tuple[int, int]]) -> None:
    """Write measure, value and n: beside the line, on a phone above it."""
    relation, width, room = frame
    shown, said, many = levels.display_of(relation, part.iloc[0]), _value(relation, part), f"n = {count(part['n'].iloc[0])}"
    label = f"{shown.label}, median" if shown.kind == "duration" else shown.label
    label = label if shown.kind in ("duration", "nps") or not shown.unit else f"{label}, {shown.unit}"
    many = many if shown.better in ("higher", "lower") else f"{many}, no better side"
    if width > NARROW:
        note(axes, fitted(label, room[0] - 16, lines=1), (0, y), (-12, 0), ha="right", va="center", color=INK)
        note(axes, said, (1, y), (room[1] - 2, 0), ha="right", va="center", weight=700, color=INK)
        note(axes, many, (1, y + 18), (room[1] - 2, 0), ha="right", va="center", color=QUIET)
        return
    note(axes, fitted(label, width - 26 - text_width(many), lines=1), (0, y - 40), (-room[0] + 2, 0), ha="left", va="center", color=INK)
    note(axes, said, (0, y - 21), (-room[0] + 2, 0), ha="left", va="center", weight=700, color=INK)
    note(axes, many, (1, y - 40), (room[1] - 2, 0), ha="right", va="center", color=QUIET)
