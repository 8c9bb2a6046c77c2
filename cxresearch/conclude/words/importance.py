"""Sentences about what explains an outcome: `drivers`."""

import pandas as pd

from cxresearch.conclude.escape import plain
from cxresearch.conclude.words.display import listed, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, number, percent, span
from cxresearch.relate.relation import Relation


def ranked(relation: Relation, level: str = "lmg") -> pd.DataFrame:
    """Return the drivers, or the blocks, with the largest first."""
    rows = relation.estimates[relation.estimates["level"] == level]
    return rows.sort_values(["estimate", "term"], ascending=[False, True])


def above_noise(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose whole interval lies beyond what an unrelated driver would get."""
    return rows[rows["low"] > rows["noise"]]


def headline(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return how much is explained, and the first driver only as far as the draws tell it apart."""
    return f"{_together(relation)}; {_first(relation)}."


def detail(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return R2, the unexplained part, how sure the rank is, and what was left out."""
    facts, rows = relation.facts, ranked(relation)
    top = rows.iloc[0]
    within = span(facts["r2_low"], facts["r2_high"], 2)
    parts = [
        f"R² {number(facts['r2'], 2)}, 95% interval {within}; {percent(1 - facts['r2'])} stays unexplained; "
        f"n = {count(facts['n_used'])} of {count(facts['n_eligible'])} answers.",
        f"{_name(top)} comes first in {percent(top['p_top'])} of repeated draws of the customers.",
        _noise(rows),
    ]
    left_out = facts.get("left_out", ())
    if left_out:
        parts.append(f"Left out: {'; '.join(f'{plain(label)} ({plain(reason)})' for label, reason in left_out)}.")
    return " ".join(part for part in parts if part)


def title(relation: Relation) -> str:
    """Return what the bars say."""
    return upper_first(
        _first(relation).replace("these data cannot say which explains most", "which of them explains most, these data cannot say")
    )


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the bars."""
    shown = outcome_of(relation.facts)
    return f"Share of the differences in {shown.noun} explained, of 100, with 95% intervals; thin mark: what an unrelated driver would get"


def alt(relation: Relation) -> str:
    """Return message and numbers of the bars."""
    rows = [
        f"{lower_first(row['label'])} {number(row['estimate'] * 100)} ({span(row['low'] * 100, row['high'] * 100)})"
        for _, row in ranked(relation).iterrows()
    ]
    return f"{title(relation)}. Of 100 parts of the differences: {'; '.join(rows)}; unexplained {number((1 - relation.facts['r2']) * 100)}."


def _together(relation: Relation) -> str:
    blocks, shown = ranked(relation, "block"), outcome_of(relation.facts)
    many = len(ranked(relation))
    who = (
        listed([lower_first(label) for label in sorted(blocks["label"])])
        if len(blocks)
        else f"the {many} drivers"
        if many > 1
        else "the one driver"
    )
    verb = "together explain" if max(many, len(blocks)) > 1 else "explains"
    return upper_first(f"{who} {verb} {percent(relation.facts['r2'])} of the differences in {shown.noun}")


def _first(relation: Relation) -> str:
    rows = ranked(relation)
    top, real = rows.iloc[0], above_noise(rows)
    if real.empty:
        return "none of the drivers is told apart from noise"
    if top["p_top"] >= 0.95 and top["term"] in set(real["term"]):
        return f"{lower_first(top['label'])} explains most"
    if top["p_top"] >= 0.8 and top["term"] in set(real["term"]):
        return f"{lower_first(top['label'])} probably explains most"
    rivals = rows[rows["p_top"] >= 0.05].head(3)
    names = listed([lower_first(label) for label in (rivals if len(rivals) > 1 else rows.head(2))["label"]])
    return f"among {names}, these data cannot say which explains most"


def _noise(rows: pd.DataFrame) -> str:
    weak = rows[~rows["term"].isin(above_noise(rows)["term"])]
    if weak.empty:
        return "Every driver is told apart from noise."
    return f"Not told apart from noise: {listed([lower_first(label) for label in weak['label']])}."


def _name(row: pd.Series) -> str:
    return upper_first(plain(row["label"]))
