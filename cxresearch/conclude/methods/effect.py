"""How `effect` is judged, tabled and drawn."""

from typing import Any

from cxresearch.conclude.cells import ends
from cxresearch.conclude.charts import intervals
from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import family_interval, strength
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, nothing_held, size_of
from cxresearch.conclude.words import association, sure
from cxresearch.conclude.words.display import outcome_of, upper_first
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Check, Relation

KEPT = (
    "contrast", "contrast_words", "outcome_label", "outcome_phrase", "exposure_label", "better", "adjusted_for", "robustness_value",
    "design",
)  # fmt: skip


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the difference that goes with an exposure against `worth`."""
    row, shown = association.main_row(relation), outcome_of(relation.facts)
    estimate, low, high = association.sorted_ends(row, shown)
    family = int((relation.estimates["term"] == row["term"]).sum()), float(row.get("df", 1e9))
    word = strength(*family_interval((estimate, low, high), *family), worth)
    limits = list(nothing_held(relation)) if association.observed(relation) else []
    limits += _one_of_many(relation)
    limits += _strictest(relation, worth) if word == "clear" else []
    facts = {name: relation.facts.get(name) for name in KEPT} | {"rows": _rows(relation)}
    return Verdict(word, estimate, low, high, shown.unit, worth, *size_of(row), tuple(limits), facts, family=family)


def _one_of_many(relation: Relation) -> list[Check]:
    many = relation.estimates["level"].nunique()
    said = f"It is the one that stands out most of {many} levels; the word allows for that."
    return [] if many < 2 else [Check("levels", "doubt", said, cap="suggestive")]


def _strictest(relation: Relation, worth: float | None) -> list[Check]:
    if "within" not in set(relation.estimates["term"]):
        return []
    within, main = association.same_row(relation, "within"), association.main_row(relation)
    _, low, high = association.sorted_ends(within, outcome_of(relation.facts))
    opposite = within["estimate"] * main["estimate"] < 0
    if not opposite and strength(low, high, worth) != "negligible":
        return []
    said = "points to the other side" if opposite else "is too small to act on"
    return [Check("within", "doubt", f"For the same customer at different times the difference {said}.", cap="suggestive")]


def _tables(relation: Relation) -> tuple[Table, ...]:
    shown, rows = outcome_of(relation.facts), []
    held = association.adjusted_words(relation.facts)
    how = {
        "naive": "as recorded, nothing held equal",
        "adjusted": f"comparable customers: same {held}",
        "within": f"same customer at different times{f', same {held}' if held else ''}",
    }
    names = {"naive": "Naive", "adjusted": "Adjusted", "within": "Within-customer"}
    for _, row in association.ways(relation).iterrows():
        level = f", {plain(row['level'])}" if row["level"] else ""
        rows.append((f"{names.get(row['term'], row['term'])}{level}\n{how.get(row['term'], '')}", *ends(shown, row), count(row["n"])))
    unit = plain(relation.facts.get("row_unit", "answer"))
    return (Table(association.all_steps(relation), "", ("Compared", "Difference", "95% interval", f"{upper_first(unit)}s"), tuple(rows)),)


def _draw(name: str, relation: Relation, width: int) -> str:
    shown, worth = outcome_of(relation.facts), relation.facts.get("worth")
    ways = association.headline_ways(relation)
    known = ways[ways["estimate"].notna() & ways["low"].notna()]
    lines = [(association.ROWS.get(row["term"], (row["term"],))[0], association.sorted_ends(row, shown)) for _, row in known.iterrows()]
    unit = shown.amount(worth) if worth else shown.unit
    return intervals.forest(name, association.alt(relation), lines, width=width, worth=worth, unit=unit)


def _rows(relation: Relation) -> dict[str, Any]:
    """Return every way of comparing, in display units, for the page."""
    shown, level = outcome_of(relation.facts), association.main_row(relation)["level"]
    rows = [row for _, row in relation.estimates.iterrows() if row["level"] == level]
    named = ("estimate", "low", "high")
    return {row["term"]: {**dict(zip(named, association.sorted_ends(row, shown), strict=True)), "n": int(row["n"])} for row in rows}


VOICE = Voice(
    judge, association.headline, association.detail, _tables, association.topic, sure.sure, sure.more, sure.short,
    lambda relation: Picture(association.title, association.subtitle, association.alt, _draw),
)  # fmt: skip
