"""Business hours against counting every minute, over random calendars, and what study.toml may say about them."""

from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from server import postgres

import cxresearch as cx
from cxresearch.ask.calendar import DAYS, Calendar
from cxresearch.ask.errors import QuestionError, StudyError
from cxresearch.load.calendars import open_seconds
from cxresearch.load.simulate import simulate

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
FIRST = pd.Timestamp("2025-03-24")
OFFICE = Calendar("support", DAYS[:5], 9 * 3600, 17 * 3600, (date(2025, 1, 1), date(2025, 4, 18)), "Europe/Berlin")


def working(local, calendar):
    """Whether somebody works in the minute that begins at each local time."""
    seconds = local.hour * 3600 + local.minute * 60
    free = local.normalize().isin(pd.to_datetime(list(calendar.holidays)))
    return (
        local.day_of_week.isin([DAYS.index(day) for day in calendar.days]) & (seconds >= calendar.start) & (seconds < calendar.end) & ~free
    )


def by_the_wall_clock(start, end, calendar):
    """Seconds of work, minute by minute, between what the clock on the wall shows at both ends."""
    local = [instant.tz_localize("UTC").tz_convert(calendar.zone).tz_localize(None) for instant in (start, end)]
    return 60 * int(working(pd.date_range(*local, freq="min", inclusive="left"), calendar).sum())


def by_the_minute(start, end, calendar):
    """Seconds of work, minute by minute as they really pass."""
    passed = pd.date_range(start, end, freq="min", inclusive="left", tz="UTC").tz_convert(calendar.zone).tz_localize(None)
    return 60 * int(working(passed, calendar).sum())


def computed(pairs, calendar, connection=None):
    frame = pd.DataFrame(pairs, columns=["start", "end"]).astype("datetime64[us]")
    table = ibis.memtable(frame.assign(at=range(len(frame))))
    asked = table.select("at", found=open_seconds(table.start, table.end, calendar)).order_by("at")
    return (connection or ibis.duckdb.connect()).execute(asked)["found"].to_numpy()


@st.composite
def calendars(draw, *, night=True):
    days = draw(st.sets(st.sampled_from(DAYS), min_size=1))
    start = draw(st.integers(0 if night else 4 * 60, 23 * 60))
    end = draw(st.integers(start + 1, 24 * 60))
    free = draw(st.sets(st.dates(date(2025, 3, 20), date(2025, 5, 5)), max_size=6))
    working = tuple(day for day in DAYS if day in days)
    kept = tuple(sorted(day for day in free if DAYS[day.weekday()] in working))
    return Calendar("support", working, 60 * start, 60 * end, kept, draw(st.sampled_from(ZONES)))


INSTANTS = st.tuples(st.integers(0, 30 * 1440), st.integers(0, 12 * 1440)).map(
    lambda ends: (FIRST + pd.Timedelta(minutes=ends[0]), FIRST + pd.Timedelta(minutes=sum(ends)))
)


MANY = [pytest.param(10, id="some"), pytest.param(60, id="many", marks=pytest.mark.slow)]


@pytest.mark.parametrize("examples", MANY)
def test_business_hours_are_what_counting_every_minute_of_the_wall_clock_gives(examples):
    @settings(max_examples=examples, deadline=None)
    @given(calendars(), st.lists(INSTANTS, min_size=4, max_size=20))
    def alike(calendar, pairs):
        np.testing.assert_array_equal(computed(pairs, calendar), [by_the_wall_clock(*pair, calendar) for pair in pairs])

    alike()


@pytest.mark.parametrize("examples", MANY)
def test_who_rests_at_night_loses_nothing_when_clocks_are_turned(examples):
    """From four in the morning on no clock is turned: wall time is time."""

    @settings(max_examples=examples, deadline=None)
    @given(calendars(night=False), st.lists(INSTANTS, min_size=4, max_size=20))
    def alike(calendar, pairs):
        np.testing.assert_array_equal(computed(pairs, calendar), [by_the_minute(*pair, calendar) for pair in pairs])

    alike()


def test_a_working_week_weekends_holidays_and_the_hour_that_is_not_there():
    said = [
        ("2025-01-06 08:00", "2025-01-13 08:00", 40 * 3600),
        ("2024-12-31 15:00", "2025-01-02 09:00", 3600 + 2 * 3600 - 3600),
        ("2025-03-28 15:30", "2025-03-31 07:30", 30 * 60 + 30 * 60),
        ("2025-01-11 10:00", "2025-01-12 22:00", 0),
        ("1969-12-29 08:00", "1970-01-05 08:00", 40 * 3600),
        ("2025-01-06 09:30:07", "2025-01-06 09:30:19", 12),
        ("2025-01-07 12:00", "2025-01-07 11:00", 0),
    ]
    pairs = [(pd.Timestamp(start), pd.Timestamp(end)) for start, end, _ in said]
    assert computed(pairs, OFFICE).tolist() == [seconds for *_, seconds in said]


def test_what_is_missing_stays_missing():
    assert np.isnan(computed([(FIRST, pd.NaT)], OFFICE)[0])


def test_many_holidays_are_no_burden():
    free = tuple(day.date() for day in pd.bdate_range("2015-01-01", periods=400, freq="5B"))
    calendar = Calendar("support", DAYS[:5], 0, 86400, free, "UTC")
    assert computed([(pd.Timestamp("2015-01-01"), pd.Timestamp("2025-01-01"))], calendar)[0] == 86400 * (
        len(pd.bdate_range("2015-01-01", "2024-12-31")) - sum(day < date(2025, 1, 1) for day in free)
    )


