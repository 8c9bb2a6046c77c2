"""How `journey` is judged, tabled and drawn."""

from cxresearch.conclude.cells import ends, few
from cxresearch.conclude.charts import four
from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.evidence import strength
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, alone, nothing_held
from cxresearch.conclude.words import association, journeys
from cxresearch.conclude.words.display import outcome_of, upper_first
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Relation


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge a failed journey with good service against a whole journey with poor service."""
    row, shown = relation.row("contrast", "outweighs"), outcome_of(relation.facts)
    estimate, low, high = association.sorted_ends(row, shown)
    n = int(relation.estimates.loc[relation.estimates["term"] == "corner", "n"].sum())
    limits = nothing_held(relation)
    size, word = (n, int(relation.facts.get("clusters", 0))), strength(low, high, worth)
    return Verdict(word, estimate, low, high, shown.unit, worth, *size, limits, {"better": shown.better}, family=alone(row))


def _tables(relation: Relation) -> tuple[Table, ...]:
    shown = outcome_of(relation.facts)
    made = relation.estimates[relation.estimates["term"] == "corner"]
    rows = []
    for (_, row), ok in zip(made.iterrows(), shown_rows(made, limit_of(relation)), strict=True):
        name = upper_first(", ".join(journeys.NAMES[row["level"]]))
        rows.append((name, *(ends(shown, row) if ok else ("not shown", "")), count(row["n"]) if ok else few(relation)))
    apart = []
    for key, (what, against) in journeys.DIFFERENCES.items():
        row = relation.row(*key)
        apart.append((f"{what}\n{against}", *ends(shown, row), count(row["n"])))
    held = association.adjusted_words(relation.facts)
    under = ", ".join(filter(None, [shown.unit, f"same {held}" if held else "as recorded"]))
    return (
        Table(f"{shown.label} by journey and service", under, ("Journey and service", "Value", "95% interval", "n"), tuple(rows)),
        Table(f"Differences in {shown.label}", under, ("Compared", "Difference", "95% interval", "n"), tuple(apart)),
    )


VOICE = Voice(
    judge, journeys.headline, journeys.detail, _tables, journeys.topic, journeys.sure, journeys.more, journeys.short_answer,
    lambda relation: Picture(journeys.title, journeys.subtitle, journeys.alt, four.journey),
)  # fmt: skip
