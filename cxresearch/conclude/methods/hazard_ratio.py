"""How `hazard_ratio` is judged, tabled and drawn."""

from cxresearch.conclude.escape import plain
from cxresearch.conclude.methods import hazard
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Voice
from cxresearch.conclude.words import association, hazards, sure
from cxresearch.conclude.words.display import upper_first
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Relation

NAMES = {"hazard_ratio_naive": "As recorded\nnothing held equal", "hazard_ratio": "Adjusted\ncomparable customers"}


def _tables(relation: Relation) -> tuple[Table, ...]:
    rows = []
    for term in NAMES if relation.facts.get("adjusted_for") else ("hazard_ratio_naive",):
        for _, row in relation.estimates[relation.estimates["term"] == term].iterrows():
            level = f", {plain(row['level'])}" if row["level"] else ""
            name, _, how = NAMES[term].partition("\n")
            rows.append((f"{name}{level}\n{how}", *hazards.ratio_cells(row), count(row["n"])))
    caption = f"Hazard ratio of leaving for {association.contrast_words(hazards.of_thousand(relation))}"
    head = ("Compared", "Ratio", "95% interval", f"{upper_first(plain(relation.facts.get('row_unit', 'customer')))}s")
    under = "under 1: leaving later; 1: no difference"
    return (*hazard.by_way(relation), *([Table(caption, under, head, tuple(rows))] if rows else []))


VOICE = Voice(
    hazard.judge, hazards.headline, hazards.detail, _tables, hazards.topic, hazards.how_sure,
    lambda relation: sure.more(hazards.of_thousand(relation)), hazards.short, hazard.picture,
)  # fmt: skip
