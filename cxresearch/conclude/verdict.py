"""The verb `conclude`: one relation becomes one finding, no stronger than its evidence."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cxresearch.ask.errors import MethodError
from cxresearch.conclude.evidence import STRENGTHS, binding, capped, strength
from cxresearch.conclude.finding import Finding
from cxresearch.conclude.words import association, enough, importance, levels, staying
from cxresearch.conclude.words.display import exposure_unit, finite, lower_first, outcome_of
from cxresearch.relate.relation import Check, Relation

NOTHING_HELD = Check("confounders", "doubt", "No confounder was declared, so nothing is held equal.", cap="suggestive")
DRAWS_SURE, DRAWS_LIKELY = 0.025, 0.1
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


Judge = Callable[[Relation, float | None], Verdict]
Sentence = Callable[[Relation, str, float | None], str]


def conclude(relation: Any, *, worth: float | None = None) -> Any:
    """Return the one sentence that a relation allows, with its interval and the word for its strength.

    Parameters
    ----------
    relation : Relation or Absent
        What a method found. An absent one is passed on.
    worth : float, optional
        Smallest difference worth acting on, in display units of the outcome (NPS points, of 100). Default: the study's.

    Returns
    -------
    Finding or Absent
        `estimate`, `low` and `high` are in display units and signed so that positive is better.

    Raises
    ------
    MethodError
        Where `worth` is not positive, or no sentence is known for the method.
    """
    if not isinstance(relation, Relation):
        return relation
    worth = relation.facts.get("worth") if worth is None else worth
    if worth is not None and not worth > 0:
        raise MethodError(f"worth is {worth}; give the smallest difference worth acting on as a positive number.")
    if relation.method not in _SPOKEN:
        raise MethodError(f'no sentence is known for "{relation.method}"; conclude takes: {", ".join(sorted(_SPOKEN))}.')
    judge, headline, detail = _SPOKEN[relation.method]
    return _finding(relation, judge(relation, worth), headline, detail)


def _finding(relation: Relation, verdict: Verdict, headline: Sentence, detail: Sentence) -> Finding:
    limits = (*relation.checks, *verdict.limits)
    word = capped(verdict.strength, limits)
    told = [] if word == verdict.strength else [_sentence(check.detail) for check in binding(verdict.strength, limits)]
    text = " ".join([detail(relation, word, verdict.worth), *dict.fromkeys(told)])
    return Finding(
        topic=_topic(relation),
        headline=headline(relation, word, verdict.worth),
        detail=text,
        strength=word,
        **{name: _clean(getattr(verdict, name)) for name in ("estimate", "low", "high")},
        unit=verdict.unit,
        worth=verdict.worth,
        n=verdict.n,
        customers=verdict.customers,
        method=relation.method,
        checks=relation.checks,
        facts=json_values({**_rows(relation), **verdict.facts, "capped": word != verdict.strength}),
    )


def _judge_effect(relation: Relation, worth: float | None) -> Verdict:
    row, shown = association.main_row(relation), outcome_of(relation.facts)
    estimate, low, high = association.sorted_ends(row, shown)
    word = strength(low, high, worth)
    limits = list(_nothing_held(relation)) if association.observed(relation) else []
    limits += _one_of_many(relation)
    limits += _strictest(relation, worth) if word == "clear" else []
    names = ("contrast", "contrast_words", "outcome_label", "exposure_label", "better", "adjusted_for", "robustness_value", "design")
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


def _judge_compare(relation: Relation, worth: float | None) -> Verdict:
    row, shown = levels.compare_row(relation), outcome_of(relation.facts)
    estimate, low, high = association.sorted_ends(row, shown)
    word, limits = strength(low, high, worth), ()
    if word != "negligible" and finite(row.get("p_holm")) and row["p_holm"] > 0.05:
        limits = (Check("family", "doubt", "Allowing for the number of comparisons (Holm), it does not stand out.", cap="inconclusive"),)
    return Verdict(word, estimate, low, high, shown.unit, worth, *_size(row), limits, {"level": row["level"], "term": row["term"]})


def _judge_dose(relation: Relation, worth: float | None) -> Verdict:
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
    """Return what the place of the point allows: an interval over half of the range says nothing, over a quarter not much."""
    share = enough.interval_share(relation)
    return "clear" if share <= PLACE_SURE else "suggestive" if share <= PLACE_LIKELY else "inconclusive"


def _judge_drivers(relation: Relation, worth: float | None) -> Verdict:
    facts, rows = relation.facts, importance.ranked(relation)
    real = importance.above_noise(rows)
    ends = (100 * facts[name] for name in ("r2", "r2_low", "r2_high"))
    shares = {row["term"]: {"label": row["label"], "estimate": 100 * row["estimate"], "p_top": row["p_top"]} for _, row in rows.iterrows()}
    scale = {"low": 0.0, "high": 100.0, "log": False}
    word = "inconclusive" if real.empty else "suggestive"
    kept = {"scale": scale, "drivers": shares, "outcome_label": facts.get("outcome_label")}
    return Verdict(word, *ends, "% explained", None, int(facts["n_used"]), int(facts.get("customers", 0)), (), kept)


def _judge_retention(relation: Relation, worth: float | None) -> Verdict:
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


def _judge_level(relation: Relation, worth: float | None) -> Verdict:
    row = levels.lead_row(relation)
    if not levels.may_show(relation, row):
        return Verdict("described", n=0)
    shown = levels.display_of(relation, row)
    ends = (shown.shown(row[name]) for name in ("estimate", "low", "high"))
    low, high = {"nps": (-100.0, 100.0), "share": (0.0, 100.0)}.get(shown.kind, (None, None))
    facts = {"outcome_label": shown.label, "scale": {"low": low, "high": high, "log": False} if high else None}
    return Verdict("described", *ends, shown.unit, None, *_size(row), (), facts)


def _judge_audit(relation: Relation, worth: float | None) -> Verdict:
    rows = relation.estimates
    return Verdict("described", n=int(rows.loc[rows["level"] == "rows", "n"].sum()))


_SPOKEN: dict[str, tuple[Judge, Sentence, Sentence]] = {
    "effect": (_judge_effect, association.headline, association.detail),
    "compare": (_judge_compare, levels.compare_headline, levels.compare_detail),
    "dose_response": (_judge_dose, enough.headline, enough.detail),
    "drivers": (_judge_drivers, importance.headline, importance.detail),
    "retention": (_judge_retention, staying.headline, staying.detail),
    "measure": (_judge_level, levels.headline, levels.detail),
    "scorecard": (_judge_level, levels.headline, levels.detail),
    "audit": (_judge_audit, levels.audit_headline, levels.audit_detail),
}


def json_values(value: Any) -> Any:
    """Return plain JSON values: numbers that are not finite become null.

    Examples
    --------
    >>> json_values({"a": float("nan"), "b": (1, 2.5)})
    {'a': None, 'b': [1, 2.5]}
    """
    if isinstance(value, Mapping):
        return {str(name): json_values(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [json_values(part) for part in value]
    if value is None or isinstance(value, bool | str | int):
        return value
    return _clean(value) if finite(value) or isinstance(value, float) else str(value)


def order(finding: Finding) -> tuple[int, float]:
    """Return the place of a finding in a list: strongest first, then by size against what is worth acting on."""
    size = abs(finding.estimate or 0.0) / finding.worth if finding.worth else 0.0
    return STRENGTHS.index(finding.strength), -size


def _topic(relation: Relation) -> str:
    exposure, outcome = (relation.facts.get(f"{part}_label") for part in ("exposure", "outcome"))
    if relation.method == "audit":
        return "the data"
    if relation.method in ("effect", "dose_response", "retention") and exposure:
        return f"{lower_first(exposure)} and {lower_first(outcome or 'staying')}"
    return (
        f"what explains {lower_first(outcome or 'the outcome')}"
        if relation.method == "drivers"
        else lower_first(outcome or "where we stand")
    )


def _rows(relation: Relation) -> dict[str, Any]:
    if relation.method != "effect":
        return {}
    shown = outcome_of(relation.facts)
    names = ("estimate", "low", "high")
    level = association.main_row(relation)["level"]
    rows = [row for _, row in relation.estimates.iterrows() if row["level"] == level]
    return {
        "rows": {row["term"]: {**dict(zip(names, association.sorted_ends(row, shown), strict=True)), "n": int(row["n"])} for row in rows}
    }


def _size(row: Any) -> tuple[int, int]:
    customers = row.get("customers")
    return int(row["n"]), int(customers) if finite(customers) else 0


def _clean(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _sentence(text: str) -> str:
    text = levels.plain(text)
    return text if text.endswith((".", "!", "?")) else f"{text}."
