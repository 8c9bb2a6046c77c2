"""How `hazard` is judged, tabled and drawn."""

from cxresearch.conclude.cells import few
from cxresearch.conclude.charts import gained
from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.methods import effect
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice
from cxresearch.conclude.words import hazards, sure
from cxresearch.conclude.words.numbers import count, number, span
from cxresearch.relate.relation import Relation


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the difference in customers kept; `worth` is declared of 100 customers, and said of 1,000."""
    return effect.judge(hazards.of_thousand(relation), None if worth is None else 10 * worth)


def by_way(relation: Relation) -> tuple[Table, ...]:
    """Return the table of the ways of comparing."""
    return tuple(effect.VOICE.tables(hazards.of_thousand(relation)))


def _tables(relation: Relation) -> tuple[Table, ...]:
    rows = relation.estimates[relation.estimates["term"] == "period"].reset_index(drop=True)
    cells = []
    for (_, row), ok in zip(rows.iterrows(), shown_rows(rows, limit_of(relation)), strict=True):
        digits = 1 if 1000 * (row["high"] - row["low"]) < 4 else 0
        said = (number(1000 * row["estimate"], digits), span(1000 * row["low"], 1000 * row["high"], digits), count(row["n"]))
        cells.append((row["level"], *(said if ok else ("not shown", "", few(relation)))))
    head = ("Period", "Left in it", "95% interval", "Customers at its beginning")
    under = "of 1,000 who were there at its beginning, as recorded"
    return (*by_way(relation), *([Table("Leaving, period by period", under, head, tuple(cells))] if cells else []))


def picture(relation: Relation) -> Picture:
    """Return the curve of the difference over time."""
    return Picture(hazards.title, hazards.subtitle, hazards.alt, gained.difference, hazards.note)


VOICE = Voice(
    judge, hazards.headline, hazards.detail, _tables, hazards.topic, hazards.how_sure,
    lambda relation: sure.more(hazards.of_thousand(relation)), hazards.short, picture,
)  # fmt: skip
