"""Files: read as they are declared, or refused with file, line and rule."""

import zipfile
from pathlib import Path

import duckdb
import ibis
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.errors import DataError, StudyError
from cxresearch.ask.study import open_study
from cxresearch.load import engines
from cxresearch.load.contracts import read

HEAD = "contact_id,customer_id,opened_at,transfers\n"
ROWS = "00123,0007,2024-05-01 10:00:00,0\n1234567890123456,0007,2024-05-02 10:00:00,2\n"
DECLARED = '[tables.contacts]\nfile = "{file}"\n{more}\n'


def tables(folder: Path, content: str | bytes = HEAD + ROWS, *, file: str = "tickets.csv", more: str = ""):
    (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "study.toml").write_text(DECLARED.format(file=file, more=more))
    return read(open_study(folder))


def refusal(folder: Path, content: str | bytes, **options) -> str:
    with pytest.raises(DataError) as caught:
        tables(folder, content, **options)
    return str(caught.value)


def test_ids_stay_text(tmp_path):
    frame = tables(tmp_path).clean["contacts"].order_by("opened_at").execute()
    assert frame["contact_id"].tolist() == ["00123", "1234567890123456"]
    assert frame["customer_id"].tolist() == ["0007", "0007"]


def test_a_missing_file_offers_the_nearest(tmp_path):
    (tmp_path / "ticket.csv").write_text(HEAD + ROWS)
    (tmp_path / "study.toml").write_text(DECLARED.format(file="tickets.csv", more=""))
    with pytest.raises(DataError, match=r'tables.contacts.file is "tickets.csv".*does not exist; did you mean "ticket.csv"'):
        read(open_study(tmp_path))


def test_an_empty_file(tmp_path):
    assert refusal(tmp_path, "").endswith("tickets.csv: the file is empty.")


def test_a_header_alone(tmp_path):
    assert refusal(tmp_path, HEAD).endswith("tickets.csv: a header and no row.")


def test_a_truncated_last_row(tmp_path):
    said = refusal(tmp_path, HEAD + ROWS + "77,0008,2024-0")
    assert "tickets.csv, line 4: 3 fields where the header has 4. It is the last line: the file looks cut off." in said


def test_a_short_row_in_the_middle_counts_lines_over_quoted_breaks(tmp_path):
    said = refusal(tmp_path, HEAD + '"a\nb",7,2024-05-01,0\nshort,7\n' + ROWS)
    assert "line 4: 2 fields where the header has 4. The row is cut short, or the separator differs." in said


def test_extra_fields(tmp_path):
    assert "line 3: 5 fields where the header has 4. A field that contains the separator needs quotes." in refusal(
        tmp_path, HEAD + "1,7,2024-05-01,0\n2,7,2024-05-01,0,surplus\n"
    )


def test_nul_bytes(tmp_path):
    assert "tickets.csv, line 3: the file holds NUL bytes" in refusal(tmp_path, HEAD + "1,7,2024-05-01,0\n2,7\0,2024-05-01,0\n")


def test_a_duplicate_header(tmp_path):
    assert 'line 1: the column "opened_at" stands 2 times in the header' in refusal(
        tmp_path, "contact_id,customer_id,opened_at,opened_at\n1,2,3,4\n"
    )


def test_the_wrong_separator(tmp_path):
    said = refusal(tmp_path, (HEAD + ROWS).replace(",", ";"))
    assert (
        "line 1: one column where several are expected. The declared separator is ','; the line holds 3 ';': write delimiter = ';'" in said
    )


def test_the_wrong_encoding(tmp_path):
    content = HEAD.encode() + "1,7,2024-05-01,0\nMünchen,7,2024-05-01,0\n".encode("cp1252")
    assert "tickets.csv, line 3: not written in utf-8. Declare the encoding" in refusal(tmp_path, content)


