"""A table with all its digits: what a table of a page holds, for those who go on with the numbers."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.relate.relation import Relation

MIME = "application/vnd.cxresearch.table+json"
IN_UNITS_OF_THE_OUTCOME = ("measure", "compare", "effect", "dose_response", "segments", "change", "jump")
COUNTED = ("estimate", "low", "high", "std_error")
NAMES = ("term", "level", "label", "unit", "kind", "better", "side")


def full_table(relation: Relation, caption: str) -> dict[str, Any]:
    """Return the estimates of a relation as plain values; what is too small to be shown on a page is blank here as well.

    Parameters
    ----------
    relation : Relation
        What a cell shows.
    caption : str
        Of its table on the page.

    Returns
    -------
    dict
        ``caption``, ``columns`` (with units where all rows share one) and ``rows``.
    """
    estimates = relation.estimates
    keep = shown_rows(estimates, limit_of(relation))
    rows = [_row(values, estimates.columns, ok) for values, ok in zip(estimates.itertuples(index=False, name=None), keep, strict=True)]
    return {"caption": caption, "columns": [_headed(name, relation) for name in estimates.columns], "rows": rows}


def _row(values: Sequence[Any], columns: pd.Index, ok: bool) -> list[Any]:
    return [_value(value) if ok or name in NAMES else "" for value, name in zip(values, columns, strict=True)]


def _value(value: Any) -> Any:
    if isinstance(value, str) or value is None:
        return value or ""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else ""
    return str(value)


def _headed(name: str, relation: Relation) -> str:
    """Return a column header with its unit; shares are kept as fractions, as the methods compute them."""
    unit = relation.facts.get("unit")
    if name not in COUNTED or not unit or relation.method not in IN_UNITS_OF_THE_OUTCOME:
        return name
    return f"{name} ({'share, 0 to 1' if unit == 'of 100' else unit})"
