"""Calendar: when a team works, as study.toml declares it."""

import re
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cxresearch.ask.study_schema import Section

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Calendar:
    """Working days and hours, on the clock of one zone.

    Parameters
    ----------
    name : str
        As study.toml names it: ``[calendars.support]``.
    days : tuple of str
        Working days, in the order of the week: ``mon`` to ``sun``.
    start, end : int
        Seconds after midnight at which work begins and ends; 86400 is the end of the day.
    holidays : tuple of date
        Working days on which nobody works, in order.
    zone : str
        Zone whose clock counts.

    Examples
    --------
    >>> Calendar("support", DAYS[:5], 9 * 3600, 17 * 3600, (date(2025, 1, 1),), "Europe/Berlin").words
    'Monday to Friday, 09:00 to 17:00 (Europe/Berlin), without 1 holiday'
    """

    name: str
    days: tuple[str, ...]
    start: int
    end: int
    holidays: tuple[date, ...] = ()
    zone: str = "UTC"

    @property
    def words(self) -> str:
        """As the list of definitions prints it."""
        free = f", without {len(self.holidays)} holiday{'' if len(self.holidays) == 1 else 's'}" if self.holidays else ""
        return f"{_days(self.days)}, {_clock(self.start)} to {_clock(self.end)} ({self.zone}){free}"


def read_calendars(section: Section, zone: str) -> dict[str, Calendar]:
    """Return the calendars of a study by name; those without a zone take the study's.

    Raises
    ------
    StudyError
        Where a day, a time, a date or a zone cannot be; the message names file, key and what is allowed.
    """
    return {name: _calendar(name, part, zone) for name, part in section.sections().items()}


def _calendar(name: str, section: Section, zone: str) -> Calendar:
    section.only(("days", "open", "close", "holidays", "zone"))
    days = section.texts("days")
    if not days or not set(days) <= set(DAYS):
        wrong = next((day for day in days if day not in DAYS), None)
        raise section.refuse("days", f"{'is missing' if wrong is None else f'names {wrong!r}'}; name days among {', '.join(DAYS)}.")
    start, end = _seconds(section, "open"), _seconds(section, "close")
    if end <= start:
        raise section.refuse("close", f'is "{section.text("close")}"; it must be later on the same day than open, {section.text("open")}.')
    working = tuple(day for day in DAYS if day in days)
    free = sorted({day for day in _dates(section) if DAYS[day.weekday()] in working})
    return Calendar(name, working, start, end, tuple(free), _zone(section, zone))


def _seconds(section: Section, key: str) -> int:
    found = section.values.get(key)
    text = found.strftime("%H:%M") if isinstance(found, time) else section.text(key)
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text)
    hours, minutes = (int(part) for part in match.groups()) if match else (99, 0)
    if minutes > 59 or hours * 60 + minutes > 24 * 60:
        raise section.refuse(key, f'is "{text}"; write a time of day such as "09:00", at most "24:00".')
    return hours * 3600 + minutes * 60


def _dates(section: Section) -> list[date]:
    given = section.values.get("holidays", [])
    if not isinstance(given, list):
        raise section.refuse("holidays", f'is {given!r}; write a list of dates such as ["2025-01-01"].')
    return [_date(section, each) for each in given]


def _date(section: Section, given: Any) -> date:
    try:
        return date.fromisoformat(given if isinstance(given, str) else given.isoformat())
    except (ValueError, AttributeError):
        raise section.refuse("holidays", f'names {str(given)!r}; write each date as "2025-01-01".') from None


def _zone(section: Section, zone: str) -> str:
    named = section.text("zone", zone)
    try:
        return ZoneInfo(named).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise section.refuse("zone", f'is "{named}"; write a zone such as "UTC" or "Europe/Berlin".') from None


def _days(days: tuple[str, ...]) -> str:
    places = [DAYS.index(day) for day in days]
    if len(days) > 2 and places == list(range(places[0], places[-1] + 1)):
        return f"{NAMES[places[0]]} to {NAMES[places[-1]]}"
    named = [NAMES[place] for place in places]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
