"""What was recorded in bands of the exposure, nothing fitted and nothing held equal: the means behind a curve."""

from dataclasses import replace
from functools import reduce
from itertools import pairwise
from operator import add
from typing import Any

import ibis
import numpy as np

from cxresearch.load.data import Data
from cxresearch.relate.doubts import FEW
from cxresearch.relate.standing import estimate_by

ROUND_DAYS = (-28, -14, -7, -3, 0, 1, 2, 3, 7, 14, 28)


def bands_of(data: Data, table: ibis.Table, cuts: tuple[float, ...]) -> list[dict[str, Any]]:
    """Return the mean of the outcome in each band between two cuts, with the interval that `measure` gives.

    Parameters
    ----------
    data : Data
        What was asked: outcome and clusters.
    table : ibis.Table
        Rows with the exposure `x`.
    cuts : tuple of float
        Ends of the bands, in the unit of the exposure, rising; the value itself stays below.

    Returns
    -------
    list of dict
        ``term`` "band", ``level``, ``x`` and ``x_right`` (its ends; NaN where open), ``estimate, low, high, n, customers``. Bands of fewer
        than ten clusters are left out.
    """
    if not cuts:
        return []
    beyond = [(table.x.cast("float64") > float(cut)).ifelse(1, 0) for cut in cuts]
    found = estimate_by(replace(data, table=table.mutate(_band=reduce(add, beyond).cast("string"))), "_band")
    ends = dict(enumerate(pairwise([np.nan, *cuts, np.nan])))
    rows = []
    for _, row in found.assign(at=found["level"].astype(int)).sort_values("at").iterrows():
        left, right = ends[row["at"]]
        if row["clusters"] >= FEW:
            level = " to ".join("" if end != end else f"{end:g}" for end in (left, right)).strip()
            kept = {name: row[name] for name in ("estimate", "low", "high", "n", "customers")}
            rows.append({"term": "band", "level": level, "x": left, "x_right": right, **kept})
    return rows


def cuts_of(unit: str, edges: np.ndarray, values: np.ndarray) -> tuple[float, ...]:
    """Return where bands end: days at weeks and around the promised day, anything else at the round values of the curve."""
    if unit == "days" and edges[0] < 0:
        return tuple(float(day) for day in ROUND_DAYS if edges[0] < day < edges[1])
    return tuple(float(value) for value in values)
