"""Least squares with classical, robust and clustered errors, from moments: survey::api and lme4::InstEval."""

from collections.abc import Iterator

import numpy as np
from engine import least_squares, rows_of
from references import case

from cxresearch.relate.fit import classical, clustered
from golden import Line

SOURCE = "R 4.2.2 lm; sandwich"
CASES = {"ols_robust_api": ("api00", ["ell", "meals", "mobility"], "dnum"), "ols_insteval": ("y", ["service", "studage", "lectage"], "d")}


def lines() -> Iterator[Line]:
    for name, (y, x, cluster) in CASES.items():
        yield from one(name, y, x, cluster)


def one(name: str, y: str, x: list[str], cluster: str) -> Iterator[Line]:
    frame, expected = case(name)
    values = expected["m1"]
    rows, fit = least_squares(frame.dropna(), y, x, cluster=cluster, each=None)
    (by_cluster,), (by_row,) = clustered(rows, [fit]), clustered(rows, [fit], ("each",))
    for at, column in enumerate(x, 1):
        found = {
            "coefficient": (fit.coef[at - 1], values["coef"]),
            "CR1 error": (np.sqrt(by_cluster.cov[at, at]), values["cluster"]["se_CR_HC1"]),
            "HC1 error": (np.sqrt(by_row.cov[at, at]), values["se_HC1"]),
            "classical error": (np.sqrt(classical(fit).cov[at, at]), values["se_classic"]),
        }
        for quantity, (ours, theirs) in found.items():
            yield Line(name, f"{quantity} {column}", ours, theirs[column], 1e-8, SOURCE)
        low, reference = by_cluster.interval(fit.coef[at - 1], np.eye(1 + len(x))[at])[1], values["cluster"]["ci95_t_Gm1"][column]["lo"]
        yield Line(name, f"t(G-1) low {column}", low, reference, 1e-8, SOURCE)
    yield Line(name, "R2", fit.r2, values["r2"], 1e-8, SOURCE)
    if "twoway_HC1" not in values:
        return
    two = rows_of(frame, cluster="d", cluster2="s")
    (both,) = clustered(two, [fit], ("cluster", "cluster2"))
    for at, column in enumerate(x, 1):
        yield Line(name, f"two-way error {column}", np.sqrt(both.cov[at, at]), values["twoway_HC1"]["se"][column], 1e-8, SOURCE)
