"""Sentences about a change of service, if the association held: `what_if`. They never promise."""

from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import capped, strength
from cxresearch.conclude.words import association
from cxresearch.conclude.words.display import exposure_unit, finite, lower_first, outcome_of, priced, upper_first
from cxresearch.conclude.words.numbers import MINUTES, clock, count, digits_apart, digits_for, number, percent, short, span
from cxresearch.conclude.words.sure import ANSWERS
from cxresearch.relate.relation import Check, Relation

NOT_SEEN = "Whether the association would hold if service were run in another way, these data cannot show; a trial could."


def lever(relation: Relation) -> str:
    """Return the change as the subject of a sentence: "a time to first response of at most 4 h"."""
    facts, unit = relation.facts, exposure_unit(relation.facts)
    label, kind, amount = lower_first(facts.get("exposure_label", "it")), facts["change"], float(facts["amount"])
    label = f"a {label}" if label.startswith("time ") else label
    timed = unit in MINUTES
    if kind in ("cap", "floor"):
        return f"{label} of at {'most' if kind == 'cap' else 'least'} {_amount(amount, unit)}"
    if kind == "scale" and amount == 0.5:
        return f"{label} halved"
    down, up = ("shorter", "longer") if timed else ("lower", "higher")
    if kind == "scale":
        return f"{label} {percent(abs(1 - amount))} {down if amount < 1 else up}"
    return f"{label} {_amount(abs(amount), unit)} {down if amount < 0 else up}"


def topic(relation: Relation) -> str:
    """Return what a finding is about."""
    about = lower_first(relation.facts.get("outcome_label", "the outcome"))
    return f"{lever(relation).removeprefix('a ')}, and {about}"


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return what would go with the change, if the association held."""
    shown, row = outcome_of(relation.facts), relation.row("difference")
    if strength == "inconclusive":
        return f"Whether {lever(relation)} would go with {shown.direction(known=False)}, if the association held, these data cannot say."
    if strength == "negligible":
        return f"{_held(relation)} {lever(relation)} would go with no difference in {shown.noun} worth acting on."
    low, high, value = (shown.shown(row[name]) for name in ("low", "high", "estimate"))
    return f"{_held(relation)} {lever(relation)} would go with {shown.difference(value, shown.digits(low, high, worth))}."


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the interval, what it rests on, where the outcome stands and would stand."""
    facts, shown, row = relation.facts, outcome_of(relation.facts), relation.row("difference")
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    whom = "comparable customers; " if facts.get("adjusted_for") else "as recorded; "
    parts = [f"{association.interval(shown, low, high, worth)}; {whom}{association.basis(row, facts)}.", _now_and_then(relation)]
    parts += [per_thousand(relation)] if strength not in ("inconclusive", "negligible") else []
    if strength == "inconclusive" and worth:
        parts.append(association.enough(low, high, int(row["n"]), worth, facts))
    return " ".join(filter(None, parts))


def per_thousand(relation: Relation) -> str:
    """Return a share as people of 1,000, "" where the outcome is none."""
    row, shown = relation.row("difference"), outcome_of(relation.facts)
    if shown.kind != "share":
        return ""
    value, low, high = (1000 * float(row[name]) for name in ("estimate", "low", "high"))
    worth = 10 * float(relation.facts.get("worth") or 0.0)
    digits = digits_for(low, high, usual=0, marks=(0.0, worth, -worth))
    size = f"{number(abs(value), digits)} {'more' if value > 0 else 'fewer'} {shown.phrase}"
    return f"Of every 1,000: {size} (difference {span(low, high, digits)})."


def money(relation: Relation) -> str:
    """Return what the difference would be worth, what is left after the cost, and the chance that anything is; "" without a value."""
    terms, facts = set(relation.estimates["term"]), relation.facts
    if "gain" not in terms:
        return ""
    gain, unit = relation.row("gain"), plain(facts.get("row_unit", "row"))
    each = priced(short(float(facts["value_each"])), facts)
    text = f"For these {count(gain['n'])} {unit}s it would be worth {_money(relation, 'gain')}, each counted with {each}."
    if "net" not in terms:
        return text
    text += f" Less the cost of {priced(short(float(facts['cost'])), facts)} that is {_money(relation, 'net')}."
    return f"{text} The chance that it would be worth more than it costs, if the association held, is {chance(relation)}."


