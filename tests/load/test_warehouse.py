"""The same contracts on tables of a PostgreSQL server: the rows stay there."""

import pytest

from cxresearch.ask.errors import DataError
from cxresearch.ask.study import open_study
from cxresearch.load.contracts import check, read
from tests.server import postgres
from tests.tickets import COLUMNS, COUNTED, counted, typed

pytestmark = pytest.mark.postgres

TABLES = """
CREATE TABLE tickets (
    id bigint, account text, created timestamptz, replied timestamptz, solved timestamp, hands numeric, happy text, met boolean
);
INSERT INTO tickets VALUES
 (1, '007', '2024-05-01 10:00+02', '2024-05-01 11:00+02', '2024-05-02 10:00', 0, '4', true),
 (2, '007', '2024-05-01 10:00+02', NULL, '2024-04-01 10:00', 1, '5', false),
 (3, '', '2024-05-01 10:00+02', NULL, NULL, 1, 'x', NULL),
 (3, '008', '2024-05-01 10:00+02', NULL, NULL, 1, NULL, NULL),
 (4, '008', '2024-05-01 10:00+02', NULL, NULL, 1, '6', NULL),
 (4, '008', '2024-05-01 10:00+02', NULL, NULL, 1, '6', NULL);
CREATE TABLE answers (id text, ticket bigint, kind text, score double precision);
INSERT INTO answers VALUES ('a', 1, 'nps', 9), ('b', 1, 'nps', 11), ('c', 1, 'csat', 3), ('d', 99, 'nps', 3), ('e', 1, 'nps', 12);
"""
STUDY = """
engine = "{engine}"
timezone = "Europe/Berlin"
observed_until = 2024-12-31
scales.nps = {{ low = 0, high = 10, blank = 11 }}
scales.csat = {{ low = 1, high = 5 }}
scales.happy = {{ low = 1, high = 5, blank = 6 }}
[tables.contacts]
table = "tickets"
{tickets}first_response_at = "replied"
[tables.surveys]
table = "public.answers"
columns = {{ response_id = "id", contact_id = "ticket", kind = "kind", score = "score" }}
"""


@pytest.fixture(scope="module")
def engine():
    import psycopg

    with postgres() as address:
        with psycopg.connect(address) as connection:
            connection.execute(TABLES)
        yield address


@pytest.fixture
def made(engine, tmp_path):
    (tmp_path / "study.toml").write_text(STUDY.format(tickets=COLUMNS, engine=engine))
    return read(open_study(tmp_path))


def test_rows_are_typed_in_utc_and_broken_ones_counted(made):
    typed(made)
    assert counted(made) == [
        *COUNTED,
        ["surveys", "rows", "", 3],
        ["surveys", "quarantined", "customer_id missing", 1],
        ["surveys", "quarantined", "outside its scale (0 to 10): nps score", 1],
        ["surveys", "blank", "score: coded 11", 1],
    ]


def test_the_clean_rows_pass_the_declared_schema(made):
    assert check(made.study.folder).equals(made.audit)


def test_the_fingerprint_is_the_same_twice_and_changes_with_a_row(made, engine, tmp_path):
    import psycopg

    before = made.fingerprint
    assert read(open_study(tmp_path)).fingerprint == before
    with psycopg.connect(engine) as connection:
        connection.execute("UPDATE answers SET score = 4 WHERE id = 'c'")
    assert read(open_study(tmp_path)).fingerprint != before
    with psycopg.connect(engine) as connection:
        connection.execute("UPDATE answers SET score = 3 WHERE id = 'c'")


def test_an_unknown_table_and_a_server_that_does_not_answer(engine, tmp_path):
    (tmp_path / "study.toml").write_text(STUDY.format(tickets=COLUMNS, engine=engine).replace('"tickets"', '"ticket"'))
    with pytest.raises(DataError, match=r'tables.contacts.table is "ticket", which the engine does not have; did you mean "tickets"'):
        read(open_study(tmp_path))
    (tmp_path / "study.toml").write_text(STUDY.format(tickets=COLUMNS, engine="postgres://postgres@127.0.0.1:1/none"))
    with pytest.raises(DataError, match="the engine does not answer"):
        read(open_study(tmp_path))


