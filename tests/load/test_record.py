"""The end of the record, which a few stray dates do not move, and rows without the date that would place them."""

import shutil
from datetime import datetime

import ibis
import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.load.opened import tables_of
from cxresearch.load.record import record_of
from cxresearch.load.simulate import simulate
from cxresearch.load.units import horizon_of

DECLARED = "observed_until = 2025-12-31\n"
SETTLE = "Write observed_until in study.toml to settle where the record ends."
KEPT = cx.Question(outcome="kept_90d")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("company") / "demo", seed=5, customers=600)


@pytest.fixture(scope="module")
def frames(folder):
    return {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}


@pytest.fixture
def changed(folder, frames, tmp_path):
    """Write the company anew with some tables changed, and without a declared end."""

    def write(declared=False, **tables):
        study = tmp_path / f"study{len(list(tmp_path.iterdir()))}"
        shutil.copytree(folder, study)
        if not declared:
            text = (study / "study.toml").read_text()
            (study / "study.toml").write_text(text.replace(DECLARED, ""))
            tables = {"customers": frames["customers"], **tables}
            tables["customers"] = tables["customers"].drop(columns="observed_until")
        for name, frame in tables.items():
            frame.to_parquet(study / f"{name}.parquet", index=False)
        return cx.open_study(study)

    return write


def check_of(data, name):
    found = [check for check in data.checks if check.name == name]
    assert len(found) <= 1
    return found[0] if found else None


def estimate(data):
    return float(cx.measure(data).estimates.iloc[0].estimate)


def far(frames, rows=1):
    contacts = frames["contacts"].copy()
    contacts.loc[contacts.index[:rows], ["opened_at", "first_response_at", "resolved_at"]] = [pd.Timestamp("2031-03-01"), pd.NaT, pd.NaT]
    return contacts


def test_a_declared_end_holds_and_is_named(changed):
    data = cx.link(changed(declared=True), KEPT, period="2025-Q2")
    assert check_of(data, "end of record").status == "passed"
    assert check_of(data, "end of record").detail == "Observed until 31 December 2025, as study.toml declares."


def test_without_one_the_last_event_ends_the_record_and_the_check_names_its_column(changed, frames):
    data = cx.link(changed(), KEPT, period="2025-Q2")
    assert check_of(data, "end of record").status == "passed"
    assert check_of(data, "end of record").detail == "Observed until 31 December 2025, the last date on record (touches, at)."
    contacts, surveys = frames["contacts"], frames["surveys"]
    contacts = contacts[~(contacts["resolved_at"] < contacts["opened_at"])]
    stamps = [contacts[name].max() for name in ("opened_at", "first_response_at", "resolved_at")]
    stamps += [
        surveys["invited_at"].max(),
        surveys["answered_at"].max(),
        frames["orders"]["ordered_at"].max(),
        frames["touches"]["at"].max(),
    ]
    assert horizon_of(tables_of(data.study).clean, data.study) == max(stamps).to_pydatetime()


@pytest.mark.parametrize("rows", [1, 20])
def test_stray_dates_do_not_say_that_everybody_stayed(changed, frames, rows):
    study = changed(contacts=far(frames, rows))
    late = cx.link(study, KEPT, period="2025-Q4")
    assert isinstance(late, cx.Absent)
    assert "nothing is known after 2025-12-31" in late.reason and SETTLE in late.reason
    early, clean = (cx.link(each, KEPT, period="2025-Q2") for each in (study, changed()))
    assert estimate(early) == estimate(clean) < 1
    found = check_of(early, "end of record")
    assert found.status == "doubt" and SETTLE in found.detail
    one = "lies more than 30 days after all others, on 1 March 2031, and is set aside"
    many = "lie more than 30 days after all others, up to 1 March 2031, and are set aside"
    assert (one if rows == 1 else many) in found.detail and f"{rows} of " in found.detail and "(contacts)" in found.detail


def test_open_contacts_wait_until_the_end_and_not_until_a_stray_date(changed, frames):
    question = cx.Question(outcome="resolution_hours")
    clean, stray = (cx.link(changed(**tables), question, period="2025-Q4").frame() for tables in ({}, {"contacts": far(frames)}))
    longest = [frame["y_elapsed"][frame["resolution_hours"].isna()].max() for frame in (clean, stray)]
    assert longest[0] == longest[1] < 24 * 92
    whole = cx.link(changed(contacts=far(frames)), question)
    assert (whole.frame()["y_elapsed"] >= 0).all() and whole.rows == len(tables_of(whole.study).clean["contacts"].execute()) - 1


def test_a_leaving_told_of_ahead_does_not_move_the_end(changed, frames):
    people = frames["customers"].copy()
    staying = people.index[people["left_at"].isna()][:40]
    people.loc[staying, "left_at"] = pd.Timestamp("2026-06-01")
    assert isinstance(cx.link(changed(customers=people), KEPT, period="2025-Q4"), cx.Absent)
    before, after = (cx.link(changed(customers=table), KEPT, period="2025-Q2") for table in (frames["customers"], people))
    assert estimate(before) == estimate(after) and before.rows == after.rows
    assert check_of(after, "end of record").status == "passed"


def written(rows):
    return ibis.memtable(pd.DataFrame({"ordered_at": pd.to_datetime(rows)}))


