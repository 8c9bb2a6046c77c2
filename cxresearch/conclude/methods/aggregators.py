"""How `aggregators` is judged, tabled and drawn."""

from cxresearch.conclude.charts import intervals
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice
from cxresearch.conclude.words import summing
from cxresearch.conclude.words.display import outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, number, span
from cxresearch.relate.relation import Relation


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge whether the best stands apart from every other: never more than suggestive, for it was chosen from them."""
    row = summing.ranked(relation).iloc[0]
    word = "suggestive" if summing.some(relation) and not relation.facts.get("tied") else "inconclusive"
    ends = (100 * float(row[name]) for name in ("estimate", "low", "high"))
    facts = {"best": relation.facts["best"], "tied": list(relation.facts.get("tied", []))}
    n, customers = int(row["n"]), int(relation.facts.get("clusters", 0))
    pairs = relation.estimates.loc[relation.estimates["term"] == "difference"]
    p = float(pairs["p_holm"].max()) if "p_holm" in pairs and len(pairs) else None
    return Verdict(word, *ends, "of 100 explained", None, n, customers, (), facts, p)


def _tables(relation: Relation) -> tuple[Table, ...]:
    best, rows = relation.facts["best"], []
    apart = {row["level"]: row for _, row in relation.estimates[relation.estimates["term"] == "difference"].iterrows()}
    for _, row in summing.ranked(relation).iterrows():
        gap = apart.get(f"{best} less {row['level']}")
        told = "" if gap is None else "yes" if gap["p_holm"] < 0.05 else "no"
        ends = span(100 * row["low"], 100 * row["high"], 2)
        name = upper_first(summing.name(relation, row["level"]))
        rows.append((name, number(100 * row["estimate"], 2), ends, told, number(row["with_best"], 2), count(row["n"])))
    head = ("Summary", "Explained, of 100", "95% interval", "Told apart from the best", "Correlation with it", "n")
    noun = outcome_of(relation.facts).noun
    return (Table(f"Ways to sum up a customer's contacts, and {noun}", "for customers not used for the fit", head, tuple(rows)),)


def _draw(name: str, relation: Relation, width: int) -> str:
    lines = []
    for _, row in summing.ranked(relation).iterrows():
        ends = tuple(100 * float(row[column]) for column in ("estimate", "low", "high"))
        lines.append((upper_first(summing.name(relation, row["level"])), ends))
    return intervals.forest(name, summing.alt(relation), lines, width=width, worth=None, unit="of 100")


VOICE = Voice(
    judge, summing.headline, summing.detail, _tables, summing.topic, more=summing.more, short=summing.short,
    picture=lambda relation: Picture(summing.title, summing.subtitle, summing.alt, _draw),
)  # fmt: skip
