"""Sentences about the customer's journey: `journey` (good service against a failed journey) and `recovery`."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cxresearch.conclude.escape import plain
from cxresearch.conclude.words.association import adjusted_words, enough, interval
from cxresearch.conclude.words.display import Display, finite, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import MINUTES, clock, count, number, short, span
from cxresearch.relate.relation import Check, Relation

NAMES = {
    "whole, good": ("nothing failed", "good service"), "whole, poor": ("nothing failed", "poor service"),
    "failed, good": ("something failed", "good service"), "failed, poor": ("something failed", "poor service"),
}  # fmt: skip
DIFFERENCES = {
    ("contrast", "outweighs"): ("A failed journey with good service", "against a whole journey with poor service"),
    ("contrast", "short of"): ("A failed journey with good service", "against a whole journey with good service"),
    ("service", "whole"): ("Good against poor service", "where nothing failed"),
    ("service", "failed"): ("Good against poor service", "where something failed"),
    ("interaction", ""): ("Good against poor service", "how much more where nothing failed than where something failed"),
}
PAIRS = {
    "recovered less never": ("Recovered", "against never failed"),
    "recovered less open": ("Recovered", "against not recovered"),
    "open less never": ("Not recovered", "against never failed"),
}


def ends(row: pd.Series, shown: Display) -> tuple[float, float, float]:
    """Return estimate, low and high in display units."""
    return tuple(shown.shown(row[name]) for name in ("estimate", "low", "high"))  # type: ignore[return-value]


def value(row: pd.Series, shown: Display) -> str:
    """Return an estimate with its interval: "32.9 (28.2 to 37.6)"."""
    middle, low, high = ends(row, shown)
    digits = shown.brief_digits(low, high)
    return f"{number(middle, digits)} ({span(low, high, digits)})"


def among(facts: Mapping[str, Any]) -> str:
    """Return whom a comparison is among."""
    return "among comparable customers, " if facts.get("adjusted_for") else "as recorded, nothing held equal, "


def good_service(facts: Mapping[str, Any]) -> str:
    """Return what good service is here: "a first response within 3 h"."""
    unit, cut = facts.get("exposure_unit"), facts["cut"]
    size = clock(cut, unit) if unit in MINUTES else short(cut)
    side = "at least" if facts.get("better_exposure") == "higher" else "at most"
    return f"{lower_first(facts.get('exposure_label', 'service'))} {side} {size}"


def topic(relation: Relation) -> str:
    """Return what the finding is about."""
    return f"{lower_first(relation.facts.get('exposure_label', 'service'))} on failed journeys and {outcome_of(relation.facts).noun}"


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return where a failed journey with good service stands, between the whole ones."""
    shown, row = outcome_of(relation.facts), relation.row("contrast", "outweighs")
    if strength == "inconclusive":
        return "Whether good service outweighs a journey on which something failed, these data cannot say."
    if strength == "negligible":
        said = f"a failed journey with good service and a whole journey with poor service differ in {shown.noun} by nothing worth acting on"
        return f"{upper_first(among(relation.facts))}{said}."
    middle, low, high = ends(row, shown)
    size, met = shown.difference(middle, shown.digits(low, high, worth)), good_service(relation.facts)
    if shown.kind == "share":
        both = f"after a failed journey with good service ({met}) there are {size} than after a whole journey without"
    else:
        both = f"customers of a failed journey who met good service ({met}) give {size} than customers of a whole journey who did not"
    return f"{upper_first(among(relation.facts))}{both}{_still_short(relation, worth)}."


