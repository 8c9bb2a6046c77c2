"""Sentences about what changed between two runs or editions."""

from collections.abc import Mapping, Sequence
from typing import Any

from cxresearch.conclude.escape import plain
from cxresearch.conclude.words.display import listed, upper_first
from cxresearch.conclude.words.numbers import count, digits_for, number, span

ORDER = ("real", "mix", "definition", "data", "unknown", "new", "gone", "small", "noise", "same")
VERDICTS = {
    "real": "differs", "mix": "another mix", "definition": "counted otherwise", "data": "other data", "unknown": "not compared",
    "new": "new", "gone": "gone", "small": "too small to act on", "noise": "chance alone", "same": "the same",
}  # fmt: skip
APART = "Compared as if no customer stood in both periods."
NOTHING_SAID = "No earlier run said anything about it."
BY_CHANCE, BY_LITTLE, MOST_NAMED = "no more than chance alone would show", "more than chance alone would show, but too little to act on", 8
CHANCE = "is one that chance alone would show"
COUNTED = {
    "real": ("differs by more than chance", "differ by more than chance"),
    "mix": ("goes with another mix of customers and requests", "go with another mix of customers and requests"),
    "definition": ("is counted otherwise", "are counted otherwise"),
    "data": ("stands on other data", "stand on other data"),
    "unknown": ("could not be compared", "could not be compared"),
    "new": ("is new", "are new"),
    "gone": ("is not there any more", "are not there any more"),
    "small": ("differs by too little to act on", "differ by too little to act on"),
    "noise": ("differs by what chance alone would show", "differ by what chance alone would show"),
    "same": ("is the same", "are the same"),
}  # fmt: skip


def headline(counts: Mapping[str, int]) -> str:
    """Return what changed, counted.

    Examples
    --------
    >>> headline({"real": 1, "noise": 3, "same": 0})
    'Of 4 answers, 1 differs by more than chance; 3 differ by what chance alone would show.'
    >>> headline({"same": 2})
    'Nothing changed: all 2 answers are the same.'
    """
    many = sum(counts.values())
    if not many:
        return "There is no answer to compare."
    if counts.get("same") == many:
        return f"Nothing changed: {f'all {count(many)} answers are' if many > 1 else 'the one answer is'} the same."
    said = [f"{count(counts[name])} {COUNTED[name][counts[name] != 1]}" for name in ORDER if counts.get(name)]
    return f"Of {count(many)} answer{'' if many == 1 else 's'}, {'; '.join(said)}."


def detail(counts: Mapping[str, int]) -> str:
    """Return how it was told."""
    if not any(counts.get(name) for name in ("real", "mix", "small", "noise")):
        return "Told by what is recorded of both: question, parameters, data and package."
    return "Told by the difference between the periods with its 95% interval, allowing for how many were compared, and by what is recorded."


def title(before: str, after: str) -> str:
    """Return the caption of the table of changes."""
    return f"What changed from {plain(before)} to {plain(after)}"


def alone(topic: str, verdict: str) -> str:
    """Return the sentence for an answer that has no partner."""
    return f"{upper_first(plain(topic))}: {'was not answered before' if verdict == 'new' else 'is not answered any more'}."


def same(topic: str, finding: Mapping[str, Any]) -> str:
    """Return the sentence for an answer that is what it was."""
    value = _value(finding)
    return f"{upper_first(plain(topic))}: the same{f', {value}' if value else ''}."


def said_otherwise(topic: str, then: str, now: str, why: str) -> str:
    """Return the sentence for an answer with the same numbers and another word.

    Examples
    --------
    >>> said_otherwise("speed and NPS", "clear", "suggestive", "")
    'Speed and NPS: the numbers are the same; called clear before, suggestive now.'
    """
    return (
        f"{upper_first(plain(topic))}: the numbers are the same; called {plain(then)} before, {plain(now)} now{f' ({why})' if why else ''}."
    )


def together(verdict: str, topics: list[str]) -> str:
    """Return one sentence for many answers that became the same.

    Examples
    --------
    >>> together("new", ["speed and NPS", "staying", "comments", "teams", "teams"])
    '5 answers are new: speed and NPS; staying; comments; teams.'
    """
    return f"{count(len(topics))} answers {COUNTED[verdict][1]}: {'; '.join(map(plain, dict.fromkeys(topics)))}."


