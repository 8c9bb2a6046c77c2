"""Who stays: against R, and exposure that cannot come from after the landmark."""

import numpy as np
import pandas as pd
import pytest
from references import case, near

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.conclude.voice import voice_of
from cxresearch.relate.survival import kaplan_meier, mean_interval, restricted_mean


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
    kept = relation.estimates[relation.estimates["term"] == "kept"]
    assert list(kept["level"]) == ["lower half: up to 60", "upper half: over 60"]
    assert kept["n"].sum() == len(frame)
    curve = relation.curve[relation.curve["term"] == "upper half: over 60"]
    assert (curve["estimate"].diff().dropna() <= 0).all()
    assert curve["estimate"].iloc[0] == 1


def test_mean_time_stayed_equals_survrm2():
    frame, expected = case("surv_pbc_rmst")
    relation = cx.retention(stayed(frame, time="years", event="event", by="trt"), days=10)
    row = relation.row("stayed_difference", "1 less 2")
    for mine, theirs in (("estimate", "Est."), ("low", "lower .95"), ("high", "upper .95")):
        near(row[mine], expected["survRM2"]["diff"][theirs], 1e-5)
    near(relation.row("stayed", "1").std_error, expected["survRM2"]["arm1"]["se"], 1e-5)
    near(relation.row("median", "2").low, expected["km"]["median"]["lo"]["2"], 1e-5)


def test_nobody_stays_longer_than_the_time_looked_at():
    """Of 40 customers one leaves on day 60: an even interval about 89.25 would reach to 90.7 of 90 days."""
    frame = pd.DataFrame({"row": range(40), "time": [60.0] + [120.0] * 39, "status": [1] + [0] * 39})
    relation = cx.retention(stayed(frame), days=90)
    row = relation.row("stayed", "all")
    near(row.estimate, 89.25, 1e-9)
    assert row.estimate + 1.96 * row.std_error > 90 > row.high > row.estimate > row.low > 84
    (table, *_) = voice_of("retention").tables(relation)
    assert "89.2 (85.0 to 89.9)" in str(table.rows)


def test_intervals_of_the_mean_time_stayed_hold_where_few_leave():
    """Of 200 customers 2% leave within the 90 days; even intervals hold the truth in 90 of 100 samples, and miss on one side."""
    rate, random = -np.log(0.98) / 90, np.random.default_rng(1)
    truth, even, own = (1 - np.exp(-90 * rate)) / rate, [], []
    for _ in range(600):
        time, seen = random.exponential(1 / rate, 200), random.uniform(60, 200, 200)
        frame = pd.DataFrame({"level": "", "time": np.minimum(time, seen), "events": (time <= seen) * 1.0, "leaving": 1.0, "rows": 1})
        frame = frame.assign(event_squares=frame["events"], squares=1.0).sort_values("time")
        value, error = restricted_mean(kaplan_meier(frame), 90.0)
        low, high = mean_interval(value, error, 90.0)
        if error > 0:
            even.append(abs(value - truth) <= 1.96 * error)
            own.append(low <= truth <= high)
    assert np.mean(own) > 0.92 > np.mean(even)
    assert np.isnan(mean_interval(90.0, 0.0, 90.0)).all()


def weighed(frame, weight=None, **fields):
    question = cx.Question(outcome=cx.Survival(duration="time", event="status"), by="trt", **fields)
    return cx.from_frame(frame, question, customer="row", weight=weight)


def test_equal_weights_and_own_clusters_change_next_to_nothing():
    frame, _ = case("surv_veteran")
    frame = frame.assign(w=2.0, alone=[f"c{i}" for i in range(len(frame))])
    plain, equal = cx.retention(weighed(frame)), cx.retention(weighed(frame, "w"))
    pd.testing.assert_frame_equal(plain.estimates, equal.estimates, rtol=1e-9)
    assert abs(plain.facts["logrank"] - equal.facts["logrank"]) < 0.05
    alone = cx.retention(weighed(frame, cluster="alone"))
    np.testing.assert_allclose(alone.estimates["std_error"][:4], plain.estimates["std_error"][:4], rtol=0.06)
    assert (alone.estimates["std_error"][:4] >= plain.estimates["std_error"][:4] - 1e-12).all()


def test_weights_bring_back_those_who_are_missing():
    """Half of those who would leave early are not in the sample: weights of two for the rest undo it."""
    random = np.random.default_rng(3)
    hard = random.random(40_000) < 0.5
    time = random.exponential(np.where(hard, 60.0, 240.0))
    frame = pd.DataFrame({"time": np.minimum(time, 120.0), "status": (time < 120).astype(int), "w": np.where(hard, 2.0, 1.0), "trt": "a"})
    seen = ~hard | (random.random(40_000) < 0.5)
    row = cx.retention(weighed(frame[seen], "w"), days=90).row("kept", "a")
    truth = (np.exp(-90 / 60) + np.exp(-90 / 240)) / 2
    assert abs(row.estimate - truth) < 4 * row.std_error
    assert row.n == seen.sum()


