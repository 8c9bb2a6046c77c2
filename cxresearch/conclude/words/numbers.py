"""How numbers are written for people: the last place where anything is rounded."""

import math

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

    known = [end for end in ends if math.isfinite(end)]
    return all(side(end, mark) == side(round(end, digits), mark) for end in known for mark in marks)


def per_hundred(share: float | None, digits: int = 1) -> str:
    """Return a share as a number of 100.

    Examples
    --------
    >>> per_hundred(0.812)
    '81.2'
    """
    return UNKNOWN if share is None else number(share * 100, digits)


def percent(share: float | None) -> str:
    """Return a share in percent, with one decimal below 10.

    Examples
    --------
    >>> percent(0.064), percent(0.16), percent(0.0004)
    ('6.4%', '16%', 'under 0.1%')
    """
    if share is None or not math.isfinite(share):
        return UNKNOWN
    if 0 < share < 0.0005:
        return "under 0.1%"
    return f"{number(share * 100, 1 if abs(share) < 0.0995 else 0)}%"


def clock(value: float | None, unit: str, step: int = 5) -> str:
    """Return a time as on a watch, to the precision that people use: from an hour on in steps of so many minutes.

    Examples
    --------
    >>> clock(1.93, "hours"), clock(0.25, "hours"), clock(36, "hours"), clock(-3, "days")
    ('1 h 55 min', '15 min', '1.5 days', '−3 days')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if unit not in MINUTES:
        return f"{short(value)} {'' if unit in ('units', 'each') else unit}".strip()
    minutes = abs(value) * MINUTES[unit]
    return (MINUS if value < 0 else "") + _watch(minutes, step)


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


def _watch(minutes: float, step: int) -> str:
    if minutes < 1:
        return f"{minutes * 60:.0f} s"
    if minutes < 59.5:
        return f"{minutes:.0f} min"
    if minutes < 1435:
        hours, rest = divmod(step * round(minutes / step), 60)
        return f"{hours} h {rest:02d} min" if rest else f"{hours} h"
    days = round(minutes / 1440, 1)
    return "1 day" if days == 1 else f"{days:g} days"
