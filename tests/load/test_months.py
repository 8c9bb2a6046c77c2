"""What stands on record up to the end of a month: whatever an answer may rest on changes its fingerprint, and what came later does not."""

import shutil

import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.load.months import fingerprints
from cxresearch.load.simulate import simulate

MONTHS = ["2024-12", "2025-01", "2025-02"]
PLAIN = cx.Question("nps", "first_response_hours", ("difficulty",))
SEGMENT = cx.Question("nps", "first_response_hours", ("segment",))
TENURE = cx.Question("nps", "first_response_hours", ("tenure_months",))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("company") / "demo", seed=5, customers=400)


@pytest.fixture(scope="module")
def before(home):
    return {question: fingerprints(cx.open_study(home), question, MONTHS) for question in (PLAIN, SEGMENT, TENURE)}


def changed(home, folder, table, change, question=PLAIN):
    """Return the fingerprints after one table was changed."""
    other = shutil.copytree(home, folder / "demo")
    frame = pd.read_parquet(other / f"{table}.parquet")
    change(frame).to_parquet(other / f"{table}.parquet", index=False)
    return fingerprints(cx.open_study(other), question, MONTHS)


@pytest.mark.parametrize(
    ("table", "date", "column", "value"),
    [
        ("contacts", "opened_at", "difficulty", 9.0),
        ("contacts", "opened_at", "resolved_at", None),
        ("surveys", "answered_at", "score", None),
        ("touches", "at", "ok", None),
        ("orders", "ordered_at", "amount", 0.5),
    ],
)
def test_one_changed_row_changes_its_month_and_the_later_ones(home, before, tmp_path, table, date, column, value):
    def change(frame):
        inside = frame[date].between("2025-01-05", "2025-01-25") & frame[column].notna()
        frame.loc[frame.index[inside][0], column] = value
        return frame

    after = changed(home, tmp_path, table, change)
    assert [after[month] == before[PLAIN][month] for month in MONTHS] == [True, False, False]


def test_a_row_that_is_gone_and_the_order_of_rows(home, before, tmp_path):
    assert changed(home, tmp_path / "a", "contacts", lambda frame: frame.sample(frac=1, random_state=1)) == before[PLAIN]
    late = changed(home, tmp_path / "b", "contacts", lambda frame: frame[frame["opened_at"] < "2025-02-10"])
    assert [late[month] == before[PLAIN][month] for month in MONTHS] == [True, True, False]


def test_customers_count_where_the_question_reads_them(home, before, tmp_path):
    def change(frame):
        return frame.assign(segment="Other")

    assert changed(home, tmp_path / "a", "customers", change) == before[PLAIN]
    after = changed(home, tmp_path / "b", "customers", change, SEGMENT)
    assert all(after[month] != before[SEGMENT][month] for month in MONTHS)


def test_what_is_computed_from_a_column_of_another_name_counts_too(home, before, tmp_path):
    def change(frame):
        return frame.assign(joined_at=frame["joined_at"] - pd.Timedelta(days=40))

    assert changed(home, tmp_path / "a", "customers", change) == before[PLAIN]
    after = changed(home, tmp_path / "b", "customers", change, TENURE)
    assert all(after[month] != before[TENURE][month] for month in MONTHS)
