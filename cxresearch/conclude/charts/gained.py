"""The picture of customers kept with a contrast: the difference over time, with who is still observed."""

from typing import Any

import pandas as pd

from cxresearch.conclude.charts.axes import apart, round_ticks, rules, y_tick
from cxresearch.conclude.charts.ink import BAND, MARK, NARROW, QUIET, Margins, canvas, drawn, note, text_width
from cxresearch.conclude.charts.series import THOUSAND, at_risk
from cxresearch.conclude.disclosure import limit_of
from cxresearch.conclude.words import hazards
from cxresearch.conclude.words.display import upper_first
from cxresearch.conclude.words.numbers import short
from cxresearch.relate.relation import Relation

LOOKS = {"adjusted": (MARK, {"lw": 2.6}, 0.2), "naive": (QUIET, {"lw": 1.6, "ls": (0, (4, 3))}, 0.12)}
UNDER, TOP, MOST_MARKS = 94, 24, 5


def difference(name: str, relation: Relation, width: int) -> str:
    """Return how many more of 1,000 are still here with the contrast, over time, with intervals."""
    return drawn(name, hazards.alt(relation), lambda: _figure(relation, width))


def _figure(relation: Relation, width: int) -> Any:
    curve, wide = hazards.lines(relation), width > NARROW
    labels = {term: text for term, text in hazards.labels(relation).items() if term in set(curve["term"])}
    worth = THOUSAND / 100 * (relation.facts.get("worth") or 0.0)
    low, high = min(0.0, THOUSAND * curve["low"].min()), max(0.0, THOUSAND * curve["high"].max())
    ticks = round_ticks(low, high, 5)
    below = UNDER if wide else UNDER + 14 + 20 * len(labels)
    height = (290 if wide else 260) + below
    figure, axes = canvas(width, height, Margins(10 + max(text_width(y_tick(t)) for t in ticks), below, 112 if wide else 14, TOP))
    axes.set(xlim=(0, curve["x"].max()), ylim=(min(low, ticks[0]), max(high, ticks[-1])))
    rules(axes, ticks)
    if worth:
        floor, top = axes.get_ylim()
        axes.axhspan(max(-worth, floor), min(worth, top), color=BAND, lw=0, zorder=0)
    axes.axhline(0, color=QUIET, lw=1.2, zorder=1)
    for term in sorted(labels, reverse=True):
        _line(axes, curve[curve["term"] == term], term)
    _names(axes, curve, labels, (wide, height - below - TOP))
    figure.text(0, 1 - 14 / height, "More still here, of 1,000", color=QUIET)
    end = float(curve["x"].max())
    points = sorted({float(x) for x in curve["x"]})
    marks = points if len(points) <= MOST_MARKS else sorted({0.0, end, *(t for t in round_ticks(0, end, 4) if 0 < t < end * 0.88)})
    axes.set_xticks(marks, [short(t) for t in marks])
    axes.set_xlabel(upper_first(hazards.clock(relation)), loc="left", labelpad=4)
    at_risk(axes, [(curve[curve["term"] == "adjusted"], QUIET, "")], marks, limit_of(relation))
    return figure


def _line(axes: Any, part: pd.DataFrame, term: str) -> None:
    colour, look, alpha = LOOKS[term]
    x, middle, below, above = (part["x"].to_numpy(), *(THOUSAND * part[name].to_numpy() for name in ("estimate", "low", "high")))
    axes.fill_between(x, below, above, color=colour, alpha=alpha, lw=0)
    axes.plot(x, middle, color=colour, zorder=3, **look)


def _names(axes: Any, curve: pd.DataFrame, labels: dict[str, str], frame: tuple[bool, float]) -> None:
    """Name curves at their right end; on a phone under the picture, each beside a piece of its line."""
    (wide, height), (floor, top) = frame, axes.get_ylim()
    ends = {term: THOUSAND * float(curve.loc[curve["term"] == term, "estimate"].iloc[-1]) for term in labels}
    if wide:
        raw = {term: (value - floor) / (top - floor) * height for term, value in ends.items()}
        spots = apart(raw, {term: 16 * (1 + labels[term].count("\n")) for term in labels}, height)
        for term, text in labels.items():
            note(axes, text, (axes.get_xlim()[1], ends[term]), (10, spots[term] - raw[term]), ha="left", va="center", color=LOOKS[term][0])
        return
    for line, (term, text) in enumerate(labels.items()):
        down = UNDER + 4 + 20 * line
        colour, look, _ = LOOKS[term]
        axes.plot([0, 0.1], [-(down + 7) / height] * 2, color=colour, transform=axes.transAxes, **look)
        note(axes, text.replace("\n", " "), (0, floor), (38, -down), ha="left", va="top", color=colour)
