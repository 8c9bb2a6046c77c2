"""Sentences about what changed between two periods: `moved`."""

import pandas as pd

from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import family_interval, strength, too_small
from cxresearch.conclude.words.association import basis, interval, sorted_ends
from cxresearch.conclude.words.display import Display, finite, listed, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import number, span
from cxresearch.relate.relation import Relation

PARTS = ("total", "within", "mix")
NAMES = {
    "before": "Before", "after": "After", "total": "Difference, as recorded", "within": "With the mix held alike",
    "mix": "Goes with the mix",
}  # fmt: skip
CHANGES = ("real", "mix")
LOOKED_AT = 2


def verdict(relation: Relation, worth: float | None) -> str:
    """Return what the intervals allow: ``noise``, ``small``, ``real`` (it remains with the mix alike) or ``mix`` (it goes with the mix).

    ``small`` is more than chance alone would show, and less than is worth acting on. Any other change must stand out as a whole, or be
    `hidden`. The larger part that stands out names it.
    """
    if hidden(relation, worth):
        return "real"
    told = {term: _tells(relation, term, worth) for term in terms(relation) if term in PARTS}
    if not told["total"]:
        return "small" if _small(relation, worth) else "noise"
    if "within" not in told:
        return "real"
    within, mix = (float(relation.row(term)["estimate"]) for term in ("within", "mix"))
    if told["within"] != told["mix"]:
        return "real" if told["within"] else "mix"
    return "real" if abs(within) >= abs(mix) else "mix"


def hidden(relation: Relation, worth: float | None) -> bool:
    """Return whether there is a change behind two numbers that look the same: both parts stand out, on opposite sides.

    Two parts were looked at, so each must stand out among two.
    """
    if "within" not in terms(relation) or _tells(relation, "total", worth):
        return False
    within, mix = (float(relation.row(term)["estimate"]) for term in ("within", "mix"))
    return within * mix < 0 and all(_tells(relation, term, worth, LOOKED_AT) for term in ("within", "mix"))


def judged(relation: Relation, worth: float | None) -> tuple[pd.Series, tuple[int, float]]:
    """Return the row that the headline speaks of, from how many it was chosen, and its degrees of freedom."""
    beneath = hidden(relation, worth)
    row = relation.row("within" if beneath else "total")
    return row, (LOOKED_AT if beneath else 1, _freedom(row))


def terms(relation: Relation) -> list[str]:
    """Return the terms in the order in which they are shown."""
    known = set(relation.estimates["term"])
    return [term for term in NAMES if term in known]


def topic(relation: Relation) -> str:
    """Return what it is about: "NPS, then and now"."""
    what = lower_first(relation.facts.get("outcome_label", "outcome"))
    exposure = lower_first(relation.facts["exposure_label"]) if relation.facts.get("exposure_label") else ""
    return f"{f'{exposure} and ' if exposure else ''}{what}, then and now"


def headline(relation: Relation, word: str, worth: float | None) -> str:
    """Return the sentence for `moved`."""
    shown, when, found = outcome_of(relation.facts), _when(relation), verdict(relation, worth)
    if word == "negligible":
        return f"{upper_first(_what(relation, shown))} is the same {when} as far as is worth acting on."
    if word == "inconclusive":
        row = judged(relation, worth)[0]
        why = ": chance alone would show as much" if row["low"] <= 0 <= row["high"] else ""
        return f"Whether {_what(relation, shown)} moved {when}, these data cannot say{why}."
    if hidden(relation, worth):
        return upper_first(
            f"{_what(relation, shown)} looks the same {when}, and is not: {_held(relation, shown)}, and the mix goes the other way."
        )
    return upper_first(f"{when}: {_difference(relation, shown, 'total', worth)}{_then(relation, shown, found)}.")


def detail(relation: Relation, word: str, worth: float | None) -> str:
    """Return the interval of the difference, its parts, and what it rests on."""
    shown, row = outcome_of(relation.facts), judged(relation, worth)[0]
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    beneath = row["term"] == "within"
    what = f"{NAMES['within']}: " if beneath else ""
    parts = [f"{what}{interval(shown, low, high, worth)}; {basis(row, relation.facts)}."]
    parts += [f"{part(relation, term, shown)}." for term in terms(relation) if term != ("within" if beneath else "total")]
    held = relation.facts.get("held")
    parts += [f"The mix: {listed([lower_first(label) for label in held])}."] if held else []
    return " ".join(parts)


