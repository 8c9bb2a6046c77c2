"""Sentences about what nobody measured: how strong a hidden reason would have to be, and what controls say about it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import strength
from cxresearch.conclude.words.association import basis, contrast_words, interval, observed, sorted_ends
from cxresearch.conclude.words.display import Display, finite, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import number, percent, span
from cxresearch.relate.bounds import Rival
from cxresearch.relate.relation import Check, Relation


def hidden(facts: Mapping[str, Any], shown: Display) -> Check | None:
    """Say how strong an unmeasured reason would have to be; in doubt where one like the strongest measured would do.

    References
    ----------
    Cinelli & Hazlett (2020), Making sense of sensitivity, JRSS B 82: the bias of a reason with partial R2 of d and y is
    proportional to the root of y d / (1 - d), and the robustness value is where that equals the estimate with d = y. A hidden reason
    "like" a measured one is bounded by their section 4.4, as `sensitivity` bounds it.
    """
    value = facts.get("robustness_value")
    if not finite(value) or facts.get("design", "observed") != "observed":
        return None
    text = _would_have_to(facts, shown)
    if not facts.get("strongest_measured"):
        return Check("hidden reason", "doubt", f"{text}\nNothing was measured to compare that with.")
    enough = rival_would_do(facts)
    end = "; another one like it would be enough." if enough else "; another one like it would not be enough."
    return Check("hidden reason", "doubt" if enough else "passed", f"{text}\n{_rival(facts, shown)}{end}")


def rival_would_do(facts: Mapping[str, Any]) -> bool:
    """Return whether a hidden reason as strong as the strongest measured would take the difference to nothing."""
    value, rival = facts.get("robustness_value"), facts.get("strongest_measured")
    if value is None or not finite(value) or not rival or facts.get("design", "observed") != "observed":
        return False
    like = Rival(rival["label"], float(rival["with_exposure"]), float(rival["with_outcome"])).times(1)
    return value < 1 and (like is None or like[1] * like[0] / (1 - like[0]) >= value**2 / (1 - value))


def bound(relation: Relation) -> pd.Series | None:
    """Return what would be left under a hidden reason as strong as the strongest measured; None where none was measured."""
    rows = relation.estimates[relation.estimates["term"] == "bound"]
    return None if rows.empty else rows.iloc[0]


def headline(relation: Relation, word: str, worth: float | None) -> str:
    """Return whether one more reason like the strongest that was measured would be enough."""
    shown, like, what = outcome_of(relation.facts), bound(relation), contrast_words(relation)
    base = relation.row("adjusted")
    if base["low"] <= 0 <= base["high"] and word != "negligible":
        verb = f"{what} goes with {shown.noun}" if observed(relation) else f"{what} changes {shown.noun}"
        return f"No difference was told that a hidden reason would have to explain: whether {verb}, these data cannot say."
    if like is None:
        size = percent(relation.facts.get("robustness_value"))
        return f"A hidden reason that explains {size} of both would take the difference to nothing; none was measured to compare it with."
    rival = _name(relation.facts)
    if word == "negligible":
        return f"Even with a hidden reason as strong as {rival}, {what} would go with no difference in {shown.noun} worth acting on."
    if word == "inconclusive":
        return f"A hidden reason as strong as {rival} would be enough to leave no difference that could be told."
    low, high = shown.shown(like["low"]), shown.shown(like["high"])
    left = shown.difference(shown.shown(like["estimate"]), shown.digits(low, high, worth))
    return f"Even with a hidden reason as strong as {rival}, {what} would go with {left}."


def detail(relation: Relation, word: str, worth: float | None) -> str:
    """Return what a hidden reason would have to be, in shares and as a risk ratio."""
    facts, shown, like = relation.facts, outcome_of(relation.facts), bound(relation)
    parts = []
    if like is not None:
        said = interval(shown, shown.shown(like["low"]), shown.shown(like["high"]), worth)
        parts.append(f"At worst {said.replace('95% interval ', 'a 95% interval of ', 1)}.")
    parts += [_would_have_to(facts, shown)] if finite(facts.get("robustness_value")) else []
    parts += [f"{_rival(facts, shown)}."] if facts.get("strongest_measured") else []
    return " ".join([*parts, f"{upper_first(basis(relation.row('adjusted'), facts))}."])


def more(relation: Relation) -> tuple[Check, ...]:
    """Return the same as risk ratios, and how little would be enough for the interval."""
    facts, noun = relation.facts, outcome_of(relation.facts).noun
    limit, point, end = (facts.get(name) for name in ("robustness_value_limit", "e_value", "e_value_limit"))
    found = []
    if finite(limit):
        text = f"For the interval to reach no difference, {percent(limit)} of both would be enough."
        found.append(Check("interval", "passed" if limit else "doubt", text if limit else "The interval includes no difference as it is."))
    if finite(point) and finite(end):
        text = f"As a risk ratio (E-value): it would have to be {number(point, 2)} with both, for the interval {number(end, 2)}."
        found.append(Check("e-value", "passed", f"{text}\nBoth: with what is compared, and with {noun}, beyond everything held equal."))
    return tuple(found)


def judged(relation: Relation, worth: float | None) -> tuple[str, tuple[float, float, float]]:
    """Return the word, and the interval at worst in display units; "negligible" must survive a hidden reason on either side."""
    shown, base, like = outcome_of(relation.facts), relation.row("adjusted"), bound(relation)
    ends = sorted_ends(base, shown)
    word = strength(ends[1], ends[2], worth)
    if like is None:
        return word, ends
    worst = sorted_ends(like, shown)
    if word == "negligible":
        bias = abs(ends[0] - worst[0])
        return ("negligible" if strength(ends[1] - bias, ends[2] + bias, worth) == "negligible" else "inconclusive"), worst
    if worst[0] * ends[0] <= 0:
        return "inconclusive", worst
    return min(word, strength(worst[1], worst[2], worth), key=("inconclusive", "negligible", "suggestive", "clear").index), worst


def title(relation: Relation) -> str:
    """Return what the picture of hidden reasons says."""
    like, base = bound(relation), relation.row("adjusted")
    if like is None:
        return "Nothing was measured that a hidden reason could be compared with"
    if base["low"] <= 0 <= base["high"]:
        return "No difference was told that a hidden reason would have to explain"
    enough = like["low"] <= 0 <= like["high"] or like["estimate"] * base["estimate"] <= 0
    return f"One more reason like {_name(relation.facts)} would {'be enough' if enough else 'not be enough'}"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the picture."""
    shown = outcome_of(relation.facts)
    unit = f", {shown.unit}," if shown.unit else ""
    shaded = "; shaded: too small to act on" if relation.facts.get("worth") else ""
    return f"What would be left of the difference in {shown.noun}{unit} at worst, with 95% intervals{shown.side}{shaded}"


