"""NPS, its interval and differences: MASS::housing."""

from collections.abc import Iterator

from references import case

import cxresearch as cx
from golden import Line

NAME, SOURCE = "nps_housing", "R 4.2.2, adjusted Wald written out; t.test (Welch)"


def lines() -> Iterator[Line]:
    frame, expected = case(NAME)
    by = {kind: cx.from_frame(frame, cx.Question(outcome=cx.Nps("score"), by=kind), customer="row") for kind in ("Type", "Cont")}
    relation = cx.measure(by["Type"])
    for level, values in [("", expected["overall"]), *expected["by_type"].items()]:
        row, of = relation.row("score", level), level or "overall"
        yield Line(NAME, f"NPS, {of}", row.estimate, values["nps"], 1e-8, SOURCE)
        yield Line(NAME, f"adjusted-Wald low, {of}", row.low, values["ci95_adjwald3"][0], 1e-8, SOURCE)
        yield Line(NAME, f"adjusted-Wald high, {of}", row.high, values["ci95_adjwald3"][1], 1e-8, SOURCE)
        yield Line(NAME, f"standard error, {of}", row.std_error, values["se_unbiased"], 1e-8, SOURCE)
    row, values = cx.compare(by["Cont"]).row("raw", "High less Low"), expected["diff_cont_high_minus_low"]
    for quantity, ours, theirs in (
        ("difference, High less Low", row.estimate, values["diff"]), ("Welch p", row.p, values["welch_p"]),
        ("Welch low", row.low, values["welch_ci95"][0]), ("Welch high", row.high, values["welch_ci95"][1]),
    ):  # fmt: skip
        yield Line(NAME, quantity, ours, theirs, 1e-8, SOURCE)
