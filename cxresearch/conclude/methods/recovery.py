"""How `recovery` is judged, tabled and drawn."""

from cxresearch.conclude.cells import ends, few
from cxresearch.conclude.charts import intervals
from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import family_interval, strength
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, nothing_held
from cxresearch.conclude.words import association, journeys
from cxresearch.conclude.words.display import outcome_of, upper_first
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Relation


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the recovered against those who never met a failure, allowing for three comparisons."""
    row, shown = relation.row("difference", "recovered less never"), outcome_of(relation.facts)
    three = association.sorted_ends(row, shown)
    family = len(journeys.pairs(relation)), float(row.get("df", 1e9))
    word = strength(*family_interval(three, *family), worth)
    n = int(relation.estimates.loc[relation.estimates["term"] == "group", "n"].sum())
    size, limits, facts = (n, int(relation.facts.get("clusters", 0))), nothing_held(relation), {"better": shown.better}
    return Verdict(word, *three, shown.unit, worth, *size, limits, facts, family=family)


def _tables(relation: Relation) -> tuple[Table, ...]:
    shown, rows = outcome_of(relation.facts), []
    made = relation.estimates[relation.estimates["term"] == "group"]
    for (_, row), ok in zip(made.iterrows(), shown_rows(made, limit_of(relation)), strict=True):
        cells = (*(ends(shown, row) if ok else ("not shown", "")), count(row["n"]) if ok else few(relation))
        rows.append((upper_first(plain(row["level"])), *cells))
    apart = []
    for level, (what, against) in journeys.pairs(relation).items():
        row = relation.row("difference", level)
        apart.append((f"{what}\n{against}", *ends(shown, row), count(row["n"])))
    held = association.adjusted_words(relation.facts)
    under = ", ".join(filter(None, [shown.unit, f"same {held}" if held else "as recorded"]))
    return (
        Table(f"{shown.label} after failure and recovery", under, ("Group", "Value", "95% interval", "n"), tuple(rows)),
        Table(f"Differences in {shown.label}", under, ("Compared", "Difference", "95% interval", "n"), tuple(apart)),
    )


def _draw(name: str, relation: Relation, width: int) -> str:
    shown, worth = outcome_of(relation.facts), relation.facts.get("worth")
    lines = [
        (" ".join(words), association.sorted_ends(relation.row("difference", level), shown))
        for level, words in journeys.pairs(relation).items()
    ]
    unit = shown.amount(worth) if worth else shown.unit
    return intervals.forest(name, journeys.recovery_alt(relation), lines, width=width, worth=worth, unit=unit)


VOICE = Voice(
    judge, journeys.recovery_headline, journeys.recovery_detail, _tables, journeys.recovery_topic, more=journeys.recovery_more,
    short=journeys.recovery_short,
    picture=lambda relation: Picture(journeys.recovery_title, journeys.recovery_subtitle, journeys.recovery_alt, _draw),
)  # fmt: skip
