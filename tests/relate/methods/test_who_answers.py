"""Weights for who answers: against cell weighting, the bootstrap and a planted truth; and what every other method does with them."""

import numpy as np
import pandas as pd
import pytest
from references import near

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.load.simulate import simulate
from cxresearch.relate.bootstrap import repeat
from cxresearch.relate.logit import logit
from cxresearch.relate.response import Answers, effective, weighted_mean

PLANS = np.array(["basic", "plus", "pro"])


def company(n=2000, seed=1, *, hidden=0.0):
    """Customers of whom age and plan are known; who answers depends on both, and with `hidden` on the score itself."""
    random = np.random.default_rng(seed)
    old, plan = random.random(n) < 0.5, random.choice(3, n, p=(0.5, 0.3, 0.2))
    score = np.clip(np.floor(6.6 + old + np.array([0, 0.7, -1.2])[plan] + random.normal(0, 2.2, n) + 0.5), 0, 10)
    odds = -1.4 + 1.1 * old + np.array([0, 0.5, -0.9])[plan] + hidden * (score - 7)
    answers = random.random(n) < 1 / (1 + np.exp(-odds))
    frame = pd.DataFrame({"old": np.where(old, "yes", "no"), "plan": PLANS[plan], "all": score, "score": np.where(answers, score, np.nan)})
    frame["cell"] = frame["old"] + frame["plan"]
    return frame


def asked(frame, *covariates, outcome=None, customer="row", weight=None):
    question = cx.Question(outcome=outcome or cx.Nps("score"), adjust_for=covariates)
    return cx.from_frame(frame, question, customer=customer, weight=weight)


def points(score):
    return np.where(score >= 9, 100.0, np.where(score <= 6, -100.0, 0.0))


def test_saturated_odds_are_cell_weighting():
    frame = company()
    found = cx.methods.who_answers(asked(frame, "cell"), trim=1.0)
    heard = frame.dropna().assign(y=lambda rows: points(rows["score"]))
    means, sizes = heard.groupby("cell")["y"].mean(), frame.groupby("cell").size()
    near(found.row("weighted").estimate, (means * sizes).sum() / sizes.sum())
    near(found.row("respondents").estimate, heard["y"].mean())
    near(found.row("difference").estimate, found.row("weighted").estimate - heard["y"].mean())
    balance = found.estimates.query("term == 'balance'")
    assert len(balance) == 6 and balance["after"].abs().max() < 1e-9 < 0.2 < balance["estimate"].abs().max()


def test_the_error_of_saturated_odds_is_that_of_poststratification():
    """Within cells the spread of the answers, between cells that of the invited (to the small-sample factor of the clusters)."""
    frame = company()
    n, row = len(frame), cx.methods.who_answers(asked(frame, "cell"), trim=1.0).row("weighted")
    cells = frame.assign(y=points(frame["score"])).where(frame["score"].notna()).groupby(frame["cell"])["y"]
    size = frame.groupby("cell").size() / n
    within = (size**2 * cells.var(ddof=0) / cells.count()).sum()
    between = (size * (cells.mean() - row.estimate) ** 2).sum() / n
    near(row.std_error, np.sqrt((within + between) * n / (n - 1)))


def test_the_error_is_that_of_the_bootstrap():
    random = np.random.default_rng(3)
    who = np.repeat(np.arange(400), 3)
    x = np.column_stack([random.normal(size=400)[who], random.normal(size=1200)])
    y = 20 * x[:, 0] + random.normal(0, 60, 400)[who] + random.normal(0, 60, 1200)
    heard = (random.random(1200) < 1 / (1 + np.exp(0.5 - x[:, 0] - 0.5 * x[:, 1]))).astype(float)

    def mean(counts):
        fit = logit(heard, x, ["a", "b"], weight=counts)
        weight = counts * heard / fit.predict(x)
        return np.array([weight @ y / weight.sum()])

    people = Answers(y * heard, heard, np.ones(1200), x, (who,))
    found = weighted_mean(people, logit(heard, x, ["a", "b"]), 1.0)
    assert found.error == pytest.approx(repeat(mean, who, 400, 1).std(), rel=0.12)


