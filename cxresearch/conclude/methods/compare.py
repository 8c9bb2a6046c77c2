"""How `compare` is judged, tabled and drawn."""

from cxresearch.conclude.cells import TAKEN_ALONE, ends, few, stands_out
from cxresearch.conclude.charts import intervals
from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import family_interval, strength
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, size_of
from cxresearch.conclude.words import association, levels
from cxresearch.conclude.words.display import finite, outcome_of
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Check, Relation


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the surest pair of levels, allowing for how many were compared."""
    row, shown = levels.compare_row(relation), outcome_of(relation.facts)
    estimate, low, high = association.sorted_ends(row, shown)
    family = int((relation.estimates["term"] == row["term"]).sum()), float(row.get("df", 1e9))
    word, limits = strength(*family_interval((estimate, low, high), *family), worth), ()
    if word != "negligible" and finite(row.get("p_holm")) and row["p_holm"] > 0.05:
        limits = (Check("family", "doubt", "Allowing for the number of comparisons (Holm), it does not stand out.", cap="inconclusive"),)
    facts = {"level": row["level"], "term": row["term"], "better": shown.better}
    return Verdict(word, estimate, low, high, shown.unit, worth, *size_of(row), limits, facts, family=family)


def _tables(relation: Relation) -> tuple[Table, ...]:
    shown, keep, rows = outcome_of(relation.facts), shown_rows(relation.estimates, limit_of(relation)), []
    for (_, row), ok in zip(relation.estimates.iterrows(), keep, strict=True):
        how = "same mix" if row["term"] == "adjusted" else "as recorded"
        chance = stands_out(row.get("p_holm")) if ok else ""
        rows.append(
            (
                f"{plain(row['level'])}\n{how}",
                *(ends(shown, row) if ok else ("not shown", "")),
                chance,
                count(row["n"]) if ok else few(relation),
            )
        )
    head = ("Compared", "Difference", "95% interval", "Stands out", "n")
    return (Table(f"Differences in {shown.label}", shown.unit, head, tuple(rows)),)


def _draw(name: str, relation: Relation, width: int) -> str:
    shown, worth = outcome_of(relation.facts), relation.facts.get("worth")
    both = relation.estimates["term"].nunique() > 1
    lines = []
    for _, row in relation.estimates.iterrows():
        how = f", {'same mix' if row['term'] == 'adjusted' else 'as recorded'}" if both else ""
        lines.append((f"{' against '.join(levels.sides(row['level']))}{how}", association.sorted_ends(row, shown)))
    return intervals.forest(
        name, levels.compare_alt(relation), lines, width=width, worth=worth, unit=shown.amount(worth) if worth else shown.unit
    )


VOICE = Voice(
    judge, levels.compare_headline, levels.compare_detail, _tables, levels.topic,
    picture=lambda relation: Picture(levels.compare_title, levels.compare_subtitle, levels.compare_alt, _draw),
    withdrawn=TAKEN_ALONE,
)  # fmt: skip