@pytest.mark.postgres
def test_postgres_counts_alike():
    rng = np.random.default_rng(3)
    starts = FIRST + pd.to_timedelta(rng.integers(0, 60 * 1440, 400), unit="min")
    pairs = list(zip(starts, starts + pd.to_timedelta(rng.integers(0, 20 * 86400, 400), unit="s"), strict=True))
    with postgres() as address:
        connection = ibis.connect(address)
        for calendar in (OFFICE, Calendar("all", DAYS, 0, 86400, (date(2025, 4, 1),), "America/New_York")):
            np.testing.assert_array_equal(computed(pairs, calendar, connection), computed(pairs, calendar))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("company") / "demo", seed=5, customers=600)


def declared(folder, into, text):
    for file in folder.iterdir():
        (into / file.name).write_bytes(file.read_bytes())
    (into / "study.toml").write_text((folder / "study.toml").read_text() + text)
    return into


CALENDAR = """
[calendars.support]
days = ["fri", "mon", "tue", "wed", "thu"]
open = "09:00"
close = "17:00"
holidays = ["2025-04-18", 2025-01-01, "2025-06-07"]
zone = "Europe/Berlin"
"""


def test_a_wait_in_business_hours_also_of_those_who_still_wait(folder, tmp_path):
    study = cx.open_study(declared(folder, tmp_path, CALENDAR))
    assert study.calendars["support"] == Calendar("support", DAYS[:5], 32400, 61200, (date(2025, 1, 1), date(2025, 4, 18)), "Europe/Berlin")
    data = cx.link(study, cx.Question(outcome="resolution_business_hours"), period="2025-Q4")
    found, contacts = data.frame(), pd.read_parquet(folder / "contacts.parquet").set_index("contact_id")
    rows = contacts.loc[found["unit_id"]]
    end = pd.Timestamp("2026-01-01")
    some = [*range(60), *np.flatnonzero(found["resolution_business_hours"].isna())[:30]]
    assert found["resolution_business_hours"].isna().sum() > 0
    calendar = study.calendars["support"]
    minute = [(o.floor("min"), (r if r == r else end).floor("min")) for o, r in zip(rows["opened_at"], rows["resolved_at"], strict=True)]
    expected = [by_the_minute(*minute[at], calendar) / 3600 for at in some]
    np.testing.assert_allclose(found["y_elapsed"].to_numpy()[some], expected, atol=2 / 60)
    known = found["resolution_business_hours"].notna()
    np.testing.assert_array_equal(found.loc[known, "resolution_business_hours"], found.loc[known, "y_elapsed"])
    (said,) = [text for label, text in data.describe()["definitions"] if "business" in label]
    assert "Monday to Friday, 09:00 to 17:00 (Europe/Berlin), without 2 holidays" in said


def test_business_hours_go_with_the_score_too(folder, tmp_path):
    study = cx.open_study(declared(folder, tmp_path, CALENDAR))
    question = cx.Question(outcome="nps", exposure="first_response_business_hours", adjust_for=("difficulty", "channel"))
    data = cx.link(study, question, period="2025")
    shorter = cx.link(study, cx.pose(study, "speed"), period="2025").frame().set_index("unit_id")["first_response_hours"]
    found = data.frame().set_index("unit_id")["first_response_business_hours"]
    assert (found <= shorter[found.index] + 1e-9).all() and (found < shorter[found.index]).mean() > 0.3
    assert cx.effect(data, contrast="auto").row("adjusted").n == data.rows


def test_without_a_calendar_the_question_is_absent(folder):
    study = cx.open_study(folder)
    missing = cx.link(study, cx.Question(outcome="nps", exposure="first_response_business_hours"))
    assert isinstance(missing, cx.Absent)
    assert "needs a calendar, which this study does not declare: write [calendars.support]" in missing.reason
    frame = pd.DataFrame({"who": [1, 2], "opened_at": [FIRST] * 2, "resolved_at": [FIRST] * 2, "known_at": [FIRST] * 2})
    with pytest.raises(QuestionError, match="only a study can declare one"):
        cx.from_frame(frame, cx.Question(outcome="resolution_business_hours"), customer="who")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"fri", "mon"', '"fri", "monday"', r"calendars\.support\.days names 'monday'; name days among mon, tue, .* sun\."),
        ('days = ["fri", "mon", "tue", "wed", "thu"]', "", r"calendars\.support\.days is missing"),
        ('open = "09:00"', 'open = "9 am"', r'calendars\.support\.open is "9 am"; write a time of day such as "09:00"'),
        ('close = "17:00"', 'close = "24:30"', r'calendars\.support\.close is "24:30"; .* at most "24:00"'),
        ('close = "17:00"', 'close = "08:00"', r'calendars\.support\.close is "08:00"; it must be later on the same day than open, 09:00'),
        ('"2025-04-18"', '"18.4.2025"', r"calendars\.support\.holidays names '18\.4\.2025'; write each date as \"2025-01-01\"\."),
        ("Europe/Berlin", "Europe/Atlantis", r'calendars\.support\.zone is "Europe/Atlantis"; write a zone'),
        ("open =", "opens =", r'calendars\.support\.opens is not a known key; did you mean "open"'),
    ],
)  # fmt: skip
def test_mistakes_in_a_calendar_name_file_key_and_what_is_allowed(tmp_path, old, new, message):
    (tmp_path / "study.toml").write_text(f'[tables.contacts]\nfile = "a.csv"\n{CALENDAR.replace(old, new)}')
    with pytest.raises(StudyError, match=rf"study\.toml: {message}"):
        cx.open_study(tmp_path)
