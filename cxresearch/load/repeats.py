"""The customer's next contact: whether they came back about the same thing, and what they met after an answer."""

from collections.abc import Mapping
from dataclasses import replace

import ibis
from ibis import ifelse

from cxresearch.ask.catalog import CATALOG
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.handling import RESOLVED
from cxresearch.ask.metrics import Metric
from cxresearch.ask.question import Question, name_of
from cxresearch.load.data import Data
from cxresearch.load.opened import tables_of
from cxresearch.load.units import horizon_of

NEXT = "next_contact_at"


def with_repeats(tables: Mapping[str, ibis.Table], question: Question, *, last: bool = False) -> dict[str, ibis.Table]:
    """Return the tables, the contacts with `next_contact_at` where the question needs it.

    That is when the same customer opened the next contact about the same reason; contacts without a reason are compared with each other.
    A contact that the company began itself is no return of the customer.

    Raises
    ------
    QuestionError
        Where the outcome is to be explained by it, and each row is joined to the `last` contact before: nobody came back after that one.
    """
    tables = dict(tables)
    asked = [name for name in _names(question) if RESOLVED in name]
    plain = next((name for name in asked if name in CATALOG and name != name_of(question.outcome)), None)
    if last and plain:
        raise QuestionError(
            f'"{plain}" of the last contact before is always yes: there was no further one. Ask about "mean_{plain}_90d", '
            "the share among all contacts of the 90 days before."
        )
    if asked and "contacts" in tables and "customer_id" in tables["contacts"].columns:
        tables["contacts"] = _next(tables["contacts"])
    return tables


def met_next(data: Data, exposure: Metric) -> ibis.Table | None:
    """Return, for each row, the first contact that its customer opened after `at`; None where contacts cannot be followed.

    Parameters
    ----------
    data : Data
        Linked from a study, with `at`.
    exposure : Metric
        What is read from the next contact, as known at the end of the record.

    Returns
    -------
    ibis.Table or None
        Columns `_unit` (the row's `unit_id`) and `x_next`; rows whose customer was not seen again are not there.
    """
    tables = tables_of(data.study).clean if data.study else {}
    contacts = tables.get("contacts")
    if contacts is None or "at" not in data.table.columns or not {"customer_id", "opened_at", *exposure.needs} <= set(contacts.columns):
        return None
    known = contacts.mutate(known_at=ibis.literal(horizon_of(tables, data.study)).cast("timestamp"))
    right = known.select(
        _whose=known.customer_id.cast("string"), _opened=known.opened_at, _key=known.contact_id, x_next=exposure.value(known)
    )
    keys = data.table.select(_unit="unit_id", _customer="customer", _at="at")
    met = keys.join(right, (keys._customer == right._whose) & (right._opened > keys._at))
    order = ibis.window(group_by=met._unit, order_by=[met._opened, met._key])
    met = met.mutate(_rank=ibis.row_number().over(order))
    return met.filter(met._rank == 0).select("_unit", "x_next")


def with_next(data: Data, exposure: Metric, held: Mapping[str, ibis.Value]) -> Data | None:
    """Return the rows with the exposure of the customer's next contact in place of their own; None where nobody can be followed.

    Parameters
    ----------
    data : Data
        With an exposure.
    exposure : Metric
        The exposure, under the name that it should have.
    held : mapping
        Further columns, made from the rows as they were.
    """
    later = met_next(data, exposure)
    if later is None:
        return None
    table = data.table.mutate(**held)
    joined = table.join(later, table.unit_id == later._unit)
    joined = joined.mutate(x=joined.x_next).drop("_unit", "x_next")
    return replace(data, table=joined.filter(joined.x.notnull()))


def _next(contacts: ibis.Table) -> ibis.Table:
    came = contacts.opened_at
    if "direction" in contacts.columns:
        came = ifelse(ibis.coalesce(contacts.direction, "") == "proactive", ibis.null("timestamp"), came)
    alike = ["customer_id", *(["reason"] if "reason" in contacts.columns else [])]
    order = [contacts.opened_at, contacts.contact_id]
    later = ibis.window(group_by=[contacts[name] for name in alike], order_by=order, rows=(1, None))
    return contacts.mutate(**{NEXT: came.min().over(later)})


def _names(question: Question) -> list[str]:
    members = (member for _, block in question.drivers for member in block)
    return [name_of(part) for part in (question.outcome, question.exposure, question.mediator, *question.adjust_for, *members) if part]
