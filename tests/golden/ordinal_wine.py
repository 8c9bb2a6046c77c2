"""Proportional odds: ordinal::wine, R ordinal::clm (as published in the tutorial of clm)."""

from collections.abc import Iterator

import numpy as np
from references import case

from cxresearch.relate.ordinal_fit import ordinal
from golden import Line

SOURCE = "R 4.2.2 ordinal 2022.11.16"


def lines() -> Iterator[Line]:
    frame, values = case("ordinal_wine")
    expected = values["logit"]
    x = np.column_stack([frame["temp"] == "warm", frame["contact"] == "yes"]).astype(float)
    fit, _ = ordinal(frame["rating"].to_numpy(), x, ["tempwarm", "contactyes"])
    names = ["1|2", "2|3", "3|4", "4|5", "tempwarm", "contactyes"]
    for place, (name, value) in enumerate(zip(names, [*fit.cuts[:, 0], *fit.slopes], strict=True)):
        yield Line("ordinal_wine", f"coefficient {name}", value, expected["coef"][name], 1e-5, SOURCE)
        yield Line("ordinal_wine", f"error {name}", float(np.sqrt(fit.bread[place, place])), expected["se"][name], 1e-5, SOURCE)
    yield Line("ordinal_wine", "log likelihood", fit.loglik, expected["loglik"], 1e-5, SOURCE)