def rows(relation: Relation) -> list[tuple[str, tuple[float, float, float]]]:
    """Return label and interval of every line of picture and table."""
    shown, found = outcome_of(relation.facts), []
    for _, row in relation.estimates.iterrows():
        name = "As compared" if row["term"] == "adjusted" else f"Hidden: {plain(_lowered(row['level'], relation.facts))}"
        found.append((name, sorted_ends(row, shown)))
    return found


def alt(relation: Relation) -> str:
    """Return message and numbers of the picture, for readers who do not see it."""
    shown = outcome_of(relation.facts)
    said = [
        f"{name} {number(ends[0], shown.digits(*ends[1:]))} ({span(*ends[1:], shown.digits(*ends[1:]))})" for name, ends in rows(relation)
    ]
    return f"{title(relation)}. {subtitle(relation).partition(', with')[0]}: {'; '.join(said)}."


def _would_have_to(facts: Mapping[str, Any], shown: Display) -> str:
    exposure = lower_first(facts.get("exposure_label", "the exposure"))
    return (
        f"Hidden reasons: one would have to explain {percent(facts['robustness_value'])} of what is left unexplained, "
        f"both in {exposure} and in {shown.noun}, to take the difference to nothing."
    )


def _rival(facts: Mapping[str, Any], shown: Display) -> str:
    rival, exposure = facts["strongest_measured"], lower_first(facts.get("exposure_label", "the exposure"))
    both = f"{percent(float(rival['with_exposure']))} of {exposure} and {percent(float(rival['with_outcome']))} of {shown.noun}"
    return f"{upper_first(_name(facts))}, the strongest that was measured, explains {both}"


def _name(facts: Mapping[str, Any]) -> str:
    return plain(lower_first((facts.get("strongest_measured") or {}).get("label", "the strongest")))


def _lowered(level: str, facts: Mapping[str, Any]) -> str:
    label = (facts.get("strongest_measured") or {}).get("label", "")
    return level.replace(label, lower_first(label)) if label else level
