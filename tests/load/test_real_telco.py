"""IBM's sample: Excel files joined by an id, and a rating that was built from the outcome."""

import pytest

import cxresearch as cx
from cxresearch.ask.errors import LeakageError
from tests.load.real import fetched


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return fetched("telco", tmp_path_factory.mktemp("studies"))


def leak(relation):
    return [check for check in relation.checks if check.name == "leak"]


def test_two_excel_files_make_one_table(study):
    data = cx.link(study, cx.pose(study, "score"))
    found = cx.measure(data)
    assert (data.rows, round(found.row("customers_lost").estimate * 7043)) == (7043, 1869)
    assert found.row("customers_lost", "Month-to-Month").n == 3610


def test_satisfaction_is_flagged_wherever_it_plays_a_part(study):
    as_exposure = cx.effect(cx.link(study, cx.Question(outcome="customers_lost", exposure="satisfaction")))
    as_driver = cx.drivers(cx.link(study, cx.pose(study, "drivers")), draws=50)
    as_level = cx.compare(cx.link(study, cx.Question(outcome="customers_lost", by="satisfaction")))
    held = cx.effect(cx.link(study, cx.Question(outcome="customers_lost", exposure="tech_support", adjust_for=("satisfaction",))))
    for relation in (as_exposure, as_driver, as_level, held):
        (flag,) = leak(relation)
        assert (flag.status, flag.cap) == ("failed", "inconclusive")
        assert "none of 2,938 customers at one end" in flag.detail and "all of 1,440 at the other" in flag.detail
        assert "may be built from the outcome or measured after it" in flag.detail
        assert cx.conclude(relation).strength == "inconclusive"
    assert "these data cannot say" in cx.conclude(as_exposure).headline


def test_what_does_not_leak_is_not_flagged(study):
    relation = cx.effect(cx.link(study, cx.pose(study, "speed")))
    assert leak(relation) == []
    assert relation.estimates.set_index("term")["estimate"]["adjusted"] < 0


def test_declared_an_outcome_it_is_refused(study):
    with pytest.raises(LeakageError, match='"churn_score" is declared an outcome'):
        cx.link(study, cx.Question(outcome="customers_lost", exposure="churn_score"))
    hidden = cx.link(study, cx.Question(outcome="customers_lost", drivers=("churn_score", "months")))
    assert len(leak(cx.drivers(hidden, draws=50))) == 1
