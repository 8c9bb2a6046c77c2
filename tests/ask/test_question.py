"""Questions, periods and the catalog: what may be asked, and how mistakes are named."""

from datetime import date, datetime

import pytest

import cxresearch as cx
from cxresearch.ask.catalog import CATALOG, resolve
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.period import parse_period


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"outcome": "nps", "exposure": "nps"}, '"nps" is both the outcome and the exposure'),
        ({"outcome": "nps", "exposure": "wait", "adjust_for": ("wait",)}, '"wait" is both the exposure and a confounder'),
        ({"outcome": "nps", "drivers": ("nps",)}, "it would explain itself"),
        ({"outcome": "nps", "drivers": {"people": ("a",), "product": ("a",)}}, "a driver stands in two blocks"),
        ({"outcome": "nps", "design": "trial"}, 'design is \'trial\'; it must be one of observed, experiment'),
        ({"outcome": "nps", "window": "soon"}, 'window is "soon"; write a number of days'),
        ({"outcome": "nps", "window": "0D"}, 'window is "0D"'),
        ({"outcome": "nps", "cluster": ("a", "b", "c")}, "cluster names 3 columns"),
        ({"outcome": "nps", "adjust_for": 3}, "adjust_for is 3; give a name"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_asked(fields, message):
    with pytest.raises(QuestionError, match=message):
        cx.Question(**fields)


def test_drivers_in_blocks_and_alone():
    assert cx.Question(outcome="nps", drivers={"people": "a", "product": ("b", "c")}).blocks == {"people": ("a",), "product": ("b", "c")}
    alone = cx.Question(outcome="nps", drivers=("a", "b"))
    assert alone.driver_names == ("a", "b")
    assert alone.blocks == {}


def test_a_question_is_frozen_and_equal_by_content():
    assert cx.Question(outcome="nps", where={"plan": "pro"}) == cx.Question(outcome="nps", where={"plan": "pro"})
    with pytest.raises(AttributeError):
        cx.Question(outcome="nps").outcome = "csat"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-q4", date(2025, 10, 1), date(2025, 12, 31)),
        ("2025-H1", date(2025, 1, 1), date(2025, 6, 30)),
        ("2024-Q3..2025-Q2", date(2024, 7, 1), date(2025, 6, 30)),
        ("2025-06-05", date(2025, 6, 5), date(2025, 6, 5)),
    ],
)
def test_periods(text, first, last):
    period = parse_period(text)
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(("text", "lost"), [("2025-01..", "end"), ("2025-01.. ", "end"), ("..2025-01", "beginning")])
def test_a_range_needs_both_ends(text, lost):
    with pytest.raises(QuestionError, match=f'has no {lost}; write both, as in "2025-01..2025-06"'):
        parse_period(text)


def test_a_period_is_cut_by_the_clock_of_the_study():
    start, end = parse_period("2025-03").bounds("Europe/Berlin")
    assert (start, end) == (datetime(2025, 2, 28, 23), datetime(2025, 3, 31, 22))


@pytest.mark.parametrize("text", ["2025-13", "2025-02-30", "Q2 2025", "", "2025-Q2..2025-Q1", "25"])
def test_periods_that_are_none(text):
    with pytest.raises(QuestionError, match=r"period"):
        parse_period(text)


def test_names_become_metrics():
    assert resolve("first_response_hours", CATALOG["first_response_hours"].needs).unit == "hours"
    assert resolve("plan", ["plan"], text={"plan"}).kind == "category"
    assert resolve("wait", ["wait"]).kind == "number"
    assert resolve("rating", ["rating"], outcome=True).kind == "mean"
    with pytest.raises(QuestionError, match="Unit is 'fortnights'; it must be one of seconds"):
        cx.Duration("wait", unit="fortnights")


def test_a_topic_that_is_not_declared_is_asked_as_its_neighbour(tmp_path):
    text = 'name = "x"\n[ask.speed]\noutcome = "nps"\nexposure = "first_response_hours"\n[tables.surveys]\nfile = "s.csv"\n'
    (tmp_path / "study.toml").write_text(text)
    study = cx.open_study(tmp_path)
    assert cx.pose(study, "journey").by == "journey" and cx.pose(study, "journey").exposure == "first_response_hours"
    assert cx.pose(study, "recovery").exposure is None and cx.pose(study, "what_if") == cx.pose(study, "speed")
    assert isinstance(cx.pose(study, "through"), cx.Absent)
