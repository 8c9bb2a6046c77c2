"""What one month leaves behind for ever: its moments and how many stood behind them, in one file; months are added, not read again.

References
----------
Chan, Golub & LeVeque (1983), Algorithms for computing the sample variance, The American Statistician 37 (sums of parts).
Beyer et al. (2007), On synopses for distinct-value estimation under multiset operations, SIGMOD (the smallest hashes).
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations_with_replacement
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cxresearch.ask.check import Check
from cxresearch.relate.moments import Moments, md5

SMALLEST, DIGITS = 4096, 13


@dataclass(frozen=True)
class MonthSums:
    """One month of a question.

    Parameters
    ----------
    moments : Moments
        Mergeable.
    rows, eligible : int
        Rows used, rows that could have been used.
    names : mapping of str to tuple of str
        Of customers and of clusters: the 4,096 smallest hashes of their names, or all of them, 13 hex digits each.
    checks : tuple of Check
        What was looked at.
    levels : mapping of str to mapping of str to int
        Customers by level, of every confounder that is a category.
    coded : mapping of str to sequence of str
        Levels that have a column of their own.
    """

    moments: Moments
    rows: int
    eligible: int
    names: Mapping[str, tuple[str, ...]]
    checks: tuple[Check, ...]
    levels: Mapping[str, Mapping[str, int]]
    coded: Mapping[str, Sequence[str]]


def smallest(table: ibis.Table, column: str) -> tuple[str, ...]:
    """Return the smallest hashes of the names in a column, in order."""
    rows = table.select(_hash=md5(table[column]).substr(0, DIGITS)).distinct().order_by("_hash").limit(SMALLEST)
    return tuple(rows.to_pyarrow()["_hash"].to_pylist())


def distinct(sketches: Sequence[Sequence[str]]) -> tuple[int, bool]:
    """Return how many names stand behind several sketches together, and whether that is counted; else it is an estimate, in two figures.

    The estimate has a standard error of 1.6%.

    Examples
    --------
    >>> distinct([["00", "3a"], ["3a", "ff"]])
    (3, True)
    """
    together = sorted(set().union(*sketches))
    if len(together) < SMALLEST:
        return len(together), True
    share = (int(together[SMALLEST - 1], 16) + 1) / 16**DIGITS
    return int(float(f"{(SMALLEST - 1) / share:.2g}")), False


def keep(path: Path, month: MonthSums, fingerprint: str) -> None:
    """Write a month, whole or not at all."""
    moments, size = month.moments, len(month.moments.names)
    columns = {"bucket": pa.array(moments.keys), "rows": moments.rows, "weight": moments.weight}
    columns |= {f"s{i}": moments.sums[:, i] for i in range(size)}
    columns |= {f"p{i}_{j}": moments.cross[:, i, j] for i, j in combinations_with_replacement(range(size), 2)}
    said = {
        "fingerprint": fingerprint, "names": moments.names, "centre": [value.hex() for value in moments.centre.tolist()],
        "clusters": moments.clusters, "rows": month.rows, "eligible": month.eligible, "who": month.names,
        "checks": [asdict(check) for check in month.checks], "levels": month.levels, "coded": month.coded,
    }  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}")
    pq.write_table(pa.table(columns).replace_schema_metadata({"cxresearch": json.dumps(said)}), beside)
    beside.replace(path)


def kept(path: Path, fingerprint: str) -> MonthSums | None:
    """Return a month as it was written; None where it is not there, is damaged, or its data have changed since."""
    try:
        table = pq.read_table(path)
        said = json.loads(table.schema.metadata[b"cxresearch"])
        if said["fingerprint"] != fingerprint:
            return None
        size = len(said["names"])
        column = {name: table[name].to_numpy() for name in table.column_names if name != "bucket"}
        cross = np.empty((table.num_rows, size, size))
        for i, j in combinations_with_replacement(range(size), 2):
            cross[:, i, j] = cross[:, j, i] = column[f"p{i}_{j}"]
        sums = np.column_stack([column[f"s{i}"] for i in range(size)])
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
        return None
    centre = np.array([float.fromhex(value) for value in said["centre"]])
    keys = tuple(table["bucket"].to_pylist())
    moments = Moments(tuple(said["names"]), keys, centre, column["rows"], column["weight"], sums, cross, said["clusters"])
    checks = tuple(Check(**check) for check in said["checks"])
    coded, names = ({name: tuple(each) for name, each in said[which].items()} for which in ("coded", "who"))
    return MonthSums(moments, said["rows"], said["eligible"], names, checks, said["levels"], coded)
