"""Orders of a study: every customer's first order, the next one on a later day, and the months between, made in the engine."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import ibis
import pandas as pd

from cxresearch.ask.period import parse_period
from cxresearch.ask.question import Absent
from cxresearch.ask.study import Study
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
    before : int
        Customers who had joined before the record of orders begins: their first order on record may not be their first.
    """

    counts: pd.DataFrame
    last: int
    label: str
    before: int


def cohorts(study: Study, period: str | None = None) -> Cohorts | Absent:
    """Return customers by month of first order and months until the next; counted in the engine.

    Parameters
    ----------
    study : Study
        From `open_study`.
    period : str, optional
        First orders that count; without it all on record.

    Returns
    -------
    Cohorts or Absent
        Absent where the study has no orders, or does not say whose they are.
    """
    tables = tables_of(study).clean
    if "orders" not in tables or study.customer == "row":
        return Absent(f'Who orders again needs a table of orders with customers, which the study "{study.title}" does not have.')
    orders = tables["orders"].select("customer_id", at=to_local(tables["orders"].ordered_at, study.timezone))
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
        return Absent(f'No first order lies in {period}: the study "{study.title}" has none to follow.')
    label = parse_period(period).label if period else "everything on record"
    return Cohorts(counts, _last_month(horizon_of(tables, study), study.timezone), label, _before(tables, study))


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


def _before(tables: dict[str, ibis.Table], study: Study) -> int:
    """Count who had joined more than a month before the first order of all is on record."""
    people = tables.get("customers")
    if people is None or "joined_at" not in people.columns:
        return 0
    begins = tables["orders"].ordered_at.min().execute()
    if begins is None or begins != begins:
        return 0
    old = people.joined_at < ibis.literal(begins.to_pydatetime()).cast("timestamp")
    bought = people.filter(old).semi_join(tables["orders"], "customer_id")
    return int(bought.count().execute())
