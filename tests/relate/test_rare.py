"""A share with few of the rarer value: Cochran's rule, and what the methods do with it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.relate.doubts import rare
from cxresearch.relate.moments import Total


def _check(rows, share, kind="share"):
    data = SimpleNamespace(outcome=SimpleNamespace(kind=kind, label="Customers kept"))
    return rare(data, Total(("x", "y"), rows, np.array(float(rows)), np.array([0.0, share]), np.eye(2)))


@pytest.mark.parametrize("share", [0.01, 0.06, 0.2, 0.4, 0.7, 0.99])
def test_as_many_rows_as_the_skewness_asks_for(share):
    values = np.repeat([0.0, 1.0], [round((1 - share) * 10_000), round(share * 10_000)])
    skewness = float(pd.Series(values).skew())
    enough = 25 * skewness**2
    assert _check(int(enough * 1.02) + 1, share) is None
    assert _check(int(enough * 0.98), share).cap == "inconclusive"


def test_half_and_half_is_not_skewed_and_other_kinds_are_not_asked():
    assert _check(12, 0.5) is None
    assert _check(12, 0.01, kind="mean") is None


@pytest.mark.parametrize(("leavers", "said"), [(12, True), (60, False)])
def test_a_sentence_on_few_who_left_is_not_called_sure(leavers, said):
    rng = np.random.default_rng(1)
    wait = np.sort(rng.exponential(size=400))
    frame = pd.DataFrame({"who": range(400), "wait": wait, "kept": np.arange(400) < 400 - leavers})
    question = cx.Question(outcome=cx.Rate("kept"), exposure="wait", design="experiment")
    found = cx.effect(cx.from_frame(frame, question, customer="who"), contrast=1)
    held = [check for check in found.checks if check.name == "rare outcome"]
    assert bool(held) is said
    if said:
        assert "12 of 400" in held[0].detail and cx.conclude(found).strength == "inconclusive"


def test_a_small_side_in_which_nobody_left_is_not_certain():
    """42 of 2,000 are exposed and 5 of 100 leave whoever they are: where none of the 42 left, the interval leaves out zero, wrongly."""
    rng = np.random.default_rng(3)
    said = []
    for _ in range(8):
        exposed, left = np.arange(2000) < 42, rng.random(2000) < 0.05
        frame = pd.DataFrame({"who": range(2000), "told": exposed * 1.0, "left": left * 1.0})
        question = cx.Question(outcome=cx.Rate("left", better="lower"), exposure=cx.Mean("told"), design="experiment")
        found = cx.effect(cx.from_frame(frame, question, customer="who"), contrast=1)
        said.append(cx.conclude(found, worth=0.5).strength)
        assert "on the smaller side" in next(check.detail for check in found.checks if check.name == "smaller side")
    assert set(said) == {"inconclusive"}


def test_two_sides_with_enough_of_the_rarer_value_are_compared():
    frame = pd.DataFrame({"who": range(2000), "told": np.arange(2000) % 2 * 1.0, "left": np.arange(2000) % 20 < 3})
    question = cx.Question(outcome=cx.Rate("left", better="lower"), exposure=cx.Mean("told"), design="experiment")
    found = cx.effect(cx.from_frame(frame, question, customer="who"), contrast=1)
    assert not [check for check in found.checks if check.name in ("smaller side", "rare outcome")]
