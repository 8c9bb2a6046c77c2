"""Hidden reasons that are put in on purpose: what is left once they are held equal is what the bounds say."""

import numpy as np
import pandas as pd
import pytest
from references import near

import cxresearch as cx
from cxresearch.ask.errors import QuestionError
from cxresearch.relate.bounds import e_value, e_value_limit, ratio_of_hazards, ratio_of_odds, ratio_of_shares, robustness_value, weakened

ASK = {"outcome": cx.Mean("score"), "exposure": "wait"}


def people(seed, n=600, slope=-0.5):
    """Customers of whom two reasons are measured; the second is as strong as the first in both."""
    rng = np.random.default_rng(seed)
    hard, other = rng.normal(size=(2, n))
    wait = 0.5 * hard + 0.5 * other + rng.normal(size=n)
    score = 5 + slope * wait - 0.4 * hard - 0.4 * other + rng.normal(size=n)
    return pd.DataFrame({"who": np.arange(n), "wait": wait, "hard": hard, "other": other, "score": score})


def fit(frame, names):
    x = np.column_stack([np.ones(len(frame)), *(frame[name] for name in names)])
    coef, *_ = np.linalg.lstsq(x, frame["score"], rcond=None)
    rest = frame["score"] - x @ coef
    df = len(frame) - x.shape[1]
    return coef[1], np.sqrt(rest @ rest / df * np.linalg.inv(x.T @ x)[1, 1]), df, rest @ rest


def partial(frame, outcome, name, names):
    """Share of what the others leave unexplained of the outcome that one more column explains."""
    turned = frame.assign(score=frame[outcome])
    less, more = (fit(turned, columns)[3] for columns in (names, [*names, name]))
    return (less - more) / less


@pytest.mark.parametrize("seed", range(3))
def test_what_is_left_is_what_holding_the_hidden_reason_equal_leaves(seed):
    frame = people(seed)
    estimate, error, df, _ = fit(frame, ["wait", "hard"])
    explained = partial(frame, "wait", "other", ["hard"]), partial(frame, "score", "other", ["wait", "hard"])
    left, after = weakened(estimate, error, df, explained)
    true, exact, *_ = fit(frame, ["wait", "hard", "other"])
    near(left, true, 1e-9)
    near(after, exact, 1e-9)


def test_a_reason_of_the_robustness_value_takes_the_estimate_to_nothing_and_its_limit_the_interval():
    rv, rva = robustness_value(4.2, 300), robustness_value(4.2, 300, alpha=0.05)
    assert abs(weakened(1.0, 1 / 4.2, 300, (rv, rv))[0]) < 1e-12
    left, _ = weakened(1.0, 1 / 4.2, 300, (rva, rva))
    assert left > 0 and 0 < rva < rv
    assert robustness_value(1.0, 300, alpha=0.05) == 0.0
    assert robustness_value(4.2, 300, alpha=0.05, inflation=2.0) < rva
    assert robustness_value(4.2, 300, q=0.5) < rv


def test_e_values_do_not_mind_which_side_is_called_the_risk():
    assert e_value(1.0) == 1.0 and e_value_limit(0.8, 1.3) == 1.0
    for ratio in (1.2, 2.0, 8.0):
        near(e_value(ratio), e_value(1 / ratio), 1e-12)
        near(ratio_of_odds(ratio) * ratio_of_odds(1 / ratio), 1.0, 1e-12)
        near(ratio_of_hazards(ratio) * ratio_of_hazards(1 / ratio), 1.0, 1e-12)
    assert e_value(ratio_of_shares(0.2, -0.3)) == np.inf


def data_of(frame, **changes):
    question = cx.Question(**{**ASK, "adjust_for": ("hard",), **changes})
    return cx.from_frame(frame, question, customer="who")


def test_the_relation_holds_bounds_robustness_and_e_values():
    frame = people(5)
    found = cx.methods.sensitivity(data_of(frame))
    estimate, error, df, _ = fit(frame, ["wait", "hard"])
    near(found.row("adjusted").estimate, estimate, 1e-9)
    near(found.facts["robustness_value"], robustness_value(estimate / error, df), 1e-9)
    rival = found.facts["strongest_measured"]
    near(rival["with_exposure"], np.corrcoef(frame["wait"], frame["hard"])[0, 1] ** 2, 1e-9)
    near(rival["with_outcome"], partial(frame, "score", "hard", ["wait"]), 1e-9)
    effect = cx.effect(data_of(frame))
    near(effect.facts["robustness_value"], found.facts["robustness_value"], 1e-12)
    assert effect.facts["strongest_measured"] == rival
    bounds = found.estimates[found.estimates["term"] == "bound"]
    assert bounds["estimate"].is_monotonic_increasing and (bounds["estimate"] > estimate).all()
    assert bounds["level"].tolist()[0] == "as strong as Hard"
    assert 1 < found.facts["e_value_limit"] < found.facts["e_value"]


@pytest.mark.slow
def test_the_bound_covers_a_hidden_reason_as_strong_as_the_measured_one():
    """In 60 worlds with a hidden twin of the measured reason the worst case is at least as near to nothing as the truth, but for noise."""
    gaps = [cx.methods.sensitivity(data_of(people(100 + seed))).estimates["estimate"].iloc[1] + 0.5 for seed in range(60)]
    assert np.mean(gaps) > 0
    assert np.mean(np.array(gaps) > -0.1) > 0.9


def test_customers_who_repeat_keep_their_wider_interval():
    frame = pd.concat([people(7, 150)] * 4, ignore_index=True)
    found = cx.methods.sensitivity(data_of(frame))
    row, bound = found.row("adjusted"), found.estimates.iloc[1]
    once = cx.methods.sensitivity(data_of(people(7, 150))).estimates.iloc[1]
    near(bound.estimate, once.estimate, 1e-9)
    assert 0.9 < bound.std_error / once.std_error < 1.1
    assert row.df == 149


def test_weights_count():
    frame = people(9)
    frame["weight"] = np.where(frame["who"] % 2, 3.0, 1.0)
    many = frame.loc[frame.index.repeat(frame["weight"].astype(int))]
    weighed = cx.from_frame(frame, cx.Question(**ASK, adjust_for=("hard",)), customer="who", weight="weight")
    one, other = cx.methods.sensitivity(weighed), cx.methods.sensitivity(data_of(many.reset_index(drop=True)))
    near(one.row("adjusted").estimate, other.row("adjusted").estimate, 1e-9)
    near(one.facts["robustness_value"], other.facts["robustness_value"], 1e-9)


def test_nothing_measured_and_levels_are_said():
    alone = cx.methods.sensitivity(data_of(people(3), adjust_for=()))
    assert alone.facts["strongest_measured"] is None and len(alone.estimates) == 1
    assert any(check.name == "confounders" and check.cap == "suggestive" for check in alone.checks)
    frame = people(3).assign(channel=lambda t: np.where(t["who"] % 2, "chat", "phone"))
    with pytest.raises(QuestionError, match="has levels; here one number is asked about"):
        cx.methods.sensitivity(data_of(frame, exposure="channel"))
