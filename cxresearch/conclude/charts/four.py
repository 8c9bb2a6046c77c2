"""Four corners: what good and poor service go with, on whole and on failed journeys."""

from typing import Any

from cxresearch.conclude.charts.axes import apart, round_ticks, rules, y_name, y_tick
from cxresearch.conclude.charts.ink import INK, MARK, NARROW, PAPER, POINT, QUIET, Margins, canvas, drawn, note, text_width
from cxresearch.conclude.words import journeys
from cxresearch.conclude.words.display import outcome_of
from cxresearch.conclude.words.numbers import number
from cxresearch.relate.relation import Relation

LINES = (("good", "Good service", MARK, "o", (0, ())), ("poor", "Poor service", POINT, "D", (0, (5, 3))))
SIDES = (("whole", "Nothing failed"), ("failed", "Something failed"))
NUDGE = 0.05


def journey(name: str, relation: Relation, width: int) -> str:
    """Return the two lines, service by journey, each corner with its interval and its number."""
    return drawn(name, journeys.alt(relation), lambda: _figure(relation, width))


def _figure(relation: Relation, width: int) -> Any:
    shown, wide = outcome_of(relation.facts), width > NARROW
    rows = relation.estimates[relation.estimates["term"] == "corner"]
    low, high = (shown.shown(end) for end in (rows["low"].min(), rows["high"].max()))
    ticks = round_ticks(low, high, 5)
    left, room, height = 10 + max(text_width(y_tick(t)) for t in ticks), 120 if wide else 52, 340 if wide else 320
    figure, axes = canvas(width, height, Margins(left, 56 if wide else 74, room, 28))
    axes.set(xlim=(-0.3, 1.2), ylim=(min(low, ticks[0]), max(high, ticks[-1])))
    rules(axes, ticks)
    ends = {service: _line(axes, relation, service, place) for place, (service, *_) in enumerate(LINES)}
    _name_lines(axes, ends, height - 84, wide)
    for place, (side, label) in enumerate(SIDES):
        few = sum(int(relation.row("corner", f"{side}, {service}")["n"]) for service, *_ in LINES)
        note(axes, label, (place, axes.get_ylim()[0]), (0, -18), ha="center", va="top", color=INK)
        note(axes, f"n = {few:,}", (place, axes.get_ylim()[0]), (0, -34), ha="center", va="top", color=QUIET)
    figure.text(0, 1 - 14 / height, y_name(shown, width), color=QUIET)
    return figure


def _line(axes: Any, relation: Relation, service: str, place: int) -> float:
    shown = outcome_of(relation.facts)
    _, _, colour, shape, dash = LINES[place]
    spots = []
    for at, (side, _) in enumerate(SIDES):
        middle, low, high = journeys.ends(relation.row("corner", f"{side}, {service}"), shown)
        x = at + (NUDGE if place else -NUDGE)
        axes.plot([x, x], [low, high], color=colour, lw=4, zorder=3, solid_capstyle="butt", alpha=0.55)
        spots.append((x, middle))
        if at == 0:
            text = number(middle, shown.digits(low, high))
            if place:
                note(axes, text, (x, low), (-4, -5), ha="left", va="top", color=colour)
            else:
                note(axes, text, (x, middle), (-10, 0), ha="right", va="center", color=colour)
    axes.plot(*zip(*spots, strict=True), color=colour, lw=2, ls=dash, zorder=2, dash_capstyle="butt")
    axes.plot(*zip(*spots, strict=True), shape, ms=9, mfc=colour, mec=PAPER, mew=1.6, zorder=4)
    return spots[-1][1]


def _name_lines(axes: Any, ends: dict[str, float], height: float, wide: bool) -> None:
    floor, top = axes.get_ylim()
    raw = {service: (value - floor) / (top - floor) * height for service, value in ends.items()}
    spots = apart(raw, dict.fromkeys(raw, 34.0), height)
    digits = 1 if top - floor > 1 else 3
    for service, label, colour, *_ in LINES:
        text = f"{label}\n{number(ends[service], digits)}" if wide else f"{service.capitalize()}\n{number(ends[service], digits)}"
        note(axes, text, (1 + NUDGE, ends[service]), (14, spots[service] - raw[service]), ha="left", va="center", color=colour)
