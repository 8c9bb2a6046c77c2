"""Mergeable sufficient statistics, computed inside the engine: the only thing that leaves it.

Least squares, NPS and means, driver shares and splines need sums of products and nothing else. Query 1 returns them per bucket
of clusters, or for the whole, centred on the means of the whole; query 2 (scores.py) returns what the errors need.

References
----------
Chan, Golub & LeVeque (1983), Algorithms for computing the sample variance, The American Statistician 37.
Cameron & Miller (2015), A practitioner's guide to cluster-robust inference, Journal of Human Resources 50.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from typing import Any

import ibis
import numpy as np

from cxresearch.ask.errors import MethodError

BUCKETS = 1024
FLOOR = 1e-12


@ibis.udf.scalar.builtin
def md5(text: str) -> str:
    """The engine's own md5, as 32 hex digits: the same in every engine."""


@dataclass(frozen=True)
class Moments:
    """Weighted sums per bucket of clusters.

    Parameters
    ----------
    names : tuple of str
        The p columns.
    keys : tuple of str
        The B buckets' names.
    centre : numpy.ndarray, shape (p,)
        What was subtracted before multiplying.
    rows, weight : numpy.ndarray, shape (B,)
        Rows and summed weights per bucket.
    sums : numpy.ndarray, shape (B, p)
        Weighted sums of the centred columns.
    cross : numpy.ndarray, shape (B, p, p)
        Weighted sums of their products.
    clusters : int
        Distinct clusters behind the buckets.
    """

    names: tuple[str, ...]
    keys: tuple[str, ...]
    centre: np.ndarray
    rows: np.ndarray
    weight: np.ndarray
    sums: np.ndarray
    cross: np.ndarray
    clusters: int


@dataclass(frozen=True)
class Total:
    """Moments of all buckets about their own mean.

    Parameters
    ----------
    names : tuple of str
        The p columns.
    rows : int
        Rows.
    weight : numpy.ndarray, shape (...)
        Summed weight; the leading dimensions are bootstrap draws, if any.
    mean : numpy.ndarray, shape (..., p)
        Weighted means.
    cross : numpy.ndarray, shape (..., p, p)
        Weighted centred cross-products.
    """

    names: tuple[str, ...]
    rows: int
    weight: np.ndarray
    mean: np.ndarray
    cross: np.ndarray

    def at(self, names: Sequence[str]) -> list[int]:
        """Return the positions of these columns."""
        return [self.names.index(name) for name in names]


def collect(table: ibis.Table, names: Sequence[str], *, mergeable: bool = False) -> Moments:
    """Return the moments of numeric columns, per bucket of the column `cluster`, weighted by `weight` if there is one.

    Parameters
    ----------
    table : ibis.Table
        Complete rows with `cluster` (text), the columns `names` (float), perhaps `weight`.
    names : sequence of str
        The columns.
    mergeable : bool
        True: 1,024 buckets however few the clusters, so that the sums of other rows can be added.

    Raises
    ------
    MethodError
        Where the table has no rows.
    """
    row, centre = _means(table, names, _clusters=table.cluster.nunique())
    key = table.cluster if row["_clusters"] <= BUCKETS and not mergeable else bucket(table.cluster)
    found = _centred(table.mutate(_bucket=key), names, centre, ("_bucket",)).sort_by("_bucket")
    return _moments(found, tuple(names), centre, int(row["_clusters"]))


def summed(table: ibis.Table, names: Sequence[str]) -> Total:
    """Return the moments of numeric columns over all rows, where nothing is asked of buckets: the same totals, from less work.

    Parameters
    ----------
    table, names
        As in `collect`; `cluster` is not read.

    Raises
    ------
    MethodError
        Where the table has no rows.
    """
    _, centre = _means(table, names)
    found = _centred(table, names, centre, ())
    return total(_moments(found.append_column("_bucket", [["all"]]), tuple(names), centre, 1))


def total(moments: Moments, share: np.ndarray | None = None) -> Total:
    """Return the moments of all buckets together.

    Parameters
    ----------
    moments : Moments
        From `collect`.
    share : numpy.ndarray, shape (draws, B), optional
        How often each bucket counts in each bootstrap draw; without it, once.
    """
    share = np.ones(len(moments.rows)) if share is None else share
    weight = share @ moments.weight
    sums = np.tensordot(share, moments.sums, 1)
    cross = np.tensordot(share, moments.cross, 1)
    mean = sums / weight[..., None]
    cross = cross - weight[..., None, None] * mean[..., :, None] * mean[..., None, :]
    return Total(moments.names, int(moments.rows.sum()), weight, moments.centre + mean, cross)


def about(moments: Moments, centre: np.ndarray) -> Moments:
    """Return the same sums about another centre, shape (p,)."""
    off, weight, sums = centre - moments.centre, moments.weight[:, None], moments.sums
    cross = moments.cross - sums[:, :, None] * off - off[:, None] * sums[:, None, :] + weight[:, :, None] * np.outer(off, off)
    return replace(moments, centre=centre, sums=sums - weight * off, cross=cross)


