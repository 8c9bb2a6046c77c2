"""How `slopes` is judged, tabled and drawn."""

from cxresearch.conclude.charts import intervals
from cxresearch.conclude.escape import plain
from cxresearch.conclude.methods import segments
from cxresearch.conclude.voice import Picture, Voice
from cxresearch.conclude.words import differing
from cxresearch.conclude.words.association import sorted_ends
from cxresearch.conclude.words.display import outcome_of
from cxresearch.relate.relation import Relation


def _draw(name: str, relation: Relation, width: int) -> str:
    shown, worth = outcome_of(relation.facts), relation.facts.get("worth")
    lines = [("All", sorted_ends(relation.row("raw"), shown))]
    lines += [(plain(row["level"]), sorted_ends(row, shown)) for _, row in differing.levels_of(relation, "pooled").iterrows()]
    unit = shown.amount(worth) if worth else shown.unit
    return intervals.forest(name, differing.slopes_alt(relation), lines, width=width, worth=worth, unit=unit)


VOICE = Voice(
    segments.judge, differing.slopes_headline, differing.detail, segments.tables, differing.topic,
    picture=lambda relation: Picture(
        differing.slopes_title, differing.slopes_subtitle, differing.slopes_alt, _draw
    ),
)  # fmt: skip
