"""Who stays: against R, and exposure that cannot come from after the landmark."""

import pandas as pd
import pytest
from references import case, near

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError


def stayed(frame, time="time", event="status", **fields):
    return cx.from_frame(frame, cx.Question(outcome=cx.Survival(duration=time, event=event), **fields), customer="row")


@pytest.mark.parametrize(("name", "event", "by"), [("surv_lung", "event", "sex"), ("surv_veteran", "status", "trt")])
def test_share_kept_and_log_rank_equal_survfit(name, event, by):
    frame, expected = case(name)
    relation = cx.retention(stayed(frame.dropna(subset=["time", event]), event=event, by=by), days=90)
    for key, rows in expected["km"]["by_group_loglog"].items():
        at = next((row for row in rows if row["time"] == 90), None)
        if at:
            row = relation.row("kept", key[2:])
            near(row.estimate, at["surv"], 1e-5)
            near(row.low, at["lo"], 1e-5)
            near(row.high, at["hi"], 1e-5)
    near(relation.facts["logrank"], expected["km"]["logrank"]["chisq"], 1e-5)


def test_a_numeric_exposure_is_cut_into_groups_of_equal_size():
    frame, _ = case("surv_veteran")
    relation = cx.retention(stayed(frame, exposure="karno"), days=90, groups=2)
    assert list(relation.estimates["level"]) == ["lower half: up to 60", "upper half: over 60"]
    assert relation.estimates["n"].sum() == len(frame)
    curve = relation.curve[relation.curve["term"] == "upper half: over 60"]
    assert (curve["estimate"].diff().dropna() <= 0).all()
    assert curve["estimate"].iloc[0] == 1


def test_what_cannot_be_answered():
    frame, _ = case("surv_veteran")
    with pytest.raises(QuestionError, match="retention needs a survival outcome"):
        cx.retention(cx.from_frame(frame, cx.Question(outcome=cx.Mean("karno")), customer="row"))
    with pytest.raises(QuestionError, match="groups is 7; it can be 2, 3 or 4"):
        cx.retention(stayed(frame), groups=7)
    with pytest.raises(MethodError, match="nobody left while observed"):
        cx.retention(stayed(frame.assign(status=0)))
    with pytest.raises(MethodError, match="are observed for 999 days at most"):
        cx.retention(stayed(frame), days=2000)
    twice = pd.concat([frame, frame])
    question = cx.Question(outcome=cx.Survival(duration="time", event="status"))
    with pytest.raises(MethodError, match="retention takes one row per customer"):
        cx.retention(cx.from_frame(twice.reset_index(), question, customer="index"))