def amounts(relation: Relation, term: str) -> tuple[str, str]:
    """Return an amount of money and its interval, whole unless an end would be taken for nothing."""
    value, low, high = (float(relation.row(term)[name]) for name in ("estimate", "low", "high"))
    digits = digits_for(low, high, usual=0)
    return number(value, digits), span(low, high, digits)


def chance(relation: Relation) -> str:
    """Return a chance without false certainty.

    Notes
    -----
    From Student's t around the difference; the value of one customer and the cost are taken as known.
    """
    share = float(relation.facts["chance"])
    return "over 99%" if share > 0.99 else "under 1%" if share < 0.01 else percent(round(share, 2))


def sure(relation: Relation, word: str, worth: float | None) -> str:
    """Return where the interval lies, and what no data of this kind can show."""
    shown, row = outcome_of(relation.facts), relation.row("difference")
    said = association.interval(shown, shown.shown(row["low"]), shown.shown(row["high"]), worth)
    return f"The {said.replace('interval ', 'interval is ', 1)}. {NOT_SEEN if association.observed(relation) else ''}".strip()


def short_answer(relation: Relation, word: str, worth: float | None, headline: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    asked = f"{upper_first(outcome_of(relation.facts).noun)}: what would go with {lever(relation)}?"
    return asked, _answer(relation, word, worth), headline


def more(relation: Relation) -> tuple[Check, ...]:
    """Return the money, and how many would be moved."""
    said, facts = money(relation), relation.facts
    found = [Check("money", "passed", said)] if said else []
    left = float(facts.get("left") or 0.0)
    stay = f"; {percent(left)} stay as they are, where they would go these data say nothing" if left else ""
    return (*found, Check("moved", "passed", f"{upper_first(lever(relation))}: {percent(facts['moved'])} would be moved{stay}."))


def title(relation: Relation) -> str:
    """Return what the picture says."""
    shown, row = outcome_of(relation.facts), relation.row("difference")
    low, high, value = (shown.shown(row[name]) for name in ("low", "high", "estimate"))
    if low <= 0 <= high or capped(strength(low, high, relation.facts.get("worth")), relation.checks) == "inconclusive":
        return f"Whether {lever(relation)} would go with {shown.direction(known=False)}, these data cannot say"
    return upper_first(f"{lever(relation)} would go with {shown.difference(value, shown.digits(low, high))}, if the association held")


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the picture."""
    shown, worth = outcome_of(relation.facts), relation.facts.get("worth")
    return f"{step_words(relation)}, with 95% interval{shown.side}{'; shaded: too small to act on' if worth else ''}"


def step_words(relation: Relation) -> str:
    """Return what the number is."""
    shown = outcome_of(relation.facts)
    return f"Difference in {shown.noun}{f', {shown.unit},' if shown.unit else ''} with {lever(relation)}"


def alt(relation: Relation) -> str:
    """Return message and numbers of the picture, for readers who do not see it."""
    shown = outcome_of(relation.facts)
    value, low, high = association.sorted_ends(relation.row("difference"), shown)
    digits = shown.digits(low, high)
    return f"{title(relation)}. {step_words(relation)}: {number(value, digits)} ({span(low, high, digits)})."


def _held(relation: Relation) -> str:
    if relation.facts.get("adjusted_for"):
        return "If the association among comparable customers held,"
    return "As recorded, nothing held equal: if the association held,"


def _answer(relation: Relation, word: str, worth: float | None) -> str:
    if word not in ("clear", "suggestive"):
        return ANSWERS[word]
    shown, row = outcome_of(relation.facts), relation.row("difference")
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    return f"{number(shown.shown(row['estimate']), shown.digits(low, high, worth), sign=True)} {shown.unit}, if the association held"


def _now_and_then(relation: Relation) -> str:
    shown = outcome_of(relation.facts)
    now, then = (shown.shown(float(relation.row(term)["estimate"])) for term in ("now", "then"))
    digits = digits_apart(now, then, shown.usual if shown.usual is not None else 2)
    return f"{shown.label}: {number(now, digits)} now, {number(then, digits)} then." if finite(now) and finite(then) else ""


def _amount(amount: float, unit: str) -> str:
    if unit in ("each", "units", ""):
        return short(amount)
    return clock(amount, unit) if amount else f"0 {unit}"


def _money(relation: Relation, term: str) -> str:
    amount, reach = amounts(relation, term)
    return f"{priced(amount, relation.facts)} ({reach})"
