"""How `dose_response` is judged and tabled."""

import pandas as pd

from cxresearch.conclude.cells import few, unit_first
from cxresearch.conclude.charts import curves
from cxresearch.conclude.disclosure import limit_of
from cxresearch.conclude.escape import plain
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, nothing_held, size_of
from cxresearch.conclude.words import association, enough, levels
from cxresearch.conclude.words.display import Display, exposure_unit, finite, outcome_of
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Relation

DRAWS_SURE, DRAWS_LIKELY = 0.025, 0.05
PLACE_SURE, PLACE_LIKELY = 0.25, 0.5


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge whether and where there is a point up to which it is good enough."""
    facts, row = relation.facts, relation.row("fast_enough")
    missed = facts.get("agrees_with_none", float("nan"))
    limits = nothing_held(relation) if association.observed(relation) else ()
    kept = {name: facts.get(name) for name in ("outcome_label", "exposure_label", "better_exposure", "agrees_with_none", "adjusted_for")}
    scale = {"low": facts.get("range_low"), "high": facts.get("range_high"), "log": bool(facts.get("log_scale"))}
    place = (float(row[name]) for name in ("estimate", "low", "high"))
    word = _dose_word(finite(float(row["estimate"])), missed, worth)
    word = min(word, _placed_word(relation), key=("inconclusive", "suggestive", "clear").index) if word in ("clear", "suggestive") else word
    p = _p(missed if finite(float(row["estimate"])) else 1 - missed, relation)
    return Verdict(word, *place, exposure_unit(facts), worth, *size_of(row), limits, {**kept, "scale": scale}, p)


def _p(wrong: float, relation: Relation) -> float | None:
    """Return twice the share of draws that say otherwise; never less than the number of draws can show."""
    draws = int(relation.settings.get("draws", 1000))
    return min(1.0, 2 * (wrong * draws + 1) / (draws + 1)) if finite(wrong) else None


def _dose_word(reached: bool, missed: float, worth: float | None) -> str:
    """Clear: without a point data like these come up in 2.5% at most (or, where there is none, in so few draws). Suggestive: in 5%."""
    wrong = missed if reached else 1 - missed
    if worth is None or not finite(wrong) or wrong > DRAWS_LIKELY:
        return "inconclusive"
    if wrong > DRAWS_SURE:
        return "suggestive" if reached else "inconclusive"
    return "clear" if reached else "negligible"


def _placed_word(relation: Relation) -> str:
    """Return what the place allows: over a quarter of the range not much, over half nothing but what is certain beyond it."""
    share = enough.interval_share(relation)
    return "clear" if share <= PLACE_SURE else "suggestive" if share <= PLACE_LIKELY or enough.certain_beyond(relation) else "inconclusive"


def _tables(relation: Relation) -> tuple[Table, ...]:
    shown, estimates = outcome_of(relation.facts), relation.estimates
    held = bool(relation.facts.get("adjusted_for"))
    terms = [term for term in (("adjusted", "raw") if held else ("raw",)) if (estimates["term"] == term).any()]
    names = {"adjusted": "Comparable customers", "raw": "As recorded, nothing held equal" if not held else "As recorded"}
    unit, first = exposure_unit(relation.facts), estimates[estimates["term"] == (terms[0] if terms else "")]
    rows = []
    for _, row in first.iterrows():
        others = [estimates[(estimates["term"] == term) & (estimates["level"] == row["level"])] for term in terms]
        rows.append((enough.level_words(row, unit), *(levels.value(shown, other.iloc[0]) if len(other) else "" for other in others)))
    caption = f"Predicted {shown.label} by {plain(relation.facts.get('exposure_phrase', 'exposure'))}"
    label = plain(relation.facts.get("exposure_label", "Exposure"))
    under = f"{unit_first(shown)}with 95% intervals"
    bands = estimates[estimates["term"] == "band"]
    recorded = tuple((enough.band_words(row, unit), *_recorded(relation, shown, row)) for _, row in bands.iterrows())
    made = (Table(caption, under, (label, *(names[t] for t in terms)), tuple(rows)),)
    if recorded:
        made += (Table(f"{shown.label} in bands, as recorded", f"{under}; nothing held equal", (label, "Value", "n"), recorded),)
    return made


def _recorded(relation: Relation, shown: Display, row: pd.Series) -> tuple[str, str]:
    return (levels.value(shown, row), count(row["n"])) if row["n"] >= limit_of(relation) else ("not shown", few(relation))


VOICE = Voice(
    judge, enough.headline, enough.detail, _tables, association.topic, enough.sure, enough.more, enough.short,
    lambda relation: Picture(enough.title, enough.subtitle, enough.alt, curves.dose, enough.drawn_note),
    withdrawn=enough.WITHDRAWN,
)  # fmt: skip
