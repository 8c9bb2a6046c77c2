"""Shares over sampled orders lie where those over all orders lie, and their error is what it says."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
from references import near

import cxresearch as cx
from cxresearch.relate.orders import SETS, among, balanced, gains
from cxresearch.relate.shapley import shapley, subset_r2


def crosses(size, draws=1, seed=5):
    random = np.random.default_rng(seed)
    x = random.normal(size=(draws, 200, size + 1)) + random.normal(size=(draws, 200, 1))
    x[..., -1] += 0.5 * x[..., 0] + 0.3 * x[..., 1]
    x -= x.mean(axis=1, keepdims=True)
    return np.einsum("dni,dnj->dij", x, x)


def test_every_driver_stands_equally_often_in_every_place():
    for one in balanced(5, 3, seed=1):
        assert all((np.bincount(place, minlength=5) == 2).all() for place in one.T)


def test_sampled_shares_lie_about_the_exact_ones_and_their_error_is_honest():
    cross, players = crosses(9), [[0, 3], [1], [2], [4], [5], [6], [7, 8]]
    exact = shapley(subset_r2(cross, players))[:, 0]
    scores = []
    for seed in range(30):
        each = gains(cross, players, balanced(len(players), 20, seed))[..., 0]
        near(each.mean(axis=0).sum(), exact.sum(), 1e-12)
        scores.append((each.mean(axis=0) - exact) / (each.std(axis=0, ddof=1) / np.sqrt(20)))
    assert 0.7 < np.square(scores).mean() < 1.5


def test_all_draws_and_columns_that_add_nothing():
    """A driver that is another one's copy, and one that does not vary: as over all orders."""
    cross = crosses(4, draws=300)
    cross[:, 3, :], cross[:, :, 3] = cross[:, 2, :], cross[:, :, 2]
    cross[:, 3, 3] = cross[:, 2, 2]
    cross[7, 1, :] = cross[7, :, 1] = 0
    players = [[0], [1], [2], [3]]
    every = np.array([[[0, 1, 2, 3], [1, 0, 2, 3]]])
    found = gains(cross, players, every)[0]
    assert found.shape == (4, 300) and abs(found[3]).max() < 1e-9 and abs(found[1, 7]) < 1e-9
    np.testing.assert_allclose(found.sum(axis=0), subset_r2(cross, [[0, 1, 2, 3]])[1], atol=1e-9)


def test_seventeen_drivers_are_as_all_their_subsets_have_it(monkeypatch):
    monkeypatch.setattr("cxresearch.relate.shapley.MOST_PLAYERS", 17)
    cross, players = crosses(17), [[i] for i in range(17)]
    exact = shapley(subset_r2(cross, players))[:, 0]
    draws = np.repeat(cross, 3, axis=0)
    shares = among(SimpleNamespace(one=cross, drawn=draws, noise=draws), players, seed=1)
    assert shares.error is not None and shares.error.max() < 0.001 and shares.orders == SETS * 2 * 17
    assert (abs(shares.one - exact) < 4.5 * shares.error).all()
    np.testing.assert_allclose(shares.drawn, np.repeat(shares.one[:, None], 3, axis=1), atol=1e-9)


def test_beyond_sixteen_drivers_the_sampling_is_said():
    random = np.random.default_rng(1)
    names = [f"d{i}" for i in range(18)]
    frame = pd.DataFrame(random.normal(size=(300, 18)), columns=names).assign(who=range(300))
    frame["score"] = frame["d0"] + random.normal(size=300)
    ask = lambda: cx.drivers(cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), drivers=tuple(names)), customer="who"), draws=40)  # noqa: E731
    found = ask()
    lmg = found.estimates.query("level == 'lmg'")
    near(lmg["estimate"].sum(), found.facts["r2"], 1e-9)
    assert found.facts["orders"] == 3600 and (lmg["order_error"] > 0).all() and lmg["order_error"].max() < 0.002
    assert lmg.iloc[0]["p_top"] == 1 and (lmg["low"] <= lmg["estimate"]).all() and (lmg["estimate"] <= lmg["high"]).all()
    (told,) = [check for check in found.checks if check.name == "orders"]
    assert "3,600 were drawn" in told.detail and "of 100 parts at most" in told.detail
    pd.testing.assert_frame_equal(found.estimates, ask().estimates)
    finding = cx.conclude(found)
    assert finding.headline and any(check.name == "orders" for check in finding.checks)