def then_now(topic: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return both numbers: "NPS: 21.8 points, now 24.1 points"."""
    first, second = _value(before), _value(after)
    return f"{upper_first(plain(topic))}: {first}, now {second}." if first and second else f"{upper_first(plain(topic))}."


def told_by_test(then: str, verdict: str, found: tuple[Any, str, Mapping[str, Any]], note: str) -> str:
    """Return what the difference between two periods is."""
    (value, low, high), unit, parts = found
    size = f"The difference of {_ends((value, low, high), unit)}"
    if verdict == "noise":
        return _joined(then, f"{size} {CHANCE}.", note)
    if verdict == "small":
        return _joined(then, f"{size} is {BY_LITTLE}.", note)
    if verdict == "mix":
        return _joined(then, f"{size} goes with another mix of customers and requests; held alike: {_ends(parts['within'], unit)}.", note)
    alike = f", and with the mix held alike it is {_ends(parts['within'], unit)}" if parts.get("within") else ""
    return _joined(then, f"{size} is more than chance alone would show{alike}.", note)


def recorded(then: str, verdict: str, why: str) -> str:
    """Return what differs in the record."""
    said = {
        "definition": f"It is counted otherwise now: {why}.",
        "data": f"The data changed for the same period: {why}.",
        "unknown": "Nothing that is recorded changed, but the number did: `cxresearch verify` says more.",
        "untested": f"The periods differ, and the difference could not be tested{f': {why}' if why else ''}".rstrip(".") + ".",
    }[verdict]
    return _joined(then, said, "")


def by_little(topics: Sequence[str], how: str = BY_CHANCE) -> str:
    r"""Return one sentence for all answers that moved too little to be told one by one; what they speak of is its second line.

    Examples
    --------
    >>> by_little(["staying", "speed and NPS", "staying"])
    '3 answers differ from the last time by no more than chance alone would show.\nThey speak of: staying; speed and NPS.'
    """
    names, many = list(dict.fromkeys(map(plain, topics))), len(topics)
    first = f"{'One answer differs' if many == 1 else f'{count(many)} answers differ'} from the last time by {how}."
    if len(names) > MOST_NAMED:
        return first
    return f"{first}\n{'It speaks' if many == 1 else 'They speak'} of: {'; '.join(names)}."


def among_many(sentence: str) -> str:
    """Return the sentence of a change that does not stand out among all that were compared."""
    return f"{sentence} Among so many comparisons it does not stand out."


def rows_words(before: int, after: int) -> str:
    """Return how many rows came or went.

    Examples
    --------
    >>> rows_words(100, 1300), rows_words(5, 4), rows_words(7, 7)
    ('1,200 rows more', '1 row fewer', 'as many rows, but not the same')
    """
    if before == after:
        return "as many rows, but not the same"
    gap = abs(after - before)
    return f"{count(gap)} row{'' if gap == 1 else 's'} {'more' if after > before else 'fewer'}"


def definition_words(changed: Mapping[str, tuple[Any, Any]], others: list[str]) -> str:
    """Return what is counted otherwise: parameters with their values, then notebook and package.

    Examples
    --------
    >>> definition_words({"window": (None, "14D")}, ["the notebook"])
    'window is 14D, it was left open; the notebook is another'
    """
    said = [f"{plain(name)} is {_open(now)}, it was {_open(then)}" for name, (then, now) in changed.items()]
    said += [f"{listed(others)} {'is' if len(others) == 1 else 'are'} another"] if others else []
    return "; ".join(said)


def verified(name: str, numbers: int, differing: list[tuple[str, str, str]], why: list[str]) -> str:
    """Return what came of making a report again.

    Examples
    --------
    >>> verified("03_speed", 34, [], [])
    '03_speed: the same to 12 digits (34 numbers).'
    >>> verified("03_speed", 34, [("estimate of speed and NPS", "2.9", "3.1")], ["the data (5 rows more)"])
    '03_speed: 1 of 34 numbers differs: estimate of speed and NPS was 2.9, is 3.1. Changed since: the data (5 rows more).'
    """
    if not differing:
        since = f" Changed since, and without effect: {listed(why)}." if why else ""
        return f"{name}: the same to 12 digits ({count(numbers)} numbers).{since}"
    first = "; ".join(f"{what} was {then}, is {now}" for what, then, now in differing[:3])
    more = f"; and {count(len(differing) - 3)} more" if len(differing) > 3 else ""
    since = f" Changed since: {listed(why)}." if why else " Nothing that is recorded changed since: this should not be."
    return f"{name}: {count(len(differing))} of {count(numbers)} numbers differ{'s' * (len(differing) == 1)}: {first}{more}.{since}"


def _open(value: Any) -> str:
    return "left open" if value is None or value == "" else plain(value)


def _value(finding: Mapping[str, Any]) -> str:
    value, low, high = (finding.get(name) for name in ("estimate", "low", "high"))
    if value is None or low is None or high is None:
        return ""
    digits = digits_for(low, high, usual=1)
    return f"{number(value, digits)} {plain(finding.get('unit') or '')} ({span(low, high, digits)})".replace("  ", " ")


def _ends(ends: Any, unit: str) -> str:
    value, low, high = ends
    digits = digits_for(low, high, usual=1)
    return f"{number(value, digits, sign=True)} {plain(unit)} ({span(low, high, digits)})".replace("  ", " ")


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
