"""Contracts: rows that break a rule are quarantined with the rule and counted, never dropped in silence."""

import random
from pathlib import Path

import pandas as pd
import pytest

from cxresearch.ask.errors import StudyError
from cxresearch.ask.study import open_study
from cxresearch.load.contracts import check, read

CONTACTS = "contact_id,customer_id,opened_at,first_response_at,resolved_at,transfers,sla_met\n"
GOOD = "1,a,2024-05-01 10:00:00,2024-05-01 11:00:00,2024-05-02 10:00:00,0,yes\n"
SURVEYS = "response_id,customer_id,contact_id,invited_at,answered_at,kind,score\n"
ANSWER = "r1,a,1,2024-05-03,2024-05-04,nps,9\n"
SCALES = "[scales.nps]\nlow = 0\nhigh = 10\nblank = [11]\n[scales.csat]\nlow = 1\nhigh = 5\n"


def tables(
    folder: Path, contacts: str = CONTACTS + GOOD, surveys: str | None = None, *, top: str = "observed_until = 2024-12-31", more: str = ""
):
    (folder / "contacts.csv").write_text(contacts)
    declared = f'{top}\n{SCALES}\n[tables.contacts]\nfile = "contacts.csv"\n{more}\n'
    if surveys is not None:
        (folder / "surveys.csv").write_text(surveys)
        declared += '[tables.surveys]\nfile = "surveys.csv"\n'
    (folder / "study.toml").write_text(declared)
    return read(open_study(folder))


def counted(made, thing: str = "quarantined", table: str | None = None) -> dict[str, int]:
    rows = made.audit[(made.audit["thing"] == thing) & ((made.audit["table"] == table) | (table is None))]
    return dict(zip(rows["detail"], rows["n"], strict=True))


def test_a_sound_row_passes_and_nothing_is_counted(tmp_path):
    made = tables(tmp_path, CONTACTS + GOOD, SURVEYS + ANSWER)
    assert counted(made) == {}
    assert made.clean["contacts"].execute()["sla_met"].tolist() == [1]
    assert check(tmp_path).equals(made.audit)


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("2,a,2024-05-01 10:00:00,,2024-04-30 10:00:00,0,no", "resolved before opened"),
        ("2,a,2024-05-01 10:00:00,2024-05-01 09:00:00,,0,no", "answered before opened"),
        ("2,a,2025-01-01 00:00:00,,,0,no", "date in the future: opened_at"),
        ("2,a,2024-05-01 10:00:00,,2026-01-01,0,no", "date in the future: resolved_at"),
        ("2,a,1970-01-01 00:00:00,,,0,no", "date before 1971: opened_at"),
        ("2,a,45413,,,0,no", "date not readable: opened_at"),
        ("2,a,31/02/2024,,,0,no", "date not readable: opened_at"),
        ("2,a,2024-05-01,,,many,no", "text in a numeric column: transfers"),
        ("2,a,2024-05-01,,,1.5,no", "text in a numeric column: transfers"),
        ("2,a,2024-05-01,,,-1,no", "negative: transfers"),
        ("2,a,2024-05-01,,,0,perhaps", "neither yes nor no: sla_met"),
        ("2,,2024-05-01,,,0,no", "customer_id missing"),
        (",a,2024-05-01,,,0,no", "contact_id missing"),
        ("2,a,,,,0,no", "opened_at missing"),
    ],
)
def test_a_contact_that_breaks_a_rule(tmp_path, row, rule):
    made = tables(tmp_path, CONTACTS + GOOD + row + "\n")
    assert counted(made) == {rule: 1}
    assert made.clean["contacts"].execute()["contact_id"].tolist() == ["1"]
    assert made.audit.query("thing == 'rows'")[["n", "of"]].to_numpy().tolist() == [[1, 2]]


def test_the_first_rule_counts(tmp_path):
    assert counted(tables(tmp_path, CONTACTS + GOOD + "2,,soon,,,many,no\n")) == {"date not readable: opened_at": 1}


