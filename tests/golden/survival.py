"""Survival: Kaplan-Meier, medians, log-rank, mean time stayed and proportional hazards against R's survival package and survRM2."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from references import case

import cxresearch as cx
from cxresearch.relate.cox import Cox, cox, proportional
from cxresearch.relate.survival import kaplan_meier, life_table, log_rank, quantile, restricted_mean, survival_at
from golden import Line

SOURCE = "R 4.2.2 survival 3.5-3"
TOLERANCE = 1e-5
CURVES = [
    ("surv_lung", "km", "time", "event", "sex"), ("surv_veteran", "km", "time", "status", "trt"),
    ("surv_pbc_rmst", "km", "years", "event", "trt"), ("surv_colon_cluster", "km_rx_death", "time", "status", "rx"),
]  # fmt: skip
FITS = [
    ("surv_lung", "cox", "time", "event", ["sex", "age", "ph.ecog"], None, None),
    ("surv_lung", "cox_strata", "time", "event", ["age", "ph.ecog"], "sex", None),
    ("surv_lung", "cox_cluster_inst", "time", "event", ["sex", "age", "ph.ecog"], None, "inst"),
    ("surv_veteran", "cox", "time", "status", ["trt", "karno", "age", "prior"], None, None),
    ("surv_veteran", "cox_strata", "time", "status", ["trt", "karno"], "celltype", None),
    ("surv_pbc_rmst", "cox", "years", "event", ["trt", "age", "albumin", "lbili"], None, None),
    ("surv_colon_cluster", "cox_cluster", "time", "status", ["lev", "lev5fu", "nodes"], "etype", "id"),
]


def frame_of(name: str, *, fit: bool) -> tuple[pd.DataFrame, dict]:
    frame, expected = case(name)
    if name == "surv_colon_cluster":
        frame = frame.assign(lev=1.0 * (frame["rx"] == "Lev"), lev5fu=1.0 * (frame["rx"] == "Lev+5FU"))
        frame = frame if fit else frame[frame["etype"] == 2]
    if name == "surv_pbc_rmst":
        frame = frame.assign(lbili=np.log(frame["bili"]))
    return (frame.dropna() if fit and name != "surv_veteran" else frame), expected


def lines() -> Iterator[Line]:
    for name, part, *columns in CURVES:
        yield from _curves(name, part, *columns)
    for fit in FITS:
        yield from _fit(*fit)


def _curves(name: str, part: str, time: str, event: str, by: str) -> Iterator[Line]:
    frame, values = frame_of(name, fit=False)
    expected = values[part]
    question = cx.Question(outcome=cx.Survival(duration=time, event=event), by=by)
    counts = life_table(cx.from_frame(frame.dropna(subset=[time, event]), question, customer="row").table, "by")
    for key, rows in expected["by_group_loglog"].items():
        curve = kaplan_meier(counts[counts["level"] == key[2:]])
        found = survival_at(curve, [row["time"] for row in rows])
        for at, row in enumerate(rows):
            for mine, theirs in (("estimate", "surv"), ("std_error", "se"), ("low", "lo"), ("high", "hi"), ("n", "n_risk")):
                what = f"Kaplan-Meier {key[2:]} at {row['time']}: {mine}"
                yield Line(name, what, found.loc[at, mine], row[theirs], TOLERANCE, SOURCE)
        yield from _level(name, expected, key[2:], curve)
    chi2, _, p = log_rank(counts)
    yield Line(name, "log-rank chi-squared", chi2, expected["logrank"]["chisq"], TOLERANCE, SOURCE)
    yield Line(name, "log-rank p", p, expected["logrank"]["p"], TOLERANCE, SOURCE)


def _level(name: str, expected: dict, level: str, curve) -> Iterator[Line]:
    for side, found in zip(("est", "lo", "hi"), quantile(curve), strict=True):
        reference = expected["median"][side].get(level)
        if reference is not None:
            yield Line(name, f"median {level}: {side}", found, reference, TOLERANCE, SOURCE)
    rmst = expected["rmst_by_group"][level]
    source = "survRM2 vignette; R survival 3.5-3" if name == "surv_pbc_rmst" else SOURCE
    for what, found in zip(("rmst", "se"), restricted_mean(curve, rmst["tau"]), strict=True):
        yield Line(name, f"mean time stayed {level}: {what}", found, rmst[what], TOLERANCE, source)


def _fit(name: str, part: str, time: str, event: str, names: list[str], strata: str | None, cluster: str | None) -> Iterator[Line]:
    frame, values = frame_of(name, fit=True)
    expected = values[part]
    made = {ties: fitted(frame, (time, event), names, strata, ties) for ties in ("efron", "breslow")}
    fit = made["efron"]
    error = np.sqrt(np.diag(fit.cov(frame[cluster].to_numpy()) if cluster else fit.bread))
    for at, column in enumerate(names):
        yield Line(name, f"{part} coefficient {column}", fit.coef[at], expected["coef"][column], TOLERANCE, SOURCE)
        yield Line(name, f"{part} error {column}", error[at], expected["se"][column], TOLERANCE, SOURCE)
        yield Line(name, f"{part} Breslow {column}", made["breslow"].coef[at], expected["coef_breslow"][column], TOLERANCE, SOURCE)
    yield Line(name, f"{part} log likelihood", fit.loglik, expected["loglik"], TOLERANCE, SOURCE)
    yield Line(name, f"{part} log likelihood without columns", fit.null, expected["loglik_null"], TOLERANCE, SOURCE)
    test = proportional(fit).set_index("term")
    for column, row in expected.get("zph_km", {}).items():
        own = test.loc["all" if column == "GLOBAL" else column]
        yield Line(name, f"{part} proportionality {column}: chi-squared", own["chi2"], row["chisq"], 1e-8, SOURCE, absolute=True)
        yield Line(name, f"{part} proportionality {column}: p", own["p"], row["p"], 1e-8, SOURCE, absolute=True)


def fitted(frame: pd.DataFrame, outcome: tuple[str, str], names: list[str], strata: str | None, ties: str = "efron") -> Cox:
    marks = pd.DataFrame({"stratum": frame[strata].to_numpy()}) if strata else None
    time, event = (frame[name].to_numpy(dtype=float) for name in outcome)
    return cox(time, event, frame[names].to_numpy(dtype=float), names, marks=marks, ties=ties)
