"""Periods said from a day, such as "last full month", and long periods cut into months, quarters or years."""

import re
from datetime import date, timedelta

from cxresearch.ask.errors import QuestionError
from cxresearch.ask.period import parse_period

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
SPOKEN = '"last full month", "last full quarter", "last full year", "last 12 full months"'
CUT = '"2025-01..2025-12 by month", "last 12 full months by month", "2023..2025 by quarter"'
_LAST = re.compile(r"last\s+(?:(\d{1,3})\s+)?full\s+(month|quarter|half|year)(s?)", re.IGNORECASE)
_WORDS = re.compile(r"\s*(last|this|next|past|previous|current|full|rolling|today|yesterday)\b", re.IGNORECASE)


def is_relative(text: str) -> bool:
    """Say whether a text means a period seen from a day, rightly written or not.

    Examples
    --------
    >>> is_relative("last full month"), is_relative("2025-Q2")
    (True, False)
    """
    return bool(_WORDS.match(text))


def resolve(text: str, today: date) -> str:
    """Return the period that a text means on a day; a period with dates is returned as it is.

    Parameters
    ----------
    text : str
        "last full month", "last full quarter", "last full half", "last full year", "last 12 full months", or a period with dates.
    today : date
        The day from which it is seen: what it lies in is not full yet.

    Raises
    ------
    QuestionError
        Where the text means no period.

    Examples
    --------
    >>> resolve("last full quarter", date(2025, 8, 9)), resolve("last 12 full months", date(2026, 1, 1))
    ('2025-Q2', '2025-01..2025-12')
    """
    if not is_relative(text):
        return text
    found = _LAST.fullmatch(" ".join(text.split()))
    if not found or (found[1] is not None and int(found[1]) < 1):
        raise QuestionError(f'period is "{text}"; write {SPOKEN}, or dates such as "2025-06" or "2025-Q2".')
    months, count = MONTHS[found[2].lower()], int(found[1] or 1)
    now = today.year * 12 + today.month - 1
    end = now - now % months
    names = [_name(at, months) for at in (end - count * months, end - months)]
    return names[0] if count == 1 else "..".join(names)


def split(text: str, today: date) -> list[str]:
    """Return the parts of a period that is cut: ``"2025-Q1 by month"`` is three months; any other text is its own only part.

    Raises
    ------
    QuestionError
        Where the parts are none that a calendar knows, or do not fill the period.

    Examples
    --------
    >>> split("2025-Q1 by month", date(2025, 8, 9)), split("2025", date(2025, 8, 9))
    (['2025-01', '2025-02', '2025-03'], ['2025'])
    """
    whole, by, part = text.rpartition(" by ")
    if not by:
        return [resolve(text, today)]
    months = MONTHS.get(part.strip().lower())
    if months is None:
        raise QuestionError(f'period is "{text}", but it can be cut by month, quarter, half or year only, for instance {CUT}.')
    period = parse_period(resolve(whole.strip(), today))
    after = period.last + timedelta(days=1)
    start, stop = (day.year * 12 + day.month - 1 for day in (period.first, after))
    if period.first.day != 1 or after.day != 1 or start % months or stop % months:
        raise QuestionError(f'period is "{text}", but {period.label} is not made of whole {part.strip().lower()}s. Write {CUT}.')
    return [_name(at, months) for at in range(start, stop, months)]


def _name(at: int, months: int) -> str:
    """Return the month, quarter, half or year that begins so many months after the year 0."""
    year, month = divmod(at, 12)
    return {1: f"{year}-{month + 1:02d}", 3: f"{year}-Q{month // 3 + 1}", 6: f"{year}-H{month // 6 + 1}", 12: f"{year}"}[months]
