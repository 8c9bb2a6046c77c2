"""Held-out fit of summaries against brute force over the same folds, planted truth, and what cannot be asked."""

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError

NAMES = ("mean", "worst", "last", "ends")


def contacts(seed=1, n=600, truth="last", noise=1.0):
    draw = np.random.default_rng(seed)
    each = draw.normal(size=(n, 4))
    made = {"mean": each.mean(axis=1), "worst": each.min(axis=1), "last": each[:, -1]}
    made["ends"] = (made["worst"] + made["last"]) / 2
    age = draw.normal(size=n)
    return pd.DataFrame({"who": np.arange(n), **made, "age": age, "w": 1.0 + draw.integers(0, 3, n),
                         "score": made[truth] + 0.5 * age + draw.normal(scale=noise, size=n)})  # fmt: skip


def compared(frame, *, adjust_for=(), weight=None, **settings):
    question = cx.Question(outcome=cx.Mean("score"), drivers=NAMES, adjust_for=adjust_for)
    return cx.methods.aggregators(cx.from_frame(frame, question, customer="who", weight=weight), **settings)


@pytest.mark.parametrize(("adjust_for", "weight"), [((), None), (("age",), None), (("age",), "w")])
def test_held_out_fit_equals_brute_force(adjust_for, weight):
    frame = contacts()
    found = compared(frame, adjust_for=adjust_for, weight=weight, folds=5)
    frame = frame.assign(key=frame["who"].astype(str)).sort_values("key", ignore_index=True)
    fold, w = np.arange(len(frame)) % 5, frame[weight].to_numpy() if weight else np.ones(len(frame))

    def losses(columns):
        x = np.column_stack([np.ones(len(frame)), *(frame[name] for name in columns)])
        out = np.empty(len(frame))
        for at in range(5):
            here, root = fold == at, np.sqrt(w)[fold != at]
            coef = np.linalg.lstsq(x[~here] * root[:, None], frame["score"].to_numpy()[~here] * root, rcond=None)[0]
            out[here] = w[here] * (frame["score"].to_numpy()[here] - x[here] @ coef) ** 2
        return out

    null, base = losses(()), losses(adjust_for)
    model = {name: losses((name, *adjust_for)) for name in NAMES}
    for name in NAMES:
        assert found.row("held_out", name).estimate == pytest.approx((base.sum() - model[name].sum()) / null.sum(), rel=1e-8)
    best = found.facts["best"]
    row = found.row("difference", f"{best} less mean")
    gap = model["mean"] - model[best]
    assert row.estimate == pytest.approx(gap.sum() / null.sum(), rel=1e-8)
    spread = (gap - row.estimate * null) / null.sum()
    assert row.std_error == pytest.approx(np.sqrt(len(frame) / (len(frame) - 1) * (spread**2).sum()), rel=1e-8)


@pytest.mark.parametrize("truth", ["mean", "worst", "last"])
def test_the_planted_summary_comes_first_and_stands_apart(truth):
    found = compared(contacts(truth=truth, n=1500))
    assert found.facts["best"] == truth and found.facts["tied"] == []
    assert cx.conclude(found).strength == "suggestive"


@pytest.mark.slow
def test_what_is_not_told_apart_is_said():
    nothing = compared(contacts(seed=4, noise=40.0))
    assert len(nothing.facts["tied"]) == 3 and cx.conclude(nothing).strength == "inconclusive"
    wrong = [len(compared(contacts(seed, noise=40.0)).facts["tied"]) < 3 for seed in range(30)]
    assert sum(wrong) <= 4


def test_what_cannot_be_compared():
    frame = contacts(n=60)
    for drivers, said in ((("last",), "compares 2 to 12 summaries; the question names 1"), (("last", "kind"), "holds categories")):
        data = cx.from_frame(frame.assign(kind="a"), cx.Question(outcome=cx.Mean("score"), drivers=drivers), customer="who")
        with pytest.raises(QuestionError, match=said):
            cx.methods.aggregators(data)
    with pytest.raises(MethodError, match="has the same value in every row"):
        compared(frame.assign(last=1.0))
    with pytest.raises(MethodError, match="too few for 10 folds"):
        compared(frame.head(15))
    with pytest.raises(MethodError, match="the outcome is the same in every row"):
        compared(frame.assign(score=7.0))
    with pytest.raises(QuestionError, match="folds is 1"):
        compared(frame, folds=1)
