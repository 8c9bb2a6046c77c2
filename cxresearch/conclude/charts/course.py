"""The course of a policy: period by period against the average before, or a series against its own earlier trend."""

import math
from typing import Any

import pandas as pd

from cxresearch.conclude.charts.axes import apart, round_ticks, rules, y_tick
from cxresearch.conclude.charts.ink import BAND, INK, MARK, NARROW, PAPER, POINT, QUIET, Margins, canvas, drawn, fitted, note, text_width
from cxresearch.conclude.escape import plain
from cxresearch.conclude.words import policy
from cxresearch.conclude.words.display import outcome_of, upper_first
from cxresearch.relate.relation import Relation

ENDS = ("estimate", "low", "high")
ROOM = 246.0


def event(name: str, relation: Relation, width: int) -> str:
    """Return the difference of the two sides in every period, against the average of those before, with intervals."""
    return drawn(name, policy.alt(relation), lambda: _event(relation, width))


def interrupted(name: str, relation: Relation, width: int) -> str:
    """Return the means of every period, the lines before and after, and what the line before would have given."""
    return drawn(name, policy.alt(relation), lambda: _interrupted(relation, width))


def _event(relation: Relation, width: int) -> Any:
    shown = outcome_of(relation.facts)
    part = relation.curve[relation.curve["term"] == "event"].sort_values("x")
    part = part.assign(**{name: shown.factor * part[name] for name in ENDS})
    frame = _frame(part, part["x"], relation, width)
    figure, axes, size = frame
    worth = relation.facts.get("worth")
    if worth:
        axes.axhspan(-worth, worth, color=BAND, lw=0, zorder=0)
    axes.axhline(0, color=QUIET, lw=1.2, zorder=1)
    after = pd.Timestamp(relation.facts["at_x"])
    for i, (_, row) in enumerate(part.iterrows()):
        reference = row["low"] == row["high"] == 0
        colour = MARK if row["x"] >= after else QUIET
        _point(axes, i, row, (colour, size, not reference))
    return figure


def _interrupted(relation: Relation, width: int) -> Any:
    shown, curve = outcome_of(relation.facts), relation.curve
    curve = curve.assign(**{name: shown.factor * curve[name] for name in ENDS}).sort_values("x")
    seen, line, expected = (curve[curve["term"] == term] for term in ("seen", "fitted", "expected"))
    within = pd.concat([seen, line[["x", "estimate", "term"]].assign(low=line["estimate"], high=line["estimate"]), expected])
    figure, axes, size = _frame(within, seen["x"], relation, width, right=150 if width > NARROW else 12)
    place = {x: i for i, x in enumerate(seen["x"])}
    after = pd.Timestamp(relation.facts["at_x"])
    for i, (_, row) in enumerate(seen.iterrows()):
        _point(axes, i, row, (QUIET, size, True))
    at = [place[x] for x in expected["x"]]
    low, high = axes.get_ylim()
    axes.fill_between(at, expected["low"].clip(low, high), expected["high"].clip(low, high), color=BAND, lw=0, zorder=0)
    axes.plot(at, expected["estimate"], color=POINT, lw=2, ls=(0, (4, 3)), zorder=3)
    for part, colour in ((line[line["x"] < after], POINT), (line[line["x"] >= after], MARK)):
        axes.plot([place[x] for x in part["x"]], part["estimate"], color=colour, lw=2.4, zorder=3)
    ends = {"since then": (float(line["estimate"].iloc[-1]), MARK), "as the trend before": (float(expected["estimate"].iloc[-1]), POINT)}
    _label(axes, ends, len(seen) - 1, wide=width > NARROW)
    return figure


def _label(axes: Any, ends: dict[str, tuple[float, str]], last: int, *, wide: bool) -> None:
    """Name the lines at their right ends; on a phone below the picture."""
    low, high = axes.get_ylim()
    raw = {text: (y - low) / (high - low) * ROOM for text, (y, _) in ends.items()}
    spots = apart(raw, dict.fromkeys(raw, 16), ROOM)
    for i, (text, (y, colour)) in enumerate(ends.items()):
        if wide:
            note(axes, text, (last, y), (14, spots[text] - raw[text]), ha="left", va="center", color=colour)
        else:
            note(axes, text, (-0.6, low), (0, -40 - 18 * i), ha="left", va="top", color=colour)


def _frame(part: pd.DataFrame, when: pd.Series, relation: Relation, width: int, right: float = 14) -> tuple[Any, Any, float]:
    """Return a figure with its scales, the day of the policy, and how large a point may be."""
    shown, wide = outcome_of(relation.facts), width > NARROW
    points = part[part["term"] != "expected"] if "term" in part else part
    low, high = min(0.0, points["low"].min()) if points["low"].min() < 0 else points["low"].min(), points["high"].max()
    ticks = round_ticks(low, high, 5)
    below = 40 if wide or policy.compared(relation) else 76
    height, left = (340 if wide else 260 + below), 12 + max(text_width(y_tick(tick)) for tick in ticks)
    room = width - left - right
    figure, axes = canvas(width, height, Margins(left, below, right, 54))
    axes.set(xlim=(-0.6, len(when) - 0.4), ylim=(min(low, ticks[0]), max(high, ticks[-1])))
    rules(axes, [tick for tick in ticks if axes.get_ylim()[0] <= tick <= axes.get_ylim()[1]])
    begin = pd.Timestamp(relation.facts["at_x"])
    edge = sum(x < begin for x in when) - 0.5
    axes.axvline(edge, color=INK, lw=1.2, ls=(0, (1, 2.2)), zorder=1)
    at, text = (edge + 0.6) / (len(when) + 0.2) * room, plain(relation.facts["at"])
    half = text_width(text) / 2
    note(axes, text, (edge, axes.get_ylim()[1]), (max(half, min(room - half, at)) - at, 8), ha="center", va="bottom", color=INK)
    quantity = f"Difference in {shown.noun}" if policy.compared(relation) else upper_first(shown.label)
    unit = f", {shown.unit}" if shown.unit and shown.kind != "nps" else ""
    figure.text(0, 1 - 14 / height, fitted(f"{quantity}{unit}", width - 4, lines=1), color=QUIET)
    every = max(1, math.ceil(len(when) * 72 / room))
    marks = list(range(0, len(when), every))
    form = "%b %Y" if relation.facts["every"] == "month" and begin.day == 1 else "%d %b %y"
    axes.set_xticks(marks, [f"{when.iloc[i]:{form}}" for i in marks])
    return figure, axes, max(0.35, min(1.0, room / len(when) / 14))


def _point(axes: Any, place: int, row: pd.Series, look: tuple[str, float, bool]) -> None:
    colour, size, filled = look
    axes.plot([place, place], [row["low"], row["high"]], color=colour, lw=3 * size, zorder=2, solid_capstyle="butt")
    axes.plot(
        [place],
        [row["estimate"]],
        "o",
        ms=9 * size,
        mfc=colour if filled else PAPER,
        mec=colour if not filled else PAPER,
        mew=1.4,
        zorder=4,
    )
