"""Intervals of NPS, shares, means and medians, against R."""

import numpy as np
import pandas as pd
import pytest
from references import case, near
from scipy import stats

import cxresearch as cx
from cxresearch.ask.catalog import CATALOG
from cxresearch.ask.errors import DataError, QuestionError
from cxresearch.relate.standing import adjusted_wald


def measured(frame, outcome, *, customer="row", by=None, weight=None):
    return cx.measure(cx.from_frame(frame, cx.Question(outcome=outcome, by=by), customer=customer, weight=weight))


def test_shares_have_wilson_bounds():
    row = measured(pd.DataFrame({"kept": [1] * 8 + [0] * 2}), cx.Rate("kept")).row("kept")
    low, high = stats.binomtest(8, 10).proportion_ci(method="wilson")
    near(row.low, low, 1e-9)
    near(row.high, high, 1e-9)


def test_repeated_rows_widen_a_share():
    frame = pd.DataFrame({"who": np.repeat(np.arange(50), 4), "kept": np.repeat(np.arange(50) % 2, 4)})
    once = measured(frame, cx.Rate("kept")).row("kept")
    clustered = measured(frame, cx.Rate("kept"), customer="who").row("kept")
    assert clustered.high - clustered.low > 1.8 * (once.high - once.low)
    assert clustered.estimate == once.estimate


@pytest.mark.parametrize(
    ("name", "time", "event", "by"), [("surv_lung", "time", "event", "sex"), ("surv_veteran", "time", "status", "trt")]
)
def test_median_waits_equal_survfit(name, time, event, by):
    frame, expected = case(name)
    relation = measured(frame.dropna(subset=[time, event]), cx.Survival(duration=time, event=event), by=by)
    for level, median in expected["km"]["median"]["est"].items():
        row = relation.row(event, level)
        near(row.estimate, median)
        near(row.low, expected["km"]["median"]["lo"][level])
        near(row.high, expected["km"]["median"]["hi"][level])


def test_repeated_contacts_widen_the_interval_of_a_median():
    random = np.random.default_rng(3)
    own = np.repeat(random.exponential(10, 200), 5)
    frame = pd.DataFrame({"who": np.repeat(np.arange(200), 5), "hours": own * random.uniform(0.9, 1.1, 1000), "done": 1})
    apart = measured(frame, cx.Survival(duration="hours", event="done")).row("done")
    together = measured(frame, cx.Survival(duration="hours", event="done"), customer="who").row("done")
    assert together.estimate == apart.estimate
    assert together.high - together.low > 1.5 * (apart.high - apart.low)


def test_open_waits_are_censored_not_dropped():
    frame = pd.DataFrame({"wait": [1.0, 2, 3, 4, 9], "done": [1, 1, 1, 0, 0]})
    assert measured(frame, cx.Survival(duration="wait", event="done")).row("done").estimate == 3


def test_order_of_rows_does_not_matter_and_the_frame_stays_as_it_was():
    frame, _ = case("nps_housing")
    before = frame.copy()
    first = measured(frame, cx.Nps("score"), by="Type").estimates
    second = measured(frame.sample(frac=1, random_state=1), cx.Nps("score"), by="Type").estimates
    pd.testing.assert_frame_equal(first, second)
    pd.testing.assert_frame_equal(frame, before)


def test_a_five_point_item_is_not_read_as_nps():
    with pytest.raises(DataError, match=r"runs from 1 to 12: NPS needs a 0-10 item"):
        measured(pd.DataFrame({"score": [1, 5, 12]}), cx.Nps("score"))


def test_every_can_only_be_month():
    with pytest.raises(QuestionError, match='every is "week"'):
        cx.measure(cx.from_frame(pd.DataFrame({"s": [1, 2]}), cx.Question(outcome=cx.Mean("s")), customer="row"), every="week")


def test_missing_levels_are_shown():
    relation = measured(pd.DataFrame({"s": [1.0, 2, 3], "plan": ["a", None, "a"]}), cx.Mean("s"), by="plan")
    assert list(relation.estimates["level"]) == ["", "(missing)", "a"]


