"""Sentences about how sure one difference is: `effect` asked in stricter and looser ways, and what could hide behind it."""

import pandas as pd

from cxresearch.conclude.evidence import capped, strength
from cxresearch.conclude.words.association import basis, interval, main_row, same_row, sorted_ends
from cxresearch.conclude.words.display import Display, finite, lower_first, outcome_of
from cxresearch.conclude.words.hidden import hidden, rival_would_do
from cxresearch.conclude.words.numbers import MINUTES, number, span
from cxresearch.relate.relation import Check, Relation

ANSWERS = {
    "clear": "Yes", "measured": "Yes, as far as was measured", "suggestive": "Perhaps", "negligible": "No difference worth acting on",
    "inconclusive": "Not known", "described": "As recorded",
}  # fmt: skip


def sure(relation: Relation, word: str, worth: float | None) -> str:
    """Return how sure the difference is, and how it fares for the same customer at different times."""
    shown, row = outcome_of(relation.facts), main_row(relation)
    said = interval(shown, shown.shown(row["low"]), shown.shown(row["high"]), worth).replace("interval ", "interval is ", 1)
    return f"The {said}.{_strictest(relation, shown, worth)}{_exposed(relation, word)}"


def short(relation: Relation, word: str, worth: float | None, headline: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    facts, shown, row = relation.facts, outcome_of(relation.facts), main_row(relation)
    timed = facts.get("exposure_unit") in MINUTES
    answer = ANSWERS["measured"] if word == "clear" and rival_would_do(facts) else ANSWERS[word]
    if shown.noun != "customers kept":
        what = lower_first(facts.get("exposure_label", "it"))
        return "Does speed matter here?" if timed else f"Is there a link with {what}?", answer, headline
    what = lower_first(facts.get("exposure_label", "it"))
    asked = "Do customers who are served sooner stay?" if timed else f"Does staying go with {what}?"
    if word not in ("clear", "suggestive"):
        return asked, ANSWERS[word], headline
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    text = f"{headline.removesuffix('.')} ({span(low, high, shown.digits(low, high, worth))})."
    return asked, answer if _expected(relation, row) is not False else "The other way round", text


def more(relation: Relation) -> tuple[Check, ...]:
    """Return what the other comparisons say, and what a hidden reason would have to explain where a difference was told."""
    shown, row = outcome_of(relation.facts), main_row(relation)
    behind = None if row["low"] <= 0 <= row["high"] else hidden(relation.facts, shown)
    return tuple(check for check in (_naive(relation, shown), _within(relation, shown), behind) if check)


def _expected(relation: Relation, row: pd.Series) -> bool | None:
    """Return whether the difference lies on the side that is expected; None where nobody said which side of the exposure is better."""
    sides = {"higher": 1, "lower": -1}
    side = 1 if relation.facts.get("contrast") == "halving" else sides.get(relation.facts.get("better_exposure", ""))
    return None if side is None else bool(row["estimate"] * side * outcome_of(relation.facts).sign > 0)


def _strictest(relation: Relation, shown: Display, worth: float | None) -> str:
    within = _known(relation, "within")
    if within is None:
        return ""
    _, low, high = sorted_ends(within, shown)
    word = capped(strength(low, high, worth), relation.checks)
    return f" For the same customer at different times it is {_ends(within, shown)}: {word}."


def _naive(relation: Relation, shown: Display) -> Check | None:
    naive, adjusted = _known(relation, "naive"), _known(relation, "adjusted")
    if naive is None or adjusted is None or not relation.facts.get("adjusted_for"):
        return None
    text = f"As recorded, nothing held equal: {_said(naive, shown)}"
    if naive["low"] <= 0 <= naive["high"]:
        apart = not adjusted["low"] <= 0 <= adjusted["high"]
        return Check("as recorded", "doubt" if apart else "passed", f"{text}, no difference included.")
    if naive["estimate"] * adjusted["estimate"] < 0:
        return Check("as recorded", "doubt", f"{text}, on the other side.")
    if adjusted["low"] <= 0 <= adjusted["high"] or not adjusted["estimate"]:
        return Check("as recorded", "passed", f"{text}.")
    ratio = naive["estimate"] / adjusted["estimate"]
    size = "about the same as among comparable customers" if 0.9 <= ratio <= 1.1 else f"{number(ratio, 1)} times as large"
    return Check("as recorded", "passed", f"{text}, {size}.\nThe answer rests on comparable customers, not on this.")


def _within(relation: Relation, shown: Display) -> Check | None:
    within, main = _known(relation, "within"), main_row(relation)
    if within is None:
        return None
    text = f"The same customer at different times: {_said(within, shown)}"
    quiet = f"\nOnly customers who stand in the data more than once: {basis(within, relation.facts)}."
    if within["estimate"] * main["estimate"] < 0:
        return Check("within customer", "doubt", f"{text}, on the other side.{quiet}")
    if within["low"] <= 0 <= within["high"]:
        return Check("within customer", "doubt", f"{text}, no difference included.{quiet}")
    return Check("within customer", "passed", f"{text}, on the same side.{quiet}")


def _exposed(relation: Relation, word: str) -> str:
    if word not in ("clear", "suggestive") or not rival_would_do(relation.facts):
        return ""
    rival = lower_first(relation.facts["strongest_measured"]["label"])
    return f" A hidden reason as strong as {rival} would be enough to take it to nothing."


def _known(relation: Relation, term: str) -> pd.Series | None:
    if term not in set(relation.estimates["term"]):
        return None
    row = same_row(relation, term)
    return row if finite(float(row["estimate"])) else None


def _said(row: pd.Series, shown: Display) -> str:
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    return f"{number(shown.shown(row['estimate']), shown.digits(low, high))} {shown.unit} ({_ends(row, shown)})".replace("  ", " ")


def _ends(row: pd.Series, shown: Display) -> str:
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    return span(low, high, shown.digits(low, high))
