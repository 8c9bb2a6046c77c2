"""Intervals against what is worth acting on: the strip of a finding, the key of the four words, the forest."""

import math
from collections.abc import Mapping
from typing import Any

from cxresearch.conclude.charts.ink import BAND, MARK, PAPER, POINT, QUIET, RULE, Margins, canvas, drawn, fitted, note, text_width
from cxresearch.conclude.escape import slug
from cxresearch.conclude.finding import Finding
from cxresearch.conclude.words.display import finite
from cxresearch.conclude.words.numbers import MINUTES, clock, digits_for, number, short, tick

KEYS = {"clear": (1.7, 1.2, 2.2), "suggestive": (1.2, 0.4, 2), "negligible": (0.1, -0.5, 0.7), "inconclusive": (0.6, -0.9, 2.1)}
SCALES = ((-1.3, 3.8), (-3.8, 3.8), (-9, 9), (-25, 25), (-70, 70), (-200, 200), (-600, 600), (-2000, 2000))
STRIP, LESS = 340, "← better"
Ends = tuple[float, float, float]


def strip(finding: Finding) -> str:
    """Return the interval picture of a finding as SVG; "" where it has no interval.

    Against `worth` the scale is in multiples of it, so that the pictures of a page compare; numbers keep their sign, and where less is
    better an arrow says that better lies to the left.
    Where there is no zero to compare with, the interval lies on the range that it can take (fact ``scale``).
    """
    if not all(finite(end) for end in (finding.estimate, finding.low, finding.high)):
        return ""
    scale = finding.facts.get("scale")
    if scale and all(finite(scale.get(end)) for end in ("low", "high")):
        return _placed(finding, scale)
    return _against(finding) if finding.strength != "described" else ""


def key(word: str) -> str:
    """Return a strip without numbers, for the meaning of one of the four words.

    Raises
    ------
    KeyError
        Where the word is not one of clear, suggestive, negligible, inconclusive.
    """

    def draw() -> Any:
        figure, axes = canvas(170, 34)
        _ground(axes, (-1.6, 2.8), 1.0)
        mark(axes, 0, KEYS[word])
        return figure

    return drawn(f"key-{word}", f"Example: an interval called {word}, against what is worth acting on.", draw)


def mark(axes: Any, y: float, ends: Ends, *, hollow: bool | None = None, colour: str = MARK) -> None:
    """Draw one estimate with its interval: grey and hollow where zero is inside."""
    estimate, low, high = ends
    hollow = low <= 0 <= high if hollow is None else hollow
    colour, fill = (QUIET, PAPER) if hollow else (colour, colour)
    axes.plot([low, high], [y, y], color=colour, lw=5, zorder=3)
    axes.plot([estimate], [y], "o", ms=11, mfc=fill, mec=colour if hollow else PAPER, mew=2, zorder=4)


def forest(name: str, message: str, rows: list[tuple[str, Ends]], *, width: int, worth: float | None, unit: str) -> str:
    """Return estimates of the same thing, one under the other, each labelled above its interval; the first bold row is the headline."""
    return _stacked(name, message, rows, width, (worth, unit, math.inf))


def multiples(name: str, message: str, rows: list[tuple[str, Ends]], *, width: int, farthest: float) -> str:
    """Return estimates in multiples of what is worth acting on; beyond `farthest` stands an arrow, and the label has the number."""
    return _stacked(name, message, rows, width, (1.0, "1", farthest))


def _stacked(name: str, message: str, rows: list[tuple[str, Ends]], width: int, against: tuple[float | None, str, float]) -> str:
    worth, unit, farthest = against

    def draw() -> Any:
        figure, axes = canvas(width, 58 * len(rows) + 34, Margins(4, 22, 4, 0))
        limits = _limits([within(end, farthest) for _, ends in rows for end in ends], worth)
        at = -worth if worth and all(high < 0 for _, (_, _, high) in rows) else worth
        _ground(axes, limits, at, reach=(0.45 - len(rows), 0.7), unit=unit, width=width - 8)
        for i, (label, ends) in enumerate(rows):
            _marked(axes, -i, ends, farthest)
            _above(axes, f"{label}: {number(ends[0], _digits(rows))}", (within(ends[0], farthest), -i), limits, width - 8)
        return figure

    return drawn(name, message, draw)


def within(value: float, farthest: float) -> float:
    """Return a value, or the end of what is drawn.

    Examples
    --------
    >>> within(-8.0, 6.0), within(3.0, 6.0)
    (-6.0, 3.0)
    """
    return max(-farthest, min(farthest, value))


