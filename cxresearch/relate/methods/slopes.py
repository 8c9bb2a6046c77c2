"""Does it matter everywhere alike: the adjusted slope of the exposure in every level, pooled in part.

References
----------
Cochran (1954), Biometrics 10; Paule & Mandel (1982), Journal of Research of the NBS 87; Viechtbauer (2007), Statistics in Medicine 26;
Cameron & Miller (2015), JHR 50 (clustered errors, t(G - 1)).
"""

from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd
from scipy import stats

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.ask.metrics import indicator
from cxresearch.load.data import Data
from cxresearch.relate.design import Design, contrast_of, design
from cxresearch.relate.fit import Errors, Fit, clustered, solve, wald
from cxresearch.relate.method import FEW, assigned, cluster_columns, cluster_word, facts_of, few_clusters, method
from cxresearch.relate.moments import collect, total
from cxresearch.relate.multiplicity import adjust
from cxresearch.relate.pooling import Pooled, pooled
from cxresearch.relate.relation import Relation

MOST_LEVELS = 20


@dataclass(frozen=True)
class Fits:
    """The common slope, every level's slope, and the same again as one slope and differences from it."""

    common: tuple[Fit, Errors]
    each: tuple[Fit, Errors]
    against: tuple[Fit, Errors]


@method
def slopes(data: Data, *, contrast: float | str = "auto") -> Relation:
    """Estimate what goes with the exposure in every level of `by`, and whether it differs between them.

    Parameters
    ----------
    data : Data
        With a numeric exposure and `by` of three to twenty levels; `adjust_for` is held equal.
    contrast : float or str
        So many units of the exposure, "halving" or "doubling"; "auto": the question's own, else halving for a wait, +1 for the rest.

    Returns
    -------
    Relation
        `estimates`: term raw (the level's own slope) and pooled (drawn toward the common one as far as the level is small), level ""
        the common slope; with `gap` (level less the average of all levels), `p`, `p_holm`, `flag`, `reliability`. Term "tau": how much
        slopes truly differ. `facts`: p_differ (F test that all are equal).

    Raises
    ------
    QuestionError
        Where exposure or `by` is missing, the exposure has levels of its own, or the outcome is a wait.
    MethodError
        Where fewer than three levels, or more than twenty, can carry a slope.

    Notes
    -----
    One least-squares fit: a constant and a slope for each level, confounders in common; CR1 errors by cluster with t(G - 1).

    Examples
    --------
    >>> import cxresearch as cx
    >>> random = np.random.default_rng(1)
    >>> frame = pd.DataFrame({"who": range(90), "plan": list("xyz") * 30, "wait": random.normal(size=90)})
    >>> frame["score"] = frame["wait"] * frame["plan"].map({"x": 0, "y": 0, "z": 3}) + random.normal(size=90)
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure="wait", by="plan"), customer="who")
    >>> cx.methods.slopes(data).row("raw", "z").flag
    'above'
    """
    log, factor, name, words = _asked(data, contrast)
    table, levels, notes = _levels(data)
    columns = design(_with(data, table), log=log)
    fits = _fitted(columns, levels, cluster_columns(data))
    value, cov = _slopes(fits.each, levels, factor)
    variance = np.maximum(np.diag(cov), 0)
    if not (variance > 0).all():
        raise MethodError("a level's slope has an error of zero: its few answers fit exactly. Ask about fewer levels.")
    together = pooled(value, variance)
    counts = table.group_by("by").aggregate(n=table.count(), customers=table.customer.nunique()).order_by("by").execute()
    rows = _tested(value, cov, fits.each[1].df).assign(level=levels, n=counts["n"], customers=counts["customers"])
    estimates = _frame(rows.assign(reliability=together.reliability), together, (fits.common, factor), _with(data, table))
    f, p, df = wald(*fits.against, [f"s{i}" for i in range(1, len(levels))])
    facts = facts_of(data) | together.facts() | {
        "contrast": name, "contrast_words": words, "f_differ": f, "p_differ": p, "df_differ": df, "units": len(levels),
        "clusters": fits.each[1].clusters, "cluster_word": cluster_word(data),
    } | {f"stands_{side}": tuple(rows.loc[rows["flag"] == side, "level"]) for side in ("above", "below")}  # fmt: skip
    least = int(table.group_by("by").aggregate(n=table.cluster.nunique()).n.min().execute())
    checks = (*data.checks, *columns.checks, *notes, few_clusters(least, f"{cluster_word(data)} in the smallest level"), assigned(data))
    return Relation("slopes", data.question, estimates, None, tuple(check for check in checks if check), {"contrast": contrast}, facts)


def _asked(data: Data, contrast: float | str) -> tuple[bool, float, str, str]:
    if not data.question.by or data.exposure is None:
        raise QuestionError('slopes needs an exposure and levels: Question(outcome=..., exposure="first_response_hours", by="segment").')
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens: ask `retention` about it.')
    if data.exposure.kind == "category":
        raise QuestionError(
            f'"{data.exposure.name}" has levels of its own and no slope; ask `compare` in each level of {data.question.by}.'
        )
    own = data.question.contrast if contrast == "auto" and data.question.contrast is not None else contrast
    return contrast_of(data.exposure, own)


