"""How `importance` is judged, tabled and drawn."""

from cxresearch.conclude.charts import corners
from cxresearch.conclude.escape import plain
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice
from cxresearch.conclude.words import placed
from cxresearch.conclude.words.display import outcome_of, upper_first
from cxresearch.conclude.words.importance import held_out, on_scale
from cxresearch.conclude.words.numbers import number, span
from cxresearch.relate.relation import Relation


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge where drivers stand: never more than suggestive, for shares cannot be negative."""
    facts = relation.facts
    ends = (100 * facts[name] for name in ("r2", "r2_low", "r2_high"))
    told = any(row["corner"] and row["low"] > 0 for row, _ in placed.pairs(relation))
    kept = {"scale": {"low": 0.0, "high": 100.0, "log": False, "bar": True}, "outcome_label": facts.get("outcome_label")}
    kept |= {"corners": {row["term"]: row["corner"] for row, _ in placed.pairs(relation)}}
    word = "suggestive" if told and facts["r2_low"] > 0 else "inconclusive"
    return Verdict(word, *ends, "of 100 explained", None, int(facts["n_used"]), int(facts.get("customers_used", 0)), (), kept)


def _tables(relation: Relation) -> tuple[Table, ...]:
    pairs, shown = placed.pairs(relation), outcome_of(relation.facts)
    owners = any(much["owner"] for much, _ in pairs)
    rows = []
    for much, well in pairs:
        cells = (
            upper_first(plain(much["label"])), number(100 * much["estimate"]), span(100 * much["low"], 100 * much["high"]),
            number(100 * much["noise"]), number(well["estimate"], 2), span(well["low"], well["high"], 2),
            placed.CORNERS.get(much["corner"], "none for sure"),
        )  # fmt: skip
        rows.append((*cells, plain(much["owner"] or "")) if owners else cells)
    head = ("Driver", "Explained, of 100", "95% interval", "By chance alone", "Mean rating", "Its 95% interval", "Corner")
    under = f"R² {number(relation.facts['r2'], 2)}{held_out(relation)}; the rest is unexplained.{on_scale(relation)}"
    return (Table(f"What goes with {shown.label}, and how it is rated", under, (*head, *(["Owner"] if owners else [])), tuple(rows)),)


VOICE = Voice(
    judge, placed.headline, placed.detail, _tables, placed.topic, placed.sure, placed.more, placed.short,
    lambda relation: Picture(placed.title, placed.subtitle, placed.alt, corners.drawn_map, placed.note),
)  # fmt: skip
