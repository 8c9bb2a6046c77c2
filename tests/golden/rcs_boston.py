"""Restricted cubic splines: MASS::Boston, rms."""

from collections.abc import Iterator

import numpy as np
from engine import rows_of
from references import case

from cxresearch.relate.design import knots_of, spline, spline_at
from cxresearch.relate.fit import classical, solve, wald
from cxresearch.relate.moments import collect, total
from golden import Line

NAME, SOURCE = "rcs_boston", "R 4.2.2 rms"


def lines() -> Iterator[Line]:
    frame, expected = case(NAME)
    for key, count, controls in (("k4", 4, []), ("k5_adj", 5, ["rm"])):
        values, rows = expected[key], rows_of(frame, cluster=None)
        knots = knots_of(rows, "lstat", count)
        for place, (ours, theirs) in enumerate(zip(knots, values["knots"], strict=True), 1):
            yield Line(NAME, f"{key}: knot {place}", ours, theirs, 1e-7, SOURCE)
        rows, bends = spline(rows, "lstat", knots, "_s")
        fit = solve(total(collect(rows, ["medv", *bends, *controls])), "medv", [*bends, *controls])
        errors, at = classical(fit), np.array(values["at"], dtype=float)
        weights = np.zeros((len(at), 1 + len(fit.names)))
        weights[:, 0] = 1
        weights[:, 1 : 1 + len(bends)] = spline_at(at, knots) - fit.mean[: len(bends)]
        if controls:
            weights[:, -1] = values["adj"]["rm"] - fit.mean[-1]
        for x, row, prediction, low in zip(at, weights, values["pred"], values["lo"], strict=True):
            estimate = fit.mean_y + row[1:] @ fit.coef
            yield Line(NAME, f"{key}: prediction at {x:g}", estimate, prediction, 1e-7, SOURCE)
            yield Line(NAME, f"{key}: low at {x:g}", errors.interval(estimate, row)[1], low, 1e-7, SOURCE)
        yield Line(NAME, f"{key}: F of nonlinearity", wald(fit, errors, bends[1:])[0], values["anova"][" Nonlinear"]["F"], 1e-7, SOURCE)
        yield Line(NAME, f"{key}: R2", fit.r2, values["r2"], 1e-7, SOURCE)
