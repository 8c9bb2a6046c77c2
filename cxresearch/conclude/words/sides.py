"""Sentences about low and high ratings: does a low one count for more: `asymmetry`."""

import pandas as pd

from cxresearch.conclude.escape import plain
from cxresearch.conclude.words.association import interval
from cxresearch.conclude.words.display import Display, listed, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, number, span
from cxresearch.relate.relation import Check, Relation


def topic(relation: Relation) -> str:
    """Return what a finding is about."""
    return f"low and high ratings and {lower_first(relation.facts.get('outcome_label') or 'the outcome')}"


def rows_of(relation: Relation, level: str = "asymmetry") -> pd.DataFrame:
    """Return one row per driver, in the order of the asymmetry."""
    rows = relation.estimates[relation.estimates["level"] == "asymmetry"].sort_values(["estimate", "term"])
    return relation.estimates[relation.estimates["level"] == level].set_index("term", drop=False).loc[list(rows["term"])]


def main_row(relation: Relation) -> pd.Series:
    """Return the asymmetry that stands out most in its own errors."""
    rows = rows_of(relation)
    size = (rows["estimate"].abs() / (rows["high"] - rows["low"]).where(lambda width: width > 0)).fillna(0)
    return rows.loc[size.idxmax()]


def bent(relation: Relation, term: str) -> bool:
    """Return whether the line of a driver bends to the side of its asymmetry, so that a straight line would not look the same."""
    row, bend = relation.row(term, "asymmetry"), relation.row(term, "bend")
    return bool((row["estimate"] < 0 and bend["high"] < 0) or (row["estimate"] > 0 and bend["low"] > 0))


def told(relation: Relation) -> list[str]:
    """Return the drivers whose asymmetry stands out, allowing for their number, and whose line bends."""
    rows = rows_of(relation)
    return [term for term in rows["term"] if rows.loc[term, "p_holm"] <= 0.05 and bent(relation, term)]


def headline(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return for which driver low and high ratings do not count alike."""
    shown, row = outcome_of(relation.facts), main_row(relation)
    name = lower_first(plain(row["label"]))
    if strength == "inconclusive":
        return f"Whether low ratings count for more in {shown.noun} than high ones, these data cannot say."
    if strength == "negligible":
        return f"For every driver, low and high ratings count alike in {shown.noun}, but for less than is worth acting on."
    low = row["estimate"] * shown.sign < 0
    first, second = ("low", "high") if low else ("high", "low")
    ends = {side: _size(relation.row(row["term"], level), shown) for side, level in (("low", "penalty"), ("high", "reward"))}
    return f"For {name}, {first} ratings count for more in {shown.noun} than {second} ones: {ends[first]} against {ends[second]}."


def detail(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return the interval of the asymmetry, what is held alike and what it rests on."""
    facts, shown, row = relation.facts, outcome_of(relation.facts), main_row(relation)
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    held = f"{listed(['the other drivers', *(lower_first(name) for name in facts.get('adjusted_for', ()))])} held alike"
    unit = plain(facts.get("row_unit", "answer"))
    return f"Low and high against the middle, summed: {interval(shown, low, high, worth)}; {held}; n = {count(facts['n_used'])} {unit}s."


def sure(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return how many drivers are told apart from a straight line."""
    found = told(relation)
    many = len(rows_of(relation))
    return f"For {len(found)} of {many} drivers low and high ratings are told apart, allowing for their number and for a straight line."


def short(relation: Relation, strength: str, worth: float | None, headline: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    answer = {"inconclusive": "Not known", "negligible": "No", "clear": "Yes", "suggestive": "Perhaps"}.get(strength, "As recorded")
    return "Do low and high ratings count alike?" if answer == "No" else "Do low and high ratings count differently?", answer, headline


def more(relation: Relation) -> tuple[Check, ...]:
    """Return the drivers that are told apart, those that are not, and those where a straight line would look the same."""
    found, rows = told(relation), rows_of(relation)
    straight = [term for term in rows["term"] if rows.loc[term, "p_holm"] <= 0.05 and term not in found]
    names = lambda terms: listed([lower_first(plain(rows.loc[term, "label"])) for term in terms])  # noqa: E731
    lines = [Check("told apart", "passed", f"Low and high do not count alike: {names(found)}.")] if found else []
    if straight:
        lines.append(
            Check("straight", "doubt", f"A straight line would look the same, for low ratings lie further out: {names(straight)}.")
        )
    rest = [term for term in rows["term"] if term not in found and term not in straight]
    return (*lines, *([Check("not told apart", "passed", f"Low and high are not told apart: {names(rest)}.")] if rest else []))


def title(relation: Relation) -> str:
    """Return what the picture says."""
    if any(check.status == "failed" for check in relation.checks):
        return "Whether low and high ratings count alike, these data cannot say"
    found, rows = told(relation), rows_of(relation)
    if not found:
        return "For no driver are low and high ratings told apart"
    names = listed([lower_first(plain(rows.loc[term, "label"])) for term in found])
    return upper_first(f"{names}: low and high ratings do not count alike")


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the picture."""
    shown = outcome_of(relation.facts)
    quantity = f"Difference in {shown.noun}{f', {shown.unit}' if shown.unit else ''}"
    return f"{quantity}, against ratings in the middle, with 95% intervals{shown.side}"


def note(relation: Relation) -> str:
    """Return what the numbers at the right are."""
    side = "above" if outcome_of(relation.facts).sign < 0 else "below"
    return f"At the right: both summed; {side} zero, low ratings count for more. A hollow mark: no difference from the middle is inside."


def alt(relation: Relation) -> str:
    """Return message and numbers of the picture."""
    shown, parts = outcome_of(relation.facts), []
    for term, row in rows_of(relation).iterrows():
        low, high = (_said(relation.row(str(term), level), shown) for level in ("penalty", "reward"))
        parts.append(f"{lower_first(plain(row['label']))} low {low}, high {high}, summed {_said(row, shown)}")
    return f"{title(relation)}. {subtitle(relation).partition(', with')[0]}: {'; '.join(parts)}."


def _said(row: pd.Series, shown: Display) -> str:
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    digits = shown.digits(low, high)
    return f"{number(shown.shown(row['estimate']), digits)} ({span(low, high, digits)})"


def _size(row: pd.Series, shown: Display) -> str:
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    return f"{number(shown.shown(row['estimate']), shown.digits(low, high), sign=True)} {shown.unit}".strip()
