"""Customers' lives by month: time under observation, leaving and revenue, summed in the engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import ibis
import numpy as np

from cxresearch.ask.period import label_of, parse_period
from cxresearch.ask.question import Absent
from cxresearch.ask.study import Study
from cxresearch.ask.values import indicator
from cxresearch.load.chosen import NotInTheseRows, chosen_with_customers
from cxresearch.load.opened import tables_of
from cxresearch.load.orders import first_order, recorded
from cxresearch.load.units import horizon_of

MONTH = 30.4375 * 86400


@dataclass(frozen=True)
class Lives:
    """Sums by customer and month of life.

    Parameters
    ----------
    table : ibis.Table
        One row per customer: `cluster`, ``exposure_k`` (months under observation in month k of life), ``left_k``, ``revenue_k``.
    months : int
        How many months.
    leaving : bool
        Whether it is recorded who left; otherwise lives begin with the first order and never end.
    label : str
        Period of the beginnings, as people write it.
    record : str
        First and last day on record, as people write them; "" where no order has a date.
    """

    table: ibis.Table
    months: int
    leaving: bool
    label: str
    record: str


def lives(study: Study, months: int, period: str | None = None, where: Mapping[str, Any] | None = None) -> Lives | Absent:
    """Return what every customer was worth in each month since joining (or since the first order), in the engine.

    Parameters
    ----------
    study : Study
        From `open_study`.
    months : int
        Months of life that are looked at.
    period : str, optional
        When the lives began; without it all.
    where : mapping, optional
        Among whom: column of customers to value or values; where nobody is recorded as leaving, also a column of orders.

    Returns
    -------
    Lives or Absent
        Absent where the study has no amounts of orders, does not say whose they are, or customers have no column to choose by.

    Raises
    ------
    QuestionError
        Where no table has a column to choose by, or no row the value.
    """
    tables = tables_of(study).clean
    orders = tables.get("orders")
    if orders is None or "amount" not in orders.columns or study.customer == "row":
        return Absent(f'Lifetime value needs orders with amounts and customers, which the study "{study.title}" does not have.')
    begins, horizon, people = first_order(orders), horizon_of(tables, study), tables.get("customers")
    leaving = people is not None and {"joined_at", "left_at"} <= set(people.columns)
    try:
        if leaving:
            people = chosen_with_customers(people, where or {}, tables)
        else:
            orders = chosen_with_customers(orders, where or {}, tables)
    except NotInTheseRows as elsewhere:
        return Absent(str(elsewhere))
    orders = orders.select("customer_id", spent_at=_seconds(orders.ordered_at), amount=orders.amount.cast("float64"))
    whole = _joined(people, _begun(begins), _end(horizon)) if leaving else _bought(orders, _end(horizon))
    if period:
        start, stop = (float(edge.timestamp()) for edge in map(_utc, parse_period(period).bounds(study.timezone)))
        whole = whole.filter((whole.start >= start) & (whole.start < stop))
    table = _by_month(whole, orders, months)
    label = label_of(period)
    return Lives(table, months, leaving, label, recorded(begins, horizon, study))


def _joined(people: ibis.Table, begins: float, end: float) -> ibis.Table:
    """Customers from joining on; those who were there before the record begins enter with it."""
    until = ibis.literal(end)
    if "observed_until" in people.columns:
        until = ibis.least(ibis.coalesce(_seconds(people.observed_until), until), until)
    gone = people.left_at.notnull() & (_seconds(people.left_at) < until)
    start = _seconds(people.joined_at)
    rows = people.select(
        "customer_id", start=start, enter=ibis.greatest(start, ibis.literal(begins)), gone=indicator(gone),
        leave=ibis.ifelse(gone, _seconds(people.left_at), until),
    )  # fmt: skip
    return rows.filter(rows.start.notnull() & (rows.leave > rows.enter))


def _bought(orders: ibis.Table, end: float) -> ibis.Table:
    first = orders.group_by("customer_id").aggregate(start=orders.spent_at.min())
    made = first.mutate(enter=first.start, gone=indicator(ibis.literal(False)), leave=ibis.literal(end))
    return made.filter(made.leave > made.enter)


def _by_month(people: ibis.Table, orders: ibis.Table, months: int) -> ibis.Table:
    spent = orders.rename(_whose="customer_id")
    met = people.join(spent, people.customer_id == spent._whose)
    met = met.filter((met.spent_at >= met.enter) & (met.spent_at <= met.leave))
    age = (met.spent_at - met.start) / MONTH
    sums = {f"revenue_{k}": met.amount.sum(where=(age >= float(k)) & (age < float(k + 1))) for k in range(months)}
    money = met.group_by("customer_id").aggregate(**sums).rename(_whose="customer_id")
    both = people.left_join(money, people.customer_id == money._whose)
    zero = indicator(ibis.literal(False))
    made: dict[str, Any] = {}
    for k in range(months):
        low, high = both.start + k * MONTH, both.start + (k + 1) * MONTH
        inside = ibis.least(both.leave, high) - ibis.greatest(both.enter, low)
        made[f"exposure_{k}"] = ibis.greatest(inside, zero) / MONTH
        made[f"left_{k}"] = both.gone * indicator((both.leave >= low) & (both.leave < high))
        made[f"revenue_{k}"] = ibis.coalesce(both[f"revenue_{k}"], zero)
    return both.select(cluster=both.customer_id.cast("string"), **made)


def sums_of(found: Lives, key: ibis.Value) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return exposure, leaving and revenue by bucket of customers and month, each of shape (B, months)."""
    names = [f"{what}_{k}" for what in ("exposure", "left", "revenue") for k in range(found.months)]
    rows = found.table.mutate(_bucket=key)
    frame = rows.group_by("_bucket").aggregate(**{name: rows[name].sum() for name in names}).order_by("_bucket").execute()
    parts = frame[names].to_numpy(dtype=float).reshape(len(frame), 3, found.months)
    return parts[:, 0], parts[:, 1], parts[:, 2]


def _seconds(stamp: ibis.Value) -> ibis.Value:
    return stamp.epoch_seconds().cast("float64")


def _end(horizon: datetime | None) -> float:
    return float(_utc(horizon or datetime(1970, 1, 1)).timestamp())


def _begun(begins: datetime | None) -> float:
    return float(int(_utc(begins).timestamp())) if begins else 0.0


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
