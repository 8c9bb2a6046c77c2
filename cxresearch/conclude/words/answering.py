"""Sentences about who answers: `who_answers`."""

import math

import pandas as pd

from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.words.association import adjusted_words, enough, sorted_ends
from cxresearch.conclude.words.display import finite, lower_first, outcome_of
from cxresearch.conclude.words.numbers import count, digits_apart, number, per_hundred, span
from cxresearch.relate.relation import Check, Relation

ROWS = {
    "respondents": "Answers as they came",
    "weighted": "Weighted for who answers",
    "difference": "Difference",
    "bound_low": "If all the silent were at the lowest",
    "bound_high": "If all the silent were at the highest",
}


def topic(relation: Relation) -> str:
    """Return what a finding is about."""
    return f"who answers, and {lower_first(relation.facts.get('outcome_label', 'the outcome'))}"


def apart(relation: Relation) -> tuple[float, float, float]:
    """Return weighted less answers as they came, in display units."""
    return sorted_ends(relation.row("difference"), outcome_of(relation.facts))


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return where the outcome stands once weighted, and whether that differs from the answers as they came."""
    shown, row = outcome_of(relation.facts), relation.row("difference")
    digits = max(1, shown.digits(shown.shown(row["low"]), shown.shown(row["high"]), worth))
    weighted, came = (number(shown.shown(relation.row(term)["estimate"]), digits) for term in ("weighted", "respondents"))
    unit = "" if shown.kind == "nps" or not shown.unit else f" {shown.unit}"
    if strength == "inconclusive":
        return (
            f"Weighted for who answers, {shown.label} is {weighted}{unit}, as the answers came {came}: "
            "whether the two differ, these data cannot say."
        )
    if strength == "negligible":
        return (
            f"Weighted for who answers, {shown.label} is {weighted}{unit}, as the answers came {came}: "
            "as far as is recorded of the silent, no difference worth acting on."
        )
    side = "higher" if row["estimate"] > 0 else "lower"
    size = number(abs(shown.shown(row["estimate"])), digits)
    return f"Weighted for who answers, {shown.label} is {weighted}{unit}, {size} {side} than as the answers came ({came})."


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return intervals, how many answered, what is alike after weighting, and the tipping point."""
    facts, shown = relation.facts, outcome_of(relation.facts)
    row, gap = relation.row("weighted"), relation.row("difference")
    ends = [shown.shown(gap[name]) for name in ("low", "high")]
    held = adjusted_words(facts)
    parts = [
        f"95% interval {_range(relation, 'weighted', worth)}, of the difference {shown.range(*ends, worth)};",
        f"n = {count(row['n'])} answers of {count(facts['invited'])} invited, weighted to be like them in {held}.",
        tipping(relation, worth),
    ]
    if strength == "inconclusive" and worth:
        parts.append(enough(*ends, int(row["n"]), worth, {"row_unit": "answer"}))
    return " ".join(part for part in parts if part)


def tipping(relation: Relation, worth: float | None) -> str:
    """Return how different the silent must be to turn the result: NPS across zero, anything by `worth`."""
    facts, shown = relation.facts, outcome_of(relation.facts)
    of = f"{shown.label} of all invited"
    size = lambda value: f"{number(abs(value))} {shown.unit}".strip()  # noqa: E731
    parts, turned = [], facts.get("tipping")
    if turned is not None and finite(turned):
        parts.append(f"{size(turned)} {'higher' if turned > 0 else 'lower'} for {of} to be zero")
    if worth and facts["response_rate"] < 1:
        what = "it" if parts else of
        parts.append(f"{size(worth / (1 - facts['response_rate']))} off for {what} to be {shown.amount(worth)} off")
    said = f"The silent would have to lie, against answers alike in what is recorded, {' and '.join(parts)}." if parts else ""
    fixed = facts.get("outcome_kind") == "nps" and not finite(turned)
    return " ".join(filter(None, [said, "No answers of the silent could turn the sign of NPS." if fixed else ""]))


