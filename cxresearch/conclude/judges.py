"""What each method allows to be said: the word before checks, and the interval of the finding."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cxresearch.conclude.evidence import family_interval, strength
from cxresearch.conclude.words import association, enough, importance, levels, staying
from cxresearch.conclude.words.display import exposure_unit, finite, outcome_of
from cxresearch.relate.relation import Check, Relation

NOTHING_HELD = Check("confounders", "doubt", "No confounder was declared, so nothing is held equal.", cap="suggestive")
DRAWS_SURE, DRAWS_LIKELY = 0.025, 0.1
KEPT = (
    "contrast", "contrast_words", "outcome_label", "outcome_phrase", "exposure_label", "better", "adjusted_for", "robustness_value",
    "design",
)  # fmt: skip
PLACE_SURE, PLACE_LIKELY = 0.25, 0.5


@dataclass(frozen=True)
class Verdict:
    """What a method allows to be said: the word before checks, and the interval of the finding."""

    strength: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    worth: float | None = None
    n: int = 0
    customers: int = 0
    limits: tuple[Check, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def effect(relation: Relation, worth: float | None) -> Verdict:
    """Judge the difference that goes with an exposure against `worth`."""
    row, shown = association.main_row(relation), outcome_of(relation.facts)
    estimate, low, high = association.sorted_ends(row, shown)
    levels_looked_at = int((relation.estimates["term"] == row["term"]).sum())
    word = strength(*family_interval((estimate, low, high), levels_looked_at, float(row.get("df", 1e9))), worth)
    limits = list(_nothing_held(relation)) if association.observed(relation) else []
    limits += _one_of_many(relation)
    limits += _strictest(relation, worth) if word == "clear" else []
    names = (
        "contrast",
        "contrast_words",
        "outcome_label",
        "exposure_label",
        "better",
        "adjusted_for",
        "robustness_value",
        "design",
        "outcome_phrase",
    )
    facts = {name: relation.facts.get(name) for name in names}
    return Verdict(word, estimate, low, high, shown.unit, worth, *_size(row), tuple(limits), facts)


def _nothing_held(relation: Relation) -> tuple[Check, ...]:
    """Return the check on missing confounders, unless the method has said so itself."""
    said = any(check.name == NOTHING_HELD.name for check in relation.checks)
    return () if relation.facts.get("adjusted_for") or said else (NOTHING_HELD,)


def _one_of_many(relation: Relation) -> list[Check]:
    many = relation.estimates["level"].nunique()
    return [] if many < 2 else [Check("levels", "doubt", f"It is the one that stands out most of {many} levels.", cap="suggestive")]


def _strictest(relation: Relation, worth: float | None) -> list[Check]:
    if "within" not in set(relation.estimates["term"]):
        return []
    within, main = association.same_row(relation, "within"), association.main_row(relation)
    _, low, high = association.sorted_ends(within, outcome_of(relation.facts))
    opposite = within["estimate"] * main["estimate"] < 0
    if not opposite and strength(low, high, worth) != "negligible":
        return []
    said = "points to the other side" if opposite else "is too small to act on"
    return [Check("within", "doubt", f"For the same customer at different times the difference {said}.", cap="suggestive")]


def compare(relation: Relation, worth: float | None) -> Verdict:
    """Judge the surest pair of levels, allowing for how many were compared."""
    row, shown = levels.compare_row(relation), outcome_of(relation.facts)
    estimate, low, high = association.sorted_ends(row, shown)
    family = int((relation.estimates["term"] == row["term"]).sum())
    word, limits = strength(*family_interval((estimate, low, high), family, float(row.get("df", 1e9))), worth), ()
    if word != "negligible" and finite(row.get("p_holm")) and row["p_holm"] > 0.05:
        limits = (Check("family", "doubt", "Allowing for the number of comparisons (Holm), it does not stand out.", cap="inconclusive"),)
    return Verdict(word, estimate, low, high, shown.unit, worth, *_size(row), limits, {"level": row["level"], "term": row["term"]})


def dose_response(relation: Relation, worth: float | None) -> Verdict:
    """Judge whether and where there is a point up to which it is good enough."""
    facts, row = relation.facts, relation.row("fast_enough")
    missed = facts.get("share_not_reached", float("nan"))
    limits = _nothing_held(relation) if association.observed(relation) else ()
    kept = {name: facts.get(name) for name in ("outcome_label", "exposure_label", "better_exposure", "share_not_reached", "adjusted_for")}
    scale = {"low": facts.get("range_low"), "high": facts.get("range_high"), "log": bool(facts.get("log_scale"))}
    place = (float(row[name]) for name in ("estimate", "low", "high"))
    word = _dose_word(finite(float(row["estimate"])), missed, worth)
    word = min(word, _placed_word(relation), key=("inconclusive", "suggestive", "clear").index) if word in ("clear", "suggestive") else word
    return Verdict(word, *place, exposure_unit(facts), worth, *_size(row), limits, {**kept, "scale": scale})


def _dose_word(reached: bool, missed: float, worth: float | None) -> str:
    """Clear: in at most 2.5% of draws the point is missing (or, where there is none, present). Suggestive: in at most 10%."""
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


def drivers(relation: Relation, worth: float | None) -> Verdict:
    """Judge what the drivers explain: never more than suggestive, for shares cannot be negative."""
    facts, rows = relation.facts, importance.ranked(relation)
    real = importance.above_noise(rows)
    ends = (100 * facts[name] for name in ("r2", "r2_low", "r2_high"))
    shares = {row["term"]: {"label": row["label"], "estimate": 100 * row["estimate"], "p_top": row["p_top"]} for _, row in rows.iterrows()}
    scale = {"low": 0.0, "high": 100.0, "log": False, "bar": True}
    word = "inconclusive" if real.empty else "suggestive"
    kept = {"scale": scale, "drivers": shares, "outcome_label": facts.get("outcome_label")}
    return Verdict(word, *ends, "of 100 explained", None, int(facts["n_used"]), int(facts.get("customers", 0)), (), kept)


def retention(relation: Relation, worth: float | None) -> Verdict:
    """Judge the first group against the last, as recorded."""
    rows = relation.estimates[relation.estimates["term"] == "kept"]
    apart, total = staying.gap(relation), int(rows["n"].sum())
    kept = {"days": relation.facts["days"], "exposure_label": relation.facts.get("exposure_label"), "outcome_label": "Customers kept"}
    if apart is None:
        one = (100 * float(rows.iloc[0][name]) for name in ("estimate", "low", "high"))
        return Verdict("described", *one, "of 100", worth, total, total, (), {**kept, "scale": {"low": 0.0, "high": 100.0, "log": False}})
    p = relation.facts.get("logrank_p")
    doubt = Check("log-rank", "doubt", "The curves as a whole are not told apart (log-rank test).", cap="inconclusive")
    limits = (NOTHING_HELD, *(() if p is None or p < 0.05 else (doubt,)))
    return Verdict(strength(apart[1], apart[2], worth), *apart, "of 100", worth, total, total, limits, kept)


def level(relation: Relation, worth: float | None) -> Verdict:
    """Give the main number with its interval; nothing is compared."""
    row = levels.lead_row(relation)
    if not levels.may_show(relation, row):
        return Verdict("described", n=0)
    if levels.has_months(relation):
        return Verdict("described", n=int(row["n"]), facts={"outside": int(relation.curve["outside"].sum()), "months": len(relation.curve)})
    shown = levels.display_of(relation, row)
    ends = (shown.shown(row[name]) for name in ("estimate", "low", "high"))
    low, high = {"nps": (-100.0, 100.0), "share": (0.0, 100.0)}.get(shown.kind, (None, None))
    facts = {"outcome_label": shown.label, "scale": {"low": low, "high": high, "log": False} if high else None}
    return Verdict("described", *ends, shown.unit, None, *_size(row), (), facts)


def audit(relation: Relation, worth: float | None) -> Verdict:
    """Count the rows; nothing is estimated."""
    rows = relation.estimates
    return Verdict("described", n=int(rows.loc[rows["level"] == "rows", "n"].sum()))


def _size(row: Any) -> tuple[int, int]:
    customers = row.get("customers")
    return int(row["n"]), int(customers) if finite(customers) else 0
