"""Sentences about where drivers stand on the map of importance and performance: `importance`."""

import pandas as pd

from cxresearch.conclude.escape import plain
from cxresearch.conclude.words.display import listed, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.importance import held_out, on_scale
from cxresearch.conclude.words.numbers import count, number, percent, span
from cxresearch.relate.relation import Check, Relation

CORNERS = {
    "much low": "goes with much, rated low",
    "much high": "goes with much, rated high",
    "little low": "goes with little, rated low",
    "little high": "goes with little, rated high",
}


def topic(relation: Relation) -> str:
    """Return what a finding is about."""
    return f"what matters for {lower_first(relation.facts.get('outcome_label') or 'the outcome')} and how it is rated"


def pairs(relation: Relation) -> list[tuple[pd.Series, pd.Series]]:
    """Return importance and performance of every driver, the most important first."""
    rows = relation.estimates
    first = rows[rows["level"] == "importance"].sort_values(["estimate", "term"], ascending=[False, True])
    second = rows[rows["level"] == "performance"].set_index("term", drop=False)
    return [(row, second.loc[row["term"]]) for _, row in first.iterrows()]


def at_corner(relation: Relation, corner: str) -> list[str]:
    """Return the labels of the drivers that stand in a corner."""
    return [plain(row["label"]) for row, _ in pairs(relation) if row["corner"] == corner]


def headline(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return which drivers go with much and are rated low, as far as the draws tell them apart."""
    noun, names = outcome_of(relation.facts).noun, [lower_first(label) for label in at_corner(relation, "much low")]
    if strength == "inconclusive":
        return f"Which drivers go with most of the differences in {noun} and are rated lowest, these data cannot say."
    if not names:
        return f"No driver is told apart as one that goes with much of the differences in {noun} and is rated low."
    goes, rated = ("goes", "is") if len(names) == 1 else ("go", "are")
    said = f"{listed(names)} {goes} with more of the differences in {noun} than the average driver and {rated} rated lower"
    return upper_first(f"{said}.")


def detail(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return R2, the unexplained part and what it rests on."""
    facts = relation.facts
    within = f"95% interval {span(facts['r2_low'], facts['r2_high'], 2)}{held_out(relation)}"
    unit = plain(facts.get("row_unit", "answer"))
    rest = f"{percent(1 - facts['r2'])} stays unexplained; n = {count(facts['n_used'])} {unit}s."
    return f"All drivers together: R² {number(facts['r2'], 2)}, {within}; {rest}{on_scale(relation)}"


def sure(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return what placing a driver in a corner means."""
    found = sum(bool(row["corner"]) for row, _ in pairs(relation))
    return f"{found} of {len(pairs(relation))} drivers stand in one corner in 95 of 100 repeated draws of the customers."


def short(relation: Relation, strength: str, worth: float | None, headline: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    names = at_corner(relation, "much low")
    if strength == "inconclusive":
        return "What matters and is rated low?", "Not known", headline
    return "What matters and is rated low?", upper_first(listed([lower_first(name) for name in names])) or "Nothing stands out", headline


def more(relation: Relation) -> tuple[Check, ...]:
    """Return who stands in each corner, and who cannot be placed."""
    found = [
        Check(corner, "passed", f"{upper_first(said)}: {listed([lower_first(label) for label in at_corner(relation, corner)])}.")
        for corner, said in CORNERS.items()
        if at_corner(relation, corner)
    ]
    rest = listed([lower_first(label) for label in at_corner(relation, "")])
    return (*found, *([Check("not placed", "doubt", f"In no corner for sure: {rest}.")] if rest else []))


def title(relation: Relation) -> str:
    """Return what the map says."""
    names = [lower_first(label) for label in at_corner(relation, "much low")]
    failed = any(check.status == "failed" for check in relation.checks)
    if failed or not any(row["corner"] for row, _ in pairs(relation)):
        return "Which driver stands in which corner, these data cannot say"
    return upper_first(f"{listed(names)}: {CORNERS['much low']}") if names else "No driver is both: goes with much and rated low"


def subtitle(relation: Relation) -> str:
    """Return both quantities and the interval of the map."""
    noun = outcome_of(relation.facts).noun
    how = "mean rating" if relation.facts["same_scale"] else "mean rating, of 100 of its scale"
    return f"Upwards: share of the differences in {noun}, of 100. To the right: {how}. Lines: 95% intervals"


def note(relation: Relation) -> str:
    """Return what the dotted lines are and what a hollow mark is."""
    return "Dotted: the mean of all drivers. A hollow mark is in no corner for sure."


def alt(relation: Relation) -> str:
    """Return message and numbers of the map."""
    rows = [
        f"{lower_first(plain(much['label']))} {number(100 * much['estimate'])} ({span(100 * much['low'], 100 * much['high'])}), "
        f"rated {number(well['estimate'], 2)} ({span(well['low'], well['high'], 2)})"
        for much, well in pairs(relation)
    ]
    return f"{title(relation)}. Share of the differences, of 100, and mean rating: {'; '.join(rows)}."
