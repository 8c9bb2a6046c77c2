"""A jump at the promise: recovered where planted, not seen where the wait alone matters."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from references import near

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.relate.design import spline_at


def company(seed, size=0.0, n=3000):
    random = np.random.default_rng(seed)
    hours, target = 2.0 ** random.normal(2, 1.5, n), random.choice([4.0, 8.0, 24.0], n)
    score = 8 - 0.4 * np.log2(hours) + size * (hours > target) + random.normal(0, 1.5, n)
    return pd.DataFrame({"who": np.arange(n) % 1500, "wait": hours, "target": target, "score": score})


def asked(frame, at="target", **more):
    question = cx.Question(outcome=cx.Mean("score"), exposure=cx.Duration("wait"), adjust_for=("target",), **more)
    return cx.methods.jump(cx.from_frame(frame, question, customer="who"), at=at)


def test_it_equals_least_squares_on_the_same_columns():
    frame = company(1, -1.0)
    row = asked(frame).row("jump")
    wait = np.log2(np.maximum(frame["wait"], 1 / 60))
    knots = np.quantile(wait, (0.05, 0.275, 0.5, 0.725, 0.95))
    late = (frame["wait"] > frame["target"]).astype(float)
    x = sm.add_constant(np.column_stack([late, spline_at(wait, knots), frame["target"]]))
    fit = sm.OLS(frame["score"].to_numpy(), x).fit(cov_type="cluster", cov_kwds={"groups": frame["who"]})
    near(row.estimate, fit.params[1])
    near(row.std_error, fit.bse[1])


@pytest.mark.slow
def test_over_many_companies_the_interval_covers_and_a_smooth_wait_is_no_jump():
    found = {size: [asked(company(seed, size, 800)).row("jump") for seed in range(30)] for size in (-0.5, 0.0)}
    for size, rows in found.items():
        assert sum(row.low <= size <= row.high for row in rows) >= 25
    assert asked(company(3)).row("late_raw").high < 0


def test_what_cannot_be_asked():
    with pytest.raises(QuestionError, match="jump needs a wait"):
        cx.methods.jump(cx.from_frame(company(1), cx.Question(outcome=cx.Mean("score"), exposure="target"), customer="who"))
    with pytest.raises(QuestionError, match='the promise "sla" is not among the confounders'):
        asked(company(1), at="sla")
    with pytest.raises(MethodError, match="under 2% of 3,000 rows are late"):
        asked(company(1), at=1e6)


@pytest.mark.parametrize(
    ("late", "chance", "failed"),
    [(30, 0.5, set()), (25, 0.2, {"smaller side"}), (300, 0.01, {"smaller side", "rare outcome"}), (300, 0.2, set())],
)
def test_a_jump_among_few_who_waited_too_long_or_of_what_hardly_happens_is_not_told(late, chance, failed):
    random = np.random.default_rng(2)
    frame = pd.DataFrame({"who": np.arange(1000), "wait": random.uniform(1, 4, 1000), "happy": random.random(1000) < chance})
    frame.loc[:late, "wait"] += 4.1
    data = cx.from_frame(frame, cx.Question(outcome=cx.Rate("happy"), exposure=cx.Duration("wait")), customer="who")
    assert {check.name for check in cx.methods.jump(data, at=4, knots=3).checks if check.status == "failed"} == failed
