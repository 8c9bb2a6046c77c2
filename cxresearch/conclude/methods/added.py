"""How `added` is judged, tabled and drawn."""

from cxresearch.conclude.charts import intervals
from cxresearch.conclude.escape import plain
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice
from cxresearch.conclude.words import blocks
from cxresearch.conclude.words.display import upper_first
from cxresearch.relate.relation import Relation

TERMS = ("added", "rest", "alone")


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge what the blocks add: never more than suggestive, for what is explained has no worth of its own."""
    facts = relation.facts
    ends = (100 * facts[name] for name in ("r2_held_out", "r2_held_out_low", "r2_held_out_high"))
    word = "suggestive" if blocks.adding(relation) else "inconclusive"
    kept = {"scale": {"low": 0.0, "high": 100.0, "log": False, "bar": True}, "adding": blocks.adding(relation)}
    return Verdict(word, *ends, "of 100 explained", None, int(facts["n_used"]), int(facts.get("customers_used", 0)), (), kept, _p(relation))


def _p(relation: Relation) -> float | None:
    """Return how sure it is that any block adds something; Holm has allowed for their number."""
    known = blocks.blocks(relation)["p_holm"].dropna()
    return float(known.min()) if len(known) else None


def _tables(relation: Relation) -> tuple[Table, ...]:
    rows = []
    for block in blocks.blocks(relation)["level"]:
        found = [relation.row(term, block) for term in TERMS]
        rows.append((upper_first(plain(block)), *map(blocks.size, found)))
    under = "of 100, for customers left out of the fit, with 95% intervals"
    return (Table("What each block explains", under, ("Block", "Beyond all others", "The others beyond it", "Alone"), tuple(rows)),)


def _draw(name: str, relation: Relation, width: int) -> str:
    lines = [
        (upper_first(plain(row["level"])), tuple(100 * row[end] for end in ("estimate", "low", "high")))
        for _, row in blocks.blocks(relation).iterrows()
    ]
    return intervals.forest(name, blocks.alt(relation), lines, width=width, worth=None, unit="of 100")


VOICE = Voice(
    judge, blocks.headline, blocks.detail, _tables, blocks.topic,
    picture=lambda relation: Picture(blocks.title, blocks.subtitle, blocks.alt, _draw),
)  # fmt: skip
