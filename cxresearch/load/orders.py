"""Orders of a study: every customer's first order, the next one on a later day, and the months between, made in the engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import pandas as pd

from cxresearch.ask.among import worded
from cxresearch.ask.period import days_between, label_of, parse_period
from cxresearch.ask.question import Absent
from cxresearch.ask.study import Study
from cxresearch.load.chosen import NotInTheseRows, chosen_with_customers
from cxresearch.load.clock import to_local
from cxresearch.load.opened import tables_of
from cxresearch.load.units import horizon_of


@dataclass(frozen=True)
class Cohorts:
    """Customers by month of first order, and by months until they ordered again.

    Parameters
    ----------
    counts : pandas.DataFrame
        Columns ``cohort`` (months since year 0), ``again`` (months until the next order on a later day; missing where none), ``n``.
    last : int
        Last month that is wholly on record, counted alike.
    label : str
        Period of the first orders, as people write it.
    record : str
        First and last day on record, as people write them; "" where no order has a date.
    before : int
        Customers who had joined before the record of orders begins: their first order on record may not be their first.
    """

    counts: pd.DataFrame
    last: int
    label: str
    record: str
    before: int


def cohorts(study: Study, period: str | None = None, where: Mapping[str, Any] | None = None) -> Cohorts | Absent:
    """Return customers by month of first order and months until the next; counted in the engine.

    Parameters
    ----------
    study : Study
        From `open_study`.
    period : str, optional
        First orders that count; without it all on record.
    where : mapping, optional
        Among whom: column of the orders, or of their customers, to value or values.

    Returns
    -------
    Cohorts or Absent
        Absent where the study has no orders, does not say whose they are, or neither they nor customers have a column to choose by.

    Raises
    ------
    QuestionError
        Where no table has a column to choose by, or no row the value.
    """
    tables = tables_of(study).clean
    if "orders" not in tables or study.customer == "row":
        return Absent(f'Who orders again needs a table of orders with customers, which the study "{study.title}" does not have.')
    begins = first_order(tables["orders"])
    try:
        orders = chosen_with_customers(tables["orders"], where or {}, tables)
    except NotInTheseRows as elsewhere:
        return Absent(str(elsewhere))
    orders = orders.select("customer_id", at=to_local(orders.ordered_at, study.timezone))
    orders = orders.mutate(day=orders["at"].date())
    own = ibis.window(group_by=orders.customer_id)
    orders = orders.mutate(first=orders.day.min().over(own))
    later = orders.day > orders.first
    people = orders.group_by("customer_id").aggregate(
        first=orders.first.min(), start=month_index(orders.first).min(), next=month_index(orders.day).min(where=later)
    )
    if period:
        span = parse_period(period).bounds(study.timezone)
        start, end = (day.replace(tzinfo=UTC).astimezone(ZoneInfo(study.timezone)).date() for day in span)
        people = people.filter((people.first >= ibis.date(start.isoformat())) & (people.first < ibis.date(end.isoformat())))
    people = people.mutate(again=people.next - people.start)
    counts = people.group_by(cohort=people.start, again=people.again).aggregate(n=people.count()).order_by("cohort", "again").execute()
    if counts.empty:
        among = f" with {worded(where)}" if where else ""
        return Absent(f'No first order{among} lies in {period or "the record"}: the study "{study.title}" has none to follow.')
    label, horizon = label_of(period), horizon_of(tables, study)
    record = recorded(begins, horizon, study)
    return Cohorts(counts, _last_month(horizon, study.timezone), label, record, _before(tables.get("customers"), people, begins))


def first_order(orders: ibis.Table) -> datetime | None:
    """Return when the record of orders begins; None where no order has a date."""
    begins = orders.ordered_at.min().execute()
    return None if begins is None or begins != begins else begins.to_pydatetime()


def recorded(begins: datetime | None, horizon: datetime | None, study: Study) -> str:
    """Return the days on record, from the first order to the end of observation, as people write them; "" where there are none.

    Examples
    --------
    >>> from pathlib import Path
    >>> recorded(datetime(2024, 1, 5), datetime(2026, 1, 1), Study("s", "S", Path(), observed_until="2025-12-31"))
    '5 January 2024 to 31 December 2025'
    """
    if begins is None or horizon is None:
        return ""
    last = horizon - timedelta(microseconds=1) if study.observed_until else horizon
    return days_between(begins, max(begins, last), study.timezone)


def month_index(day: ibis.Value) -> ibis.Value:
    """Return the months since year 0 of a date."""
    return (day.year().cast("int64") * 12 + day.month().cast("int64") - 1).cast("int64")


def month_name(index: int) -> str:
    """Return the month as it is written.

    Examples
    --------
    >>> month_name(1997 * 12)
    '1997-01'
    """
    return f"{index // 12}-{index % 12 + 1:02d}"


def _last_month(end: datetime | None, zone: str) -> int:
    local = (end or datetime(1970, 1, 1)).replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) + timedelta(days=1)
    return local.year * 12 + local.month - 2


def _before(people: ibis.Table | None, counted: ibis.Table, begins: datetime | None) -> int:
    """Count who, of the customers that are counted, had joined before the first order of all is on record."""
    if people is None or "joined_at" not in people.columns or begins is None:
        return 0
    old = people.filter(people.joined_at < ibis.literal(begins).cast("timestamp"))
    return int(old.semi_join(counted, "customer_id").count().execute())