def _still_short(relation: Relation, worth: float | None) -> str:
    """Say how far good service leaves a failed journey from a whole one; nothing where the two are not told apart."""
    shown, row = outcome_of(relation.facts), relation.row("contrast", "short of")
    middle, low, high = ends(row, shown)
    if not finite(middle) or min(low, high) <= 0 <= max(low, high):
        return ""
    join = "but" if middle * shown.sign < 0 else "and"
    than = "than after a whole one with good service" if shown.kind == "share" else "than those of a whole journey who met good service"
    return f", {join} {shown.difference(middle, shown.digits(low, high, worth))} {than}"


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the interval, what good service is here, and what the comparison rests on."""
    facts, shown, row = relation.facts, outcome_of(relation.facts), relation.row("contrast", "outweighs")
    _, low, high = ends(row, shown)
    parts = [f"{upper_first(interval(shown, low, high, worth))}.", f"Good service: {good_service(facts)}; {_rests(relation)}."]
    if strength == "inconclusive" and worth:
        parts.append(enough(low, high, int(row["n"]), worth, facts))
    return " ".join(filter(None, parts))


def sure(relation: Relation, strength: str, worth: float | None) -> str:
    """Return what else decides the answer: how far good service stays short on a failed journey."""
    shown, row = outcome_of(relation.facts), relation.row("contrast", "short of")
    held = adjusted_words(relation.facts)
    return (
        f"With good service on both, a failed journey stands {value(row, shown)} {shown.unit} from a whole one."
        f"{f' Held equal: {held}.' if held else ' Nothing is held equal.'}"
    )


def more(relation: Relation) -> tuple[Check, ...]:
    """Return the interaction, and the corners in words."""
    shown, row = outcome_of(relation.facts), relation.row("interaction")
    said = f"Good against poor service, where nothing failed less where something failed: {value(row, shown)} {shown.unit}"
    open_ = finite(row["low"]) and row["low"] <= 0 <= row["high"]
    end = "; no difference is included: whether service counts for less after a failure stays open." if open_ else "."
    first = Check("interaction", "doubt" if open_ else "passed", f"{said}{end}")
    return first, Check("corners", "passed", f"{upper_first(corners(relation))}.")


def corners(relation: Relation) -> str:
    """Return the four corners as people read them."""
    shown = outcome_of(relation.facts)
    return "; ".join(f"{', '.join(NAMES[level])} {value(relation.row('corner', level), shown)}" for level in NAMES)


def short_answer(relation: Relation, strength: str, worth: float | None, said: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    row, shown = relation.row("contrast", "outweighs"), outcome_of(relation.facts)
    yes = row["estimate"] * shown.sign > 0
    answers = {"clear": "Yes" if yes else "No", "suggestive": "Perhaps" if yes else "Probably not", "negligible": "They are even"}
    return "Does good service outweigh a failed journey?", answers.get(strength, "Not known"), said


def title(relation: Relation) -> str:
    """Return what the four corners say, never more than the intervals allow."""
    shown, row = outcome_of(relation.facts), relation.row("contrast", "outweighs")
    if not (row["low"] > 0 or row["high"] < 0):
        return "Good service on a failed journey and poor service on a whole one are not told apart"
    return f"Failed journeys with good service {_stand(row, shown)} whole journeys with poor service"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the four corners."""
    shown = outcome_of(relation.facts)
    unit = f", {shown.unit}," if shown.unit and shown.kind != "nps" else ""
    held = "confounders held equal" if relation.facts.get("adjusted_for") else "as recorded"
    return f"{shown.label}{unit} by journey and service, {held}, with 95% intervals; good service: {good_service(relation.facts)}"


def alt(relation: Relation) -> str:
    """Return message and numbers of the four corners."""
    return f"{title(relation)}. {outcome_of(relation.facts).label}: {corners(relation)}."


def _rests(relation: Relation) -> str:
    rows = relation.estimates[relation.estimates["term"] == "corner"]
    unit = relation.facts.get("row_unit", "row")
    smallest = rows.loc[rows["n"].idxmin()]
    return f"n = {count(rows['n'].sum())} {unit}s, {count(smallest['n'])} in the smallest corner"


def pairs(relation: Relation) -> dict[str, tuple[str, str]]:
    """Return the differences that were estimated, in words."""
    known = set(relation.estimates.loc[relation.estimates["term"] == "difference", "level"])
    return {level: words for level, words in PAIRS.items() if level in known}


def recovery_topic(relation: Relation) -> str:
    """Return what the finding is about."""
    return f"failure, recovery and {outcome_of(relation.facts).noun}"


