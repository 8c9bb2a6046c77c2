"""Lifetime value so far, month after month, beside the share that stays."""

from typing import Any

from cxresearch.conclude.charts.axes import round_ticks, rules, y_tick
from cxresearch.conclude.charts.ink import MARK, NARROW, QUIET, Margins, canvas, drawn, note, text_width
from cxresearch.conclude.words import worth_of
from cxresearch.conclude.words.numbers import number
from cxresearch.relate.relation import Relation


def lifetime(name: str, relation: Relation, width: int) -> str:
    """Return the curve of value so far with its interval, its end named."""
    return drawn(name, worth_of.life_alt(relation), lambda: _figure(relation, width))


def _figure(relation: Relation, width: int) -> Any:
    wide, curve = width > NARROW, relation.curve[relation.curve["term"] == "value"]
    ticks = round_ticks(0, float(curve["high"].max()), 5)
    last = curve.iloc[-1]
    text = number(last["estimate"], worth_of.digits(last))
    left, height = 10 + max(text_width(y_tick(t)) for t in ticks), 320 if wide else 280
    figure, axes = canvas(width, height, Margins(left, 46, 24 + text_width(text, weight=700), 28))
    axes.set(xlim=(0, curve["x"].max()), ylim=(0, max(ticks[-1], float(curve["high"].max()))))
    rules(axes, ticks)
    x, parts = [0, *curve["x"]], {name: [0.0, *curve[name]] for name in ("estimate", "low", "high")}
    axes.fill_between(x, parts["low"], parts["high"], color=MARK, alpha=0.22, lw=0)
    axes.plot(x, parts["estimate"], color=MARK, lw=2.4)
    note(axes, text, (last["x"], last["estimate"]), (8, 0), ha="left", va="center", color=MARK, weight=700)
    marks = [t for t in round_ticks(0, float(curve["x"].max()), 6 if wide else 4) if t == int(t) and t <= curve["x"].max()]
    axes.set_xticks(marks, [f"{int(t)}" for t in marks])
    since = "joining" if relation.facts["leaving"] else "the first order"
    axes.set_xlabel(f"Months since {since}", loc="left", labelpad=4, color=QUIET)
    figure.text(0, 1 - 14 / height, "Value so far, a customer", color=QUIET)
    return figure
