"""How `moved` is judged, tabled and drawn."""

from cxresearch.conclude.cells import ends
from cxresearch.conclude.charts import intervals
from cxresearch.conclude.evidence import family_interval, strength
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, size_of
from cxresearch.conclude.words import moving
from cxresearch.conclude.words.association import sorted_ends
from cxresearch.conclude.words.display import outcome_of
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Relation

KEPT = ("kind", "held", "contrast_words", "outcome_label", "exposure_label", "better")


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the difference against `worth`; its parts say what kind of change it is.

    Where the mix hides a change, what is judged is that change: the part that remains with the mix held alike.
    """
    (row, family), shown = moving.judged(relation, worth), outcome_of(relation.facts)
    ends = sorted_ends(row, shown)
    facts = {name: relation.facts.get(name) for name in KEPT} | {"verdict": moving.verdict(relation, worth)}
    facts |= {"first_period": relation.facts.get("before"), "second_period": relation.facts.get("after")}
    facts |= {term: list(sorted_ends(relation.row(term), shown)) for term in moving.PARTS if term in moving.terms(relation)}
    facts |= {"hidden": moving.hidden(relation, worth)}
    word = strength(*family_interval(ends, *family), worth)
    return Verdict(word, *ends, shown.unit, worth, *size_of(row), (), facts, family=family)


def _tables(relation: Relation) -> tuple[Table, ...]:
    shown = outcome_of(relation.facts)
    named = [(moving.name_of(relation, term), relation.row(term)) for term in moving.terms(relation)]
    rows = tuple((name, *ends(shown, row), count(row["n"])) for name, row in named)
    return (Table(moving.quantity(relation), "", ("Quantity", "Estimate", "95% interval", "n"), rows),)


def _draw(name: str, relation: Relation, width: int) -> str:
    shown, worth = outcome_of(relation.facts), relation.facts.get("worth")
    unit = shown.amount(worth) if worth else shown.unit
    return intervals.forest(name, moving.alt(relation), moving.rows(relation), width=width, worth=worth, unit=unit)


VOICE = Voice(
    judge, moving.headline, moving.detail, _tables, moving.topic,
    picture=lambda relation: Picture(moving.title, moving.subtitle, moving.alt, _draw),
)  # fmt: skip
