"""Period: a quarter, month, year or range of days, in the study's time zone."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from cxresearch.ask.errors import QuestionError

EVERYTHING = "everything on record"
"""What stands in place of a period where none is asked for."""
FORMS = '"2025", "2025-H1", "2025-Q2", "2025-06", "2025-06-01" or "2025-06-01..2025-06-30"'


@dataclass(frozen=True)
class Period:
    """From the first instant of `first` to the last of `last`, both days included.

    Examples
    --------
    >>> parse_period("2025-Q2").label
    '1 April to 30 June 2025'
    """

    first: date
    last: date

    @property
    def label(self) -> str:
        """As people write it."""
        start, end = _day(self.first), _day(self.last)
        if self.first.year == self.last.year:
            start = start.rsplit(" ", 1)[0]
        return f"{start} to {end}" if self.first != self.last else _day(self.last)

    def bounds(self, zone: str) -> tuple[datetime, datetime]:
        """Return start (included) and end (excluded) as naive UTC times."""
        return _midnight(self.first, zone), _midnight(self.last + timedelta(days=1), zone)


def parse_period(text: str) -> Period:
    """Return the period that a text names.

    Raises
    ------
    QuestionError
        Where the text names none, or a range lacks one of its ends.

    Examples
    --------
    >>> parse_period("2025-06").last
    datetime.date(2025, 6, 30)
    """
    first, dots, last = text.strip().partition("..")
    if dots and not (first.strip() and last.strip()):
        raise QuestionError(f'period "{text}" has no {"end" if first.strip() else "beginning"}; write both, as in "2025-01..2025-06".')
    start, end = _span(first.strip(), text), _span((last or first).strip(), text)
    if end[1] < start[0]:
        raise QuestionError(f'period "{text}" ends before it starts.')
    return Period(start[0], end[1])


def day_of(instant: datetime, zone: str) -> str:
    """Return the day of a naive UTC time, as people in the zone write it.

    Examples
    --------
    >>> day_of(datetime(2025, 6, 30, 22), "Europe/Berlin")
    '1 July 2025'
    """
    return _day(instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date())


def label_of(period: str | None) -> str:
    """Return a period as people write it, or that everything on record counts.

    Examples
    --------
    >>> label_of("2025-06"), label_of(None)
    ('1 June to 30 June 2025', 'everything on record')
    """
    return parse_period(period).label if period else EVERYTHING


def days_between(first: datetime, last: datetime, zone: str) -> str:
    """Return the days from one naive UTC time to another, both included, as people in the zone write them.

    Examples
    --------
    >>> days_between(datetime(2024, 1, 1), datetime(2025, 12, 30, 23), "Europe/Berlin")
    '1 January 2024 to 31 December 2025'
    """
    days = [moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date() for moment in (first, last)]
    return Period(*days).label


def _span(text: str, whole: str) -> tuple[date, date]:
    found = re.fullmatch(r"(\d{4})(?:-(?:Q([1-4])|H([12])|(\d{2})(?:-(\d{2}))?))?", text, flags=re.IGNORECASE)
    if not found:
        raise QuestionError(f'period is "{whole}"; write {FORMS}.')
    year, quarter, half, month, day = (int(part) if part else None for part in found.groups())
    try:
        if day:
            return date(year, month, day), date(year, month, day)
        first_month = month or (quarter or 1) * 3 - 2 if not half else half * 6 - 5
        months = 1 if month else 3 if quarter else 6 if half else 12
        return date(year, first_month, 1), _add_months(date(year, first_month, 1), months) - timedelta(days=1)
    except ValueError as error:
        raise QuestionError(f'period is "{whole}": {error}. Write {FORMS}.') from error


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