def test_a_repeated_id_keeps_one_row_whatever_the_order(tmp_path):
    rows = [GOOD, GOOD.replace(",0,", ",1,"), GOOD.replace(",0,", ",2,"), GOOD.replace("1,a", "2,a")]
    made = tables(tmp_path, CONTACTS + "".join(rows))
    assert counted(made) == {"contact_id repeated (one row kept)": 2}
    kept = made.clean["contacts"].order_by("contact_id").execute()
    other = tables(tmp_path, CONTACTS + "".join(reversed(rows))).clean["contacts"].order_by("contact_id").execute()
    pd.testing.assert_frame_equal(kept, other)


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("r2,a,1,2024-05-03,2024-05-04,nps,12", "outside its scale (0 to 10): nps score"),
        ("r2,a,1,2024-05-03,2024-05-04,csat,0", "outside its scale (1 to 5): csat score"),
        ("r2,a,1,2024-05-03,2024-05-04,stars,3", "no scale declared for this kind of survey"),
        ("r2,a,1,2024-05-03,2024-05-02,nps,3", "answered before invited"),
        ("r2,a,1,2024-05-03,2024-05-04,nps,good", "text in a numeric column: score"),
    ],
)
def test_an_answer_that_breaks_a_rule(tmp_path, row, rule):
    assert counted(tables(tmp_path, CONTACTS + GOOD, SURVEYS + ANSWER + row + "\n")) == {rule: 1}


def test_blank_codes_are_missing_and_counted(tmp_path):
    made = tables(tmp_path, CONTACTS + GOOD, SURVEYS + ANSWER + "r2,a,1,2024-05-03,2024-05-04,nps,\nr3,a,1,2024-05-03,,nps,\n")
    assert counted(made, "blank") == {"score: empty": 1}
    (tmp_path / "surveys.csv").write_text("response_id,customer_id,score\nr1,a,9\nr2,a,11\nr3,a,\n")
    (tmp_path / "study.toml").write_text(SCALES + '[tables.surveys]\nfile = "surveys.csv"\nconstants = { kind = "nps" }\n')
    made = read(open_study(tmp_path))
    assert counted(made, "blank") == {"score: coded 11": 1, "score: empty": 1}
    assert made.clean["surveys"].order_by("response_id").execute()["score"].tolist()[:1] == [9.0]
    assert counted(made, "missing") == {"score": 2}


def test_blank_codes_belong_to_a_kind_of_survey(tmp_path):
    made = tables(tmp_path, CONTACTS + GOOD, SURVEYS + ANSWER.replace("nps,9", "nps,11") + "r2,a,1,2024-05-03,2024-05-04,csat,11\n")
    assert counted(made, "blank") == {"score: coded 11": 1}
    assert counted(made) == {"outside its scale (1 to 5): csat score": 1}


def test_a_kind_without_a_scale_is_refused(tmp_path):
    (tmp_path / "surveys.csv").write_text("response_id,customer_id,score\nr1,a,9\n")
    (tmp_path / "study.toml").write_text('[tables.surveys]\nfile = "surveys.csv"\nconstants = { kind = "nps" }\n')
    with pytest.raises(StudyError, match=r'scales.nps is missing. Surveys of kind "nps" need a declared scale'):
        read(open_study(tmp_path))


def test_an_answer_about_an_unknown_contact_is_kept_and_counted(tmp_path):
    made = tables(tmp_path, CONTACTS + GOOD, SURVEYS + ANSWER.replace("a,1,", "a,99,"))
    assert counted(made, "orphan") == {"contact_id not among the contacts (kept)": 1}
    assert made.clean["surveys"].count().execute() == 1


def test_na_and_none_stay_text_unless_declared(tmp_path):
    content = "contact_id,customer_id,opened_at,reason\nNA,None,2024-05-01,NA\n"
    assert tables(tmp_path, content).clean["contacts"].execute()[["contact_id", "customer_id", "reason"]].to_numpy().tolist() == [
        ["NA", "None", "NA"]
    ]
    made = tables(tmp_path, content, more='missing = { reason = ["NA"] }')
    assert made.clean["contacts"].execute()["reason"].isna().all()
    assert made.clean["contacts"].execute()["contact_id"].tolist() == ["NA"]


def test_local_times_become_utc_over_the_change_of_clocks(tmp_path):
    rows = "1,a,2024-03-31 01:30:00,2024-03-31 03:30:00,,0,no\n2,a,2024-07-01 12:00:00+00:00,2024-07-01T16:00:00+02:00,,0,no\n"
    made = tables(tmp_path, CONTACTS + rows, top='timezone = "Europe/Berlin"')
    frame = made.clean["contacts"].order_by("contact_id").execute()
    assert frame["opened_at"].astype(str).tolist() == ["2024-03-31 00:30:00", "2024-07-01 12:00:00"]
    assert frame["first_response_at"].astype(str).tolist() == ["2024-03-31 01:30:00", "2024-07-01 14:00:00"]


def test_a_declared_date_format_decides_day_and_month(tmp_path):
    content = "contact_id,customer_id,opened_at\n1,a,03/04/2024 09:05\n"
    made = tables(tmp_path, content, more='date_format = "%d/%m/%Y %H:%M"')
    assert made.clean["contacts"].execute()["opened_at"].astype(str).tolist() == ["2024-04-03 09:05:00"]


