"""Survival numerics: weights and clusters; the golden lines hold them against R."""

import numpy as np
import pandas as pd
import pytest
from references import case, near

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.load.simulate import simulate
from cxresearch.relate.cox import baseline, cox
from cxresearch.relate.influence import joint, spread
from cxresearch.relate.survival import design_effect, kaplan_meier, life_table, restricted_mean, survival_at


def counts_of(frame, weight=None):
    question = cx.Question(outcome=cx.Survival(duration="time", event="status"))
    return life_table(cx.from_frame(frame, question, customer="row", weight=weight).table)


def test_a_weight_of_two_is_two_rows_in_the_curve_and_equal_weights_change_no_error():
    frame, _ = case("surv_veteran")
    frame["w"] = np.where(frame["trt"] == 1, 2.0, 1.0)
    weighted = kaplan_meier(counts_of(frame, "w"))
    doubled = kaplan_meier(counts_of(pd.concat([frame, frame[frame["trt"] == 1]])))
    np.testing.assert_allclose(weighted.survival, doubled.survival, rtol=1e-12)
    plain, scaled = kaplan_meier(counts_of(frame)), kaplan_meier(counts_of(frame.assign(w=3.0), "w"))
    np.testing.assert_allclose(scaled.hazard_variance[:-1], plain.hazard_variance[:-1], rtol=1e-9)
    near(restricted_mean(scaled, 200)[1], restricted_mean(plain, 200)[1])
    assert weighted.n == len(frame)
    assert list(survival_at(weighted, [30.0])["n"]) == [97]


def test_the_linearised_variance_is_that_of_leaving_one_out():
    """The infinitesimal jackknife by brute force: each weight moved a little."""
    frame, _ = case("surv_lung")
    frame = frame.rename(columns={"event": "status"})[["time", "status"]].head(16)
    frame["w"] = np.random.default_rng(1).uniform(0.5, 2, len(frame))

    def at(weights):
        curve = kaplan_meier(counts_of(frame.assign(w=weights), "w"))
        return np.array([np.log(survival_at(curve, [300.0])["estimate"].iloc[0]), restricted_mean(curve, 300.0)[0]])

    base, step = at(frame["w"]), 1e-5
    moved = np.array([(at(frame["w"] * np.where(np.arange(16) == i, 1 + step, 1)) - base) / step for i in range(16)])
    curve = kaplan_meier(counts_of(frame, "w"))
    near(curve.hazard_variance[curve.time <= 300][-1], (moved[:, 0] ** 2).sum(), 1e-3)
    near(restricted_mean(curve, 300.0)[1] ** 2, (moved[:, 1] ** 2).sum(), 1e-3)


def test_clusters_of_one_row_change_nothing_and_copies_double_the_variance():
    frame, _ = case("surv_veteran")
    curve = kaplan_meier(counts_of(frame))
    rows = frame.assign(y_elapsed=frame["time"], event=frame["status"], cluster=np.arange(len(frame)))
    assert 1 <= design_effect(rows, curve, 100) < 1.05
    twice = pd.concat([rows, rows])
    assert design_effect(twice, kaplan_meier(counts_of(twice)), 100) == pytest.approx(2.0, rel=0.05)


def test_two_ways_of_clustering_with_one_alike():
    pull, cluster = np.random.default_rng(2).normal(size=(40, 2)), np.repeat(np.arange(10), 4)
    one, both = spread(pull, [cluster]), spread(pull, [cluster, cluster])
    np.testing.assert_allclose(one[0], both[0])
    assert one[1] == both[1] == 10
    np.testing.assert_allclose(np.diag(joint(pull, [cluster])), one[0])
    near(spread(pull[:, 0], [cluster])[0], one[0][0])
    with pytest.raises(MethodError, match="all rows belong to one cluster"):
        spread(pull, [np.zeros(40)])


def test_the_pull_of_a_row_is_what_its_weight_moves():
    """Coefficients and baseline with Efron ties and strata: each weight moved a little."""
    frame, _ = case("surv_veteran")
    weight, columns = np.random.default_rng(1).uniform(0.5, 2, len(frame)), ["trt", "karno"]

    def fitted(weights):
        marks = pd.DataFrame({"stratum": frame["celltype"], "weight": weights})
        fit = cox(frame["time"].to_numpy(), frame["status"].to_numpy(), frame[columns].to_numpy(), columns, marks=marks)
        return fit, baseline(fit, 100.0)

    (fit, (hazard, pulls)), step = fitted(weight), 1e-5
    for i in (0, 5, 60, 100):
        moved, (other, _) = fitted(weight * np.where(np.arange(len(weight)) == i, 1 + step, 1))
        np.testing.assert_allclose((moved.coef - fit.coef) / step, fit.pulls()[i], rtol=1e-3, atol=1e-7)
        other = other * np.exp(moved.coef @ (fit.centre - moved.centre))
        np.testing.assert_allclose((other - hazard) / step, pulls[i], rtol=1e-3, atol=1e-6)


def test_what_has_no_finite_hazard_ratio():
    time, met = np.arange(1.0, 41), np.repeat([1.0, 0], 20)
    with pytest.raises(MethodError, match="the hazard ratio has no finite size"):
        cox(time, met, met[:, None], ["met"])
    with pytest.raises(MethodError, match="the hazard ratio has no finite size"):
        cox(time[::-1], met, met[:, None], ["met"])
    with pytest.raises(MethodError, match='"met" has the same value in every row'):
        cox(time, met, np.ones((40, 1)), ["met"])
    with pytest.raises(MethodError, match="nobody left while observed"):
        cox(time, np.zeros(40), met[:, None], ["met"])
    with pytest.raises(QuestionError, match='ties is "exact"'):
        cox(time, met, met[:, None], ["met"], ties="exact")


def test_who_stays_is_absent_where_the_record_of_a_study_ends_too_early(tmp_path):
    study = cx.open_study(simulate(tmp_path, customers=600))
    data = cx.link(study, cx.Question(outcome="retention"), period="2025-11")
    assert cx.retention(data).reason == "Customers are observed for 31 days at most; the share kept after 90 cannot be seen."
