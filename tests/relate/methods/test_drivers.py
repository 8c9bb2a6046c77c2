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