def _with(data: Data, table: ibis.Table) -> Data:
    from dataclasses import replace

    return replace(data, table=table)


def _levels(data: Data) -> tuple[ibis.Table, list[str], list[Check]]:
    """Return the rows of the levels that can carry a slope: enough clusters, and an exposure that differs."""
    table = data.table.filter(data.table.by != "(missing)")
    found = table.group_by("by").aggregate(n=table.cluster.nunique(), low=table.x.min(), high=table.x.max()).order_by("by").execute()
    usable = (found["n"] >= FEW) & (found["high"] > found["low"])
    kept = list(found.loc[usable, "by"])
    if not 3 <= len(kept) <= MOST_LEVELS:
        most = f'{len(kept)} levels of "{data.question.by}" have {FEW} {cluster_word(data)} and an exposure that differs'
        raise MethodError(f"{most}; slopes are compared between three and {MOST_LEVELS}. Ask `effect` in each with `where`.")
    left = [f"{row.by} ({row.n})" for row in found[~usable].itertuples()]
    said = f"Left out, with fewer than {FEW} {cluster_word(data)} or one value of the exposure: {', '.join(left)}."
    return table.filter(table.by.isin(kept)), kept, [Check("small levels", "doubt", said)] if left else []


def _fitted(columns: Design, levels: list[str], clusters: tuple[str, ...]) -> Fits:
    here = {i: indicator(columns.table.by == level) for i, level in enumerate(levels)}
    table = columns.table.mutate(
        **{f"l{i}": one for i, one in here.items()}, **{f"s{i}": columns.table.x_value * one for i, one in here.items()}
    )
    held = [*(f"l{i}" for i in range(1, len(levels))), *columns.always, *columns.adjust_for]
    steep = [f"s{i}" for i in range(len(levels))]
    moments = total(collect(table, ["y", "x_value", *steep, *held]))
    sets = (["x_value", *held], [*steep, *held], ["x_value", *steep[1:], *held])
    fits = [solve(moments, "y", names) for names in sets]
    return Fits(*zip(fits, clustered(table, fits, clusters), strict=True))


def _slopes(pair: tuple[Fit, Errors], levels: list[str], factor: float) -> tuple[np.ndarray, np.ndarray]:
    fit, errors = pair
    at = [fit.names.index(f"s{i}") for i in range(len(levels))]
    cov = errors.cov[1:, 1:][np.ix_(at, at)]
    for least in errors.least:
        floor = least[1:, 1:][np.ix_(at, at)]
        cov = np.where(np.diag(floor).sum() > np.diag(cov).sum(), floor, cov)
    return factor * fit.coef[at], factor**2 * cov


def _tested(value: np.ndarray, cov: np.ndarray, df: float) -> pd.DataFrame:
    """Return each slope with its interval, and its gap to the average of all levels."""
    k, critical = len(value), stats.t.ppf(0.975, df)
    error = np.sqrt(np.diag(cov))
    less = np.eye(k) - 1 / k
    gap, spread = less @ value, np.sqrt(np.diag(less @ cov @ less.T))
    p = 2 * stats.t.sf(np.abs(gap) / spread, df)
    holm = adjust(p, "holm")
    return pd.DataFrame({
        "estimate": value, "low": value - critical * error, "high": value + critical * error, "std_error": error, "df": df,
        "gap": gap, "gap_low": gap - critical * spread, "gap_high": gap + critical * spread, "p": p, "p_holm": holm,
        "flag": np.where(holm <= 0.05, np.where(gap > 0, "above", "below"), ""),
    })  # fmt: skip


def _frame(rows: pd.DataFrame, together: Pooled, common: Any, data: Data) -> pd.DataFrame:
    (fit, errors), factor = common
    weights = np.zeros(len(fit.names) + 1)
    weights[1 + fit.names.index("x_value")] = factor
    estimate = float(weights[1:] @ fit.coef)
    error, low, high = errors.interval(estimate, weights)
    size = {"n": fit.rows, "customers": int(data.table.customer.nunique().execute())}
    whole = pd.DataFrame([{"level": "", "estimate": estimate, "low": low, "high": high, **size, "std_error": error, "df": errors.df}])
    average = whole.assign(estimate=together.mean, low=together.mean_low, high=together.mean_high, std_error=np.nan)
    drawn = rows.assign(estimate=together.estimate, low=together.low, high=together.high, std_error=np.nan)
    ends = {"low": min(together.tau_low, together.tau), "high": max(together.tau_high, together.tau)}
    spread = whole.assign(term="tau", estimate=together.tau, **ends, std_error=np.nan)
    parts = [whole.assign(term="raw"), rows.assign(term="raw"), average.assign(term="pooled"), drawn.assign(term="pooled"), spread]
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(flag=frame["flag"].fillna(""))
