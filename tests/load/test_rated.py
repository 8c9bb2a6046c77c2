"""Declared scales reach the named metrics: the top box of CSAT, the 0 to 10 of NPS, and one kind of survey for a bare score."""

import shutil

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.errors import QuestionError, StudyError
from cxresearch.load.simulate import simulate

CSAT, NPS = "low = 1\nhigh = 5\ntop_box = 4", "[scales.nps]\nlow = 0\nhigh = 10"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("company") / "demo", seed=5, customers=300)


@pytest.fixture(scope="module")
def surveys(folder):
    return pd.read_parquet(folder / "surveys.parquet")


@pytest.fixture
def changed(folder, tmp_path):
    def write(old, new, surveys=None):
        study = tmp_path / f"study{len(list(tmp_path.iterdir()))}"
        shutil.copytree(folder, study)
        text = (study / "study.toml").read_text()
        assert old in text
        (study / "study.toml").write_text(text.replace(old, new))
        if surveys is not None:
            surveys.to_parquet(study / "surveys.parquet", index=False)
        return cx.open_study(study)

    return write


def answers(surveys, kind):
    return surveys["score"][(surveys["kind"] == kind) & surveys["score"].notna()]


def satisfied(study):
    data = cx.link(study, cx.Question(outcome="csat"))
    return float(cx.measure(data).estimates.iloc[0].estimate), dict(data.describe()["definitions"])


def on_ten(surveys):
    return surveys.assign(score=surveys["score"].where(surveys["kind"] != "csat", surveys["score"] * 2))


@pytest.mark.parametrize("top", [3, 4, 5])
def test_csat_counts_from_the_declared_top_box_on(changed, surveys, top):
    share, said = satisfied(changed("top_box = 4", f"top_box = {top}"))
    assert share == pytest.approx((answers(surveys, "csat") >= top).mean())
    assert said["Satisfied (CSAT)"] == f"Of 100 answers to score, those of {top} or more."


def test_csat_on_another_scale_counts_from_its_own_top_box_on(changed, surveys):
    share, said = satisfied(changed(CSAT, "low = 1\nhigh = 10\ntop_box = 8", on_ten(surveys)))
    assert share == pytest.approx((answers(on_ten(surveys), "csat") >= 8).mean())
    assert share < 0.9
    assert said["Satisfied (CSAT)"] == "Of 100 answers to score, those of 8 or more."


def test_csat_on_1_to_5_needs_no_top_box_and_on_another_scale_does(changed, surveys):
    share, _ = satisfied(changed(CSAT, "low = 1\nhigh = 5"))
    assert share == pytest.approx((answers(surveys, "csat") >= 4).mean())
    with pytest.raises(StudyError, match=r"scales\.csat runs from 1 to 10 and names no top_box: .* Add it, for instance top_box = 9\."):
        satisfied(changed(CSAT, "low = 1\nhigh = 10", on_ten(surveys)))


def test_csat_keeps_its_top_box_where_its_definition_is_varied(changed, surveys):
    study = changed(CSAT, "low = 1\nhigh = 10\ntop_box = 8", on_ten(surveys))
    question = cx.Question(outcome=cx.TopBox("score", cut=6), where={"kind": "csat"})
    own = float(cx.measure(cx.link(study, question)).estimates.iloc[0].estimate)
    assert own == pytest.approx((answers(on_ten(surveys), "csat") >= 6).mean())


def test_nps_is_refused_on_another_scale_than_0_to_10(changed, surveys):
    five = surveys.assign(score=surveys["score"].where(surveys["kind"] != "nps", np.ceil(surveys["score"] / 2.5).clip(1, 5)))
    study = changed(NPS, "[scales.nps]\nlow = 1\nhigh = 5", five)
    asked = [
        (cx.Question(outcome="nps"), None),
        (cx.Question(outcome=cx.Nps("score")), "kind=nps"),
        (cx.Question(outcome="kept_90d", exposure="said_nps"), None),
    ]
    said = r'answers from 0 to 10, and study\.toml declares "nps" from 1 to 5: .*kind=nps'
    for question, where in asked:
        with pytest.raises(QuestionError, match=said):
            cx.link(study, question, where=where)
    with pytest.raises(QuestionError, match=r'declares "agent_kind" from 1 to 5: .* Ask about their mean, cx\.Mean'):
        cx.link(study, cx.Question(outcome=cx.Nps("agent_kind")))
    mean = cx.measure(cx.link(study, cx.Question(outcome="score"), where="kind=nps")).estimates.iloc[0].estimate
    assert mean == pytest.approx(answers(five, "nps").mean())


def test_a_bare_score_is_of_one_kind_of_survey(folder, surveys):
    study = cx.open_study(folder)
    said = r"would mix the answers to 3 kinds of survey, .*: ces \(1 to 7\), csat \(1 to 5\), nps \(0 to 10\)\. Choose one with where"
    for outcome in ("score", cx.Mean("score"), cx.TopBox("score", cut=5)):
        with pytest.raises(QuestionError, match=said):
            cx.link(study, cx.Question(outcome=outcome))
    with pytest.raises(QuestionError, match="2 kinds of survey"):
        cx.link(study, cx.Question(outcome="score"), where={"kind": ["csat", "ces"]})
    for data in (
        cx.link(study, cx.Question(outcome="score"), where="kind=ces"),
        cx.link(study, cx.Question(outcome="score", where={"kind": "ces"})),
        cx.link(study, cx.Question(outcome="ces")),
    ):
        assert cx.measure(data).estimates.iloc[0].estimate == pytest.approx(answers(surveys, "ces").mean())
