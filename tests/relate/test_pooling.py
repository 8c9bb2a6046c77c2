"""Partial pooling against published figures: the BCG trials (metafor) and the eight schools (Stan)."""

import numpy as np
import pytest
from scipy import stats

from cxresearch.ask.errors import MethodError
from cxresearch.relate.pooling import (
    dersimonian_laird,
    furthest,
    furthest_of,
    i_squared,
    mixture,
    pairs,
    paule_mandel,
    pooled,
    q_at,
    q_profile,
)

# Colditz et al. (1994), 13 trials of the BCG vaccine: ill and well among the vaccinated, ill and well among the others.
BCG = np.array(
    [
        (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761), (180, 1361, 372, 1079),
        (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600), (186, 50448, 141, 27197),
        (5, 2493, 3, 2338), (27, 16886, 29, 17825),
    ],
    dtype=float,
)  # fmt: skip
A, B, C, D = BCG.T
Y, V = np.log(A / (A + B)) - np.log(C / (C + D)), 1 / A - 1 / (A + B) + 1 / C - 1 / (C + D)
SCHOOLS = np.array([28.0, 8, -3, 7, -1, 1, 18, 12]), np.array([15.0, 10, 16, 11, 9, 11, 10, 18]) ** 2


def test_the_bcg_trials_as_metafor_prints_them():
    assert q_at(Y, V, 0.0) == pytest.approx(152.2330, abs=5e-5)
    assert dersimonian_laird(Y, V) == pytest.approx(0.3088, abs=5e-5)
    assert paule_mandel(Y, V) == pytest.approx(0.3181, abs=5e-5)
    assert q_profile(Y, V) == pytest.approx((0.1197, 1.1115), abs=5e-5)
    assert [100 * i_squared(V, value) for value in q_profile(Y, V)] == pytest.approx([81.92, 97.68], abs=5e-3)


def test_eight_schools_as_the_full_model_gives_them():
    """Posterior means of the hierarchical model with a flat prior on tau, as published: 11.4, 7.9, 6.1, 7.6, 5.1, 6.1, 10.6, 8.4."""
    found = pooled(*SCHOOLS)
    assert found.estimate == pytest.approx([11.4, 7.9, 6.1, 7.6, 5.1, 6.1, 10.6, 8.4], abs=0.15)
    assert ((found.low < found.estimate) & (found.estimate < found.high)).all()


def test_eight_schools_by_brute_force():
    """The same model, drawn at random: weights of the marginal likelihood on a fine grid of tau."""
    y, v = SCHOOLS
    random, tau = np.random.default_rng(1), np.linspace(0.01, 80, 8000)
    w = 1 / (v + tau[:, None] ** 2)
    mean = (w @ y) / w.sum(axis=1)
    log = 0.5 * np.log(w).sum(axis=1) - 0.5 * np.log(w.sum(axis=1)) - 0.5 * (w * (y - mean[:, None]) ** 2).sum(axis=1)
    at = random.choice(len(tau), 400_000, p=np.exp(log) / np.exp(log).sum())
    mu = random.normal(mean[at], w.sum(axis=1)[at] ** -0.5)
    share = v / (v + tau[at][:, None] ** 2)
    drawn = random.normal(y * (1 - share) + mu[:, None] * share, np.sqrt(v * (1 - share)))
    found = pooled(y, v)
    assert found.estimate == pytest.approx(drawn.mean(axis=0), abs=0.15)
    assert found.low == pytest.approx(np.quantile(drawn, 0.025, axis=0), abs=0.5)
    assert found.high == pytest.approx(np.quantile(drawn, 0.975, axis=0), abs=0.5)


@pytest.mark.slow
def test_intervals_of_pooled_units_and_of_tau_cover():
    random, inside, spread = np.random.default_rng(7), [], []
    for _ in range(150):
        truth, v = random.normal(5, 2.0, 12), random.uniform(1, 9, 12)
        found = pooled(random.normal(truth, np.sqrt(v)), v)
        inside.append(((found.low <= truth) & (truth <= found.high)).mean())
        spread.append(found.tau_low <= 2.0 <= found.tau_high)
    # 94.1% over 1,500 such sets; of 150 the mean has an error of 0.7 points.
    assert 0.915 < np.mean(inside) < 0.975
    assert stats.binom.cdf(sum(spread), 150, 0.95) > 1e-4


def test_no_spread_no_reliability():
    found = pooled(np.full(5, 3.0), np.ones(5))
    assert found.tau == 0 and (found.reliability == 0).all() and found.p == pytest.approx(1)


def test_a_mixture_of_one_is_its_law():
    one = np.array([1.0])
    assert mixture(one, np.array([[1.0]]), np.array([[2.0]]), 0.975)[0] == pytest.approx(stats.norm.ppf(0.975, 1, 2), abs=1e-9)
    assert mixture(one, np.array([[0.0]]), np.array([[1.0]]), 0.025, 5)[0] == pytest.approx(stats.t.ppf(0.025, 5), abs=1e-9)


@pytest.mark.parametrize(("y", "v", "said"), [([1, 2], [1, 1], "three or more"), ([1, 2, 3], [1, 0, 1], "error of zero")])
def test_what_cannot_be_pooled_is_said(y, v, said):
    with pytest.raises(MethodError, match=said):
        pooled(np.array(y, dtype=float), np.array(v, dtype=float))


@pytest.mark.parametrize(("truth", "share"), [((4.5, 6.0, 6.0, 7.5), 0.005), ((5.0, 6.0, 6.0, 7.0), 0.03), ((5.0, 5.0, 7.0, 7.0), 0.03)])
@pytest.mark.parametrize("error", [0.2, 0.35, 0.6, 1.0])
@pytest.mark.slow
def test_differences_as_large_as_is_worth_acting_on_are_not_bounded_below_it(truth, share, error):
    """Worth 2: where two truly differ by 3, or just by 2, the bound lies under it in no more than 2.5 of 100."""
    drawn = np.random.default_rng(4).normal(truth, error, (4000, 4))
    one = np.full(6, error * np.sqrt(2))
    assert np.mean([furthest(pairs(4) @ y, one) < 2 for y in drawn]) < share


def test_a_bound_on_the_spread_would_have_said_so():
    """Ten levels alike and two that are 3 apart: the spread is surely below 2, what it was held against."""
    drawn = np.random.default_rng(4).normal([4.5, *[6.0] * 10, 7.5], 0.3, (200, 12))
    assert np.mean([q_profile(y, np.full(12, 0.09))[1] < 2 for y in drawn]) > 0.95
    assert np.mean([furthest(pairs(12) @ y, np.full(66, 0.3 * np.sqrt(2))) < 2 for y in drawn]) == 0


def test_errors_in_common_are_taken_at_their_worst():
    y, v, shared = np.array([1.0, 4.0, 2.0]), np.array([0.2, 0.3, 0.1]), np.array([0.04, 0.09, 0.0])
    ends = [
        abs(y[i] - y[j]) + 1.959964 * np.sqrt(v[i] + v[j] + (shared[i] ** 0.5 + shared[j] ** 0.5) ** 2) for i in range(3) for j in range(i)
    ]
    assert furthest_of(y, v, shared) == pytest.approx(max(ends), rel=1e-6)


def test_the_largest_difference_is_never_said_to_lie_beyond_its_bound():
    found = pooled(*SCHOOLS)
    row = found.apart(5.0)
    assert row["low"] <= row["estimate"] <= row["high"] == 5.0
    assert pooled(Y, V).apart(9.0)["estimate"] == pytest.approx(np.ptp(pooled(Y, V).estimate))