def recovery_headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return whether customers whose failure was recovered stand above those who met none."""
    shown, row = outcome_of(relation.facts), relation.row("difference", "recovered less never")
    if strength == "inconclusive":
        return f"Whether {_recovered(shown)} customers without a failure, these data cannot say."
    if strength == "negligible":
        said = f"customers whose failure was recovered and customers without a failure differ in {shown.noun} by nothing worth acting on"
        return f"{upper_first(among(relation.facts))}{said}."
    middle, low, high = ends(row, shown)
    size = shown.difference(middle, shown.digits(low, high, worth))
    verb, of = ("there are", "among ") if shown.kind == "share" else ("give", "")
    said = f"{of}customers whose failure was recovered {verb} {size} than {of}customers without a failure"
    paradox = "the recovery paradox shows here" if middle * shown.sign > 0 else "a recovery does not reach what was there without a failure"
    return f"{upper_first(among(relation.facts))}{paradox}: {said}."


def recovery_detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the interval and what the groups rest on."""
    shown, row = outcome_of(relation.facts), relation.row("difference", "recovered less never")
    _, low, high = ends(row, shown)
    unit = relation.facts.get("row_unit", "row")
    parts = [f"{upper_first(interval(shown, low, high, worth))}.", f"n = {count(row['n'])} {unit}s in these two groups."]
    if strength == "inconclusive" and worth:
        parts.append(enough(low, high, int(row["n"]), worth, relation.facts))
    return " ".join(filter(None, parts))


def recovery_more(relation: Relation) -> tuple[Check, ...]:
    """Return what recovery goes with against no recovery, and the groups."""
    shown, seen = outcome_of(relation.facts), Check("groups", "passed", f"{upper_first(groups(relation))}.")
    if "recovered less open" not in pairs(relation):
        return (seen,)
    row = relation.row("difference", "recovered less open")
    open_ = row["low"] <= 0 <= row["high"]
    said = f"Recovered against not recovered: {value(row, shown)} {shown.unit}{', no difference included' if open_ else ''}."
    return Check("recovered", "doubt" if open_ else "passed", said), seen


def groups(relation: Relation) -> str:
    """Return the three groups as people read them."""
    shown, rows = outcome_of(relation.facts), relation.estimates[relation.estimates["term"] == "group"]
    return "; ".join(f"{plain(row['level'])} {value(row, shown)}" for _, row in rows.iterrows())


def recovery_short(relation: Relation, strength: str, worth: float | None, said: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    up = relation.row("difference", "recovered less never")["estimate"] * outcome_of(relation.facts).sign > 0
    yes, no = ("More than that", "Perhaps") if up else ("No", "Probably not")
    answers = {"clear": yes, "suggestive": no, "negligible": "Yes, they are even"}
    return "Does a good recovery win customers back?", answers.get(strength, "Not known"), said


def recovery_title(relation: Relation) -> str:
    """Return what the three groups say."""
    shown, row = outcome_of(relation.facts), relation.row("difference", "recovered less never")
    if row["low"] <= 0 <= row["high"]:
        return "Recovered failures and no failure are not told apart"
    return f"Customers whose failure was recovered {_stand(row, shown)} those without a failure"


def recovery_subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the differences."""
    shown = outcome_of(relation.facts)
    held = "confounders held equal" if relation.facts.get("adjusted_for") else "as recorded"
    shaded = "; shaded: too small to act on" if relation.facts.get("worth") else ""
    return f"Difference in {shown.noun}{f', {shown.unit}' if shown.unit else ''}, {held}, with 95% intervals{shown.side}{shaded}"


def recovery_alt(relation: Relation) -> str:
    """Return message and numbers of the groups and their differences."""
    shown = outcome_of(relation.facts)
    named = pairs(relation).items()
    apart = "; ".join(f"{lower_first(' '.join(words))} {value(relation.row('difference', level), shown)}" for level, words in named)
    return f"{recovery_title(relation)}. {upper_first(groups(relation))}. Differences: {apart}."


def _stand(row: pd.Series, shown: Display) -> str:
    """Say on which side; where less is better, "above" would be read the wrong way round."""
    if shown.better == "lower":
        return "do better than" if row["estimate"] < 0 else "do worse than"
    return "stand above" if row["estimate"] > 0 else "stand below"


def _recovered(shown: Display) -> str:
    verb = "differ from" if shown.kind == "share" else "give more or less than"
    return f"customers whose failure was recovered {verb}"
