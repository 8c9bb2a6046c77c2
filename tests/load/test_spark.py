"""Spark as an engine: what it takes, what it refuses, and the same contract of tables as elsewhere."""

import re
import shutil
import sys

import pandas as pd
import pytest

from cxresearch.ask.errors import DataError
from cxresearch.ask.study import open_study
from cxresearch.load.contracts import check, read
from cxresearch.load.spark import master_of, spark
from tests.load.test_casting import ZONED
from tests.server import SPARK, has_spark
from tests.tickets import COLUMNS, COUNTED, counted, typed

ROWS = """
 SELECT CAST(id AS INT) AS id, account, CAST(created AS TIMESTAMP) AS created, CAST(solved AS TIMESTAMP_NTZ) AS solved,
        CAST(hands AS DECIMAL(9, 2)) AS hands, happy, met
 FROM VALUES
 (1, '007', '2024-05-01 10:00:00+02:00', '2024-05-02 10:00', 0, '4', true),
 (2, '007', '2024-05-01 10:00:00+02:00', '2024-04-01 10:00', 1, '5', false),
 (3, '', '2024-05-01 10:00:00+02:00', NULL, 1, 'x', NULL),
 (3, '008', '2024-05-01 10:00:00+02:00', NULL, 1, NULL, NULL),
 (4, '008', '2024-05-01 10:00:00+02:00', NULL, 1, '6', NULL),
 (4, '008', '2024-05-01 10:00:00+02:00', NULL, 1, '6', NULL)
 AS rows(id, account, created, solved, hands, happy, met)
"""
STUDY = """
engine = "{engine}"
timezone = "Europe/Berlin"
observed_until = 2024-12-31
scales.happy = {{ low = 1, high = 5, blank = 6 }}
[tables.contacts]
{source}
{tickets}"""


def study_of(folder, source, engine=SPARK):
    (folder / "study.toml").write_text(STUDY.format(tickets=COLUMNS, engine=engine, source=source))
    return open_study(folder)


@pytest.fixture(scope="module")
def engine():
    has_spark()
    connection = spark(SPARK)
    connection.raw_sql("DROP TABLE IF EXISTS tickets")
    connection.raw_sql(f"CREATE TABLE tickets USING parquet AS {ROWS}")
    return connection


@pytest.fixture(scope="module", params=["table", "file"])
def study(engine, request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    if request.param == "table":
        return study_of(folder, 'table = "tickets"')
    engine.raw_sql(ROWS).coalesce(1).write.parquet(str(folder / "written"))
    shutil.copy(next((folder / "written").glob("*.parquet")), folder / "tickets.parquet")
    return study_of(folder, 'file = "tickets.parquet"')


@pytest.mark.spark
def test_rows_are_typed_in_utc_and_broken_ones_counted(study):
    made = read(study)
    typed(made)
    assert counted(made) == COUNTED
    assert check(study.folder).equals(made.audit)


@pytest.mark.spark
def test_times_and_numbers_as_text_and_as_floats_are_read_as_in_duckdb(engine, tmp_path):
    times = [*ZONED, "2025-07-01 03:15:00 PM", "2025-07-01 10:00:00 EST"]
    frame = pd.DataFrame({"contact_id": [float(place) for place in range(len(times))], "customer_id": "a", "opened_at": times})
    given = frame.assign(
        replies="1", sla_target=[float("inf"), float("nan"), 999.0, *[2.0] * (len(times) - 3)], channel=[1.0, *[2.0] * (len(times) - 1)]
    )
    given.loc[3, "replies"] = "99999999999999999999"
    given.loc[4, "sla_target"] = 1e7
    given.to_parquet(tmp_path / "tickets.parquet")
    declared = 'timezone = "Europe/Berlin"\nvalues.channel = { 1 = "phone" }\n[tables.contacts]\nfile = "tickets.parquet"\nmissing = 999\n'
    found = []
    for address in (f'engine = "{SPARK}"\n', ""):
        (tmp_path / "study.toml").write_text(address + declared)
        stage = read(open_study(tmp_path)).stages["contacts"].table
        found.append(stage.order_by("contact_id").execute().astype({"opened_at": "datetime64[us]"}))
    pd.testing.assert_frame_equal(found[0], found[1], check_dtype=False)
    assert found[1]["rule"].value_counts().to_dict() == {
        "date not readable: opened_at": 2, "text in a numeric column: sla_target": 1, "text in a numeric column: replies": 1
    }  # fmt: skip
    assert {"phone", "2"} == set(found[1]["channel"])


@pytest.mark.spark
def test_the_fingerprint_is_the_same_twice(study):
    assert read(study).fingerprint == read(study).fingerprint


@pytest.mark.spark
def test_an_unknown_table_a_text_file_and_a_damaged_one_are_refused(engine, tmp_path):
    with pytest.raises(DataError, match=r'table is "ticket", which the engine does not have; did you mean "tickets"'):
        read(study_of(tmp_path, 'table = "ticket"'))
    (tmp_path / "tickets.csv").write_text("id,account\n1,a\n")
    with pytest.raises(DataError, match=r"tickets\.csv: Spark reads Parquet files and tables of its catalog.*Convert it to Parquet"):
        read(study_of(tmp_path, 'file = "tickets.csv"'))
    (tmp_path / "tickets.parquet").write_text("no Parquet")
    with pytest.raises(DataError, match=r"tickets\.parquet: not readable as Parquet"):
        read(study_of(tmp_path, 'file = "tickets.parquet"'))


@pytest.mark.spark
def test_another_master_needs_another_process(engine, tmp_path):
    with pytest.raises(DataError, match=re.escape('Spark is at work here for "local[2]" already; "local[1]" needs a process of its own.')):
        read(study_of(tmp_path, 'table = "tickets"', "pyspark://local[1]"))


MASTERS = {"": "local[*]", "local[4]": "local[4]", "head:7077": "spark://head:7077", "k8s://https://head:443": "k8s://https://head:443"}


@pytest.mark.parametrize("given", MASTERS)
def test_a_master_is_written_as_spark_wants_it(given):
    assert master_of(f"pyspark://{given}") == (MASTERS[given], {})


def test_without_the_package_it_is_said_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(DataError, match=r'needs the package pyspark: pip install "cxresearch\[spark\]"'):
        read(study_of(tmp_path, 'file = "tickets.parquet"'))


@pytest.mark.spark
def test_without_java_it_is_said_how_to_get_it(monkeypatch, tmp_path):
    has_spark()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(DataError, match=r"needs Java 17 or newer.*apt-get install default-jre-headless"):
        read(study_of(tmp_path, 'file = "tickets.parquet"'))
