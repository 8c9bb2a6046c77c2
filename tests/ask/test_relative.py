"""Periods seen from a day, and long periods cut into months."""

from datetime import date

import pytest

from cxresearch.ask.errors import QuestionError
from cxresearch.ask.period import parse_period
from cxresearch.ask.relative import is_relative, resolve, split


@pytest.mark.parametrize(
    ("text", "today", "period"),
    [
        ("last full month", date(2026, 1, 1), "2025-12"),
        ("last full month", date(2026, 1, 31), "2025-12"),
        ("Last  full Month", date(2024, 3, 1), "2024-02"),
        ("last full quarter", date(2026, 2, 28), "2025-Q4"),
        ("last full quarter", date(2026, 4, 1), "2026-Q1"),
        ("last full half", date(2026, 6, 30), "2025-H2"),
        ("last full year", date(2026, 11, 22), "2025"),
        ("last 12 full months", date(2026, 11, 22), "2025-11..2026-10"),
        ("last 1 full month", date(2026, 11, 22), "2026-10"),
        ("last 2 full quarters", date(2026, 1, 1), "2025-Q3..2025-Q4"),
        ("last 3 full years", date(2026, 1, 1), "2023..2025"),
        ("2025-Q2", date(2026, 1, 1), "2025-Q2"),
    ],
)
def test_what_is_full_lies_before_the_day(text, today, period):
    assert resolve(text, today) == period
    assert parse_period(period).last < today


@pytest.mark.parametrize("text", ["last month", "last full week", "this month", "last 0 full months", "previous quarter", "last full"])
def test_what_means_no_period_is_named_with_what_does(text):
    assert is_relative(text)
    with pytest.raises(QuestionError, match='"last full month"'):
        resolve(text, date(2026, 1, 1))


def test_a_long_period_is_cut_into_its_parts():
    day = date(2026, 1, 15)
    assert split("2025-01..2025-12 by month", day) == [f"2025-{month:02d}" for month in range(1, 13)]
    assert split("last 12 full months by month", day) == split("2025 by month", day)
    assert split("2024..2025 by half", day) == ["2024-H1", "2024-H2", "2025-H1", "2025-H2"]
    assert split("last full year by quarter", day) == ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"]
    assert split("last full month", day) == ["2025-12"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2025 by week", "by month, quarter, half or year only"),
        ("2025-02..2025-05 by quarter", "1 February to 31 May 2025 is not made of whole quarters"),
        ("2025-01-02..2025-03-31 by month", "not made of whole months"),
        ("2025x by month", 'period is "2025x"'),
    ],
)
def test_a_cut_that_cannot_be_is_named(text, told):
    with pytest.raises(QuestionError, match=told):
        split(text, date(2026, 1, 1))
