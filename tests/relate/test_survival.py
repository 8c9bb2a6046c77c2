"""Kaplan-Meier and log-rank against R's survival package."""

import pytest
from references import case, near

import cxresearch as cx
from cxresearch.relate.survival import kaplan_meier, life_table, log_rank, survival_at

CASES = [("surv_lung", "time", "event", "sex"), ("surv_veteran", "time", "status", "trt")]


def table(frame, time, event, by=None):
    question = cx.Question(outcome=cx.Survival(duration=time, event=event), by=by)
    return cx.from_frame(frame.dropna(subset=[time, event]), question, customer="row").table


@pytest.mark.parametrize(("name", "time", "event", "by"), CASES)
def test_curves_have_log_log_intervals(name, time, event, by):
    frame, expected = case(name)
    counts = life_table(table(frame, time, event, by), "by")
    groups = {"": (life_table(table(frame, time, event)), expected["km"]["overall_loglog"])}
    groups |= {key: (counts[counts["level"] == key[2:]], rows) for key, rows in expected["km"]["by_group_loglog"].items()}
    for key, (part, rows) in groups.items():
        found = survival_at(kaplan_meier(part), [row["time"] for row in rows])
        for at, row in enumerate(rows):
            for mine, theirs in (("estimate", "surv"), ("std_error", "se"), ("low", "lo"), ("high", "hi"), ("n", "n_risk")):
                near(found.loc[at, mine], row[theirs], 1e-5), key


@pytest.mark.parametrize(("name", "time", "event", "by"), CASES)
def test_log_rank(name, time, event, by):
    frame, expected = case(name)
    chi2, df, p = log_rank(life_table(table(frame, time, event, by), "by"))
    near(chi2, expected["km"]["logrank"]["chisq"], 1e-5)
    near(p, expected["km"]["logrank"]["p"], 1e-5)
    assert df == 1