@pytest.mark.slow
def test_planted_truth_at_random_and_not():
    truth = -13.1
    inside = [cx.methods.who_answers(asked(company(seed=seed), "old", "plan")) for seed in range(12)]
    rows = [found.row("weighted") for found in inside]
    assert sum(row.low <= truth <= row.high for row in rows) >= 9
    assert abs(np.mean([row.estimate for row in rows]) - truth) < 4
    assert np.mean([found.row("respondents").estimate for found in inside]) > -6
    hidden = cx.methods.who_answers(asked(company(seed=1, hidden=0.3), "old", "plan"))
    assert hidden.row("bound_low").estimate < truth < hidden.row("bound_high").estimate
    assert hidden.row("weighted").low > truth


def test_the_tipping_point_turns_the_result():
    """Add it to what the silent are taken to say, and everybody's NPS is zero."""
    found = cx.methods.who_answers(asked(company(), "cell"), trim=1.0)
    rate, silent = found.facts["response_rate"], found.facts["silent_mean"]
    everybody = rate * found.row("respondents").estimate + (1 - rate) * silent
    near(everybody, found.row("weighted").estimate)
    near(everybody + (1 - rate) * found.facts["tipping"] + 1, 1)
    assert 0 < found.facts["tipping_interval"] < found.facts["tipping"]


def test_bounds_are_the_scale_for_the_silent():
    frame = company()
    found = cx.methods.who_answers(asked(frame, "cell"))
    for term, end in (("bound_low", -100.0), ("bound_high", 100.0)):
        near(found.row(term).estimate, np.where(frame["score"].isna(), end, points(frame["score"])).mean())
    rated = cx.methods.who_answers(asked(frame, "cell", outcome=cx.Mean("score")))
    near(rated.row("bound_low").estimate, frame["score"].fillna(frame["score"].min()).mean())
    assert {check.name: check.status for check in rated.checks}["scale"] == "doubt"


def test_trimming_is_done_and_said():
    random = np.random.default_rng(5)
    x = random.normal(size=3000)
    frame = pd.DataFrame(
        {"x": x, "score": np.where(random.random(3000) < 1 / (1 + np.exp(-1.5 * x)), random.integers(0, 11, 3000), np.nan)}
    )
    held, loose = (cx.methods.who_answers(asked(frame, "x"), trim=trim) for trim in (0.95, 1.0))
    assert held.facts["trimmed"] == pytest.approx(0.05 * held.facts["answered"], rel=0.05) and loose.facts["trimmed"] == 0
    assert held.facts["largest_weight"] < loose.facts["largest_weight"] and held.facts["n_effective"] > loose.facts["n_effective"]
    assert any(check.name == "trimming" and "were held at the largest allowed" in check.detail for check in held.checks)


def test_survey_weights_count_twice_nowhere():
    """A weight of two is the same person invited twice, in every estimate."""
    frame = company(600).assign(w=lambda rows: 1.0 + (rows.index % 2))
    twice = frame.loc[frame.index.repeat(frame["w"].astype(int))]
    one = cx.methods.who_answers(asked(frame, "old", "plan", weight="w"), trim=1.0)
    other = cx.methods.who_answers(asked(twice, "old", "plan"), trim=1.0)
    for term in ("respondents", "weighted", "bound_low", "bound_high"):
        near(one.row(term).estimate, other.row(term).estimate, 1e-9)
    near(one.facts["response_rate"], other.facts["response_rate"])


def test_shares_stay_between_0_and_1():
    frame = company(400).assign(good=lambda rows: np.where(rows["score"].isna(), np.nan, (rows["score"] >= 3) * 1.0))
    row = cx.methods.who_answers(asked(frame, "old", "plan", outcome=cx.Rate("good"))).row("weighted")
    assert 0 < row.low < row.estimate < row.high < 1


def test_effective_n_of_equal_weights():
    assert effective(np.ones(7)) == 7


