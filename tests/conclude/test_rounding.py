"""Rounding never contradicts the word beside it: an end off a mark is not printed on it, and two things that differ are not said alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.conclude.charts.figure import plot
from cxresearch.conclude.verdict import conclude
from cxresearch.conclude.voice import voice_of
from cxresearch.conclude.words import answering, blocks, hazards, if_held, journeys, levels
from cxresearch.conclude.words.display import Display
from cxresearch.conclude.words.numbers import MINUS, MINUTES, clock, fine_for, percent, times
from cxresearch.publish.cards import interval
from tests.conclude import samples, samples_answering, samples_claims, samples_path, samples_staying

SATISFIED = {"outcome_label": "Satisfied (CSAT)", "outcome_phrase": "satisfied customers", "outcome_kind": "share", "unit": "of 100"}


def test_a_hazard_ratio_off_one_is_not_printed_as_one():
    made = samples_staying.hazard_ratio((0.012, 0.0003, 0.024))
    made.estimates.loc[made.estimates["term"] == "hazard_ratio", ["estimate", "low", "high"]] = [0.96, 0.93, 0.9985]
    assert hazards.hazard_ratio(made).startswith("Hazard ratio 0.960 (0.930 to 0.99")
    assert "0.93 to 1.00" not in str(voice_of("hazard_ratio").tables(made))


def test_the_curve_of_a_difference_beyond_none_is_not_said_to_hold_none():
    assert "12.0 (0.3 to 24.0) after 90" in plot(samples_staying.hazard((0.012, 0.0003, 0.024))).alt


@pytest.mark.parametrize(
    ("ends", "worth", "said"),
    [
        ((0.0127, 0.0004, 0.025), 1.0, "12.7 more satisfied customers (difference 0.4 to 25.0)"),
        ((0.00025, 0.0001, 0.0004), 0.005, "0.2 more satisfied customers (difference 0.1 to 0.4)"),
        ((0.0127, 0.0104, 0.025), 1.0, "12.7 more satisfied customers (difference 10.4 to 25.0)"),
        ((-0.013, -0.025, -0.0011), 1.0, f"13 fewer satisfied customers (difference {MINUS}25 to {MINUS}1)"),
    ],
)
def test_people_of_a_thousand_agree_with_the_interval(ends, worth, said):
    assert if_held.per_thousand(samples_path.what_if(ends, **SATISFIED | {"worth": worth})) == f"Of every 1,000: {said}."


def test_a_gain_beyond_nothing_is_not_printed_as_nothing():
    made = samples_path.worth_it((0.00002, 0.000004, 0.00004))
    assert if_held.amounts(made, "gain") == ("1.5", "0.3 to 3.0")
    assert "79.800 now, 79.802 then" in conclude(made).detail


def test_a_block_that_adds_something_does_not_add_nothing():
    made = samples_claims.added()
    made.estimates.loc[0, ["estimate", "low", "high"]] = [0.004, 0.0004, 0.0076]
    assert "people 0.40 (0.04 to 0.76)" in blocks.detail(made, "suggestive", None)
    assert "0.40 (0.04 to 0.76)" in str(voice_of("added").tables(made))


def test_one_of_many_numbers_keeps_its_side_of_zero():
    row = samples.effect((-0.004, -0.007, -0.001), outcome_kind="mean").estimates.iloc[0]
    shown = Display("Spending", "spending", "number", "euros", "neither")
    assert levels.value(shown, row) == journeys.value(row, shown) == f"{MINUS}0.004 ({MINUS}0.007 to {MINUS}0.001)"
    row[["estimate", "low", "high"]] = [4.2013, 4.2011, 4.2015]
    assert levels.value(shown, row) == "4.20 (4.20 to 4.20)"


def test_the_ends_of_a_time_do_not_read_alike():
    shown = Display("Time to resolution", "the time to resolution", "duration", "hours", "lower")
    row = samples.scorecard().estimates.iloc[-1].copy()
    row[["estimate", "low", "high"]] = [50.2, 49.9, 50.6]
    assert levels.value(shown, row) == "2.09 days (2.08 days to 2.11 days)"
    assert times(1.98, 2.03, "hours") == "1 h 59 min to 2 h 02 min"
    assert times(30.1, 30.4, "minutes") == "30.1 min to 30.4 min" and times(2.001, 2.004, "each") == "2.001 to 2.004"
    assert times(1.2, 2.8, "hours") == "1 h 10 min to 2 h 50 min" and times(2.0, 2.0, "hours") == "2 h to 2 h"
    assert interval(conclude(samples.dose((2.0, 1.98, 2.03)))) == "1 h 59 min to 2 h 02 min"


@given(st.floats(10, 400), st.floats(0.02, 0.5), st.sampled_from(sorted(MINUTES)))
def test_times_a_fiftieth_apart_never_read_alike(low, more, unit):
    high = low * (1 + more)
    fine = fine_for(low, high, unit)
    assert clock(low, unit, fine) != clock(high, unit, fine)


def test_nearly_all_is_not_all_and_hardly_any_is_not_none():
    shares = [percent(share) for share in (148339 / 148386, 47 / 148386, 0.996, 0.994, 1.0, 0.0)]
    assert shares == ["over 99.9%", "under 0.1%", "99.6%", "99%", "100%", "0.0%"]


def test_chances_that_differ_are_never_alike():
    title = lambda came, silent: answering.title(samples_answering.who_answers(chance_answered=came, chance_silent=silent))  # noqa: E731
    assert title(0.0244, 0.0161) == ("By what is recorded, 2.4 of 100 like those who answered would answer, of 100 like the silent 1.6")
    assert title(0.38, 0.28).endswith("38 of 100 like those who answered would answer, of 100 like the silent 28")
    assert title(0.3, 0.3) == "Those who answered and the silent are alike in what is recorded"
    assert "alike" not in title(0.3, 0.3000001)


def test_no_hidden_reason_is_asked_to_take_away_what_was_not_told():
    assert "hidden reason" in [check.name for check in conclude(samples.effect()).more]
    unsure = conclude(samples.effect(adjusted=(0.9, -0.2, 2.1)))
    assert unsure.strength == "inconclusive" and "hidden reason" not in [check.name for check in unsure.more]
