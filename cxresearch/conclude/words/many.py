"""Sentences about many looks: what an edition says of how much it looked at, and of what does not stand out in it."""

import re
from collections.abc import Sequence
from statistics import median

from cxresearch.conclude.words.display import upper_first
from cxresearch.conclude.words.numbers import count, digits_for, number

OPEN = re.compile(r"\bthese (data|controls) cannot (say|tell)\b")
PLACED = re.compile(r", (wholly beyond|beyond no difference but partly below) the .*? worth acting on")
NEED = re.compile(r" About [\d,]+ \w+ would be needed to tell\.")

NOTHING = "No report of this edition compares anything."
ALL_ANSWERED = "Every question of this edition was answered."
FIRST = "This is the first run of this edition."
AS_BEFORE = "Nothing is different from the last run by more than chance."
NOT_COMPARED = "What changed since the last run could not be told."
HOW = (
    "The more is looked at, the more stands out by chance alone. What is not beyond that is called inconclusive on every page "
    "(Benjamini-Hochberg at 5%)."
)


def open_headline(said: str, topic: str) -> str:
    """Return a sentence that claims nothing: the method's own where it says that data cannot tell, else one about its topic.

    Examples
    --------
    >>> open_headline("The answer does not hang on the definition.", "definitions")
    'Definitions: whether there is more than chance would show, these data cannot say.'
    """
    return said if OPEN.search(said) else f"{upper_first(topic)}: whether there is more than chance would show, these data cannot say."


def middle(estimates: Sequence[float], unit: str) -> str:
    """Return what the middle one of many reports says and how far they reach; "" for fewer than three.

    Examples
    --------
    >>> middle([10.7, -0.3, 14.0, 4.4, 5.1], "points")
    'In the middle of 5 reports the estimate is +5.1 points; they reach from −0.3 to +14.0.'
    """
    if len(estimates) < 3:
        return ""
    least, most = min(estimates), max(estimates)
    digits = digits_for(least, most, usual=1)
    here, low, high = (number(value, digits, sign=least < 0 < most) for value in (median(estimates), least, most))
    return f"In the middle of {len(estimates)} reports the estimate is {here} {unit}".rstrip() + f"; they reach from {low} to {high}."


def without_need(detail: str) -> str:
    """Return a detail without how many rows would be needed to tell: more of the same do not lift what a doubt holds down.

    Examples
    --------
    >>> without_need("95% interval 2.7 to 15.4 points. About 620,000 answers would be needed to tell.")
    '95% interval 2.7 to 15.4 points.'
    """
    return NEED.sub("", detail)


def without_place(detail: str) -> str:
    """Return a detail without the words that say where the interval lies, for they would read as a claim.

    Examples
    --------
    >>> without_place("95% interval 2.4 to 3.5 points, wholly beyond the 2 points worth acting on; n = 24,318 answers.")
    '95% interval 2.4 to 3.5 points; n = 24,318 answers.'
    """
    return PLACED.sub("", detail)


def open_title(topic: str) -> str:
    """Return the title of a picture whose message is taken back."""
    return f"{upper_first(topic)}: among so many looks, these data cannot say"


def not_beyond(looks: int, expected: float) -> str:
    """Return why a finding is taken back.

    Examples
    --------
    >>> not_beyond(38, 1.9)
    'Among 38 looks about 2 would stand out by chance; this one is not beyond that.'
    """
    return f"Among {count(looks)} looks {_about(expected)} would stand out by chance; this one is not beyond that."


def counted(looks: int, expected: float, found: int, kept: int) -> str:
    """Return how many looks were taken, how many would stand out by chance, and how many do.

    Examples
    --------
    >>> counted(120, 6.0, 31, 29)
    'Of 120 looks, about 6 would be expected to stand out by chance; 31 do, and 29 of them are beyond what chance shows among so many.'
    >>> counted(1, 0.05, 0, 0)
    'Of 1 look, fewer than 1 would be expected to stand out by chance; none does.'
    """
    if not looks:
        return "Nothing was compared, so nothing can stand out by chance."
    said = f"Of {count(looks)} look{'' if looks == 1 else 's'}, {_about(expected)} would be expected to stand out by chance"
    if not found:
        return f"{said}; none does."
    does = "1 does" if found == 1 else f"{count(found)} do"
    if found == 1:
        return f"{said}; 1 does, and it is {'beyond' if kept else 'not beyond'} what chance shows among so many."
    beyond = "all" if kept == found else "none" if not kept else count(kept)
    return f"{said}; {does}, and {beyond} of them {'is' if kept in (0, 1) else 'are'} beyond what chance shows among so many."


def _about(expected: float) -> str:
    return "fewer than 1" if expected < 0.95 else f"about {number(expected, 0)}"
