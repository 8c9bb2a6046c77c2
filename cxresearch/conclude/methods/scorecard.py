"""How `scorecard` is tabled and drawn."""

from cxresearch.conclude.cells import few
from cxresearch.conclude.charts import card as card_chart
from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.methods import measure
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Voice
from cxresearch.conclude.words import card, levels
from cxresearch.conclude.words.display import Display
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Relation

SIDES = {"service": "Service: what the company does", "experience": "Experience: what customers perceive and do"}


def _tables(relation: Relation) -> tuple[Table, ...]:
    made, sides = [], relation.estimates.get("side")
    for side in dict.fromkeys(sides) if sides is not None else [None]:
        part = relation.estimates if side is None else relation.estimates[sides == side]
        keep, rows = shown_rows(part, limit_of(relation)), []
        for (_, row), ok in zip(part.iterrows(), keep, strict=True):
            shown = levels.display_of(relation, row)
            value, _, bounds = levels.value(shown, row).partition(" (") if ok else ("not shown", "", "")
            unit = "" if shown.kind in ("duration", "nps") else shown.unit
            name = f"\t{plain(row['level'])}" if row["level"] else f"{shown.label}{_median(shown)}\n{unit}".rstrip("\n")
            rows.append((name, value, bounds.rstrip(")"), count(row["n"]) if ok else few(relation)))
        made.append(Table(SIDES.get(side, "Scorecard"), "with 95% intervals", ("Measure", "Value", "95% interval", "n"), tuple(rows)))
    return tuple(made)


def _median(shown: Display) -> str:
    return ", median" if shown.kind == "duration" else ""


VOICE = Voice(
    measure.judge, levels.card_headline, levels.card_detail, _tables, levels.topic, short=levels.short,
    picture=lambda relation: Picture(card.title, card.subtitle, card.alt, card_chart.scorecard, card.note),
)  # fmt: skip
