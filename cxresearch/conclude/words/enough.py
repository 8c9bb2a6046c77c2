"""Sentences about how fast is fast enough: `dose_response`."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import capped
from cxresearch.conclude.words.association import basis
from cxresearch.conclude.words.display import Display, exposure_unit, finite, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import MINUTES, clock, fine_for, number, percent, span, tick, times
from cxresearch.relate.relation import Check, Relation

# The point in the picture, and what stands there where the claim is taken back.
GUESS = "Best guess"
WITHDRAWN = {f"{before}{word} enough{after}": f"{before}{GUESS}{after}"
             for word in ("Fast", "Early", "Low", "High") for before, after in ((">", "<"), ("", ":"))}  # fmt: skip


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the sentence for the "fast enough" point, or that there is none in the range."""
    facts, row = relation.facts, relation.row("fast_enough")
    shown = outcome_of(facts)
    if facts.get("no_point"):
        return (
            f"{upper_first(shown.label)} by {exposure_words(facts)}: a point is looked for where less is declared better, so none is named."
        )
    if worth is None:
        return f"How {asked(relation)} is enough cannot be said: no smallest worthwhile difference was declared."
    if not finite(float(row["estimate"])) and strength != "inconclusive":
        return upper_first(
            f"{_among(relation)}no {_nearer(relation).partition(' ')[2]} within {reach(relation)} goes with {_gap(shown, worth)} more."
        )
    if strength == "inconclusive" or not finite(float(row["estimate"])):
        return _unsaid(relation, worth)
    if interval_share(relation) > 0.5:
        return upper_first(f"{_among(relation)}{_three_parts(relation, worth)}.")
    where = f"the point may lie anywhere from {_ends(relation)}"
    return upper_first(
        f"{_among(relation)}up to {at(relation)} {_nearer(relation)} goes with less than {_gap(shown, worth)} more; {where}."
    )


def _unsaid(relation: Relation, worth: float) -> str:
    what = exposure_words(relation.facts)
    if finite(float(relation.row("fast_enough")["estimate"])) and relation.facts.get("agrees_with_none", 1.0) <= 0.05:
        return f"Up to which point {what} is good enough, these data cannot say."
    return f"Whether there is a point up to which {what} is good enough, these data cannot say."


def _three_parts(relation: Relation, worth: float) -> str:
    """Say what is certain beyond the interval of the point and below it, and that nothing is in between."""
    row, unit, gap = relation.row("fast_enough"), exposure_unit(relation.facts), _gap(outcome_of(relation.facts), worth)
    fine = fine_for(row["low"], row["high"], unit)
    first, last = clock(row["low"], unit, fine), clock(row["high"], unit, fine)
    return f"beyond {last} {_nearer(relation)} goes with at least {gap} more, below {first} with less; in between these data cannot say"


def certain_beyond(relation: Relation) -> bool:
    """Return whether a tenth of the range or more lies beyond the point from which the difference is certain."""
    facts, row = relation.facts, relation.row("fast_enough")
    ends = [float(row["high"]), float(facts["range_low"]), float(facts["range_high"])]
    if facts.get("log_scale"):
        ends = [math.log2(end) if end > 0 else float("nan") for end in ends]
    high, first, last = ends
    return last > first and (last - high) / (last - first) >= 0.1


