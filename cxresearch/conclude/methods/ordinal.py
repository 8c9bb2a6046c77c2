"""How `ordinal` is judged, tabled and drawn."""

from cxresearch.conclude.cells import ends
from cxresearch.conclude.charts import intervals
from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import family_interval, strength
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, nothing_held, size_of
from cxresearch.conclude.words import association, scale
from cxresearch.conclude.words.display import outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, number, short, span
from cxresearch.relate.relation import Check, Relation


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the difference in predicted answers that goes with the exposure."""
    row, shown = association.main_row(relation), outcome_of(relation.facts)
    three = association.sorted_ends(row, shown)
    levels = int((relation.estimates["term"] == row["term"]).sum())
    family = levels, float(row["df"])
    word = strength(*family_interval(three, *family), worth)
    limits = list(nothing_held(relation)) if association.observed(relation) else []
    if levels > 1:
        limits.append(Check("levels", "doubt", f"It is the one that stands out most of {levels} levels.", cap="suggestive"))
    kept = {name: relation.facts.get(name) for name in ("contrast_words", "outcome_label", "better", "exposure_label", "proportional_p")}
    return Verdict(word, *three, shown.unit, worth, *size_of(row), tuple(limits), kept, family=family)


def _tables(relation: Relation) -> tuple[Table, ...]:
    shown, rows = outcome_of(relation.facts), []
    for _, row in relation.estimates.iterrows():
        name, how = scale.WAYS[row["term"]]
        level = f", {plain(row['level'])}" if row["level"] else ""
        rows.append((f"{name}{level}\n{how}", *ends(shown, row), count(row["n"])))
    unit = upper_first(plain(relation.facts.get("row_unit", "answer")))
    first = Table(association.step_words(relation), "", ("Fitted", "Difference", "95% interval", f"{unit}s"), tuple(rows))
    return first, *([_answers(relation)] if relation.curve is not None else [])


def _answers(relation: Relation) -> Table:
    """Return the predicted share of every answer, without and with the contrast."""
    curve = relation.curve
    terms = list(dict.fromkeys(curve["term"]))
    cells = {
        (row["term"], row["x"]): f"{number(100 * row['estimate'])} ({span(100 * row['low'], 100 * row['high'])})"
        for _, row in curve.iterrows()
    }
    rows = tuple((short(x), *(cells.get((term, x), "") for term in terms)) for x in sorted(set(curve["x"])))
    head = ("Answer", *(upper_first(plain(term)) for term in terms))
    return Table(f"Predicted answers, of 100: {association.contrast_words(relation)}", "95% intervals; all else as recorded", head, rows)


def _draw(name: str, relation: Relation, width: int) -> str:
    shown, worth, level = outcome_of(relation.facts), relation.facts.get("worth"), association.main_row(relation)["level"]
    rows = relation.estimates[relation.estimates["level"] == level]
    lines = [(scale.WAYS[row["term"]][0], association.sorted_ends(row, shown)) for _, row in rows.iterrows()]
    return intervals.forest(name, scale.alt(relation), lines, width=width, worth=worth, unit=shown.amount(worth) if worth else shown.unit)


VOICE = Voice(
    judge, association.headline, scale.detail, _tables, association.topic, scale.sure, scale.more, scale.short,
    lambda relation: Picture(scale.title, scale.subtitle, scale.alt, _draw),
)  # fmt: skip
