"""Local times become UTC: the changes of a clock, looked up here, against the engine's own table of time zones."""

from datetime import datetime, timedelta

import ibis
import pandas as pd
import pytest

from cxresearch.load.clock import agrees, changes, of_instant, to_utc


@pytest.fixture(scope="module")
def connection():
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET TimeZone = 'UTC'")
    return connection


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "Europe/Moscow"]
)
def test_changes_of_the_clock_are_those_of_the_engine(connection, zone):
    """Every seven minutes of eleven years, with the hours that are skipped and those that come twice."""
    moments = pd.DataFrame({"moment": pd.date_range("2010-01-01", "2020-12-31 23:59", freq="7min").astype("datetime64[us]")})
    table = connection.create_table("moments", moments, overwrite=True)
    both = table.select(ours=to_utc(table.moment, zone, (2010, 2020)), theirs=to_utc(table.moment, zone))
    assert int((both.ours != both.theirs).sum().execute()) == 0
    assert agrees(connection, zone, (2010, 2020))


def test_where_the_tables_of_zones_differ_the_engine_is_believed(connection, monkeypatch):
    assert not agrees(connection, "Europe/Berlin", (1960, 1970))
    assert not agrees(connection, "Europe/Berlin", (2030, 2040))
    shifted = tuple((start + timedelta(hours=1), ahead) for start, ahead in changes("Europe/Berlin", 2025, 2025))
    monkeypatch.setattr("cxresearch.load.clock.changes", lambda *_: shifted)
    assert not agrees(connection, "Europe/Berlin", (2025, 2025))


def test_an_instant_is_its_time_in_utc_and_the_end_of_time_stays(connection):
    table = connection.create_table("instants", schema=ibis.schema({"at": "timestamp('UTC')"}), overwrite=True)
    connection.raw_sql("INSERT INTO instants VALUES ('2025-07-01 12:00:00.000001+02'), (NULL), ('infinity')")
    found = table.select(utc=of_instant(table["at"])).to_pyarrow()["utc"]
    assert found.slice(0, 2).to_pylist() == [datetime(2025, 7, 1, 10, 0, 0, 1), None]
    assert int(of_instant(table["at"]).isnull().sum().execute()) == 1
