"""Who leaves when: the hazard of leaving in each period, and how many more customers are kept.

References
----------
Singer & Willett (1993), Journal of Educational Statistics 18 (discrete-time survival); Cameron & Miller (2015), JHR 50 (clusters).
"""

from typing import Any

import numpy as np
import pandas as pd

from cxresearch.ask.errors import QuestionError
from cxresearch.load.data import Data
from cxresearch.relate.design import contrast_for, design
from cxresearch.relate.follow_up import landmark, observed, staying_only
from cxresearch.relate.influence import spread
from cxresearch.relate.kept import case_from, columns_of, differences, doubts, facts_about, named, wanted
from cxresearch.relate.method import method
from cxresearch.relate.periods import Periods, in_periods, leaving, periods_of
from cxresearch.relate.predicted import Case
from cxresearch.relate.relation import Relation
from cxresearch.relate.sample import rows_of
from cxresearch.relate.separated import comparable
from cxresearch.relate.standing import wilson
from cxresearch.relate.tails import normal_quantile

MOST_PERIODS = 60


@method
def hazard(data: Data, *, days: float = 90, every: float = 30, contrast: float | str = "auto") -> Relation:
    """Estimate how many more customers are kept with the exposure, from the hazard of leaving in each period.

    Parameters
    ----------
    data : Data
        With a survival outcome ("retention" on a linked study, or `cx.Survival`) and an exposure.
    days : float
        After how long the share kept is compared, in the unit of the duration.
    every : float
        Length of a period, in the same unit; the last one ends at `days`.
    contrast : float or str
        As in `effect`; "auto": the question's own, else halving for a wait and +1 for the rest.

    Returns
    -------
    Relation
        `estimates`: naive and adjusted, difference in the share kept after `days` for the contrast; term "period", the share that left in
        each period of those there at its beginning. `curve`: the difference at the end of each period.

    Raises
    ------
    QuestionError
        Where the outcome is no survival, there is no exposure, or the periods are none or more than 60.
    LeakageError
        Where the exposure is known only after the landmark.
    MethodError
        Where nobody left, nobody is observed for so long, or leaving is separated by the columns.

    Notes
    -----
    Logistic regression on one row per customer and period, made in the engine; each period has its own baseline, unless fewer than five
    left in it. A group of a confounder in which nobody left, or everybody, is set aside and counted. Who is lost from sight within a
    period counts for the part that was seen. Differences are averaged over the customers as they are (g-computation); errors from
    influences summed by cluster, t(G - 1).

    Examples
    --------
    >>> import cxresearch as cx
    >>> draw = np.random.default_rng(1)
    >>> frame = pd.DataFrame({"who": range(400), "met": draw.integers(0, 2, 400), "left": 1})
    >>> frame["weeks"] = draw.exponential(20 + 20 * frame["met"])
    >>> question = cx.Question(outcome=cx.Survival(duration="weeks", event="left", unit="weeks"), exposure="met")
    >>> found = cx.methods.hazard(cx.from_frame(frame, question, customer="who"), days=20, every=5)
    >>> 0.1 < float(found.row("adjusted").estimate) < 0.4
    True

    References
    ----------
    Singer and Willett (1993), It's about time: using discrete-time survival analysis, Journal of Educational Statistics 18.
    """
    staying_only(data, "hazard", repeats=True)
    log, factor, *words = contrast_for(data, contrast)
    edges = _edges(days, every)
    columns = design(data, log=log)
    seen = data.table.aggregate(low=data.table.y_elapsed.min(), high=data.table.y_elapsed.max(), events=data.table.y.count()).execute()
    observed(seen[["low", "high"]].to_numpy(), seen["events"].iloc[0], days, data.outcome.unit)
    frame, notes = rows_of(in_periods(columns.table, edges), [*wanted(data, columns), "_period", "_event", "_seen"])
    frame, columns, aside = comparable(frame, data, columns, one_row=False)
    base, periods, found = periods_of(frame, len(edges) - 1)
    case = case_from(base, data, columns, factor)
    models = {}
    for term in ("naive", "adjusted"):
        names = columns_of(case, term)
        models[term] = leaving(periods, case.frame[names].to_numpy(dtype=float), named(data, names), case.clusters[0])
    there = (frame["_event"] == 0) & (frame["_seen"] >= 1)
    counts = np.bincount(periods.period, there, minlength=len(edges) - 1)
    rows, curve = differences(case, models, edges[1:], counts)
    rows = [*rows, *_by_period(case, periods, edges, data.outcome.unit)]
    checks = (
        *data.checks,
        *columns.checks,
        *notes,
        *aside,
        *found,
        *doubts(data, case, int(periods.event.sum()), held=bool(data.adjust_for)),
        *landmark(data),
    )
    settings = {"days": days, "every": every, "contrast": contrast}
    facts = facts_about(data, days, (words[0], words[1]), [row for row in rows if row["term"] == "adjusted"])
    return Relation("hazard", data.question, pd.DataFrame(rows), curve, checks, settings, facts | {"events": int(periods.event.sum())})


def _edges(days: float, every: float) -> np.ndarray:
    if not every > 0 or not days > 0:
        raise QuestionError(f"days is {days:g} and every is {every:g}; both are times after the start, for instance 90 and 30.")
    count = int(np.ceil(days / every - 1e-9))
    if count > MOST_PERIODS:
        raise QuestionError(f"{days:g} in steps of {every:g} are {count} periods; {MOST_PERIODS} are enough. Give a larger `every`.")
    return np.minimum(np.arange(count + 1) * float(every), float(days))


def _by_period(case: Case, periods: Periods, edges: np.ndarray, unit: str) -> list[dict[str, Any]]:
    """Return the share that left in each period, as recorded, with Wilson's interval for the effective number."""
    found = []
    for at in range(len(edges) - 1):
        here = periods.period == at
        if not here.any():
            continue
        weight, event, who = periods.weight[here], periods.event[here], periods.unit[here]
        share = float(weight @ event / weight.sum())
        pull = weight * (event - share) / weight.sum()
        variance, groups = spread(pull, [way[who] for way in case.clusters])
        effective = share * (1 - share) / variance if variance > 0 else float(groups)
        (low,), (high,) = wilson(np.array([share]), np.array([effective]), normal_quantile(0.975))
        found.append({"term": "period", "level": f"{edges[at]:g} to {edges[at + 1]:g} {unit}", "estimate": share, "low": low, "high": high,
                      "n": int(here.sum()), "std_error": float(np.sqrt(variance)), "clusters": groups})  # fmt: skip
    return found