def bounds(relation: Relation) -> str:
    """Return the worst and the best case, and that they say little."""
    shown = outcome_of(relation.facts)
    low, high = (shown.shown(relation.row(term)["estimate"]) for term in ("bound_low", "bound_high"))
    return (
        f"Whatever the silent think, {shown.label} of everybody invited lies between {number(low)} and {number(high)}: "
        "all that is certain with nothing assumed, and as wide as the silent are many."
    )


def sure(relation: Relation, strength: str, worth: float | None) -> str:
    """Return what the weighting takes for granted."""
    facts = relation.facts
    return (
        f"Of 100 invited, {per_hundred(facts['response_rate'], 0)} answered. Weighting sets right what is recorded "
        f"({adjusted_words(facts)}) and nothing else: whether the silent think otherwise for reasons not recorded, no answer can show."
    )


def more(relation: Relation) -> tuple[Check, ...]:
    """Return worst case, effective answers and the interval at which NPS reaches zero."""
    facts = relation.facts
    found = [Check("bounds", "doubt", bounds(relation))]
    if finite(facts.get("tipping_interval")):
        gap = facts["tipping_interval"]
        reached = f"reaches zero if the silent lie {_off(gap)}" if gap else "includes zero already"
        said = f"The 95% interval of NPS {reached}."
        found.append(Check("tipping", "doubt" if gap == 0 else "passed", said))
    return tuple(found)


def short(relation: Relation, strength: str, worth: float | None, headline: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    answer = {"negligible": "As far as is recorded", "inconclusive": "Not known"}.get(strength, "Not as the answers came")
    return "Do the answers speak for all who were asked?", answer, headline


def title(relation: Relation) -> str:
    """Return what the picture of the chances to answer says."""
    facts = relation.facts
    came, silent = (100 * float(facts[name]) for name in ("chance_answered", "chance_silent"))
    if math.isclose(came, silent):
        return "Those who answered and the silent are alike in what is recorded"
    digits = digits_apart(came, silent)
    if number(came, digits) == number(silent, digits):
        return "Those who answered and the silent differ by next to nothing in what is recorded"
    return (
        f"By what is recorded, {number(came, digits)} of 100 like those who answered would answer, "
        f"of 100 like the silent {number(silent, digits)}"
    )


def subtitle(relation: Relation) -> str:
    """Return quantity and groups of the picture."""
    return f"Predicted chance to answer, of 100, by {adjusted_words(relation.facts)}; height: share of each group"


def alt(relation: Relation) -> str:
    """Return message and numbers of the picture."""
    facts = relation.facts
    ends = span(*(100 * float(relation.curve[name].agg(how)) for name, how in (("x", "min"), ("x_right", "max"))), 0)
    beyond = f"{number(100 * facts['outside'])} of 100 silent lie beyond all who answered"
    return f"{title(relation)}. Chances run from {ends} of 100; {beyond}. {count(facts['answered'])} of {count(facts['invited'])} answered."


def balance(relation: Relation) -> pd.DataFrame:
    """Return the rows on balance that may be shown."""
    keep = shown_rows(relation.estimates, limit_of(relation))
    rows = relation.estimates
    return rows[[ok and term == "balance" for ok, term in zip(keep, rows["term"], strict=True)]]


def mean(row: pd.Series, name: str) -> str:
    """Return a mean of a number, or of 100 for a level."""
    return number(float(row[name]) * (1 if row["kind"] == "number" else 100))


def level(row: pd.Series) -> str:
    """Return the name of a covariate's level."""
    return plain(row["level"])


def _range(relation: Relation, term: str, worth: float | None) -> str:
    shown, row = outcome_of(relation.facts), relation.row(term)
    return shown.range(shown.shown(row["low"]), shown.shown(row["high"]), worth)


def _off(gap: float) -> str:
    return f"{number(abs(gap))} points {'higher' if gap > 0 else 'lower'} than answers alike in what is recorded"
