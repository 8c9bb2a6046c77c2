"""Rows for the methods that need them: all of them where they fit, else a seeded sample of whole clusters."""

from collections.abc import Sequence

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.relate.moments import md5

MOST_ROWS = 500_000
SLICES = 16**6


def rows_of(table: ibis.Table, columns: Sequence[str], *, most: int = MOST_ROWS, seed: int = 1) -> tuple[pd.DataFrame, list[Check]]:
    """Return the rows of a linked table, always in the same order; where there are too many, those of some whole clusters.

    Parameters
    ----------
    table : ibis.Table
        With `cluster` (text) and, for the order, `unit_id` where there is one.
    columns : sequence of str
        What is wanted; `cluster` and, where declared, `weight` come with it.
    most : int
        Rows that may be taken. Whole clusters are kept or left by the md5 of seed and id: alike in every engine.
    seed : int
        Seed of the sample.

    Returns
    -------
    pandas.DataFrame and list of Check
        A check that says so where rows were left out; otherwise none.
    """
    wanted = list(dict.fromkeys(["cluster", *columns, *(["weight"] if "weight" in table.columns else [])]))
    rows, notes = int(table.count().execute()), []
    if rows > most:
        digest = md5(ibis.literal(f"{seed}:").concat(table.cluster)).substr(0, 6)
        table = table.filter(digest < f"{int(SLICES * most / rows):06x}")
        kept = int(table.count().execute())
        said = f"Computed from {kept:,} of {rows:,} rows: a sample of whole clusters, drawn with seed {seed}; the interval allows for it."
        notes = [Check("sample", "passed", said)]
    order = list(dict.fromkeys(name for name in ("unit_id", *wanted) if name in table.columns))
    return table.order_by(order).select(wanted).execute(), notes


def codes(labels: pd.Series | np.ndarray) -> tuple[np.ndarray, int]:
    """Return labels as whole numbers from 0, and how many differ."""
    found, names = pd.factorize(np.asarray(labels), sort=True)
    return found, len(names)
