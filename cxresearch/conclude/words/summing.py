"""Sentences about which summary of a customer's contacts goes best with the outcome: `aggregators`."""

import pandas as pd

from cxresearch.conclude.escape import plain
from cxresearch.conclude.words.association import adjusted_words
from cxresearch.conclude.words.display import listed, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, number, span
from cxresearch.relate.relation import Check, Relation


def name(relation: Relation, summary: str) -> str:
    """Return a summary as people read it: "time to first response: worst"."""
    return lower_first(relation.facts.get("labels", {}).get(summary, summary.replace("_", " ")))


def ranked(relation: Relation) -> pd.DataFrame:
    """Return the summaries, the best one first."""
    return relation.estimates[relation.estimates["term"] == "held_out"]


def value(row: pd.Series) -> str:
    """Return a share of 100 explained, with its interval."""
    digits = 1 if 100 * (row["high"] - row["low"]) > 0.4 else 2
    return f"{number(100 * row['estimate'], digits)} ({span(100 * row['low'], 100 * row['high'], digits)})"


def some(relation: Relation) -> bool:
    """Return whether the best summary predicts anything at all."""
    return bool(ranked(relation).iloc[0]["low"] > 0)


def topic(relation: Relation) -> str:
    """Return what the finding is about."""
    return f"how contacts sum up, and {outcome_of(relation.facts).noun}"


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return which summary goes best with the outcome, or that they are not told apart."""
    noun, best = outcome_of(relation.facts).noun, name(relation, relation.facts["best"])
    if strength != "inconclusive":
        return f"Of {len(ranked(relation))} ways to sum up a customer's contacts, “{best}” goes best with {noun}."
    if not some(relation):
        return f"Whether any way to sum up a customer's contacts goes with {noun}, these data cannot say."
    return f"Which way to sum up a customer's contacts goes best with {noun}, these data cannot say."


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return what the best explains for customers not used for the fit, and which others are not told apart from it."""
    row, facts, noun = ranked(relation).iloc[0], relation.facts, outcome_of(relation.facts).noun
    beyond = f" beyond {adjusted_words(facts)}" if facts.get("adjusted_for") else ""
    said = (
        f"For customers who were not used for the fit, “{name(relation, facts['best'])}” explains {value(row)} of 100 of the differences "
        f"in {noun}{beyond}, with 95% interval; n = {count(facts['n_used'])} {facts.get('row_unit', 'row')}s."
    )
    tied = [f"“{name(relation, each)}”" for each in facts.get("tied", [])]
    return f"{said} Not told apart from it: {listed(tied)}." if tied and some(relation) else said


def more(relation: Relation) -> tuple[Check, ...]:
    """Return how far the best lies before each other summary."""
    rows, best = relation.estimates[relation.estimates["term"] == "difference"], relation.facts["best"]
    told = []
    for _, row in rows.iterrows():
        apart = "told apart" if row["p_holm"] < 0.05 else "not told apart"
        told.append(f"{name(relation, row['level'].removeprefix(f'{best} less '))} {value(row)}, {apart}")
    said = f"So much more is explained by “{name(relation, best)}” than by the others, of 100: {'; '.join(told)}."
    return (Check("apart", "doubt" if relation.facts.get("tied") else "passed", said),)


def short(relation: Relation, strength: str, worth: float | None, said: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    answer = upper_first(name(relation, relation.facts["best"])) if strength != "inconclusive" else "Not told apart"
    return "Which of a customer's contacts count most?", answer, said


def title(relation: Relation) -> str:
    """Return what the picture says, never more than the family of comparisons allows."""
    noun, tied = outcome_of(relation.facts).noun, relation.facts.get("tied", [])
    if not some(relation):
        return f"No way to sum up the contacts stands out from nothing, for {noun}"
    best = name(relation, relation.facts["best"])
    if not tied:
        return f"“{plain(upper_first(best))}” goes best with {noun}"
    rest = "one other is" if len(tied) == 1 else f"{len(tied)} others are"
    return f"“{plain(upper_first(best))}” comes first, and {rest} not told apart from it"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval."""
    beyond = f", beyond {adjusted_words(relation.facts)}" if relation.facts.get("adjusted_for") else ""
    noun = outcome_of(relation.facts).noun
    return f"Differences in {noun} explained for customers not used for the fit{beyond}, of 100, with 95% intervals"


def alt(relation: Relation) -> str:
    """Return message and numbers."""
    rows = "; ".join(f"{name(relation, row['level'])} {value(row)}" for _, row in ranked(relation).iterrows())
    return f"{title(relation)}. Explained, of 100: {rows}."
