"""Slopes of every level by itself, against statsmodels in each level and against sums over clusters by hand."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError


def company(seed=2, n=3000, steep=(1.0, 1.0, 1.0, 2.0), people=900):
    random = np.random.default_rng(seed)
    plan = random.integers(0, len(steep), n)
    frame = pd.DataFrame({"who": random.integers(0, people, n), "plan": [f"p{i}" for i in plan], "hard": random.normal(size=n)})
    frame["wait"] = frame["hard"] + random.normal(size=n)
    frame["score"] = -np.array(steep)[plan] * frame["wait"] - frame["hard"] * (1 + plan) + plan + random.normal(0, 2, n)
    return frame


def leavers(rates=(0.0, 0.15, 0.16, 0.2, 0.012), sizes=(120, 1000, 1400, 400, 170), seed=5):
    """A company in which those of some groups hardly ever leave."""
    random = np.random.default_rng(seed)
    group = np.repeat(np.arange(len(sizes)), sizes)
    frame = pd.DataFrame({"who": range(len(group)), "group": [f"g{i}" for i in group], "use": random.normal(size=len(group))})
    frame["failed"] = random.poisson(2, len(group)) + frame["use"].clip(0)
    frame["lost"] = random.uniform(size=len(group)) < np.array(rates)[group] * (1 + 0.15 * (frame["failed"] - 2) - 0.3 * frame["use"])
    return frame


def asked(frame, weight=None, **more):
    question = cx.Question(**{"outcome": cx.Mean("score"), "exposure": "wait", "by": "plan", "adjust_for": ("hard",), **more})
    return cx.from_frame(frame, question, customer="who", weight=weight)


def lost(frame, **more):
    asks = {"outcome": cx.Rate("lost", better="lower"), "exposure": "failed", "by": "group", "adjust_for": ("use",)}
    return cx.from_frame(frame, cx.Question(**{**asks, **more}), customer="who")


def fit_of(part, formula="score ~ wait + hard", groups="who"):
    return smf.ols(formula, part).fit(cov_type="cluster", cov_kwds={"groups": pd.factorize(part[groups])[0]}, use_t=True)


def test_every_level_has_the_fit_of_its_own_rows():
    frame = company()
    found = cx.methods.slopes(asked(frame))
    for level, part in frame.groupby("plan"):
        row, fit = found.row("raw", level), fit_of(part)
        assert (row.estimate, row.std_error) == pytest.approx((fit.params["wait"], fit.bse["wait"]), rel=1e-9)
        assert (row.low, row.high) == pytest.approx(tuple(fit.conf_int().loc["wait"]), rel=1e-8)
        assert (row.n, row.df) == (len(part), part["who"].nunique() - 1)


def test_one_customer_in_two_levels_is_allowed_for():
    """Scores of each slope by hand, summed within customers: the gap to the plain average, its errors and the test that all are equal."""
    frame = company(people=60)
    frame["score"] += np.random.default_rng(3).normal(0, 3, 60)[frame["who"]] * frame["wait"]
    found, value, scores, clusters = cx.methods.slopes(asked(frame)), [], [], []
    for _, part in frame.groupby("plan"):
        x = np.column_stack([np.ones(len(part)), part["hard"], part["wait"]])
        inverse = np.linalg.inv(x.T @ x)
        slope = inverse @ x.T @ part["score"]
        each = (x @ inverse[2]) * (part["score"] - x @ slope)
        groups, rows = part["who"].nunique(), len(part)
        factor = groups / (groups - 1) * (rows - 1) / (rows - 3)
        value.append(slope[2])
        clusters.append(groups)
        scores.append(each.groupby(part["who"]).sum().reindex(range(60), fill_value=0.0) * np.sqrt(factor))
    cov, value = np.array(scores) @ np.array(scores).T, np.array(value)
    assert np.corrcoef(scores)[0, 1] > 0.1, "the same customers are in both"
    less = np.eye(4) - 0.25
    spread = np.sqrt(np.diag(less @ cov @ less.T))
    parts = less**2 * np.diag(cov)
    df = parts.sum(axis=1) ** 2 / (parts**2 / (np.array(clusters) - 1)).sum(axis=1)
    rows = found.estimates.query("term == 'raw' and level != ''")
    assert rows["gap"].to_numpy() == pytest.approx(value - value.mean(), rel=1e-8)
    assert rows["gap_high"].to_numpy() == pytest.approx(value - value.mean() + stats.t.ppf(0.975, df) * spread, rel=1e-8)
    assert rows["p"].to_numpy() == pytest.approx(2 * stats.t.sf(np.abs(value - value.mean()) / spread, df), rel=1e-7)
    assert found.row("raw").estimate == pytest.approx(value.mean(), rel=1e-9)
    assert found.row("raw").std_error == pytest.approx(np.sqrt(cov.mean()), rel=1e-8)
    ahead = np.diff(np.eye(4), axis=0)
    f = (ahead @ value) @ np.linalg.solve(ahead @ cov @ ahead.T, ahead @ value) / 3
    assert found.facts["f_differ"] == pytest.approx(f, rel=1e-8)
    ends = [abs(value[i] - value[j]) for i in range(4) for j in range(i)]
    assert max(ends) < found.row("range").high < max(ends) + 6 * spread.max()


def test_two_ways_of_belonging_together_and_weights():
    frame = company(n=1500, people=80).assign(agent=lambda each: (each["who"] * 7 + np.arange(len(each)) % 40) % 40)
    frame["light"] = np.random.default_rng(1).uniform(0.5, 2, len(frame))
    found = cx.methods.slopes(asked(frame, cluster=("who", "agent")))
    weighed = cx.methods.slopes(asked(frame, weight="light"))
    for level, part in frame.groupby("plan"):
        both = part.assign(both=part["who"].astype(str) + "-" + part["agent"].astype(str))
        one, two, pair = (fit_of(both, groups=name).bse["wait"] ** 2 for name in ("who", "agent", "both"))
        assert found.row("raw", level).std_error ** 2 == pytest.approx(max(one, two, one + two - pair), rel=1e-8)
        fit = smf.wls("score ~ wait + hard", part, weights=part["light"]).fit()
        assert weighed.row("raw", level).estimate == pytest.approx(fit.params["wait"], rel=1e-9)


def test_a_group_in_which_hardly_anybody_left_has_no_slope():
    """With slopes of the confounders in common it had one, of 4.7 more with a reliability of 0.88, from 0 leavers of 120."""
    frame = leavers()
    found = cx.methods.slopes(lost(frame))
    assert set(found.estimates["level"]) == {"", "g1", "g2", "g3"} and found.facts["set_aside"] == ("g0", "g4")
    (said,) = (check for check in found.checks if check.name == "levels set aside")
    few = int(frame.loc[frame["group"] == "g4", "lost"].sum())
    assert said.status == "doubt" and "g0 (0 of 120)" in said.detail and f"g4 ({few} of 170)" in said.detail
    frame["y"] = frame["lost"] * 1.0
    inside = {level: fit_of(part, "y ~ failed + use").params["failed"] for level, part in frame.groupby("group")}
    for level in ("g1", "g2", "g3"):
        assert found.row("raw", level).estimate == pytest.approx(inside[level], rel=1e-9)
    assert found.row("raw").estimate == pytest.approx(np.mean([inside[level] for level in ("g1", "g2", "g3")]), rel=1e-9)
    assert abs(inside["g0"]) < 1e-12


def test_where_too_few_groups_are_left_there_is_no_answer():
    found = cx.methods.slopes(lost(leavers(rates=(0.0, 0.004, 0.16, 0.2, 0.012))))
    assert isinstance(found, cx.Absent)
    assert "2 levels" in found.reason and "g0 (0 of 120)" in found.reason


def test_a_level_holds_equal_what_it_carries():
    """One plan has but one kind of case, and of another there are too few customers for so many kinds."""
    frame = company(n=2000, steep=(1.0,) * 5)
    frame["kind"] = [f"k{i}" for i in np.random.default_rng(8).integers(0, 12, len(frame))]
    frame.loc[frame["plan"] == "p1", "kind"] = "k1"
    frame = frame.drop(frame.index[frame["plan"] == "p4"][20:])
    found = cx.methods.slopes(asked(frame, adjust_for=("hard", "kind")))
    (said,) = (check for check in found.checks if check.name == "levels set aside")
    assert found.facts["set_aside"] == ("p4",) and "too few customers for what is held equal: p4 (20)" in said.detail
    for level, formula in (("p0", "score ~ wait + hard + C(kind)"), ("p1", "score ~ wait + hard")):
        fit = fit_of(frame[frame["plan"] == level], formula)
        assert (found.row("raw", level).estimate, found.row("raw", level).std_error) == pytest.approx((fit.params["wait"], fit.bse["wait"]))


def test_the_level_with_another_slope_stands_out():
    found = cx.methods.slopes(asked(company()))
    assert found.facts["stands_below"] == ("p3",) and found.facts["p_differ"] < 0.001
    said = cx.conclude(found, worth=0.2)
    assert "p3" in said.headline and "goes with" in said.headline


def test_slopes_alike_are_not_told_apart():
    found = cx.methods.slopes(asked(company(steep=(1.0,) * 4)))
    assert found.facts["stands_above"] == found.facts["stands_below"] == ()
    assert cx.conclude(found, worth=5.0).strength == "negligible"


@pytest.mark.slow
def test_slopes_further_apart_than_is_worth_acting_on_are_not_called_the_same():
    """True slopes of 4.5, 6, 6 and 7.5 against 2 that are worth acting on: a bound on their spread (1.2) said "the same"."""
    said = []
    for seed in range(40):
        frame = company(seed, n=1200, steep=(4.5, 6, 6, 7.5), people=1200)
        frame["score"] += np.random.default_rng(seed + 1000).normal(0, 7, len(frame))
        said.append(cx.conclude(cx.methods.slopes(asked(frame)), worth=2.0).strength == "negligible")
    assert sum(said) <= 2


@pytest.mark.parametrize(
    ("frame", "more", "error", "said"),
    [
        (company(n=90), {"by": None}, QuestionError, "needs an exposure and levels"),
        (company(n=90).assign(wait=1.0), {}, MethodError, "0 levels of"),
        (company(n=90, steep=(1, 2)), {}, MethodError, "between three and 20"),
        (company(n=90).assign(wait=list("abc") * 30), {}, QuestionError, "has levels of its own"),
    ],
)
def test_what_cannot_be_asked_is_said(frame, more, error, said):
    with pytest.raises(error, match=said):
        cx.methods.slopes(asked(frame, **more))
