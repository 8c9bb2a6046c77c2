"""Clocks: UTC inside, the study's own time zone where people count days and months."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import ibis

OLDEST, LATEST = 1970, 2037  # years of which every table of time zones tells each change
DATE, CLOCK = r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}", r"( +|T)[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?"
LOCAL = f"^{DATE}({CLOCK})?$"
INSTANT = f"^{DATE}{CLOCK} ?(UTC|GMT|[Zz]|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)$"


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


@ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "string"), "timestamp"))
def _parsed(text, pattern):
    """The time that a text says by a pattern, or nothing: DuckDB's own function."""


@ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "string"), "timestamp('UTC')"))
def _parsed_instant(text, pattern):
    """The same function: by a pattern that has a zone it gives an instant."""


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


def of_text(text: ibis.Value, zone: str) -> ibis.Value:
    """Return the naive UTC times that texts say in ISO, missing where a text says anything else, or more.

    An engine's own cast overlooks a word at the end: of "03:15 PM" it reads 03:15, and of "10:00 UTC" 10:00 by the local clock.

    Parameters
    ----------
    text : ibis.Value
        "2025-07-01", "2025-07-01 10:00", "2025-07-01T10:00:00.5"; after a time also "Z", "UTC", "GMT" or an offset as "+02:00".
    zone : str
        Zone of the times that are written without one.

    Examples
    --------
    >>> said = ibis.memtable({"at": ["2025-07-01 10:00", "2025-07-01 10:00 +0200", "2025-07-01 10:00 PM"]})
    >>> of_text(said["at"], "Europe/Berlin").strftime("%H:%M").fill_null("?").execute().tolist()
    ['08:00', '08:00', '?']
    """
    local = to_utc(_readable_anywhere(text).try_cast("timestamp"), zone)
    instant = of_instant(_with_offset(_readable_anywhere(text)).try_cast("timestamp('UTC')"))
    return ibis.cases((text.re_search(LOCAL), local), (text.re_search(INSTANT), instant))


def of_pattern(text: ibis.Value, pattern: str, zone: str) -> ibis.Value:
    """Return the naive UTC times that texts say by a pattern, missing where one does not fit it.

    Parameters
    ----------
    text : ibis.Value
        "01/07/2025 10:00".
    pattern : str
        As in ``strptime``. With %z or %Z in it the texts are instants; one that ends with the letters Z, UTC or GMT is in UTC.
    zone : str
        Zone of the times whose pattern says none.

    Examples
    --------
    >>> said = ibis.memtable({"at": ["01/07/2025 10:00 +0000"]})
    >>> of_pattern(said["at"], "%d/%m/%Y %H:%M %z", "Europe/Berlin").strftime("%H:%M").execute().tolist()
    ['10:00']
    """
    if re.search("%-?z", pattern.replace("%%", ""), re.IGNORECASE):
        return of_instant(_parsed_instant(text, pattern))
    return to_utc(_parsed(text, pattern), "UTC" if re.search("(Z|UTC|GMT)$", pattern) else zone)


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


def _with_offset(text: ibis.Value) -> ibis.Value:
    """Return times that match INSTANT as an engine reads them: what stands at the end is a Z or an offset, with no blank before it."""
    for found, meant in (("UTC", "Z"), ("GMT", "Z"), ("z", "Z"), (" Z", "Z"), (" +", "+"), (" -", "-")):
        text = text.replace(found, meant)
    return text.re_replace("([T ][0-9]+:[0-9]+)([-+Z])", "$1:00$2") if _is_spark(text) else text


def _readable_anywhere(text: ibis.Value) -> ibis.Value:
    """Return times as Spark reads them too: dashes in the date, and one blank after it."""
    return text.replace("/", "-").re_replace(" +", " ") if _is_spark(text) else text


def _is_spark(value: ibis.Value) -> bool:
    return value.get_backend().name == "pyspark"
