"""Sentences about the answers as they are, beside least squares: `ordinal`."""

import pandas as pd

from cxresearch.conclude.words.association import contrast_words, interval, main_row, observed, same_row, sorted_ends, step_words
from cxresearch.conclude.words.association import detail as interval_and_basis
from cxresearch.conclude.words.display import Display, finite, outcome_of, upper_first
from cxresearch.conclude.words.numbers import number, span
from cxresearch.conclude.words.numbers import short as brief
from cxresearch.relate.relation import Check, Relation

WAYS = {
    "ordinal": ("Scale as it is", "the same odds at every cut of the scale"),
    "relaxed": ("Cuts apart", "odds of its own at every cut of the scale"),
    "least_squares": ("Least squares", "the outcome as a plain number"),
}


def scale_words(relation: Relation) -> str:
    """Return the scale: "0 to 10"."""
    levels = relation.facts["levels"]
    return f"{brief(min(levels))} to {brief(max(levels))}"


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the interval, what it rests on, and that it comes from the answers as they are."""
    return f"{interval_and_basis(relation, strength, worth)} Predicted from the answers as they are, {scale_words(relation)}."


def sure(relation: Relation, word: str, worth: float | None) -> str:
    """Return how sure the difference is, and what least squares says of the same rows."""
    shown, row = outcome_of(relation.facts), main_row(relation)
    said = interval(shown, shown.shown(row["low"]), shown.shown(row["high"]), worth).replace("interval ", "interval is ", 1)
    return f"The {said}. Least squares on the same rows: {_said(same_row(relation, 'least_squares'), shown)}."


def short(relation: Relation, word: str, worth: float | None, headline: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    answer = {"clear": "Yes", "suggestive": "Perhaps", "negligible": "No difference worth acting on"}.get(word, "Not known")
    asked = f"go with other answers, {scale_words(relation)}" if observed(relation) else f"change the answers, {scale_words(relation)}"
    return f"Does {contrast_words(relation)} {asked}?", answer, headline


def more(relation: Relation) -> tuple[Check, ...]:
    """Return what the other two fits say, each beside the first, and whether the odds are alike at every cut."""
    shown, main, found = outcome_of(relation.facts), main_row(relation), []
    for term in ("least_squares", "relaxed"):
        if term in set(relation.estimates["term"]):
            row = same_row(relation, term)
            name, how = WAYS[term]
            found.append(Check(name.lower(), "passed" if _alike(row, main) else "doubt", f"{name}, {how}: {_said(row, shown)}."))
    return (*found, *(check for check in relation.checks if check.name == "same odds at every cut"))


def title(relation: Relation) -> str:
    """Return what the picture of the fits says."""
    main = main_row(relation)
    terms = [term for term in WAYS if term in set(relation.estimates["term"])]
    if not all(_alike(same_row(relation, term), main) for term in terms):
        return "How the answers are read matters: the fits do not tell the same"
    if main["low"] <= 0 <= main["high"]:
        return "However the answers are read, no difference stands out"
    return "However the answers are read, the difference points the same way"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the picture."""
    shaded = "; shaded: too small to act on" if relation.facts.get("worth") else ""
    return f"{step_words(relation)}, with 95% intervals{outcome_of(relation.facts).side}{shaded}"


def alt(relation: Relation) -> str:
    """Return message and numbers of the picture."""
    shown, level = outcome_of(relation.facts), main_row(relation)["level"]
    rows = [row for _, row in relation.estimates.iterrows() if row["level"] == level]
    told = "; ".join(f"{WAYS[row['term']][0].lower()} {_ends(row, shown)}" for row in rows)
    return upper_first(f"{title(relation)}. {step_words(relation)}: {told}.")


def _alike(row: pd.Series, main: pd.Series) -> bool:
    return (row["low"] > 0, row["high"] < 0) == (main["low"] > 0, main["high"] < 0)


def _said(row: pd.Series, shown: Display) -> str:
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    digits = shown.digits(low, high)
    ends = f" ({span(low, high, digits)})" if finite(low) else ""
    return f"{number(shown.shown(row['estimate']), digits)} {shown.unit}{ends}".replace("  ", " ")


def _ends(row: pd.Series, shown: Display) -> str:
    value, low, high = sorted_ends(row, shown)
    digits = shown.digits(low, high)
    return f"{number(value, digits)} ({span(low, high, digits)})"
