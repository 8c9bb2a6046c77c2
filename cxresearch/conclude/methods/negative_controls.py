"""How `negative_controls` is judged, tabled and drawn."""

from cxresearch.conclude.cells import between
from cxresearch.conclude.charts import intervals
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, size_of
from cxresearch.conclude.words import association, controls
from cxresearch.conclude.words.display import finite, outcome_of
from cxresearch.conclude.words.numbers import count, digits_for, number, short
from cxresearch.relate.relation import Relation

WORDS = {"nothing": "negligible", "something": "suggestive", "open": "inconclusive"}
FOUND = {"nothing": "nothing, as it should be", "something": "something", "open": "cannot tell", "": ""}


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the control that says most against the answer: "negligible" is what a control should be."""
    row, shown = controls.controls(relation).iloc[0], outcome_of(relation.facts)
    own = row["term"] == controls.PLACEBO
    factor = 100.0 if row["kind"] == "share" else 1.0
    margin = factor * row["margin"] if own else worth
    unit = ("of 100" if row["kind"] == "share" else "") if own else shown.unit
    facts = {"verdicts": dict(zip(relation.estimates["term"], relation.estimates["verdict"], strict=True))}
    facts |= {} if own else {"better": shown.better}
    known = margin if finite(margin) else None
    return Verdict(WORDS[row["verdict"]], *controls.ends(relation, row), unit, known, *size_of(row), (), facts)


def _tables(relation: Relation) -> tuple[Table, ...]:
    rows = []
    for _, row in relation.estimates.iterrows():
        value, low, high = controls.ends(relation, row)
        digits, factor = digits_for(low, high), 100.0 if row["kind"] == "share" else 1.0
        margin = short(factor * row["margin"], 3) if finite(row["margin"]) else "not declared"
        name = controls.label(relation, row)
        rows.append((name, number(value, digits), between(low, high, digits), margin, FOUND[row["verdict"]], count(row["n"])))
    head = ("Compared", "Difference", "95% interval", "Worth acting on", "Found", "n")
    return (Table(f"Where there can be no difference: {association.topic(relation)}", "", head, tuple(rows)),)


def _draw(name: str, relation: Relation, width: int) -> str:
    shown, worth = outcome_of(relation.facts), relation.facts.get("worth")
    unit = shown.amount(worth) if worth else shown.unit
    return intervals.forest(name, controls.alt(relation), list(controls.drawn(relation)), width=width, worth=worth, unit=unit)


VOICE = Voice(
    judge, controls.headline, controls.detail, _tables, lambda relation: f"controls, {association.topic(relation)}", more=controls.more,
    picture=lambda relation: Picture(controls.title, controls.subtitle, controls.alt, _draw, controls.note),
)  # fmt: skip
