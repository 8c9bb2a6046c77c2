"""Naive, adjusted, within-customer: against statsmodels, and the doubts that cap a sentence."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from references import near

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError


@pytest.fixture(scope="module")
def frame():
    random = np.random.default_rng(8)
    who = np.sort(random.integers(0, 400, 1500))
    hard, own = random.normal(size=1500), random.normal(size=400)[who]
    wait = np.exp2(1 + 0.8 * hard + 0.3 * own + random.normal(size=1500))
    score = np.clip(np.round(8 - 0.4 * np.log2(wait) - 0.6 * hard + 0.5 * own + random.normal(0, 1.5, 1500)), 0, 10)
    return pd.DataFrame({"who": who, "wait": wait, "hard": hard, "score": score, "channel": random.choice(["chat", "mail"], 1500)})


def asked(frame, outcome=None, *, customer="who", weight=None, **fields):
    fields = {"exposure": cx.Duration("wait"), "adjust_for": ("hard", "channel"), **fields}
    return cx.from_frame(frame, cx.Question(outcome=outcome or cx.Nps("score"), **fields), customer=customer, weight=weight)


def points(frame):
    return np.select([frame["score"] >= 9, frame["score"] <= 6], [100.0, -100.0], 0.0)


def test_adjusted_equals_clustered_least_squares(frame):
    row = cx.effect(asked(frame), contrast="halving").row("adjusted")
    x = np.column_stack([np.log2(frame["wait"]), frame["hard"], frame["channel"] == "mail"]).astype(float)
    fit = sm.OLS(points(frame), sm.add_constant(x)).fit(cov_type="cluster", cov_kwds={"groups": frame["who"]}, use_t=True)
    near(row.estimate, -fit.params[1])
    near(row.std_error, fit.bse[1])
    near(row.low, -fit.conf_int()[1][1])


def test_weighted_equals_weighted_least_squares(frame):
    weights = np.random.default_rng(1).uniform(0.5, 2, len(frame))
    row = cx.effect(asked(frame.assign(w=weights), weight="w"), contrast="halving").row("naive")
    fit = sm.WLS(points(frame), sm.add_constant(np.log2(frame["wait"])), weights=weights)
    fit = fit.fit(cov_type="cluster", cov_kwds={"groups": frame["who"]}, use_t=True)
    near(row.estimate, -fit.params.iloc[1])
    near(row.std_error, fit.bse.iloc[1])


def test_within_equals_least_squares_on_differences_from_the_own_mean(frame):
    row = cx.effect(asked(frame), contrast="halving").row("within")
    parts = pd.DataFrame(
        {"y": points(frame), "x": np.log2(frame["wait"]), "hard": frame["hard"], "mail": (frame["channel"] == "mail").astype(float)}
    )
    several = frame.groupby("who")["who"].transform("size") > 1
    parts, who = parts[several], frame.loc[several, "who"]
    parts = parts - parts.groupby(who).transform("mean")
    fit = sm.OLS(parts["y"], sm.add_constant(parts[["x", "hard", "mail"]])).fit(cov_type="cluster", cov_kwds={"groups": who}, use_t=True)
    near(row.estimate, -fit.params["x"])
    near(row.std_error, fit.bse["x"])
    assert row.customers == who.nunique()


def test_the_default_contrast_is_one_unit_and_contrasts_scale(frame):
    data = asked(frame)
    one, three = cx.effect(data).row("adjusted"), cx.effect(data, contrast=3).row("adjusted")
    near(three.estimate, 3 * one.estimate)
    halving, doubling = (cx.effect(data, contrast=name).row("adjusted") for name in ("halving", "doubling"))
    near(halving.estimate, -doubling.estimate)
    near(halving.low, -doubling.high)


def test_robustness_value_is_that_of_cinelli_and_hazlett(frame):
    relation = cx.effect(asked(frame, adjust_for=("hard",)), contrast="halving")
    x = sm.add_constant(np.column_stack([np.log2(frame["wait"]), frame["hard"]]))
    fit = sm.OLS(points(frame), x).fit()
    f = abs(fit.tvalues[1]) / np.sqrt(fit.df_resid)
    near(relation.facts["robustness_value"], 0.5 * (np.sqrt(f**4 + 4 * f**2) - f**2))


def test_rescaling_the_exposure_changes_nothing_but_the_unit(frame):
    hours = cx.effect(asked(frame, exposure="wait")).row("adjusted")
    minutes = cx.effect(asked(frame.assign(wait=frame["wait"] * 60), exposure="wait")).row("adjusted")
    near(hours.estimate, 60 * minutes.estimate)
    near(hours.std_error, 60 * minutes.std_error)


def statuses(relation):
    return {check.name: (check.status, check.cap) for check in relation.checks}


def test_doubts_are_said(frame):
    assert statuses(cx.effect(asked(frame, adjust_for=())))["confounders"] == ("doubt", "suggestive")
    few = frame[frame["who"] < 30].assign(who=lambda f: f["who"] % 8)
    assert statuses(cx.effect(asked(few, adjust_for=("hard",))))["clusters"] == ("failed", "inconclusive")
    some = frame.assign(who=frame["who"] % 30)
    assert statuses(cx.effect(asked(some)))["clusters"][0] == "doubt"
    trained = frame.assign(agent=frame["who"] % 60, trained=(frame["who"] % 60) % 2)
    wrong = asked(trained, exposure="trained", adjust_for=())
    assert statuses(cx.effect(wrong))["assignment"] == ("failed", "inconclusive")
    right = asked(trained, exposure="trained", adjust_for=(), cluster="agent")
    assert "assignment" not in statuses(cx.effect(right))


def test_two_way_clustering(frame):
    two = cx.effect(asked(frame.assign(agent=frame.index % 50), cluster=("who", "agent")), contrast="halving")
    assert two.facts["clusters"] == 50
    assert two.row("adjusted").df == 49


def test_an_experiment_needs_no_confounder(frame):
    assert "confounders" not in statuses(cx.effect(asked(frame, adjust_for=(), design="experiment")))


def test_a_wait_without_an_end_is_a_level_of_its_own(frame):
    waiting = frame.copy()
    waiting.loc[waiting.index[:60], "wait"] = np.nan
    row = cx.effect(asked(waiting, adjust_for=("hard",)), contrast="halving").row("adjusted")
    log = np.log2(waiting["wait"]).fillna(0)
    x = sm.add_constant(np.column_stack([log, waiting["wait"].isna(), waiting["hard"]]).astype(float))
    fit = sm.OLS(points(waiting), x).fit(cov_type="cluster", cov_kwds={"groups": waiting["who"]}, use_t=True)
    near(row.estimate, -fit.params[1])
    near(row.std_error, fit.bse[1])


@pytest.mark.parametrize(
    ("change", "fields", "settings", "error", "message"),
    [
        ({}, {"exposure": None}, {}, QuestionError, "effect needs an exposure"),
        ({}, {"outcome": cx.Duration("wait"), "exposure": "hard", "adjust_for": ()}, {}, QuestionError, "ask `retention` about it"),
        ({"wait": 2.0}, {"adjust_for": ()}, {}, MethodError, "has the same value in every row"),
        ({"hard": lambda f: np.log2(f["wait"]) * 2 + 1}, {}, {"contrast": "halving"}, MethodError, "carry the same information"),
        ({}, {}, {"contrast": "third"}, QuestionError, 'contrast is "third"; it can be a number of units'),
        ({}, {}, {"contrast": 0}, QuestionError, "contrast is 0"),
        ({}, {"exposure": "hard", "adjust_for": ()}, {"contrast": "halving"}, QuestionError, "cannot be halved"),
        ({"channel": "chat"}, {}, {}, MethodError, '"channel" has one level'),
    ],
)  # fmt: skip
def test_what_cannot_be_answered(frame, change, fields, settings, error, message):
    outcome = fields.pop("outcome", None) if "outcome" in fields else None
    with pytest.raises(error, match=message):
        cx.effect(asked(frame.assign(**change), outcome, **fields), **settings)
