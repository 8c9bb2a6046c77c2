"""Sentences about customers kept with an exposure: `hazard` and `hazard_ratio`, in customers of 1,000."""

from dataclasses import replace

import pandas as pd

from cxresearch.conclude.words import association, staying, sure
from cxresearch.conclude.words.display import finite, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import digits_for, number, span
from cxresearch.relate.relation import Relation

WAYS = ("naive", "adjusted")


def of_thousand(relation: Relation) -> Relation:
    """Return the differences in customers kept alone; `worth` is declared of 100 customers, and said of 1,000."""
    worth = relation.facts.get("worth")
    rows = relation.estimates[relation.estimates["term"].isin(WAYS)]
    return replace(relation, estimates=rows, facts={**relation.facts, "worth": None if worth is None else 10 * worth})


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the sentence: "Among comparable customers, halving the wait goes with 21 more customers kept 90 days in every 1,000."."""
    return association.headline(of_thousand(relation), strength, worth)


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the interval, what it rests on, how many are kept without and with the contrast, and the hazard ratio."""
    row, parts = association.main_row(of_thousand(relation)), [association.detail(of_thousand(relation), strength, worth)]
    if finite(float(row["kept_without"])):
        kept = [number(1000 * float(row[f"kept_{way}"]), 0) for way in ("without", "with")]
        days = staying.spell(_timed(relation))
        parts.append(f"Predicted to be here after {days}: {kept[0]} of 1,000 without, {kept[1]} with.")
    ratio = hazard_ratio(relation)
    return " ".join([*parts, f"{ratio}."] if ratio else parts)


def hazard_ratio(relation: Relation) -> str:
    """Return the hazard ratio of the headline's level: "Hazard ratio 0.75 (0.69 to 0.81)"."""
    level = association.main_row(of_thousand(relation))["level"]
    rows = relation.estimates[(relation.estimates["term"] == "hazard_ratio") & (relation.estimates["level"] == level)]
    return f"Hazard ratio {ratio_words(rows.iloc[0])}" if len(rows) else ""


def ratio_cells(row: pd.Series) -> tuple[str, str]:
    """Return a ratio and its interval, fine enough that neither end is taken for one: no difference."""
    digits = digits_for(row["low"], row["high"], usual=2, marks=(1.0,))
    return number(row["estimate"], digits), span(row["low"], row["high"], digits)


def ratio_words(row: pd.Series) -> str:
    """Return a ratio with its interval: "0.75 (0.69 to 0.81)"."""
    return "{} ({})".format(*ratio_cells(row))


def how_sure(relation: Relation, word: str, worth: float | None) -> str:
    """Return how sure the difference is."""
    return sure.sure(of_thousand(relation), word, worth)


def short(relation: Relation, word: str, worth: float | None, headline: str) -> tuple[str, ...]:
    """Return question, answer and sentence for the first screen of an edition."""
    made = of_thousand(relation)
    return sure.short(replace(made, facts={**made.facts, "outcome_phrase": "customers kept"}), word, worth, headline)


def title(relation: Relation) -> str:
    """Return what the curve of the difference says, never more than its interval allows."""
    made = of_thousand(relation)
    row, shown = association.main_row(made), outcome_of(made.facts)
    contrast = upper_first(association.contrast_words(made))
    if not finite(float(row["low"])) or row["low"] <= 0 <= row["high"]:
        return f"{contrast}: no difference in {shown.noun} stands out"
    verb = "goes with" if association.observed(made) else "changes what is kept:"
    size = shown.difference(shown.shown(row["estimate"]), shown.digits(shown.shown(float(row["low"])), shown.shown(float(row["high"]))))
    return f"{contrast} {verb} {size}"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the curve."""
    since = relation.facts.get("landmark") or "the start"
    held = "comparable customers" if relation.facts.get("adjusted_for") else "as recorded"
    shaded = "; shaded: too small to act on" if relation.facts.get("worth") else ""
    return f"Difference in customers still here, of 1,000, by {clock(relation)} since {since}, {held}, with 95% intervals{shaded}"


def clock(relation: Relation) -> str:
    """Return the unit of time."""
    return staying.clock_unit(_timed(relation))


def alt(relation: Relation) -> str:
    """Return message and numbers of the curve."""
    curve = lines(relation)
    main = curve[curve["term"] == association.headline_term(of_thousand(relation))]
    points = [f"{_of_thousand(row)} after {row['x']:g}" for _, row in main.iloc[[len(main) // 3, 2 * len(main) // 3, -1]].iterrows()]
    return f"{title(relation)}. Of 1,000, by {clock(relation)}: {'; '.join(points)}."


def lines(relation: Relation) -> pd.DataFrame:
    """Return the curves drawn: the level that the headline speaks of, adjusted only where something is held equal."""
    level = association.main_row(of_thousand(relation))["level"]
    terms = WAYS if relation.facts.get("adjusted_for") else ("adjusted",)
    return relation.curve[(relation.curve["level"] == level) & relation.curve["term"].isin(terms)]


def labels(relation: Relation) -> dict[str, str]:
    """Return the direct label of each curve."""
    held = bool(relation.facts.get("adjusted_for"))
    return {"adjusted": "comparable\ncustomers" if held else "as recorded", "naive": "as recorded"}


def note(relation: Relation) -> str:
    """Return how to read the curves."""
    if not relation.facts.get("adjusted_for"):
        return "Above zero more are kept. Nothing is held equal."
    return "Above zero more are kept. The dashed line compares customers as recorded; the solid one compares like with like."


def topic(relation: Relation) -> str:
    """Return what the finding is about."""
    return f"{lower_first(relation.facts.get('exposure_label') or 'the exposure')} and staying"


def _of_thousand(row: pd.Series) -> str:
    value, low, high = (1000 * float(row[name]) for name in ("estimate", "low", "high"))
    digits = digits_for(low, high, usual=0)
    return f"{number(value, digits)} ({span(low, high, digits)})"


def _timed(relation: Relation) -> Relation:
    return replace(relation, facts={**relation.facts, "unit": relation.facts.get("outcome_unit", "days")})
