"""Sentences about slopes that differ, or not, between levels: `slopes`."""

from cxresearch.conclude.escape import plain
from cxresearch.conclude.words.association import observed
from cxresearch.conclude.words.differing import (
    NAMED,
    among,
    called,
    contrast,
    digits_of,
    ends_of,
    levels_of,
    named,
    plural,
    spread,
    standing_out,
    told,
    unit,
)  # fmt: skip
from cxresearch.conclude.words.display import listed, outcome_of, upper_first
from cxresearch.conclude.words.numbers import number
from cxresearch.relate.relation import Relation


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return whether what goes with the exposure differs by level, and where most."""
    shown, one, step = outcome_of(relation.facts), unit(relation), contrast(relation)
    verb = "goes with" if observed(relation) else "changes"
    if strength == "inconclusive":
        what = "more in some" if observed(relation) else f"{shown.noun} more in some"
        return f"Whether {step} {verb} {what} {plural(one)} than in others, these data cannot say."
    if strength == "negligible":
        what = f"the same difference in {shown.noun}" if observed(relation) else f"{shown.noun} alike"
        where = f"in each of {told(relation)}" if relation.facts.get("set_aside") else f"in every {one}"
        return upper_first(f"{among(relation)}{step} {verb} {what} {where}, but for less than is worth acting on.")
    rows = standing_out(relation)
    if rows.empty:
        what = f"unlike differences in {shown.noun}" if observed(relation) else f"{shown.noun} unlike"
        return upper_first(f"{among(relation)}{step} {verb} {what} from {one} to {one}, typically {spread(relation)} apart.")
    first = rows.iloc[0]
    digits, value = digits_of(first, shown, worth), shown.shown(first["estimate"])
    what = shown.difference(value, digits) if observed(relation) else f"{shown.noun} by {number(value, digits, sign=True)} {shown.unit}"
    others = [f"{_slope(relation, row['estimate'], digits)} in {called(relation, row)}" for _, row in rows.iloc[1:NAMED].iterrows()]
    more = [f"unlike the rest in {len(rows) - NAMED} more"] if len(rows) > NAMED else []
    said = listed([f"{what} in {called(relation, first)}", *others, *more])
    mean = _slope(relation, first["estimate"] - first["gap"], digits)
    return upper_first(f"{among(relation)}{step} {verb} {said}; the average of {told(relation)}, each counting alike, is {mean}.")


def title(relation: Relation) -> str:
    """Return what the picture of slopes says."""
    rows, many = standing_out(relation), plural(unit(relation))
    if rows.empty:
        return f"Between {many}, no difference in what goes with {contrast(relation)} stands out"
    return f"What goes with {contrast(relation)} stands out in {named(relation, rows)}"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the picture of slopes."""
    shown = outcome_of(relation.facts)
    units = f", {shown.unit}," if shown.unit else ""
    drawn = "each drawn toward the others as far as its own answers are few"
    return f"Difference in {shown.noun}{units} for {contrast(relation)}, {drawn}, with 95% intervals"


def alt(relation: Relation) -> str:
    """Return message and numbers of the picture of slopes."""
    shown = outcome_of(relation.facts)
    rows = [f"{plain(row['level'])} {ends_of(row, shown)}" for _, row in levels_of(relation, "pooled").iterrows()]
    return f"{title(relation)}. Average {ends_of(relation.row('raw'), shown)}; {'; '.join(rows)}."


def _slope(relation: Relation, value: float, digits: int) -> str:
    """Return a slope after the first: "4.6 more", "1.2 points lower"; where it was assigned, with its sign."""
    shown = outcome_of(relation.facts)
    value = shown.shown(value)
    if not observed(relation):
        return f"{number(value, digits, sign=True)}"
    size = number(abs(value), digits)
    if shown.kind in ("share", "kept"):
        return f"{size} {'more' if value > 0 else 'fewer'}"
    return f"{size} {shown.unit} {'higher' if value > 0 else 'lower'}".replace("  ", " ")
