"""Shares of R2 against R and brute force."""

from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
import pytest
from references import case, near

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.relate.shapley import shapley, subset_r2


@pytest.mark.parametrize("name", ["drivers_attitude", "drivers_swiss"])
def test_lmg_johnson_and_blocks_equal_r(name):
    frame, expected = case(name)
    blocks = {block: (members,) if isinstance(members, str) else tuple(members) for block, members in expected["grouped"]["groups"].items()}
    question = cx.Question(outcome=cx.Mean(expected["response"]), drivers=blocks)
    relation = cx.drivers(cx.from_frame(frame, question, customer="row"), draws=50)
    for driver in expected["predictors"]:
        near(relation.row(driver, "lmg").estimate, expected["lmg"][driver], 1e-9)
        near(relation.row(driver, "johnson").estimate, expected["johnson_rw_raw"][driver], 1e-9)
    for block, value in expected["grouped"]["lmg"].items():
        near(relation.row(block, "block").estimate, value, 1e-9)
    near(relation.facts["r2"], expected["r2"], 1e-9)
    near(relation.row("unexplained", "unexplained").estimate, 1 - expected["r2"], 1e-9)


def brute(cross):
    size = len(cross) - 1

    def r2(members):
        at = list(members)
        return float(cross[at, -1] @ np.linalg.solve(cross[np.ix_(at, at)], cross[at, -1]) / cross[-1, -1]) if at else 0.0

    shares = np.zeros(size)
    for player in range(size):
        others = [other for other in range(size) if other != player]
        for count in range(size):
            weight = factorial(count) * factorial(size - 1 - count) / factorial(size)
            shares[player] += weight * sum(r2((*subset, player)) - r2(subset) for subset in combinations(others, count))
    return shares


def test_shares_equal_brute_force_for_ten_drivers():
    random = np.random.default_rng(5)
    x = random.normal(size=(500, 11)) @ random.normal(size=(11, 11))
    cross = np.cov(x.T)
    shares = shapley(subset_r2(cross[None], [[i] for i in range(10)]))[:, 0]
    np.testing.assert_allclose(shares, brute(cross), atol=1e-9)


def test_shares_sum_to_r2_and_a_category_is_one_driver():
    random = np.random.default_rng(6)
    frame = pd.DataFrame({"who": range(600), "kind": random.normal(size=600), "channel": random.choice(["chat", "mail", "phone"], 600)})
    frame["score"] = frame["kind"] + frame["channel"].map({"chat": 0.0, "mail": 1.0, "phone": 2.0}) + random.normal(size=600)
    relation = cx.drivers(
        cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), drivers=("kind", "channel")), customer="who"), draws=200
    )
    lmg = relation.estimates[relation.estimates["level"] == "lmg"]
    assert list(lmg["term"]) == ["kind", "channel"]
    near(lmg["estimate"].sum(), relation.facts["r2"], 1e-9)
    assert (lmg["low"] < lmg["estimate"]).all() and (lmg["estimate"] < lmg["high"]).all()


@pytest.mark.slow
def test_a_driver_of_pure_noise_lies_under_its_benchmark_in_19_of_20():
    under = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        frame = pd.DataFrame({"who": np.repeat(np.arange(200), 2), "kind": random.normal(size=400), "noise": random.normal(size=400)})
        frame["score"] = 0.5 * frame["kind"] + random.normal(size=400)
        found = cx.drivers(
            cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), drivers=("kind", "noise")), customer="who"), draws=200
        )
        row = found.row("noise", "lmg")
        under += row.estimate < row.noise
    assert 52 <= under <= 60


def test_rarely_answered_items_are_left_out_and_named():
    random = np.random.default_rng(7)
    frame = pd.DataFrame(
        {"who": range(300), "kind": random.normal(size=300), "rare": random.normal(size=300), "score": random.normal(size=300)}
    )
    frame.loc[:149, "rare"] = np.nan
    relation = cx.drivers(cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), drivers=("kind", "rare")), customer="who"), draws=50)
    assert relation.facts["left_out"] == [["Rare", "answered by 50%"]]
    assert relation.facts["n_used"] == 300


def test_what_cannot_be_divided():
    frame = pd.DataFrame({"who": range(30), "a": range(30), "b": range(30), "score": np.arange(30) % 7})
    ask = lambda drivers: cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), drivers=drivers), customer="who")  # noqa: E731
    with pytest.raises(MethodError, match='"a" and "b" are the closest pair'):
        cx.drivers(ask(("a", "b")))
    with pytest.raises(QuestionError, match="drivers needs drivers"):
        cx.drivers(ask(()))


