"""Differences between levels, against R and against brute force."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from references import case, near

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError


def compared(frame, by, *, customer="row", adjust_for=(), **settings):
    question = cx.Question(outcome=cx.Nps("score"), by=by, adjust_for=adjust_for)
    return cx.compare(cx.from_frame(frame, question, customer=customer), **settings)


def test_one_pair_among_many():
    frame, expected = case("nps_housing")
    row = compared(frame, "Type", against="Terrace").row("raw", "Tower less Terrace")
    near(row.estimate, expected["diff_tower_minus_terrace"]["diff"])
    assert row.p <= row.p_bh <= row.p_holm


def test_mix_adjusted_equals_least_squares_on_the_levels():
    frame, _ = case("nps_housing")
    row = compared(frame, "Cont", adjust_for=("Type", "Infl")).row("adjusted", "High less Low")
    y = np.where(frame["score"] >= 9, 100, np.where(frame["score"] <= 6, -100, 0))
    x = pd.get_dummies(frame[["Cont", "Type", "Infl"]], drop_first=True).astype(float)
    fit = sm.OLS(y, sm.add_constant(x)).fit(cov_type="HC1")
    near(row.estimate, -fit.params["Cont_Low"])
    near(row.std_error, fit.bse["Cont_Low"])


def test_a_customer_on_both_sides_is_allowed_for():
    random = np.random.default_rng(1)
    own = np.repeat(random.integers(0, 11, 300), 2)
    frame = pd.DataFrame({"who": np.repeat(np.arange(300), 2), "score": own, "side": ["a", "b"] * 300})
    row = compared(frame, "side", customer="who").row("raw", "a less b")
    assert row.estimate == 0
    assert row.std_error < 1e-9


def test_what_cannot_be_compared():
    frame, _ = case("nps_housing")
    with pytest.raises(QuestionError, match="compare needs levels"):
        compared(frame, None)
    with pytest.raises(QuestionError, match='against is "Villa"; the levels are Apartment'):
        compared(frame, "Type", against="Villa")
    with pytest.raises(MethodError, match="fewer than two levels"):
        compared(frame.assign(Type="one"), "Type")


def test_a_handful_on_one_side_is_not_compared():
    frame = pd.DataFrame({"plan": ["a"] * 3 + ["b"] * 60 + ["c"] * 60, "score": [10] * 3 + [9, 3, 8] * 40})
    relation = compared(frame, "plan")
    assert list(relation.estimates["level"]) == ["b less c"]
    assert any("fewer than 10 customers each: a (3)" in check.detail for check in relation.checks)


def test_a_side_where_all_agree_is_not_certain():
    frame = pd.DataFrame({"plan": ["a"] * 20 + ["b"] * 60, "score": [10] * 20 + [9, 3, 8] * 20})
    row = compared(frame, "plan").estimates.iloc[0]
    apart = cx.measure(cx.from_frame(frame, cx.Question(outcome=cx.Nps("score"), by="plan"), customer="row"))
    assert row.std_error**2 > apart.row("score", "b").std_error ** 2 + 40


def test_a_side_where_all_agree_is_not_certain_with_weights_either():
    for seed in range(6):
        random = np.random.default_rng(seed)
        plan = np.repeat(["a", "b"], [12, 388])
        score = np.where(plan == "a", 10, random.choice([10, 8, 3], p=[0.6, 0.2, 0.2], size=400))
        frame = pd.DataFrame({"who": range(400), "plan": plan, "w": random.uniform(0.3, 3, 400), "score": score})
        question = cx.Question(outcome=cx.Nps("score"), by="plan")
        with_them, without = (
            cx.compare(cx.from_frame(frame, question, customer="who", weight=weight)).estimates.iloc[0] for weight in ("w", None)
        )
        assert 0.9 < (with_them.high - with_them.low) / (without.high - without.low) < 1.1


def test_few_clusters_are_said_and_waits_are_refused():
    frame = pd.DataFrame({"agent": [f"a{i % 24}" for i in range(480)], "score": [9, 3, 8, 10] * 120, "side": ["a", "b"] * 240})
    question = cx.Question(outcome=cx.Nps("score"), by="side", cluster="agent")
    checks = {check.name: check for check in cx.compare(cx.from_frame(frame, question, customer="row")).checks}
    assert checks["clusters"].status == "doubt"
    assert "12 agents" in checks["clusters"].detail
    waits = cx.Question(outcome=cx.Survival(duration="score", event="score"), by="side")
    with pytest.raises(QuestionError, match="ask `retention` or `measure` about it"):
        cx.compare(cx.from_frame(frame, waits, customer="row"))
