"""The contract that every method passes; tests/test_engines.py holds the same methods against one another on every engine."""

import inspect
import tomllib

import pandas as pd
import pytest
from references import reordered, same

import cxresearch as cx
from cxresearch.ask.errors import ResearchError
from cxresearch.ask.history import summaries
from cxresearch.load.data import Data
from cxresearch.load.simulate import simulate
from cxresearch.relate.relation import COLUMNS, Relation

PERIOD, DAY = "2024-Q3..2025-Q2", "2025-06-02"
STEADY = 1e-10  # 12 digits are kept; the last of them may still turn on the order of a parallel sum


def weighted_effect(data):
    """The effect among answers weighted for who answers."""
    found = cx.methods.who_answers(data)
    return found if isinstance(found, cx.Absent) else cx.effect(data.weighted(found))


def anew(method, **settings):
    """A method that takes study and question, and links for itself, run on the rows that they give."""

    def run(data):
        if not isinstance(data, Data):
            return method(data, data, **settings)
        period = DAY if data.period_label == "2 June 2025" else PERIOD
        return method(data.study, data.question, period=period, **settings)

    return run


def then_and_now(data):
    """`moved`, which links two periods for itself: the first half of the rows' period against the second."""
    if not isinstance(data, Data):
        return cx.methods.moved(data, data)
    before, after = ("2025-06-01", DAY) if data.period_label == "2 June 2025" else ("2024-Q3..2024-Q4", "2025-Q1..2025-Q2")
    return cx.methods.moved(data.study, data.question, before=before, after=after)


