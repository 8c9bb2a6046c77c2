"""Is the difference real: between levels, as recorded and with the mix held alike.

References
----------
Welch (1947), Biometrika 34; Holm (1979), Scandinavian Journal of Statistics 6; Benjamini & Hochberg (1995), JRSS B 57.
"""

from itertools import combinations
from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.ask.values import number
from cxresearch.load.data import Data
from cxresearch.relate.design import covariates
from cxresearch.relate.doubts import FEW, few_clusters
from cxresearch.relate.fit import clustered, solve
from cxresearch.relate.method import cluster_columns, cluster_word, facts_of, method
from cxresearch.relate.moments import summed
from cxresearch.relate.multiplicity import adjust
from cxresearch.relate.relation import Relation
from cxresearch.relate.sides import needed
from cxresearch.relate.standing import believed, level_sums
from cxresearch.relate.tails import t_above, t_quantile

MOST_LEVELS = 12


@method
def compare(data: Data, *, against: str | None = None) -> Relation:
    """Compare the outcome between the levels of `by`.

    Parameters
    ----------
    data : Data
        With `by`; with `adjust_for` the mix of confounders is held alike as well.
    against : str, optional
        Level that every other is compared with; without it, all pairs.

    Returns
    -------
    Relation
        `estimates`: term raw (and adjusted), level "A less B", with `p`, `p_holm` and `p_bh` over the family.

    Raises
    ------
    QuestionError
        Where there is no `by`, or `against` is not one of its levels.
    MethodError
        Where fewer than two levels have two clusters.

    Notes
    -----
    Nobody answers twice and no weights: Welch's test. Otherwise the difference of linearised means over the clusters of both, t(G - 1).

    Examples
    --------
    >>> import cxresearch as cx
    >>> frame = pd.DataFrame({"who": range(24), "plan": list("xy") * 12, "score": [9.0, 5, 8, 4, 9, 5, 8, 6] * 3})
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), by="plan"), customer="who")
    >>> float(cx.compare(data).row("raw", "x less y").estimate)
    3.5

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6.
    """
    if not data.question.by:
        raise QuestionError('compare needs levels: Question(outcome=..., by="segment").')
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens: ask `retention` or `measure` about it.')
    sums = level_sums(data.table, "by", cluster_columns(data))
    sums = sums.assign(variance=believed(data.outcome, sums), alike=~(sums["variance"] > 0))
    usable = sums[sums["clusters"] >= FEW]
    pairs = _pairs(usable, against, data)
    simple = bool((sums["most"] == 1).all()) and "weight" not in data.table.columns and data.rows == data.customers
    rows = [_welch(usable, *pair) if simple else _linearised(data, usable, *pair) for pair in pairs]
    if data.adjust_for:
        small = set(usable[usable["clusters"] < needed(data)]["level"])
        rows += [_no_surer(*each, small=bool(small & set(pair))) for pair, *each in zip(pairs, _adjusted(data, pairs), rows, strict=True)]
    estimates = pd.DataFrame(rows)
    for how in ("holm", "bh"):
        estimates[f"p_{how}"] = estimates.groupby("term")["p"].transform(lambda p, how=how: adjust(p.to_numpy(), how))
    fewest = few_clusters(int(usable["clusters"].min()), f"{cluster_word(data)} in the smallest group")
    checks = (*data.checks, fewest, *_small(sums))
    return Relation(
        "compare",
        data.question,
        estimates,
        None,
        checks,
        {"against": against},
        facts_of(data),
    )


def _pairs(sums: pd.DataFrame, against: str | None, data: Data) -> list[tuple[str, str]]:
    levels = list(sums.sort_values(["n", "level"], ascending=[False, True])["level"])
    if len(levels) < 2:
        raise MethodError(f'"{data.question.by}" has fewer than two levels with {FEW} {cluster_word(data)} each: nothing can be compared.')
    if against is not None and against not in levels:
        raise QuestionError(f'against is "{against}"; the levels are {", ".join(sorted(levels))}.')
    if against is not None:
        return [(level, against) for level in sorted(levels) if level != against]
    if len(levels) > MOST_LEVELS:
        raise MethodError(f"{len(levels)} levels make {len(levels) * (len(levels) - 1) // 2} pairs; name one level with `against`.")
    return list(combinations(sorted(levels), 2))


