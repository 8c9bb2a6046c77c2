"""The curve against rms, and "fast enough" against a planted bend."""

import ibis
import numpy as np
import pandas as pd
import pytest
from references import case, near

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.relate.design import knots_of, spline, spline_at
from cxresearch.relate.fit import classical, solve, wald
from cxresearch.relate.methods.dose_response import Shape
from cxresearch.relate.moments import collect, total


@pytest.mark.parametrize(("key", "count", "controls"), [("k4", 4, []), ("k5_adj", 5, ["rm"])])
def test_spline_equals_rms(key, count, controls):
    frame, expected = case("rcs_boston")
    values = expected[key]
    rows = ibis.duckdb.connect().create_table("rows", frame.assign(cluster=[str(i) for i in range(len(frame))]))
    knots = knots_of(rows, "lstat", count)
    np.testing.assert_allclose(knots, values["knots"], rtol=1e-12)
    rows, bends = spline(rows, "lstat", knots, "_s")
    fit = solve(total(collect(rows, ["medv", *bends, *controls])), "medv", [*bends, *controls])
    errors = classical(fit)
    at = np.array(values["at"], dtype=float)
    weights = np.zeros((len(at), 1 + len(fit.names)))
    weights[:, 0] = 1
    weights[:, 1 : 1 + len(bends)] = spline_at(at, knots) - fit.mean[: len(bends)]
    if controls:
        weights[:, -1] = values["adj"]["rm"] - fit.mean[-1]
    for row, prediction, low in zip(weights, values["pred"], values["lo"], strict=True):
        estimate = fit.mean_y + row[1:] @ fit.coef
        near(estimate, prediction, 1e-7)
        near(errors.interval(estimate, row)[1], low, 1e-7)
    near(wald(fit, errors, bends[1:])[0], values["anova"][" Nonlinear"]["F"], 1e-7)
    near(fit.r2, values["r2"], 1e-7)


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
    assert relation.facts["share_not_reached"] == 0


def test_not_reached_is_an_answer():
    relation = cx.dose_response(bent(2, slope=0.05), worth=2.0, draws=200)
    assert np.isnan(relation.row("fast_enough").estimate)
    assert relation.facts["share_not_reached"] > 0.95


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
