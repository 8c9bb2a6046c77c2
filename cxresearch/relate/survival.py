"""Kaplan-Meier from counts: survival curves, medians and the log-rank test.

References
----------
Kaplan & Meier (1958), JASA 53; Kalbfleisch & Prentice (2002), The Statistical Analysis of Failure Time Data, chapter 1;
Williams (1995), Product-limit survival functions with correlated survival times, Lifetime Data Analysis 1.
"""

from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd
from scipy import stats

from cxresearch.ask.metrics import indicator


@dataclass(frozen=True)
class Curve:
    """A Kaplan-Meier curve; arrays over the distinct times, in order.

    Parameters
    ----------
    time, at_risk, events, survival : numpy.ndarray, shape (T,)
        Distinct times, customers at risk just before, events, share still there after.
    hazard_variance : numpy.ndarray, shape (T,)
        Greenwood's sum, the variance of log survival.
    n : int
        Rows.
    """

    time: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    survival: np.ndarray
    hazard_variance: np.ndarray
    n: int


def life_table(table: ibis.Table, level: str | None = None) -> pd.DataFrame:
    """Return counts by time and level, from the engine.

    Parameters
    ----------
    table : ibis.Table
        With `y` (missing = censored) and `y_elapsed`.
    level : str, optional
        Column to split by.

    Returns
    -------
    pandas.DataFrame
        Columns ``level, time, events, leaving`` (leaving = events and censored).
    """
    rows = table.select(
        level=table[level] if level else ibis.literal(""), time=table.y_elapsed.cast("float64"), event=indicator(table.y.notnull())
    )
    found = rows.group_by("level", "time").aggregate(events=rows.event.sum(), leaving=rows.count())
    return found.order_by("level", "time").execute()


def kaplan_meier(counts: pd.DataFrame) -> Curve:
    """Return the product-limit curve of one level's counts (columns ``time, events, leaving``, times ascending)."""
    leaving, events = counts["leaving"].to_numpy(dtype=float), counts["events"].to_numpy(dtype=float)
    n = leaving.sum()
    at_risk = n - np.concatenate([[0.0], np.cumsum(leaving)[:-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.where(events > 0, events / (at_risk * (at_risk - events)), 0.0)
    return Curve(counts["time"].to_numpy(dtype=float), at_risk, events, np.cumprod(1 - events / at_risk), np.cumsum(greenwood), int(n))


def survival_at(curve: Curve, times: np.ndarray, inflate: float = 1.0, level: float = 0.95) -> pd.DataFrame:
    """Return survival at these times with log-log intervals.

    Parameters
    ----------
    curve : Curve
        From `kaplan_meier`.
    times : array-like
        Times, in the unit of the curve.
    inflate : float
        Factor on the variance, for rows that repeat.

    Returns
    -------
    pandas.DataFrame
        Columns ``x, estimate, std_error, low, high, n`` (n = at risk).
    """
    times = np.asarray(times, dtype=float)
    at = np.searchsorted(curve.time, times, side="right") - 1
    share = np.where(at >= 0, curve.survival[at.clip(0)], 1.0)
    variance = np.where(at >= 0, curve.hazard_variance[at.clip(0)], 0.0) * inflate
    low, high = _log_log(share, variance, level)
    following = np.searchsorted(curve.time, times, side="left")
    n = np.where(following < len(curve.time), curve.at_risk[following.clip(0, len(curve.time) - 1)], 0)
    return pd.DataFrame(
        {"x": times, "estimate": share, "std_error": share * np.sqrt(variance), "low": low, "high": high, "n": n.astype(int)}
    )


def quantile(curve: Curve, share: float = 0.5, inflate: float = 1.0) -> tuple[float, float, float]:
    """Return the time by which this share had the event, with the interval that log-log bands give; NaN where not reached."""
    low, high = _log_log(curve.survival, curve.hazard_variance * inflate, 0.95)
    return tuple(_first_at_or_below(curve.time, line, 1 - share) for line in (curve.survival, low, high))


def log_rank(counts: pd.DataFrame) -> tuple[float, int, float]:
    """Return chi-squared, degrees of freedom and p of the log-rank test between levels.

    Parameters
    ----------
    counts : pandas.DataFrame
        From `life_table`, all levels.
    """
    counts = counts.astype({"events": float, "leaving": float})
    wide = counts.pivot_table(index="time", columns="level", values=["events", "leaving"], fill_value=0.0, aggfunc="sum").sort_index()
    events, leaving = wide["events"].to_numpy(dtype=float), wide["leaving"].to_numpy(dtype=float)
    at_risk = leaving[::-1].cumsum(axis=0)[::-1]
    n, d = at_risk.sum(axis=1), events.sum(axis=1)
    use = (d > 0) & (n > 1)
    share, n, d = at_risk[use] / n[use, None], n[use], d[use]
    gap = events.sum(axis=0) - (events[~use].sum(axis=0) + (share * d[:, None]).sum(axis=0))
    factor = d * (n - d) / (n - 1)
    variance = np.diag((share * factor[:, None]).sum(axis=0)) - np.einsum("t,ti,tj->ij", factor, share, share)
    df = events.shape[1] - 1
    value = float(gap[:df] @ np.linalg.pinv(variance[:df, :df]) @ gap[:df])
    return value, df, float(stats.chi2.sf(value, df))


def design_effect(rows: pd.DataFrame, curve: Curve, time: float) -> float:
    """Return how much wider clustering makes the variance of survival at one time (at least 1).

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns ``cluster, time, event``, one row per unit.
    """
    before = curve.time <= time
    if not before.any() or curve.hazard_variance[before][-1] <= 0:
        return 1.0
    step = np.where(before, curve.events / curve.at_risk**2, 0.0).cumsum()
    at = np.searchsorted(curve.time, rows["time"].to_numpy(dtype=float))
    own = np.where((rows["event"] == 1) & (rows["time"] <= time), 1 / curve.at_risk[at], 0.0)
    influence = pd.Series(own - step[at]).groupby(rows["cluster"].to_numpy()).sum()
    groups = len(influence)
    return max(1.0, float((influence**2).sum()) * groups / max(groups - 1, 1) / curve.hazard_variance[before][-1])


def _log_log(share: np.ndarray, variance: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = np.log(-np.log(share))
        half = stats.norm.ppf(0.5 + level / 2) * np.sqrt(variance) / np.abs(np.log(share))
        low, high = np.exp(-np.exp(inner + half)), np.exp(-np.exp(inner - half))
    edge = (share >= 1) | (share <= 0)
    return np.where(edge, share, low), np.where(edge, share, high)


def _first_at_or_below(time: np.ndarray, line: np.ndarray, share: float) -> float:
    reached = np.flatnonzero(line <= share + 1e-12)
    if not len(reached):
        return float("nan")
    first = reached[0]
    flat = abs(line[first] - share) < 1e-12 and first + 1 < len(time)
    following = np.flatnonzero(line < share - 1e-12)
    return float((time[first] + time[following[0]]) / 2) if flat and len(following) else float(time[first])
