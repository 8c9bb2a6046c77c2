"""Logistic regression with clustered errors: MASS::birthwt, R glm and sandwich."""

from collections.abc import Iterator

import numpy as np
from references import case

from cxresearch.relate.logit import logit
from golden import Line

SOURCE = "R 4.2.2 glm; sandwich 3.0.2"
COLUMNS = ["age", "lwt", "smoke", "ht", "ui"]


def lines() -> Iterator[Line]:
    frame, values = case("logit_birthwt")
    expected = values["m1"]
    fit = logit(frame["low"], frame[COLUMNS].to_numpy(), COLUMNS, cluster=frame["race"])
    for place, name in enumerate(["(Intercept)", *COLUMNS]):
        yield Line("logit_birthwt", f"coefficient {name}", fit.coef[place], expected["coef"][name], 1e-6, SOURCE)
        yield Line("logit_birthwt", f"error {name}", np.sqrt(fit.bread[place, place]), expected["se"][name], 1e-6, SOURCE)
        clustered = expected["cluster"]["se_CR_HC0_adj"][name]
        yield Line("logit_birthwt", f"error by cluster {name}", np.sqrt(fit.cov[place, place]), clustered, 1e-6, SOURCE)
    yield Line("logit_birthwt", "log likelihood", fit.loglik, expected["loglik"], 1e-8, SOURCE)
    yield Line("logit_birthwt", "McFadden R2", fit.mcfadden, expected["mcfadden"], 1e-8, SOURCE)
