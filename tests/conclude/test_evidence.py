import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.conclude.evidence import capped, difference, needed_n, strength
from cxresearch.relate.relation import Check

ends = st.tuples(st.floats(-100, 100), st.floats(-100, 100)).map(sorted)


@pytest.mark.parametrize(
    ("low", "high", "worth", "word"),
    [
        (2.4, 3.5, 2, "clear"),
        (-3.5, -2.4, 2, "clear"),
        (1.2, 7, 2, "suggestive"),
        (0.2, 0.9, 2, "negligible"),
        (-1.7, 1.9, 2, "negligible"),
        (-9, 17, 8, "inconclusive"),
        (2, 3, 2, "suggestive"),
        (2.4, 3.5, None, "suggestive"),
        (-0.001, 0.001, None, "inconclusive"),
        (0, 1, 2, "negligible"),
        (float("nan"), 1, 2, "inconclusive"),
    ],
)
def test_word_for_interval(low, high, worth, word):
    assert strength(low, high, worth) == word


def test_worth_must_be_positive():
    with pytest.raises(ValueError, match="positive number, or None"):
        strength(1, 2, 0)


def test_ends_in_wrong_order_are_refused():
    with pytest.raises(ValueError, match="its lower end comes first"):
        strength(2, 1, None)


@given(ends, st.floats(0.01, 50))
def test_turning_the_outcome_round_keeps_the_word(interval, worth):
    low, high = interval
    assert strength(low, high, worth) == strength(-high, -low, worth) == strength(low, high, worth, "lower")


@given(ends, st.floats(0.01, 50))
def test_a_word_never_says_more_than_its_interval(interval, worth):
    low, high = interval
    word = strength(low, high, worth)
    assert (word == "clear") == (low > worth or high < -worth)
    assert (word == "negligible") == (-worth < low and high < worth)
    assert word != "suggestive" or low > 0 or high < 0


@pytest.mark.parametrize("word", ["clear", "suggestive", "negligible", "inconclusive"])
def test_a_failed_check_leaves_nothing(word):
    assert capped(word, [Check("a", "failed", "x")]) == "inconclusive"


def test_caps():
    cap = Check("a", "doubt", "x", cap="suggestive")
    assert [capped(word, [cap]) for word in ("clear", "suggestive", "negligible", "inconclusive", "described")] == [
        "suggestive",
        "suggestive",
        "inconclusive",
        "inconclusive",
        "described",
    ]
    assert capped("clear", [Check("a", "doubt", "x")]) == "clear"


def test_needed_n_gives_half_the_width_of_worth():
    assert needed_n(-2, 2, 1000, 4.0) == 1000
    assert needed_n(-2, 2, 1000, 2.0) == 4000
    assert needed_n(float("nan"), 2, 1000, 2.0) == 0


def test_difference_of_equal_groups_is_wider_than_each():
    gap, low, high = difference((50, 45, 55), (50, 45, 55))
    assert gap == 0 and low == pytest.approx(-(50**0.5)) and high == pytest.approx(50**0.5)
