"""Four corners and recovery against statsmodels, planted truth, and what cannot be asked."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError


def people(seed=1, n=900, *, failed=-12.0, service=6.0, both=0.0):
    draw = np.random.default_rng(seed)
    who = draw.integers(0, n // 3, n)
    hard = draw.normal(size=n)
    bad, wait = draw.random(n) < 0.3 + 0.1 * (hard > 0), np.exp2(1 + 0.5 * hard + draw.normal(size=n))
    good = wait <= np.median(wait)
    leaning = draw.normal(scale=4, size=n)[who]
    score = 40 + failed * bad + service * good + both * (bad & good) - 5 * hard + leaning + draw.normal(scale=10, size=n)
    path = np.where(bad, "something failed", "nothing failed")
    return pd.DataFrame(
        {"who": who, "hard": hard, "wait": wait, "good": good, "path": path, "score": score, "w": 1 + draw.integers(0, 3, n)}
    )


def asked(**more):
    return cx.Question(outcome=cx.Mean("score"), exposure=cx.Duration("wait"), adjust_for=("hard",), by="path", **more)


@pytest.mark.parametrize("weight", [None, "w"])
def test_corners_and_contrasts_equal_statsmodels(weight):
    frame = people()
    found = cx.methods.journey(cx.from_frame(frame, asked(), customer="who", weight=weight))
    frame["cell"] = frame["path"].str[:9] + np.where(frame["good"], " good", " poor")
    model = smf.wls("score ~ C(cell, Treatment('nothing f good')) + hard", frame, weights=frame["w"] if weight else np.ones(len(frame)))
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": frame["who"]}, use_t=True)
    inside = fit.params.index[1:4]
    poor, bad_good, bad_poor = (
        next(name for name in inside if key in name) for key in ("[T.nothing f poor]", "[T.something good]", "[T.something poor]")
    )
    row = found.row("contrast", "outweighs")
    test = fit.t_test(f"{bad_good} = {poor}")
    assert row.estimate == pytest.approx(float(test.effect[0]), rel=1e-9)
    assert row.std_error == pytest.approx(float(test.sd[0, 0]), rel=1e-9)
    assert found.row("contrast", "short of").estimate == pytest.approx(fit.params[bad_good], rel=1e-9)
    interaction = -fit.params[poor] - fit.params[bad_good] + fit.params[bad_poor]
    assert found.row("interaction").estimate == pytest.approx(interaction, rel=1e-8)
    middle = np.average(frame["hard"], weights=frame["w"] if weight else None)
    line = np.array([1.0, *(float(name == bad_good) for name in inside), middle])
    corner = found.row("corner", "failed, good")
    assert corner.estimate == pytest.approx(float(line @ fit.params), rel=1e-9)


@pytest.mark.slow
def test_planted_journeys_are_recovered_and_nothing_where_nothing_is():
    rows = [cx.methods.journey(cx.from_frame(people(seed), asked(), customer="who")) for seed in range(12)]
    away = np.mean([row.row("contrast", "outweighs").estimate for row in rows])
    assert abs(away - (-12.0 + 6.0)) < 1.5
    assert abs(np.mean([row.row("contrast", "short of").estimate for row in rows]) + 12.0) < 1.5
    covered = [row.row("interaction").low <= 0 <= row.row("interaction").high for row in rows]
    assert sum(covered) >= 9
    turned = cx.methods.journey(cx.from_frame(people(3, both=15.0), asked(), customer="who"))
    assert turned.row("interaction").high < 0


def test_a_target_decides_what_good_service_is():
    data = cx.from_frame(people(), asked(), customer="who")
    found = cx.methods.journey(data, target=1.0)
    assert found.facts["cut"] == 1.0 and all(check.name != "cut at the median" for check in found.checks)
    assert found.row("corner", "whole, good").n == ((people()["wait"] <= 1) & (people()["path"] == "nothing failed")).sum()
    with pytest.raises(MethodError, match="all service lies on one side"):
        cx.methods.journey(data, target=1e6)


def test_what_a_journey_needs():
    frame = people().assign(path3=lambda f: np.where(f["hard"] > 1, "a", np.where(f["hard"] > 0, "b", "c")))
    with pytest.raises(QuestionError, match='by="journey"'):
        cx.methods.journey(cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure="wait"), customer="who"))
    with pytest.raises(QuestionError, match="has 3 levels"):
        cx.methods.journey(
            cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure=cx.Duration("wait"), by="path3"), customer="who")
        )
    with pytest.raises(QuestionError, match="no better side"):
        cx.methods.journey(cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure="wait", by="path"), customer="who"))
    other = cx.Question(outcome=cx.Mean("score"), exposure=cx.Duration("wait"), by="kind")
    with pytest.raises(QuestionError, match="which level of"):
        cx.methods.journey(cx.from_frame(frame.assign(kind=frame["path"].str[:4]), other, customer="who"))
    same = people().assign(path="nothing failed")
    with pytest.raises(QuestionError, match="has 1 levels"):
        cx.methods.journey(cx.from_frame(same, asked(), customer="who"))


def recovered(seed=1, n=900, up=5.0):
    draw = np.random.default_rng(seed)
    how = draw.choice(["never failed", "failed and recovered", "failed, not recovered"], n, p=[0.7, 0.2, 0.1])
    score = (
        50 + np.where(how == "failed and recovered", up, np.where(how == "failed, not recovered", -10, 0)) + draw.normal(scale=8, size=n)
    )
    return pd.DataFrame({"who": draw.integers(0, 500, n), "how": how, "score": score})


def test_recovery_equals_statsmodels_and_finds_what_is_planted():
    frame = recovered()
    found = cx.methods.recovery(cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), by="how"), customer="who"))
    fit = smf.ols("score ~ C(how, Treatment('never failed'))", frame).fit(cov_type="cluster", cov_kwds={"groups": frame["who"]}, use_t=True)
    row = found.row("difference", "recovered less never")
    name = "C(how, Treatment('never failed'))[T.failed and recovered]"
    assert (row.estimate, row.std_error) == (pytest.approx(fit.params[name], rel=1e-9), pytest.approx(fit.bse[name], rel=1e-9))
    assert row.low > 0 and cx.conclude(found, worth=1.0).headline.startswith(
        "As recorded, nothing held equal, the recovery paradox shows here"
    )
    assert found.row("group", "never failed").estimate == pytest.approx(
        frame.loc[frame["how"] == "never failed", "score"].mean(), rel=1e-11
    )


def test_too_few_without_recovery_are_left_out_and_said():
    frame = recovered().query("how != 'failed, not recovered' or index < 20")
    found = cx.methods.recovery(cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), by="how"), customer="who"))
    assert set(found.estimates["level"]) == {"never failed", "failed and recovered", "recovered less never"}
    assert any(check.name == "small group" for check in found.checks)
    assert cx.plot(found).alt
    with pytest.raises(QuestionError, match="give levels"):
        cx.methods.recovery(cx.from_frame(frame.assign(how="x"), cx.Question(outcome=cx.Mean("score"), by="how"), customer="who"))
    with pytest.raises(MethodError, match="nobody stands in"):
        one = frame[frame["how"] != "failed and recovered"]
        cx.methods.recovery(cx.from_frame(one, cx.Question(outcome=cx.Mean("score"), by="how"), customer="who"))