@pytest.mark.slow
def test_intervals_with_clusters_hold():
    """Teams with an own hazard: intervals that leave them out are too narrow, those by team hold."""
    covered = {None: [], "team": []}
    truth = float(np.mean(np.exp(-90 / 120 * np.exp(np.random.default_rng(0).normal(0, 0.5, 200_000)))))
    for seed in range(60):
        random = np.random.default_rng(seed)
        team = np.repeat(np.arange(40), 25)
        time = random.exponential(120 / np.exp(random.normal(0, 0.5, 40))[team])
        frame = pd.DataFrame(
            {"time": np.minimum(time, 120), "status": (time < 120).astype(int), "trt": "a", "team": [f"t{i}" for i in team]}
        )
        for cluster, inside in covered.items():
            row = cx.retention(weighed(frame, cluster=cluster)).row("kept", "a")
            inside.append(row.low <= truth <= row.high)
    assert np.mean(covered["team"]) > 0.88 > np.mean(covered[None])


def test_one_group_without_events_is_kept_whole_with_an_interval():
    frame = pd.DataFrame({"time": np.r_[np.arange(1.0, 31), np.full(30, 31.0)], "status": np.r_[np.ones(30), np.zeros(30)],
                          "trt": ["a"] * 30 + ["b"] * 30})  # fmt: skip
    relation = cx.retention(weighed(frame), days=20)
    row = relation.row("kept", "b")
    assert row.estimate == 1 and row.high == 1 and 0.85 < row.low < 1
    assert np.isnan(relation.row("median", "b").estimate)


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
    with pytest.raises(MethodError, match="a time to an event cannot be negative"):
        cx.retention(stayed(frame.assign(time=frame["time"] - 50)))
    with pytest.raises(QuestionError, match="days is -1; give a time after the start"):
        cx.retention(stayed(frame), days=-1)
    twice = pd.concat([frame, frame])
    question = cx.Question(outcome=cx.Survival(duration="time", event="status"))
    with pytest.raises(MethodError, match="retention takes one row per customer"):
        cx.retention(cx.from_frame(twice.reset_index(), question, customer="index"))


def leaving(sizes, means, seed=1):
    random = np.random.default_rng(seed)
    plan = np.repeat(np.array(list(sizes), dtype=object), list(sizes.values()))
    time = random.exponential(np.array([means[name] for name in plan]))
    return pd.DataFrame({"plan": plan, "time": np.minimum(time, 180.0), "status": (time < 180).astype(int)})


def test_a_group_in_which_nobody_left_leaves_the_difference_open():
    frame = leaving({"other": 200, "vip": 15}, {"other": 300, "vip": 300}).assign(
        status=lambda rows: rows["status"] * (rows["plan"] != "vip")
    )
    row = cx.retention(stayed(frame, by="plan"), days=90).row("stayed_difference", "other less vip")
    assert row.estimate < 0
    assert np.isnan([row.low, row.high, row.std_error]).all()


def test_levels_without_an_order_are_compared_by_size_and_not_by_the_alphabet():
    sizes = {"basic": 300, "plus": 150, "pro": 400, None: 500}
    frame = leaving(sizes, {"basic": 100, "plus": 2000, "pro": 300, None: 5000})
    found = cx.retention(stayed(frame, by="plan"), days=90)
    assert found.facts["groups"] == ["basic", "plus", "pro", "(missing)"]
    assert (found.facts["compared"], found.facts["largest_of"]) == (["basic", "pro"], 3)
    assert found.row("stayed_difference", "basic less pro").estimate < 0
    finding = cx.conclude(found, worth=1.0)
    assert "fewer of every 1,000 customers stay 90 days in “basic” than in “pro”." in finding.headline
    assert "Of 3 groups the two largest are compared." in finding.detail
    two = cx.conclude(cx.retention(stayed(frame[frame["plan"] != "plus"], by="plan"), days=90), worth=1.0)
    assert two.headline == finding.headline and "two largest" not in two.detail
    one = cx.conclude(cx.retention(stayed(frame[frame["plan"].isin(["basic", None])], by="plan"), days=90))
    kept = found.row("kept", "basic").estimate
    assert one.strength == "described" and one.headline == f"Of 1,000 customers, {1000 * kept:.0f} were still here after 90 days."
