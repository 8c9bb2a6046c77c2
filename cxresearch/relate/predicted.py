"""Rows of an ordinal question, and what is predicted for them without and with a contrast.

References
----------
Robins (1986), Mathematical Modelling 7 (g-computation).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.load.data import Data
from cxresearch.relate.design import Design
from cxresearch.relate.influence import spread
from cxresearch.relate.method import cluster_columns
from cxresearch.relate.ordinal_fit import Ordinal, Rows
from cxresearch.relate.sample import rows_of
from cxresearch.relate.tails import t_quantile


@dataclass(frozen=True)
class Case:
    """The rows, which columns are asked about, the size of the contrast, and the clusters that carry the errors."""

    frame: pd.DataFrame
    columns: Design
    factor: float
    clusters: tuple[np.ndarray, ...]
    customers: int

    @property
    def own(self) -> list[str]:
        """The columns of the exposure."""
        return [name for name, _ in self.columns.exposure]

    @property
    def others(self) -> list[str]:
        """All other columns."""
        return [*self.columns.always, *self.columns.adjust_for]

    @property
    def weight(self) -> np.ndarray:
        """Survey weights, or ones."""
        return self.frame["weight"].to_numpy(dtype=float) if "weight" in self.frame else np.ones(len(self.frame))

    def pair(self, column: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the exposure's columns as compared, without and with the contrast, and the weights of the rows that take part.

        An exposure that is 0 or 1 is set to 0 and to 1 for everybody, never beyond: nobody met it twice.
        """
        first = self.frame[self.own].to_numpy(dtype=float)
        second, weight = first.copy(), self.weight
        if column == "x_value":
            second[:, 0] += self.factor
            if abs(self.factor) == 1 and np.isin(first[:, 0], (0.0, 1.0)).all():
                first, second = np.full_like(first, self.factor < 0), np.full_like(first, self.factor > 0)
            weight = weight * (1 - self.frame["x_not_yet"].to_numpy(dtype=float)) if self.columns.always else weight
            return first, second, weight
        first, second = np.zeros_like(first), np.zeros_like(first)
        second[:, self.own.index(column)] = 1.0
        return first, second, weight


def case_of(data: Data, columns: Design, factor: float) -> tuple[Case, np.ndarray, list[Check]]:
    """Return the rows of a question, its answers as they are, and a check where not all rows fit."""
    score = "y_score" if data.outcome.kind == "nps" else "y"
    wanted = ["y", score, "customer", *cluster_columns(data), *(name for name, _ in columns.exposure), *columns.always, *columns.adjust_for]
    frame, notes = rows_of(columns.table, wanted)
    clusters = tuple(frame[name].to_numpy() for name in cluster_columns(data))
    case = Case(frame, columns, factor, clusters, int(frame["customer"].nunique()))
    return case, frame[score].to_numpy(dtype=float), notes


def columns_of(case: Case, exposure: np.ndarray, fit: Ordinal) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the columns of a fit with the exposure as given: among the slopes, or among those that shift the cuts."""
    others = case.frame[case.others].to_numpy(dtype=float)
    return (others, exposure) if fit.cuts.shape[1] > 1 else (np.hstack([exposure, others]), None)


def difference(case: Case, term: str, fit: Ordinal, rows: Rows, values: np.ndarray, each: tuple[str, str]) -> dict[str, Any]:
    """Return the mean difference that goes with the contrast, predicted for every row, with its error by cluster."""
    first, second, weight = case.pair(each[0])
    (low, down), (high, up) = (fit.mean(values, *columns_of(case, exposure, fit), weight) for exposure in (first, second))
    gap, share = high - low, weight / weight.sum()
    estimate = float(share @ gap)
    found, groups = error(case, fit.influence(rows, up - down) + share * (gap - estimate))
    row = said(term, each[1], estimate, (found, groups), case)
    if term != "ordinal":
        return row
    turn = np.zeros(len(fit.bread))
    turn[fit.cuts.size + case.own.index(each[0])] = case.factor
    return row | {"log_odds": float(turn[fit.cuts.size :] @ fit.slopes), "log_odds_error": error(case, fit.influence(rows, turn))[0]}


def error(case: Case, influence: np.ndarray) -> tuple[float, int]:
    """Return the error of a statistic by cluster, and the number of clusters."""
    squared, groups = spread(influence, case.clusters)
    return float(np.sqrt(squared)), groups


def said(term: str, level: str, estimate: float, errors: tuple[float, int], case: Case) -> dict[str, Any]:
    """Return a row of the estimates, with t(G - 1)."""
    found, groups = errors
    half = found * t_quantile(0.975, groups - 1)
    return {"term": term, "level": level, "estimate": estimate, "low": estimate - half, "high": estimate + half, "n": len(case.frame),
            "customers": case.customers, "std_error": found, "df": groups - 1, "clusters": groups}  # fmt: skip


def shares(case: Case, fit: Ordinal, rows: Rows) -> pd.DataFrame:
    """Return the predicted share of every answer as the rows are compared, without and with each contrast, with errors by cluster."""
    found = []
    for column, label in case.columns.exposure:
        first, second, weight = case.pair(column)
        for term, exposure in ((f"without {label}".strip(), first), (f"with {label}".strip(), second)):
            found += [_share(case, (fit, rows), (term, float(level), place), exposure, weight) for place, level in enumerate(fit.levels)]
    return pd.DataFrame(found)


def _share(case: Case, made: tuple[Ordinal, Rows], at: tuple[str, float, int], exposure: np.ndarray, weight: np.ndarray) -> dict[str, Any]:
    (fit, rows), (term, level, place) = made, at
    chance, gradient = fit.mean(np.eye(len(fit.levels))[place], *columns_of(case, exposure, fit), weight)
    part = weight / weight.sum()
    estimate = float(part @ chance)
    row = said(term, "", estimate, error(case, fit.influence(rows, gradient) + part * (chance - estimate)), case)
    return {name: row[name] for name in ("term", "estimate", "low", "high", "n")} | {"x": level}
