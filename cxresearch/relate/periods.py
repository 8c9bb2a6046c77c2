"""One row per customer and period at risk, made in the engine, and the logistic regression of leaving on it.

References
----------
Singer & Willett (1993), Journal of Educational Statistics 18; Allison (1982), Sociological Methodology 13.
"""

from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd
from ibis import ifelse
from scipy.special import expit

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError
from cxresearch.ask.values import indicator, number
from cxresearch.relate.influence import summed
from cxresearch.relate.logit import Logit, logit

FEWEST_EVENTS = 5


@dataclass(frozen=True)
class Periods:
    """One row per customer and period at risk.

    Parameters
    ----------
    unit, period : numpy.ndarray, shape (n,)
        Place of the customer among all, and the period, both from 0.
    event, weight : numpy.ndarray, shape (n,)
        1 where the customer left in the period; share of the period that was seen, times the survey weight.
    joined : numpy.ndarray, shape (K, L)
        Columns of the baseline in each period; periods with few events share one.
    units : int
        Customers.
    """

    unit: np.ndarray
    period: np.ndarray
    event: np.ndarray
    weight: np.ndarray
    joined: np.ndarray
    units: int


@dataclass(frozen=True)
class Fitted:
    """A logistic regression of leaving in a period."""

    fit: Logit
    periods: Periods
    scores: np.ndarray

    def kept(self, x: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the share kept at the end of each period, and the pulls through the coefficients."""
        levels = self.periods.joined.shape[1]
        coef = self.fit.coef
        hazard = expit(coef[0] + self.periods.joined @ coef[1 : 1 + levels] + (x @ coef[1 + levels :])[:, None])
        there = np.exp(np.cumsum(np.log1p(-hazard), axis=1))
        each = np.triu((hazard * share[:, None]).T @ there)
        slopes = x.T @ (share[:, None] * there * np.cumsum(hazard, axis=1))
        gradient = -np.vstack([each.sum(axis=0), self.periods.joined.T @ each, slopes])
        return there, summed(self.scores @ self.fit.bread @ gradient, self.periods.unit, self.periods.units)


def in_periods(table: ibis.Table, edges: np.ndarray) -> ibis.Table:
    """Return one row per customer and period at risk, in the engine: left in it or not, and the share of it that was seen."""
    parts = []
    for place, (start, end) in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)):
        here = table if place == 0 else table.filter(table.y_elapsed > start)
        event = indicator(here.y.notnull() & (here.y_elapsed <= end))
        whole = (event == 1) | (here.y_elapsed >= end)
        seen = ifelse(whole, number(ibis.literal(1)), (here.y_elapsed - start) / (end - start))
        parts.append(here.mutate(_period=number(ibis.literal(place)), _event=event, _seen=seen))
    rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
    rows = rows.filter(rows["_seen"] > 0)
    return rows.filter(rows.weight > 0) if "weight" in rows.columns else rows


def periods_of(frame: pd.DataFrame, count: int) -> tuple[pd.DataFrame, Periods, list[Check]]:
    """Return the rows of the first period, all rows as arrays, and what was joined."""
    unit = pd.factorize(frame["unit_id"])[0]
    period, event = (frame[name].to_numpy(dtype=float).astype(int) for name in ("_period", "_event"))
    base = frame[period == 0].reset_index(drop=True)
    left = np.bincount(period, event, minlength=count)
    if not left.sum():
        raise MethodError("nobody left in these periods: there is nothing to compare. Choose a longer time.")
    level, group, held = np.zeros(count, dtype=int), 0, 0.0
    for at in range(count):
        if held >= FEWEST_EVENTS and left[at:].sum() >= FEWEST_EVENTS:
            group, held = group + 1, 0.0
        level[at], held = group, held + left[at]
    joined = (level[:, None] == np.arange(1, group + 1)).astype(float)
    weight = frame["_seen"].to_numpy(dtype=float) * (frame["weight"].to_numpy(dtype=float) if "weight" in frame else 1.0)
    fewer = f"{count} periods share {group + 1} baselines: in a period of its own fewer than {FEWEST_EVENTS} would have left."
    notes = [Check("joined periods", "passed", fewer)] if group + 1 < count else []
    return base, Periods(unit, period, event.astype(float), weight, joined, len(base)), notes


def leaving(periods: Periods, own: np.ndarray, names: list[str], cluster: np.ndarray) -> Fitted:
    """Return the logistic regression of leaving on the baselines and the customers' own columns, shape (customers, k)."""
    x = np.hstack([periods.joined[periods.period], own[periods.unit]])
    labels = [*(f"period {i + 2}" for i in range(periods.joined.shape[1])), *names]
    fit = logit(periods.event, x, labels, cluster=cluster[periods.unit], weight=periods.weight)
    gap = periods.weight * (periods.event - fit.predict(x))
    return Fitted(fit, periods, np.column_stack([np.ones(len(x)), x]) * gap[:, None])