def _marked(axes: Any, y: float, ends: Ends, farthest: float) -> None:
    """Draw an estimate and its interval as far as they are drawn, and an arrow to what lies beyond."""
    estimate, low, high = (within(end, farthest) for end in ends)
    if abs(ends[0]) <= farthest:
        mark(axes, y, (estimate, low, high))
    else:
        axes.plot([low, high], [y, y], color=MARK, lw=5, zorder=3)
    for side, arrow in ((-1, "<"), (1, ">")):
        if max(side * end for end in ends) > farthest:
            axes.plot([side * farthest], [y], arrow, ms=10, color=MARK, zorder=4)


def _above(axes: Any, text: str, spot: tuple[float, float], limits: tuple[float, float], width: float) -> None:
    """Write a label above its estimate, moved sideways so far that nothing is cut."""
    text = fitted(text, width, lines=1)
    at = (spot[0] - limits[0]) / (limits[1] - limits[0]) * width
    half = text_width(text) / 2 + 2
    note(axes, text, spot, (max(half, min(width - half, at)) - at, 12), ha="center")


def _against(finding: Finding) -> str:
    ends: Any = (finding.estimate, finding.low, finding.high)
    worth = finding.worth
    usual = 1 if finding.unit in ("points", "of 100") and (worth or 1) >= 1 else None
    digits = digits_for(ends[1], ends[2], usual=usual)
    text, left = f"{number(ends[0], digits, sign=True)} {finding.unit}".strip(), finding.facts.get("better") == "lower"

    def draw() -> Any:
        figure, axes = canvas(STRIP, 74, Margins(4, 22, 4, 22))
        multiples = [end / worth for end in ends] if worth else []
        limits: Any = (
            next((scale for scale in SCALES if scale[0] < min(multiples) and max(multiples) < scale[1]), SCALES[-1]) if worth else None
        )
        limits = (limits[0] * worth, limits[1] * worth) if worth else _limits(list(ends), None)
        side = -1 if ends[0] < 0 and limits[0] <= -3.8 * (worth or math.inf) else 1
        _ground(axes, limits, worth and side * worth, unit=f"{short(worth)} {finding.unit}" if worth else "", width=STRIP - 8)
        mark(axes, 0, ends, hollow=finding.strength == "inconclusive" or None)
        _named(axes, text, ends[0], limits, LESS if left else "")
        return figure

    against = f", against {short(worth)} worth acting on" if worth else ""
    side = "; less is better: to the left" if left else ""
    return drawn(f"strip-{slug(finding.headline)}", f"{text}, interval {_span(ends, digits)} {finding.unit}{against}{side}.", draw)


def _named(axes: Any, text: str, value: float, limits: tuple[float, float], arrow: str) -> None:
    """Write an estimate above its mark; at the left an arrow to where better lies, after the estimate where that is in its place."""
    width = STRIP - 8
    half, at = text_width(text, 13, 700) / 2 + 2, (value - limits[0]) / (limits[1] - limits[0]) * width
    middle = max(half, min(width - half, at))
    note(axes, text, (value, 1), (middle - at, 6), ha="center", weight=700, fontsize=13)
    if arrow:
        free = middle - half > text_width(arrow) + 8
        note(axes, arrow, (limits[0], 1), (0 if free else middle + half + 8, 6), ha="left", color=QUIET)


