"""Proportional odds beside least squares: the same model by other ways, planted truth, and what cannot be fitted."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError, ResearchError
from cxresearch.relate.logit import logit
from cxresearch.relate.ordinal_fit import ordinal as fitted


def company(seed=1, customers=400, slope=-0.5, *, cut_shift=0.0, binary=False):
    """Answers 0-10 on a logistic scale, two per customer, customers differ; slow cases are hard cases."""
    random = np.random.default_rng(seed)
    who = np.repeat(np.arange(customers), 2)
    hard = random.normal(size=len(who))
    wait = 0.6 * hard + random.normal(size=len(who)) + np.repeat(random.normal(size=customers), 2) * 0.5
    wait = (wait > 0).astype(float) if binary else wait
    line = slope * wait - 0.7 * hard + 0.6 * np.repeat(random.normal(size=customers), 2)
    cuts = np.linspace(-3, 2, 10)[:, None] + cut_shift * np.linspace(-1, 1, 10)[:, None] * wait
    score = (random.logistic(size=len(who)) + line > cuts).sum(axis=0)
    return pd.DataFrame({"who": who, "wait": wait, "hard": hard, "score": score.astype(float)})


def asked(frame, outcome=None, **kind):
    question = cx.Question(outcome=outcome or cx.Nps("score"), exposure="wait", adjust_for=("hard",))
    return cx.from_frame(frame, question, customer="who", **kind)


def test_two_levels_are_logistic_regression_also_by_cluster():
    frame = company()
    y, x = (frame["score"] > 6).astype(float).to_numpy(), frame[["wait", "hard"]].to_numpy()
    ours, _ = fitted(y, x, ["wait", "hard"])
    theirs = logit(y, x, ["wait", "hard"], cluster=frame["who"])
    np.testing.assert_allclose([-ours.cuts[0, 0], *ours.slopes], theirs.coef, rtol=1e-8)
    np.testing.assert_allclose(ours.mcfadden, theirs.mcfadden, rtol=1e-10)
    found = cx.methods.ordinal(asked(frame.assign(top=y), cx.Rate("top")), contrast=1.0).row("ordinal")
    assert abs(found.log_odds - theirs.coef[1]) < 1e-8 and abs(found.log_odds_error - np.sqrt(theirs.cov[1, 1])) < 1e-8


def test_derivatives_by_brute_force_with_weights_and_free_cuts():
    frame = company(customers=120)
    x, z, w = frame[["hard"]].to_numpy(), frame[["wait"]].to_numpy(), np.random.default_rng(2).uniform(0.5, 2, len(frame))
    y = np.digitize(frame["score"], [4, 7, 9])
    fit, rows = fitted(y, x, ["hard", "wait"], shifts=z, weight=w)

    def loglik(parts):
        below = expit(np.column_stack([np.ones(len(z)), z]) @ parts[:6].reshape(3, 2).T - x @ parts[6:][:, None])
        return float(w @ np.log(np.diff(below, axis=1, prepend=0, append=1)[np.arange(len(y)), y]))

    here, step = np.concatenate([fit.cuts.ravel(), fit.slopes]), 1e-4
    assert abs(loglik(here) - fit.loglik) < 1e-8
    move = np.eye(7) * step
    information = np.array([[-(loglik(here + a + b) - loglik(here + a - b) - loglik(here - a + b) + loglik(here - a - b)) for b in move]
                            for a in move]) / (4 * step**2)  # fmt: skip
    np.testing.assert_allclose(np.linalg.inv(information), fit.bread, rtol=2e-4, atol=1e-6)
    assert all(loglik(here + a) < fit.loglik and loglik(here - a) < fit.loglik for a in move)
    sums = np.array([fit.influence(rows, direction).sum() for direction in np.eye(7)])
    np.testing.assert_allclose(sums, 0, atol=1e-8)


def test_weights_weigh_the_likelihood_like_repeated_rows():
    frame = company(customers=150)
    times = np.random.default_rng(3).integers(1, 4, len(frame))
    weighted = cx.methods.ordinal(asked(frame.assign(w=times.astype(float)), weight="w"))
    repeated = cx.methods.ordinal(asked(frame.loc[frame.index.repeat(times)]))
    for term in ("ordinal", "relaxed", "least_squares"):
        assert abs(weighted.row(term).estimate - repeated.row(term).estimate) < 1e-7
    assert abs(weighted.row("ordinal").std_error / repeated.row("ordinal").std_error - 1) < 1e-6


def test_the_effect_beside_it_is_the_one_of_effect():
    data = asked(company())
    found, other = cx.methods.ordinal(data).row("least_squares"), cx.effect(data).row("adjusted")
    for name in ("estimate", "low", "high", "n"):
        assert abs(found[name] - other[name]) < 1e-8


@pytest.mark.slow
def test_planted_truth_is_covered_with_repeating_customers():
    """Truth: the odds as the fit sees them, from a company of 30,000 customers."""
    truth = cx.methods.ordinal(asked(company(99, 30_000))).row("ordinal")
    rows = [cx.methods.ordinal(asked(company(seed, 250))).row("ordinal") for seed in range(24)]
    assert 20 <= sum(row.low <= truth.estimate <= row.high for row in rows) <= 24


def test_a_contrast_is_the_difference_of_predicted_shares():
    found = cx.methods.ordinal(asked(company()))
    worth = np.select([found.curve["x"] >= 9, found.curve["x"] <= 6], [100.0, -100.0], 0.0)
    shares = found.curve.assign(points=found.curve["estimate"] * worth).groupby("term")[["points", "estimate"]].sum()
    assert abs(shares.loc["with", "points"] - shares.loc["without", "points"] - found.row("ordinal").estimate) < 1e-9
    np.testing.assert_allclose(shares["estimate"], 1)


def test_what_is_met_or_not_is_set_to_nobody_and_everybody():
    """With a ratio of its own at every cut and nothing held equal the fit is saturated: the difference is that of two plain means."""
    frame = company(binary=True)
    means = frame.groupby("wait")["score"].mean()
    question = cx.Question(outcome=cx.Mean("score"), exposure="wait")
    found = cx.methods.ordinal(cx.from_frame(frame, question, customer="who"))
    assert abs(found.row("relaxed").estimate - (means[1] - means[0])) < 1e-6
    assert abs(found.row("ordinal").estimate / (means[1] - means[0]) - 1) < 0.1
    shares = frame[frame["wait"] == 1]["score"].value_counts(normalize=True).sort_index()
    assert abs(found.curve.query("term == 'with'")["estimate"].to_numpy() - shares.to_numpy()).max() < 0.03
    less = cx.methods.ordinal(cx.from_frame(frame, question, customer="who"), contrast=-1.0)
    np.testing.assert_allclose(less.row("ordinal").estimate, -found.row("ordinal").estimate, rtol=1e-12)


def test_with_others_held_equal_everybody_is_predicted_without_and_with():
    frame = company(binary=True)
    fit, _ = fitted(frame["score"].to_numpy(), frame[["wait", "hard"]].to_numpy(), ["wait", "hard"])
    line = frame["hard"].to_numpy()[:, None] * fit.slopes[1]
    without, with_it = (1 - expit(fit.cuts[:, 0] - line - met * fit.slopes[0]) for met in (0, 1))
    found = cx.methods.ordinal(asked(frame, cx.Mean("score"))).row("ordinal")
    assert abs(found.estimate - (with_it - without).sum(axis=1).mean()) < 1e-9


def test_cuts_that_are_not_alike_are_told():
    alike = [cx.methods.ordinal(asked(company(seed, 500))).facts["proportional_p"] for seed in range(8)]
    assert sum(p < 0.05 for p in alike) <= 2
    other = cx.methods.ordinal(asked(company(1, 1500, cut_shift=0.6)))
    assert other.facts["proportional_p"] < 1e-6
    assert next(check for check in other.checks if check.name == "same odds at every cut").status == "doubt"


def test_categories_and_waits():
    frame = company().assign(channel=lambda f: np.where(f["wait"] > 0.5, "mail", np.where(f["wait"] < -0.5, "chat", "phone")))
    question = cx.Question(outcome=cx.Mean("score"), exposure="channel", adjust_for=("hard",))
    found = cx.methods.ordinal(cx.from_frame(frame, question, customer="who"))
    assert len(found.estimates) == 6 and len(set(found.curve["term"])) == 4
    waits = company().assign(hours=lambda f: np.where(f["wait"] > 2.5, np.nan, np.exp(f["wait"])))
    question = cx.Question(outcome=cx.Nps("score"), exposure=cx.Duration("hours"), adjust_for=("hard",))
    found = cx.methods.ordinal(cx.from_frame(waits, question, customer="who"), contrast="halving").row("ordinal")
    assert found.low > 0


@pytest.mark.parametrize(
    "spoil, message",
    [
        (lambda f: f.assign(score=7.0), "every answer is the same|all"),
        (lambda f: f.assign(wait=(f["score"] >= 9).astype(float)), "separate"),
        (lambda f: f.assign(wait=f["score"]), "separate"),
        (lambda f: f.assign(wait=1.0), "same value in every row"),
        (lambda f: f.assign(hard=f["wait"] * 2), "same information"),
        (lambda f: f.head(6), "cannot carry|rows"),
        (lambda f: f.assign(who=1), "one customer"),
    ],
)
def test_what_cannot_be_fitted_is_told(spoil, message):
    with pytest.raises(ResearchError, match=message):
        cx.methods.ordinal(asked(spoil(company())))


def test_an_amount_and_a_wait_are_no_scale():
    frame = company().assign(money=lambda f: f["wait"] * 100)
    with pytest.raises(MethodError, match="a scale of few steps"):
        cx.methods.ordinal(cx.from_frame(frame, cx.Question(outcome=cx.Mean("money"), exposure="hard"), customer="who"))
    with pytest.raises(QuestionError, match="retention"):
        question = cx.Question(outcome=cx.Duration("wait"), exposure="hard")
        cx.methods.ordinal(cx.from_frame(company().assign(wait=lambda f: f["wait"].abs()), question, customer="who"))
    with pytest.raises(QuestionError, match="needs an exposure"):
        cx.methods.ordinal(cx.from_frame(company(), cx.Question(outcome=cx.Nps("score")), customer="who"))
