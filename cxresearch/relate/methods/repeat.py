"""Who orders again: repeat share and cohorts by month of first order.

References
----------
Fader & Hardie (2001), Forecasting repeat sales at CDNOW: a case study, Interfaces 31; Wilson (1927), JASA 22.
"""

import numpy as np
import pandas as pd

from cxresearch.ask.among import Where, conditions
from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.question import Absent, Question
from cxresearch.ask.study import Study
from cxresearch.load.orders import Cohorts, cohorts, month_name
from cxresearch.relate.doubts import FEW, WARN
from cxresearch.relate.method import of_study
from cxresearch.relate.relation import Relation
from cxresearch.relate.standing import wilson
from cxresearch.relate.tails import normal_quantile

MOST_MONTHS = 36


@of_study
def repeat(study: Study, *, period: str | None = None, where: Where = None, months: int = 12) -> Relation | Absent:
    """Count who orders again, on a later day than their first order, and how soon.

    Parameters
    ----------
    study : Study
        With a table of orders.
    period : str, optional
        First orders that count; without it all on record.
    where : mapping or str, optional
        As in `cx.link`: these customers only. A column of the orders themselves chooses orders.
    months : int
        Up to so many months after the month of the first order, 1 to 36.

    Returns
    -------
    Relation or Absent
        `estimates`: term "within", level "3": of the customers seen for so many months, the share that had ordered again; term "ever":
        of all customers that count; term "cohort", level "1997-01": so far, by month of first order. Wilson intervals.
        `curve`: the cohort table: term the cohort ("" all together), x months after the month of the first order.
        Absent where the study has no orders of customers, or neither has a column of `where`.

    Raises
    ------
    QuestionError
        Where `months` is not 1 to 36, or a name or a value in `where` is unknown.

    Notes
    -----
    Orders on the day of the first order are one purchase. Months are those of the calendar, in the study's time zone: "within 1" is up to
    the end of the month after that of the first order. A share is given only where every customer behind it is seen for so long.

    Examples
    --------
    >>> import cxresearch as cx
    >>> cx.methods.repeat(cx.Absent("no orders")).reason
    'no orders'
    """
    if not 1 <= months <= MOST_MONTHS:
        raise QuestionError(f"months is {months}; it can be 1 to {MOST_MONTHS}.")
    where = conditions(where)
    found = cohorts(study, period, where)
    if isinstance(found, Absent):
        return found
    curve = _table(found, months)
    estimates = pd.concat([_within(curve), _ever(found)], ignore_index=True)
    facts = {
        "study": study.title, "period": found.label, "record": found.record, "where": where, "months": months,
        "customers": int(found.counts["n"].sum()),
        "disclosure_limit": study.disclosure_limit, "outcome_label": "Customers who order again", "outcome_kind": "share",
        "outcome_phrase": "customers who order again", "unit": "of 100", "better": "higher", "row_unit": "customer", "design": study.design,
        "worth": study.worth.get("repeat"),
    }  # fmt: skip
    question, settings = Question(outcome="repeat", design=study.design), {"period": period, "where": where, "months": months}
    return Relation("repeat", question, estimates, curve, tuple(_checks(found)), settings, facts)


def _table(found: Cohorts, months: int) -> pd.DataFrame:
    """Return the cohort table, all cohorts together first."""
    rows = []
    for k in range(months + 1):
        seen = found.counts[found.counts["cohort"] + k <= found.last]
        if not seen.empty:
            rows.append(("", k, *_shares(seen, k)))
        rows += [(month_name(int(cohort)), k, *_shares(part, k)) for cohort, part in seen.groupby("cohort")]
    made = pd.DataFrame(rows, columns=["term", "x", "again", "n"])
    return _with_interval(made).sort_values(["term", "x"], ignore_index=True)


def _shares(part: pd.DataFrame, k: int) -> tuple[int, int]:
    return int(part.loc[part["again"] <= k, "n"].sum()), int(part["n"].sum())


def _within(curve: pd.DataFrame) -> pd.DataFrame:
    pooled = curve[(curve["term"] == "") & (curve["x"] > 0)]
    return pooled.assign(term="within", level=pooled["x"].astype(str)).drop(columns="x")


def _ever(found: Cohorts) -> pd.DataFrame:
    known = found.counts.assign(again=found.counts["n"].where(found.counts["again"].notna(), 0))
    by = known.groupby("cohort", as_index=False)[["again", "n"]].sum()
    rows = [("ever", "", int(by["again"].sum()), int(by["n"].sum()))]
    rows += [("cohort", month_name(int(row.cohort)), int(row.again), int(row.n)) for row in by.itertuples()]
    return _with_interval(pd.DataFrame(rows, columns=["term", "level", "again", "n"]))


def _with_interval(made: pd.DataFrame) -> pd.DataFrame:
    share, n = (made["again"] / made["n"]).to_numpy(dtype=float), made["n"].to_numpy(dtype=float)
    low, high = wilson(share, n, float(normal_quantile(0.975)))
    return made.assign(estimate=share, low=np.asarray(low), high=np.asarray(high))


def _checks(found: Cohorts) -> list[Check]:
    n = int(found.counts["n"].sum())
    status, cap = ("failed", "inconclusive") if n < FEW else ("doubt" if n < WARN else "passed", None)
    checks = [Check("customers", status, f"{n:,} customers with a first order on record.", cap)]
    checks.append(Check("same day", "passed", "Orders on the day of the first order count as one purchase."))
    if found.before:
        said = (
            f"{found.before:,} customers had joined before the record of orders begins: their first order on record may not be their first."
        )
        checks.append(Check("first orders", "doubt", said, "suggestive"))
    return checks
