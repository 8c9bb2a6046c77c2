"""Units against the whole: what each would show by chance alone, if all were alike.

Wald tests take each unit's own spread, which a few answers hardly show (answers that are all alike have none). Here the test takes that
of everybody, and the likeness of one cluster's answers too: with them a unit's mean has a known variance under "all are alike". How far a
unit lies from the whole is another question: its interval takes the unit's own spread, for one that stands out may spread otherwise.

References
----------
Spiegelhalter (2005), Funnel plots for comparing institutional performance, Statistics in Medicine 24; Rao & Scott (1992), Biometrics 48
(score tests with clustered data); Searle, Casella & McCulloch (1992), Variance Components, chapter 3 (moments).
"""

from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.errors import MethodError
from cxresearch.ask.metrics import Metric
from cxresearch.relate.doubts import WARN
from cxresearch.relate.scores import weighed
from cxresearch.relate.standing import believed, possible

SUMS = ("n", "w", "w2", "wy", "wyy", "w2y", "w2yy", "cc", "cy", "yy", "cross", "rr", "rest")


@dataclass(frozen=True)
class Funnel:
    """Units and the whole.

    Parameters
    ----------
    mean : float
        Weighted mean of all answers.
    sigma : float
        Spread of single answers about it.
    alike : float
        Correlation of two answers of one cluster, 0 to 1.
    total : float
        Answers that the whole is worth, allowing for repeats and weights.
    units : pandas.DataFrame
        ``level, estimate, n, clusters, effective`` (answers it is worth), ``null`` (variance of unit less whole, if all are alike),
        ``common`` and ``own`` (variance of the unit's mean about its own truth: if all spread alike, and as its own clusters spread),
        ``share`` (of all answers) and ``others`` (what they add to the variance of unit less whole).
    """

    mean: float
    sigma: float
    alike: float
    total: float
    units: pd.DataFrame

    def limits(self, effective: np.ndarray, z: float) -> tuple[np.ndarray, np.ndarray]:
        """Return between which bounds a unit of so many answers lies by chance alone."""
        half = z * self.sigma * np.sqrt(np.clip(1 / np.asarray(effective, dtype=float) - 1 / self.total, 0, None))
        return self.mean - half, self.mean + half


def funnel(table: ibis.Table, level: str = "by", cluster: str = "cluster") -> Funnel:
    """Return every level's mean with its variance, from two aggregate queries.

    Parameters
    ----------
    table : ibis.Table
        Rows with `y`, perhaps `weight`, and the two columns.
    level, cluster : str
        Units, and what belongs together.

    Raises
    ------
    MethodError
        Where all answers are alike, or alike within every unit.
    """
    table = weighed(table)
    head = table.aggregate(w=table["_weight"].sum(), s=(table["_weight"] * table.y).sum()).execute().iloc[0]
    centre = float(head["s"] / head["w"])
    found = _sums(table.mutate(y=table.y - centre), level, cluster)
    whole = found[list(SUMS)].sum()
    own = found["wy"] / found["w"]
    mean = whole["wy"] / whole["w"]
    sigma2, alike = _spread(found, np.full(len(found), mean), 1)
    if not sigma2 > 0:
        raise MethodError("every answer is the same: nothing can differ between levels.")
    within2, within = _spread(found, own.to_numpy(), len(found))
    if not within2 > 1e-12 * sigma2:
        raise MethodError("within each level every answer is the same: how sure a level's mean is cannot be told.")
    null, common = _variances(found, whole, sigma2, alike), _variances(found, whole, within2, within)[0]
    units = pd.DataFrame({
        "level": found["level"], "estimate": centre + own, "n": found["n"], "effective": sigma2 / null[0], "null": null[1],
        "clusters": found["clusters"], "common": common, **_own(found, whole),
    })  # fmt: skip
    everyone = (whole["w2"] + alike * (whole["cross"] - whole["w2"])) / whole["w"] ** 2
    return Funnel(centre + float(mean), float(np.sqrt(sigma2)), float(alike), float(1 / everyone), units)


