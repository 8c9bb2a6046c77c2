"""The same customer at different times: least squares on differences from each customer's own mean, from sums by customer alone.

The sum of products of differences is the sum of products less, for every customer, the products of their own sums over their own weight:
no row is read beside the mean of its customer, and nothing is written down in between.

References
----------
Cameron & Miller (2015), A practitioner's guide to cluster-robust inference, Journal of Human Resources 50, section 3.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations_with_replacement

import ibis
import numpy as np

from cxresearch.ask.errors import MethodError
from cxresearch.relate.fit import Errors, Fit, each_way, sandwich
from cxresearch.relate.moments import Total, symmetric
from cxresearch.relate.scores import crossed, weighed


def own_differences(table: ibis.Table, moments: Total) -> tuple[Total, int]:
    """Return the moments of columns less their customer's own mean, and how many customers stand in the rows more than once.

    Parameters
    ----------
    table : ibis.Table
        The rows, with `customer`, perhaps `weight`.
    moments : Total
        Of the same rows and columns, as recorded. Means are handed on: differences are told about them.

    Raises
    ------
    MethodError
        Where fewer than two customers stand in the rows more than once.
    """
    table = weighed(table)
    pulls = {f"s{i}": table["_weight"] * (table[name] - float(mean)) for i, (name, mean) in enumerate(_centres(moments))}
    rows = table.select("_weight", _who=table.customer, **pulls)
    by = rows.group_by("_who").aggregate(n=rows.count(), w=rows["_weight"].sum(), **{name: rows[name].sum() for name in pulls})
    often, size = by.n > 1, len(moments.names)
    products = {f"p{i}_{j}": (by[f"s{i}"] * by[f"s{j}"] / by.w.nullif(0.0)).sum() for i, j in combinations_with_replacement(range(size), 2)}
    counts = {"customers": often.sum(), "rows": by.n.sum(where=often), "weight": by.w.sum(where=often)}
    row = by.aggregate(**counts, **products).to_pyarrow().to_pylist()[0]
    customers = int(row["customers"])
    if customers < 2:
        raise MethodError(f"{customers} customers stand in the rows more than once.")
    cross = moments.cross - symmetric(row, size, ())
    return Total(moments.names, int(row["rows"]), np.float64(row["weight"]), moments.mean, cross), customers


def moving(own: Total, moments: Total, names: Sequence[str]) -> list[str]:
    """Return the columns that differ within a customer: a billionth of their spread at least."""
    return [name for name, at in zip(names, moments.at(names), strict=True) if own.cross[at, at] > 1e-9 * moments.cross[at, at]]


def within_errors(table: ibis.Table, fits: Sequence[Fit], clusters: Sequence[str], *, nested: bool) -> list[Errors]:
    """Return CR1 errors with t(G - 1) of fits on differences from the customer's own mean.

    Parameters
    ----------
    table : ibis.Table
        The rows as recorded.
    fits : sequence of Fit
        Solved from `own_differences`.
    clusters : sequence of str
        One column, or two for two-way errors.
    nested : bool
        Every customer lies in one cluster: the cluster is the customer.

    Notes
    -----
    With r = y - x b and customer means marked by a bar, the score of a customer within a cluster is
    sum w (x - x̄)(r - r̄) = U - x̄ R - r̄ S + W x̄ r̄, from U = sum w x r, S = sum w x, R = sum w r and W = sum w.
    """
    return each_way(table, clusters, lambda rows, own: _one_way(rows, fits, own, nested=nested))


def _one_way(table: ibis.Table, fits: Sequence[Fit], cluster: str, *, nested: bool) -> list[Errors]:
    table = weighed(table)
    names = dict.fromkeys(name for fit in fits for name in fit.names)
    mean = {name: float(value) for fit in fits for name, value in zip(fit.names, fit.mean, strict=True)}
    x = {f"x{i}": table[name] - mean[name] for i, name in enumerate(names)}
    pull = {f"r{f}": table["_weight"] * fit.expression(table) for f, fit in enumerate(fits)}
    rows = table.select("_weight", _who=table.customer, _cluster=table[cluster], **x, **pull)
    pairs = {(f, i): f"u{f}_{list(names).index(name)}" for f, fit in enumerate(fits) for i, name in enumerate(fit.names)}
    sums = {said: (rows["r" + said[1:].partition("_")[0]] * rows["x" + said.partition("_")[2]]).sum() for said in pairs.values()}
    sums |= {name: (rows["_weight"] * rows[name]).sum() for name in x} | {name: rows[name].sum() for name in pull}
    by = rows.group_by("_who" if nested else ["_who", "_cluster"]).aggregate(n=rows.count(), w=rows["_weight"].sum(), **sums)
    whole = (lambda column: column) if nested else lambda column: column.sum().over(ibis.window(group_by="_who"))
    totals = by.mutate(_n=whole(by.n), _w=whole(by.w), **{f"_{name}": whole(by[name]) for name in (*x, *pull)})
    often = totals.filter((totals["_n"] > 1) & (totals["_w"] > 0))
    scores = {f"s{f}_{i}": _score(often, said) for (f, i), said in pairs.items()}
    kept = often.select(**({} if nested else {"_cluster": often["_cluster"]}), **scores)
    if not nested:
        kept = kept.group_by("_cluster").aggregate(**{name: kept[name].sum() for name in scores})
    products, groups = crossed(kept, [len(fit.names) for fit in fits])
    if groups < 2:
        raise MethodError("all rows belong to one cluster: no error can be told. Cluster by something finer.")
    return [sandwich(fit, np.pad(own, ((1, 0), (1, 0))), groups) for fit, own in zip(fits, products, strict=True)]


def _score(by: ibis.Table, said: str) -> ibis.Value:
    fit, _, at = said[1:].partition("_")
    x, r = f"x{at}", f"r{fit}"
    mean_x, mean_r = by[f"_{x}"] / by["_w"], by[f"_{r}"] / by["_w"]
    return by[said] - mean_x * by[r] - mean_r * by[x] + by.w * mean_x * mean_r


def spent(errors: Errors, fit: Fit, customers: int) -> Errors:
    """Return errors where the customers are not nested in the clusters: their means cost degrees of freedom."""
    columns = len(fit.names) + 1
    factor = (fit.rows - columns) / max(fit.rows - columns - customers, 1)
    return replace(errors, cov=errors.cov * factor, least=tuple(cov * factor for cov in errors.least))


def _centres(moments: Total) -> list[tuple[str, float]]:
    return list(zip(moments.names, moments.mean, strict=True))
