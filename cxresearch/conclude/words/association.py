"""Sentences about one exposure and one outcome: `effect`."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import needed_n
from cxresearch.conclude.words.display import Display, finite, listed, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, number, span
from cxresearch.relate.relation import Relation

ROWS = {
    "naive": ("As recorded", "nothing held equal"),
    "adjusted": ("Comparable customers", "alike in {adjusted}"),
    "within": ("Same customer", "the same customer at different times"),
}


def observed(relation: Relation) -> bool:
    """Return whether nobody assigned the exposure."""
    return relation.facts.get("design", relation.question.design) == "observed"


def topic(relation: Relation) -> str:
    """Return what a finding is about: "first response and NPS"."""
    exposure, outcome = (relation.facts.get(f"{part}_label") for part in ("exposure", "outcome"))
    return f"{lower_first(exposure)} and {lower_first(outcome or 'staying')}" if exposure else lower_first(outcome or "where we stand")


def headline_term(relation: Relation) -> str:
    """Return the row that the headline speaks of: adjusted, or that of the scale as it is, or naive where there is no other."""
    terms = set(relation.estimates["term"])
    return next((term for term in ("adjusted", "ordinal") if term in terms), "naive")


def main_row(relation: Relation) -> pd.Series:
    """Return the estimate that the headline speaks of; among levels of a category the one furthest from zero in its own errors."""
    rows = relation.estimates[relation.estimates["term"] == headline_term(relation)]
    if len(rows) == 1:
        return rows.iloc[0]
    spread = (rows["high"] - rows["low"]).where(lambda width: width > 0)
    return rows.loc[(rows["estimate"].abs() / spread).fillna(0).idxmax()]


def ways(relation: Relation) -> pd.DataFrame:
    """Return the ways of comparing that differ: where nothing is held equal, adjusted is the same as naive and left out."""
    rows = relation.estimates
    return rows if relation.facts.get("adjusted_for") else rows[rows["term"] != "adjusted"]


def headline_ways(relation: Relation) -> pd.DataFrame:
    """Return the ways of comparing the level that the headline speaks of: others may not stand under its name."""
    rows = ways(relation)
    return rows[rows["level"] == main_row(relation)["level"]]


def same_row(relation: Relation, term: str) -> pd.Series:
    """Return the estimate of another way of comparing, for the level that the headline speaks of."""
    return relation.row(term, main_row(relation)["level"])


def contrast_words(relation: Relation) -> str:
    """Return the contrast as the subject of a sentence: "halving the wait", "phone rather than chat"."""
    level = plain(main_row(relation)["level"])
    return level.replace(" against ", " rather than ", 1) if level else plain(relation.facts.get("contrast_words", "a change of one unit"))


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the sentence for `effect`: "Among comparable customers, halving the wait goes with an NPS 2.9 points higher."."""
    facts, shown = relation.facts, outcome_of(relation.facts)
    contrast = contrast_words(relation)
    row = main_row(relation)
    if strength == "inconclusive":
        verb = "goes with" if observed(relation) else "changes"
        what = shown.direction(known=facts.get("contrast") == "halving") if observed(relation) else shown.noun
        return f"Whether {contrast} {verb} {what}, these data cannot say."
    if strength == "negligible":
        said = f"goes with no difference in {shown.noun}" if observed(relation) else f"changes {shown.noun} by nothing"
        return upper_first(f"{_among(relation)}{contrast} {said} worth acting on.")
    low, high, value = (shown.shown(row[name]) for name in ("low", "high", "estimate"))
    digits = shown.digits(low, high, worth)
    said = (
        f"goes with {shown.difference(value, digits)}"
        if observed(relation)
        else f"changes {shown.noun} by {number(value, digits, sign=True)} {shown.unit}"
    )
    return upper_first(f"{_among(relation)}{contrast} {said}.")


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the interval, whom it compares and what it rests on."""
    facts, shown = relation.facts, outcome_of(relation.facts)
    row = main_row(relation)
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    whom = "comparable customers; " if facts.get("adjusted_for") else "as recorded; "
    parts = [f"{interval(shown, low, high, worth)}; {whom}{basis(row, facts)}."]
    parts += [f"Lower is better for {shown.noun}."] if shown.better == "lower" else []
    if strength == "inconclusive" and worth:
        parts.append(enough(low, high, int(row["n"]), worth, facts))
    return " ".join(part for part in parts if part)


def interval(shown: Display, low: float, high: float, worth: float | None) -> str:
    """Return an interval and where it lies against what is worth acting on."""
    text = f"95% interval {shown.range(low, high, worth)}"
    if worth is None:
        where = "" if low > 0 or high < 0 else ", no difference included"
        return f"{text}{where}; no smallest worthwhile difference was declared, so its size is not judged"
    mark = shown.amount(worth)
    if low > worth or high < -worth:
        return f"{text}, wholly beyond the {mark} worth acting on"
    if -worth < low and high < worth:
        return f"{text}, wholly within the {mark} that would be worth acting on"
    if low > 0 or high < 0:
        return f"{text}, beyond no difference but partly below the {mark} worth acting on"
    return f"{text}, from one side of no difference to the other, against {mark} worth acting on"


def basis(row: pd.Series | Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Return what the number rests on: "n = 24,318 answers from 10,055 customers"."""
    unit = facts.get("row_unit", "row")
    text = f"n = {count(row['n'])} {unit}{'' if row['n'] == 1 else 's'}"
    customers = row.get("customers")
    return f"{text} from {count(customers)} customers" if finite(customers) and customers != row["n"] else text


