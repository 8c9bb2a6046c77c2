"""Sentences about a policy that began on a day: `change`."""

import pandas as pd

from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.words.association import basis, enough, interval, observed
from cxresearch.conclude.words.differing import plural
from cxresearch.conclude.words.display import Display, listed, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, number, span
from cxresearch.conclude.words.sure import ANSWERS
from cxresearch.relate.relation import Check, Relation

NAMED, ENOUGH = 4, 40
ROWS = {
    "difference": "Difference, beyond the comparison group",
    "level": "Step on the day",
    "slope": "Bend from the day on, per {every}",
    "after": "Mean gap to the earlier trend",
    "pre-trend": "Trend apart before, per {every}",
}


def compared(relation: Relation) -> bool:
    """Return whether there is a comparison group."""
    return relation.facts["kind"] == "difference"


def main_row(relation: Relation) -> pd.Series:
    """Return the estimate that the headline speaks of."""
    return relation.row("difference" if compared(relation) else "level")


def topic(relation: Relation) -> str:
    """Return what a finding is about."""
    return f"policy of {plain(relation.facts['at'])} and {lower_first(relation.facts.get('outcome_label', 'the outcome'))}"


def policy(relation: Relation) -> str:
    """Return the policy as the subject of a sentence: "the policy of 1 April 2025 in teams A and B"."""
    treated, by = relation.facts.get("treated", ()), lower_first(relation.facts.get("by_label") or "group")
    where = f" in {listed([plain(level) for level in treated])}" if len(treated) <= NAMED else f" in {len(treated)} {plural(by)}"
    return f"the policy of {plain(relation.facts['at'])}{where if treated else ''}"


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the sentence for a policy: "The policy of 1 April 2025 in A and B goes with an NPS 5.1 points higher."."""
    shown, row, seen = outcome_of(relation.facts), main_row(relation), observed(relation)
    if strength == "inconclusive":
        what = shown.direction(known=False) if seen else shown.level
        return f"Whether {policy(relation)} {'goes with' if seen else 'changes'} {what}, these data cannot say."
    if strength == "negligible":
        said = f"goes with no difference in {shown.noun}" if seen else f"changes {shown.noun} by nothing"
        return upper_first(f"{policy(relation)} {said} worth acting on.")
    value, low, high = (shown.shown(row[name]) for name in ("estimate", "low", "high"))
    digits = shown.digits(low, high, worth)
    step = "" if compared(relation) else ", against its own earlier trend"
    if seen:
        return upper_first(f"{policy(relation)} goes with {shown.difference(value, digits)}{step}.")
    return upper_first(
        f"{policy(relation)} changes {shown.level} by {number(value, digits, sign=True)} {shown.unit}{step}.".replace(" .", ".")
    )


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the interval, what is compared with what, and the basis."""
    shown, row, facts = outcome_of(relation.facts), main_row(relation), relation.facts
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    if compared(relation):
        how = f"after less before, less the same in the other {plural(lower_first(facts.get('by_label') or 'group'))}"
    else:
        how = f"step on the day, against the trend of {facts['periods_before']} {facts['every']}s before"
    held = f", same {listed([lower_first(label) for label in facts['adjusted_for']])}" if facts.get("adjusted_for") else ""
    errors = f"errors by {count(facts['clusters'])} {facts['cluster_word']}" if compared(relation) else f"errors by {facts['every']}s"
    parts = [f"{interval(shown, low, high, worth)}; {how}{held}; {basis(row, facts)}; {errors}."]
    parts += [f"Lower is better for {shown.noun}."] if shown.better == "lower" else []
    if strength == "inconclusive" and worth and compared(relation) and facts["clusters"] >= ENOUGH:
        parts.append(enough(low, high, int(row["n"]), worth, facts))
    return " ".join(part for part in parts if part)


