"""Cronbach's alpha with Feldt's interval: datasets::attitude, R and psych::alpha."""

from collections.abc import Iterator

import numpy as np
from references import case

import cxresearch as cx
from cxresearch.relate.board import cronbach
from golden import Line

SOURCE = "R 4.2.2 psych 2.2.9"


def lines() -> Iterator[Line]:
    frame, expected = case("alpha_attitude")
    items = tuple(frame.columns)
    cov = frame.cov().to_numpy()
    alpha, low, high = cronbach(cov, len(frame))
    yield Line("alpha_attitude", "alpha", alpha, expected["alpha_raw"], 1e-10, SOURCE)
    yield Line("alpha_attitude", "alpha, psych", alpha, expected["psych_alpha"], 1e-10, SOURCE)
    yield Line("alpha_attitude", "alpha, Feldt low", low, expected["feldt_ci95"][0], 1e-10, SOURCE)
    yield Line("alpha_attitude", "alpha, Feldt high", high, expected["feldt_ci95"][1], 1e-10, SOURCE)
    standard = cronbach(frame.corr().to_numpy(), len(frame))[0]
    yield Line("alpha_attitude", "alpha, standardised", standard, expected["alpha_standardized"], 1e-10, SOURCE)
    for i, name in enumerate(items):
        rest = np.delete(np.delete(cov, i, 0), i, 1)
        yield Line("alpha_attitude", f"alpha without {name}", cronbach(rest, 30)[0], expected["alpha_if_dropped"][name], 1e-10, SOURCE)
    # The same from the moments in the engine: the seven items as drivers of any outcome.
    data = cx.from_frame(frame.assign(any=np.arange(len(frame)) % 7), cx.Question(outcome=cx.Mean("any"), drivers=items), customer="row")
    (one,) = cx.drivers(data, draws=20).facts["alpha"]
    yield Line("alpha_attitude", "alpha, from moments", one["alpha"], expected["alpha_raw"], 1e-10, SOURCE)
    yield Line("alpha_attitude", "Feldt low, from moments", one["low"], expected["feldt_ci95"][0], 1e-10, SOURCE)
