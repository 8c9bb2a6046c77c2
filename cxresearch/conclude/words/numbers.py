"""How numbers are written for people: the last place where anything is rounded."""

import math

from cxresearch.ask.check import percent_of

MINUS = "\u2212"
MINUTES = {"seconds": 1 / 60, "minutes": 1.0, "hours": 60.0, "days": 1440.0, "weeks": 10080.0}
UNKNOWN = "not known"


def number(value: float | None, digits: int = 1, *, sign: bool = False) -> str:
    """Return a number with thousands commas and a real minus sign.

    Examples
    --------
    >>> number(1234.56), number(-0.04), number(2.5, sign=True)
    ('1,234.6', '0.0', '+2.5')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    text = f"{abs(value):,.{digits}f}"
    if not text.strip("0.,"):
        return text
    return (MINUS if value < 0 else "+" if sign else "") + text


def count(value: float) -> str:
    """Return a count with thousands commas.

    Examples
    --------
    >>> count(24318)
    '24,318'
    """
    return UNKNOWN if value is None or not math.isfinite(value) else f"{int(value):,}"


def span(low: float, high: float, digits: int = 1) -> str:
    """Return a range as people read it.

    Examples
    --------
    >>> span(-1.7, 1.9)
    '−1.7 to 1.9'
    """
    return f"{number(low, digits)} to {number(high, digits)}"


def short(value: float, most: int = 2) -> str:
    """Return a declared number without idle zeros.

    Examples
    --------
    >>> short(2.0), short(0.25), short(54000.0)
    ('2', '0.25', '54,000')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    text = number(value, most)
    return text.rstrip("0").rstrip(".") if "." in text else text


def digits_for(low: float, high: float, *, usual: int | None = None, marks: tuple[float, ...] = (0.0,)) -> int:
    """Return how many decimals an interval needs: two figures of its half width, or the usual, never so few that it crosses a mark.

    Parameters
    ----------
    low, high : float
        The interval as it will be shown.
    usual : int, optional
        Decimals that the unit is usually given (NPS and shares: 1).
    marks : tuple of float
        Values whose side must survive rounding: zero, and the smallest difference worth acting on.

    Examples
    --------
    >>> digits_for(2.04, 3.5, usual=1, marks=(0.0, 2.0)), digits_for(-9.2, 17.3), digits_for(0.011, 0.042)
    (2, 0, 3)
    """
    half = (high - low) / 2
    if usual is None:
        usual = max(0, min(4, 1 - math.floor(math.log10(half)))) if math.isfinite(half) and half > 0 else 1
    return next((digits for digits in range(usual, 5) if _keeps_sides((low, high), marks, digits)), 4)


def _keeps_sides(ends: tuple[float, float], marks: tuple[float, ...], digits: int) -> bool:
    def side(end: float, mark: float) -> int:
        return (end > mark) - (end < mark)

    known = [float(end) for end in ends if math.isfinite(end)]
    return all(side(end, mark) == side(round(end, digits), mark) for end in known for mark in marks)


def digits_apart(first: float, second: float, usual: int = 0) -> int:
    """Return the decimals, from the usual to four, at which two numbers that differ do not print alike.

    Examples
    --------
    >>> digits_apart(2.44, 1.61), digits_apart(12.3, 45.6), digits_apart(2.0, 2.0)
    (1, 0, 0)
    """
    alike = first == second or not (math.isfinite(first) and math.isfinite(second))
    return usual if alike else next((digits for digits in range(usual, 5) if number(first, digits) != number(second, digits)), 4)


def per_hundred(share: float | None, digits: int = 1) -> str:
    """Return a share as a number of 100.

    Examples
    --------
    >>> per_hundred(0.812)
    '81.2'
    """
    return UNKNOWN if share is None else number(share * 100, digits)


def percent(share: float | None) -> str:
    """Return a share in percent, with one decimal below 10; never none or all where it is neither.

    Examples
    --------
    >>> percent(0.064), percent(0.16), percent(0.0004), percent(0.9997)
    ('6.4%', '16%', 'under 0.1%', 'over 99.9%')
    """
    return UNKNOWN if share is None or not math.isfinite(share) else percent_of(share).replace("-", MINUS)


