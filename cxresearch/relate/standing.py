"""Where a mean, share, NPS or median wait stands: sums by level from the engine, and the interval that fits the kind.

References
----------
Rocks (2016), Interval estimation for the Net Promoter Score, The American Statistician 70 (adjusted Wald, +3 split 3/4, 3/2, 3/4).
Binder (1983), On the variances of asymptotically normal estimators from complex surveys (linearised errors by cluster).
Wilson (1927), JASA 22; Dean & Pagano (2015), on Wilson's interval with the effective sample size.
"""

from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.metrics import Metric
from cxresearch.ask.values import indicator
from cxresearch.load.data import Data
from cxresearch.relate.method import cluster_columns
from cxresearch.relate.sample import rows_of
from cxresearch.relate.survival import design_effect, kaplan_meier, life_table, quantile
from cxresearch.relate.tails import chi2_quantile, normal_quantile, t_quantile

ROUNDING = 1e-12
"""A spread below this share of its terms is what their rounding leaves: the answers are all alike."""


def estimate_by(data: Data, level: str | None) -> pd.DataFrame:
    """Return ``level, estimate, low, high, n, customers, clusters, std_error`` of the outcome, overall or by a column.

    Where rows have weights also ``unweighted``: the same estimate with every row counting alike.
    """
    if data.outcome.elapsed or data.outcome.kind == "duration":
        return _medians(data, level)
    sums = level_sums(data.table, level, cluster_columns(data))
    simple = (sums["most"] == 1) & ("weight" not in data.table.columns)
    error = np.sqrt(sums["variance"].clip(lower=0))
    low, high = bounds_of(data.outcome, sums, error, simple)
    found = sums.assign(std_error=error, low=low, high=high)
    plain = ["unweighted"] if "weight" in data.table.columns else []
    return found[["level", "estimate", "low", "high", "n", "customers", "clusters", "std_error", *plain]]


def level_sums(table: ibis.Table, level: str | None, clusters: tuple[str, ...] = ("cluster",)) -> pd.DataFrame:
    """Return weighted means by level with linearised variances, from one query per way of clustering.

    Returns
    -------
    pandas.DataFrame
        ``level, estimate, variance, unweighted, n, customers, clusters, most`` (rows of the fullest cluster), ``promoters, detractors``
        (of y).
    """
    if len(clusters) == 2:
        both = table.mutate(_both=table[clusters[0]].concat("\x1f", table[clusters[1]]))
        first, second, pair = (level_sums(both, level, (name,)) for name in (*clusters, "_both"))
        return first.assign(
            variance=np.maximum.reduce([first["variance"], second["variance"], first["variance"] + second["variance"] - pair["variance"]]),
            clusters=np.minimum(first["clusters"], second["clusters"]),
        )
    weight = table.weight.cast("float64") if "weight" in table.columns else ibis.literal(1).cast("float64")
    rows = table.select("customer", "y", level=table[level] if level else ibis.literal(""), cluster=table[clusters[0]], w=weight)
    within = rows.group_by("level", "cluster").aggregate(
        n=rows.count(), w=rows.w.sum(), s=(rows.w * rows.y).sum(), y=rows.y.sum(), up=(rows.y > 0).sum(), down=(rows.y < 0).sum()
    )
    total = within.group_by("level").aggregate(
        n=within.n.sum(), clusters=within.count(), most=within.n.max(), w=within.w.sum(), s=within.s.sum(), y=within.y.sum(),
        ss=(within.s * within.s).sum(), sw=(within.s * within.w).sum(), ww=(within.w * within.w).sum(),
        promoters=within.up.sum(), detractors=within.down.sum(),
    ).order_by("level").execute()  # fmt: skip
    people = rows.group_by("level").aggregate(customers=rows.customer.nunique()).execute()
    total = total.merge(people, on="level").astype({"n": int, "clusters": int, "customers": int})
    mean = total["s"] / total["w"]
    spread = total["ss"] - 2 * mean * total["sw"] + mean**2 * total["ww"]
    spread = spread.mask(spread <= ROUNDING * mean**2 * total["ww"], 0.0)
    groups = total["clusters"].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(groups > 1, groups / (groups - 1) * spread / total["w"] ** 2, np.nan)
    return total.assign(estimate=mean, variance=variance, unweighted=total["y"] / total["n"])


def weighted(outcome: Metric, row: pd.Series) -> list[Check]:
    """Return what is said where rows have weights: the number with them and without."""
    if "unweighted" not in row.index:
        return []
    factor = 100 if outcome.kind == "share" else 1
    with_them, without = (f"{factor * float(row[name]):.2f}".replace("-", "\u2212") for name in ("estimate", "unweighted"))
    return [Check("weights", "passed", f"Rows count with their weights: {outcome.label} is {with_them} with them and {without} without.")]


def believed(outcome: Metric, sums: pd.DataFrame) -> np.ndarray:
    """Return variances in which answers that are all alike do not count as certain; missing where nothing better is known."""
    n, mean = sums["clusters"].to_numpy(dtype=float), sums["estimate"].to_numpy(dtype=float)
    known = sums["variance"].to_numpy(dtype=float)
    if outcome.kind == "nps":
        net = mean / 100 * n / (n + 3)
        floor = 1e4 * (np.abs(net) + 1.5 / (n + 3) - net**2) / (n + 3)
    elif outcome.kind == "share":
        share = (mean * n + 2) / (n + 4)
        floor = share * (1 - share) / (n + 4)
    else:
        floor = np.full(len(n), np.nan)
    return np.where(known > 0, known, floor)


