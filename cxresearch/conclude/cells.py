"""Cells: estimates, intervals and counts as the tables write them."""

import pandas as pd

from cxresearch.conclude.disclosure import limit_of
from cxresearch.conclude.words.display import Display, finite
from cxresearch.conclude.words.numbers import number, span
from cxresearch.relate.relation import Relation


def ends(shown: Display, row: pd.Series) -> tuple[str, str]:
    """Return an estimate and its interval, with as many decimals as the interval needs."""
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    digits = shown.digits(low, high)
    return number(shown.shown(row["estimate"]), digits), between(low, high, digits)


def between(low: float, high: float, digits: int = 1) -> str:
    """Return an interval, "" where it has no ends."""
    return span(low, high, digits) if finite(low) and finite(high) else ""


# What "stands out" in a table turns into where the comparison does not stand out among all looks of an edition.
TAKEN_ALONE = {">yes<": ">taken alone<", ">above<": ">above, taken alone<", ">below<": ">below, taken alone<"}


def stands_out(p: object) -> str:
    """Return whether a comparison stands out, allowing for their number."""
    return ("yes" if p <= 0.05 else "no") if finite(p) else ""


def few(relation: Relation) -> str:
    """Return what stands in place of a count that is too small to show."""
    return f"fewer than {limit_of(relation)}"


def unit_first(shown: Display) -> str:
    """Return the unit before more words."""
    return f"{shown.unit}, " if shown.unit else ""
