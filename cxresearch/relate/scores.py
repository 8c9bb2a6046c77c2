"""What the errors need from the engine: the scores of a fit, summed within clusters, multiplied and summed.

References
----------
Cameron & Miller (2015), A practitioner's guide to cluster-robust inference, Journal of Human Resources 50.
"""

from collections.abc import Sequence
from functools import reduce
from itertools import combinations_with_replacement
from operator import add

import ibis
import numpy as np

from cxresearch.relate.moments import symmetric


def meat(table: ibis.Table, blocks: Sequence[Sequence[ibis.Value]], cluster: str) -> tuple[list[np.ndarray], int]:
    """Return, for each block of scores, the outer products of their sums within clusters, summed; and the number of clusters.

    Parameters
    ----------
    table : ibis.Table
        The rows that the scores are expressions of.
    blocks : sequence of sequences of ibis values
        One score per coefficient, weight included; one block per fit.
    cluster : str
        Column to sum within.

    Returns
    -------
    list of numpy.ndarray, each of shape (k, k), and int
    """
    scores = {f"s{b}_{i}": score for b, block in enumerate(blocks) for i, score in enumerate(block)}
    rows = table.select(_cluster=table[cluster], **scores)
    return crossed(rows.group_by("_cluster").aggregate(**{name: rows[name].sum() for name in scores}), [len(block) for block in blocks])


def crossed(within: ibis.Table, sizes: Sequence[int]) -> tuple[list[np.ndarray], int]:
    """Return what `meat` returns, from scores that are summed within clusters already: columns `s<block>_<score>`."""
    pairs = [(b, i, j) for b, size in enumerate(sizes) for i, j in combinations_with_replacement(range(size), 2)]
    products = {f"p{b}_{i}_{j}": (within[f"s{b}_{i}"] * within[f"s{b}_{j}"]).sum() for b, i, j in pairs}
    row = within.aggregate(_clusters=within.count(), **products).to_pyarrow().to_pylist()[0]
    return [symmetric(row, size, (), f"p{b}_") for b, size in enumerate(sizes)], int(row["_clusters"])


def linear(table: ibis.Table, names: Sequence[str], centre: np.ndarray, weights: np.ndarray) -> ibis.Value:
    """Return the expression sum(weights * (columns - centre))."""
    parts = [float(b) * (table[name] - float(c)) for name, c, b in zip(names, centre, weights, strict=True)]
    return reduce(add, parts) if parts else ibis.literal(0.0)


def weighed(table: ibis.Table) -> ibis.Table:
    """Return the table with `_weight`: the survey weight, or one."""
    return table.mutate(_weight=table.weight.cast("float64") if "weight" in table.columns else ibis.literal(1).cast("float64"))