def possible(outcome: Metric) -> tuple[float, float]:
    """Return between which values a mean of this outcome can lie: a share 0 to 1, NPS -100 to 100, a count from 0.

    Examples
    --------
    >>> from cxresearch.ask.metrics import Rate
    >>> possible(Rate("kept"))
    (0.0, 1.0)
    """
    if outcome.kind == "nps":
        return -100.0, 100.0
    return (0.0, 1.0) if outcome.kind == "share" else (0.0 if outcome.unit == "each" else -np.inf, np.inf)


def adjusted_wald(promoters: Any, detractors: Any, n: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the adjusted-Wald bounds of NPS in points: three answers added, 3/4 promoters, 3/2 passives, 3/4 detractors.

    Examples
    --------
    >>> [round(float(bound), 4) for bound in adjusted_wald(668, 567, 1681)]
    [1.915, 10.0802]
    """
    up, down = (np.asarray(promoters) + 0.75) / (np.asarray(n) + 3), (np.asarray(detractors) + 0.75) / (np.asarray(n) + 3)
    net = up - down
    half = normal_quantile(0.975) * np.sqrt((up + down - net**2) / (np.asarray(n) + 3))
    return 100 * (net - half), 100 * (net + half)


def wilson(share: np.ndarray, n: np.ndarray, critical: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's bounds of a share.

    Examples
    --------
    >>> [round(float(bound[0]), 4) for bound in wilson(np.array([0.8]), np.array([10]), 1.959964)]
    [0.4902, 0.9433]
    """
    z2 = np.asarray(critical) ** 2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = np.asarray(critical) / (1 + z2 / n) * np.sqrt(share * (1 - share) / n + z2 / (4 * n**2))
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def bounds_of(outcome: Metric, sums: pd.DataFrame, error: pd.Series | np.ndarray, simple: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds that fit the kind of outcome; where every answer is the same, the error of zero is not believed."""
    groups = sums["clusters"].to_numpy(dtype=float)
    critical = t_quantile(0.975, np.maximum(groups - 1, 1))
    mean, error = sums["estimate"].to_numpy(dtype=float), np.asarray(error, dtype=float)
    flat = ~(error > 0)
    if outcome.kind == "nps":
        return _nps_bounds(sums, (mean - critical * error, mean + critical * error), np.asarray(simple) | flat)
    if outcome.kind == "share":
        with np.errstate(divide="ignore", invalid="ignore"):
            effective = np.where(flat, np.minimum(sums["n"], groups), mean * (1 - mean) / error**2)
        return wilson(mean, np.where(simple, sums["n"], effective), np.where(simple, normal_quantile(0.975), critical))
    if outcome.unit == "each":
        return _count_bounds(mean, error, critical, groups)
    return np.where(flat, np.nan, mean - critical * error), np.where(flat, np.nan, mean + critical * error)


def _nps_bounds(sums: pd.DataFrame, linear: tuple[np.ndarray, np.ndarray], simple: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Adjusted Wald where nobody repeats, or where all agree (then with as many answers as there are clusters)."""
    share = (sums["clusters"] / sums["n"]).where(sums["most"] > 1, 1.0)
    low, high = adjusted_wald(sums["promoters"] * share, sums["detractors"] * share, sums["n"] * share)
    low, high = np.where(simple, low, linear[0]), np.where(simple, high, linear[1])
    return np.maximum(low, -100), np.minimum(high, 100)


def _count_bounds(mean: np.ndarray, error: np.ndarray, critical: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts are never negative: t on the log scale, and Poisson's upper bound where none was seen."""
    some = (mean > 0) & (error > 0)
    factor = np.exp(np.where(some, critical * error / np.where(some, mean, 1.0), 0.0))
    none = chi2_quantile(0.975, 2) / 2 / np.maximum(groups, 1)
    low = np.where(some, mean / factor, np.where(mean == 0, 0.0, np.nan))
    return low, np.where(some, mean * factor, np.where(mean == 0, none, np.nan))


def _medians(data: Data, level: str | None) -> pd.DataFrame:
    table = data.table if "y_elapsed" in data.table.columns else data.table.mutate(y_elapsed=data.table.y)
    counts = life_table(table, level)
    rows = _rows(table, level) if data.rows > data.customers or data.question.cluster else None
    by = table.group_by(level=table[level] if level else ibis.literal(""))
    people = by.aggregate(customers=table.customer.nunique(), clusters=table.cluster.nunique()).execute()
    found = []
    for name, part in counts.groupby("level", sort=True):
        curve = kaplan_meier(part)
        middle = quantile(curve)[0]
        inflate = design_effect(rows[rows["level"] == name], curve, middle) if rows is not None and middle == middle else 1.0
        estimate, low, high = quantile(curve, inflate=inflate)
        own = people[people["level"] == name].iloc[0]
        found.append(
            {
                "level": name,
                "estimate": estimate,
                "low": low,
                "high": high,
                "n": curve.n,
                "customers": int(own.customers),
                "clusters": int(own.clusters),
                "std_error": np.nan,
            }
        )
    return pd.DataFrame(found)


def _rows(table: ibis.Table, level: str | None) -> pd.DataFrame:
    named = table.mutate(level=table[level] if level else ibis.literal(""), event=indicator(table.y.notnull()))
    return rows_of(named, ["level", "y_elapsed", "event", *(["cluster2"] if "cluster2" in table.columns else [])])[0]
