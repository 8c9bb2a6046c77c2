"""How `asymmetry` is judged, tabled and drawn."""

from cxresearch.conclude.cells import TAKEN_ALONE, ends, stands_out
from cxresearch.conclude.charts import sides as drawing
from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import family_interval, strength
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice
from cxresearch.conclude.words import sides
from cxresearch.conclude.words.display import lower_first, outcome_of, upper_first
from cxresearch.relate.relation import Check, Relation


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the asymmetry that stands out most, allowing for the number of drivers and for a straight line."""
    shown, rows, main = outcome_of(relation.facts), sides.rows_of(relation), sides.main_row(relation)
    words = {}
    for term, row in rows.iterrows():
        three = tuple(shown.shown(row[name]) for name in ("estimate", "low", "high"))
        words[term] = strength(*family_interval(three, len(rows), float(row["df"])), worth)
    word = words[main["term"]]
    if word == "negligible" and set(words.values()) != {"negligible"}:
        word = "inconclusive"
    limits = [Check("levels", "doubt", f"It is the one that stands out most of {len(rows)} drivers.", cap="suggestive")]
    limits = limits if len(rows) > 1 and word == "clear" else []
    if word in ("clear", "suggestive") and not sides.bent(relation, main["term"]):
        said = "A straight line would look the same: its low ratings lie further from the middle than its high ones, or the reverse."
        limits.append(Check("straight line", "doubt", said, cap="inconclusive"))
    three = (shown.shown(main[name]) for name in ("estimate", "low", "high"))
    kept = {"outcome_label": relation.facts.get("outcome_label"), "driver": main["label"], "told": sides.told(relation)}
    return Verdict(word, *three, shown.unit, worth, int(main["n"]), int(relation.facts.get("customers", 0)), tuple(limits), kept,
                   family=(len(rows), float(main["df"])))  # fmt: skip


def _tables(relation: Relation) -> tuple[Table, ...]:
    shown, rows = outcome_of(relation.facts), []
    for term, row in sides.rows_of(relation).iterrows():
        cells = [f"{value} ({span})" for value, span in (ends(shown, relation.row(str(term), level)) for level in ("penalty", "reward"))]
        asymmetry = "{} ({})".format(*ends(shown, row))
        bend = "{} ({})".format(*ends(shown, relation.row(str(term), "bend")))
        rows.append((upper_first(plain(row["label"])), *cells, asymmetry, stands_out(row["p_holm"]), bend))
    head = ("Driver", "Low less middle", "High less middle", "Both summed", "Stands out", "Bend, per point")
    under = "95% intervals; the other drivers held alike. A bend of zero: a straight line"
    return (Table(f"Low and high ratings: {lower_first(sides.subtitle(relation).partition(', against')[0])}", under, head, tuple(rows)),)


VOICE = Voice(
    judge, sides.headline, sides.detail, _tables, sides.topic, sides.sure, sides.more, sides.short,
    lambda relation: Picture(sides.title, sides.subtitle, sides.alt, drawing.drawn_sides, sides.note),
    withdrawn=TAKEN_ALONE,
)  # fmt: skip