def company(seed, *, slope=0.0, customers=150):
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(random.normal(size=(customers * 2, 4)), columns=list("abcd")).assign(who=np.repeat(np.arange(customers), 2))
    noise = random.normal(size=customers * 2) * 0.8 + np.repeat(random.normal(size=customers), 2) * 0.6
    return frame.assign(score=slope * frame["a"] + noise)


def asked(frame, outcome=None):
    return cx.from_frame(frame, cx.Question(outcome=outcome or cx.Mean("score"), drivers=tuple("abcd")), customer="who")


@pytest.mark.slow
@pytest.mark.parametrize("truth", [0.0, 0.3])
def test_the_interval_of_r2_covers_also_where_nothing_is_explained(truth):
    slope = np.sqrt(truth / (1 - truth))
    facts = [cx.drivers(asked(company(seed, slope=slope)), draws=200).facts for seed in range(10)]
    assert sum(fact["r2_low"] <= truth <= fact["r2_high"] for fact in facts) >= 8
    assert abs(np.mean([fact["r2_held_out"] for fact in facts]) - truth) < 0.06


def test_held_out_equals_fits_on_the_rows():
    frame = company(1, slope=0.7, customers=60)
    from cxresearch.relate.explained import _left_out
    from cxresearch.relate.moments import collect

    data = asked(frame)
    moments = collect(data.table.mutate(d_a=data.table.d_a.cast("float64")), ["d_a", "d_b", "d_c", "d_d", "y"])
    keys = sorted({str(who) for who in frame["who"]})
    member = np.array([[i % 5 == fold for i in range(len(keys))] for fold in range(5)], dtype=float)
    place = frame["who"].astype(str).map({key: i % 5 for i, key in enumerate(keys)}).to_numpy()
    wrong, spread = 0.0, 0.0
    x, y = np.column_stack([np.ones(len(frame)), frame[list("abcd")]]), frame["score"].to_numpy()
    for fold in range(5):
        out = place == fold
        slopes = np.linalg.lstsq(x[~out], y[~out], rcond=None)[0]
        wrong, spread = wrong + ((y[out] - x[out] @ slopes) ** 2).sum(), spread + ((y[out] - y[~out].mean()) ** 2).sum()
    np.testing.assert_allclose(_left_out(moments, member), (wrong, spread), rtol=1e-9)


def test_the_log_odds_find_the_line_behind_the_answers():
    """A latent line with R2 of .3 before it is cut into answers: by logit it is found again, whatever the cuts."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame(random.normal(size=(6000, 4)), columns=list("abcd")).assign(who=range(6000))
    line = frame["a"] + 0.5 * frame["b"]
    behind = line * np.sqrt(0.3 / 0.7 * np.pi**2 / 3 / 1.25) + random.logistic(size=6000)
    cut = frame.assign(top=(behind > 1.5).astype(float), score=np.digitize(behind, np.linspace(-3, 3, 10)).astype(float))
    for outcome in (cx.Rate("top"), cx.Nps("score")):
        found = cx.drivers(asked(cut, outcome), draws=100, scale="logit")
        assert found.facts["r2_low"] < 0.3 < found.facts["r2_high"] and abs(found.row("a", "lmg").share - 0.8) < 0.05
        assert found.facts["mcfadden"] > 0 and found.facts["r2_held_out"] > 0.05
        near(found.estimates.query("level == 'lmg'")["estimate"].sum(), found.facts["r2"], 1e-9)
    assert cx.drivers(asked(cut, cx.Nps("score")), draws=50, scale="score").facts["r2"] > 0.2
    with pytest.raises(QuestionError, match="0-10 answer behind NPS"):
        cx.drivers(asked(cut, cx.Rate("top")), scale="score")
    with pytest.raises(QuestionError, match="it can be linear"):
        cx.drivers(asked(cut), scale="odds")
    with pytest.raises(MethodError, match="scale of few steps"):
        cx.drivers(asked(frame.assign(score=line)), scale="logit")


@pytest.mark.parametrize("method", [cx.drivers, cx.methods.importance])
def test_the_customers_are_those_of_the_rows_that_were_used(method):
    frame = company(seed=3)
    frame.loc[frame["who"] < 15, "a"] = np.nan
    question = cx.Question(outcome=cx.Mean("score"), drivers=("a", "b"))
    found = cx.conclude(method(cx.from_frame(frame, question, customer="who"), draws=20))
    used = frame.dropna(subset=["a"])
    assert (found.n, found.customers) == (len(used), used["who"].nunique()) and found.customers < frame["who"].nunique()