def own_spread(units: pd.DataFrame, outcome: Metric) -> pd.DataFrame:
    """Return the units with ``variance`` (of their mean), ``gap_variance`` (of unit less whole) and ``gap_df``, by their own spread.

    Of fewer than 40 clusters it is not believed to be less than that of all, and answers that are all alike do not count as certain.
    """
    own = believed(outcome, units.assign(variance=units["own"], estimate=units["estimate"].clip(*possible(outcome))))
    common, many = units["common"].to_numpy(), (units["clusters"] >= WARN).to_numpy()
    mine = (own > common) | ((own > 0) & many)
    variance = np.where(mine, own, common)
    gap = units["others"] + (1 - units["share"]) ** 2 * variance
    df = np.where(mine, (units["clusters"] - 1).clip(lower=1), 1e9)
    return units.assign(variance=variance, gap_variance=np.maximum(gap, 1e-12 * variance), gap_df=df)


def _sums(table: ibis.Table, level: str, cluster: str) -> pd.DataFrame:
    w, y = table["_weight"], table.y
    made = {"w": w, "w2": w * w, "wy": w * y, "wyy": w * y * y, "w2y": w * w * y, "w2yy": w * w * y * y}
    rows = table.select(level=table[level], cluster=table[cluster], **made)
    sums = {name: rows[name].sum() for name in made}
    within = rows.group_by("level", "cluster").aggregate(n=rows.count(), **sums)
    of_level, of_cluster = ibis.window(group_by="level"), ibis.window(group_by="cluster")
    within = within.mutate(everywhere=within.w.sum().over(of_cluster), mean=within.wy.sum().over(of_level) / within.w.sum().over(of_level))
    within = within.mutate(rest=within.wy - within.mean * within.w)
    within = within.mutate(rest_everywhere=within.rest.sum().over(of_cluster))
    added = {name: within[name].sum() for name in ("n", *made)}
    products = {
        "cc": (within.w * within.w).sum(), "cy": (within.w * within.wy).sum(), "yy": (within.wy * within.wy).sum(),
        "cross": (within.w * within.everywhere).sum(), "rr": (within.rest * within.rest).sum(),
        "rest": (within.rest * within.rest_everywhere).sum(),
    }  # fmt: skip
    found = within.group_by("level").aggregate(clusters=within.count(), **added, **products).order_by("level").execute()
    return found.astype({"n": int, "clusters": int} | dict.fromkeys(SUMS[1:], float))


def _spread(found: pd.DataFrame, mean: np.ndarray, spent: int) -> tuple[float, float]:
    """Return the variance of an answer about these means, and the correlation of two answers of one cluster."""
    rows = int(found["n"].sum())
    squares = float((found["wyy"] - 2 * mean * found["wy"] + mean**2 * found["w"]).sum())
    sigma2 = squares / float(found["w"].sum()) * rows / max(rows - spent, 1)
    together = found["yy"] - 2 * mean * found["cy"] + mean**2 * found["cc"]
    alone = found["w2yy"] - 2 * mean * found["w2y"] + mean**2 * found["w2"]
    pairs = float((found["cc"] - found["w2"]).sum())
    alike = float((together - alone).sum()) / (pairs * sigma2) if pairs > 1e-9 and sigma2 > 0 else 0.0
    return sigma2, float(np.clip(alike, 0, 1))


def _variances(found: pd.DataFrame, whole: pd.Series, sigma2: float, alike: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the variance of each unit's mean, and of unit less whole: answers of one cluster are alike, in one unit or in two."""
    own = (found["w2"] + alike * (found["cc"] - found["w2"])) / found["w"] ** 2
    shared = (found["w2"] + alike * (found["cross"] - found["w2"])) / (found["w"] * whole["w"])
    everyone = (whole["w2"] + alike * (whole["cross"] - whole["w2"])) / whole["w"] ** 2
    least = 1e-12 * own
    return sigma2 * own.to_numpy(), sigma2 * np.maximum(own - 2 * shared + everyone, least).to_numpy()


def _own(found: pd.DataFrame, whole: pd.Series) -> dict[str, np.ndarray]:
    """Return the variance of each unit's mean by what its own clusters show, and what the others add to that of unit less whole.

    Unit less whole is a sum over clusters, of which some stand in several units: its variance is that of the sum.
    """
    share = found["w"] / whole["w"]
    seen = found["rr"] / found["w"] ** 2
    gap = seen - 2 * found["rest"] / (found["w"] * whole["w"]) + whole["rest"] / whole["w"] ** 2
    many = found["clusters"] / (found["clusters"] - 1).clip(lower=1)
    return {"own": (many * seen).to_numpy(), "others": (gap - (1 - share) ** 2 * seen).to_numpy(), "share": share.to_numpy()}
