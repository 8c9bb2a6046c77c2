"""The curve against rms, and "fast enough" against a planted bend."""

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.relate.curve import Shape, turning_points


def bent(seed, n=4000, slope=1.2, knot=4.0):
    random = np.random.default_rng(seed)
    hours = np.exp(random.normal(1.2, 0.9, n))
    score = 8 - slope * np.maximum(0, np.log2(hours / knot)) + random.normal(0, 1.8, n)
    frame = pd.DataFrame({"who": np.arange(n), "hours": hours, "score": score})
    return cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure=cx.Duration("hours")), customer="who")


def test_fast_enough_lies_by_the_planted_bend():
    relation = cx.dose_response(bent(1), worth=0.6, draws=300)
    row = relation.row("fast_enough")
    assert row.low < row.estimate < row.high
    assert 4 < row.estimate < 8
    assert relation.facts["p_nonlinear"] < 0.001
    assert relation.facts["agrees_with_none"] == pytest.approx(1 / 301), "no draw of 300 falls as far by chance"


def test_not_reached_is_an_answer():
    relation = cx.dose_response(bent(2, slope=0.05), worth=2.0, draws=200)
    assert np.isnan(relation.row("fast_enough").estimate)
    assert relation.facts["agrees_with_none"] > 0.95


def test_a_bend_that_does_not_stand_out_is_not_said_to_be_absent():
    straight = cx.dose_response(bent(2, slope=0.0), worth=2.0, draws=50)
    assert straight.facts["p_nonlinear"] >= 0.05
    said = {check.name: check.detail for check in straight.checks}["straight line"]
    assert said == "No bend stands out: a straight line was tested and cannot be ruled out."


def test_waits_without_an_end_stay_outside_the_curve():
    frame = bent(3).frame()[["customer", "hours", "score"]]
    frame.loc[:99, "hours"] = np.nan
    data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure=cx.Duration("hours")), customer="customer")
    relation = cx.dose_response(data, worth=0.6, draws=50)
    assert relation.row("fast_enough").n == 3900
    assert "For 100 rows the wait had not ended" in " ".join(check.detail for check in relation.checks)


def test_the_curve_is_the_prediction_at_the_means():
    relation = cx.dose_response(bent(4), worth=0.6, draws=50)
    adjusted = relation.curve[relation.curve["term"] == "adjusted"]
    assert (adjusted["low"] < adjusted["estimate"]).all()
    assert relation.curve.loc[relation.curve["term"] == "answers", "n"].sum() == relation.facts["drawn_rows"]
    assert Shape.__doc__


def test_what_has_no_curve():
    frame = pd.DataFrame({"who": range(40), "times": [0, 1] * 20, "kind": ["a", "b"] * 20, "score": range(40)})
    ask = lambda exposure: cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure=exposure), customer="who")  # noqa: E731
    with pytest.raises(MethodError, match="too few values for a curve"):
        cx.dose_response(ask("times"), worth=1)
    with pytest.raises(QuestionError, match="needs a numeric exposure"):
        cx.dose_response(ask("kind"), worth=1)


def test_a_noisy_curve_without_a_gap_is_seldom_said_to_have_one():
    """The draws of a noisy curve nearly all have a gap; the p-value asks how often such a curve has one as sure as this."""
    rng = np.random.default_rng(5)
    basis = np.vander(np.linspace(-1, 1, 21), 4)
    spread = basis @ np.diag([4.0, 3, 2, 1]) @ basis.T
    curves = lambda number: rng.normal(size=(number, 4)) * np.sqrt([4.0, 3, 2, 1]) @ basis.T  # noqa: E731
    found = [turning_points(line, line + curves(200), spread, 0.0)[1] for line in curves(400)]
    assert 0.02 < np.mean(np.array(found) <= 0.05) < 0.085
    assert np.mean(np.array([turning_points(line, line + curves(200), spread, 2.0)[1] for line in curves(200)]) <= 0.05) < 0.05
