"""Clocks: UTC inside, the study's own time zone where people count days and months."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import ibis

OLDEST, LATEST = 1970, 2037  # years of which every table of time zones tells each change


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp"), "timestamp('UTC')"))
def _placed(zone, moment):
    """The instant that a clock in this zone showed; the engine's own function."""


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp('UTC')"), "timestamp"))
def _shown(zone, instant):
    """What a clock in this zone shows at the instant; the engine's own function."""


@ibis.udf.scalar.builtin(name="epoch_us", signature=(("timestamp('UTC')",), "int64"))
def _micros(instant):
    """Microseconds since 1970: DuckDB's own function."""


@ibis.udf.scalar.builtin(name="make_timestamp", signature=(("int64",), "timestamp"))
def _at_micros(micros):
    """The time so many microseconds after the beginning of 1970: DuckDB's own function."""


@ibis.udf.scalar.builtin(name="convert_timezone", signature=(("string", "string", "timestamp"), "timestamp"))
def _moved(one, other, moment):
    """What a clock in the other zone shows when one in this zone shows the moment: Spark's own function."""


def to_utc(local: ibis.Value, zone: str, years: tuple[int, int] | None = None) -> ibis.Value:
    """Return naive UTC times of naive local ones.

    Of an hour that a clock shows twice in autumn it is the second; an hour that it leaves out in spring is counted on from before.

    Parameters
    ----------
    local : ibis.Value
        What a clock in the zone shows.
    zone : str
        "Europe/Berlin".
    years : tuple of int, optional
        First and last year that can stand there. The few changes of the clock between them are then compared with, which is ten times as
        fast as the engine's own function and the same.
    """
    if zone == "UTC":
        return local
    if years:
        first, *later = changes(zone, *years)
        moved = ((local >= ibis.literal(start).cast("timestamp"), local - ibis.interval(seconds=by)) for start, by in reversed(later))
        before = local - ibis.interval(seconds=first[1])
        return ibis.cases(*moved, else_=before) if later else before
    return _first_or_second(local, zone) if _is_spark(local) else _shown("UTC", _placed(zone, local))


@lru_cache(maxsize=64)
def changes(zone: str, first: int, last: int) -> tuple[tuple[datetime, int], ...]:
    """Return from when on, by its own new time, a clock in the zone is so many seconds ahead of UTC; a year more on either side.

    Examples
    --------
    >>> [(start.isoformat(), ahead // 3600) for start, ahead in changes("Europe/Berlin", 2025, 2025)][2:4]
    [('2024-10-27T02:00:00', 1), ('2025-03-30T03:00:00', 2)]
    """
    clock, day = ZoneInfo(zone), timedelta(days=1)

    def ahead(utc: datetime) -> int:
        offset = utc.astimezone(clock).utcoffset()
        return int(offset.total_seconds()) if offset else 0

    at, end = datetime(first - 1, 1, 1, tzinfo=UTC), datetime(last + 2, 1, 1, tzinfo=UTC)
    found = [(at.replace(tzinfo=None), ahead(at))]
    while at < end:
        low, high = at, at + day
        while ahead(high) != ahead(at) and high - low > timedelta(seconds=1):
            middle = low + (high - low) // 2
            low, high = (low, middle) if ahead(middle) != ahead(at) else (middle, high)
        if ahead(high) != ahead(at):
            high = high.replace(microsecond=0)
            found.append((high.replace(tzinfo=None) + timedelta(seconds=ahead(high)), ahead(high)))
        at += day
    return tuple(found)


def agrees(connection: ibis.BaseBackend, zone: str, years: tuple[int, int]) -> bool:
    """Return whether this machine's table of time zones and the engine's tell the same: asked at every change, and every noon between."""
    first, last = years
    if first < OLDEST or last > LATEST:
        return False
    second, noon = timedelta(seconds=1), datetime(first, 1, 1, 12)
    asked = [start + by for start, _ in changes(zone, first, last) for by in (-second, 0 * second)]
    asked += [noon + timedelta(days=day) for day in range((last - first + 1) * 366)]
    table = ibis.memtable({"moment": asked}, schema={"moment": "timestamp"})
    ours, theirs = to_utc(table.moment, zone, years), _shown("UTC", _placed(zone, table.moment))
    return not connection.execute((ours != theirs).sum())


def to_local(utc: ibis.Value, zone: str) -> ibis.Value:
    """Return naive local times of naive UTC ones."""
    if zone == "UTC":
        return utc
    return _moved("UTC", zone, utc) if _is_spark(utc) else _shown(zone, _placed("UTC", utc))


def of_instant(instant: ibis.Value) -> ibis.Value:
    """Return the naive UTC time of an instant."""
    if _is_spark(instant):
        return instant.cast("timestamp")
    if instant.get_backend().name == "duckdb":  # its table of time zones takes twenty times as long; only the end of time needs it
        return ibis.coalesce(_at_micros(_micros(instant)), _shown("UTC", instant))
    return _shown("UTC", instant)


def month_of(utc: ibis.Value, zone: str) -> ibis.Value:
    """Return "2025-06" for every time, by the clock of the zone."""
    local = to_local(utc, zone)
    month = local.month().cast("string")
    padded = ibis.ifelse(local.month() < 10, ibis.literal("0").concat(month), month)
    return local.year().cast("string").concat("-", padded)


def _first_or_second(local: ibis.Value, zone: str) -> ibis.Value:
    """Return UTC times on Spark. Of the hour that a clock shows twice in autumn Spark takes the first, the other engines the second."""
    first = _moved(zone, "UTC", local)
    second = first + ibis.interval(hours=1)
    return ibis.ifelse(_moved("UTC", zone, second) == local, second, first)


def _is_spark(value: ibis.Value) -> bool:
    return value.get_backend().name == "pyspark"
