"""One adjusted comparison: the outcome on one exposure, the confounders held equal."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError
from cxresearch.load.data import Data
from cxresearch.relate.design import Design, contrast_for, design
from cxresearch.relate.doubts import compared
from cxresearch.relate.fit import Errors, Fit, clustered, solve
from cxresearch.relate.method import cluster_columns, cluster_word
from cxresearch.relate.moments import Total, summed


@dataclass(frozen=True)
class Adjusted:
    """A fit of the outcome on one exposure column and the confounders, and the step of the exposure that is asked about.

    Parameters
    ----------
    fit, errors, moments, columns
        What was fitted, how sure it is, and what it was made from.
    step : tuple
        Log or not, factor on the slope, name of the contrast, and how to say it.
    data : Data
        The rows.
    """

    fit: Fit
    errors: Errors
    moments: Total
    columns: Design
    step: tuple[bool, float, str, str]
    data: Data

    @property
    def column(self) -> str:
        """The exposure's column."""
        return self.columns.exposure[0][0]

    @property
    def contrast(self) -> float | str:
        """The step, as a contrast that may be asked of other rows."""
        return self.step[2] if self.step[0] else self.step[1]

    @property
    def deviation(self) -> float:
        """Standard deviation of the outcome."""
        (y,) = self.moments.at(["y"])
        return float(np.sqrt(self.moments.cross[y, y] / self.moments.weight))

    @property
    def plain_error(self) -> tuple[float, int]:
        """The error of the step if every row stood for itself, and its degrees of freedom."""
        df, at = self.fit.rows - len(self.fit.names) - 1, self.fit.names.index(self.column)
        return abs(self.step[1]) * float(np.sqrt(self.fit.residual / df * self.fit.bread[at, at])), df

    def row(self, term: str, level: str = "") -> dict[str, Any]:
        """Return the estimate as a row."""
        found = step_row(self.fit, self.errors, self.column, self.step[1])
        return {"term": term, "level": level, **found, "customers": self.data.customers}

    def facts(self) -> dict[str, Any]:
        """Return contrast and clusters, as words need them."""
        named = {"contrast": self.step[2], "contrast_words": self.step[3]}
        return {**named, "clusters": self.errors.clusters, "cluster_word": cluster_word(self.data)}

    def checks(self) -> tuple[Check, ...]:
        """Return the doubts about rows, clusters and confounders."""
        found = compared(self.data, self.errors.clusters, self.moments)
        if not self.data.adjust_for and self.data.question.design == "observed":
            found.append(NOTHING_HELD)
        return (*self.data.checks, *self.columns.checks, *found)


NOTHING_HELD = Check("confounders", "doubt", "No confounder is declared: what lies behind both cannot be told apart.", "suggestive")


def adjusted(data: Data, contrast: float | str) -> Adjusted:
    """Return the adjusted comparison of these rows.

    Raises
    ------
    QuestionError
        Where there is no exposure or one with levels, or the outcome is a duration.
    MethodError
        Where the columns cannot carry the fit.
    """
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens, and some have not ended: ask `retention` about it.')
    step = contrast_for(data, contrast)
    if data.exposure is not None and data.exposure.kind == "category":
        raise QuestionError(f'"{data.exposure.name}" has levels; here one number is asked about. Use a wait, a count or a 0/1 column.')
    columns = design(data, log=step[0])
    names = [columns.exposure[0][0], *columns.always, *columns.adjust_for]
    moments = summed(columns.table, ["y", *names])
    fit = solve(moments, "y", names)
    (errors,) = clustered(columns.table, [fit], cluster_columns(data))
    return Adjusted(fit, errors, moments, columns, step, data)


def step_row(fit: Fit, errors: Errors, column: str, factor: float) -> dict[str, Any]:
    """Return estimate, interval, rows, error and degrees of freedom of a step of one column."""
    weights = np.zeros(len(fit.names) + 1)
    weights[1 + fit.names.index(column)] = factor
    estimate = float(fit.coef[fit.names.index(column)] * factor)
    error, low, high = errors.interval(estimate, weights)
    return {"estimate": estimate, "low": low, "high": high, "n": fit.rows, "std_error": error, "df": errors.df}


def counted(data: Data) -> Data:
    """Return the same rows with rows and customers counted anew, after some were left out; nobody may be waiting still."""
    waiting = data.table.x.isnull().sum()
    row = data.table.aggregate(rows=data.table.count(), customers=data.table.customer.nunique(), waiting=waiting).execute().iloc[0]
    checks = data.checks if row["waiting"] else tuple(check for check in data.checks if check.name != "not yet")
    return replace(data, rows=int(row["rows"]), customers=int(row["customers"]), checks=checks)