def test_a_declared_encoding_and_separator_are_followed(tmp_path):
    content = (HEAD + "Köln,7,2024-05-01,0\n").replace(",", ";").encode("cp1252")
    made = tables(tmp_path, content, more='delimiter = ";"\nencoding = "cp1252"')
    assert made.clean["contacts"].execute()["contact_id"].tolist() == ["Köln"]


def test_utf16_needs_to_be_declared(tmp_path):
    content = (HEAD + ROWS).encode("utf-16")
    assert "NUL bytes" in refusal(tmp_path, content)
    assert len(tables(tmp_path, content, more='encoding = "utf-16"').clean["contacts"].execute()) == 2


def test_names_with_blanks_around_them_and_a_byte_order_mark(tmp_path):
    made = tables(tmp_path, ("\ufeff" + HEAD.replace("transfers", " transfers  ") + ROWS))
    assert made.clean["contacts"].execute()["transfers"].tolist() == [0, 2]


def test_an_unknown_column_in_the_mapping(tmp_path):
    more = 'columns = { contact_id = "contact_id", customer_id = "customer_id", opened_at = "open_at" }'
    with pytest.raises(
        StudyError, match=r'tables.contacts.columns.opened_at is "open_at", which tickets.csv does not have; did you mean "opened_at"'
    ):
        tables(tmp_path, more=more)


def test_a_column_that_a_table_cannot_do_without(tmp_path):
    with pytest.raises(StudyError, match=r"does not say which source column is opened_at; contacts cannot do without it"):
        tables(tmp_path, more='columns = { contact_id = "contact_id", customer_id = "customer_id" }')


def test_a_zipped_file_and_one_with_two_members(tmp_path):
    with zipfile.ZipFile(tmp_path / "tickets.zip", "w") as archive:
        archive.writestr("inside.csv", HEAD + ROWS)
    (tmp_path / "study.toml").write_text(DECLARED.format(file="tickets.zip", more=""))
    assert len(read(open_study(tmp_path)).clean["contacts"].execute()) == 2
    with zipfile.ZipFile(tmp_path / "tickets.zip", "a") as archive:
        archive.writestr("other.csv", HEAD)
    with pytest.raises(DataError, match=r"the archive holds 2 files \(inside.csv, other.csv\); it must hold exactly one"):
        read(open_study(tmp_path))


def test_several_files_make_one_table(tmp_path):
    (tmp_path / "tickets-2.csv").write_text(HEAD + "9,7,2024-05-03,1\n")
    (tmp_path / "tickets-1.csv").write_text(HEAD + ROWS)
    (tmp_path / "study.toml").write_text(DECLARED.format(file="tickets-*.csv", more=""))
    assert len(read(open_study(tmp_path)).clean["contacts"].execute()) == 3


def test_parquet_and_a_duckdb_file(tmp_path):
    with duckdb.connect(str(tmp_path / "house.duckdb")) as connection:
        connection.sql("CREATE TABLE tickets AS SELECT '007' AS contact_id, 7 AS customer_id, TIMESTAMP '2024-05-01' AS opened_at")
        connection.sql(f"COPY tickets TO '{tmp_path / 'tickets.parquet'}'")
    for declared in ('file = "tickets.parquet"', 'file = "house.duckdb"\ntable = "tickets"'):
        (tmp_path / "study.toml").write_text(f"[tables.contacts]\n{declared}\n")
        frame = read(open_study(tmp_path)).clean["contacts"].execute()
        assert frame[["contact_id", "customer_id"]].to_numpy().tolist() == [["007", "7"]]
    (tmp_path / "study.toml").write_text('[tables.contacts]\nfile = "house.duckdb"\ntable = "ticket"\n')
    with pytest.raises(DataError, match=r'tables.contacts.table is "ticket", which .*house.duckdb does not have; did you mean "tickets"'):
        read(open_study(tmp_path))


