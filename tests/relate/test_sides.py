"""The smaller side of a comparison: what few carry is not called sure, however it is coded."""

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.relate.sides import needed, sides, smaller_side


def company(seed, x, share=0.9, **more):
    random, n = np.random.default_rng(seed), len(x)
    return pd.DataFrame({"who": range(n), "x": x, "hard": random.normal(size=n), "ok": random.random(n) < share, **more})


def asked(frame, exposure="x", outcome=None, **more):
    question = cx.Question(outcome=outcome or cx.Rate("ok"), exposure=exposure, adjust_for=("hard",), **more)
    return cx.from_frame(frame, question, customer="who")


CHANNELS = np.repeat(["email", "phone", "chat", "fax"], [500, 300, 199, 1])


def test_a_level_of_one_customer_is_set_aside_and_counted():
    found = cx.effect(asked(company(1, CHANNELS, share=0.5)))
    assert set(found.estimates["level"]) == {"phone against email", "chat against email"}
    assert int(found.row("adjusted", "phone against email").n) == 999
    (said,) = [check for check in found.checks if check.name == "rare levels"]
    assert said.status == "doubt" and said.detail == "1 rare level of X (1 customers): too few to be compared, their 1 row set aside."


def test_rare_levels_that_are_enough_together_stand_as_one():
    x = np.array(["email"] * 500 + ["phone"] * 300 + [f"other {i}" for i in range(40)] * 5)
    found = cx.effect(asked(company(1, x, share=0.5)))
    assert set(found.estimates["level"]) == {"phone against email", "other against email"}


def test_another_method_does_not_compare_a_level_of_one_customer_either():
    frame = company(1, CHANNELS, rating=np.random.default_rng(1).integers(1, 6, 1000))
    found = cx.methods.ordinal(asked(frame, outcome=cx.Mean("rating")))
    assert not any("other" in level for level in found.estimates["level"])


@pytest.mark.parametrize(
    ("x", "share", "said"),
    [
        (np.r_[np.zeros(600), np.ones(5), [2]], 0.5, "failed"),  # a count that is hardly ever more than nothing
        (np.r_[np.ones(600), np.zeros(3), [2] * 3], 0.5, "failed"),  # most lie in the middle
        (np.r_[np.zeros(600), np.ones(30)], 0.5, "doubt"),
        (np.r_[np.zeros(600), np.ones(30)], 0.9, "failed"),
        (np.r_[np.zeros(600), np.ones(60)], 0.5, None),
        (np.linspace(0, 1, 50), 0.5, None),  # a number of its own for everybody
        (np.r_[np.zeros(300), np.ones(300)], 0.5, None),
        (np.r_[np.zeros(15), np.ones(15)], 0.5, "failed"),
    ],
)
def test_those_who_differ_from_most_carry_a_comparison(x, share, said):
    frame = company(1, x)
    frame["ok"] = np.arange(len(x)) % 10 < 10 * share
    found = sides(asked(frame, cx.Mean("x")))
    assert [check.status for check in found] == ([said] if said else [])
    assert all(check.cap == ("inconclusive" if check.status == "failed" else "suggestive") for check in found)


def test_a_side_needs_ten_clusters_that_answer_otherwise_than_most():
    scores = np.repeat([10, 8, 2], [700, 200, 100])
    data = asked(company(1, np.arange(1000) % 2, score=scores), cx.Mean("x"), cx.Nps("score"))
    assert needed(data) == 34  # 10 / (1 - 0.7), rounded up
    assert needed(asked(company(1, np.arange(1000) % 2, score=scores), cx.Mean("x"), cx.Mean("score"))) == 10


def test_where_nothing_goes_with_a_rare_exposure_nothing_is_claimed():
    """Of 606 customers six have one hand-off or two, and nine of ten are content whoever they are: half of the intervals leave out zero."""
    found = [cx.effect(asked(company(seed, np.r_[np.zeros(600), np.ones(5), [2]]), cx.Mean("x"))) for seed in range(8)]
    assert {cx.conclude(each, worth=1.0).strength for each in found} == {"inconclusive"}


def test_the_adjusted_difference_of_a_small_level_is_no_surer_than_the_raw_one():
    frame = company(1, np.zeros(912), plan=np.repeat(["basic", "pro", "gold"], [500, 400, 12]))
    frame.loc[frame["plan"] == "gold", "ok"] = True
    question = cx.Question(outcome=cx.Rate("ok"), by="plan", adjust_for=("hard",))
    found = cx.compare(cx.from_frame(frame, question, customer="who"))
    for pair in ("basic less gold", "gold less pro"):
        raw, adjusted = (found.row(term, pair) for term in ("raw", "adjusted"))
        assert adjusted.std_error == pytest.approx(raw.std_error) and adjusted.low < 0 < adjusted.high
    assert found.row("adjusted", "basic less pro").std_error < 0.03


def test_any_column_that_is_compared_can_be_asked():
    found = [asked(company(1, np.r_[np.zeros(400), np.ones(many)], share=0.5), cx.Mean("x")) for many in (4, 200)]
    few, many = (smaller_side(data, data.table, "x") for data in found)
    assert [check.status for check in few] == ["failed"] and not many
