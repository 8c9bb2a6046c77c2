"""Sentences about the picture of a scorecard: which measures set groups apart."""

import pandas as pd

from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.words import levels
from cxresearch.conclude.words.differing import plural
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Relation

FEW = 3


def visible(relation: Relation) -> pd.DataFrame:
    """Return the rows that may be shown and have an interval."""
    rows = relation.estimates[shown_rows(relation.estimates, limit_of(relation))]
    return rows[rows["low"].notna() & rows["high"].notna()]


def title(relation: Relation) -> str:
    """Return how many measures set the groups apart; without groups where the first numbers stand."""
    rows = visible(relation)
    groups = [part[part["level"] != ""] for _, part in rows.groupby("term", sort=False)]
    groups = [part for part in groups if len(part) > 1]
    if not groups:
        return levels.card_headline(relation, "described").rstrip(".")
    apart = sum(bool(part["low"].max() > part["high"].min()) for part in groups)
    label = levels.by_label(relation) or "group"
    many = f"groups by {label}" if " " in label else plural(label)
    if not apart:
        return f"None of {len(groups)} measures sets {many} apart"
    return f"{apart} of {len(groups)} measures {'sets' if apart == 1 else 'set'} {many} apart: intervals that do not touch"


def subtitle(relation: Relation) -> str:
    """Return what is drawn: every measure on its own scale."""
    small = f", small marks: by {levels.by_label(relation)}" if (relation.estimates["level"] != "").any() else ""
    return f"Each measure on its own scale, better to the right, with 95% intervals; large marks: all{small}"


def alt(relation: Relation) -> str:
    """Return message and numbers."""
    said = []
    for _, row in visible(relation).iterrows():
        shown = levels.display_of(relation, row)
        name = f"{shown.label}, {plain(row['level'])}" if row["level"] else shown.label
        said.append(f"{name} {levels.value(shown, row)}, n = {count(row['n'])}")
    return f"{title(relation)}. {'; '.join(said)}."


def note(relation: Relation) -> str:
    """Return what the picture leaves out."""
    counts = relation.estimates[relation.estimates["level"] != ""].groupby("term")["level"].nunique()
    return "Which small mark is whose stands in the table." if len(counts) and counts.max() > FEW else ""
