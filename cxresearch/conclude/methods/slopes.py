"""How `slopes` is judged, tabled and drawn."""

from cxresearch.conclude.cells import TAKEN_ALONE
from cxresearch.conclude.charts import intervals
from cxresearch.conclude.escape import plain
from cxresearch.conclude.methods import segments
from cxresearch.conclude.voice import Picture, Voice
from cxresearch.conclude.words import differing, slopes
from cxresearch.conclude.words.association import sorted_ends
from cxresearch.conclude.words.display import outcome_of, upper_first
from cxresearch.relate.relation import Relation


def _draw(name: str, relation: Relation, width: int) -> str:
    shown, worth = outcome_of(relation.facts), relation.facts.get("worth")
    lines = [(upper_first(differing.whole_word(relation)), sorted_ends(relation.row("raw"), shown))]
    lines += [(plain(row["level"]), sorted_ends(row, shown)) for _, row in differing.levels_of(relation, "pooled").iterrows()]
    unit = shown.amount(worth) if worth else shown.unit
    return intervals.forest(name, slopes.alt(relation), lines, width=width, worth=worth, unit=unit)


VOICE = Voice(
    segments.judge, slopes.headline, differing.detail, segments.tables, differing.topic,
    picture=lambda relation: Picture(slopes.title, slopes.subtitle, slopes.alt, _draw),
    withdrawn=TAKEN_ALONE,
)  # fmt: skip
