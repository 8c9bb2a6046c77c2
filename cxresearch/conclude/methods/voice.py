"""How `voice` is judged, tabled and drawn."""

from cxresearch.conclude.cells import TAKEN_ALONE, ends, few, stands_out
from cxresearch.conclude.charts import intervals
from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import family_interval, strength
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice
from cxresearch.conclude.words import written
from cxresearch.conclude.words.association import sorted_ends
from cxresearch.conclude.words.display import finite, outcome_of
from cxresearch.conclude.words.numbers import count, percent
from cxresearch.relate.relation import Check, Relation

MOST_DRAWN = 12


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the theme whose difference is surest, allowing for how many were compared."""
    row, shown = written.lead(relation), outcome_of(relation.facts)
    size = int(relation.facts["comments"]), int(relation.facts["writers"])
    if row is None:
        return Verdict("described", None, None, None, shown.unit, None, *size)
    estimate, low, high = sorted_ends(row, shown)
    family = int((relation.estimates["term"] == "difference").sum()), float(row["df"])
    word, limits = strength(*family_interval((estimate, low, high), *family), worth), [written.same_source()]
    if word != "negligible" and finite(row["p_holm"]) and row["p_holm"] > 0.05:
        limits.append(Check("family", "doubt", "Allowing for the number of themes (Holm), it does not stand out.", cap="inconclusive"))
    facts = {"theme": plain(row["level"]), "words": plain(row["words"]), "share": float(row["share"]), "better": shown.better}
    return Verdict(word, estimate, low, high, shown.unit, worth, *size, tuple(limits), facts, family=family)


def _tables(relation: Relation) -> tuple[Table, ...]:
    shown, keep = outcome_of(relation.facts), written.shown_themes(relation)
    toned = bool(relation.facts.get("toned"))
    means, compared = [], []
    for (_, row), ok in zip(relation.estimates.iterrows(), keep, strict=True):
        if row["term"] == "difference":
            cells = (*ends(shown, row), stands_out(row["p_holm"])) if ok and finite(row["estimate"]) else ("not shown", "", "")
            compared.append((plain(row["level"]) if ok else "A small theme", *cells))
            continue
        name = {"": "All who write", "no comment": "Those who write nothing"}.get(row["level"]) if row["term"] == "comments" else None
        head = name or (f"{plain(row['level'])}\n{plain(row['words'])}" if ok else "A small theme")
        share = percent(row["share"]) if ok and finite(row["share"]) else ""
        cells = (count(row["n"]), share, *ends(shown, row)) if ok else (few(relation), "", "not shown", "")
        means.append((head, *cells, *([written.tone_of(row) if ok else ""] if toned else [])))
    head = ("Theme", "n", "Of the comments", shown.label, "95% interval", *(["Tone (−1 to 1)"] if toned else []))
    made = [Table("What customers write about", shown.unit, head, tuple(means))]
    if compared:
        said = f"Comments about a theme less those about other things{f', {shown.unit}' if shown.unit else ''}"
        made.append(
            Table(f"Difference in {shown.label} by theme", said, ("Theme", "Difference", "95% interval", "Stands out"), tuple(compared))
        )
    return tuple(made)


def _draw(name: str, relation: Relation, width: int) -> str:
    shown, worth = outcome_of(relation.facts), relation.facts.get("worth")
    rows = written.differences(relation).head(MOST_DRAWN).sort_values(["estimate", "level"])
    lines = [(plain(row["level"]), sorted_ends(row, shown)) for _, row in rows.iterrows()]
    unit = shown.amount(worth) if worth else shown.unit
    return intervals.forest(name, written.alt(relation), lines, width=width, worth=worth, unit=unit)


VOICE = Voice(
    judge, written.headline, written.detail, _tables, written.topic, more=written.more,
    picture=lambda relation: Picture(written.title, written.subtitle, written.alt, _draw, written.drawn_note),
    withdrawn=TAKEN_ALONE,
)  # fmt: skip
