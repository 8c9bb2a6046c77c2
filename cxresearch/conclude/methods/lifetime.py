"""How `lifetime` is judged, tabled and drawn."""

from cxresearch.conclude.charts import lifetimes
from cxresearch.conclude.disclosure import limit_of
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice
from cxresearch.conclude.words import worth_of
from cxresearch.conclude.words.display import currency
from cxresearch.conclude.words.numbers import count, number, span
from cxresearch.relate.relation import Relation

MARKS = (1, 2, 3, 6, 9, 12, 18, 24, 36, 48, 60)


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Give the value with its interval; nothing is compared."""
    row = worth_of.life_lead(relation)
    if row["customers"] < limit_of(relation):
        return Verdict("described", n=0)
    ends = (float(row[name]) for name in ("estimate", "low", "high"))
    n = int(row["customers"])
    facts = {"scale": {"low": 0.0, "high": 1.25 * float(row["high"]), "log": False}}
    return Verdict("described", *ends, currency(relation.facts), None, n, n, (), facts)


def _tables(relation: Relation) -> tuple[Table, ...]:
    months, rows = int(relation.facts["months"]), []
    small = worth_of.life_lead(relation)["customers"] < limit_of(relation)
    for k in sorted({*(mark for mark in MARKS if mark < months), months}):
        at = relation.curve[relation.curve["x"] == k].set_index("term")
        value, kept = at.loc["value"], at.loc["kept"]
        digits = worth_of.digits(value)
        ends = (number(value["estimate"], digits), span(value["low"], value["high"], digits))
        stay = number(100 * kept["estimate"]) if relation.facts["leaving"] else "not recorded"
        shown = ("not shown", "", "") if small else (*ends, stay)
        rows.append((f"{k} month{'' if k == 1 else 's'}", *shown, count(value["n"])))
    head = ("After", "Value so far", "95% interval", "Still here, of 100", "Customer-months")
    return (Table("Value of an average customer", worth_of.unit(relation), head, tuple(rows)),)


VOICE = Voice(
    judge, worth_of.life_headline, worth_of.life_detail, _tables, worth_of.life_topic, short=worth_of.life_short,
    picture=lambda relation: Picture(worth_of.life_title, worth_of.life_subtitle, worth_of.life_alt, lifetimes.lifetime),
)  # fmt: skip
