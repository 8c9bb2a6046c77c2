"""The journey map: stages left to right (on a phone one under the other), satisfaction with its interval, and what was counted there."""

from typing import Any

from cxresearch.conclude.charts.axes import round_ticks, rules, y_name
from cxresearch.conclude.charts.ink import INK, MARK, NARROW, PAPER, QUIET, RULE, Margins, canvas, drawn, fitted, note, text_width
from cxresearch.conclude.words import stages as path
from cxresearch.conclude.words.numbers import count, number, short
from cxresearch.relate.relation import Relation

HEADS = {"touches": "Touches", "ok": "Went well", "next": "Met the next", "lost": "Last, then left", "contacts": "Contacts in 100"}
MOST_ACROSS = 7


def journey_map(name: str, relation: Relation, width: int) -> str:
    """Return the map."""
    across = width > NARROW and len(path.stages(relation)) <= MOST_ACROSS
    return drawn(name, path.alt(relation), lambda: _across(relation, width) if across else _down(relation, width))


def _reach(relation: Relation) -> tuple[float, float]:
    known = [found for stage in path.stages(relation) if (found := path.ends(relation, stage))]
    return (min(low for _, low, _ in known), max(high for *_, high in known)) if known else (0.0, 1.0)


def _across(relation: Relation, width: int) -> Any:
    stages, (low, high) = path.stages(relation), _reach(relation)
    ticks = round_ticks(low, high, 4)
    left = 14 + max(text_width(text) for text in HEADS.values())
    below, height = 24 * len(HEADS) + 12, 420
    figure, axes = canvas(width, height, Margins(left, below, 8, 66))
    axes.set(xlim=(-0.5, len(stages) - 0.5), ylim=(min(low, ticks[0]), max(high, ticks[-1]) + 0.14 * ((high - low) or 1)))
    rules(axes, ticks)
    room = (width - left - 8) / len(stages)
    axes.plot(range(len(stages)), [axes.get_ylim()[1]] * len(stages), color=RULE, lw=2, zorder=1)
    for place, stage in enumerate(stages):
        top = axes.get_ylim()[1]
        axes.plot([place], [top], "o", ms=9, mfc=INK, mec=PAPER, mew=1.6, zorder=2)
        note(axes, fitted(stage, room - 10, lines=1, weight=700), (place, top), (0, 12), ha="center", va="bottom", weight=700, color=INK)
        _satisfaction(axes, relation, (stage, place))
        for line, text in enumerate(_counts(relation, stage)):
            note(axes, text, (place, axes.get_ylim()[0]), (0, -24 - 24 * line), ha="center", va="center", color=INK)
    for line, text in enumerate(HEADS.values()):
        note(axes, text, (-0.5, axes.get_ylim()[0]), (-left, -24 - 24 * line), ha="left", va="center", color=QUIET)
    figure.text(0, 1 - 14 / height, y_name(path.shown(relation), width), color=QUIET)
    return figure


def _satisfaction(axes: Any, relation: Relation, spot: tuple[str, int]) -> None:
    stage, place = spot
    found = path.ends(relation, stage)
    if found is None:
        note(axes, "not known", (place, sum(axes.get_ylim()) / 2), ha="center", va="center", color=QUIET)
        return
    middle, low, high = found
    axes.plot([place, place], [low, high], color=MARK, lw=5, zorder=3, solid_capstyle="round")
    axes.plot([place], [middle], "o", ms=10, mfc=MARK, mec=PAPER, mew=2, zorder=4)
    note(
        axes,
        number(middle, path.shown(relation).digits(low, high)),
        (place, middle),
        (11, 0),
        ha="left",
        va="center",
        color=MARK,
        weight=700,
    )


def _counts(relation: Relation, stage: str) -> list[str]:
    met = path.row(relation, "ok", stage)
    return [count(met["n"]) if met is not None else "few", *(path.share(relation, term, stage) or "–" for term in list(HEADS)[1:])]


def _down(relation: Relation, width: int) -> Any:
    stages, (low, high) = path.stages(relation), _reach(relation)
    step, pad = 150 if width <= NARROW else 92, 0.08 * ((high - low) or 1)
    figure, axes = canvas(width, step * len(stages) + 28, Margins(22, 24, 12, 4))
    axes.set(xlim=(low - pad, high + pad), ylim=(-step * len(stages), 0))
    ticks = [t for t in round_ticks(low, high, 4) if low - pad <= t <= high + pad]
    axes.set_xticks(ticks, [short(t, 3) for t in ticks])
    edge = axes.get_xlim()[0]
    for place, stage in enumerate(stages):
        y = -step * place
        note(axes, "●", (edge, y - 16), (-18, 0), ha="left", va="center", color=INK)
        note(axes, fitted(stage, width - 150, lines=1, weight=700), (edge, y - 16), (0, 0), ha="left", va="center", weight=700, color=INK)
        _beside(axes, relation, (stage, y - 16, y - 38))
        for line, text in enumerate(_lines(relation, stage, width)):
            note(axes, text, (edge, y - 62 - 18 * line), (0, 0), ha="left", va="center", color=QUIET)
    return figure


def _beside(axes: Any, relation: Relation, spot: tuple[str, float, float]) -> None:
    stage, head, y = spot
    found, (left, right) = path.ends(relation, stage), axes.get_xlim()
    text = path.value(relation, stage)
    note(axes, text, (right, head), (0, 0), ha="right", va="center", color=MARK if found else QUIET, weight=700 if found else 400)
    axes.plot([left, right], [y, y], color=RULE, lw=1, zorder=0)
    if found:
        axes.plot(found[1:], [y, y], color=MARK, lw=5, zorder=3, solid_capstyle="round")
        axes.plot([found[0]], [y], "o", ms=10, mfc=MARK, mec=PAPER, mew=2, zorder=4)


def _lines(relation: Relation, stage: str, width: int) -> list[str]:
    told = path.told(relation, stage)
    return [fitted(text, width - 36, lines=1) for text in (told if width <= NARROW else [", ".join(told[:3]), ", ".join(told[3:])])]
