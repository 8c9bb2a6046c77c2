"""Relative periods are made definite once, from the study's own last day where it declares one."""

from datetime import UTC, datetime

import pytest
from making import whole

from cxresearch.ask.errors import RunError
from cxresearch.publish.asked import definite
from cxresearch.publish.plan import read_edition
from cxresearch.publish.shelf import open_notebook

NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)


def study(folder, until="", zone="UTC"):
    folder.mkdir(parents=True, exist_ok=True)
    text = f'name = "s"\ntitle = "S"\ntimezone = "{zone}"\n{until}\n[tables.customers]\nfile = "c.csv"\n[tables.customers.columns]\n'
    (folder / "study.toml").write_text(text + 'customer_id = "id"\n')


@pytest.fixture
def home(tmp_path):
    whole(tmp_path)
    return tmp_path


def period(home, **params):
    return definite(open_notebook(home / "notebooks" / "03_speed.ipynb"), params, NOW)


def test_today_counts_where_no_study_says_otherwise(home):
    assert period(home, period="last full month") == ({"period": "2026-10"}, {"period": "last full month"})
    assert period(home, period="2025-Q2") == ({"period": "2025-Q2"}, {})
    assert period(home) == ({}, {})


def test_it_is_still_yesterday_in_another_zone(home):
    study(home / "data" / "demo", zone="America/Los_Angeles")
    assert period(home, period="last full month")[0] == {"period": "2026-09"}


@pytest.mark.parametrize(
    ("until", "month"),
    [("2025-12-31", "2025-12"), ("2025-12-30", "2025-11"), ("2025-12-31T23:59:59", "2025-12"), ("2030-01-01", "2026-10")],
)
def test_a_record_that_has_ended_is_seen_from_its_end(home, until, month):
    study(home / "data" / "demo", f"observed_until = {until}")
    assert period(home, period="last full month")[0] == {"period": month}


@pytest.mark.parametrize("text", ["last month", "Q2", "2025-13"])
def test_a_period_that_means_nothing_is_named(home, text):
    with pytest.raises(RunError, match='03_speed: period is "'):
        period(home, period=text)


def edition(home, text):
    (home / "notebooks" / "editions.toml").write_text(f'[m]\nnotebooks = ["speed"]\n{text}')
    return read_edition("m", home / "notebooks" / "editions.toml", now=NOW).reports


def test_an_edition_resolves_once_and_remembers_what_was_asked(home):
    (report,) = edition(home, 'params = {period = "last full quarter"}')
    assert (report.params["period"], report.asked) == ("2026-Q3", {"period": "last full quarter"})


def test_a_matrix_of_months_is_written_shortly(home):
    reports = edition(home, 'matrix = {period = "2025-01..2025-12 by month", by = ["a", "b"]}')
    assert len(reports) == 24 and reports[0].slug == "03_speed-2025-01-a" and reports[-1].params["period"] == "2025-12"
    assert reports[0].asked == {"period": "2025-01..2025-12 by month"}
    mixed = edition(home, 'matrix = {period = ["2025", "last full year by half"]}')
    assert [report.params["period"] for report in mixed] == ["2025", "2025-H1", "2025-H2"]
    assert [report.asked for report in mixed] == [{}, *[{"period": "last full year by half"}] * 2]


def test_each_study_is_seen_from_its_own_last_day(home):
    study(home / "data" / "a", "observed_until = 2024-06-30"), study(home / "data" / "b")
    reports = edition(home, 'matrix = {period = ["last full month"], study = ["data/a", "data/b"]}')
    assert [report.params["period"] for report in reports] == ["2024-06", "2026-10"]


@pytest.mark.parametrize("text", ["2025 by week", "last month by day", "2025-02..2025-05 by quarter"])
def test_a_cut_that_cannot_be_is_named(home, text):
    with pytest.raises(RunError, match="03_speed: period is "):
        edition(home, f'matrix = {{period = "{text}"}}')
