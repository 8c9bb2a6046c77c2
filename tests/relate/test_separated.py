"""A group in which nobody left: set aside and counted, and all else as if it had never been there."""

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx

METHODS = ("hazard", "hazard_ratio")


def people(n=900, seed=4):
    draw = np.random.default_rng(seed)
    wait = np.exp(draw.normal(0, 1, n))
    time = draw.exponential(200 * np.exp(-0.3 * np.log2(wait)))
    channel = draw.choice(["email", "phone", "chat"], n, p=[0.5, 0.3, 0.2])
    return pd.DataFrame({"channel": channel, "wait": wait, "days": np.minimum(time, 150), "left": 1 * (time < 150)})


def found(frame, method, **fields):
    question = cx.Question(outcome=cx.Survival(duration="days", event="left"), exposure="wait", adjust_for=("channel",), **fields)
    return getattr(cx.methods, method)(cx.from_frame(frame.assign(who=range(len(frame))), question, customer="who"))


def aside(relation):
    return [check for check in relation.checks if check.name == "groups alike"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("stayers", ["fax", "email"])
def test_a_group_that_all_stayed_changes_no_estimate_and_is_counted(method, stayers):
    frame = people()
    frame.loc[frame.index[-30:], "channel"] = "fax"
    frame.loc[frame["channel"] == stayers, ["days", "left"]] = [150.0, 0]
    told = found(frame, method)
    pd.testing.assert_frame_equal(told.estimates, found(frame[frame["channel"] != stayers], method).estimates, rtol=1e-9)
    (said,) = aside(told)
    count = int((frame["channel"] == stayers).sum())
    assert f"of 900 customers {count} in a group of channel" in said.detail
    assert said.status == ("passed" if stayers == "fax" else "doubt")


@pytest.mark.parametrize("method", METHODS)
def test_where_every_group_has_both_nothing_is_set_aside(method):
    told = found(people(), method)
    assert aside(told) == [] and int(told.row("adjusted").n) >= 900


def test_all_of_a_group_leaving_at_once_is_set_aside_by_period_and_kept_by_time():
    frame = people()
    frame.loc[frame.index[-30:], ["channel", "left"]] = ["fax", 1]
    frame.loc[frame.index[-30:], "days"] = np.linspace(1, 20, 30)
    assert len(aside(found(frame, "hazard"))) == 1
    assert aside(found(frame, "hazard_ratio")) == []