def part(relation: Relation, term: str, shown: Display) -> str:
    """Return one number with its interval: "with the mix held alike 2.1 points (0.4 to 3.8)"."""
    value, low, high = (shown.shown(relation.row(term)[name]) for name in ("estimate", "low", "high"))
    digits = shown.digits(low, high)
    return f"{name_of(relation, term)} {number(value, digits, sign=term in PARTS)} {shown.unit} ({span(low, high, digits)})".replace(
        "  ", " "
    )


def name_of(relation: Relation, term: str) -> str:
    """Return a term as people read it, with its period where it has one."""
    period = relation.facts.get(term) if term in ("before", "after") else None
    return plain(period) if period else NAMES[term]


def title(relation: Relation) -> str:
    """Return what the picture says, never more than the intervals allow."""
    found = verdict(relation, relation.facts.get("worth"))
    if found in CHANGES and any(check.status == "failed" or check.cap == "inconclusive" for check in relation.checks):
        return "Whether the two periods differ, these data cannot say"
    if hidden(relation, relation.facts.get("worth")):
        return "The two periods look the same, and are not: the mix hides a difference"
    if found == "noise":
        return "The difference between the two periods is one that chance alone would show"
    if found == "small":
        return "The two periods differ by less than is worth acting on"
    if relation.facts.get("kind") == "effect":
        return "What goes with the exposure differs between the two periods"
    return "With the mix held alike the difference remains" if found == "real" else "The difference goes with another mix"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the picture."""
    worth = relation.facts.get("worth")
    side = outcome_of(relation.facts).side
    return f"{quantity(relation)}, with 95% intervals{side}{'; shaded: too small to act on' if worth else ''}"


def quantity(relation: Relation) -> str:
    """Return what each number is."""
    shown = outcome_of(relation.facts)
    step = f" for {plain(relation.facts['contrast_words'])}" if relation.facts.get("contrast_words") else ""
    unit = f", {shown.unit}" if shown.unit else ""
    return f"Difference in {shown.noun}{unit}{step}, {_when(relation)}"


def alt(relation: Relation) -> str:
    """Return message and numbers of the picture, for readers who do not see it."""
    said = []
    for name, (value, low, high) in rows(relation):
        digits = outcome_of(relation.facts).digits(low, high)
        said.append(f"{name} {number(value, digits)} ({span(low, high, digits)})")
    return f"{title(relation)}. {quantity(relation)}: {'; '.join(said)}."


def rows(relation: Relation) -> list[tuple[str, tuple[float, float, float]]]:
    """Return label and interval of what is drawn: the difference and its parts, or the two effects and their difference."""
    shown, known = outcome_of(relation.facts), terms(relation)
    drawn = [term for term in PARTS if term in known] if "within" in known else known
    return [(name_of(relation, term), sorted_ends(relation.row(term), shown)) for term in drawn]


def _tells(relation: Relation, term: str, worth: float | None, family: int = 1) -> bool:
    shown, row = outcome_of(relation.facts), relation.row(term)
    return strength(*family_interval(sorted_ends(row, shown), family, _freedom(row)), worth) in ("clear", "suggestive")


def _freedom(row: pd.Series) -> float:
    return float(row["df"]) if finite(row.get("df")) else 1e9


def _small(relation: Relation, worth: float | None) -> bool:
    shown, row = outcome_of(relation.facts), relation.row("total")
    return too_small(shown.shown(row["low"]), shown.shown(row["high"]), worth)


def _when(relation: Relation) -> str:
    return f"between {plain(relation.facts['before'])} and {plain(relation.facts['after'])}"


def _what(relation: Relation, shown: Display) -> str:
    if relation.facts.get("kind") == "effect":
        return f"the difference in {shown.noun} that goes with {plain(relation.facts['contrast_words'])}"
    return shown.level


def _difference(relation: Relation, shown: Display, term: str, worth: float | None) -> str:
    value, low, high = (shown.shown(relation.row(term)[name]) for name in ("estimate", "low", "high"))
    digits = shown.digits(low, high, worth)
    if relation.facts.get("kind") == "effect":
        text = f"{number(value, digits, sign=True)} {shown.unit}".strip()
        return f"{_what(relation, shown)} moved by {text}"
    return shown.difference(value, digits)


def _then(relation: Relation, shown: Display, found: str) -> str:
    if relation.facts.get("kind") == "effect":
        return ", the confounders held equal in both"
    return ", and with the same mix too" if found == "real" else f"; it goes with another mix: {_held(relation, shown)}"


def _held(relation: Relation, shown: Display) -> str:
    row = relation.row("within")
    if row["low"] <= 0 <= row["high"]:
        return "with the mix held alike no difference can be told"
    return f"with the mix held alike it is {_difference(relation, shown, 'within', None)}"
