"""Cohorts: the share that ordered again, month after month."""

from typing import Any

from cxresearch.conclude.charts.axes import round_ticks, rules, y_tick
from cxresearch.conclude.charts.ink import MARK, NARROW, PAPER, QUIET, RULE, Margins, canvas, drawn, note, text_width
from cxresearch.conclude.disclosure import limit_of
from cxresearch.conclude.words import buying
from cxresearch.conclude.words.numbers import number
from cxresearch.relate.relation import Relation


def repeat(name: str, relation: Relation, width: int) -> str:
    """Return the share of all customers with its interval, over thin lines for the months of first order."""
    return drawn(name, buying.alt(relation), lambda: _figure(relation, width))


def _figure(relation: Relation, width: int) -> Any:
    curve, wide = relation.curve, width > NARROW
    pooled = curve[(curve["term"] == "") & (curve["n"] >= limit_of(relation))]
    if pooled.empty:
        figure, axes = canvas(width, 60, Margins(4, 4, 4, 4))
        note(axes, buying.too_few(relation), (0, 0.5), (4, 0), ha="left", va="center", color=QUIET)
        return figure
    thin = [curve[curve["term"] == cohort] for cohort in buying.drawn_cohorts(relation)]
    top = 100 * max([pooled["high"].max(), *(part["estimate"].max() for part in thin)], default=1.0)
    ticks = round_ticks(0, top, 5)
    left, height = 10 + max(text_width(y_tick(t)) for t in ticks), 330 if wide else 290
    figure, axes = canvas(width, height, Margins(left, 46, 96 if wide else 62, 28))
    axes.set(xlim=(0, max(pooled["x"].max(), 1)), ylim=(0, max(top, ticks[-1])))
    rules(axes, ticks)
    for part in thin:
        axes.plot(part["x"], 100 * part["estimate"], color=RULE, lw=1.4, zorder=1)
    axes.fill_between(pooled["x"], 100 * pooled["low"], 100 * pooled["high"], color=MARK, alpha=0.22, lw=0, zorder=2)
    axes.plot(pooled["x"], 100 * pooled["estimate"], color=MARK, lw=2.4, zorder=3)
    axes.plot(pooled["x"], 100 * pooled["estimate"], "o", ms=6, mfc=MARK, mec=PAPER, mew=1.2, zorder=4)
    last = pooled.iloc[-1]
    text = f"{number(100 * last['estimate'])}\nof 100" if not wide else f"All: {number(100 * last['estimate'])}\nof 100"
    note(axes, text, (last["x"], 100 * last["estimate"]), (10, 0), ha="left", va="center", color=MARK, weight=700)
    marks = [t for t in round_ticks(0, axes.get_xlim()[1], 6 if wide else 4) if t == int(t) and t <= axes.get_xlim()[1]]
    axes.set_xticks(marks, [f"{int(t)}" for t in marks])
    axes.set_xlabel("Months after the month of the first order", loc="left", labelpad=4, color=QUIET)
    figure.text(0, 1 - 14 / height, "Ordered again, of 100", color=QUIET)
    return figure
