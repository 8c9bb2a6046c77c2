"""Sentences about a jump at the promise: `jump`."""

from cxresearch.conclude.escape import plain
from cxresearch.conclude.words import levels
from cxresearch.conclude.words.association import basis, enough, interval, observed
from cxresearch.conclude.words.display import outcome_of, upper_first
from cxresearch.conclude.words.numbers import number, percent
from cxresearch.relate.relation import Relation


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return whether the outcome jumps where the promise is broken."""
    shown, row = outcome_of(relation.facts), relation.row("jump")
    if strength == "inconclusive":
        return f"Whether {shown.level} jumps where the promise is broken, these data cannot say."
    if strength == "negligible":
        return f"At the same wait, a broken promise goes with no difference in {shown.noun} worth acting on."
    digits = shown.digits(shown.shown(row["low"]), shown.shown(row["high"]), worth)
    value = shown.shown(row["estimate"])
    if not observed(relation):
        return f"At the same wait, a broken promise changes {shown.level} by {number(value, digits, sign=True)} {shown.unit}."
    return f"At the same wait, a broken promise goes with {shown.difference(value, digits)}."


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the interval, what is recorded, and what it rests on."""
    shown, row = outcome_of(relation.facts), relation.row("jump")
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    parts = [f"{interval(shown, low, high, worth)}; late against on time, {_held(relation)}; {basis(row, relation.facts)}."]
    parts.append(f"As recorded: {levels.value(shown, relation.row('late_raw'))}; {percent(relation.facts['share_late'])} are late.")
    if strength == "inconclusive" and worth:
        parts.append(enough(low, high, int(row["n"]), worth, relation.facts))
    return " ".join(filter(None, parts))


def topic(relation: Relation) -> str:
    """Return what the finding is about."""
    return f"the promise and {outcome_of(relation.facts).noun}"


def title(relation: Relation) -> str:
    """Return what the picture says."""
    row, shown = relation.row("jump"), outcome_of(relation.facts)
    if row["low"] <= 0 <= row["high"]:
        return "At the same wait, no jump at the promise stands out"
    return f"At the same wait, {shown.level} is {'higher' if row['estimate'] > 0 else 'lower'} where the promise is broken"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval."""
    shown = outcome_of(relation.facts)
    unit = f", {shown.unit}," if shown.unit else ""
    return f"{upper_first(shown.level)} where the promise was broken, less where it was kept{unit} with 95% intervals{shown.side}"


def alt(relation: Relation) -> str:
    """Return message and numbers."""
    shown = outcome_of(relation.facts)
    jump, raw = (levels.value(shown, relation.row(term)) for term in ("jump", "late_raw"))
    return f"{title(relation)}. {upper_first(_held(relation))} {jump}; as recorded {raw}."


def _held(relation: Relation) -> str:
    held = [plain(label) for label in relation.facts.get("adjusted_for", ())]
    return f"at the same wait{' and comparable otherwise' if held else ''}"
