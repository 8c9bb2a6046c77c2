import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError


def company(seed=2, n=3000, steep=(1.0, 1.0, 1.0, 2.0), people=900):
    random = np.random.default_rng(seed)
    plan = random.integers(0, len(steep), n)
    frame = pd.DataFrame({"who": random.integers(0, people, n), "plan": [f"p{i}" for i in plan], "hard": random.normal(size=n)})
    frame["wait"] = frame["hard"] + random.normal(size=n)
    frame["score"] = -np.array(steep)[plan] * frame["wait"] - frame["hard"] + plan + random.normal(0, 2, n)
    return frame


def asked(frame, **more):
    question = cx.Question(**{"outcome": cx.Mean("score"), "exposure": "wait", "by": "plan", "adjust_for": ("hard",), **more})
    return cx.from_frame(frame, question, customer="who")


def test_slopes_are_those_of_the_interaction_fit():
    frame = company()
    found = cx.methods.slopes(asked(frame))
    fit = smf.ols("score ~ 0 + C(plan) + C(plan):wait + hard", frame).fit(cov_type="cluster", cov_kwds={"groups": frame["who"]})
    for level in ("p0", "p1", "p2", "p3"):
        row = found.row("raw", level)
        assert row.estimate == pytest.approx(fit.params[f"C(plan)[{level}]:wait"], rel=1e-9)
        assert row.std_error == pytest.approx(fit.bse[f"C(plan)[{level}]:wait"], rel=1e-9)
    names = [f"C(plan)[p{i}]:wait" for i in range(4)]
    wald = fit.f_test([f"{name} = {names[0]}" for name in names[1:]])
    assert found.facts["f_differ"] == pytest.approx(float(np.squeeze(wald.fvalue)), rel=1e-8)


def test_the_level_with_another_slope_stands_out():
    found = cx.methods.slopes(asked(company()))
    assert found.facts["stands_below"] == ("p3",) and found.facts["p_differ"] < 0.001
    said = cx.conclude(found, worth=0.2)
    assert "p3" in said.headline and "goes with" in said.headline


def test_slopes_alike_are_not_told_apart():
    found = cx.methods.slopes(asked(company(steep=(1.0,) * 4)))
    assert found.facts["stands_above"] == found.facts["stands_below"] == ()
    assert cx.conclude(found, worth=5.0).strength == "negligible"


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
