"""leaks: what separates a yes-or-no outcome at both ends, and what does not."""

import numpy as np
import pandas as pd

import cxresearch as cx
from cxresearch.relate.leaks import leaks

DRAW = np.random.default_rng(5)
SIZE = 800
LEFT = (DRAW.random(SIZE) < 0.3).astype(float)


def flagged(column, outcome=LEFT, **question):
    frame = pd.DataFrame({"who": range(SIZE), "left": outcome, "q": column})
    asked = question or {"exposure": "q"}
    return leaks(cx.from_frame(frame, cx.Question(outcome=cx.Rate("left"), **asked), customer="who"))


def test_a_rating_made_from_the_outcome_is_flagged_in_every_part():
    rating = np.where(DRAW.random(SIZE) < 0.3, 3, np.where(LEFT == 1, 1, 5)).astype(float)
    for part in ({"exposure": "q"}, {"drivers": ("q",)}, {"by": "q"}):
        (check,) = flagged(rating, **part)
        assert (check.name, check.status, check.cap) == ("leak", "failed", "inconclusive")
    assert len(flagged(np.where(rating == 1, "bad", np.where(rating == 5, "good", "so so")))) == 1


def test_a_score_with_many_values_is_looked_at_by_tenths():
    assert len(flagged(40 * LEFT + DRAW.normal(50, 8, SIZE))) == 1
    assert flagged(10 * LEFT + DRAW.normal(50, 8, SIZE)) == ()


def test_one_pure_end_or_few_rows_are_no_leak():
    safe = np.where((LEFT == 0) & (DRAW.random(SIZE) < 0.5), 1.0, 0.0)
    assert flagged(safe) == ()
    few = np.zeros(SIZE)
    few[np.flatnonzero(LEFT == 1)[:10]] = 1
    few[np.flatnonzero(LEFT == 0)[:10]] = 2
    assert flagged(few) == ()


def test_noise_is_never_flagged_and_an_outcome_of_many_values_is_not_looked_at():
    assert not any(flagged(DRAW.integers(1, 6, SIZE).astype(float)) for _ in range(20))
    frame = pd.DataFrame({"who": range(SIZE), "score": DRAW.normal(size=SIZE)})
    frame["q"] = np.sign(frame["score"])
    assert leaks(cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure="q"), customer="who")) == ()
