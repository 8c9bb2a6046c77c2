"""How `what_if` is judged, tabled and drawn."""

from cxresearch.conclude.cells import ends
from cxresearch.conclude.charts import intervals
from cxresearch.conclude.evidence import strength
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, alone, nothing_held, size_of
from cxresearch.conclude.words import association, if_held
from cxresearch.conclude.words.display import currency, outcome_of, upper_first
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Relation

KEPT = (
    "change", "amount", "outcome_label", "exposure_label", "better", "adjusted_for", "moved", "left", "range_low", "range_high",
    "value_each", "cost", "chance", "design",
)  # fmt: skip


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the difference that would go with the change against `worth`."""
    row, shown = relation.row("difference"), outcome_of(relation.facts)
    estimate, low, high = association.sorted_ends(row, shown)
    limits = nothing_held(relation) if association.observed(relation) else ()
    facts = {name: relation.facts.get(name) for name in KEPT}
    word = strength(low, high, worth)
    return Verdict(word, estimate, low, high, shown.unit, worth, *size_of(row), tuple(limits), facts, family=alone(row))


def _tables(relation: Relation) -> tuple[Table, ...]:
    shown, rows = outcome_of(relation.facts), []
    for term, label in (("now", "Now"), ("then", "Then, if the association held"), ("difference", "Difference")):
        row = relation.row(term)
        rows.append((label, *ends(shown, row), count(row["n"])))
    for term, label in (("gain", "Worth of the difference"), ("net", "Less the cost")):
        label = ", ".join(filter(None, (label, currency(relation.facts))))
        if term in set(relation.estimates["term"]):
            rows.append((label, *if_held.amounts(relation, term), count(relation.row(term)["n"])))
    caption = f"{upper_first(if_held.lever(relation))}: {shown.label}{f', {shown.unit}' if shown.unit else ''}"
    return (Table(caption, "", ("Quantity", "Estimate", "95% interval", "n"), tuple(rows)),)


def _draw(name: str, relation: Relation, width: int) -> str:
    shown, worth = outcome_of(relation.facts), relation.facts.get("worth")
    lines = [("Difference", association.sorted_ends(relation.row("difference"), shown))]
    unit = shown.amount(worth) if worth else shown.unit
    return intervals.forest(name, if_held.alt(relation), lines, width=width, worth=worth, unit=unit)


VOICE = Voice(
    judge, if_held.headline, if_held.detail, _tables, if_held.topic, if_held.sure, if_held.more, if_held.short_answer,
    lambda relation: Picture(if_held.title, if_held.subtitle, if_held.alt, _draw),
)  # fmt: skip
