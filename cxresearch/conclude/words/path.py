"""Sentences about what lies on the way from service to outcome: `mediation`."""

import pandas as pd

from cxresearch.conclude.escape import plain
from cxresearch.conclude.words import association
from cxresearch.conclude.words.display import Display, finite, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import number, percent, span
from cxresearch.conclude.words.sure import ANSWERS
from cxresearch.relate.relation import Check, Relation

PARTS = {"total": "in all", "indirect": "by way of {mediator}", "direct": "past {mediator}"}


def mediator(relation: Relation) -> str:
    """Return the mediator inside a sentence."""
    return plain(relation.facts.get("mediator_phrase") or lower_first(relation.facts.get("mediator_label", "the mediator")))


def part(relation: Relation, term: str) -> str:
    """Return the name of a part: "by way of the NPS answer"."""
    return PARTS[term].format(mediator=mediator(relation))


def topic(relation: Relation) -> str:
    """Return what a finding is about."""
    facts = relation.facts
    ends = [lower_first(facts.get(f"{name}_label", name)) for name in ("exposure", "mediator", "outcome")]
    return f"{ends[0]}, {ends[1]} and {ends[2]}"


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return how much of the outcome goes with the exposure by way of the mediator."""
    shown, row = outcome_of(relation.facts), relation.row("indirect")
    contrast, way = _contrast(relation), part(relation, "indirect")
    if strength == "inconclusive":
        what = shown.direction(known=relation.facts.get("contrast") == "halving")
        return f"Whether {contrast} goes with {what} {way}, these data cannot say."
    if strength == "negligible":
        return upper_first(f"{_among(relation)}{contrast} goes with no difference in {shown.noun} worth acting on {way}.")
    low, high, value = (shown.shown(row[name]) for name in ("low", "high", "estimate"))
    return upper_first(f"{_among(relation)}{contrast} goes with {shown.difference(value, shown.digits(low, high, worth))} {way}.")


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the interval of that part, what it rests on, and its share of the whole."""
    facts, shown, row = relation.facts, outcome_of(relation.facts), relation.row("indirect")
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    whom = "comparable customers; " if facts.get("adjusted_for") else "as recorded; "
    parts = [f"{association.interval(shown, low, high, worth)}; {whom}{association.basis(row, facts)}.", share(relation)]
    if strength == "inconclusive" and worth:
        parts.append(association.enough(low, high, int(row["n"]), worth, facts))
    return " ".join(filter(None, parts))


def share(relation: Relation) -> str:
    """Return how much of the whole goes by way of the mediator, where there is a whole to speak of."""
    row = relation.row("share")
    if not finite(float(row["estimate"])):
        return "What share of the whole that is cannot be said: the whole may be nothing."
    if row["low"] < 0 or row["high"] > 1 or not 0 <= row["estimate"] <= 1:
        between = "anything from none to all" if row["low"] < 0.05 and row["high"] > 0.95 else f"{_percents(row)}, so far as it is a share"
        return f"Of all that goes with it that may be {between}."
    return f"That is {percent(row['estimate'])} ({_percents(row)}) of all that goes with it."


def sure(relation: Relation, word: str, worth: float | None) -> str:
    """Return where the interval lies."""
    shown, row = outcome_of(relation.facts), relation.row("indirect")
    said = association.interval(shown, shown.shown(row["low"]), shown.shown(row["high"]), worth)
    return f"{upper_first(part(relation, 'indirect'))} the {said.replace('interval ', 'interval is ', 1)}."


