"""The map of importance and performance: four named corners, every driver labelled where nothing else stands."""

from typing import Any

import pandas as pd

from cxresearch.conclude.charts.axes import round_ticks
from cxresearch.conclude.charts.ink import INK, MARK, NARROW, PAPER, QUIET, RULE, Margins, canvas, drawn, fitted, note, text_width
from cxresearch.conclude.escape import plain
from cxresearch.conclude.words import placed
from cxresearch.conclude.words.display import upper_first
from cxresearch.conclude.words.numbers import short
from cxresearch.relate.relation import Relation

LINE, DOT = 15, 7
Box = tuple[float, float, float, float]


def drawn_map(name: str, relation: Relation, width: int) -> str:
    """Return the map: upwards the share of the differences, to the right the mean rating."""
    return drawn(name, placed.alt(relation), lambda: _figure(relation, width))


def _figure(relation: Relation, width: int) -> Any:
    wide, pairs = width > NARROW, placed.pairs(relation)
    same = relation.facts["same_scale"]
    low, value, high = ("low", "estimate", "high") if same else ("reached_low", "reached", "reached_high")
    factor = 1.0 if same else 100.0
    spots = [[factor * well[part] for part in (low, value, high)] for _, well in pairs]
    margins = Margins(40, 40, 16 if wide else 8, 22)
    inner = (width - margins.left - margins.right, 400 if wide else 420)
    figure, axes = canvas(width, inner[1] + margins.bottom + margins.top, margins)
    left, right = min(spot[0] for spot in spots), max(spot[2] for spot in spots)
    top = 100 * max(much["high"] for much, _ in pairs) * 1.12 or 1.0
    pad = 0.14 * ((right - left) or 1.0)
    axes.set(xlim=(left - pad, right + pad), ylim=(-0.13 * top, top))
    _ground(axes, relation, [spot[1] for spot in spots])
    taken = _corner_names(axes, inner)
    points = [_pixels(axes, inner, spot[1], 100 * much["estimate"]) for spot, (much, _) in zip(spots, pairs, strict=True)]
    taken += [(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in points]
    taken += [box for spot, (much, _) in zip(spots, pairs, strict=True) for box in _lines(axes, inner, spot, much)]
    taken += _means(axes, inner, relation, [spot[1] for spot in spots])
    for spot, (much, _), point in zip(spots, pairs, points, strict=True):
        _mark(axes, spot, much)
        taken.append(_label(axes, much, point, taken, (inner, wide)))
    return figure


def _ground(axes: Any, relation: Relation, means: list[float]) -> None:
    """Draw axes, and the means of all drivers that part the corners."""
    for low, high, ticks, names in (
        (*axes.get_xlim(), axes.set_xticks, "x"),
        (*axes.get_ylim(), axes.set_yticks, "y"),
    ):
        found = [tick for tick in round_ticks(max(low, 0 if names == "y" else low), high, 5) if low <= tick <= high]
        ticks(found, [short(tick, 3) for tick in found])
    axes.axhline(0, color=RULE, lw=1, zorder=0)
    axes.axhline(100 * relation.facts["mean_importance"], color=QUIET, lw=1.4, ls=(0, (1, 2.2)), zorder=1)
    axes.axvline(sum(means) / len(means), color=QUIET, lw=1.4, ls=(0, (1, 2.2)), zorder=1)


def _corner_names(axes: Any, inner: tuple[float, float]) -> list[Box]:
    """Write the names of the corners, above and below the map's content."""
    width, height = inner
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    boxes = []
    for corner, said in placed.CORNERS.items():
        up, aside = corner.startswith("much"), corner.endswith("high")
        text = fitted(upper_first(said), width / 2 - 10, lines=2)
        size = text_width(text), LINE * (text.count("\n") + 1)
        look = {"ha": "right" if aside else "left", "va": "top" if up else "bottom", "color": QUIET}
        note(
            axes,
            text,
            (right if aside else left, top if up else bottom),
            (0, 18 if up else 2),
            style="italic",
            multialignment=look["ha"],
            **look,
        )
        x = width - size[0] if aside else 0.0
        y = height + 18 - size[1] if up else 2.0
        boxes.append((x, y, x + size[0], y + size[1]))
    return boxes


def _pixels(axes: Any, inner: tuple[float, float], x: float, y: float) -> tuple[float, float]:
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    return (x - left) / (right - left) * inner[0], (y - bottom) / (top - bottom) * inner[1]


def _lines(axes: Any, inner: tuple[float, float], spot: list[float], much: pd.Series) -> list[Box]:
    """Return the room that both intervals of a driver take."""
    (left, y), (right, _) = (_pixels(axes, inner, end, 100 * much["estimate"]) for end in (spot[0], spot[2]))
    (x, low), (_, high) = (_pixels(axes, inner, spot[1], 100 * much[end]) for end in ("low", "high"))
    return [(left, y - 2, right, y + 2), (x - 2, low, x + 2, high)]


def _means(axes: Any, inner: tuple[float, float], relation: Relation, means: list[float]) -> list[Box]:
    """Return the room that the two dotted lines take."""
    x, y = _pixels(axes, inner, sum(means) / len(means), 100 * relation.facts["mean_importance"])
    return [(x - 1, 0.0, x + 1, inner[1]), (0.0, y - 1, inner[0], y + 1)]


def _mark(axes: Any, spot: list[float], much: pd.Series) -> None:
    low, middle, high = spot
    y, ends = 100 * much["estimate"], (100 * much["low"], 100 * much["high"])
    sure = bool(much["corner"])
    colour = MARK if sure else QUIET
    axes.plot([low, high], [y, y], color=colour, lw=2, zorder=3, alpha=0.7)
    axes.plot([middle, middle], ends, color=colour, lw=2, zorder=3, alpha=0.7)
    axes.plot([middle], [y], "o", ms=10, mfc=colour if sure else PAPER, mec=PAPER if sure else colour, mew=2, zorder=4)


def _label(axes: Any, much: pd.Series, point: tuple[float, float], taken: list[Box], frame: tuple[tuple[float, float], bool]) -> Box:
    """Write a label at the nearest place where it touches nothing, with a thin line to its mark where that is not beside it."""
    (inner, wide), owner = frame, plain(much["owner"] or "")
    text = fitted(upper_first(plain(much["label"])), 200 if wide else 118, lines=1 if wide else 2)
    text = f"{text}\n{fitted(owner, 200 if wide else 118, lines=1)}" if owner else text
    size = text_width(text) + 4, LINE * (text.count("\n") + 1)
    box = min(_places(point, size, inner), key=lambda place: (sum(_shared(place, other) for other in taken), place[4], place[0]))
    x, y = box[0] + 2, box[1]
    (left, _), (bottom, _) = axes.get_xlim(), axes.get_ylim()
    note(axes, text, (left, bottom), (x, y + 2), ha="left", va="bottom", color=INK, linespacing=1.15)
    if box[4] > 1:
        near = max(box[0], min(point[0], box[2])), max(box[1], min(point[1], box[3]))
        start, stop = (_data(axes, inner, spot) for spot in (point, near))
        axes.plot([start[0], stop[0]], [start[1], stop[1]], color=QUIET, lw=0.8, zorder=2)
    return box[:4]


def _places(point: tuple[float, float], size: tuple[float, float], inner: tuple[float, float]) -> list[tuple[float, ...]]:
    """Return boxes around a point, nearer ones first, all inside the map; last, how far out they are."""
    (x, y), (wide, tall), found = point, size, []
    for ring in range(18):
        gap = 8 + 11 * ring
        for across, up in ((1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1)):
            left = x + gap if across > 0 else x - gap - wide if across < 0 else x - wide / 2
            low = y + gap if up > 0 else y - gap - tall if up < 0 else y - tall / 2
            left = max(0.0, min(inner[0] - wide, left))
            low = max(0.0, min(inner[1] - tall, low))
            found.append((left, low, left + wide, low + tall, float(ring)))
    return found


def _shared(one: tuple[float, ...], other: Box) -> float:
    """Return the area that two boxes share."""
    return max(0.0, min(one[2], other[2]) - max(one[0], other[0])) * max(0.0, min(one[3], other[3]) - max(one[1], other[1]))


def _data(axes: Any, inner: tuple[float, float], spot: tuple[float, float]) -> tuple[float, float]:
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    return left + spot[0] / inner[0] * (right - left), bottom + spot[1] / inner[1] * (top - bottom)
