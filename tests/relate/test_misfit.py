"""A cliff that a spline smooths over is seen; a curve that a spline can follow is not taken for one."""

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.relate.fit import solve
from cxresearch.relate.misfit import misfit
from cxresearch.relate.moments import collect, total

HOW = {"draws": 20, "worth": 0.2}


def asked(shape, seed=1, n=4000, spread=1.0):
    rng = np.random.default_rng(seed)
    late = rng.normal(-8, 5, n)
    frame = pd.DataFrame({"who": range(n), "late": late, "score": 4 + shape(late) + spread * rng.normal(size=n)})
    return frame, cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure=cx.Mean("late", better="lower")), customer="who")


def doubt(relation):
    return next((check for check in relation.checks if check.name == "curve fit"), None)


def test_a_cliff_is_seen_where_it_is_and_forbids_a_point():
    frame, data = asked(lambda late: np.where(late > 1, -2.0, 0.0))
    found = cx.dose_response(data, **HOW)
    check = doubt(found)
    ends = [float(word) for word in check.detail.split() if word.replace("-", "").replace(".", "").isdigit()][:2]
    inside = frame[(frame["late"] > ends[0]) & (frame["late"] <= ends[1])]
    assert ends[0] < 2 and ends[1] > -1 and len(inside) > 40, check.detail
    assert check.cap == "inconclusive" and cx.conclude(found).strength == "inconclusive"
    assert "Early enough" not in cx.plot(found).wide and "Low enough" not in cx.plot(found).wide


@pytest.mark.parametrize(
    "shape", [lambda late: 0 * late, lambda late: -0.1 * late, lambda late: -0.01 * late**2, lambda late: -np.tanh(late / 6)]
)
def test_a_curve_that_a_spline_can_follow_is_no_cliff(shape):
    assert [doubt(cx.dose_response(asked(shape, seed)[1], **HOW)) for seed in (1,)] == [None]


@pytest.mark.slow
def test_where_the_curve_is_right_it_is_seldom_doubted():
    """Many small stretches, each with much noise: at most 5 of 100 are called, for their number is allowed for."""
    called = [doubt(cx.dose_response(asked(lambda late: 0 * late, seed, n=900, spread=4.0)[1], **HOW)) is not None for seed in range(40)]
    assert sum(called) <= 6


def test_on_a_log_scale_the_place_is_said_in_the_unit_of_the_wait():
    rng = np.random.default_rng(2)
    hours = 2.0 ** rng.normal(1, 1.5, 4000)
    frame = pd.DataFrame({"who": range(4000), "hours": hours, "score": 4 - 2.0 * (hours > 8) + rng.normal(size=4000)})
    data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure=cx.Duration("hours")), customer="who")
    table = data.table.mutate(_x=data.table.x.log2())
    line = solve(total(collect(table, ["y", "_x"])), "y", ["_x"])
    found = {worth: misfit(data, table, line, edges=(0.26, 15.4), log=True, worth=worth) for worth in (0.2, 9.0, None)}
    check = found[0.2]
    words = check.detail.split()
    assert 4 < float(words[1]) < 16 and words[4] == "hours"
    assert found[9.0] is None and found[None] is None