def clock(value: float | None, unit: str, fine: int = 0) -> str:
    """Return a time as on a watch, to the precision that people use, or so many times finer (`fine_for`, at most 3).

    Examples
    --------
    >>> clock(1.93, "hours"), clock(0.25, "hours"), clock(36, "hours"), clock(-3, "days"), clock(1.93, "hours", 1)
    ('1 h 55 min', '15 min', '1.5 days', '−3 days', '1 h 56 min')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if unit not in MINUTES:
        return f"{short(value, 2 + fine)} {'' if unit in ('units', 'each') else unit}".strip()
    minutes = abs(value) * MINUTES[unit]
    return (MINUS if value < 0 else "") + _watch(minutes, fine)


def fine_for(low: float | None, high: float | None, unit: str) -> int:
    """Return how fine a watch must be for the two ends of an interval not to read alike: 0 as people say times, up to 3.

    Examples
    --------
    >>> fine_for(1.2, 2.8, "hours"), fine_for(1.98, 2.03, "hours"), fine_for(49.9, 50.6, "hours"), fine_for(2.0, 2.0, "hours")
    (0, 1, 1, 0)
    """
    if low is None or high is None or low == high or not (math.isfinite(low) and math.isfinite(high)):
        return 0
    return next((fine for fine in range(3) if clock(low, unit, fine) != clock(high, unit, fine)), 3)


def times(low: float, high: float, unit: str) -> str:
    """Return a range of times as people read it, fine enough that its ends do not read alike.

    Examples
    --------
    >>> times(1.2, 2.8, "hours"), times(1.98, 2.03, "hours"), times(49.9, 50.6, "hours")
    ('1 h 10 min to 2 h 50 min', '1 h 59 min to 2 h 02 min', '2.08 days to 2.11 days')
    """
    fine = fine_for(low, high, unit)
    return f"{clock(low, unit, fine)} to {clock(high, unit, fine)}"


def tick(value: float, unit: str) -> str:
    """Return a time as an axis label.

    Examples
    --------
    >>> tick(0.5, "hours"), tick(1, "hours"), tick(24, "hours"), tick(4, "each")
    ('30 min', '1 hour', '1 day', '4')
    """
    if unit not in MINUTES:
        return short(value)
    if value == 0:
        return f"0 {unit}"
    minutes = abs(value) * MINUTES[unit]
    for name, size in (("week", 10080), ("day", 1440), ("hour", 60), ("min", 1)):
        if minutes >= size and minutes % size == 0 and (name != "week" or minutes >= 2 * size):
            many = minutes / size
            return f"{MINUS if value < 0 else ''}{many:g} {name}{'s' if many > 1 and name != 'min' else ''}"
    return clock(value, unit)


def rests_on(n: int, rows: int, customers: int, unit: str) -> str:
    """Return how many rows and customers a number rests on.

    Examples
    --------
    >>> rests_on(980, 1000, 400, "answer"), rests_on(400, 400, 400, "customer")
    ('Rests on 980 of 1,000 answers from 400 customers.', 'Rests on 400 customers.')
    """
    used = count(n) if n == rows else f"{count(n)} of {count(rows)}"
    people = "" if unit == "customer" else f" from {count(customers)} customer{'s' * (customers != 1)}"
    return f"Rests on {used} {unit}{'s' * (rows != 1)}{people}."


def _watch(minutes: float, fine: int) -> str:
    """Say minutes in steps of a second, a minute, five minutes and a tenth of a day; finer, in a fifth and then tenths of these steps."""
    step, digits = (5, 1, 0.1, 0.01)[fine], max(0, fine - 1)
    if minutes < 1:
        return f"{minutes * 60:.{digits}f} s"
    if minutes < 60 - min(step, 1) / 2:
        return f"{minutes:.{digits}f} min"
    if minutes < 1440 - step:
        hours, rest = divmod(round(step * round(minutes / step), digits), 60)
        return f"{hours:.0f} h {rest:0{digits + 2 + (digits > 0)}.{digits}f} min" if rest else f"{hours:.0f} h"
    days = round(minutes / 1440, 1 + fine)
    return "1 day" if days == 1 else f"{days:g} days"
