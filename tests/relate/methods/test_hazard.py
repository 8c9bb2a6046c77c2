"""Hazards told as customers kept: against R through the golden lines, planted truth, invariants and what cannot be answered."""

import numpy as np
import pandas as pd
import pytest
from references import case, near

import cxresearch as cx
from cxresearch.ask.errors import LeakageError, MethodError, QuestionError
from cxresearch.load.simulate import simulate
from cxresearch.relate.cox import cox

METHODS = ("hazard", "hazard_ratio")


def hazard_at(wait, hard):
    return np.exp(-5.8 + 0.25 * np.log2(wait) + 0.4 * hard)


def drawn(seed, n):
    random = np.random.default_rng(seed)
    hard = random.normal(size=n)
    wait = np.exp(1 + 0.5 * hard + random.normal(0, 0.7, n))
    time, until = random.exponential(1 / hazard_at(wait, hard)), random.uniform(60, 200, n)
    return pd.DataFrame({"hard": hard, "wait": wait, "time": np.minimum(time, until), "left": (time <= until).astype(int)})


def asked(frame, weight=None, customer="row", **fields):
    fields = {"exposure": cx.Duration("wait"), "adjust_for": ("hard",)} | fields
    return cx.from_frame(frame, cx.Question(outcome=cx.Survival(duration="time", event="left"), **fields), customer=customer, weight=weight)


def veteran(**fields):
    frame, expected = case("surv_veteran")
    return asked(frame.rename(columns={"status": "left"}), **{"exposure": "trt", "adjust_for": (), **fields}), expected


def test_the_hazard_ratio_is_that_of_r_also_with_strata():
    data, expected = veteran(adjust_for=("karno", "age", "prior"))
    found = cx.methods.hazard_ratio(data)
    near(np.log(found.row("hazard_ratio").estimate), expected["cox"]["coef"]["trt"], 1e-5)
    near(found.facts["proportional_p_all"], expected["cox"]["zph_km"]["GLOBAL"]["p"], 1e-5)
    assert next(check for check in found.checks if check.name == "proportional hazards").cap == "suggestive"
    data, expected = veteran(adjust_for=("karno", "celltype"))
    found = cx.methods.hazard_ratio(data, strata="celltype")
    near(np.log(found.row("hazard_ratio").estimate), expected["cox_strata"]["coef"]["trt"], 1e-5)
    breslow = cx.methods.hazard_ratio(data, strata="celltype", ties="breslow")
    near(np.log(breslow.row("hazard_ratio").estimate), expected["cox_strata"]["coef_breslow"]["trt"], 1e-5)


