"""A researcher's own frame."""

import ibis
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.errors import DataError, QuestionError
from cxresearch.load.rows import in_order

FRAME = pd.DataFrame(
    {
        "who": ["007", "007", "8", None, "9"],
        "wait": [1.0, 2.0, None, 3.0, 4.0],
        "score": [9.0, 3.0, 7.0, 8.0, 8.0],
        "plan": ["a", "b", None, "a", "b"],
    }
)


def test_ids_stay_text_and_rows_without_a_customer_do_not_count():
    data = cx.from_frame(FRAME, cx.Question(outcome=cx.Mean("score")), customer="who")
    assert data.rows == 4
    assert set(data.frame()["customer"]) == {"007", "8", "9"}


def test_a_wait_without_an_end_is_kept_and_a_missing_number_is_counted():
    waits = cx.from_frame(FRAME, cx.Question(outcome=cx.Mean("score"), exposure=cx.Duration("wait")), customer="who")
    assert waits.rows == 4
    assert any(check.name == "not yet" for check in waits.checks)
    numbers = cx.from_frame(FRAME, cx.Question(outcome=cx.Mean("score"), exposure="wait"), customer="who")
    assert numbers.rows == 3
    assert {check.name: check.status for check in numbers.checks}["complete"] == "failed"


def test_the_frame_is_not_changed():
    before = FRAME.copy()
    cx.measure(cx.from_frame(FRAME, cx.Question(outcome=cx.Nps("score"), by="plan"), customer="who"))
    pd.testing.assert_frame_equal(FRAME, before)


@pytest.mark.parametrize(
    ("change", "question", "settings", "error", "message"),
    [
        (lambda f: f.iloc[:0], {}, {}, DataError, "the frame has no rows"),
        (lambda f: f, {}, {"customer": "whom"}, DataError, 'no column "whom"; did you mean "who"'),
        (lambda f: f, {}, {"weight": "w"}, DataError, 'no column "w"'),
        (lambda f: f.assign(who="x"), {}, {}, DataError, "all rows belong to one customer"),
        (lambda f: f.assign(score=float("nan")), {}, {}, DataError, "none has everything that the question needs"),
        (lambda f: f, {"outcome": "plan"}, {}, QuestionError, '"plan" holds text; an outcome must be a number'),
        (lambda f: f, {"outcome": "scre"}, {}, QuestionError, 'did you mean "score"'),
        (lambda f: f, {"outcome": cx.Mean("rating")}, {}, QuestionError, 'Rating needs "rating", which this study does not have'),
        (lambda f: f, {"by": "pln"}, {}, QuestionError, 'there is no column "pln"; did you mean "plan"'),
        (lambda f: f, {"cluster": "agent"}, {}, QuestionError, 'there is no column "agent"'),
    ],
)  # fmt: skip
def test_mistakes_are_named(change, question, settings, error, message):
    asked = cx.Question(**{"outcome": "score", **question})
    with pytest.raises(error, match=message):
        cx.from_frame(change(FRAME), asked, **{"customer": "who", **settings})


def test_columns_named_like_ours_are_only_columns():
    frame = pd.DataFrame({"who": range(40), "weight": [1.0, 9.0] * 20, "linked": [0, 1] * 20, "score": range(40)})
    data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure="weight", adjust_for=("linked",)), customer="who")
    assert data.rows == 40
    assert cx.measure(data).estimates["estimate"].iloc[0] == 19.5


@pytest.mark.parametrize("weights", [[-1.0, 1, 1], [0.0, 0, 0], [1.0, float("inf"), 1]])
def test_weights_that_are_none(weights):
    frame = pd.DataFrame({"who": list("abc"), "w": weights, "score": [1.0, 2, 3]})
    with pytest.raises(DataError, match="weight"):
        cx.from_frame(frame, cx.Question(outcome=cx.Mean("score")), customer="who", weight="w")


def test_hardly_any_is_not_none_and_one_is_one():
    frame = pd.DataFrame({"who": range(4000), "score": [float("nan")] + [5.0] * 3999, "wait": [None] + [1.0, 2.0] * 1999 + [None]})
    said = {check.name: check.detail for check in cx.from_frame(frame, cx.Question(outcome=cx.Mean("score")), customer="who").checks}
    assert said["complete"] == "3,999 of 4,000 rows have everything that the question needs; under 0.1% are left out."
    waits = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure=cx.Duration("wait")), customer="who")
    said = {check.name: check.detail for check in waits.checks}
    assert said["not yet"] == "For 1 row the wait had not ended when the outcome was measured: a group of its own."
    late = ibis.memtable({"_late": [True, False, False, None]})
    assert in_order(late, "answer")[1][0].detail == (
        "Order in time: 1 of 3 answers came before the contact it is compared with and was set aside."
    )


def test_frames_that_differ_have_fingerprints_that_differ_and_the_order_of_rows_does_not_count():
    question = cx.Question(outcome=cx.Mean("score"), exposure="wait")
    fingerprint = lambda frame: cx.from_frame(frame, question, customer="who").fingerprint  # noqa: E731
    assert fingerprint(FRAME) == fingerprint(FRAME.iloc[::-1])
    assert fingerprint(FRAME) != fingerprint(FRAME.assign(score=FRAME["score"].replace(3.0, 4.0)))
