"""Proportional odds and their test: MASS::housing, R ordinal::clm, MASS::polr and ordinal::nominal_test."""

from collections.abc import Iterator

import numpy as np
from references import case
from scipy import stats

from cxresearch.relate.ordinal_fit import ordinal
from golden import Line

SOURCE = "R 4.2.2 ordinal 2022.11.16, MASS 7.3.58.2"
LEVELS = {"Infl": ["Low", "Medium", "High"], "Type": ["Tower", "Apartment", "Atrium", "Terrace"], "Cont": ["Low", "High"]}


def lines() -> Iterator[Line]:
    frame, values = case("ordinal_housing")
    frame = frame.loc[frame.index.repeat(frame["Freq"])]
    y = frame["Sat"].map({"Low": 0, "Medium": 1, "High": 2}).to_numpy()
    columns = {f"{name}{level}": (frame[name] == level).astype(float) for name, levels in LEVELS.items() for level in levels[1:]}
    x = np.column_stack(list(columns.values()))
    fit, _ = ordinal(y, x, list(columns))
    found = dict(zip(["Low|Medium", "Medium|High", *columns], [*fit.cuts[:, 0], *fit.slopes], strict=True))
    errors = dict(zip(found, np.sqrt(np.diag(fit.bread)), strict=True))
    for name, value in found.items():
        yield Line("ordinal_housing", f"coefficient {name}", value, values["clm"]["coef"][name], 1e-4, SOURCE)
        yield Line("ordinal_housing", f"error {name}", errors[name], values["clm"]["se"][name], 1e-4, SOURCE)
    yield Line("ordinal_housing", "log likelihood", fit.loglik, values["clm"]["loglik"], 1e-8, SOURCE)
    yield Line("ordinal_housing", "deviance", -2 * fit.loglik, values["polr"]["deviance"], 1e-4, SOURCE)
    for key, chosen in (("pred_high_tower_high", ("InflHigh", "ContHigh")), ("pred_low_terrace_low", ("TypeTerrace",))):
        at = np.array([[float(name in chosen) for name in columns]])
        for level, chance in zip(("Low", "Medium", "High"), fit.chances(at)[0], strict=True):
            yield Line("ordinal_housing", f"{key} {level}", chance, values[key][level], 1e-4, SOURCE)
    for name, test in values["nominal_test_LR"].items():
        own = [column.startswith(name) for column in columns]
        free, _ = ordinal(y, x[:, ~np.array(own)], list(columns), shifts=x[:, own])
        ratio = 2 * (free.loglik - fit.loglik)
        yield Line("ordinal_housing", f"proportional odds {name}, ratio", ratio, test["LRT"], 1e-4, SOURCE)
        yield Line("ordinal_housing", f"proportional odds {name}, p", float(stats.chi2.sf(ratio, test["df"])), test["p"], 1e-4, SOURCE)