def _welch(sums: pd.DataFrame, first: str, second: str) -> dict[str, Any]:
    a, b = (sums[sums["level"] == level].iloc[0] for level in (first, second))
    df = (
        (a.variance + b.variance) ** 2 / (a.variance**2 / (a.n - 1) + b.variance**2 / (b.n - 1))
        if a.variance + b.variance > 0
        else a.n + b.n - 2
    )
    return _difference("raw", f"{first} less {second}", a.estimate - b.estimate, np.sqrt(a.variance + b.variance), df, int(a.n + b.n))


def _linearised(data: Data, sums: pd.DataFrame, first: str, second: str) -> dict[str, Any]:
    """Sum both levels' influence within each cluster: a customer in both is allowed for."""
    a, b = (sums[sums["level"] == level].iloc[0] for level in (first, second))
    table = data.table.filter(data.table.by.isin([first, second]))
    parts = [_difference_variance(table, a, b, name) for name in cluster_columns(data)]
    variance = max(parts)
    if len(parts) == 2:
        both = table.mutate(_both=table.cluster.concat("\x1f", table.cluster2))
        variance = max(variance, sum(parts) - _difference_variance(both, a, b, "_both"))
    variance += sum(side.variance for side in (a, b) if side.alike)
    df = min(a.clusters, b.clusters) - 1
    return _difference("raw", f"{first} less {second}", a.estimate - b.estimate, np.sqrt(variance), df, int(a.n + b.n))


def _difference_variance(table: ibis.Table, a: pd.Series, b: pd.Series, cluster: str) -> float:
    weight = table.weight.cast("float64") if "weight" in table.columns else ibis.literal(1).cast("float64")
    share = ibis.ifelse(table.by == a.level, (table.y - float(a.estimate)) / float(a.w), (float(b.estimate) - table.y) / float(b.w))
    within = table.select(c=table[cluster], u=weight * share).group_by("c").aggregate(u=lambda t: t.u.sum())
    row = within.aggregate(ss=(within.u * within.u).sum(), groups=within.count()).execute().iloc[0]
    groups = int(row["groups"])
    return float(row["ss"]) * groups / max(groups - 1, 1)


def _adjusted(data: Data, pairs: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Least squares on the levels and the confounders, CR1 by cluster."""
    levels = sorted({level for pair in pairs for level in pair})
    table = data.table.filter(data.table.by.isin(levels))
    table, names, _ = covariates(table, data.adjust_for)
    dummies = {f"l{i}": number(ibis.ifelse(table.by == level, 1, 0)) for i, level in enumerate(levels[1:], 1)}
    table = table.mutate(**dummies)
    fit = solve(summed(table, ["y", *dummies, *names]), "y", [*dummies, *names])
    (errors,) = clustered(table, [fit], cluster_columns(data))
    rows = []
    for first, second in pairs:
        weights = np.zeros(len(fit.names) + 1)
        for level, sign in ((first, 1.0), (second, -1.0)):
            if level != levels[0]:
                weights[1 + fit.names.index(f"l{levels.index(level)}")] += sign
        estimate = float(weights[1:] @ fit.coef)
        rows.append(_difference("adjusted", f"{first} less {second}", estimate, errors.interval(estimate, weights)[0], errors.df, fit.rows))
    return rows


def _no_surer(adjusted: dict[str, Any], raw: dict[str, Any], *, small: bool) -> dict[str, Any]:
    """Return an adjusted difference; of a small side no surer than the raw one, in which answers all alike do not count as certain."""
    if not small or adjusted["std_error"] > raw["std_error"]:
        return adjusted
    return _difference("adjusted", adjusted["level"], adjusted["estimate"], raw["std_error"], min(raw["df"], adjusted["df"]), adjusted["n"])


def _small(sums: pd.DataFrame) -> list[Check]:
    left = sums[sums["clusters"] < FEW]
    named = ", ".join(f"{row.level} ({row.clusters})" for row in left.itertuples())
    return [] if left.empty else [Check("small groups", "doubt", f"Too few to be compared, fewer than {FEW} customers each: {named}.")]


def _difference(term: str, level: str, estimate: float, error: float, df: float, n: int) -> dict[str, Any]:
    half = t_quantile(0.975, df) * error
    p = float(2 * t_above(abs(estimate) / error, df)) if error > 0 else float("nan")
    return {
        "term": term,
        "level": level,
        "estimate": estimate,
        "low": estimate - half,
        "high": estimate + half,
        "n": n,
        "std_error": error,
        "df": df,
        "p": p,
    }
