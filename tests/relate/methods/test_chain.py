"""A chain from service to value: its links side by side, and no stronger than the weakest."""

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.errors import QuestionError

MISSING = cx.Absent("There is no table of orders.")


def link(slope, *, seed=1, n=400):
    draw = np.random.default_rng(seed).normal(size=(n, 2))
    frame = pd.DataFrame({"who": range(n), "service": draw[:, 0], "score": slope * draw[:, 0] + draw[:, 1], "held": draw[:, 1] > 0})
    return cx.effect(cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure="service", adjust_for="held"), customer="who"))


def test_links_stand_in_order_with_their_own_estimates():
    first, second = link(1.0), link(0.5, seed=2)
    found = cx.methods.chain(first, second)
    assert found.estimates["estimate"].tolist() == [one.row("adjusted").estimate for one in (first, second)]
    assert [check.status for check in found.checks] == ["passed"]


def test_the_weakest_link_decides_the_word():
    strong, weak, none = link(1.0), link(0.0, seed=2), link(-1.0, seed=3)
    finding = cx.conclude(cx.methods.chain(strong, weak))
    assert finding.strength == "inconclusive" and finding.headline.endswith("these data cannot say.")
    assert "is not stronger than its weakest link" in finding.detail
    turned = cx.conclude(cx.methods.chain(strong, none))
    assert turned.strength == cx.conclude(none).strength and finding.n == 400


def test_a_link_that_is_not_there_is_counted():
    found = cx.methods.chain(link(1.0), MISSING, link(0.5, seed=2))
    assert len(found.estimates) == 2 and found.checks[0].detail == MISSING.reason
    assert cx.methods.chain(link(1.0), MISSING) is MISSING
    assert cx.methods.chain(MISSING, MISSING) is MISSING


def test_only_links_are_taken():
    with pytest.raises(QuestionError, match="chain takes what effect, mediation, lifetime, value found"):
        cx.methods.chain(link(1.0), "a link")