def test_answers_that_are_all_alike_are_not_certain():
    same = pd.DataFrame({"who": np.repeat(np.arange(20), 2), "score": 10, "reopens": 0, "kept": 1})
    ask = lambda outcome: measured(same, outcome, customer="who").estimates.iloc[0]  # noqa: E731
    nps = ask(cx.Nps("score"))
    assert nps.estimate == nps.high == 100
    near(nps.low, adjusted_wald(20, 0, 20)[0])
    assert np.isnan(ask(cx.Mean("score")).low)
    assert 0.8 < ask(cx.Rate("kept")).low < 0.9
    none = measured(same, CATALOG["reopens"], customer="who").estimates.iloc[0]
    assert (none.estimate, none.low) == (0, 0)
    near(none.high, 3.6888794541139363 / 20, 1e-9)


@pytest.mark.parametrize("outcome", [cx.Nps("score"), cx.Rate("kept"), cx.Mean("score")], ids=["nps", "share", "mean"])
def test_weights_make_no_answers_differ_that_are_all_alike(outcome):
    """Sums of weights are rounded: what is left of their differences is no spread."""
    for seed in range(6):
        frame = pd.DataFrame({"w": np.random.default_rng(seed).uniform(0.3, 3, 30), "score": 10.0, "kept": 1})
        with_them, without = (measured(frame, outcome, weight=weight).estimates.iloc[0] for weight in ("w", None))
        assert with_them.std_error == 0
        near(with_them.estimate, without.estimate, 1e-12)
        np.testing.assert_allclose([with_them.low, with_them.high], [without.low, without.high], rtol=0.02)  # t for z of a share


def test_a_spread_that_is_small_beside_the_mean_is_a_spread():
    frame = pd.DataFrame({"w": np.random.default_rng(1).uniform(0.3, 3, 400), "amount": np.random.default_rng(2).normal(1e4, 1, 400)})
    row, w = measured(frame, cx.Mean("amount"), weight="w").row("amount"), frame["w"]
    brute = 400 / 399 * ((w * (frame["amount"] - np.average(frame["amount"], weights=w))) ** 2).sum() / w.sum() ** 2
    near(row.std_error**2 / brute, 1.0, 1e-4)


def test_counts_are_never_below_zero():
    frame = pd.DataFrame({"who": range(300), "reopens": [3] + [0] * 299})
    row = measured(frame, CATALOG["reopens"], customer="who").estimates.iloc[0]
    assert 0 < row.low < row.estimate < row.high


def test_the_median_of_waits_takes_weights():
    frame = pd.DataFrame(
        {
            "wait": [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10] * 8,
        }
    )
    frame["w"] = np.where(frame["wait"] > 5, 3.0, 1.0)
    question = cx.Question(outcome=cx.Duration("wait"))
    plain = cx.measure(cx.from_frame(frame, question, customer="row")).row("wait")
    weighted = cx.measure(cx.from_frame(frame, question, customer="row", weight="w")).row("wait")
    assert plain.estimate == 5.5
    assert weighted.estimate == 7.0
    assert weighted.low < 7.0 < weighted.high
    same = cx.measure(cx.from_frame(frame.assign(w=2.0), question, customer="row", weight="w")).row("wait")
    assert (same.estimate, same.low, same.high) == (plain.estimate, plain.low, plain.high)


@pytest.mark.parametrize(("low", "said"), [(3, True), (4, False)])
def test_nine_months_in_a_row_on_one_side_are_said(low, said):
    """No month lies outside the band, and yet the level has moved: three of twelve months below, then nine above."""
    rng = np.random.default_rng(1)
    months = np.repeat(np.arange(12), 200)
    score = rng.permuted(np.tile([-1.0, 1.0], (12, 100)), axis=1).ravel() + np.where(months < low, -0.05, 0.05 + 0.02 * (months % 2))
    at = [pd.Timestamp(2025, int(month) + 1, 15) for month in months]
    frame = pd.DataFrame({"who": range(2400), "score": score, "at": at})
    found = cx.measure(cx.from_frame(frame, cx.Question(outcome=cx.Mean("score")), customer="who"), every="month")
    check = next(check for check in found.checks if check.name == "trend")
    assert ("9 months in a row" in check.detail) is said and (check.status == "doubt") is said
    assert check.detail.startswith("0 of 12 months")
