"""How `sensitivity` is judged, tabled and drawn."""

from cxresearch.conclude.cells import between
from cxresearch.conclude.charts import intervals
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, nothing_held, size_of
from cxresearch.conclude.words import association, hidden
from cxresearch.conclude.words.display import finite, outcome_of
from cxresearch.conclude.words.numbers import number, percent
from cxresearch.relate.relation import Relation

KEPT = (
    "robustness_value", "robustness_value_limit", "e_value", "e_value_limit", "strongest_measured", "outcome_label", "better",
    "exposure_label",
)  # fmt: skip


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge what would be left, at worst, under one more reason like the strongest that was measured."""
    word, ends = hidden.judged(relation, worth)
    shown, facts = outcome_of(relation.facts), {name: relation.facts.get(name) for name in KEPT}
    limits = nothing_held(relation) if association.observed(relation) else ()
    return Verdict(word, *ends, shown.unit, worth, *size_of(relation.row("adjusted")), limits, facts)


def _tables(relation: Relation) -> tuple[Table, ...]:
    shown, facts = outcome_of(relation.facts), relation.facts
    rows = []
    for (name, ends), (_, row) in zip(hidden.rows(relation), relation.estimates.iterrows(), strict=True):
        known = finite(row["with_exposure"])
        explained = (percent(row["with_exposure"]), percent(row["with_outcome"])) if known else ("", "")
        digits = shown.digits(*ends[1:])
        rows.append((name, number(ends[0], digits), between(*ends[1:], digits), *explained))
    head = ("At worst", "Difference", "95% interval", "Of the exposure", "Of the outcome")
    left = Table(association.step_words(relation), "what a hidden reason would explain of what is left unexplained", head, tuple(rows))
    needed = tuple(
        (name, *(say(facts.get(key)) for key in keys))
        for name, say, keys in (
            ("Share of both that it must explain\nrobustness value", percent, ("robustness_value", "robustness_value_limit")),
            ("Risk ratio that it must have with both\nE-value", lambda value: number(value, 2), ("e_value", "e_value_limit")),
        )
    )
    return left, Table("What a hidden reason would have to be", "", ("Measure", "To reach the estimate", "To reach the interval"), needed)


def _draw(name: str, relation: Relation, width: int) -> str:
    shown, worth = outcome_of(relation.facts), relation.facts.get("worth")
    unit = shown.amount(worth) if worth else shown.unit
    return intervals.forest(name, hidden.alt(relation), hidden.rows(relation), width=width, worth=worth, unit=unit)


VOICE = Voice(
    judge, hidden.headline, hidden.detail, _tables, lambda relation: f"hidden reasons, {association.topic(relation)}", more=hidden.more,
    picture=lambda relation: Picture(hidden.title, hidden.subtitle, hidden.alt, _draw),
)  # fmt: skip
