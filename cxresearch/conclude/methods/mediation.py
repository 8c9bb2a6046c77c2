"""How `mediation` is judged, tabled and drawn."""

from cxresearch.conclude.cells import between, ends
from cxresearch.conclude.charts import intervals
from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import strength
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, nothing_held, size_of
from cxresearch.conclude.words import association, path
from cxresearch.conclude.words.display import finite, outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, digits_for, number, percent
from cxresearch.relate.relation import Check, Relation

KEPT = ("contrast", "contrast_words", "outcome_label", "exposure_label", "mediator_label", "better", "adjusted_for", "rho", "design")


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the part by way of the mediator against `worth`."""
    row, shown = relation.row("indirect"), outcome_of(relation.facts)
    estimate, low, high = association.sorted_ends(row, shown)
    limits = list(nothing_held(relation))
    if path.rival_would_do(relation) and not low <= 0 <= high:
        said = "A hidden reason as strong as the strongest that was measured would be enough to take it to nothing."
        limits.append(Check("hidden reason", "doubt", said, cap="suggestive"))
    facts = {name: relation.facts.get(name) for name in KEPT}
    return Verdict(strength(low, high, worth), estimate, low, high, shown.unit, worth, *size_of(row), tuple(limits), facts)


def _tables(relation: Relation) -> tuple[Table, ...]:
    shown, rows = outcome_of(relation.facts), []
    for term in path.PARTS:
        row = relation.row(term)
        rows.append((upper_first(path.part(relation, term)), *ends(shown, row), count(row["n"])))
    share = relation.row("share")
    if finite(float(share["estimate"])):
        span = f"{percent(share['low'])} to {percent(share['high'])}"
        rows.append((f"Share {path.part(relation, 'indirect')}", percent(share["estimate"]), span, count(share["n"])))
    unit = upper_first(plain(relation.facts.get("row_unit", "row")))
    parts = Table(path.step_words(relation), "", ("Part", "Difference", "95% interval", f"{unit}s"), tuple(rows))
    steps = []
    for term, factor, label in path.steps(relation):
        row = relation.row(term)
        value, low, high = (factor * float(row[name]) for name in ("estimate", "low", "high"))
        digits = digits_for(low, high, usual=1)
        steps.append((label, number(value, digits), between(low, high, digits), count(row["n"])))
    return parts, Table("The two steps of the way", "", ("Step", "Difference", "95% interval", f"{unit}s"), tuple(steps))


def _draw(name: str, relation: Relation, width: int) -> str:
    shown, worth = outcome_of(relation.facts), relation.facts.get("worth")
    lines = [(upper_first(path.part(relation, term)), association.sorted_ends(relation.row(term), shown)) for term in path.PARTS]
    unit = shown.amount(worth) if worth else shown.unit
    return intervals.forest(name, path.alt(relation), lines, width=width, worth=worth, unit=unit)


VOICE = Voice(
    judge, path.headline, path.detail, _tables, path.topic, path.sure, path.more, path.short,
    lambda relation: Picture(path.title, path.subtitle, path.alt, _draw),
)  # fmt: skip
