"""How `chain` is judged, tabled and drawn."""

from cxresearch.conclude.charts import intervals
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice
from cxresearch.conclude.words import chained
from cxresearch.conclude.words.display import upper_first
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Relation


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the chain as its weakest link is judged."""
    link = chained.weakest(relation)
    if link is None:
        return Verdict("described")
    found, word = link.verdict, "suggestive" if link.word == "against" else link.word
    facts = {"links": [[one.name, one.said, one.word] for one in chained.links(relation)], "better": link.relation.facts.get("better")}
    ends, size = (found.estimate, found.low, found.high), (found.n, found.customers)
    return Verdict(word, *ends, found.unit, found.worth, *size, (), facts, found.p, found.family)


def _tables(relation: Relation) -> tuple[Table, ...]:
    rows = []
    for at, link in enumerate(chained.links(relation), 1):
        name = f"{at}. {upper_first(link.name)}\n{link.step}"
        rows.append((name, link.said, count(link.verdict.n), chained.LENGTH[link.word]))
    return (Table("From service to value, link by link", "", ("Link", "Difference, 95% interval", "n", "How strong"), tuple(rows)),)


def _draw(name: str, relation: Relation, width: int) -> str:
    lines = []
    for link in chained.tested(relation):
        if link.verdict.worth:
            ends = [float(end or 0.0) / link.verdict.worth for end in (link.verdict.estimate, link.verdict.low, link.verdict.high)]
            lines.append((upper_first(link.name), (ends[0], ends[1], ends[2])))
    return intervals.forest(name, chained.alt(relation), lines, width=width, worth=1.0, unit="1")


VOICE = Voice(
    judge, chained.headline, chained.detail, _tables, chained.topic, chained.sure, chained.more, chained.short,
    lambda relation: Picture(chained.title, chained.subtitle, chained.alt, _draw),
)  # fmt: skip
