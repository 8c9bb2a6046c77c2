"""Business hours: the seconds for which a team was at work between two instants, as one expression that every engine can compute.

A clock that runs only while people work is read at both instants and subtracted. Its reading is arithmetic on the local date and time of
day: whole weeks, working days of the week gone, holidays gone, and what has passed of today. Wall time is what counts: in a night in which
clocks are turned, an hour of work that the clock shows twice counts once, and one that it skips counts as worked.
"""

from dataclasses import replace
from datetime import date

import ibis
from ibis import ifelse

from cxresearch.ask.calendar import DAYS, Calendar
from cxresearch.ask.catalog import CATALOG, MissingColumn
from cxresearch.ask.handling import BUSINESS
from cxresearch.ask.metrics import Metric, Quantity
from cxresearch.ask.question import Question
from cxresearch.ask.study import Study
from cxresearch.ask.values import number
from cxresearch.load.clock import to_local

THURSDAY = 3
"""Weekday of 1970-01-01, Monday being 0."""


class MissingCalendar(MissingColumn):
    """A metric counts business hours, and the study declares no calendar."""

    def __init__(self, metric: Metric) -> None:
        Exception.__init__(
            self,
            f"{metric.label} needs a calendar, which this study does not declare: write [calendars.support] in study.toml with days, open, "
            "close and, where there are any, holidays and zone.",
        )


def with_calendar(question: Question, study: Study) -> Question:
    """Return the question with its waits in business hours bound to the study's calendar (the first that it declares).

    Raises
    ------
    MissingCalendar
        Where the study declares none.
    """
    calendar = next(iter(study.calendars.values()), None)

    def bind(part: Quantity) -> Quantity:
        if not isinstance(part, str) or part not in BUSINESS:
            return part
        if calendar is None:
            raise MissingCalendar(CATALOG[part])
        return in_hours(CATALOG[part], calendar)

    named = {name: bind(part) for name in ("outcome", "exposure", "mediator") if (part := getattr(question, name)) is not None}
    drivers = tuple((block, tuple(map(bind, members))) for block, members in question.drivers)
    return replace(question, **named, adjust_for=tuple(map(bind, question.adjust_for)), drivers=drivers)  # type: ignore[arg-type]


def in_hours(metric: Metric, calendar: Calendar) -> Metric:
    """Return a wait that counts only the hours of a calendar, as known when the outcome was measured."""
    start, stop = metric.needs

    def span(t: ibis.Table, until: ibis.Value) -> ibis.Value:
        return open_seconds(t[start], until, calendar) / 3600

    def value(t: ibis.Table) -> ibis.Value:
        happened = t[stop].notnull() & (t[stop] <= t.known_at)
        return ifelse(happened, span(t, t[stop]), ibis.null("float64"))

    def elapsed(t: ibis.Table) -> ibis.Value:
        return span(t, ifelse(t[stop].notnull() & (t[stop] <= t.known_at), t[stop], t.known_at))

    text = metric.definition.replace("of the study's calendar", f"({calendar.words})")
    return replace(metric, value=value, elapsed=elapsed, definition=text)


def open_seconds(start: ibis.Value, end: ibis.Value, calendar: Calendar) -> ibis.Value:
    """Return the working seconds between two naive UTC times, whole seconds, never below zero; missing where one is missing."""
    passed = ibis.greatest(reading(end, calendar) - reading(start, calendar), number(ibis.literal(0)))
    return ifelse(start.notnull() & end.notnull(), passed, ibis.null("float64"))


def reading(instant: ibis.Value, calendar: Calendar) -> ibis.Value:
    """Return what a clock shows that runs only in working hours, in seconds, at naive UTC times."""
    local = number(to_local(instant, calendar.zone).epoch_seconds())
    day = number((local / 86400).floor())
    week = number(((day + THURSDAY) / 7).floor())
    weekday, shift = day + THURSDAY - 7 * week, float(calendar.end - calendar.start)
    at_work = [name in calendar.days for name in DAYS]
    gone = ibis.cases(*((weekday == place, float(sum(at_work[:place]))) for place in range(7)), else_=0.0).cast("float64")
    working = weekday.isin([float(place) for place, works in enumerate(at_work) if works])
    if calendar.holidays:
        working = working & day.notin([float(_number(each)) for each in calendar.holidays])
    since = ibis.least(ibis.greatest(local - 86400 * day - calendar.start, number(ibis.literal(0))), number(ibis.literal(int(shift))))
    today = ifelse(working, since, number(ibis.literal(0)))
    return shift * (len(calendar.days) * week + gone - _free(day, calendar)) + today


def _free(day: ibis.Value, calendar: Calendar) -> ibis.Value:
    """Count the holidays before a day."""
    if not calendar.holidays:
        return number(ibis.literal(0))
    steps = ((day <= float(_number(each)), place) for place, each in enumerate(calendar.holidays))
    return number(ibis.cases(*steps, else_=len(calendar.holidays)))


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days
