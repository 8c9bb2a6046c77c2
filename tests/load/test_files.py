"""Several files of one table: read alike or refused by name, wherever they lie and whatever their folder is called."""

import datetime as dt

import duckdb
import ibis
import pandas as pd
import pytest

from cxresearch.ask.errors import DataError
from cxresearch.ask.study import open_study
from cxresearch.load.contracts import read
from cxresearch.load.engines import _size
from cxresearch.load.parquet import together

MONTHS = ("2025-01-01", "2025-02-01 17:30")
ORDERS = '[tables.orders]\nfile = "o*.parquet"\n'


def orders(folder, *columns):
    """Write one Parquet file of two orders for each set of columns, and read them as one table."""
    for place, own in enumerate(columns):
        ids = [f"{place}1", f"{place}2"]
        given = {"order_id": ids, "customer_id": ["a", "b"], "ordered_at": pd.to_datetime([MONTHS[place]] * 2), **own}
        frame = pd.DataFrame({name: values for name, values in given.items() if values is not None})
        frame.to_parquet(folder / f"o{place + 1}.parquet")
    (folder / "study.toml").write_text(ORDERS)
    return read(open_study(folder)).clean["orders"].order_by("ordered_at", "order_id").execute()


@pytest.mark.parametrize("first", [[10, 20], pd.Series([10, 20], dtype="int8"), pd.Series([10.0, 20.0], dtype="float32")])
def test_numbers_of_several_types_are_read_as_the_wider(tmp_path, first):
    assert orders(tmp_path, {"amount": first}, {"amount": [19.49, 7.5]})["amount"].tolist() == [10, 20, 19.49, 7.5]


def test_ids_that_are_whole_numbers_beside_others_keep_every_digit(tmp_path):
    found = orders(tmp_path, {"customer_id": [9007199254740993, 7]}, {"customer_id": [7.0, None]})
    assert found["customer_id"].tolist()[:2] == ["9007199254740993", "7"]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (
            {"order_id": [1, 2]},
            {"order_id": ["007", "008"]},
            r'o2.parquet: the column "order_id" is text, and in .*o1.parquet it is a number',
        ),
        ({"ordered_at": [dt.date(2025, 1, 1)] * 2}, {}, r'"ordered_at" is a time without a zone, and in .*o1.parquet it is a date'),
        (
            {},
            {"ordered_at": pd.to_datetime([MONTHS[1]] * 2, utc=True)},
            r'"ordered_at" is a time with a zone, and in .*it is a time without',
        ),
        ({}, {"amount": [1.0, 2.0]}, r'o1.parquet: there is no column "amount", which .*o2.parquet has.* write it in each of them'),
        ({"amount": [1.0, 2.0]}, {"Amount": [1.0, 2.0]}, r'o2.parquet: there is no column "amount".*did you mean "Amount"'),
    ],
)
def test_columns_that_differ_are_refused_with_both_files(tmp_path, first, second, said):
    with pytest.raises(DataError, match=said):
        orders(tmp_path, first, second)


def test_what_nobody_reads_may_differ_and_what_is_empty_goes_with_anything(tmp_path):
    found = orders(tmp_path, {"note": [1, 2], "amount": [None, None]}, {"note": ["x", "y"], "more": [1, 2], "amount": [1.5, 2]})
    assert found["amount"].tolist()[2:] == [1.5, 2] and found["amount"].isna().sum() == 2


def test_instants_in_nanoseconds_are_read(tmp_path):
    stamps = pd.to_datetime([MONTHS[1]] * 2, utc=True)
    found = orders(tmp_path, {"ordered_at": stamps.as_unit("ns")}, {"ordered_at": stamps.as_unit("us")})
    assert found["ordered_at"].tolist() == [pd.Timestamp(MONTHS[1])] * 4


def test_of_many_files_that_are_alike_the_footers_are_read_and_nothing_more(tmp_path):
    for number in range(200):
        pd.DataFrame({"amount": [number]}).to_parquet(tmp_path / f"o{number:03d}.parquet")
    files, table, asked = sorted(tmp_path.iterdir()), ibis.memtable({"amount": [1]}), []
    assert together(files, lambda some: asked.append(some) or table) is table
    assert asked == [files]


def test_text_files_with_other_columns_are_refused(tmp_path):
    head = "order_id,customer_id,ordered_at"
    (tmp_path / "o1.csv").write_text(f"{head},amount\n1,a,2025-01-01,10\n")
    (tmp_path / "o2.csv").write_text(f"{head}\n2,a,2025-01-02\n")
    (tmp_path / "study.toml").write_text('[tables.orders]\nfile = "o*.csv"\n')
    with pytest.raises(DataError, match=r'o2.csv: there is no column "amount", which .*o1.csv has'):
        read(open_study(tmp_path))


def test_a_table_comes_from_one_database_file(tmp_path):
    for year in (2024, 2025):
        with duckdb.connect(str(tmp_path / f"y{year}.duckdb")) as connection:
            connection.sql("CREATE TABLE tickets AS SELECT 1 AS contact_id")
    (tmp_path / "study.toml").write_text('[tables.contacts]\nfile = "y*.duckdb"\ntable = "tickets"\n')
    with pytest.raises(DataError, match=r"names 2 database files \(y2024.duckdb, y2025.duckdb\); a table is read from one"):
        read(open_study(tmp_path))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_folder_with_brackets_in_its_name_is_not_a_pattern(tmp_path, kind):
    for name, who in (("q[1]", "mine"), ("q1", "another's")):
        folder = tmp_path / name
        folder.mkdir()
        frame = pd.DataFrame({"contact_id": ["1"], "customer_id": [who], "opened_at": ["2025-01-01"]})
        frame.to_csv(folder / "c.csv", index=False) if kind == "csv" else frame.to_parquet(folder / "c.parquet")
        (folder / "study.toml").write_text(f'[tables.contacts]\nfile = "c*.{kind}"\n')
    study = open_study(tmp_path / "q[1]")
    assert read(study).clean["contacts"].execute()["customer_id"].tolist() == ["mine"]
    assert _size(study) == (study.folder / f"c.{kind}").stat().st_size


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (",contact_id,customer_id,opened_at", "line 1: column 1 of 4 has no name.*index=False"),
        ("contact_id,customer_id,opened_at,Notes,notes", 'line 1: the columns "Notes" and "notes" differ in capitals only'),
    ],
)
def test_a_header_that_cannot_be_told_apart(tmp_path, head, said):
    (tmp_path / "c.csv").write_text(f"{head}\n" + ",".join("1" * len(head.split(","))) + "\n")
    (tmp_path / "study.toml").write_text('[tables.contacts]\nfile = "c.csv"\n')
    with pytest.raises(DataError, match=said):
        read(open_study(tmp_path))