def added(parts: Sequence[Moments]) -> Moments:
    """Return the moments of all rows of several tables, bucket by bucket; all were collected as mergeable, of the same columns.

    Clusters that stand in several of them are counted each time: `clusters` is an upper limit.
    """
    weight = sum(part.weight.sum() for part in parts)
    mean = sum(part.weight.sum() * part.centre + part.sums.sum(axis=0) for part in parts) / weight
    parts = [about(part, mean) for part in parts]
    keys = sorted(set().union(*(part.keys for part in parts)))
    place = {key: at for at, key in enumerate(keys)}

    def summed(name: str) -> np.ndarray:
        out = np.zeros((len(keys), *getattr(parts[0], name).shape[1:]))
        for part in parts:
            out[[place[key] for key in part.keys]] += getattr(part, name)
        return out

    sums = {name: summed(name) for name in ("rows", "weight", "sums", "cross")}
    return Moments(parts[0].names, tuple(keys), mean, **sums, clusters=sum(part.clusters for part in parts))


def resample(moments: Moments, draws: int, seed: int) -> Total:
    """Return moments of bootstrap draws of whole buckets of customers.

    References
    ----------
    Davison & Hinkley (1997), Bootstrap Methods and their Application, section 3.8.
    """
    return total(moments, shares(len(moments.rows), draws, seed))


def shares(buckets: int, draws: int, seed: int) -> np.ndarray:
    """Return how often each bucket of customers counts in each bootstrap draw, shape (draws, buckets)."""
    random = np.random.default_rng(seed)
    return random.multinomial(buckets, np.full(buckets, 1 / buckets), size=draws).astype(float)


def correlations(cross: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return correlation matrices and spreads of stacked cross-products.

    Parameters
    ----------
    cross : numpy.ndarray, shape (draws, p, p)
        Centred cross-products. A column that does not vary in a draw goes with nothing there: correlation zero, spread infinite.

    Returns
    -------
    numpy.ndarray, shape (draws, p, p), and numpy.ndarray, shape (draws, p)
    """
    diagonal = np.einsum("dii->di", cross)
    alive = diagonal > 1e-9 * np.median(np.abs(diagonal), axis=0)
    spread = np.where(alive, np.sqrt(np.where(alive, diagonal, 1.0)), np.inf)
    found = cross / spread[:, :, None] / spread[:, None, :]
    at = np.arange(cross.shape[-1])
    found[:, at, at] = 1.0
    return found, spread


def bucket(cluster: ibis.Value) -> ibis.Value:
    """Return one of 1,024 bucket names: two hex digits of md5 and a quarter of the third, alike in every engine."""
    digest = md5(cluster)
    third = digest.substr(2, 1)
    quarter = ibis.cases(
        (third.isin(list("0123")), "a"), (third.isin(list("4567")), "b"), (third.isin(list("89ab")), "c"), else_="d"
    )  # fmt: skip
    return digest.substr(0, 2).concat(quarter)


def _means(table: ibis.Table, names: Sequence[str], **also: ibis.Value) -> tuple[dict[str, Any], np.ndarray]:
    """Return one row of counts, and the means of the columns."""
    weighted = "weight" in table.columns
    head = {"_rows": table.count(), **also} | ({"_total": table.weight.cast("float64").sum()} if weighted else {})
    columns = {name: table[name].cast("float64") for name in names}
    head |= {name: (table.weight.cast("float64") * column if weighted else column).sum() for name, column in columns.items()}
    row = table.aggregate(**head).to_pyarrow().to_pylist()[0]
    if not row["_rows"]:
        raise MethodError("no rows are left to compute from.")
    return row, np.array([row[name] / row.get("_total", row["_rows"]) for name in names], dtype=float)


def _centred(table: ibis.Table, names: Sequence[str], centre: np.ndarray, by: Sequence[str]) -> Any:
    """Return rows, weights, and sums and products of the columns less their centre, perhaps by bucket."""
    weighted = "weight" in table.columns
    kept = {name: table[name] for name in by} | ({"_weight": table.weight.cast("float64")} if weighted else {})
    rows = table.select(**kept, **{f"c{i}": table[name].cast("float64") - float(centre[i]) for i, name in enumerate(names)})
    plain = [rows[f"c{i}"] for i in range(len(names))]
    own = [rows["_weight"] * column for column in plain] if weighted else plain
    products = {f"p{i}_{j}": (own[i] * plain[j]).sum() for i, j in combinations_with_replacement(range(len(names)), 2)}
    sums = {f"s{i}": each.sum() for i, each in enumerate(own)}
    weight = rows["_weight"].sum() if weighted else rows.count().cast("float64")
    return rows.aggregate(by=list(by), n=rows.count(), w=weight, **sums, **products).to_pyarrow()


def _moments(found, names: tuple[str, ...], centre: np.ndarray, clusters: int) -> Moments:
    size = len(names)
    rows, weight, *sums = (np.asarray(found[name], dtype=float) for name in ("n", "w", *(f"s{i}" for i in range(size))))
    keys = tuple(map(str, found["_bucket"].to_pylist()))
    return Moments(names, keys, centre, rows, weight, np.column_stack(sums), symmetric(found, size, (len(rows),)), clusters)


def symmetric(found: Any, size: int, shape: tuple[int, ...], prefix: str = "p") -> np.ndarray:
    """Return symmetric matrices from columns <prefix><i>_<j>."""
    out = np.empty((*shape, size, size))
    for i, j in combinations_with_replacement(range(size), 2):
        out[..., i, j] = out[..., j, i] = np.asarray(found[f"{prefix}{i}_{j}"], dtype=float)
    return out