def enough(low: float, high: float, n: int, worth: float, facts: Mapping[str, Any]) -> str:
    """Return how many rows would tell, where more of the same kind would help."""
    wanted = needed_n(low, high, n, worth)
    if wanted <= n:
        return ""
    return f"About {count(wanted)} {facts.get('row_unit', 'row')}s would be needed to tell."


def adjusted_words(facts: Mapping[str, Any]) -> str:
    """Return the confounders as people list them."""
    return listed([lower_first(label) for label in facts.get("adjusted_for", ())])


def title(relation: Relation) -> str:
    """Return what the picture of three ways says, never more than the intervals allow."""
    terms = set(relation.estimates["term"])
    if not {"naive", "adjusted"} <= terms or not relation.facts.get("adjusted_for"):
        return "As recorded: no confounder was declared, so nothing is held equal"
    naive, adjusted = same_row(relation, "naive"), same_row(relation, "adjusted")
    if adjusted["low"] <= 0 <= adjusted["high"]:
        return "Compared like with like, no difference stands out"
    if naive["low"] <= 0 <= naive["high"]:
        return "A difference stands out only where like is compared with like"
    ratio = adjusted["estimate"] / naive["estimate"] if naive["estimate"] else float("nan")
    return f"Compared like with like, the difference {_ratio(ratio)}"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the picture."""
    return under(relation, step_words(relation))


def under(relation: Relation, quantity: str) -> str:
    """Return the line under the title of a picture of differences in the outcome."""
    shown, worth = outcome_of(relation.facts), relation.facts.get("worth")
    shaded = "; shaded: too small to act on" if worth else ""
    return f"{quantity}, with 95% intervals{shown.side}{shaded}"


def step_words(relation: Relation) -> str:
    """Return what each number of the comparison is: "Difference in NPS, points, for halving the wait for a first response"."""
    return difference_for(relation, contrast_words(relation))


def all_steps(relation: Relation) -> str:
    """Return what the numbers of all levels are: "Difference in NPS, points, by channel"."""
    if relation.estimates["level"].nunique() < 2:
        return step_words(relation)
    return difference_for(relation, f"levels of {lower_first(plain(relation.facts.get('exposure_label', 'the exposure')))}")


def difference_for(relation: Relation, contrast: str) -> str:
    """Return "Difference in NPS, points, for ..."."""
    shown = outcome_of(relation.facts)
    unit = f", {shown.unit}," if shown.unit else ""
    return f"Difference in {shown.noun}{unit} for {contrast}"


def alt(relation: Relation) -> str:
    """Return message and numbers of the picture, for readers who do not see it."""
    shown = outcome_of(relation.facts)
    rows = []
    for _, row in headline_ways(relation).iterrows():
        value, low, high = sorted_ends(row, shown)
        digits = shown.digits(low, high)
        rows.append(f"{ROWS.get(row['term'], (row['term'],))[0].lower()} {number(value, digits)} ({span(low, high, digits)})")
    return f"{title(relation)}. {subtitle(relation).partition(', with')[0]}: {'; '.join(rows)}."


def sorted_ends(row: pd.Series, shown: Display) -> tuple[float, float, float]:
    """Return estimate, low, high in display units, with the sign that they have everywhere: more of the outcome is above zero."""
    value, low, high = (shown.shown(row[name]) for name in ("estimate", "low", "high"))
    return value, low, high


def _among(relation: Relation) -> str:
    if relation.facts.get("adjusted_for"):
        return "among comparable customers, "
    return "as recorded, nothing held equal, " if observed(relation) else ""


def _ratio(ratio: float) -> str:
    if not finite(ratio) or ratio <= 0:
        return "lies on the other side"
    for bound, words in (
        (0.4, "is less than half as large"),
        (0.6, "is about half as large"),
        (0.9, "is smaller"),
        (1.1, "is about the same"),
    ):
        if ratio < bound:
            return words
    return "is larger"