def record(tmp_path, **tables):
    (tmp_path / "study.toml").write_text('[tables.orders]\nfile = "orders.csv"\n')
    return record_of(tables, cx.open_study(tmp_path))


def test_a_record_that_thins_out_or_pauses_keeps_its_last_rows(tmp_path):
    days = pd.date_range("2025-01-01", periods=100)
    thin = record(tmp_path, orders=written([*days, "2025-05-10", "2025-06-09", "2025-07-08"]))
    assert thin.end == datetime(2025, 7, 8) and thin.check.status == "passed" and thin.beyond == 0
    paused = record(tmp_path, orders=written([*days, *(days + pd.Timedelta("365D"))[:6]]))
    assert paused.end == datetime(2026, 1, 6) and paused.beyond == 0
    stray = record(tmp_path, orders=written([*days, *(days + pd.Timedelta("365D"))[:5]]))
    assert stray.end == days[-1].to_pydatetime() and stray.beyond == 5
    assert record(tmp_path, orders=written(["2025-01-01", "2025-06-01"])).end == datetime(2025, 6, 1)


def test_tables_that_are_sparse_alone_are_looked_at_together(tmp_path):
    days = pd.date_range("2025-01-01", periods=300)
    touches = ibis.memtable(pd.DataFrame({"at": pd.to_datetime([*days[:100], "2025-10-20"])}))
    assert record(tmp_path, orders=written(days), touches=touches).end == datetime(2025, 10, 27)


def test_customers_alone_end_their_record_with_a_doubt(tmp_path):
    people = pd.DataFrame({"joined_at": pd.to_datetime(["2024-01-01", "2024-06-01"]), "left_at": pd.to_datetime([None, "2025-02-03"])})
    found = record(tmp_path, customers=ibis.memtable(people))
    assert found.end == datetime(2025, 2, 3) and found.check.status == "doubt"
    assert "3 February 2025, the last date on record (customers, left_at): a leaving told of ahead would move it" in found.check.detail
    dated = ibis.memtable(people.assign(joined_at=pd.NaT, left_at=pd.NaT).astype("datetime64[us]"))
    assert record(tmp_path, customers=dated).end is None


def test_customers_without_a_date_of_joining_are_counted(changed, frames):
    people = frames["customers"].copy()
    people.loc[people.index % 5 == 0, "joined_at"] = pd.NaT
    data = cx.link(changed(declared=True, customers=people), KEPT, period="2025-Q2", where={"segment": "consumer"})
    mark = pd.Timestamp("2025-07-01")
    there = people[(people["segment"] == "consumer") & ~(people["left_at"] <= mark) & ~(people["joined_at"] > mark)]
    lost = int(there["joined_at"].isna().sum())
    found = check_of(data, "without a date")
    assert found.status == "doubt" and data.rows == len(there) - lost
    assert found.detail == (
        f"{lost} of {len(there)} customers have no date of joining (joined_at): whether they were with us on 1 July 2025 is not known, "
        "and they are left out."
    )
    people["joined_at"] = people["joined_at"].where(people.index % 2 == 0)
    assert check_of(cx.link(changed(declared=True, customers=people), KEPT, period="2025-Q2"), "without a date").status == "failed"


def test_scores_without_a_date_are_counted_among_those_who_were_asked_about(changed, frames):
    surveys = frames["surveys"].copy()
    surveys.loc[surveys["score"].notna() & (surveys.index % 5 == 0), "answered_at"] = pd.NaT
    study = changed(declared=True, surveys=surveys)
    said = surveys[(surveys["kind"] == "nps") & surveys["score"].notna()]
    lost = int(said["answered_at"].isna().sum())
    data = cx.link(study, cx.Question(outcome="nps"))
    found = check_of(data, "without a date")
    assert found.status == "doubt" and data.rows == len(said) - lost
    assert found.detail == (
        f"{lost:,} of {len(said):,} answers on record have no date (answered_at): when they were given is not known, and they are left out."
    )
    theirs = said.merge(frames["customers"][["customer_id", "plan"]], on="customer_id").query("plan == 'basic'")
    lost = int(theirs["answered_at"].isna().sum())
    among = check_of(cx.link(study, cx.Question(outcome="nps"), where="plan=basic"), "without a date")
    assert among.detail.startswith(f"{lost:,} of {len(theirs):,} answers ")


def test_a_score_is_an_answer_with_or_without_its_date(changed, frames):
    surveys = frames["surveys"].copy()
    surveys.loc[surveys["score"].notna() & (surveys.index % 3 == 0), "answered_at"] = pd.NaT
    question = cx.Question(outcome="response_rate")
    rates = [estimate(cx.link(changed(declared=True, surveys=table), question)) for table in (frames["surveys"], surveys)]
    assert rates[0] == rates[1] == pytest.approx(frames["surveys"]["score"].notna().mean(), abs=1e-3)
    surveys["answered_at"] = surveys["answered_at"].where(np.arange(len(surveys)) < 0)
    answered = surveys[surveys["score"].notna()]
    silent = cx.link(changed(declared=True, surveys=answered), question)
    assert isinstance(silent, cx.Absent) and "Only answers are on record" in silent.reason


def test_where_every_date_is_there_nothing_is_said(changed):
    for question in (KEPT, cx.Question(outcome="nps")):
        assert check_of(cx.link(changed(declared=True), question, period="2025-Q2"), "without a date") is None
