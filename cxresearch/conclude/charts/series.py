"""Pictures over time: who stays, and months with their control band."""

import math
from typing import Any

import pandas as pd

from cxresearch.conclude.charts.axes import apart, round_ticks, rules, y_name, y_tick
from cxresearch.conclude.charts.ink import BAND, MARK, NARROW, PAPER, POINT, QUIET, Margins, canvas, drawn, fitted, note, text_width
from cxresearch.conclude.disclosure import limit_of
from cxresearch.conclude.words import staying
from cxresearch.conclude.words.display import upper_first
from cxresearch.conclude.words.levels import display_of
from cxresearch.conclude.words.numbers import count, number, short
from cxresearch.relate.relation import Relation

THOUSAND = staying.THOUSAND
DASHES = ((0, ()), (0, (7, 2)), (0, (4, 3)), (0, (1.5, 2)), (0, (7, 2, 1.5, 2)))


def retention(name: str, relation: Relation, width: int) -> str:
    """Return step curves of who is still here, each named at its right end, with intervals."""
    return drawn(name, staying.alt(relation), lambda: _retention_figure(relation, width))


def _retention_figure(relation: Relation, width: int) -> Any:
    curve, wide = relation.curve[relation.curve["term"].isin(staying.drawn(relation))], width > NARROW
    terms = sorted(dict.fromkeys(curve["term"]), key=lambda term: staying.place(relation, term))
    room = 210 if wide else 0
    labels = {term: fitted(upper_first(str(term)), room - 14 if wide else width - 34) for term in terms}
    under = 58 + 18 * (len(terms) + 1)
    below = under if wide else under + 8 + sum(18 * (1 + text.count("\n")) for text in labels.values())
    height = (334 if wide else 284) + below
    low = THOUSAND * curve["low"].min()
    ticks = [t for t in round_ticks(low, THOUSAND, 5) if t <= THOUSAND]
    margins = Margins(46, below, room if wide else 14, 24)
    figure, axes = canvas(width, height, margins)
    axes.set(xlim=(0, curve["x"].max()), ylim=(min(low, ticks[0]), THOUSAND))
    rules(axes, ticks)
    days = relation.facts["days"]
    axes.axvline(days, color=QUIET, lw=1.4, ls=(0, (1, 2.2)))
    for i, term in enumerate(terms):
        _steps(axes, curve[curve["term"] == term], _group_look(i, terms))
    _name_groups(axes, curve, labels, wide, (under + 8, height - below - 24))
    figure.text(0, 1 - 14 / height, "Still here, of 1,000", color=QUIET)
    marks = sorted(
        {0, days, *(t for t in round_ticks(0, curve["x"].max(), 4) if abs(t - days) > curve["x"].max() / 8 and t <= curve["x"].max())}
    )
    axes.set_xticks(marks, [short(t) for t in marks])
    axes.set_xlabel(upper_first(staying.clock_unit(relation)), loc="left", labelpad=4)
    ends = [text.partition(":")[0] if wide else "" for text in labels.values()]
    seen = [(curve[curve["term"] == term], _group_look(i, terms)[0], ends[i]) for i, term in enumerate(terms)]
    at_risk(axes, seen, marks, limit_of(relation))
    return figure


def at_risk(axes: Any, groups: list[tuple[pd.DataFrame, str, str]], marks: list[float], limit: int) -> None:
    """Write under the axis how many customers are still observed at each mark, one line per group in its colour, named at its end."""
    floor = axes.get_ylim()[0]
    note(axes, "Customers observed:", (0, floor), (0, -40), ha="left", va="top", color=QUIET)
    for line, (part, colour, name) in enumerate(groups):
        note(axes, name.partition("\n")[0], (axes.get_xlim()[1], floor), (12, -58 - 18 * line), ha="left", va="top", color=colour)
        for at in marks:
            n = int(part.loc[(part["x"] - at).abs().idxmin(), "n"])
            side = "left" if at == 0 else "center"
            note(axes, count(n) if n >= limit else f"<{limit}", (at, floor), (0, -58 - 18 * line), ha=side, va="top", color=colour)


def _steps(axes: Any, part: pd.DataFrame, look: tuple[str, Any]) -> None:
    colour, dash = look
    x, middle, below, above = (part["x"].to_numpy(), *(THOUSAND * part[name].to_numpy() for name in ("estimate", "low", "high")))
    axes.fill_between(x, below, above, step="post", color=colour, alpha=0.16, lw=0)
    axes.plot(x, middle, color=colour, lw=2.4, ls=dash, drawstyle="steps-post", dash_capstyle="butt")


def _group_look(place: int, terms: list[str]) -> tuple[str, Any]:
    if terms[place] in staying.ASIDE:
        return QUIET, DASHES[3]
    of = len([term for term in terms if term not in staying.ASIDE])
    colour = MARK if place == 0 else POINT if place == of - 1 else QUIET
    return colour, DASHES[min(place, len(DASHES) - 1)] if 0 < place < of - 1 else DASHES[0]


def _name_groups(axes: Any, curve: pd.DataFrame, labels: dict[str, str], wide: bool, room: tuple[float, float]) -> None:
    terms, (down, height), (floor, top) = list(labels), room, axes.get_ylim()
    ends = {term: THOUSAND * float(curve.loc[curve["term"] == term, "estimate"].iloc[-1]) for term in terms}
    if wide:
        raw = {term: (value - floor) / (top - floor) * height for term, value in ends.items()}
        spots = apart(raw, {term: 16 * (1 + labels[term].count("\n")) for term in terms}, height)
        for i, term in enumerate(terms):
            shift = (12, spots[term] - raw[term])
            note(axes, labels[term], (axes.get_xlim()[1], ends[term]), shift, ha="left", va="center", color=_group_look(i, terms)[0])
        return
    for i, term in enumerate(terms):
        colour, dash = _group_look(i, terms)
        note(axes, labels[term], (0, floor), (0, -down), ha="left", va="top", color=colour)
        axes.annotate("", (0, floor), (-8, -down - 7), textcoords="offset points")
        axes.plot([-0.14, -0.03], [-(down + 8) / 260] * 2, color=colour, lw=2.4, ls=dash, transform=axes.transAxes)
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
    height, left = (340, 290)[not wide], 10 + max(text_width(y_tick(t)) for t in ticks)
    figure, axes = canvas(width, height, Margins(left, 40, 14, 44))
    x = range(len(part))
    axes.set(xlim=(-0.6, len(part) - 0.4), ylim=(min(low, ticks[0]), max(high, ticks[-1])))
    rules(axes, ticks)
    axes.fill_between(
        [i + d for i in x for d in (-0.5, 0.5)], part["band_low"].repeat(2), part["band_high"].repeat(2), color=BAND, lw=0, zorder=0
    )
    axes.plot(x, part["estimate"], color=QUIET, lw=1, zorder=2)
    for i, row in zip(x, part.to_dict("records"), strict=True):
        _month(axes, i, row, max(0.35, min(1.0, (width - left - 14) / len(part) / 14)))
    _name_months(axes, part, shown.factor, width - left - 14)
    figure.text(0, 1 - 14 / height, y_name(shown, width), color=QUIET)
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


def _value(value: float) -> str:
    return number(value, 1)