def test_errors_by_cluster_are_those_of_r():
    frame, expected = case("surv_colon_cluster")
    frame = frame.dropna().rename(columns={"status": "left"}).assign(lev5fu=lambda rows: 1.0 * (rows["rx"] == "Lev+5FU"))
    frame["lev"] = 1.0 * (frame["rx"] == "Lev")
    data = asked(frame, customer="id", exposure="lev5fu", adjust_for=("lev", "nodes"), by="etype")
    row = cx.methods.hazard_ratio(data, days=1825, strata="etype").row("hazard_ratio")
    clusters = frame["id"].nunique()
    near(np.log(row.estimate), expected["cox_cluster"]["coef"]["lev5fu"], 1e-5)
    near(row.std_error * np.sqrt((clusters - 1) / clusters), expected["cox_cluster"]["se"]["lev5fu"], 1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_planted_truth_lies_inside(method):
    """Hazards grow with the log of the wait: who halve their wait, among customers alike in difficulty."""
    random = np.random.default_rng(0)
    hard = random.normal(size=200_000)
    wait = np.exp(1 + 0.5 * hard + random.normal(0, 0.7, len(hard)))
    truth = float(np.mean(np.exp(-90 * hazard_at(wait / 2, hard)) - np.exp(-90 * hazard_at(wait, hard))))
    inside, naive, ratio = [], [], []
    for seed in range(20):
        found = getattr(cx.methods, method)(asked(drawn(seed, 1200)))
        row = found.row("adjusted")
        inside.append(row.low <= truth <= row.high)
        naive.append(found.row("naive").low <= truth)
        if method == "hazard_ratio":
            ends = found.row("hazard_ratio")
            ratio.append(ends.low <= np.exp(-0.25) <= ends.high)
    assert np.mean(inside) >= 0.8 > np.mean(naive)
    assert not ratio or np.mean(ratio) >= 0.8


def test_without_columns_people_kept_are_those_of_kaplan_meier():
    """One 0/1 exposure, strata by nothing: the discrete hazard with a baseline and an exposure of its own in one period is the share."""
    frame = drawn(1, 3000).assign(met=lambda rows: (rows["wait"] > 3).astype(float))
    frame = frame[frame["time"] > 0].assign(time=lambda rows: np.where(rows["left"] == 1, rows["time"], 300.0))
    data = asked(frame, exposure="met", adjust_for=())
    row = cx.methods.hazard(data, days=60, every=60).row("naive")
    kept = [float((part["time"] > 60).mean()) for _, part in frame.groupby("met")]
    near(row.kept_without, kept[0], 1e-9)
    near(row.kept_with, kept[1], 1e-9)
    near(row.estimate, kept[1] - kept[0], 1e-9)
    shares = [share * (1 - share) / size for share, size in zip(kept, frame.groupby("met").size(), strict=True)]
    near(row.std_error, np.sqrt(sum(shares)), 1e-3)


def test_who_is_lost_within_a_period_counts_for_the_part_seen():
    random = np.random.default_rng(4)
    time, until = random.exponential(100, 60_000), random.uniform(0, 90, 60_000)
    frame = pd.DataFrame({"time": np.minimum(time, until), "left": (time <= until).astype(int), "met": random.integers(0, 2, 60_000) * 1.0})
    row = cx.methods.hazard(asked(frame, exposure="met", adjust_for=()), days=60, every=20).row("naive")
    assert abs(row.kept_without - np.exp(-0.6)) < 0.012


@pytest.mark.parametrize("method", METHODS)
def test_a_weight_of_two_is_two_rows_of_one_customer(method):
    frame = drawn(2, 500).assign(w=lambda rows: np.where(rows["hard"] > 0, 2.0, 1.0), who=lambda rows: np.arange(len(rows)))
    weighted = getattr(cx.methods, method)(asked(frame, "w", customer="who")).row("adjusted")
    twice = pd.concat([frame, frame[frame["w"] == 2]])
    doubled = getattr(cx.methods, method)(asked(twice, customer="who")).row("adjusted")
    tolerance = 1e-8 if method == "hazard" else 0.02  # with Efron's ties a pair of rows is not one row of weight two
    near(weighted.estimate, doubled.estimate, tolerance)
    near(weighted.std_error, doubled.std_error, tolerance * 2)


@pytest.mark.parametrize("method", METHODS)
def test_what_cannot_be_answered(method):
    run, frame = getattr(cx.methods, method), drawn(3, 300)
    with pytest.raises(QuestionError, match=f"{method} needs a survival outcome"):
        run(cx.from_frame(frame, cx.Question(outcome=cx.Mean("hard"), exposure="wait"), customer="row"))
    with pytest.raises(QuestionError, match="the question names no exposure"):
        run(asked(frame, exposure=None))
    with pytest.raises(MethodError, match="nobody left while observed"):
        run(asked(frame.assign(left=0)))
    with pytest.raises(MethodError, match="has the same value in every row"):
        run(asked(frame.assign(same=1.0), exposure="same"))
    with pytest.raises(MethodError, match=r"observed for .* days at most"):
        run(asked(frame), days=500)
    with pytest.raises(MethodError, match="a time to an event cannot be negative"):
        run(asked(frame.assign(time=frame["time"] - 100)))
    with pytest.raises(MethodError, match=r"no finite size"):
        run(asked(frame.assign(met=frame["left"] * 1.0), exposure="met", adjust_for=()))
    none_leave = frame.assign(met=np.arange(300) % 2).assign(left=lambda rows: np.where(rows["met"] == 1, 0, rows["left"]))
    with pytest.raises(MethodError, match=r"no finite size"):
        run(asked(none_leave, exposure="met", adjust_for=()))


def test_time_zero_counts_for_those_who_left():
    frame = drawn(5, 600)
    frame.loc[:9, "time"], frame.loc[:9, "left"] = 0.0, [1] * 5 + [0] * 5
    periods = cx.methods.hazard(asked(frame))
    assert periods.row("adjusted").n == 595
    assert cx.methods.hazard_ratio(asked(frame)).row("hazard_ratio").n == 600


def test_settings_that_have_no_sense():
    data = asked(drawn(3, 300))
    with pytest.raises(QuestionError, match="180 periods; 60 are enough"):
        cx.methods.hazard(data, days=90, every=0.5)
    with pytest.raises(QuestionError, match="both are times after the start"):
        cx.methods.hazard(data, every=0)
    with pytest.raises(QuestionError, match='strata: there is no "hrad"'):
        cx.methods.hazard_ratio(data, strata="hrad")
    with pytest.raises(QuestionError, match='ties is "exact"'):
        cx.methods.hazard_ratio(data, ties="exact")


def test_few_who_left_are_a_doubt_and_share_a_baseline():
    frame = drawn(6, 120)
    found = cx.methods.hazard(asked(frame), every=10)
    names = {check.name: check for check in found.checks}
    assert "share" in names["joined periods"].detail
    rare = frame.assign(left=np.where(np.arange(120) < 20, frame["left"], 0))
    assert any(check.name == "events" and check.cap == "suggestive" for check in cx.methods.hazard_ratio(asked(rare)).checks)


def test_one_hundred_thousand_rows_take_seconds():
    random = np.random.default_rng(7)
    x = random.normal(size=(100_000, 5))
    time = np.ceil(random.exponential(np.exp(-0.3 * x[:, 0])) * 200)
    fit = cox(time, (random.random(100_000) < 0.6).astype(float), x, list("abcde"))
    assert abs(fit.coef[0] - 0.3) < 0.02


@pytest.mark.parametrize("method", ["retention", *METHODS])
def test_what_is_known_only_after_the_landmark_is_refused(method, tmp_path_factory):
    study = cx.open_study(simulate(tmp_path_factory.mktemp("company") / "demo", seed=2, customers=400))
    data = cx.link(study, cx.Question(outcome="retention", exposure="seen_days"), period="2025-Q2")
    with pytest.raises(LeakageError, match=r'"seen_days" .* known only after the landmark'):
        getattr(cx.methods, method)(data)
