"""A restricted cubic spline in a logistic regression: MASS::birthwt, rms."""

from collections.abc import Iterator

import numpy as np
from engine import rows_of
from references import case
from scipy import linalg

from cxresearch.relate.design import knots_of, spline_at
from cxresearch.relate.logit import logit
from golden import Line

NAME, SOURCE = "rcs_logit_birthwt", "R 4.2.2 rms lrm"


def lines() -> Iterator[Line]:
    frame, expected = case(NAME)
    knots = knots_of(rows_of(frame, cluster=None), "lwt", len(expected["knots"]))
    for place, (ours, theirs) in enumerate(zip(knots, expected["knots"], strict=True), 1):
        yield Line(NAME, f"knot {place}", ours, theirs, 1e-5, SOURCE)
    names = ["lwt", "bend 1", "bend 2", "smoke"]
    fit = logit(frame["low"], np.column_stack([spline_at(frame["lwt"], knots), frame["smoke"]]), names)
    yield Line(NAME, "log likelihood", fit.loglik, expected["loglik"], 1e-5, SOURCE)
    at = np.array(expected["at"], dtype=float)
    rows = np.column_stack([np.ones(len(at)), spline_at(at, knots), np.zeros(len(at))])
    for x, row, linear, error, chance in zip(at, rows, expected["lp"], expected["se"], expected["prob"], strict=True):
        yield Line(NAME, f"linear predictor at {x:g}", row @ fit.coef, linear, 1e-5, SOURCE)
        yield Line(NAME, f"its error at {x:g}", np.sqrt(row @ fit.cov @ row), error, 1e-5, SOURCE)
        yield Line(NAME, f"probability at {x:g}", fit.predict(row[None, 1:])[0], chance, 1e-5, SOURCE)
    for term, columns in (("lwt", [1, 2, 3]), (" Nonlinear", [2, 3]), ("smoke", [4])):
        slopes, cov = fit.coef[columns], fit.cov[np.ix_(columns, columns)]
        wald = float(slopes @ linalg.solve(cov, slopes, assume_a="pos"))
        yield Line(
            NAME,
            f"Wald chi-squared{' of' if term[0] != ' ' else ''} {term.strip().lower()}",
            wald,
            expected["anova_wald"][term]["Chi-Square"],
            1e-5,
            SOURCE,
        )