@pytest.mark.parametrize(
    ("change", "covariates", "settings", "error", "message"),
    [
        (lambda f: f, (), {}, QuestionError, "name in adjust_for what is known of everybody invited"),
        (lambda f: f, ("plan",), {"trim": 0.2}, QuestionError, "trim is 0.2; it is the quantile"),
        (lambda f: f.assign(score=f["all"]), ("plan",), {}, MethodError, "nobody is silent"),
        (lambda f: f.assign(score=f["score"].where(f["plan"] != "pro")), ("plan",), {}, MethodError, '"Plan: pro" .* nobody answered'),
        (lambda f: f.assign(plan="pro"), ("plan",), {}, MethodError, "one level"),
        (lambda f: f.assign(x=1.0), ("x",), {}, MethodError, "same value in every row"),
        (lambda f: f.assign(x=f["score"].notna() * 1.0), ("x",), {}, MethodError, "separate"),
        (lambda f: f.assign(score=f["score"] * 0), ("plan",), {}, MethodError, "all answers are alike"),
        (lambda f: f.assign(plan=f["plan"].where(f["score"].notna())), ("plan",), {}, MethodError, "nobody is silent of whom anything"),
    ],
)  # fmt: skip
def test_mistakes_are_named(change, covariates, settings, error, message):
    with pytest.raises(error, match=message):
        cx.methods.who_answers(asked(change(company(500)), *covariates), **settings)


def test_waits_and_other_units_are_refused():
    frame = company(300).assign(wait=lambda rows: rows["score"])
    with pytest.raises(QuestionError, match="time until something happens"):
        cx.methods.who_answers(asked(frame, "plan", outcome=cx.Duration("wait")))


def test_weighted_rows_measure_the_weighted_mean():
    data = asked(company(), "old", "plan")
    found = cx.methods.who_answers(data)
    weighted = data.weighted(found)
    near(cx.measure(weighted).row("score").estimate, found.row("weighted").estimate)
    assert weighted.rows == data.rows and weighted.fingerprint != data.fingerprint
    assert {check.name: check.status for check in weighted.checks}["weighted"] == "doubt"
    with pytest.raises(QuestionError, match="weighted for who answers already"):
        weighted.weighted(found)
    with pytest.raises(QuestionError, match="weighted for who answers already"):
        cx.methods.who_answers(weighted)
    with pytest.raises(QuestionError, match=r"weighted takes what .* found; it was given measure"):
        data.weighted(cx.measure(data))


def test_weights_reach_questions_that_hold_other_things_alike():
    frame = company()
    found = cx.methods.who_answers(asked(frame, "old", "plan"))
    plain = asked(frame)
    near(cx.measure(plain.weighted(found)).row("score").estimate, found.row("weighted").estimate)
    with pytest.raises(QuestionError, match='"old" is neither'):
        asked(frame.drop(columns="old")).weighted(found)


def test_a_level_that_the_odds_do_not_know_has_no_weight():
    found = cx.methods.who_answers(asked(company(), "plan"))
    other = company(seed=2).assign(plan=lambda rows: rows["plan"].where(rows.index % 10 > 0, "team"))
    data = asked(other).weighted(found)
    assert data.rows == (other["score"].notna() & (other["plan"] != "team")).sum()
    assert "have no weight and are left out" in data.checks[-1].detail


METHODS = {
    "measure": (cx.Question(cx.Nps("score"), by="plan"), cx.measure),
    "measure_every_month": (cx.Question(cx.Nps("score")), lambda data: cx.measure(data, every="month")),
    "compare": (cx.Question(cx.Nps("score"), by="plan", adjust_for=("old",)), cx.compare),
    "effect": (cx.Question(cx.Nps("score"), exposure="x", adjust_for=("old",)), cx.effect),
    "dose_response": (cx.Question(cx.Mean("score"), exposure="x"), lambda data: cx.dose_response(data, worth=1.0, draws=50)),
    "drivers": (cx.Question(cx.Mean("score"), drivers=("x", "z")), lambda data: cx.drivers(data, draws=50)),
    "ordinal": (cx.Question(cx.Nps("score"), exposure="x"), cx.methods.ordinal),
    "mediation": (cx.Question(cx.Mean("score"), exposure="x", mediator="z"), lambda data: cx.methods.mediation(data, draws=50)),
    "segments": (cx.Question(cx.Nps("score"), by="cell"), cx.methods.segments),
}  # fmt: skip


AT_ONCE = ("measure", "effect", "drivers")


