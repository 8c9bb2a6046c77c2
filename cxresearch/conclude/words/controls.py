"""Sentences about comparisons that must find nothing: `negative_controls`."""

from collections.abc import Iterator

import pandas as pd

from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import needed_n
from cxresearch.conclude.words.association import basis, sorted_ends
from cxresearch.conclude.words.display import finite, listed, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, digits_for, number, short, span
from cxresearch.relate.relation import Check, Relation

ASKED, LATER, PLACEBO = "as asked", "later contact", "placebo outcome"
Ends = tuple[float, float, float]


def controls(relation: Relation) -> pd.DataFrame:
    """Return the controls, the one that says most against the answer first: something, open, nothing; then by size in margins."""
    found = relation.estimates[relation.estimates["term"] != ASKED]
    size = (found["estimate"].abs() / found["margin"]).fillna(0)
    place = found["verdict"].map({"something": 0, "open": 1, "nothing": 2})
    return found.assign(_place=place, _size=-size).sort_values(["_place", "_size"], kind="stable").drop(columns=["_place", "_size"])


def headline(relation: Relation, word: str, worth: float | None) -> str:
    """Return whether something that cannot matter seems to."""
    first, noun = controls(relation).iloc[0], outcome_of(relation.facts).noun
    if first["verdict"] == "something":
        return f"{upper_first(_subject(relation, first))} goes with a difference, where there can be none: hidden reasons are at work."
    if first["verdict"] == "open" or word == "inconclusive":
        return f"Whether hidden reasons are at work in the answer on {noun}, these controls cannot say."
    named = listed([_subject(relation, row) for _, row in controls(relation).iterrows()])
    return f"Where there can be no difference, none worth acting on was found: {named}."


def detail(relation: Relation, word: str, worth: float | None) -> str:
    """Return interval and basis of each control, and how many rows would tell."""
    parts = []
    for _, row in controls(relation).iterrows():
        value, low, high = ends(relation, row)
        digits = digits_for(low, high)
        against = f", against {short(_factor(relation, row) * row['margin'], 3)} worth acting on" if finite(row["margin"]) else ""
        said = f"{upper_first(row['term'])}: {number(value, digits)}, 95% interval {span(low, high, digits)}{against}"
        parts.append(f"{said}; {basis(row, relation.facts)}.")
        if row["verdict"] == "open" and finite(row["margin"]):
            wanted = needed_n(low, high, int(row["n"]), _factor(relation, row) * row["margin"])
            parts += [f"About {count(wanted)} would be needed to tell."] if wanted > row["n"] else []
    return " ".join(parts)


def more(relation: Relation) -> tuple[Check, ...]:
    """Return every control in a line of its own."""
    said = {
        "nothing": "goes with no difference worth acting on, as it should be",
        "something": "goes with a difference, where there can be none",
        "open": "goes with a difference or with none: the interval is too wide to tell",
    }

    def line(row: pd.Series) -> Check:
        status = "passed" if row["verdict"] == "nothing" else "doubt"
        return Check(row["term"], status, f"{upper_first(_subject(relation, row))} {said[row['verdict']]}.")

    return tuple(line(row) for _, row in controls(relation).iterrows())


def ends(relation: Relation, row: pd.Series) -> Ends:
    """Return a row in display units; a placebo keeps the sign of its own estimate."""
    if row["term"] != PLACEBO:
        return sorted_ends(row, outcome_of(relation.facts))
    factor = _factor(relation, row)
    return factor * row["estimate"], factor * row["low"], factor * row["high"]


def label(relation: Relation, row: pd.Series) -> str:
    """Return a row as people name it."""
    return {ASKED: "As asked", LATER: "By a later contact"}.get(row["term"]) or f"Placebo outcome: {plain(row['level'])}"


def drawn(relation: Relation) -> Iterator[tuple[str, Ends]]:
    """Yield label and interval of every row in the outcome's unit; a placebo has a unit of its own."""
    for _, row in relation.estimates.iterrows():
        if row["term"] != PLACEBO:
            yield label(relation, row), ends(relation, row)


def title(relation: Relation) -> str:
    """Return what the picture of controls says."""
    later = relation.estimates[relation.estimates["term"] == LATER]
    verdict = later.iloc[0]["verdict"] if len(later) else ""
    if verdict == "nothing":
        return "A later contact goes with no difference worth acting on, as it should be"
    if verdict == "something":
        return "A later contact goes with a difference, where there can be none"
    return "Whether a later contact goes with a difference cannot be told" if verdict else "The answer as asked"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the picture."""
    shown = outcome_of(relation.facts)
    unit = f", {shown.unit}," if shown.unit else ""
    shaded = "; shaded: too small to act on" if relation.facts.get("worth") else ""
    return f"Difference in {shown.noun}{unit} for {_step(relation)}, with 95% intervals{shown.side}{shaded}"


def alt(relation: Relation) -> str:
    """Return message and numbers of the picture, for readers who do not see it."""
    said = []
    for name, (value, low, high) in drawn(relation):
        digits = digits_for(low, high, usual=1)
        said.append(f"{name.lower()} {number(value, digits)} ({span(low, high, digits)})")
    return f"{title(relation)}. {subtitle(relation).partition(', with')[0]}: {'; '.join(said)}."


def note(relation: Relation) -> str:
    """Return what the picture leaves out."""
    left = [row for _, row in relation.estimates.iterrows() if row["term"] == PLACEBO]
    return "".join(f"Not drawn, since it has a unit of its own: {lower_first(label(relation, row))}." for row in left)


def _subject(relation: Relation, row: pd.Series) -> str:
    if row["term"] == LATER:
        return f"{_step(relation)} of a contact after the answer"
    return f"{_step(relation)} (placebo outcome: {plain(lower_first(row['level']))})"


def _factor(relation: Relation, row: pd.Series) -> float:
    """What an estimate is multiplied with to be shown: shares are shown of 100, also that of a placebo."""
    return 100.0 if row["kind"] == "share" else 1.0


def _step(relation: Relation) -> str:
    return plain(relation.facts.get("contrast_words", "a step of one unit"))
