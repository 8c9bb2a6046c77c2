"""Weighted and clustered NPS: survey::api."""

from collections.abc import Iterator

from references import case

import cxresearch as cx
from golden import Line

NAME, SOURCE = "nps_weighted_api", "R 4.2.2 survey"


def lines() -> Iterator[Line]:
    frame, expected = case(NAME)
    for sample, customer, key in (("strat", "row", "weighted_only"), ("clus1", "dnum", "cluster_district")):
        data = cx.from_frame(frame[frame["sample"] == sample], cx.Question(outcome=cx.Nps("score")), customer=customer, weight="pw")
        row, values = cx.measure(data).row("score"), expected[key]
        yield Line(NAME, f"NPS, {key}", row.estimate, values["nps"], 1e-8, SOURCE)
        yield Line(NAME, f"standard error, {key}", row.std_error, values["se"], 1e-8, SOURCE)
        yield Line(NAME, f"low, {key}", row.low, values["ci95_t"][0], 1e-8, SOURCE)
        yield Line(NAME, f"high, {key}", row.high, values["ci95_t"][1], 1e-8, SOURCE)
        if sample == "strat":
            yield Line(
                NAME,
                "NPS without the weights",
                cx.measure(data.unweighted()).row("score").estimate,
                expected["unweighted"]["nps"],
                1e-8,
                SOURCE,
            )
