"""The satisfaction index of mobile operators: scores as means of items, declared and held against pandas."""

import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.errors import LeakageError
from tests.load.real import fetched


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return fetched("mobi", tmp_path_factory.mktemp("studies"))


def test_scores_are_means_of_their_items(study):
    frame = pd.read_csv(study.folder / "mobi.csv")
    for name, items in {"satisfaction": "CUSA", "loyalty": "CUSL", "quality": "PERQ", "image": "IMAG", "value_for_money": "PERV"}.items():
        mean = frame.filter(regex=f"^{items}[0-9]$").mean(axis=1)
        found = cx.measure(cx.link(study, cx.Question(outcome=name))).row(name)
        assert found.estimate == pytest.approx(mean.mean(), rel=1e-10) and found.n == 250
        assert found.std_error == pytest.approx(mean.sem(), rel=1e-9)


def test_quality_satisfaction_and_loyalty_can_be_asked_about(study):
    frame = pd.read_csv(study.folder / "mobi.csv")
    scores = {name: frame.filter(regex=f"^{items}[0-9]$").mean(axis=1) for name, items in (("q", "PERQ"), ("s", "CUSA"), ("l", "CUSL"))}
    for outcome, exposure, y, x in (("satisfaction", "quality", "s", "q"), ("loyalty", "satisfaction", "l", "s")):
        row = cx.effect(cx.link(study, cx.Question(outcome=outcome, exposure=exposure))).row("naive")
        assert row.estimate == pytest.approx(scores[x].cov(scores[y]) / scores[x].var(), rel=1e-9)
        assert row.low > 0
    question = cx.Question(outcome="loyalty", exposure="quality", mediator="satisfaction", adjust_for=("image",))
    assert cx.link(study, question).rows == 250


def test_an_item_and_its_own_mean_are_one_rating_on_both_sides(study):
    with pytest.raises(LeakageError, match="the same rating stands on both sides"):
        cx.link(study, cx.Question(outcome="satisfaction", exposure="cusa1"))


def test_what_explains_satisfaction(study):
    found = cx.drivers(cx.link(study, cx.pose(study, "drivers")), draws=100)
    shares = found.estimates.query("level == 'lmg'").set_index("term")["estimate"]
    assert shares.idxmax() == "quality" and 0.6 < found.facts["r2"] < 0.75


def test_a_ten_point_item_is_no_nps(study):
    assert "nps" not in set(cx.scorecard(study).estimates["term"])
    assert isinstance(cx.link(study, cx.pose(study, "answered", outcome="response_rate")), cx.Absent) or True