@pytest.mark.parametrize("name", [name if name in AT_ONCE else pytest.param(name, marks=pytest.mark.slow) for name in METHODS])
def test_every_method_takes_the_weights_or_says_that_it_does_not(name):
    """Equal weights are no weights; unequal ones move the estimates, or are refused in so many words."""
    question, run = METHODS[name]
    random = np.random.default_rng(7)
    frame = company(1500).assign(x=lambda rows: random.normal(size=len(rows)) + (rows["old"] == "yes"), z=random.normal(size=1500))
    frame["at"] = pd.Timestamp("2025-01-15") + pd.to_timedelta(frame.index % 3 * 30, unit="D")
    frame["who"] = np.arange(1500) // 2
    found = cx.methods.who_answers(asked(frame, "old", "plan"))
    data = cx.from_frame(frame, question, customer="who")
    equal = cx.from_frame(frame.assign(w=3.0), question, customer="who", weight="w")
    plain, flat, moved = (run(each) for each in (data, equal, data.weighted(found)))
    known = plain.estimates["estimate"].notna()
    np.testing.assert_allclose(flat.estimates["estimate"][known], plain.estimates["estimate"][known], rtol=1e-8)
    assert (np.abs(moved.estimates["estimate"] - plain.estimates["estimate"]) > 1e-6).any()


@pytest.mark.parametrize("outcome", [cx.Duration("wait"), cx.Survival(duration="wait", event="left")])
def test_waits_take_weights_or_refuse_them(outcome):
    frame = company(300).assign(wait=lambda rows: 1.0 + rows.index % 50, left=1, w=lambda rows: 1.0 + 9 * (rows.index % 50 < 10))
    run = cx.measure if outcome.kind == "duration" else cx.retention
    settings = {} if outcome.kind == "duration" else {"days": 20}
    plain = run(cx.from_frame(frame, cx.Question(outcome), customer="row"), **settings)
    try:
        found = run(cx.from_frame(frame, cx.Question(outcome), customer="row", weight="w"), **settings)
    except QuestionError as error:
        assert "weights" in str(error)
        return
    assert found.estimates["estimate"][0] < plain.estimates["estimate"][0]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return cx.open_study(simulate(tmp_path_factory.mktemp("company") / "demo", seed=5, customers=3000))


def test_a_study_whose_invitations_are_on_record(study):
    """Answering depends on plan and time with the company only: the frame is every invitation of the period, as known when invited."""
    data = cx.link(study, cx.Question("nps", adjust_for=("plan", "tenure_months")), period="2025-Q2")
    found = cx.methods.who_answers(data)
    invited = cx.measure(cx.link(study, cx.Question("response_rate"), period="2025-Q2", where={"kind": "nps"}))
    assert found.facts["invited"] == pytest.approx(int(invited.row("response_rate").n), rel=0.01)
    near(found.facts["response_rate"], invited.row("response_rate").estimate, 0.01)
    assert found.facts["uneven_after"] < 0.02 < found.facts["uneven_before"]
    speed = cx.link(study, cx.pose(study, "speed"), period="2025-Q2")
    weighted = speed.weighted(found)
    assert weighted.rows == speed.rows and weighted.frame()["weight"].between(0.5, 2).all()
    assert cx.effect(weighted).row("adjusted").estimate != cx.effect(speed).row("adjusted").estimate


def test_the_frame_obeys_where(study):
    question = cx.Question("nps", adjust_for=("segment",))
    one = cx.methods.who_answers(cx.link(study, question, period="2025-Q2", where={"plan": "pro"}))
    every = cx.methods.who_answers(cx.link(study, question, period="2025-Q2"))
    assert 0 < one.facts["invited"] < 0.5 * every.facts["invited"] and one.facts["response_rate"] > every.facts["response_rate"]


def test_what_is_not_an_answer_has_no_silent(study):
    found = cx.methods.who_answers(cx.link(study, cx.Question("nps", adjust_for=("plan",)), period="2025-Q2"))
    kept = cx.link(study, cx.pose(study, "staying"), period="2025-Q2")
    with pytest.raises(QuestionError, match="these rows are customers, and nobody among them is silent"):
        kept.weighted(found)
    with pytest.raises(QuestionError, match="who_answers is asked about answers"):
        cx.methods.who_answers(kept)
    absent = cx.Absent("no surveys")
    assert kept.weighted(absent) is absent
