"""What every look at staying shares: the outcome it takes, how long people are observed, the landmark, the test between groups."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import LeakageError, MethodError, QuestionError
from cxresearch.ask.question import Absent
from cxresearch.load.data import Data
from cxresearch.relate.influence import joint
from cxresearch.relate.risk_sets import back, risk_sets, scores, state_of
from cxresearch.relate.survival import Curve
from cxresearch.relate.tails import chi2_above

KNOWN_LATER = ("stay_days", "seen_days", "left", "left_at", "observed_until")
NOT_YET, MISSING = "not yet answered", "(missing)"
ASIDE = (NOT_YET, MISSING)
"""Groups that are shown, and are neither end of a comparison."""


def staying_only(data: Data, method: str, *, repeats: bool) -> None:
    """Refuse outcomes that are no survival, what is known only later, and customers who stand in the rows twice where each counts once.

    Raises
    ------
    QuestionError
        Where the outcome is no survival.
    LeakageError
        Where exposure, confounder or group is known only after the landmark.
    MethodError
        Where customers repeat and must not.
    """
    if data.outcome.kind != "survival":
        raise QuestionError(
            f'{method} needs a survival outcome: "retention", or cx.Survival(duration=..., event=...); "{data.outcome.name}" is none.'
        )
    parts = [(metric.name, metric.needs) for metric in filter(None, (data.exposure, *data.adjust_for))]
    parts += [(data.question.by, (data.question.by,))] if data.question.by else []
    for name, needs in parts if data.unit == "customer" else ():
        late = sorted(set(needs) & set(KNOWN_LATER))
        if late:
            raise LeakageError(
                f'"{name}" is read from "{late[0]}", which is known only after the landmark ({data.landmark}): how long somebody stayed '
                "cannot explain how long they stay. Name something that was measured before."
            )
    if not repeats and data.rows > data.customers:
        raise MethodError(f"{data.rows:,} rows are from {data.customers:,} customers: {method} takes one row per customer.")


class NotSeenSoFar(MethodError):
    """Nobody left while observed, or nobody was observed for so long."""


def observed(seen: Any, events: float, days: float, unit: str) -> None:
    """Refuse what cannot be seen: negative times, nobody who left, nobody observed for so long.

    Parameters
    ----------
    seen : array-like
        Times observed.
    events : float
        How many left.
    days : float
        Where the share kept is read.
    unit : str
        Unit of the times.

    Raises
    ------
    QuestionError
        Where `days` is not positive.
    MethodError
        In the other cases.
    """
    times = np.asarray(seen, dtype=float)
    if not days > 0:
        raise QuestionError(f"days is {days:g}; give a time after the start, for instance 90.")
    if times.min() < 0:
        raise MethodError(f"observation runs from {times.min():g} {unit}: a time to an event cannot be negative. Check the duration.")
    if not events:
        raise NotSeenSoFar("nobody left while observed: there is nothing to compare. Choose an earlier landmark or a longer time.")
    if times.max() < days:
        raise NotSeenSoFar(f"customers are observed for {times.max():.0f} {unit} at most; the share kept after {days:g} cannot be seen.")


def not_seen(data: Data, seen: Any, events: float, days: float) -> Absent | None:
    """Return why nothing can be said so far, on a linked study, or None; raises as `observed` does where rows were given by hand."""
    try:
        observed(seen, events, days, data.outcome.unit)
    except NotSeenSoFar as early:
        if data.study is None:
            raise
        return Absent(f"{str(early)[:1].upper()}{str(early)[1:]}")
    return None


def landmark(data: Data) -> list[Check]:
    """Return the check on time: on a linked study service is read before the landmark, leaving after it."""
    if data.unit != "customer":
        return []
    said = "Service is read before the landmark date, leaving after it: nobody's stay can lengthen their exposure."
    return [Check("landmark", "passed", said)]


def ends(data: Data, curves: Mapping[str, Curve], days: float) -> dict[str, Any]:
    """Return which two groups are `compared`, of those followed for so long, and of how many they are the largest (`largest_of`).

    Groups in an order are compared first with last. Of three or more without one the two largest are: names would compare by the alphabet.
    """
    ordered = not data.question.by and data.exposure is not None and data.exposure.kind != "category"
    seen = [name for name, curve in curves.items() if name not in ASIDE and curve.time[-1] >= days]
    largest = sorted(seen, key=lambda name: -curves[name].n)[:2]
    pair = seen if ordered else [name for name in seen if name in largest]
    several = len(seen) > 2 and not ordered
    return {"compared": [pair[0], pair[-1]] if len(pair) > 1 else [], "largest_of": len(seen) if several else None}


def robust_log_rank(rows: pd.DataFrame, group: pd.Series) -> tuple[float, int, float]:
    """Return chi-squared, degrees of freedom and p of the test between groups with weights or clusters: the score test, robust variance.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns ``y_elapsed, event, cluster``, perhaps ``cluster2`` and ``weight``.
    group : pandas.Series
        Group of each row.

    References
    ----------
    Lin & Wei (1989), JASA 84, section 3.
    """
    x = pd.get_dummies(group, drop_first=True).to_numpy(dtype=float)
    weight = rows["weight"].to_numpy(dtype=float) if "weight" in rows else np.ones(len(rows))
    time, event = (rows[name].to_numpy(dtype=float) for name in ("y_elapsed", "event"))
    sets = risk_sets(time, event, x, (weight, np.zeros(len(rows), dtype=int)))
    pull = back(sets, scores(sets, state_of(sets, np.zeros(x.shape[1]))))
    variance = joint(pull, [rows[name] for name in ("cluster", "cluster2") if name in rows])
    gap = pull.sum(axis=0)
    value, df = float(gap @ np.linalg.pinv(variance, hermitian=True) @ gap), x.shape[1]
    return value, df, float(chi2_above(value, df))
