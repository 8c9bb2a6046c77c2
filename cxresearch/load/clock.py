"""Clocks: UTC inside, the study's own time zone where people count days and months."""

import ibis


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp"), "timestamp('UTC')"))
def _placed(zone, moment):
    """The instant that a clock in this zone showed; the engine's own function."""


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp('UTC')"), "timestamp"))
def _shown(zone, instant):
    """What a clock in this zone shows at the instant; the engine's own function."""


def to_utc(local: ibis.Value, zone: str) -> ibis.Value:
    """Return naive UTC times of naive local ones."""
    return local if zone == "UTC" else _shown("UTC", _placed(zone, local))


def to_local(utc: ibis.Value, zone: str) -> ibis.Value:
    """Return naive local times of naive UTC ones."""
    return utc if zone == "UTC" else _shown(zone, _placed("UTC", utc))


def month_of(utc: ibis.Value, zone: str) -> ibis.Value:
    """Return "2025-06" for every time, by the clock of the zone."""
    local = to_local(utc, zone)
    month = local.month().cast("string")
    padded = ibis.ifelse(local.month() < 10, ibis.literal("0").concat(month), month)
    return local.year().cast("string").concat("-", padded)
