"""Least squares with classical, robust and clustered errors, from moments: lme4::InstEval."""

from collections.abc import Iterator

import numpy as np
from engine import least_squares, rows_of
from references import case

from cxresearch.relate.fit import classical, clustered
from golden import Line

NAME, SOURCE = "ols_insteval", "R 4.2.2 lm; sandwich"
X = ["service", "studage", "lectage"]


def lines() -> Iterator[Line]:
    frame, expected = case(NAME)
    values = expected["m1"]
    rows, fit = least_squares(frame.dropna(), "y", X, cluster="d", each=None)
    (by_cluster,), (by_row,) = clustered(rows, [fit]), clustered(rows, [fit], ("each",))
    for at, column in enumerate(X, 1):
        found = {
            "coefficient": (fit.coef[at - 1], values["coef"]),
            "CR1 error": (np.sqrt(by_cluster.cov[at, at]), values["cluster"]["se_CR_HC1"]),
            "HC1 error": (np.sqrt(by_row.cov[at, at]), values["se_HC1"]),
            "classical error": (np.sqrt(classical(fit).cov[at, at]), values["se_classic"]),
        }
        for quantity, (ours, theirs) in found.items():
            yield Line(NAME, f"{quantity} {column}", ours, theirs[column], 1e-8, SOURCE)
        low, reference = by_cluster.interval(fit.coef[at - 1], np.eye(1 + len(X))[at])[1], values["cluster"]["ci95_t_Gm1"][column]["lo"]
        yield Line(NAME, f"t(G-1) low {column}", low, reference, 1e-8, SOURCE)
    yield Line(NAME, "R2", fit.r2, values["r2"], 1e-8, SOURCE)
    two = rows_of(frame, cluster="d", cluster2="s")
    (both,) = clustered(two, [fit], ("cluster", "cluster2"))
    for at, column in enumerate(X, 1):
        yield Line(NAME, f"two-way error {column}", np.sqrt(both.cov[at, at]), expected["m1"]["twoway_HC1"]["se"][column], 1e-8, SOURCE)