def test_a_file_that_is_not_parquet(tmp_path):
    assert "tickets.parquet: not readable as Parquet" in refusal(tmp_path, "hello", file="tickets.parquet")


def test_an_ending_that_nobody_reads(tmp_path):
    assert "the ending '.pkl' is not known; read are .csv" in refusal(tmp_path, "x", file="tickets.pkl")


def test_a_lookup_takes_columns_by_a_key_that_may_not_repeat(tmp_path):
    (tmp_path / "people.csv").write_text("account,who\n0007,Ann\n0008,Bob\n")
    more = 'keep = ["transfers"]\n[tables.contacts.lookup]\nfile = "people.csv"\nkey = "account"\ncolumns = { customer_id = "who" }\n'
    columns = '[tables.contacts.columns]\ncontact_id = "contact_id"\nopened_at = "opened_at"\n'
    content = HEAD.replace("customer_id", "account") + ROWS + "5,0009,2024-05-03,0\n"
    made = tables(tmp_path, content, more=more + columns)
    assert sorted(made.clean["contacts"].execute()["customer_id"]) == ["Ann", "Ann"]
    assert made.audit.query("detail == 'customer_id missing'")["n"].tolist() == [1]
    (tmp_path / "people.csv").write_text("account,who\n0007,Ann\n0007,Bob\n")
    with pytest.raises(DataError, match=r'lookup: the key "account" repeats in the looked-up file \(2 rows, 1 keys\); rows would multiply'):
        tables(tmp_path, content, more=more + columns)


def test_an_engine_taken_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.delenv("MY_WAREHOUSE", raising=False)
    (tmp_path / "study.toml").write_text('engine = "$MY_WAREHOUSE"\n[tables.contacts]\ntable = "tickets"\n')
    with pytest.raises(StudyError, match=r'engine is "\$MY_WAREHOUSE", and the environment has no MY_WAREHOUSE'):
        read(open_study(tmp_path))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgress://u:SECRET1@h/db", 'does not answer: "postgress" is no kind of engine; did you mean "postgres"'),
        ("postgres://u:SECRET1@127.0.0.1:1/db?foo=1", 'does not answer: postgres at "127.0.0.1": '),
        ("postgres://u:SEC/RET1@127.0.0.1:1/db", 'does not answer: postgres at "127.0.0.1": '),
        ("host=h password=SECRET1", "The address is not written as scheme://user:password@host/database"),
    ],
)
def test_an_address_that_fails_is_not_printed(tmp_path, monkeypatch, address, said):
    monkeypatch.setenv("MY_WAREHOUSE", address)
    (tmp_path / "study.toml").write_text('engine = "$MY_WAREHOUSE"\n[tables.contacts]\ntable = "tickets"\n')
    with pytest.raises(DataError) as caught:
        read(open_study(tmp_path))
    assert said in str(caught.value)
    assert not [part for part in ("SEC", "RET1", "foo") if part in str(caught.value)]


def test_a_table_without_a_file_needs_an_engine(tmp_path):
    (tmp_path / "study.toml").write_text('[tables.contacts]\ntable = "tickets"\n')
    with pytest.raises(StudyError, match=r"tables.contacts names no file, and the engine is DuckDB over files"):
        read(open_study(tmp_path))


def threads(connection):
    return connection.raw_sql("SELECT current_setting('threads')").fetchone()[0]


def test_small_data_are_summed_on_one_thread_and_so_alike_to_the_last_bit(tmp_path, monkeypatch):
    study = tables(tmp_path).study
    assert threads(tables(tmp_path).connection) == 1
    monkeypatch.setattr(engines, "SMALL", 0)
    assert threads(engines.connect(study)) == threads(ibis.duckdb.connect())
    frame = pd.DataFrame({"who": ["a", "b", "b"], "score": [9, 7, 3]})
    data = cx.from_frame(frame, cx.Question(outcome=cx.Nps("score")), customer="who")
    assert threads(data.table.get_backend()) == 1
