"""Means of the outcome in a few groups, alike in the confounders, and any contrast between them: with clustered errors.

References
----------
Searle, Speed & Milliken (1980), Population marginal means in the linear model, The American Statistician 34.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError
from cxresearch.ask.values import indicator
from cxresearch.load.data import Data
from cxresearch.relate.design import covariates
from cxresearch.relate.doubts import FEW, WARN
from cxresearch.relate.fit import Errors, Fit, clustered, solve
from cxresearch.relate.method import cluster_columns, cluster_word
from cxresearch.relate.moments import summed


@dataclass(frozen=True)
class Corners:
    """Least squares on groups and confounders; every mean and contrast is read from it.

    Parameters
    ----------
    levels : tuple of str
        The groups, the reference first.
    raw, held : tuple of (Fit, Errors)
        Groups alone, and with the confounders at their means over all rows.
    counts : pandas.DataFrame
        By level: rows `n` and `clusters`.
    checks : tuple of Check
        What was pooled, and how many customers stand in the smallest group.
    """

    levels: tuple[str, ...]
    raw: tuple[Fit, Errors]
    held: tuple[Fit, Errors]
    counts: pd.DataFrame
    checks: tuple[Check, ...]

    @property
    def clusters(self) -> int:
        """Clusters behind the errors."""
        return self.held[1].clusters

    def mean(self, level: str) -> dict[str, float]:
        """Return the mean of one group; `raw` is the one as recorded."""
        return self._row({level: 1.0}, int(self.counts.loc[level, "n"]), int(self.counts.loc[level, "clusters"]))

    def contrast(self, weights: Mapping[str, float]) -> dict[str, float]:
        """Return a weighted sum of group means, as in ``{"a": 1, "b": -1}``."""
        part = self.counts.loc[list(weights)]
        return self._row(weights, int(part["n"].sum()), None)

    def _row(self, weights: Mapping[str, float], n: int, customers: int | None) -> dict[str, float]:
        estimate, error, low, high = self._read(self.held, weights)
        row = {"estimate": estimate, "low": low, "high": high, "n": n, "std_error": error, "df": self.held[1].df}
        return row | {"raw": self._read(self.raw, weights)[0], "customers": np.nan if customers is None else float(customers)}

    def _read(self, pair: tuple[Fit, Errors], weights: Mapping[str, float]) -> tuple[float, float, float, float]:
        fit, errors = pair
        line = np.zeros(len(fit.names) + 1)
        for level, weight in weights.items():
            line[0] += weight
            for place in range(1, len(self.levels)):
                line[place] += weight * (float(self.levels[place] == level) - fit.mean[place - 1])
        estimate = float(line[0] * fit.mean_y + line[1:] @ fit.coef)
        return estimate, *errors.interval(estimate, line)


def corners(data: Data, table: ibis.Table, levels: Sequence[str], column: str) -> Corners:
    """Fit the outcome on the levels of a column and the confounders of the question.

    Parameters
    ----------
    data : Data
        Whose confounders and clusters count.
    table : ibis.Table
        Its rows, with the column.
    levels : sequence of str
        The groups that count; other rows are left out.
    column : str
        Text column of the groups.

    Raises
    ------
    MethodError
        Where a group is empty, a confounder is constant, or all rows belong to one cluster.
    """
    table = table.filter(table[column].isin(list(levels)))
    counts = table.group_by(level=table[column]).aggregate(n=table.count(), clusters=table.cluster.nunique()).execute().set_index("level")
    empty = [level for level in levels if level not in counts.index]
    if empty:
        raise MethodError(f"nobody stands in “{'”, “'.join(empty)}”: there is nothing to compare it with. Take a longer period.")
    marks = {f"corner_{place}": indicator(table[column] == level) for place, level in enumerate(levels) if place}
    table, adjust, notes = covariates(table.mutate(**marks), data.adjust_for)
    moments = summed(table, ["y", *marks, *adjust])
    fits = [solve(moments, "y", list(marks)), solve(moments, "y", [*marks, *adjust])]
    raw, held = zip(fits, clustered(table, fits, cluster_columns(data)), strict=True)
    return Corners(tuple(levels), raw, held, counts, (*notes, _smallest(counts, data)))


def _smallest(counts: pd.DataFrame, data: Data) -> Check:
    least = counts.sort_values(["clusters"], kind="stable").iloc[0]
    said = f"{int(least['clusters']):,} {cluster_word(data)} in the smallest group, “{least.name}”"
    if least["clusters"] < FEW:
        return Check("smallest group", "failed", f"Only {said}: fewer than {FEW} carry no comparison.", "inconclusive")
    if least["clusters"] < WARN:
        return Check("smallest group", "doubt", f"Only {said}: with fewer than {WARN} its interval may be too narrow.")
    return Check("smallest group", "passed", f"{said}.")
