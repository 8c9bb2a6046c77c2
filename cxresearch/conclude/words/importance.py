"""Sentences about what explains an outcome: `drivers`."""

import pandas as pd

from cxresearch.conclude.escape import plain
from cxresearch.conclude.words.display import finite, listed, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, number, percent, span
from cxresearch.relate.relation import Check, Relation


def topic(relation: Relation) -> str:
    """Return what a finding is about."""
    return f"what explains {lower_first(relation.facts.get('outcome_label') or 'the outcome')}"


def ranked(relation: Relation, level: str = "lmg") -> pd.DataFrame:
    """Return the drivers, or the blocks, with the largest first."""
    rows = relation.estimates[relation.estimates["level"] == level]
    return rows.sort_values(["estimate", "term"], ascending=[False, True])


def in_blocks(relation: Relation) -> list[tuple[bool, pd.Series]]:
    """Return every block with its drivers under it, largest first; without blocks the drivers. True: stands under a block."""
    rows, blocks = ranked(relation), ranked(relation, "block")
    if blocks.empty:
        return [(False, row) for _, row in rows.iterrows()]
    lines = []
    for _, block in blocks.iterrows():
        lines.append((False, block))
        lines += [(True, row) for _, row in rows[rows["block"] == block["term"]].iterrows()]
    return lines


def above_noise(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose whole interval lies beyond what an unrelated driver would get."""
    return rows[rows["low"] > rows["noise"]]


def headline(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return how much is explained, and the first driver only as far as the draws tell it apart."""
    if strength == "inconclusive" and not above_noise(ranked(relation)).empty:
        return f"What explains most of the differences in {outcome_of(relation.facts).noun}, these data cannot say."
    return f"{_together(relation)}; {_first(relation)}."


def detail(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return R2, the unexplained part and what it rests on."""
    facts = relation.facts
    used = count(facts["n_used"]) if facts["n_used"] == facts["n_eligible"] else f"{count(facts['n_used'])} of {count(facts['n_eligible'])}"
    within = f"95% interval {span(facts['r2_low'], facts['r2_high'], 2)}"
    unit = plain(facts.get("row_unit", "answer"))
    parts = f"R² {number(facts['r2'], 2)}, {within}{held_out(relation)}; {percent(1 - facts['r2'])} stays unexplained"
    return f"{parts}; n = {used} {unit}s.{on_scale(relation)}"


def held_out(relation: Relation) -> str:
    """Return R2 for customers who were left out of the fit: ", 0.18 for customers left out of the fit"."""
    value = relation.facts.get("r2_held_out")
    return f", {number(max(value, 0.0), 2)} for customers left out of the fit" if finite(value) else ""


def on_scale(relation: Relation) -> str:
    """Return on which scale the differences are divided, where it is not the outcome itself."""
    scale = relation.facts.get("scale", "linear")
    if scale == "linear":
        return ""
    kept = "; for customers left out of the fit, of the answers themselves" if scale == "logit" and held_out(relation) else ""
    return f" The differences are those of {plain(relation.facts['scale_words'])}{kept}."


def sure(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return how much is explained at least and at most."""
    low, high = (percent(relation.facts[name]) for name in ("r2_low", "r2_high"))
    return f"Between {low} and {high} of the differences go with the drivers (95% interval)."


def short(relation: Relation, strength: str, worth: float | None, headline: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    question = f"What explains {outcome_of(relation.facts).noun}?"
    if strength == "inconclusive":
        return question, "Not known", headline
    facts = relation.facts
    ends = f"{percent(facts['r2_low'])} to {percent(facts['r2_high'])}"
    return question, f"{percent(facts['r2'])} is explained ({ends})", upper_first(f"{_first(relation)}.")


def more(relation: Relation) -> tuple[Check, ...]:
    """Return how sure the first place is, and which drivers are noise."""
    rows = ranked(relation)
    top, weak = rows.iloc[0], len(above_noise(rows)) < len(rows)
    first = f"{_name(top)} comes first in {percent(top['p_top'])} of repeated draws of the customers."
    return (
        Check("first place", "passed" if top["p_top"] >= 0.95 else "doubt", first),
        Check("noise", "doubt" if weak else "passed", _noise(rows)),
    )


def title(relation: Relation) -> str:
    """Return what the picture says."""
    if any(check.status == "failed" for check in relation.checks):
        return "Which driver explains most, these data cannot say"
    return upper_first(
        _first(relation).replace("these data cannot say which explains most", "which of them explains most, these data cannot say")
    )


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the picture."""
    shown = outcome_of(relation.facts)
    return f"Share of the differences in {shown.noun} that goes with each driver, of 100, with 95% intervals"


def drawn_note(relation: Relation) -> str:
    """Return how to read the dotted line and the hollow marks."""
    return f"{noise_words(relation)}: dotted line. A hollow mark is not told apart from it."


def noise_words(relation: Relation) -> str:
    """Return what a driver unrelated to the outcome would get: "By chance alone, at most 0.1 of 100"."""
    top = 100 * float(ranked(relation)["noise"].max())
    return f"By chance alone, {f'at most {number(top)}' if top >= 0.05 else 'under 0.1'} of 100"


def alt(relation: Relation) -> str:
    """Return message and numbers of the picture."""
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
