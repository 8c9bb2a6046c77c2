"""Before and after: difference in differences, the same at earlier dates, and a series against its own past."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import bdtr

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError, QuestionError, nearest
from cxresearch.load.data import Data
from cxresearch.relate.boundary import Boundary
from cxresearch.relate.doubts import FEW
from cxresearch.relate.method import cluster_word
from cxresearch.relate.panel import Panel, fitted
from cxresearch.relate.series import SIDE, Series, interrupted, sides
from cxresearch.relate.tails import t_above

LEVEL, SLOPE = np.array([0.0, 0, 1, 0]), np.array([0.0, 0, 0, 1])
HARDLY = 3  # so few clusters on one side hardly show how they move by chance
YEARS = {"month": 24, "week": 104}


@dataclass(frozen=True)
class Found:
    """Estimates, curve, checks and facts of a comparison."""

    estimates: pd.DataFrame
    curve: pd.DataFrame
    checks: tuple[Check, ...]
    facts: dict[str, Any]


def sides_of(levels: Sequence[str], treated: str | Sequence[str], by: str) -> tuple[str, ...]:
    """Return the levels that the policy reached.

    Raises
    ------
    QuestionError
        Where one is unknown, none is named or all are.
    """
    if not levels:
        raise QuestionError('`treated` names levels of `by`: Question(outcome=..., by="team").')
    chosen = (treated,) if isinstance(treated, str) else tuple(map(str, treated))
    for level in chosen:
        if level not in levels:
            raise QuestionError(f'treated: "{by}" has no level "{level}"; {nearest(level, levels)}')
    if not chosen:
        raise QuestionError("treated is empty: name the levels that the policy reached, or leave it out for a series on its own.")
    if set(chosen) == set(levels):
        raise QuestionError("every level is treated: nobody is left to compare with. Leave `treated` out for a series on its own.")
    return tuple(sorted(set(chosen)))


def clusters_of(data: Data, treated: Sequence[str], levels: Sequence[str]) -> tuple[str, str, list[Check]]:
    """Return the column to cluster by, its word, and what is to be said about it."""
    by, few = str(data.question.by), min(len(treated), len(levels) - len(treated))
    if data.question.cluster is None and few >= 2:
        return "by", f"{by}s", []
    if data.question.cluster == by:
        return ("by", f"{by}s", []) if few >= 2 else ("cluster", f"{by}s", [])
    if few < 2:
        said = f"One side is a single {by}: what else happened to it at that time cannot be told from the policy."
        return "cluster", cluster_word(data), [Check("assignment", "failed", said, "inconclusive")]
    word = cluster_word(data).removesuffix("s").removesuffix("_id") + "s"
    if len(levels) < FEW:
        said = f"The policy was given to {by}s, and there are {len(levels)}: errors by {word} do not allow for what moved one whole {by}."
        said = f"{said} Fewer than {FEW} {by}s carry no error that can be trusted."
        return "cluster", word, [Check("assignment", "failed", said, "inconclusive")]
    said = f"Errors are by {word}, though the policy was given to {by}s: what moved one whole {by} at that time is not allowed for."
    return "cluster", word, [Check("assignment", "doubt", said, "suggestive")]


def two_sided(panel: Panel, treated: Sequence[str], boundary: Boundary) -> tuple[Panel, list[Check]]:
    """Return the periods that have both sides.

    Raises
    ------
    MethodError
        Where none is left before or after.
    """
    on = np.isin(panel.groups, list(treated))
    weight = panel.weight.sum(axis=0)
    keep = (weight[on].sum(axis=0) > 0) & (weight[~on].sum(axis=0) > 0)
    panel = panel.only(keep)
    if not ((panel.periods < 0).any() and (panel.periods >= 0).any()):
        raise MethodError(f"{boundary.label}: before or after, no {boundary.every} has rows of both sides. Link a longer period.")
    left = int((~keep).sum())
    said = f"{left} {boundary.every}s have rows of one side only and are left out."
    return panel, [Check("periods", "doubt", said)] if left else []


def few_on_a_side(panel: Panel, treated: Sequence[str], word: str) -> list[Check]:
    """Return what is to be said where few clusters are on one side: they carry the error, however many are on the other.

    References
    ----------
    MacKinnon & Webb (2018), The wild bootstrap for few (treated) clusters, Econometrics Journal 21.
    """
    on = np.isin(panel.groups, list(treated))
    least = min(int((panel.weight[:, side].sum(axis=(1, 2)) > 0).sum()) for side in (on, ~on))
    if least >= FEW:
        return []
    said = f"Only {least} {word} are on one side of the comparison: the error rests on them, however many are on the other."
    if least <= HARDLY:
        said = f"{said} How far {word} move by chance can hardly be seen in {least}: the interval is wide, and little can be told."
    return [Check("smaller side", "doubt", said, "suggestive")]


def difference(panel: Panel, treated: Sequence[str], boundary: Boundary) -> Found:
    """Return difference in differences, its course, the trend before, and the same at earlier dates."""
    on = np.isin(panel.groups, list(treated)).astype(float)
    main = _step(panel, on, 0)
    before = panel.only(panel.periods < 0)
    rows, event = [_row("difference", "", main)], _event(panel, on, boundary)
    checks, facts = [], {}
    if len(before.periods) >= 3:
        trend = _one(before, np.outer(on, before.periods))
        rows.append(_row("pre-trend", "", trend))
        checks.append(_parallel(trend, main[0], panel, boundary.every))
        checks += _apart(event, boundary.every)
        facts = {"pretrend_p": _p(trend)}
    else:
        said = f"Only {len(before.periods)} {boundary.every}s before: whether both sides ran alike until then cannot be seen."
        checks.append(Check("pre-trend", "doubt", said, "suggestive"))
    dates = [int(day) for day in before.periods if (before.periods < day).sum() >= 2 and (before.periods >= day).sum() >= 2]
    earlier = {day: _step(before, on, day) for day in dates}
    rows += [_row("placebo", boundary.named(day), found) for day, found in earlier.items()]
    placebo, known = _placebo(_t(main), [(_t(found), _p(found)) for found in earlier.values()], boundary)
    return Found(pd.DataFrame(rows), event, (*checks, placebo), facts | known)


def series(panel: Panel, boundary: Boundary) -> Found:
    """Return step and bend of a series at the boundary, and the same at earlier dates."""
    weight = panel.weight.sum(axis=(0, 1))
    panel = panel.only(weight > 0)
    weight, sums = panel.weight.sum(axis=(0, 1)), panel.sums.sum(axis=(0, 1))
    periods, mean = panel.periods, sums / weight
    fit = interrupted(periods, mean, weight)
    gap = np.array([0, 0, 1, periods[periods >= 0].mean()])
    found = [(name, fit, weights) for name, weights in (("level", LEVEL), ("slope", SLOPE), ("after", gap))]
    rows = [_own(name, "", one, weights) for name, one, weights in found]
    past, placebos = periods < 0, []
    for day in periods[past]:
        if min((periods[past] < day).sum(), (periods[past] >= day).sum()) >= SIDE and past.sum() >= 8:
            one = interrupted(periods[past] - day, mean[past], weight[past])
            rows.append(_own("placebo", boundary.named(int(day)), one, LEVEL))
            placebos.append(one.tail(LEVEL))
    check, known = _placebo(-fit.tail(LEVEL), [(-p, p) for p in placebos], boundary)
    known |= {"rho": fit.rho, "level_p": fit.tail(LEVEL)}
    return Found(pd.DataFrame(rows), _course(fit, periods, boundary), (*_alone(fit, periods, boundary.every), check), known)


def _step(panel: Panel, on: np.ndarray, day: int) -> tuple[float, float, float, float, float]:
    return _one(panel, np.outer(on, panel.periods >= day))


def _one(panel: Panel, column: np.ndarray) -> tuple[float, float, float, float, float]:
    return fitted(panel, column[None]).interval(np.ones(1))


def _t(found: tuple[float, ...]) -> float:
    return abs(found[0]) / found[1] if found[1] > 0 else 0.0


def _p(found: tuple[float, ...]) -> float:
    return float(2 * t_above(_t(found), found[4]))


def _row(term: str, level: str, found: tuple[float, ...]) -> dict[str, Any]:
    estimate, error, low, high, df = found
    return {"term": term, "level": level, "estimate": estimate, "low": low, "high": high, "std_error": error, "df": df, "p": _p(found)}


def _own(term: str, level: str, fit: Series, weights: np.ndarray) -> dict[str, Any]:
    value, low, high = (float(each[0]) for each in fit.interval(weights))
    ends = {"estimate": value, "low": low, "high": high, "std_error": np.nan, "df": fit.df}
    return {"term": term, "level": level, **ends, "p": fit.tail(weights)}


def _event(panel: Panel, on: np.ndarray, boundary: Boundary) -> pd.DataFrame:
    """Return the difference of the two sides in each period less its average over the periods before."""
    past = panel.periods < 0
    reference = int(np.flatnonzero(past)[-1])
    others = [place for place in range(len(panel.periods)) if place != reference]
    shown = fitted(panel, np.array([np.outer(on, panel.periods == panel.periods[place]) for place in others]))
    apart = np.eye(len(panel.periods))[:, others]
    apart = apart - _share(panel, on, past) @ apart
    ends = np.array([shown.interval(weights) for weights in apart])
    return pd.DataFrame({
        "term": "event", "x": [boundary.starts(int(day)) for day in panel.periods], "estimate": ends[:, 0], "low": ends[:, 2],
        "high": ends[:, 3], "n": panel.rows.sum(axis=0).astype(int), "period": panel.periods,
    })  # fmt: skip


def _share(panel: Panel, on: np.ndarray, past: np.ndarray) -> np.ndarray:
    """Return what each period before counts in their average: as much as its difference of two means can tell."""
    weight = panel.weight.sum(axis=0)
    two = np.array([weight[on > 0].sum(axis=0), weight[on == 0].sum(axis=0)])
    told = np.where(past, two.prod(axis=0) / two.sum(axis=0), 0.0)
    return told / told.sum()


def _course(fit: Series, periods: np.ndarray, boundary: Boundary) -> pd.DataFrame:
    x, old = sides(periods), sides(periods) * [1, 1, 0, 0]
    parts = []
    for term, weights, keep in (("fitted", x, periods < periods.max() + 1), ("expected", old, periods >= 0)):
        value, low, high = fit.interval(weights[keep])
        starts = [boundary.starts(int(day)) for day in periods[keep]]
        parts.append(pd.DataFrame({"term": term, "x": starts, "estimate": value, "low": low, "high": high, "n": 0}))
    return pd.concat(parts, ignore_index=True)


def _parallel(trend: tuple[float, ...], step: float, panel: Panel, every: str) -> Check:
    """Judge the trend before by how much of the difference it would be, had it gone on."""
    p, periods = _p(trend), panel.periods
    drift = trend[0] * float(periods[periods >= 0].mean() - periods[periods < 0].mean())
    if not p < 0.05:
        return Check("pre-trend", "passed", f"Before, no steady drift apart stands out over {int((periods < 0).sum())} {every}s.")
    if drift * step > 0 and abs(drift) >= abs(step) / 2:
        said = "Both sides moved apart before already: had that gone on, it would be half of the difference or more."
        return Check("pre-trend", "failed", said, "inconclusive")
    return Check(
        "pre-trend", "doubt", "Both sides did not run quite alike before; had that gone on, it would not be the difference.", "suggestive"
    )


def _apart(event: pd.DataFrame, every: str) -> list[Check]:
    """Count the periods before that lie apart by themselves, and hold the number against chance."""
    before = event[event["period"] < 0]
    lone = int(((before["low"] > 0) | (before["high"] < 0)).sum())
    if not lone:
        return []
    lie = "lies apart by itself" if lone == 1 else "lie apart by themselves"
    said = f"{lone} of {len(before)} {every}s before {lie}; of so many, chance alone shows {0.05 * len(before):.1f}."
    beyond = bdtr(lone - 1, len(before), 0.05) >= 0.95
    return [Check("before", "doubt", said, "suggestive" if beyond else None)]


def _placebo(real: float, others: list[tuple[float, float]], boundary: Boundary) -> tuple[Check, dict[str, int]]:
    """Judge where the real date stands among earlier ones, by how far each lies from zero in its own errors; each also has a p-value."""
    larger, clear = sum(far >= real for far, _ in others), sum(p < 0.05 for _, p in others)
    facts = {"placebos": len(others), "placebos_as_large": larger}
    if len(others) < 3:
        said = f"Only {len(others)} earlier dates could be tried: too few {boundary.every}s lie before to see what chance alone shows."
        return Check("placebo dates", "doubt", said, "suggestive"), facts
    also = f" {clear} of them {'excludes zero by itself' if clear == 1 else 'exclude zero by themselves'}." if clear else ""
    if larger == 0:
        said = f"At {len(others)} earlier dates, when nothing began, no difference stands out as much.{also}"
        return Check("placebo dates", "passed", said), facts
    said = f"At {larger} of {len(others)} earlier dates, when nothing began, the difference stands out as much.{also}"
    return Check("placebo dates", "doubt", said, "suggestive"), facts


def _alone(fit: Series, periods: np.ndarray, every: str) -> list[Check]:
    said = "There is no comparison group: whatever else began at that time counts with the policy."
    found = [Check("comparison group", "doubt", said, "suggestive")]
    alike = f"Neighbouring {every}s are alike (correlation about {fit.rho:.1f}); the interval allows for it not being known."
    found.append(Check("autocorrelation", "passed", alike))
    if len(periods) < YEARS[every]:
        found.append(Check("seasons", "doubt", f"{len(periods)} {every}s are less than two years: seasons cannot be told from the policy."))
    return found
