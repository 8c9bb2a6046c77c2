"""How `definitions` is judged, tabled and drawn."""

from cxresearch.conclude.cells import between
from cxresearch.conclude.charts import intervals
from cxresearch.conclude.evidence import strength
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, alone, nothing_held, size_of
from cxresearch.conclude.words import association, definitions
from cxresearch.conclude.words.display import outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, number
from cxresearch.relate.relation import Relation

TELLS = {"same": "the same", "open": "no difference told", "opposite": "the other side"}


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the answer as asked; the check on the definitions caps it."""
    row, shown = relation.row(definitions.ASKED), outcome_of(relation.facts)
    ends = association.sorted_ends(row, shown)
    limits = nothing_held(relation) if association.observed(relation) else ()
    facts = {name: relation.facts.get(name) for name in ("contrast_words", "outcome_label", "better", "exposure_label")}
    word, facts = strength(ends[1], ends[2], worth), facts | {"varied": definitions.varied(relation)}
    return Verdict(word, *ends, shown.unit, worth, *size_of(row), limits, facts, family=alone(row))


def _tables(relation: Relation) -> tuple[Table, ...]:
    shown, rows = outcome_of(relation.facts), []
    for (name, ends), (_, row) in zip(definitions.rows(relation), relation.estimates.iterrows(), strict=True):
        digits = shown.digits(*ends[1:])
        tells = "" if row["term"] == definitions.ASKED else TELLS[row["agrees"]]
        rows.append((name, number(ends[0], digits), between(*ends[1:], digits), tells, count(row["n"])))
    unit = upper_first(relation.facts.get("row_unit", "answer"))
    head = ("Definition", "Difference", "95% interval", "Tells", f"{unit}s")
    return (Table(definitions.step_words_of(relation), "", head, tuple(rows)),)


def _draw(name: str, relation: Relation, width: int) -> str:
    shown, worth = outcome_of(relation.facts), relation.facts.get("worth")
    unit = shown.amount(worth) if worth else shown.unit
    return intervals.forest(name, definitions.alt(relation), definitions.rows(relation), width=width, worth=worth, unit=unit)


VOICE = Voice(
    judge, definitions.headline, definitions.detail, _tables, lambda relation: f"definitions, {association.topic(relation)}",
    picture=lambda relation: Picture(definitions.title, definitions.subtitle, definitions.alt, _draw),
)  # fmt: skip
