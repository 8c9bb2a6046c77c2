"""Lifetime value from a life table: how long customers stay, times what they spend while they do.

References
----------
Gupta & Lehmann (2003), Customers as assets, Journal of Interactive Marketing 17; Berger & Nasr (1998), Customer lifetime value, Journal of
Interactive Marketing 12; Andersen & Keiding (2002), Multi-state models for event history analysis (occurrence over exposure).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cxresearch.ask.among import Where, conditions, worded
from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.question import Absent, Question
from cxresearch.ask.study import Study
from cxresearch.load.lives import Lives, lives, sums_of
from cxresearch.relate.bootstrap import percentile
from cxresearch.relate.doubts import few_clusters
from cxresearch.relate.method import of_study
from cxresearch.relate.moments import BUCKETS, bucket, shares
from cxresearch.relate.relation import Relation
from cxresearch.relate.standing import wilson
from cxresearch.relate.tails import normal_quantile

MOST_MONTHS = 60
THIN = 30.0
DRAWS = 1000


@of_study
def lifetime(
    study: Study, *, period: str | None = None, where: Where = None, months: int = 24, discount: float = 0.1, seed: int = 1
) -> Relation | Absent:
    """Return what an average customer is worth over so many months: survival times revenue, discounted.

    Parameters
    ----------
    study : Study
        With orders and amounts; with `joined_at` and `left_at` of customers, lives end, otherwise they begin with the first order.
    period : str, optional
        Only lives that began then.
    where : mapping or str, optional
        As in `cx.link`: these customers only.
    months : int
        Horizon, 1 to 60.
    discount : float
        A year: with 0.1 money that comes a year later counts 1 / 1.1.
    seed : int
        Of the 1,000 bootstrap draws of customers behind the interval.

    Returns
    -------
    Relation or Absent
        `estimates`: term "lifetime" (money) and "kept" (share that stays to the end of the horizon), percentile intervals.
        `curve`: term "value" (so far), "revenue" (a month, of those still there) and "kept", by months since the beginning.
        Absent where the study has no amounts of orders, its customers lack a column of `where`, fewer than two of them count, or nobody is
        observed in one of the months.

    Raises
    ------
    QuestionError
        Where a setting is out of range, or a name or a value in `where` is unknown.

    Notes
    -----
    In every month of life, leaving and revenue are divided by the time under observation, so customers who joined before the record begins
    count from then on, and those still there up to its end. Survival falls evenly within a month. No model of what comes after.
    Where nobody has left, every draw says so: those kept then have Wilson's lower bound.

    Examples
    --------
    >>> import cxresearch as cx
    >>> cx.methods.lifetime(cx.Absent("no orders")).reason
    'no orders'

    References
    ----------
    Gupta, Lehmann and Stuart (2004), Valuing customers, Journal of Marketing Research 41.
    """
    _asked(months, discount)
    where = conditions(where)
    found = lives(study, months, period, where)
    if isinstance(found, Absent):
        return found
    customers = int(found.table.count().execute())
    if customers < 2:
        return _nobody(study, period, where)
    sums = sums_of(found, found.table.cluster if customers <= BUCKETS else bucket(found.table.cluster))
    exposure = sums[0].sum(axis=0)
    if not (exposure > 0).all():
        return _unseen(exposure, where)
    parts = np.stack(sums)
    whole = _paths(parts.sum(axis=1)[:, None], discount)
    share = shares(parts.shape[1], DRAWS, seed)
    drawn = _paths(np.stack([share @ part for part in sums]), discount)
    curve = _curve(whole, drawn, exposure)
    ends = curve[curve["x"] == months].set_index("term")
    estimates = pd.DataFrame([
        {"term": term, "level": "", **ends.loc[name, ["estimate", "low", "high"]].to_dict(), "n": customers, "customers": customers}
        for term, name in (("lifetime", "value"), ("kept", "kept"))
    ])  # fmt: skip
    facts = {
        "study": study.title, "period": found.label, "record": found.record, "where": where, "months": months,
        "discount": discount, "leaving": found.leaving,
        "design": study.design, "currency": study.currency,
        "disclosure_limit": study.disclosure_limit, "outcome_label": "Lifetime value", "outcome_kind": "mean", "unit": "",
        "better": "higher",
        "row_unit": "customer", "customers": customers,
    }  # fmt: skip
    checks = (few_clusters(customers, "customers"), *_thin(exposure), *_how(found))
    settings = {"period": period, "where": where, "months": months, "discount": discount, "seed": seed}
    return Relation("lifetime", Question(outcome="lifetime", design=study.design), estimates, curve, checks, settings, facts)


def _asked(months: int, discount: float) -> None:
    if not 1 <= months <= MOST_MONTHS:
        raise QuestionError(f"months is {months}; it can be 1 to {MOST_MONTHS}.")
    if not 0 <= discount < 1:
        raise QuestionError(f"discount is {discount}; give the share of a year, from 0 to below 1.")


def _nobody(study: Study, period: str | None, where: Mapping[str, Any]) -> Absent:
    who, when = f" with {worded(where)}" if where else "", f" that began in {period}" if period else ""
    return Absent(f'Lifetime value needs two customers or more{who}{when}, which the study "{study.title}" does not have.')


def _unseen(exposure: np.ndarray, where: Mapping[str, Any]) -> Absent:
    last, who = int(np.flatnonzero(~(exposure > 0))[0]), f" with {worded(where)}" if where else ""
    return Absent(f"Nobody{who} is observed beyond month {last} of life: ask for fewer months (months={max(last, 1)}).")


def _paths(sums: np.ndarray, discount: float) -> dict[str, np.ndarray]:
    """Return value so far, revenue a month and share kept, each (draws, months), from sums (3, draws, months)."""
    exposure, left, revenue = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard, rate = left / exposure, revenue / exposure
    kept = np.exp(-np.cumsum(hazard, axis=1))
    before = np.concatenate([np.ones((len(kept), 1)), kept[:, :-1]], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        lived = np.where(hazard > 0, (before - kept) / hazard, before)
    worth = (1 + discount) ** -((np.arange(kept.shape[1]) + 0.5) / 12)
    return {"value": np.cumsum(lived * rate * worth, axis=1), "revenue": rate, "kept": kept}


def _curve(whole: dict[str, np.ndarray], drawn: dict[str, np.ndarray], exposure: np.ndarray) -> pd.DataFrame:
    parts = []
    for term, path in whole.items():
        low, high = percentile(drawn[term])
        low = np.where(path[0] == 1, _nobody_left(exposure), low) if term == "kept" else low
        x = np.arange(1, len(exposure) + 1)
        parts.append(
            pd.DataFrame({"term": term, "x": x, "estimate": path[0], "low": low, "high": high, "n": np.round(exposure).astype(int)})
        )
    return pd.concat(parts, ignore_index=True)


def _nobody_left(exposure: np.ndarray) -> np.ndarray:
    """Return Wilson's lower bound of those kept where nobody has left so far: every draw of customers would say all of them."""
    seen = np.maximum(np.minimum.accumulate(exposure), 1.0)
    return wilson(np.ones(len(seen)), seen, normal_quantile(0.975))[0]


def _thin(exposure: np.ndarray) -> list[Check]:
    least = int(np.argmin(exposure))
    if exposure[least] >= THIN:
        return [Check("every month", "passed", f"Every month of life rests on {exposure[least]:,.0f} customer-months or more.")]
    said = f"Month {least + 1} of life rests on {exposure[least]:,.1f} customer-months: fewer than {THIN:.0f} carry no number."
    return [Check("every month", "failed", said, "inconclusive")]


def _how(found: Lives) -> list[Check]:
    if found.leaving:
        return []
    said = "Who left is not recorded: lives begin with the first order, which counts, and months without an order count as nothing."
    return [Check("leaving", "doubt", said, "suggestive")]
