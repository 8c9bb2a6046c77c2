"""How `journey_map` is judged, tabled and drawn."""

from cxresearch.conclude.cells import few
from cxresearch.conclude.charts import stages as drawing
from cxresearch.conclude.escape import plain
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice
from cxresearch.conclude.words import stages as path
from cxresearch.conclude.words.display import upper_first
from cxresearch.conclude.words.numbers import count, number, span
from cxresearch.relate.relation import Relation

HEADS = {"ok": "Went well", "next": "Met the next stage", "lost": "Last touch, then left", "contacts": "Contacts in 100 touches"}


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Describe the path; nothing is tested."""
    rows = relation.estimates[relation.estimates["term"] == "ok"]
    facts = {"stages": [plain(stage) for stage in path.stages(relation)]}
    return Verdict("described", n=int(rows["n"].sum()), customers=int(rows["customers"].max()), facts=facts)


def _tables(relation: Relation) -> tuple[Table, ...]:
    rows, shown = [], path.shown(relation)
    for stage in path.stages(relation):
        met = path.row(relation, "ok", stage)
        cells = [count(met["n"]) if met is not None else few(relation)]
        for term in HEADS:
            found = path.row(relation, term, stage)
            if found is None:
                cells.append("")
                continue
            ends = f" ({span(100 * found['low'], 100 * found['high'])})" if found["low"] == found["low"] else ""
            cells.append(f"{number(100 * found['estimate'])}{ends}")
        told = path.row(relation, "satisfaction", stage)
        rows.append((upper_first(plain(stage)), *cells, path.value(relation, stage), count(told["n"]) if told is not None else ""))
    head = ("Stage", "Touches", *HEADS.values(), shown.label, "Answers")
    return (Table("The customers' path, stage by stage", "of 100, with 95% intervals; as recorded", head, tuple(rows)),)


VOICE = Voice(
    judge, path.headline, path.detail, _tables, path.topic, more=path.more, short=path.short,
    picture=lambda relation: Picture(path.title, path.subtitle, path.alt, drawing.journey_map),
)  # fmt: skip