def short(relation: Relation, word: str, worth: float | None, headline: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    question = f"How {asked(relation)} is {asked(relation)} enough?"
    if word == "inconclusive" or worth is None:
        return question, "Not known", headline
    if not finite(float(relation.row("fast_enough")["estimate"])):
        return question, f"Anywhere within {reach(relation)}", headline
    gap, nearer = _gap(outcome_of(relation.facts), worth), _nearer(relation)
    if interval_share(relation) > 0.5:
        return question, f"Somewhere from {_ends(relation)}", f"{upper_first(_three_parts(relation, worth))}."
    text = f"Up to there {nearer} goes with less than {gap} more."
    if certain_beyond(relation):
        text += f" Beyond {clock(relation.row('fast_enough')['high'], exposure_unit(relation.facts))} it goes with at least that."
    return question, f"{upper_first(at(relation))} ({_ends(relation)})", text


def sure(relation: Relation, word: str, worth: float | None) -> str:
    """Return how sure the place of the point is."""
    if word == "inconclusive" or worth is None or not finite(float(relation.row("fast_enough")["estimate"])):
        return ""
    text = f"The point may lie anywhere from {_ends(relation)}."
    if certain_beyond(relation):
        last = clock(relation.row("fast_enough")["high"], exposure_unit(relation.facts))
        text += f" Beyond {last} {_nearer(relation)} goes with at least {_gap(outcome_of(relation.facts), worth)} more."
    return text


def more(relation: Relation) -> tuple[Check, ...]:
    """Return how often repeated draws of the customers hold no such point."""
    said = _missed(relation) if finite(float(relation.row("fast_enough")["estimate"])) else ""
    return (Check("not reached", "doubt", said),) if said else ()


def _gap(shown: Display, worth: float) -> str:
    return f"the {shown.amount(worth)} worth acting on" if shown.better == "lower" else shown.amount(worth)


def _ends(relation: Relation) -> str:
    row, unit = relation.row("fast_enough"), exposure_unit(relation.facts)
    if finite(float(row["low"])) and finite(float(row["high"])):
        return times(row["low"], row["high"], unit)
    return f"{clock(row['low'], unit)} to {_end(row['high'], unit, relation.facts)}"


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the interval of the point, whom the curve compares and what it rests on."""
    facts, row = relation.facts, relation.row("fast_enough")
    whom = "comparable customers" if facts.get("adjusted_for") else "as recorded"
    known = finite(float(row["estimate"])) and finite(float(row["low"])) and worth is not None
    place = f"95% interval {_ends(relation)}; " if known else ""
    missed = _missed(relation) if strength == "inconclusive" else ""
    return f"{upper_first(f'{place}{whom}; {basis(row, facts)}.')} {missed}".strip()


def at(relation: Relation) -> str:
    """Return the point as people say it: "about 1 h 55 min"."""
    return f"about {said_value(relation.row('fast_enough')['estimate'], relation.facts)}"


def said_value(value: float, facts: Mapping[str, Any]) -> str:
    """Return a value of the exposure inside a sentence: "1 h 55 min", "−4.6 days past the promise"."""
    unit, phrase = exposure_unit(facts), exposure_words(facts)
    if unit and phrase.startswith(f"{unit} ") and not facts.get("log_scale"):
        return f"{number(float(value))} {phrase}"
    return clock(value, unit)


def asked(relation: Relation) -> str:
    """Return the adjective of the question."""
    if exposure_unit(relation.facts) in MINUTES and not relation.facts.get("log_scale"):
        return "early"
    return (
        "fast"
        if exposure_unit(relation.facts) in MINUTES
        else "low"
        if relation.facts.get("better_exposure", "lower") == "lower"
        else "high"
    )


def exposure_words(facts: Mapping[str, Any]) -> str:
    """Return the exposure inside a sentence."""
    return plain(facts.get("exposure_phrase") or lower_first(facts.get("exposure_label", "the exposure")))


def reach(relation: Relation) -> str:
    """Return the range that the data support."""
    facts = relation.facts
    return f"{clock(facts['range_low'], exposure_unit(facts))} to {clock(facts['range_high'], exposure_unit(facts))}"


def point_name(relation: Relation) -> str:
    """Return what stands at the point in the picture: a best guess, where its place or its being there is not known."""
    sure = interval_share(relation) <= 0.5 and not relation.facts.get("agrees_with_none", 0.0) > 0.05
    return f"{upper_first(asked(relation))} enough" if sure and capped("clear", relation.checks) != "inconclusive" else GUESS


def has_point(relation: Relation) -> bool:
    """Return whether there is a point to draw: not where the curve cannot be relied on."""
    return not any(check.name == "curve fit" for check in relation.checks) and finite(float(relation.row("fast_enough")["estimate"]))


def interval_share(relation: Relation) -> float:
    """Return how much of the range, on the scale of the curve, the interval of the point covers: 0 to 1."""
    facts, row = relation.facts, relation.row("fast_enough")
    ends = [row["low"], row["high"], facts["range_low"], facts["range_high"]]
    if facts.get("log_scale"):
        ends = [math.log2(end) if end > 0 else float("nan") for end in ends]
    low, high, first, last = (float(end) for end in ends)
    share = (min(high, last) - max(low, first)) / (last - first) if last > first else float("nan")
    return share if math.isfinite(share) else 1.0


def title(relation: Relation) -> str:
    """Return what the curve says."""
    worth, shown = relation.facts.get("worth"), outcome_of(relation.facts)
    if worth is None or relation.facts.get("no_point"):
        return f"{shown.label} by {exposure_words(relation.facts)}"
    if not finite(float(relation.row("fast_enough")["estimate"])):
        return f"Within this range no {_nearer(relation).partition(' ')[2]} goes with {_gap(shown, worth)} more"
    if interval_share(relation) > 0.5 and certain_beyond(relation):
        return upper_first(_three_parts(relation, worth).partition(", below")[0])
    if interval_share(relation) > 0.5 or relation.facts.get("agrees_with_none", 0.0) > 0.05:
        return f"{shown.label} by {exposure_words(relation.facts)}: where it is good enough, these data cannot say"
    return f"Up to {at(relation)} {_nearer(relation)} goes with less than {_gap(shown, worth)} more"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the curve."""
    facts, shown = relation.facts, outcome_of(relation.facts)
    step = " (each step doubles it)" if facts.get("log_scale") else ""
    unit = f", {shown.unit}" if shown.kind == "share" else ""
    return f"Predicted {shown.label}{unit} by {exposure_words(facts)}{step}, with 95% intervals"


def alt(relation: Relation) -> str:
    """Return message and numbers of the curve."""
    shown, rows = outcome_of(relation.facts), relation.estimates
    kind = "adjusted" if (rows["term"] == "adjusted").any() else "raw"
    points = [
        f"{_point(row, shown)} at {level_words(row, exposure_unit(relation.facts))}" for _, row in rows[rows["term"] == kind].iterrows()
    ]
    who = "among comparable customers" if kind == "adjusted" and relation.facts.get("adjusted_for") else "as recorded"
    point = f" {point_name(relation)}: {at(relation)} ({_ends(relation)})." if has_point(relation) else ""
    return f"{title(relation)}. Predicted {shown.label} {who}: {'; '.join(points)}.{point}"


def curve_labels(relation: Relation) -> dict[str, str]:
    """Return the direct label of each curve."""
    held = bool(relation.facts.get("adjusted_for"))
    return {"adjusted": "comparable\ncustomers" if held else "fitted curve", "raw": "as recorded"}


def level_words(row: pd.Series, unit: str) -> str:
    """Return the value of the exposure as people say it: "2 hours"."""
    value = row.get("x")
    if not finite(value):
        return plain(row["level"])
    text = tick(float(value), unit)
    return text if any(letter.isalpha() for letter in text) or unit in ("", "each", "units") else f"{text} {unit}"


def band_words(row: pd.Series, unit: str) -> str:
    """Return a band of the exposure as people say it: "up to 15 min", "15 min to 1 hour", "over 2 days"."""
    left, right = (level_words(pd.Series({"x": row[end], "level": ""}), unit) if finite(row[end]) else "" for end in ("x", "x_right"))
    return f"{left} to {right}" if left and right else f"over {left}" if left else f"up to {right}"


def _point(row: pd.Series, shown: Display) -> str:
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    digits = shown.brief_digits(low, high)
    return f"{number(shown.shown(row['estimate']), digits)} ({span(low, high, digits)})"


def _nearer(relation: Relation) -> str:
    facts = relation.facts
    if exposure_unit(facts) in MINUTES:
        return "a faster answer" if "respon" in exposure_words(facts) else "a shorter time" if facts.get("log_scale") else "an earlier day"
    return "a lower value" if facts.get("better_exposure", "lower") == "lower" else "a higher value"


def _bare(relation: Relation) -> str:
    return _nearer(relation).partition(" ")[2]


def _among(relation: Relation) -> str:
    return "among comparable customers, " if relation.facts.get("adjusted_for") else "as recorded, nothing held equal, "


def _end(value: float, unit: str, facts: dict) -> str:
    return clock(value, unit) if finite(float(value)) else f"beyond {clock(facts['range_high'], unit)}"


def _missed(relation: Relation) -> str:
    share = relation.facts.get("agrees_with_none", 0.0)
    if not finite(share) or share < 0.01:
        return ""
    if finite(float(relation.row("fast_enough")["estimate"])):
        return f"If nothing within {reach(relation)} were too late, a curve that falls as far would come up in {percent(share)} of samples."
    return f"In {percent(share)} of repeated draws of the customers no such point lies within {reach(relation)}."


def drawn_note(relation: Relation) -> str:
    """Return what the curve leaves out, and how to read the dashed line."""
    said = (
        "The dashed line compares customers as recorded; the solid one compares like with like."
        if relation.facts.get("adjusted_for")
        else ""
    )
    return f"{said} Drawn where answers are many enough: {reach(relation)}.".strip()