def short(relation: Relation, word: str, worth: float | None, headline: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    return f"Does it go by way of {mediator(relation)}?", ANSWERS[word], headline


def more(relation: Relation) -> tuple[Check, ...]:
    """Return the whole, the part past the mediator, and what a hidden reason would have to be."""
    shown = outcome_of(relation.facts)
    found = [Check(term, "passed", f"{upper_first(part(relation, term))}: {_said(relation, term, shown)}.") for term in ("total", "direct")]
    said = hidden(relation)
    return (*found, *([said] if said else []))


def hidden(relation: Relation) -> Check | None:
    """Return what a hidden reason behind mediator and outcome would have to explain, beside the strongest that was measured.

    Notes
    -----
    The part vanishes where the product of the two partial R2 of the hidden reason reaches rho squared (Imai, Keele & Yamamoto 2010,
    section 6); with equal shares each is the size of rho.
    """
    facts, row = relation.facts, relation.row("indirect")
    rho, rival = facts.get("rho"), facts.get("strongest_measured")
    if not finite(rho) or row["low"] <= 0 <= row["high"]:
        return None
    label, shown = mediator(relation), outcome_of(facts)
    text = (
        f"Hidden reasons: one behind both {label} and {shown.noun} would have to explain {percent(abs(rho))} of what is left unexplained "
        "in each, to take this part to nothing."
    )
    if not rival:
        return Check("hidden reason", "doubt", f"{text}\nNothing was measured to compare that with.")
    d, y = float(rival["with_exposure"]), float(rival["with_outcome"])
    name = upper_first(lower_first(rival["label"]))
    said = f"{name}, the strongest that was measured, explains {percent(d)} of {label} and {percent(y)} of {shown.noun}"
    if rival_would_do(relation):
        return Check("hidden reason", "doubt", f"{text}\n{said}; another one like it would be enough.")
    return Check("hidden reason", "passed", f"{text}\n{said}; another one like it would not be enough.")


def rival_would_do(relation: Relation) -> bool:
    """Return whether a hidden reason as strong as the strongest measured would take the indirect part to nothing."""
    rho, rival = relation.facts.get("rho"), relation.facts.get("strongest_measured")
    if not rival or rho is None or not finite(rho):
        return False
    return float(rival["with_exposure"]) * float(rival["with_outcome"]) >= rho**2


def title(relation: Relation) -> str:
    """Return what the picture of the parts says, never more than the intervals allow."""
    indirect, direct, way = relation.row("indirect"), relation.row("direct"), part(relation, "indirect")
    if indirect["low"] <= 0 <= indirect["high"]:
        return f"Whether any of it goes {way}, these data cannot say"
    if direct["low"] <= 0 <= direct["high"]:
        return f"Some of it goes {way}; whether any goes past it, these data cannot say"
    if indirect["estimate"] * direct["estimate"] < 0:
        return f"What goes {way} and what goes past it point to opposite sides"
    return f"Part of it goes {way}, part past it"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the picture."""
    return association.under(relation, step_words(relation))


def step_words(relation: Relation) -> str:
    """Return what each number is."""
    return association.difference_for(relation, _contrast(relation))


def alt(relation: Relation) -> str:
    """Return message and numbers of the picture, for readers who do not see it."""
    shown = outcome_of(relation.facts)
    rows = []
    for term in PARTS:
        value, low, high = association.sorted_ends(relation.row(term), shown)
        digits = shown.digits(low, high)
        rows.append(f"{part(relation, term)} {number(value, digits)} ({span(low, high, digits)})")
    return f"{title(relation)}. {step_words(relation)}: {'; '.join(rows)}."


def steps(relation: Relation) -> list[tuple[str, float, str]]:
    """Return the two steps of the path: term, what one estimate is multiplied with, and what it then is."""
    facts, shown = relation.facts, outcome_of(relation.facts)
    kind, label = facts.get("mediator_kind"), plain(facts.get("mediator_label", "Mediator"))
    unit = {"nps": "points", "share": "of 100"}.get(str(kind), plain(facts.get("mediator_unit") or ""))
    many = 100.0 if kind == "nps" else 1.0
    per = {"nps": "100 points more of", "share": "all rather than none of"}.get(str(kind), "one more of")
    first = f"{label}{f', {unit}' if unit not in ('', 'units', 'each') else ''}\nfor {_contrast(relation)}"
    second = f"{upper_first(shown.noun)}{f', {shown.unit}' if shown.unit else ''}\nfor {per} {lower_first(label)}"
    return [("first", 100.0 if kind == "share" else 1.0, first), ("second", many * shown.factor, second)]


def _contrast(relation: Relation) -> str:
    return plain(relation.facts.get("contrast_words", "a step of one unit"))


def _among(relation: Relation) -> str:
    return "among comparable customers, " if relation.facts.get("adjusted_for") else "as recorded, nothing held equal, "


def _said(relation: Relation, term: str, shown: Display) -> str:
    row: pd.Series = relation.row(term)
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    digits = shown.digits(low, high)
    return f"{number(shown.shown(row['estimate']), digits)} {shown.unit} ({span(low, high, digits)})".replace("  ", " ")


def _percents(row: pd.Series) -> str:
    return f"{percent(max(row['low'], 0.0))} to {percent(min(row['high'], 1.0))}"
