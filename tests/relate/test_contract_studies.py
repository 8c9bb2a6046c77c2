"""The contract for methods that take a study: any order of rows, the same numbers; tests/test_engines.py asks the same of every engine."""

import pytest
from references import reordered, same

import cxresearch as cx
from cxresearch.ask.errors import QuestionError
from cxresearch.load.simulate import simulate

METHODS = {
    "audit": lambda study: cx.audit(study),
    "scorecard": lambda study: cx.scorecard(study),
    "claims": lambda study: cx.methods.claims(study, period="2024", only=["C1", "C8"]),
    "repeat": lambda study: cx.methods.repeat(study, months=6, period="2024", where="market=DE,FR"),
    "lifetime": lambda study: cx.methods.lifetime(study, months=9, where="market=DE,FR"),
    "journey_map": lambda study: cx.methods.journey_map(study, outcome="csat", where="market=DE,FR"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("company") / "demo", seed=11, customers=1500, months=15)


@pytest.fixture(scope="module")
def shuffled(folder, tmp_path_factory):
    """The same company, its rows in another order."""
    return reordered(folder, tmp_path_factory.mktemp("shuffled"))


@pytest.mark.parametrize("name", METHODS)
def test_the_order_of_rows_does_not_matter(folder, shuffled, name):
    run = METHODS[name]
    same(run(cx.open_study(shuffled)), run(cx.open_study(folder)), 1e-10)


@pytest.mark.parametrize("name", METHODS)
def test_an_absent_is_handed_on(name):
    missing = cx.Absent("no table of orders")
    assert METHODS[name](missing) is missing


@pytest.mark.parametrize("name", METHODS)
def test_what_is_no_study_is_refused(name):
    with pytest.raises(QuestionError, match=rf"{name} takes a Study, from cx.open_study; it was given str"):
        METHODS[name]("data/demo")
