"""Case mix: what every level would show if all met the same cases.

References
----------
Breslow & Day (1987), Statistical Methods in Cancer Research II (indirect standardisation).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import numpy as np

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError
from cxresearch.ask.metrics import Metric
from cxresearch.relate.design import covariates
from cxresearch.relate.fit import Fit, clustered, solve
from cxresearch.relate.moments import summed
from cxresearch.relate.scores import linear, weighed


@dataclass(frozen=True)
class Mix:
    """Rows with the case mix taken out of `y`.

    Parameters
    ----------
    table : ibis.Table
        `y` less what its confounders predict beyond those of the average row: a level's mean is that of the whole plus observed
        less expected.
    variance : numpy.ndarray, shape (k,)
        What not knowing the slopes adds to the variance of each level, in the order of their names.
    checks : tuple of Check
        What was pooled.
    """

    table: ibis.Table
    variance: np.ndarray
    checks: tuple[Check, ...]


def like_with_like(table: ibis.Table, metrics: Sequence[Metric], level: str = "by") -> Mix:
    """Return the rows as if every level had met the average mix of cases.

    The slopes compare cases within levels, so that a level's own standing is not taken for its mix.

    Parameters
    ----------
    table : ibis.Table
        With `y`, `cluster`, the level and the columns of the confounders.
    metrics : sequence of Metric
        The confounders.
    level : str
        Column of the levels.

    Raises
    ------
    MethodError
        Where a confounder never differs within any level.
    """
    table, names, checks = covariates(table, metrics)
    table = weighed(table)
    own, w = ibis.window(group_by=level), table["_weight"]
    within = table.mutate(**{name: table[name] - (table[name] * w).sum().over(own) / w.sum().over(own) for name in ("y", *names)})
    moments = summed(within.drop("_weight"), ["y", *names])
    flat = [name for name, at in zip(names, moments.at(names), strict=True) if not moments.cross[at, at] > 1e-9 * moments.rows]
    if flat:
        raise MethodError(
            f'"{flat[0][2:].partition("=")[0]}" never differs within one level: it cannot be told apart from the levels. '
            "Leave it out of adjust_for."
        )
    fit = solve(moments, "y", names)
    (errors,) = clustered(within.drop("_weight"), [fit])
    means = {name: (table[name] * w).sum() / w.sum() for name in names}
    whole = table.aggregate(**means).execute().iloc[0].to_numpy(dtype=float)
    levels = table.group_by(level).aggregate(**means).order_by(level).execute()[list(names)].to_numpy(dtype=float)
    away = levels - whole
    variance = np.einsum("ki,ij,kj->k", away, errors.cov[1:, 1:], away)
    return Mix(_without(table, fit, whole).drop("_weight"), variance, tuple(checks))


def _without(table: ibis.Table, fit: Fit, at: np.ndarray) -> ibis.Table:
    return table.mutate(y=table.y - linear(table, fit.names, at, fit.coef))