def _placed(finding: Finding, scale: Mapping[str, Any]) -> str:
    """Draw an interval on the range that it can take, ends named: a wait between the fastest and the slowest, NPS between -100 and 100."""
    timed = finding.unit in MINUTES
    say = (lambda value: clock(value, finding.unit)) if timed else (lambda value: short(value, 1))
    place = math.log2 if scale.get("log") and scale["low"] > 0 else float
    reach = place(scale["low"]), place(scale["high"])
    ends = tuple(
        max(reach[0], min(reach[1], place(end))) if place is float or (end or 0) > 0 else reach[0]
        for end in (finding.estimate, finding.low, finding.high)
    )
    text = say(finding.estimate) if timed else f"{number(finding.estimate, 1)} {finding.unit}".strip()

    def draw() -> Any:
        figure, axes = canvas(STRIP, 74, Margins(8, 22, 8, 22))
        axes.set(xlim=reach, ylim=(-1, 1))
        axes.axhline(0, color=RULE, lw=1, zorder=1)
        if scale.get("bar"):
            _share(axes, ends, reach)
        else:
            mark(axes, 0, ends, hollow=finding.strength == "inconclusive", colour=POINT if timed else MARK)
        at = (ends[0] - reach[0]) / (reach[1] - reach[0]) * (STRIP - 16)
        half = text_width(text, 13, 700) / 2
        note(axes, text, (ends[0], 1), (max(half - 4, min(STRIP - 12 - half, at)) - at, 2), ha="center", weight=700, fontsize=13)
        note(axes, tick(scale["low"], finding.unit) if timed else say(scale["low"]), (reach[0], -1), (-6, -15), ha="left", color=QUIET)
        note(axes, tick(scale["high"], finding.unit) if timed else say(scale["high"]), (reach[1], -1), (6, -15), ha="right", color=QUIET)
        return figure

    message = f"{text}, interval {say(finding.low)} to {say(finding.high)}, on a range from {say(scale['low'])} to {say(scale['high'])}."
    return drawn(f"strip-{slug(finding.headline)}", message, draw)


def _share(axes: Any, ends: Ends, reach: tuple[float, float]) -> None:
    """Draw a share of a whole: the whole, the part, and the interval of its end."""
    axes.barh([0], [reach[1] - reach[0]], left=reach[0], height=0.7, color=BAND, zorder=1)
    axes.barh([0], [ends[0] - reach[0]], left=reach[0], height=0.7, color=MARK, alpha=0.35, zorder=2)
    axes.plot(ends[1:], [0, 0], color=MARK, lw=3, zorder=3, solid_capstyle="butt")
    for end in ends[1:]:
        axes.plot([end, end], [-0.6, 0.6], color=MARK, lw=2, zorder=4, solid_capstyle="butt")


def _ground(
    axes: Any, limits: tuple[float, float], worth: float | None, *, reach: tuple[float, float] = (-1, 1), unit: str = "", width: float = 0
) -> None:
    """Draw what every interval is read against: no difference, and the smallest difference worth acting on."""
    axes.set(xlim=limits, ylim=reach)
    axes.axhline(reach[0], color=RULE, lw=1, zorder=1)
    axes.axvline(0, color=QUIET, lw=1, zorder=1)
    if worth:
        size = abs(worth)
        axes.axvspan(max(-size, limits[0]), min(size, limits[1]), color=BAND, lw=0, zorder=0)
        for edge in sorted({worth, -size if limits[0] < -1.31 * size else worth, size if limits[1] > 1.6 * size else worth}):
            axes.axvline(edge, color=QUIET, lw=1.4, ls=(0, (1, 2.2)), zorder=1)
    if width:
        _ground_labels(axes, limits, worth, reach[0], unit, width)


def _ground_labels(axes: Any, limits: tuple[float, float], worth: float | None, bottom: float, unit: str, width: float) -> None:
    pixels = width / (limits[1] - limits[0])
    zero = -limits[0] * pixels
    if not worth:
        note(axes, "0", (0, bottom), (0, -15), ha="center", color=QUIET)
        return
    text, apart = f"worth acting on: {unit}", abs(worth) * pixels
    room = width - zero - apart if worth > 0 else zero - apart
    long = text_width(text)
    if long <= room:
        note(axes, text, (worth, bottom), (0, -15), ha="left" if worth > 0 else "right", color=QUIET)
        shift = 0 if apart > 14 else -10 if worth > 0 else 10
        note(axes, "0", (0, bottom), (shift, -15), ha="center", color=QUIET)
        return
    start = max(0.0, width - long) if worth > 0 else 0.0
    note(axes, text, (limits[0], bottom), (start, -15), ha="left", color=QUIET)
    if not start - 12 <= zero <= start + long + 12:
        note(axes, "0", (0, bottom), (0, -15), ha="center", color=QUIET)


def _limits(ends: list[float], worth: float | None) -> tuple[float, float]:
    known = [end for end in ends if math.isfinite(end)] or [0.0]
    low, high = min(0.0, *known), max(0.0, worth or 0.0, *known)
    pad = 0.08 * (high - low or 1.0)
    return (low - pad if low < 0 else low - pad * 1.6), high + pad


def _digits(rows: list[tuple[str, Ends]]) -> int:
    return max(digits_for(low, high, usual=1) for _, (_, low, high) in rows)


def _span(ends: Ends, digits: int) -> str:
    return f"{number(ends[1], digits)} to {number(ends[2], digits)}"
