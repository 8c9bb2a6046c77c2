"""How `value` is judged, tabled and drawn."""

from dataclasses import replace

from cxresearch.conclude.charts import intervals
from cxresearch.conclude.evidence import strength
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, nothing_held, own_p
from cxresearch.conclude.words import association, worth_of
from cxresearch.conclude.words.numbers import count, number, span
from cxresearch.relate.relation import Relation

ONLY_EARLIER = "No confounder was declared, so nothing but earlier value is held equal."


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the way from earlier experience to later value."""
    row, shown = relation.row("experience to value"), worth_of.money(relation)
    ends = (float(row[name]) for name in ("estimate", "low", "high"))
    facts = {"way_back": [float(relation.row("value to experience")[name]) for name in ("estimate", "low", "high")]}
    n, word = int(row["n"]), strength(float(row["low"]), float(row["high"]), worth)
    limits = tuple(replace(check, detail=ONLY_EARLIER) for check in nothing_held(relation))
    return Verdict(word, *ends, shown.unit, worth, n, int(relation.facts.get("clusters", n)), limits, facts, own_p(row))


def _tables(relation: Relation) -> tuple[Table, ...]:
    rows = []
    for term, (what, given) in worth_of.WAYS.items():
        row = relation.row(term)
        digits = worth_of.digits(row)
        cells = (number(row["estimate"], digits), span(row["low"], row["high"], digits), number(row["standard"], 2), count(row["n"]))
        rows.append((f"{what}\n{given}", *cells))
    held = association.adjusted_words(relation.facts)
    under = f"per standard deviation of what came before{f', same {held}' if held else ''}"
    head = ("From before to after", "Difference", "95% interval", "In standard deviations", "Customers")
    return (Table("Experience and value, both ways", under, head, tuple(rows)),)


def _draw(name: str, relation: Relation, width: int) -> str:
    lines = [(what, worth_of.standard(relation.row(term))) for term, (what, _) in worth_of.WAYS.items()]
    return intervals.forest(name, worth_of.alt(relation), lines, width=width, worth=None, unit="")


VOICE = Voice(
    judge, worth_of.headline, worth_of.detail, _tables, worth_of.topic, more=worth_of.more, short=worth_of.short_answer,
    picture=lambda relation: Picture(worth_of.both, worth_of.subtitle, worth_of.alt, _draw),
)  # fmt: skip
