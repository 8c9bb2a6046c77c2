"""Where does it differ: teams, agents, segments, markets, each against all, chance allowed for.

References
----------
Spiegelhalter (2005), Statistics in Medicine 24 (funnel plots); Goldstein & Spiegelhalter (1996), JRSS A 159 (league tables);
Holm (1979), Scandinavian Journal of Statistics 6; Breslow & Day (1987), Statistical Methods in Cancer Research II.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cxresearch.ask.check import Check, percent_of
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.load.data import Data
from cxresearch.relate.doubts import few_clusters
from cxresearch.relate.funnel import Funnel, funnel, own_spread
from cxresearch.relate.method import cluster_columns, cluster_word, facts_of, method
from cxresearch.relate.mix import Mix, like_with_like
from cxresearch.relate.multiplicity import adjust
from cxresearch.relate.pooling import Pooled, furthest_of, pooled
from cxresearch.relate.relation import Relation
from cxresearch.relate.standing import estimate_by, possible
from cxresearch.relate.tails import normal_above, normal_quantile, t_quantile

MISSING = "(missing)"


@method
def segments(data: Data, *, reliability: float = 0.7) -> Relation:
    """Show where the outcome differs between the levels of `by`, and which of them stand out beyond chance.

    Parameters
    ----------
    data : Data
        With `by` (team, agent, segment, market) of three levels or more; with `adjust_for` levels are compared like with like.
    reliability : float
        Levels are put in order only where each one's reliability reaches this; below, they stay in the order of the alphabet.

    Returns
    -------
    Relation
        `estimates`: term raw (as recorded), adjusted (with `adjust_for`: observed less expected, on the level of the whole), pooled
        (drawn toward the whole as far as its own answers are few), level "" the whole, of pooled what levels have in common; with
        `gap` to the whole, `z`, `p`, `p_holm`, `flag` (above, below), `reliability`, `effective` answers. Term "tau": the true spread
        between levels with its interval; "range": the largest difference between two, and the bound that it does not exceed.
        Levels end where the outcome ends (a share at 0 and 1); gaps do not. `curve`: the funnel, term 95% and family. `facts`: tau,
        i2, ranked or not, who stands out.

    Raises
    ------
    QuestionError
        Where there is no `by`, the outcome is a wait, two columns cluster, or `reliability` is no share.
    MethodError
        Where fewer than three levels are known, all answers are alike, or the levels are the clusters.

    Notes
    -----
    Flags are score tests: each level less the whole, in the variance that all answers have under "all are alike", repeats of a
    customer allowed for, Holm over the levels. Pooling takes the spread within levels. Intervals take the level's own spread over its
    clusters, by t(clusters - 1); of fewer than 40 clusters, and of pooled ones, it is not believed to be less than that of all levels.

    Examples
    --------
    >>> import cxresearch as cx
    >>> frame = pd.DataFrame({"who": range(60), "team": list("abc") * 20, "score": [9.0, 5, 8, 8, 4, 9] * 10})
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), by="team"), customer="who")
    >>> found = cx.methods.segments(data)
    >>> found.row("raw", "b").flag, found.facts["ranked"]
    ('below', True)

    References
    ----------
    Spiegelhalter (2005), Funnel plots for comparing institutional performance, Statistics in Medicine 24. Holm (1979), A simple
    sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6.
    """
    _asked(data, reliability)
    table = data.table.filter(data.table.by != MISSING)
    known = replace(data, table=table)
    raw = pd.concat([estimate_by(known, None), estimate_by(known, "by")], ignore_index=True)
    if len(raw) < 4:
        raise MethodError(f'"{data.question.by}" has {len(raw) - 1} known levels: pooling needs three or more. Ask `compare` about two.')
    mix = like_with_like(table, data.adjust_for) if data.adjust_for else Mix(table, np.zeros(len(raw) - 1), ())
    seen = funnel(mix.table)
    if len(seen.units) >= int(raw["clusters"].iloc[0]):
        raise MethodError(f'each level of "{data.question.by}" is one cluster: no error can be told. Cluster by something finer.')
    units = _tested(own_spread(seen.units, data.outcome), seen.mean, mix.variance)
    together = pooled(units["estimate"].to_numpy(), units["common"].to_numpy() + mix.variance)
    units = units.assign(reliability=together.reliability)
    ranked = bool((together.reliability >= reliability).all())
    facts = facts_of(data) | together.facts() | {
        "ranked": ranked, "unreliable": int((together.reliability < reliability).sum()),
        "reliability_limit": reliability, "reliability_median": float(np.median(together.reliability)),
        "whole": seen.mean, "sigma": seen.sigma, "alike": seen.alike, "worth_answers": seen.total, "units": len(units),
        "cluster_word": cluster_word(data),
    } | {f"stands_{side}": tuple(units.loc[units["flag"] == side, "level"]) for side in ("above", "below")}  # fmt: skip
    checks = (
        *data.checks,
        *mix.checks,
        few_clusters(int(raw["clusters"].iloc[0]), cluster_word(data)),
        *_doubts(data, int(raw["n"].iloc[0]), facts),
    )
    frame = _inside(_frame(raw, units, together, seen, bool(data.adjust_for)), data)
    return Relation("segments", data.question, frame, _inside(_curve(seen, len(units)), data), checks, {"reliability": reliability}, facts)


def _asked(data: Data, reliability: float) -> None:
    if not data.question.by:
        raise QuestionError('segments needs levels: Question(outcome=..., by="team").')
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens: ask `retention` or `measure` about it.')
    if len(cluster_columns(data)) == 2:
        raise QuestionError("segments clusters by one column; give the one within which answers are most alike.")
    if not 0 <= reliability < 1:
        raise QuestionError(f"reliability is {reliability}; it is a share, from 0 up to but not including 1 (0.7 is usual).")


def _tested(units: pd.DataFrame, whole: float, mixed: np.ndarray) -> pd.DataFrame:
    """Return the units with gap, score test and flag."""
    gap = (units["estimate"] - whole).to_numpy()
    error = np.sqrt(units["null"].to_numpy() + mixed)
    p = 2 * normal_above(np.abs(gap) / error)
    holm = adjust(p, "holm")
    half = t_quantile(0.975, units["gap_df"]) * np.sqrt(units["gap_variance"].to_numpy() + mixed)
    side = np.where(gap > 0, "above", "below")
    return units.assign(
        mixed=mixed,
        gap=gap,
        gap_low=gap - half,
        gap_high=gap + half,
        z=gap / error,
        p=p,
        p_holm=holm,
        flag=np.where(holm <= 0.05, side, ""),
    )


def _frame(raw: pd.DataFrame, units: pd.DataFrame, together: Pooled, seen: Funnel, mixed: bool) -> pd.DataFrame:
    own = units.drop(columns=["estimate", "n", "clusters", "null", "common", "own", "others", "share", "variance", "gap_variance", "mixed"])
    raw = raw.drop(columns="clusters")
    whole, levels = raw.iloc[:1], raw.iloc[1:].merge(own, on="level")
    parts = [whole.assign(term="raw"), (raw.iloc[1:] if mixed else levels).assign(term="raw")]
    if mixed:
        half = t_quantile(0.975, units["gap_df"]) * np.sqrt(units["variance"].to_numpy() + units["mixed"].to_numpy())
        value = units["estimate"].to_numpy()
        parts += [whole.assign(term="adjusted", estimate=seen.mean)]
        parts += [
            levels.assign(
                term="adjusted", estimate=value, low=value - half, high=value + half, std_error=np.sqrt(units["variance"]).to_numpy()
            )
        ]
    parts += [whole.assign(term="pooled", estimate=together.mean, low=together.mean_low, high=together.mean_high, std_error=np.nan)]
    low, high = together.widened(units["variance"] + units["mixed"], units["common"] + units["mixed"], units["gap_df"])
    parts += [levels.assign(term="pooled", estimate=together.estimate, low=low, high=high, std_error=np.nan)]
    most = furthest_of(*(units[name].to_numpy(dtype=float) for name in ("estimate", "variance", "mixed")))
    parts += [whole.assign(term="tau", **together.spread(), std_error=np.nan)]
    parts += [whole.assign(term="range", **together.apart(most), std_error=np.nan)]
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(flag=frame["flag"].fillna(""))


def _inside(frame: pd.DataFrame, data: Data) -> pd.DataFrame:
    """Return the rows with levels and their intervals ending where the outcome ends; two cannot be further apart than its ends."""
    (low, high), apart = possible(data.outcome), frame["term"].isin(("tau", "range"))
    ends = {name: frame[name].clip(low, high).where(~apart, frame[name].clip(0, high - low)) for name in ("estimate", "low", "high")}
    return frame.assign(**ends)


def _curve(seen: Funnel, count: int) -> pd.DataFrame:
    """Return the funnel: within which a level lies by chance alone, one of them, and all of them."""
    ends = seen.units["effective"]
    x = np.geomspace(max(1.0, 0.7 * ends.min()), min(1.15 * ends.max(), seen.total), 60)
    parts = []
    for term, alpha in (("95%", 0.05), ("family", 0.05 / count)):
        low, high = seen.limits(x, float(normal_quantile(1 - alpha / 2)))
        parts.append(pd.DataFrame({"term": term, "x": x, "estimate": seen.mean, "low": low, "high": high, "n": 0}))
    return pd.concat(parts, ignore_index=True)


def _doubts(data: Data, known: int, facts: dict[str, Any]) -> list[Check]:
    limit, found = facts["reliability_limit"], []
    if facts["ranked"]:
        found.append(Check("reliability", "passed", f"Every level's reliability reaches {limit:g}: an order can be given."))
    else:
        few, middle = f"{facts['unreliable']} of {facts['units']} levels", facts["reliability_median"]
        said = f"Reliability is below {limit:g} for {few} (median {middle:.2f})"
        found.append(Check("reliability", "doubt", f"{said}: an order of values would be partly chance, and no league table is given."))
    left = data.rows - known
    if left:
        share = left / data.rows
        said = f"{left:,} of {data.rows:,} rows ({percent_of(share)}) have no {facts['by_label']} on record and are left out."
        found.append(Check("no level", "doubt" if share > 0.1 else "passed", said))
    return found
