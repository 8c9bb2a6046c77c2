"""Clocks: UTC inside, the study's own time zone where people count days and months."""

import ibis


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp"), "timestamp('UTC')"))
def _placed(zone, moment):
    """The instant that a clock in this zone showed; the engine's own function."""


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp('UTC')"), "timestamp"))
def _shown(zone, instant):
    """What a clock in this zone shows at the instant; the engine's own function."""


@ibis.udf.scalar.builtin(name="convert_timezone", signature=(("string", "string", "timestamp"), "timestamp"))
def _moved(one, other, moment):
    """What a clock in the other zone shows when one in this zone shows the moment: Spark's own function."""


def to_utc(local: ibis.Value, zone: str) -> ibis.Value:
    """Return naive UTC times of naive local ones."""
    if zone == "UTC":
        return local
    return _first_or_second(local, zone) if _is_spark(local) else _shown("UTC", _placed(zone, local))


def to_local(utc: ibis.Value, zone: str) -> ibis.Value:
    """Return naive local times of naive UTC ones."""
    if zone == "UTC":
        return utc
    return _moved("UTC", zone, utc) if _is_spark(utc) else _shown(zone, _placed("UTC", utc))


def of_instant(instant: ibis.Value) -> ibis.Value:
    """Return the naive UTC time of an instant."""
    return instant.cast("timestamp") if _is_spark(instant) else _shown("UTC", instant)


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
