"""How `jump` is judged, tabled and drawn."""

from cxresearch.conclude.cells import ends
from cxresearch.conclude.charts import intervals
from cxresearch.conclude.evidence import strength
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, alone, nothing_held, size_of
from cxresearch.conclude.words import association, promise
from cxresearch.conclude.words.display import outcome_of
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Relation

NAMES = {"jump": "At the same wait", "late_raw": "As recorded"}


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the difference between late and on time at the same wait against `worth`."""
    row, shown = relation.row("jump"), outcome_of(relation.facts)
    estimate, low, high = association.sorted_ends(row, shown)
    limits = nothing_held(relation) if association.observed(relation) else ()
    facts = {
        name: relation.facts.get(name) for name in ("outcome_label", "better", "exposure_label", "adjusted_for", "share_late", "promise")
    }
    return Verdict(strength(low, high, worth), estimate, low, high, shown.unit, worth, *size_of(row), limits, facts, family=alone(row))


def _tables(relation: Relation) -> tuple[Table, ...]:
    shown = outcome_of(relation.facts)
    rows = [(NAMES[row["term"]], *ends(shown, row), count(row["n"])) for _, row in relation.estimates.iterrows()]
    caption = f"Difference in {shown.noun} where the promise is broken"
    return (Table(caption, shown.unit, ("Compared", "Difference", "95% interval", "n"), tuple(rows)),)


def _draw(name: str, relation: Relation, width: int) -> str:
    shown, worth = outcome_of(relation.facts), relation.facts.get("worth")
    lines = [(NAMES[row["term"]], association.sorted_ends(row, shown)) for _, row in relation.estimates.iterrows()]
    return intervals.forest(name, promise.alt(relation), lines, width=width, worth=worth, unit=shown.amount(worth) if worth else shown.unit)


VOICE = Voice(
    judge, promise.headline, promise.detail, _tables, promise.topic,
    picture=lambda relation: Picture(promise.title, promise.subtitle, promise.alt, _draw),
)  # fmt: skip
