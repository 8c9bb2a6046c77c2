"""Shares of R2: datasets::attitude and datasets::swiss, brute force over all subsets in R; Johnson's weights; blocks."""

from collections.abc import Iterator

from references import case

import cxresearch as cx
from golden import Line

SOURCE = "R 4.2.2, brute force (relaimpo's lmg)"


def lines() -> Iterator[Line]:
    for name in ("drivers_attitude", "drivers_swiss"):
        frame, expected = case(name)
        groups = expected["grouped"]["groups"]
        blocks = {block: (members,) if isinstance(members, str) else tuple(members) for block, members in groups.items()}
        question = cx.Question(outcome=cx.Mean(expected["response"]), drivers=blocks)
        relation = cx.drivers(cx.from_frame(frame, question, customer="row"), draws=50)
        yield Line(name, "R2", relation.facts["r2"], expected["r2"], 1e-9, SOURCE)
        for driver in expected["predictors"]:
            row = relation.row(driver, "lmg")
            yield Line(name, f"LMG {driver}", row.estimate, expected["lmg"][driver], 1e-9, SOURCE)
            yield Line(name, f"LMG share {driver}", row.share, expected["lmg_share"][driver], 1e-9, SOURCE)
            weight = relation.row(driver, "johnson")
            yield Line(name, f"Johnson weight {driver}", weight.estimate, expected["johnson_rw_raw"][driver], 1e-9, SOURCE)
        for block, value in expected["grouped"]["lmg"].items():
            yield Line(name, f"LMG of block {block}", relation.row(block, "block").estimate, value, 1e-9, SOURCE)
