"""Sentences about what a block of drivers adds over the others: `added`."""

import pandas as pd

from cxresearch.conclude.words.display import listed, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, digits_for, number, span
from cxresearch.relate.relation import Relation


def blocks(relation: Relation, term: str = "added") -> pd.DataFrame:
    """Return one row per block, the one that adds most first."""
    return relation.estimates[relation.estimates["term"] == term].sort_values(["estimate", "level"], ascending=[False, True], kind="stable")


def adding(relation: Relation) -> list[str]:
    """Return the blocks that add something beyond chance, allowing for their number (Holm)."""
    rows = blocks(relation)
    return list(rows.loc[(rows["low"] > 0) & (rows["p_holm"] < 0.05), "level"])


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return which blocks add something that the others do not tell."""
    named, every, noun = adding(relation), list(blocks(relation)["level"]), outcome_of(relation.facts).noun
    if strength == "inconclusive" or not named:
        return f"Whether any block of drivers tells something of {noun} that the others do not, these data cannot say."
    if len(named) == len(every):
        return f"Each of {listed(named)} tells something of {noun} that the others do not."
    rest = [block for block in every if block not in named]
    verb = "tells" if len(named) == 1 else "tell"
    return f"{upper_first(listed(named))} {verb} something of {noun} that the others do not; of {listed(rest)} these data cannot say so."


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return what each block adds, and what all explain, of customers left out of the fit."""
    facts = relation.facts
    said = "; ".join(f"{lower_first(row['level'])} {size(row)}" for _, row in blocks(relation).iterrows())
    whole = f"all together {number(100 * facts['r2_held_out'])} of 100, {number(100 * (1 - facts['r2_held_out']))} stay unexplained"
    return f"Added, of 100 explained: {said}; {whole}. For customers left out of the fit; n = {count(facts['n_used'])} rows."


def topic(relation: Relation) -> str:
    """Return what the finding is about."""
    return f"what each block adds to {lower_first(relation.facts.get('outcome_label') or 'the outcome')}"


def title(relation: Relation) -> str:
    """Return what the picture says."""
    return headline(relation, "suggestive", None).rstrip(".")


def subtitle(relation: Relation) -> str:
    """Return quantity and interval."""
    return "Explained by a block beyond all others, of 100, for customers left out of the fit, with 95% intervals"


def alt(relation: Relation) -> str:
    """Return message and numbers."""
    return f"{title(relation)}. {'; '.join(f'{row.level} {size(row)}' for _, row in blocks(relation).iterrows())}."


def size(row: pd.Series) -> str:
    """Return what a block adds, of 100 explained, with its interval: "3.1 (2.2 to 4.0)"."""
    value, low, high = (100 * float(row[name]) for name in ("estimate", "low", "high"))
    digits = digits_for(low, high, usual=1)
    return f"{number(value, digits)} ({span(low, high, digits)})"
