"""A frame as a table in the engine, with a column of clusters: what the references of least squares need."""

import ibis

from cxresearch.relate.fit import solve
from cxresearch.relate.moments import collect, total


def rows_of(frame, **clusters):
    """The numbers of a frame, and one column of ids for every cluster; None: every row its own."""
    keys = {name: frame[column].astype(str) if column else [f"{i:06d}" for i in range(len(frame))] for name, column in clusters.items()}
    return ibis.duckdb.connect().create_table("rows", frame.select_dtypes("number").astype(float).assign(**keys))


def least_squares(frame, y, x, **clusters):
    """The table and the fit of y on x."""
    rows = rows_of(frame, **(clusters or {"cluster": None}))
    return rows, solve(total(collect(rows, [y, *x])), y, x)