def test_files_are_left_to_duckdb(engine, tmp_path):
    (tmp_path / "tickets.csv").write_text("id,account\n1,a\n")
    (tmp_path / "study.toml").write_text(STUDY.format(tickets=COLUMNS, engine=engine).replace('table = "tickets"', 'file = "tickets.csv"'))
    with pytest.raises(DataError, match=r'tickets.csv: this engine reads tables of its own. Write table = "name" instead of file'):
        read(open_study(tmp_path))


def test_a_time_stored_as_text_is_refused(engine, tmp_path):
    said = STUDY.format(tickets=COLUMNS, engine=engine).replace('opened_at = "created"', 'opened_at = "happy"')
    (tmp_path / "study.toml").write_text(said)
    with pytest.raises(DataError, match=r'"happy" is text in the warehouse; a time must be stored as a timestamp'):
        read(open_study(tmp_path))


def test_nothing_is_left_behind_in_the_warehouse(made, engine):
    import psycopg

    made.audit, made.fingerprint  # noqa: B018
    with psycopg.connect(engine) as connection:
        names = connection.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'").fetchall()
    assert sorted(name for (name,) in names) == ["answers", "tickets"]


ODD = """
CREATE SCHEMA odd;
CREATE TABLE odd.tickets (id int, account text, created timestamptz);
INSERT INTO odd.tickets VALUES (1, 'a', '2024-05-01'), (2, 'b', '2024-05-01');
CREATE TABLE odd.answers (id int, ticket double precision, score text, region double precision, weight double precision, ease numeric);
INSERT INTO odd.answers VALUES
 (1, 1, '9.0', 2, 1, 'NaN'), (2, 2, '11.0', 999, 1, 999), (3, NULL, '3', 3, 1, 4), (4, 1, '1e999', 2, 1, 1), (5, 1, '7', 2, 'Infinity', 1),
 (6, 1, '7', 2, 1, 'Infinity');
"""
ODD_STUDY = """
engine = "{engine}"
scales.nps = {{ low = 0, high = 10, blank = 11 }}
values.region = {{ 2 = "north" }}
[tables.contacts]
table = "odd.tickets"
columns = {{ contact_id = "id", customer_id = "account", opened_at = "created" }}
[tables.surveys]
table = "odd.answers"
constants = {{ kind = "nps" }}
missing = 999
columns = {{ response_id = "id", contact_id = "ticket", customer_id = "id", score = "score", weight = "weight" }}
keep = ["region", "ease"]
types = {{ region = "text" }}
"""


def test_numbers_as_text_and_as_floats_are_read_as_from_files(engine, tmp_path):
    import psycopg

    with psycopg.connect(engine) as connection:
        connection.execute(ODD)
    (tmp_path / "study.toml").write_text(ODD_STUDY.format(engine=engine))
    made = read(open_study(tmp_path))
    found = made.clean["surveys"].order_by("response_id").execute()
    assert found["contact_id"].fillna("").tolist() == ["1", "2", ""]
    assert found["region"].fillna("").tolist() == ["north", "", "3"]
    assert found["score"].fillna(-1).tolist() == [9, -1, 3]
    assert found["ease"].fillna(-1).tolist() == [-1, -1, 4]
    assert [row[1:] for row in counted(made) if row[1] in ("quarantined", "blank", "orphan")] == [
        ["quarantined", "text in a numeric column: score", 1],
        ["quarantined", "text in a numeric column: weight", 1],
        ["quarantined", "text in a numeric column: ease", 1],
        ["blank", "score: coded 11", 1],
    ]
