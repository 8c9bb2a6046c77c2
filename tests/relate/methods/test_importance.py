"""The map of importance and performance, and penalty and reward: planted corners, planted bends, straight lines, bad input."""

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError

NAMES = ("kind", "quick", "simple")


def ratings(seed=1, customers=800):
    random = np.random.default_rng(seed)
    who = np.repeat(np.arange(customers), 2)
    line = random.normal(size=(len(who), 3)) + np.array([-0.8, 0.8, 0.8])
    frame = pd.DataFrame(np.clip(np.round(3 + line), 1, 5), columns=list(NAMES)).assign(who=who)
    return frame.assign(mood=np.repeat(random.normal(size=customers), 2) + random.normal(size=len(who)))


def asked(frame, drivers=NAMES, **kind):
    return cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), drivers=drivers), customer="who", **kind)


def test_planted_corners_are_found_and_numbers_are_those_of_drivers_and_means():
    frame = ratings().assign(score=lambda f: 1.5 * f["kind"] + 0.2 * f["quick"] + f["mood"])
    data = asked(frame)
    found, shares = cx.methods.importance(data, draws=200), cx.drivers(data, draws=200)
    assert found.row("kind", "importance").corner == "much low"
    assert found.row("simple", "importance").corner == "little high"
    for name in NAMES:
        for part in ("estimate", "low", "high", "noise"):
            assert abs(found.row(name, "importance")[part] - shares.row(name, "lmg")[part]) < 1e-12
        assert abs(found.row(name, "performance").estimate - frame[name].mean()) < 1e-9
        assert abs(found.row(name, "performance").reached - (frame[name].mean() - 1) / 4) < 1e-9


@pytest.mark.parametrize(("times", "most"), [(4, 1), pytest.param(8, 2, marks=pytest.mark.slow)])
def test_a_straight_line_is_not_taken_for_asymmetry(times, most):
    """Ratings far from the middle on one side: the sum of penalty and reward is off zero, the bend is not."""
    bends = 0
    for seed in range(times):
        data = asked(ratings(seed, 400).assign(score=lambda f: f["kind"] + f["mood"]))
        row = cx.methods.asymmetry(data).row("kind", "bend")
        bends += row.low > 0 or row.high < 0
    assert bends <= most


def test_planted_penalty_is_found():
    frame = ratings().assign(score=lambda f: np.where(f["quick"] <= 2, -2.0, 0.0) + f["mood"])
    found = cx.methods.asymmetry(asked(frame))
    row = found.row("quick", "penalty")
    assert row.low < -2 < row.high
    assert found.row("quick", "asymmetry").p_holm < 0.001 and found.row("quick", "bend").high < 0
    assert found.row("kind", "asymmetry").p_holm > 0.01
    weighted = cx.methods.asymmetry(asked(frame.assign(w=2.0), weight="w"))
    assert abs(weighted.row("quick", "asymmetry").estimate - found.row("quick", "asymmetry").estimate) < 1e-9


def test_penalty_and_reward_equal_dummies_by_least_squares():
    frame = ratings().assign(score=lambda f: f["kind"] ** 2 + f["mood"])
    found = cx.methods.asymmetry(asked(frame))
    columns = [np.ones(len(frame))] + [side for name in NAMES for side in (frame[name] <= 2, frame[name] >= 4)]
    slopes = np.linalg.lstsq(np.column_stack(columns).astype(float), frame["score"], rcond=None)[0][1:]
    for i, name in enumerate(NAMES):
        assert abs(found.row(name, "penalty").estimate - slopes[2 * i]) < 1e-9
        assert abs(found.row(name, "asymmetry").estimate - slopes[2 * i] - slopes[2 * i + 1]) < 1e-9


def test_what_has_no_place():
    frame = ratings().assign(score=lambda f: f["kind"] + f["mood"], yes=lambda f: (f["mood"] > 0).astype(float))
    with pytest.raises(MethodError, match="nothing can be compared"):
        cx.methods.asymmetry(asked(frame, ("yes",)))
    with pytest.raises(MethodError, match="a map needs two or more"):
        cx.methods.importance(asked(frame, ("kind",)), draws=20)
    with pytest.raises(QuestionError, match="drivers needs drivers"):
        cx.methods.importance(asked(frame, ()))
    with pytest.raises(MethodError, match="same information"):
        cx.methods.importance(asked(frame.assign(quick=frame["kind"])), draws=20)