def short(relation: Relation, word: str, worth: float | None, said: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    shown = outcome_of(relation.facts)
    return f"Did {shown.level} move with the policy of {plain(relation.facts['at'])}?", ANSWERS[word], said


def more(relation: Relation) -> tuple[Check, ...]:
    """Return the four means as recorded."""
    if not compared(relation):
        return ()
    shown, keep = outcome_of(relation.facts), shown_rows(relation.estimates, limit_of(relation))
    rows = relation.estimates[keep]
    four = {(row["term"], row["level"]): shown.shown(row["estimate"]) for _, row in rows.iterrows()}
    sides = [("treated", "with the policy"), ("comparison", "the others")]
    said = [
        f"{name} {number(four[side, 'before'], 1)} before and {number(four[side, 'after'], 1)} after"
        for side, name in sides
        if {(side, "before"), (side, "after")} <= set(four)
    ]
    return (Check("as recorded", "passed", f"As recorded, {shown.noun}: {'; '.join(said)}."),) if said else ()


def title(relation: Relation) -> str:
    """Return what the picture says, never more than the interval allows."""
    shown, row, facts = outcome_of(relation.facts), main_row(relation), relation.facts
    doubted = any(check.status == "failed" or check.cap == "inconclusive" for check in relation.checks)
    low, high = float(row["low"]), float(row["high"])
    if doubted or low <= 0 <= high:
        return f"Whether {shown.level} moved with {policy(relation)}, these data cannot say"
    side = "up" if row["estimate"] > 0 else "down"
    against = "against the comparison group" if compared(relation) else "against its earlier trend"
    return f"From {plain(facts['at'])} on, {shown.level} moved {side} {against}"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the picture."""
    shown, every = outcome_of(relation.facts), relation.facts["every"]
    units = f", {shown.unit}," if shown.unit else ""
    if compared(relation):
        return f"Treated less comparison group in {shown.noun}{units} by {every}, against {_before(relation)}, with 95% intervals"
    lines = "with the trend before and after, and what the trend before would have given"
    return f"{upper_first(shown.label)}{units} by {every}, {lines}; 95% intervals"


def note(relation: Relation) -> str:
    """Return how to read the picture."""
    if not compared(relation):
        return ""
    if relation.facts["periods_before"] == 1:
        return f"The {relation.facts['every']} before is what the others are compared with: hollow, at zero by definition."
    return f"Zero is {_before(relation)} the policy (grey): where both sides ran alike until then, the grey points lie around it."


def _before(relation: Relation) -> str:
    """Return what zero is in the picture: "the average of the 9 months before"."""
    every, before = relation.facts["every"], int(relation.facts["periods_before"])
    return f"the {every} before" if before == 1 else f"the average of the {before} {every}s before"


def alt(relation: Relation) -> str:
    """Return message and numbers of the picture."""
    shown = outcome_of(relation.facts)
    names = ("difference", "pre-trend") if compared(relation) else ("level", "slope")
    known = set(relation.estimates["term"])
    said = [f"{lower_first(row_name(relation, name))} {_ends(relation.row(name), shown)}" for name in names if name in known]
    return f"{title(relation)}. {upper_first('; '.join(said))}. {_placebos(relation)}".strip()


def row_name(relation: Relation, term: str) -> str:
    """Return how a row of the table is called."""
    return ROWS[term].format(every=relation.facts["every"])


def placebo_words(relation: Relation) -> str:
    """Return what the table of earlier dates is for."""
    return f"the same at earlier dates, when nothing began; the last line is {plain(relation.facts['at'])}"


def _placebos(relation: Relation) -> str:
    tried, larger = relation.facts.get("placebos", 0), relation.facts.get("placebos_as_large", 0)
    return f"At {larger} of {tried} earlier dates it stands out as much." if tried else ""


def _ends(row: pd.Series, shown: Display) -> str:
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    digits = shown.digits(low, high)
    return f"{number(shown.shown(row['estimate']), digits)} ({span(low, high, digits)})"
