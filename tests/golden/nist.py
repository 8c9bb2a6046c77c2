"""Certified least squares: NIST StRD."""

import json
from collections.abc import Iterator

import pandas as pd
from engine import least_squares
from references import shared

from golden import Line

SOURCE = "NIST StRD, certified values"
POLYNOMIAL = {"wampler1": 5, "wampler2": 5, "filip": 10}


def problem(name: str) -> tuple[pd.DataFrame, list[str], dict]:
    """The data, the explaining columns and the certified values of one problem."""
    frame = pd.read_csv(shared("golden", "nist_strd", f"{name}.csv"))
    certified = json.loads(shared("golden", "nist_strd", f"{name}.json").read_text())["certified"]
    powers = {f"x{k}": frame["x"].astype(float) ** k for k in range(2, POLYNOMIAL.get(name, 1) + 1)}
    frame = frame.assign(**powers)
    return frame, [column for column in frame.columns if column != "y"], certified


def lines() -> Iterator[Line]:
    for name in ("norris", "longley", "wampler1", "wampler2"):
        frame, columns, certified = problem(name)
        _, fit = least_squares(frame, "y", columns)
        found = [fit.mean_y - fit.coef @ fit.mean, *fit.coef]
        for place, (ours, theirs) in enumerate(zip(found, certified["coef"], strict=True)):
            yield Line("nist", f"{name}: coefficient {place}", ours, theirs, 10 ** -certified["min_lre"], SOURCE)