METHODS = {
    "added": (lambda study: cx.pose(study, "drivers"), lambda data: cx.methods.added(data)),
    "jump": (
        lambda study: cx.Question(
            outcome="nps", exposure="first_response_hours", adjust_for=("difficulty", "channel", "sla_target")
        ),
        lambda data: cx.methods.jump(data),
    ),
    "measure": (lambda study: cx.pose(study, "score"), lambda data: cx.measure(data)),
    "measure_every_month": (lambda study: cx.pose(study, "score"), lambda data: cx.measure(data, every="month")),
    "measure_waits": (lambda study: cx.Question(outcome="first_response_hours", by="channel"), lambda data: cx.measure(data)),
    "measure_response": (lambda study: cx.Question(outcome="response_rate", by="plan"), lambda data: cx.measure(data)),
    "journey": (
        lambda study: cx.Question(outcome="nps", exposure="first_response_hours", adjust_for=("difficulty", "channel"), by="journey"),
        lambda data: cx.methods.journey(data),
    ),
    "recovery": (
        lambda study: cx.Question(outcome="nps", adjust_for=("difficulty", "channel"), by="recovery"),
        lambda data: cx.methods.recovery(data),
    ),
    "aggregators": (
        lambda study: cx.Question(outcome="kept_90d", drivers=(*summaries("first_response_hours"), "contacts_90d", "mean_score_90d")),
        lambda data: cx.methods.aggregators(data),
    ),
    "value": (
        lambda study: cx.Question(
            outcome="revenue_after", exposure="mean_score_90d", drivers={"before": "revenue_before", "after": "score_after"}
        ),
        lambda data: cx.methods.value(data),
    ),
    "voice": (lambda study: cx.pose(study, "score"), lambda data: cx.methods.voice(data)),
    "compare": (lambda study: cx.Question(outcome="nps", by="channel", adjust_for=("difficulty",)), lambda data: cx.compare(data)),
    "effect": (lambda study: cx.pose(study, "speed"), lambda data: cx.effect(data, contrast="auto")),
    "effect_window": (lambda study: cx.pose(study, "speed", window="14D"), lambda data: cx.effect(data, contrast="halving")),
    "segments": (
        lambda study: cx.Question(outcome="nps", by="team", adjust_for=("difficulty", "channel")),
        lambda data: cx.methods.segments(data),
    ),
    "slopes": (lambda study: cx.pose(study, "speed", by="team"), lambda data: cx.methods.slopes(data)),
    "change": (
        lambda study: cx.Question(outcome="nps", by="team", adjust_for=("channel",), cluster="customer_id"),
        lambda data: cx.methods.change(data, at="2025-04-01", treated=("team 0", "team 1", "team 2")),
    ),
    "change_series": (lambda study: cx.Question(outcome="nps"), lambda data: cx.methods.change(data, at="2025-01-15")),
    "effect_category": (
        lambda study: cx.Question(outcome="nps", exposure="channel", adjust_for=("difficulty",)),
        lambda data: cx.effect(data),
    ),
    "effect_staying": (lambda study: cx.pose(study, "staying"), lambda data: cx.effect(data, contrast="auto")),
    "dose_response": (lambda study: cx.pose(study, "speed"), lambda data: cx.dose_response(data, draws=100)),
    "drivers": (lambda study: cx.pose(study, "drivers"), lambda data: cx.drivers(data, draws=100)),
    "drivers_odds": (lambda study: cx.pose(study, "drivers"), lambda data: cx.drivers(data, draws=100, scale="logit")),
    "importance": (lambda study: cx.pose(study, "drivers"), lambda data: cx.methods.importance(data, draws=100)),
    "asymmetry": (lambda study: cx.pose(study, "drivers"), lambda data: cx.methods.asymmetry(data)),
    "ordinal": (lambda study: cx.pose(study, "speed"), lambda data: cx.methods.ordinal(data, contrast="auto")),
    "mediation": (
        lambda study: cx.Question(
            outcome="kept_90d", exposure="first_response_hours", mediator="said_nps", adjust_for=("difficulty", "channel"), window="90D"
        ),
        lambda data: cx.methods.mediation(data, draws=200),
    ),
    "what_if": (lambda study: cx.pose(study, "speed"), lambda data: cx.methods.what_if(data, change={"cap": 4})),
    "what_if_halved": (
        lambda study: cx.Question(outcome="nps", exposure="transfers", adjust_for=("difficulty", "plan")),
        lambda data: cx.methods.what_if(data, change={"scale": 0.5}),
    ),
    "what_if_kept": (
        lambda study: cx.pose(study, "staying"),
        lambda data: cx.methods.what_if(data, change={"scale": 0.8}, cost=500.0),
    ),
    "retention": (lambda study: cx.pose(study, "staying", outcome="retention"), lambda data: cx.retention(data)),
    "sensitivity": (lambda study: cx.pose(study, "speed"), lambda data: cx.methods.sensitivity(data)),
    "definitions": (lambda study: cx.pose(study, "speed"), anew(cx.methods.definitions)),
    "negative_controls": (lambda study: cx.pose(study, "speed"), anew(cx.methods.negative_controls, placebo="process_clear")),
    "moved": (lambda study: cx.Question(outcome="nps"), then_and_now),
    "moved_effect": (lambda study: cx.pose(study, "speed"), then_and_now),
    "hazard": (lambda study: cx.pose(study, "staying", outcome="retention"), lambda data: cx.methods.hazard(data)),
    "hazard_ratio": (lambda study: cx.pose(study, "staying", outcome="retention"), lambda data: cx.methods.hazard_ratio(data)),
    "hazard_ratio_strata": (
        lambda study: cx.pose(study, "staying", outcome="retention"),
        lambda data: cx.methods.hazard_ratio(data, strata="channel", days=60),
    ),
    "who_answers": (
        lambda study: cx.Question(outcome="nps", adjust_for=("plan", "tenure_months")),
        lambda data: cx.methods.who_answers(data),
    ),
    "effect_weighted": (
        lambda study: cx.Question(outcome="nps", exposure="first_response_hours", adjust_for=("difficulty", "channel", "plan")),
        weighted_effect,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("company") / "demo", seed=11, customers=4000)


@pytest.fixture(scope="module")
def study(folder):
    return cx.open_study(folder)


@pytest.fixture(scope="module")
def linked():
    """Rows of a question, linked once however many methods look at them."""
    made = {}

    def once(study, name, period):
        question = METHODS[name][0](study)
        key = (str(study.folder), repr(question), period)
        if key not in made:
            made[key] = cx.link(study, question, period=period)
        return made[key]

    return once


@pytest.mark.parametrize("name", METHODS)
def test_a_method_takes_data_and_keyword_settings(name):
    method = getattr(cx.methods, max((key for key in cx.methods.__all__ if name.startswith(key)), key=len))
    first, *settings = inspect.signature(method).parameters.values()
    if first.name == "study":  # it links for itself
        first, *settings = settings
        assert first.name == "question"
    else:
        assert first.name == "data"
    assert len(settings) <= 5
    assert all(setting.kind is inspect.Parameter.KEYWORD_ONLY and setting.default is not inspect.Parameter.empty for setting in settings)
    assert all(part in method.__doc__ for part in ("Parameters", "Returns", "Raises", "Examples"))


@pytest.fixture(scope="module")
def shuffled(folder, tmp_path_factory):
    """The same company, its rows in another order."""
    return cx.open_study(reordered(folder, tmp_path_factory.mktemp("shuffled")))


@pytest.fixture(scope="module")
def truth(folder):
    return tomllib.loads((folder / "truth.toml").read_text())["truth"]


ALIKE = {  # another question to a method that stands in METHODS already
    "measure_every_month", "measure_waits", "measure_response", "effect_window", "change_series", "effect_category", "effect_staying",
    "drivers_odds", "what_if_halved", "what_if_kept", "moved_effect", "hazard_ratio_strata", "effect_weighted",
}  # fmt: skip
QUICKLY = [pytest.param(name, marks=pytest.mark.slow if name in ALIKE else ()) for name in METHODS]


@pytest.mark.parametrize("name", QUICKLY)
def test_the_vocabulary_is_one_and_the_same_seed_gives_the_same_numbers_in_any_order_of_rows(study, shuffled, linked, truth, name):
    run = METHODS[name][1]
    found = run(linked(study, name, PERIOD))
    speaks_as_agreed(found)
    TRUTHS.get(name, lambda *_: None)(found, truth)
    data = linked(shuffled, name, PERIOD)
    before = data.frame()
    again = run(data)
    pd.testing.assert_frame_equal(data.frame(), before, obj="nothing is changed: the rows after the method ran")
    same(again, found, STEADY)


def speaks_as_agreed(relation):
    assert isinstance(relation, Relation)
    assert list(COLUMNS) == [column for column in relation.estimates.columns if column in COLUMNS], "the vocabulary is one"
    assert relation.checks
    assert relation.settings is not None
    known = relation.estimates.dropna(subset=["estimate", "low", "high"])
    assert len(known) > 0
    assert (known["low"] <= known["estimate"] + 1e-9).all()
    assert (known["estimate"] <= known["high"] + 1e-9).all()
    if relation.curve is not None:
        assert {"term", "x", "estimate", "low", "high", "n"} <= set(relation.curve.columns)


def near_the_truth(term, key):
    """The planted number lies within three standard errors of the estimate."""

    def check(found, truth):
        row = found.row(term)
        assert abs(row.estimate - truth[key]) < 3 * row.std_error, f"planted truth: {key}"

    return check


def drivers_in_order(found, truth):
    drivers = found.estimates.query("level == 'lmg'").set_index("term")["estimate"]
    assert drivers["process_clear"] < found.row("process_clear", "lmg").noise * 3
    assert drivers.idxmax() == "agent_skill"


def fast_enough(found, truth):
    fast = found.row("fast_enough")
    assert fast.low <= truth["bend_hours"] * 2 ** (2.0 / truth["nps_per_doubling"]) <= fast.high


TRUTHS = {  # what was planted in the company, and which method finds it
    "effect": near_the_truth("adjusted", "nps_per_halving"),
    "effect_staying": near_the_truth("adjusted", "kept_per_halving"),
    "mediation": near_the_truth("indirect", "kept_per_halving_through_nps"),
    "drivers": drivers_in_order,
    "dose_response": fast_enough,
}


@pytest.mark.parametrize("name", METHODS)
def test_an_absent_is_handed_on(name):
    missing = cx.Absent("no table of contacts")
    assert METHODS[name][1](missing) is missing


@pytest.mark.parametrize("name", METHODS)
def test_what_is_not_data_is_refused(name):
    with pytest.raises(ResearchError, match=r"takes (Data, from cx.link or cx.from_frame|a Study, .* and a Question); it was given str"):
        METHODS[name][1]("a frame")


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.slow if name in ALIKE else ()) for name in METHODS])
def test_tiny_data_teaches_or_doubts(study, linked, name):
    """A day with a handful of rows gives a doubt that is said, or an error that says what to do."""
    try:
        relation = METHODS[name][1](linked(study, name, DAY))
    except ResearchError as error:
        assert len(str(error)) > 30
        return
    assert (
        isinstance(relation, cx.Absent) or any(check.status != "passed" for check in relation.checks) or relation.estimates["n"].sum() > 400
    )
