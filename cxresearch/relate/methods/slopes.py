"""Does it matter everywhere alike: the adjusted slope of the exposure in every level by itself, pooled in part.

References
----------
Cochran (1954), Biometrics 10; Paule & Mandel (1982), Journal of Research of the NBS 87; Viechtbauer (2007), Statistics in Medicine 26;
Cameron & Miller (2015), JHR 50 (clustered errors, t(G - 1)); Austin & Steyerberg (2015), J Clinical Epidemiology 68 (two per variable).
"""

from dataclasses import replace

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.ask.question import Absent
from cxresearch.load.data import Data
from cxresearch.relate.by_level import Slopes, fitted_by, moments_by, solved
from cxresearch.relate.design import Design, contrast_of, design
from cxresearch.relate.doubts import FEW, assigned, few_clusters, rare
from cxresearch.relate.fit import Fit
from cxresearch.relate.method import cluster_columns, cluster_word, facts_of, method
from cxresearch.relate.multiplicity import adjust
from cxresearch.relate.pooling import Pooled, furthest, pairs, pooled
from cxresearch.relate.relation import Relation
from cxresearch.relate.tails import t_above, t_quantile

MOST_LEVELS = 20
EACH = 2


@method
def slopes(data: Data, *, contrast: float | str = "auto") -> Relation | Absent:
    """Estimate what goes with the exposure in every level of `by`, and whether it differs between them.

    Parameters
    ----------
    data : Data
        With a numeric exposure and `by` of three to twenty levels; `adjust_for` is held equal within each.
    contrast : float or str
        So many units of the exposure, "halving" or "doubling"; "auto": the question's own, else halving for a wait, +1 for the rest.

    Returns
    -------
    Relation or Absent
        `estimates`: term raw (the level's own slope) and pooled (drawn toward the others as far as the level is small); raw, level "":
        the plain average of the levels, each counting alike; with `gap` (level less that average), `p`, `p_holm`, `flag`,
        `reliability`. Term "tau": how much slopes truly differ; "range": the largest difference between two, and the bound that it
        does not exceed. `facts`: p_differ (F test that all are equal), set_aside (levels that carry no slope).
        Absent where fewer than three levels can carry a slope because the outcome is too rare in the others.

    Raises
    ------
    QuestionError
        Where exposure or `by` is missing, the exposure has levels of its own, or the outcome is a wait.
    MethodError
        Where fewer than three levels, or more than twenty, are large enough and differ in the exposure.

    Notes
    -----
    Least squares in each level by itself, with its own slopes of what is held equal as far as it carries them; CR1 errors by cluster,
    t(G - 1), a cluster in two levels allowed for. Set aside and counted: levels whose share has too few of the rarer value for an
    interval by t (Cochran's rule, as in `rare`: a level in which nothing happened would else have a slope of zero and be sure of it),
    and levels with fewer than two clusters for each coefficient.

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
    known, said = _large(data)
    columns = design(known, log=log)
    fits, aside = _carried(known, columns)
    notes = list(dict.fromkeys([*said, *aside.values()]))
    if len(fits) < 3:
        few = f'{len(fits)} levels of "{data.question.by}" can carry a slope; slopes are compared where there are three or more'
        return Absent(f"{few}. {' '.join(notes)}")
    kept = replace(known, table=known.table.filter(known.table.by.isin(list(fits))))
    found = fitted_by(columns.table.filter(columns.table.by.isin(list(fits))), fits, cluster_columns(data)).times(factor)
    estimates, together = _estimates(found, list(fits), kept)
    f, p, df = found.alike()
    facts = facts_of(data) | together.facts() | {
        "contrast": name, "contrast_words": words, "f_differ": f, "p_differ": p, "df_differ": df, "units": len(fits),
        "set_aside": tuple(sorted(aside)), "clusters": int(kept.table.cluster.nunique().execute()), "cluster_word": cluster_word(data),
    } | {f"stands_{side}": _standing(estimates, side) for side in ("above", "below")}  # fmt: skip
    few = few_clusters(int(min(found.df)) + 1, f"{cluster_word(data)} in the smallest level")
    doubts = [Check("levels set aside", "doubt", " ".join(notes))] if notes else []
    checks = (*data.checks, *columns.checks, *doubts, few, assigned(data))
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


def _large(data: Data) -> tuple[Data, list[str]]:
    """Return the rows of the levels with enough clusters and an exposure that differs, and what is said of the others."""
    table = data.table.filter(data.table.by != "(missing)")
    found = table.group_by("by").aggregate(n=table.cluster.nunique(), low=table.x.min(), high=table.x.max()).order_by("by").execute()
    usable = (found["n"] >= FEW) & (found["high"] > found["low"])
    kept = list(found.loc[usable, "by"])
    if not 3 <= len(kept) <= MOST_LEVELS:
        most = f'{len(kept)} levels of "{data.question.by}" have {FEW} {cluster_word(data)} and an exposure that differs'
        raise MethodError(f"{most}; slopes are compared between three and {MOST_LEVELS}. Ask `effect` in each with `where`.")
    left = [f"{row.by} ({row.n})" for row in found[~usable].itertuples()]
    said = f"Left out, with fewer than {FEW} {cluster_word(data)} or one value of the exposure: {', '.join(left)}."
    return replace(data, table=table.filter(table.by.isin(kept))), [said] if left else []


def _carried(data: Data, columns: Design) -> tuple[dict[str, Fit], dict[str, str]]:
    """Return the fit of every level that carries a slope, and for every other what is said of it."""
    table, held = columns.table, [*columns.always, *columns.adjust_for]
    groups = dict(table.group_by("by").aggregate(n=table.cluster.nunique()).execute().itertuples(index=False))
    fits, scarce, thin = {}, {}, {}
    every, spread = moments_by(table, ["y", "x_value", *held])
    for level, moments in every.items():
        fit = solved(moments, spread, "x_value", held)
        if rare(data, moments):
            share = float(moments.mean[0])
            scarce[level] = f"{level} ({round(moments.rows * min(share, 1 - share)):,} of {moments.rows:,})"
        elif fit is None or groups[level] < EACH * (len(fit.names) + 1):
            thin[level] = f"{level} ({groups[level]:,})"
        else:
            fits[level] = fit
    which = f'Of "{data.question.by}" set aside'
    few = f'{which}, with too few of the rarer value of "{data.outcome.label}" to tell a slope: {", ".join(scarce.values())}.'
    small = f"{which}, with too few {cluster_word(data)} for what is held equal: {', '.join(thin.values())}."
    return fits, dict.fromkeys(scarce, few) | dict.fromkeys(thin, small)


def _estimates(found: Slopes, levels: list[str], kept: Data) -> tuple[pd.DataFrame, Pooled]:
    """Return the tidy rows: levels, their average, the same drawn together, and how much they differ."""
    k, table = len(levels), kept.table
    value, error, _ = found.combined(np.eye(k))
    if not (error > 0).all():
        raise MethodError("a level's slope has an error of zero: its few answers fit exactly. Ask about fewer levels.")
    together = pooled(value, error**2)
    counts = _counts(table.group_by("by").aggregate(n=table.count(), customers=table.customer.nunique()), levels)
    rows = _tested(found).assign(level=levels, reliability=together.reliability, **counts)
    (mean,), (spread,), (free,) = found.combined(np.full((1, k), 1 / k))
    half, size = t_quantile(0.975, free) * spread, {"n": sum(counts["n"]), "customers": int(table.customer.nunique().execute())}
    ends = {"estimate": mean, "low": mean - half, "high": mean + half}
    whole = pd.DataFrame([{"level": "", **ends, **size, "std_error": spread, "df": free}])
    drawn = rows.assign(estimate=together.estimate, low=together.low, high=together.high, std_error=np.nan)
    bare = whole.assign(std_error=np.nan, df=np.nan)
    apart = together.apart(furthest(*found.combined(pairs(k))))
    parts = {"raw": [whole, rows], "pooled": [drawn], "tau": [bare.assign(**together.spread())], "range": [bare.assign(**apart)]}
    frame = pd.concat([part.assign(term=term) for term, each in parts.items() for part in each], ignore_index=True)
    return frame.assign(flag=frame["flag"].fillna("")), together


def _counts(grouped: ibis.Table, levels: list[str]) -> dict[str, list[int]]:
    counts = grouped.execute().set_index("by").loc[levels]
    return {name: [int(each) for each in counts[name]] for name in ("n", "customers")}


def _tested(found: Slopes) -> pd.DataFrame:
    """Return each slope with its interval, and its gap to the plain average of all levels."""
    k = len(found.value)
    value, error, df = found.combined(np.eye(k))
    gap, spread, free = found.combined(np.eye(k) - 1 / k)
    half, reach = t_quantile(0.975, df) * error, t_quantile(0.975, free) * spread
    p = 2 * t_above(np.abs(gap) / spread, free)
    holm = adjust(p, "holm")
    return pd.DataFrame({
        "estimate": value, "low": value - half, "high": value + half, "std_error": error, "df": df,
        "gap": gap, "gap_low": gap - reach, "gap_high": gap + reach, "gap_df": free, "p": p, "p_holm": holm,
        "flag": np.where(holm <= 0.05, np.where(gap > 0, "above", "below"), ""),
    })  # fmt: skip


def _standing(estimates: pd.DataFrame, side: str) -> tuple[str, ...]:
    return tuple(estimates.loc[(estimates["term"] == "raw") & (estimates["flag"] == side), "level"])
