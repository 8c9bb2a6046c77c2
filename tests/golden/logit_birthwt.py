"""Logistic regression with clustered errors: MASS::birthwt, R glm and sandwich."""

import json
from collections.abc import Iterator

import numpy as np
from references import HERE, case

from cxresearch.relate.logit import logit
from golden import Line

SOURCE, CONVERGED = "R 4.2.2 glm", "R 4.2.2 glm at epsilon 1e-15, sandwich 3.0.2 vcovCL"
COLUMNS = ["age", "lwt", "smoke", "ht", "ui"]


def lines() -> Iterator[Line]:
    frame, values = case("logit_birthwt")
    expected = values["m1"]
    converged = json.loads((HERE / "reference" / "logit_birthwt" / "converged.json").read_text())
    fit = logit(frame["low"], frame[COLUMNS].to_numpy(), COLUMNS, cluster=frame["race"])
    for place, name in enumerate(["(Intercept)", *COLUMNS]):
        yield Line("logit_birthwt", f"coefficient {name}", fit.coef[place], expected["coef"][name], 1e-6, SOURCE)
        yield Line("logit_birthwt", f"error {name}", np.sqrt(fit.bread[place, place]), expected["se"][name], 1e-6, SOURCE)
        yield Line("logit_birthwt", f"error {name}", np.sqrt(fit.bread[place, place]), converged["se"][place], 1e-8, CONVERGED)
        error = np.sqrt(fit.cov[place, place])
        yield Line("logit_birthwt", f"error by cluster {name}", error, converged["se_cluster"][place], 1e-8, CONVERGED)
    yield Line("logit_birthwt", "log likelihood", fit.loglik, expected["loglik"], 1e-8, SOURCE)
    yield Line("logit_birthwt", "McFadden R2", fit.mcfadden, expected["mcfadden"], 1e-8, SOURCE)