def test_decimal_commas(tmp_path):
    content = "contact_id;customer_id;opened_at;sla_target\n1;a;2024-05-01;1.234,5\n"
    made = tables(tmp_path, content, more='delimiter = ";"\ndecimal = ","')
    assert made.clean["contacts"].execute()["sla_target"].tolist() == [1234.5]


def test_codes_become_labels(tmp_path):
    content = "contact_id,customer_id,opened_at,channel\n1,a,2024-05-01,2\n2,a,2024-05-01,9\n"
    made = tables(tmp_path, content, top='[values.channel]\n"2" = "phone"')
    assert made.clean["contacts"].order_by("contact_id").execute()["channel"].tolist() == ["phone", "9"]


def test_the_last_event_of_each_contact_counts(tmp_path):
    content = "contact_id,customer_id,opened_at,transfers,step\n1,a,2024-05-01,0,9\n1,a,2024-05-01,3,10\n2,a,2024-05-01,1,0\n"
    made = tables(tmp_path, content, more='[tables.contacts.latest]\nper = "contact_id"\norder = "step"')
    assert made.clean["contacts"].order_by("contact_id").execute()["transfers"].tolist() == [3, 1]
    assert counted(made, "source") == {"rows read; the latest of each is kept": 3}


def test_without_a_declared_end_only_gross_errors_can_be_told(tmp_path):
    content = CONTACTS + GOOD + GOOD.replace("1,a", "2,a") + GOOD.replace("1,a,2024", "3,a,2044")
    assert counted(tables(tmp_path, content, top="")) == {"date in the future: opened_at": 1}


def test_surveys_without_a_customer_take_the_one_of_their_contact(tmp_path):
    surveys = "response_id,contact_id,kind,score\nr1,1,nps,9\nr2,99,nps,9\n"
    made = tables(tmp_path, CONTACTS + GOOD, surveys)
    assert made.clean["surveys"].execute()["customer_id"].tolist() == ["a"]
    assert counted(made, table="surveys") == {"customer_id missing": 1}


def test_the_fingerprint_ignores_the_order_of_rows_and_nothing_else(tmp_path):
    rows = [GOOD.replace("1,a", f"{number},a") for number in range(20)]
    first = tables(tmp_path, CONTACTS + "".join(rows)).fingerprint
    random.Random(1).shuffle(rows)
    assert tables(tmp_path, CONTACTS + "".join(rows)).fingerprint == first
    assert tables(tmp_path, CONTACTS + "".join(rows[1:])).fingerprint != first
    assert tables(tmp_path, CONTACTS + "".join(rows), top="observed_until = 2025-12-31").fingerprint != first


def test_large_files_stay_where_they_are(tmp_path, monkeypatch):
    frame = pd.DataFrame(
        {
            "contact_id": ["1", "2"],
            "customer_id": ["a", "a"],
            "opened_at": pd.to_datetime(["2024-05-01"] * 2),
            "effort": [1.0, float("nan")],
        }
    )
    frame.to_parquet(tmp_path / "contacts.parquet")
    (tmp_path / "study.toml").write_text('[tables.contacts]\nfile = "contacts.parquet"\nkeep = ["effort"]\n')
    held = read(open_study(tmp_path))
    monkeypatch.setattr("cxresearch.load.contracts.HELD_ROWS", 1)
    named = read(open_study(tmp_path))
    assert held.fingerprint == named.fingerprint
    assert counted(named, "missing") == {"effort": 1}


def test_a_scale_of_text_is_refused_by_name(tmp_path):
    with pytest.raises(StudyError, match=r'"kind" of tables.surveys is text, and a scale is declared for it. Take it out'):
        tables(tmp_path, CONTACTS + GOOD, SURVEYS + ANSWER, top='scales.rating = { low = 1, high = 5, columns = ["kind"] }')


def test_a_column_that_contacts_and_customers_both_bring_is_refused(tmp_path):
    (tmp_path / "people.csv").write_text("customer_id,channel\na,shop\n")
    more = '[tables.customers]\nfile = "people.csv"\n'
    with pytest.raises(
        StudyError, match=r'tables.customers and tables.contacts both have a column "channel".*customer_channel = "channel"'
    ):
        tables(tmp_path, "contact_id,customer_id,opened_at,channel\n1,a,2024-05-01,phone\n", more=more + 'keep = ["channel"]\n')
    renamed = 'columns = { customer_id = "customer_id", customer_channel = "channel" }\n'
    assert tables(tmp_path, "contact_id,customer_id,opened_at,channel\n1,a,2024-05-01,phone\n", more=more + renamed).rows["customers"] == 1
