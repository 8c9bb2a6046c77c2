"""The rows of a question: one per answer, invitation, contact or customer, with the service that came before."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
from ibis import ifelse

from cxresearch.ask.check import Check
from cxresearch.ask.errors import DataError, LeakageError, QuestionError
from cxresearch.ask.question import window_days
from cxresearch.ask.study import Study
from cxresearch.ask.values import indicator
from cxresearch.load.record import Record, record_of

Span = tuple[datetime, datetime] | None


@dataclass(frozen=True)
class Rows:
    """Rows before any metric is computed.

    Parameters
    ----------
    table : ibis.Table
        One row per unit: `unit_id`, `customer_id`, `at` (when the outcome was measured, or missing), `known_at`
        (up to when the service is known), `linked` (there was a contact) and every column at hand.
    unit : str
        ``answer``, ``invitation``, ``contact`` or ``customer``.
    ordered : ibis.Value or None
        True where the exposure begins before the outcome; None where order cannot be broken.
    landmark : datetime or None
        For customers: up to when service is read and from when on staying counts.
    checks : tuple of Check
        Until when the record goes, where the rows rest on it.
    """

    table: ibis.Table
    unit: str
    ordered: str | None = None
    landmark: datetime | None = None
    checks: tuple[Check, ...] = ()


def answers(tables: dict[str, ibis.Table], span: Span, window: str | None, customer: str) -> Rows:
    """Answered surveys in the period, each with the contact it is about, or with the last one in the window before."""
    surveys = _identified(tables["surveys"], "response_id", customer)
    answered = surveys.answered_at.notnull() if "answered_at" in surveys.columns else ibis.literal(True)
    rows = _within(surveys.filter(answered), "answered_at", span)
    rows = rows.mutate(at=rows.answered_at if "answered_at" in rows.columns else ibis.null("timestamp"))
    found = _about(rows.mutate(known_at=rows.at), tables, window, span)
    return Rows(found, "answer", "opened_at" if "contacts" in tables else None)


def invited(tables: dict[str, ibis.Table], span: Span, window: str | None, customer: str) -> ibis.Table | None:
    """Everybody invited, answered or not, as known when invited; `_in_period` says who was invited in the period.

    None where a period is asked for and nobody knows when the invitations went out.
    """
    surveys = _identified(tables["surveys"], "response_id", customer)
    if "invited_at" not in surveys.columns and span is not None:
        return None
    asked = surveys.invited_at if "invited_at" in surveys.columns else ibis.null("timestamp")
    inside = ibis.literal(True)
    if span is not None:
        start, end = (ibis.literal(edge).cast("timestamp") for edge in span)
        inside = (asked >= start) & (asked < end)
    return _about(surveys.mutate(at=asked, known_at=asked, _in_period=inside), tables, window)


def about_whom(surveys: ibis.Table, tables: dict[str, ibis.Table], customer: str) -> ibis.Table:
    """Return surveys with the contact that each is about and the customer, whatever their dates."""
    never = ibis.null("timestamp")
    return _about(_identified(surveys, "response_id", customer).mutate(at=never, known_at=never), tables, None)


def answers_only(surveys: ibis.Table) -> bool:
    """Return whether the record holds answers alone: nobody stands in it who was asked and did not answer."""
    if not {"invited_at", "answered_at"} & set(surveys.columns):
        return True
    return not surveys.filter(~_answered(surveys)).limit(1).count().execute()


def invitations(tables: dict[str, ibis.Table], span: Span, customer: str) -> Rows:
    """Every invitation in the period, answered or not, with the contact it is about."""
    surveys = _identified(tables["surveys"], "response_id", customer)
    asked = "invited_at" if "invited_at" in surveys.columns else "answered_at"
    rows = _within(surveys, asked, span)
    known = rows[asked] if asked in rows.columns else ibis.null("timestamp")
    rows = rows.mutate(at=known, known_at=known, answered=indicator(_answered(rows)))
    rows = _own(rows, tables["contacts"]) if "contacts" in tables else rows
    return Rows(_with_customers(rows, tables), "invitation", "opened_at")


def contacts(tables: dict[str, ibis.Table], span: Span, record: Record) -> Rows:
    """Contacts opened in the period; what has not happened by the end of the record (or by closing) is censored there."""
    rows = _within(_identified(tables["contacts"], "contact_id", "column"), "opened_at", span)
    end = ibis.literal(record.end).cast("timestamp")
    rows = rows.filter(rows.opened_at <= end) if record.beyond else rows
    known = end
    if {"closed_at", "resolved_at"} <= set(rows.columns):
        known = ifelse(rows.resolved_at.isnull() & rows.closed_at.notnull(), rows.closed_at, end)
    rows = _with_customers(rows.mutate(at=rows.opened_at, known_at=known, linked=True), tables)
    return Rows(rows, "contact", checks=(record.check,))


def customers(tables: dict[str, ibis.Table], landmark: datetime, window: str, record: Record, said: bool = False) -> Rows:
    """Customers with us on the landmark date, with their last contact in the window before it and what came after.

    With `said` also what they answered about that contact before the landmark; service is then known up to the answer.
    """
    people = tables["customers"].mutate(unit_id=tables["customers"].customer_id.cast("string"))
    mark, end = ibis.literal(landmark).cast("timestamp"), ibis.literal(record.end).cast("timestamp")
    if "observed_until" in people.columns:
        end = ibis.least(ibis.coalesce(people.observed_until, end), end)
    gone = people.left_at.notnull() & (people.left_at <= end)
    here = (people.joined_at <= mark) & (people.left_at.isnull() | (people.left_at > mark)) & (end > mark)
    until = ifelse(gone, people.left_at, end)
    days = (until.epoch_seconds() - mark.epoch_seconds()).cast("float64") / 86400
    seen = (end.epoch_seconds() - mark.epoch_seconds()).cast("float64") / 86400
    rows = people.mutate(at=mark, known_at=mark, landmark=mark, left=indicator(gone), stay_days=days, seen_days=seen).filter(here)
    if "contacts" in tables:
        rows = _last_before(rows, tables["contacts"], window_days(window), (landmark, landmark))
    if said and "contacts" in tables and {"contact_id", "answered_at", "kind"} <= set(tables.get("surveys", people).columns):
        rows = _with_answer(rows, tables["surveys"], mark)
    return Rows(rows, "customer", landmark=landmark, checks=(record.check,))


def horizon_of(tables: dict[str, ibis.Table], study: Study) -> datetime | None:
    """Return when observation ends, as `record_of` finds it; None where no table has a date."""
    return record_of(tables, study).end


def _about(rows: ibis.Table, tables: dict[str, ibis.Table], window: str | None, span: Span = None) -> ibis.Table:
    """Join the contact that each row is about, or the last one in the window before `at`, and the customer."""
    if "contacts" in tables:
        rows = _last_before(rows, tables["contacts"], window_days(window), span) if window else _own(rows, tables["contacts"])
    return _with_customers(rows, tables)


def _answered(surveys: ibis.Table) -> ibis.Value:
    """An answer is known by its date or by its score."""
    dated = surveys.answered_at.notnull() if "answered_at" in surveys.columns else ibis.literal(False)
    return dated | surveys.score.notnull()


def _identified(table: ibis.Table, key: str, customer: str) -> ibis.Table:
    if customer == "row":
        return table.mutate(unit_id=table[key].cast("string"), customer_id=table[key].cast("string"))
    return table.mutate(unit_id=table[key].cast("string"))


def _within(table: ibis.Table, column: str, span: Span) -> ibis.Table:
    if span is None:
        return table
    if column not in table.columns:
        raise QuestionError(f'a period was given, but these rows have no "{column}". Leave the period out: the study has no dates.')
    start, end = (ibis.literal(edge).cast("timestamp") for edge in span)
    return table.filter((table[column] >= start) & (table[column] < end))


def _own(rows: ibis.Table, contacts: ibis.Table) -> ibis.Table:
    if "contact_id" not in rows.columns:
        return rows.mutate(linked=False)
    extra = [name for name in contacts.columns if name not in rows.columns]
    lacks_customer = "customer_id" not in rows.columns
    right = contacts.select("contact_id", *extra).rename(_contact="contact_id")
    joined = rows.left_join(right, rows.contact_id == right._contact)
    joined = joined.mutate(linked=joined._contact.notnull()).drop("_contact")
    if not lacks_customer and "customer_id" in contacts.columns:
        return joined
    return joined.filter(joined.customer_id.notnull() | joined.linked) if "customer_id" in joined.columns else joined


def _last_before(rows: ibis.Table, contacts: ibis.Table, days: int, span: Span) -> ibis.Table:
    """Join the last contact opened in the window that ends before `at`; ties go to the larger contact_id.

    Where every `at` lies in a span, contacts that no window reaches are not read: of files in order of time, most are spared. Which contact
    was the last depends on customer and time alone, so that of the rows nothing else goes into the join with all contacts.
    """
    if "customer_id" not in rows.columns or "customer_id" not in contacts.columns:
        raise LeakageError('a window needs "customer_id" in both tables: without it nobody can say whose contacts came before.')
    extra = [name for name in contacts.columns if name not in rows.columns and name != "contact_id"]
    if span:
        first, end = (ibis.literal(edge).cast("timestamp") for edge in (span[0] - timedelta(days=days), span[1]))
        contacts = contacts.filter((contacts.opened_at >= first) & (contacts.opened_at < end))
    right = contacts.select("contact_id", "opened_at", "customer_id", *(name for name in extra if name != "opened_at"))
    right = right.rename(_contact="contact_id", _whose="customer_id", _opened="opened_at")
    moments = rows.select(_customer="customer_id", _at="at").mutate(_start=rows.at - ibis.interval(days=days))
    met = moments.join(right, (moments._customer == right._whose) & (right._opened < moments._at) & (right._opened >= moments._start))
    met = met.drop("_customer", "_start")
    order = ibis.window(group_by=[met._whose, met._at], order_by=[met._opened.desc(), met._contact.desc()])
    last = met.mutate(_rank=ibis.row_number().over(order))
    last = last.filter(last._rank == 0).rename(opened_at="_opened", met_contact="_contact").drop("_rank")
    plain = rows.drop("opened_at") if "opened_at" in rows.columns else rows
    joined = plain.left_join(last, (plain.customer_id == last._whose) & (plain["at"] == last._at))
    return joined.mutate(linked=joined._whose.notnull()).drop("_whose", "_at")


def _with_answer(rows: ibis.Table, surveys: ibis.Table, mark: ibis.Value) -> ibis.Table:
    """Join the first NPS answer about the contact that was met, given after it was opened and before the landmark."""
    given = surveys.filter((surveys.kind == "nps") & surveys.score.notnull() & surveys.answered_at.notnull() & (surveys.answered_at < mark))
    given = given.select("response_id", _about="contact_id", _said_at="answered_at", said_score="score")
    pairs = rows.select("met_contact", "opened_at").join(given, (rows.met_contact == given._about) & (given._said_at > rows.opened_at))
    order = ibis.window(group_by=pairs._about, order_by=[pairs._said_at, pairs.response_id])
    first = pairs.mutate(_rank=ibis.row_number().over(order))
    first = first.filter(first._rank == 0).select("_about", "_said_at", "said_score")
    joined = rows.left_join(first, rows.met_contact == first._about)
    return joined.mutate(known_at=ibis.coalesce(joined._said_at, joined.known_at)).drop("_about", "_said_at")


def _with_customers(rows: ibis.Table, tables: dict[str, ibis.Table]) -> ibis.Table:
    if "customers" not in tables or "customer_id" not in rows.columns:
        return rows
    people = tables["customers"]
    extra = [name for name in people.columns if name not in rows.columns]
    right = people.select("customer_id", *extra).rename(_whose="customer_id")
    joined = rows.left_join(right, rows.customer_id == right._whose)
    if "joined_at" in extra and "at" in rows.columns:
        months = (joined.at.epoch_seconds() - joined.joined_at.epoch_seconds()).cast("float64") / (86400 * 30.4375)
        joined = joined.mutate(tenure_months=months)
    return joined.drop("_whose")


class NotYetSeen(DataError):
    """Too little is observed after the landmark."""


def landmark_of(span: Span, record: Record, days: int, least: int) -> datetime:
    """Return the landmark: the end of the period, or so many days before the end of the record.

    Raises
    ------
    NotYetSeen
        Where fewer than `least` days are observed after it.
    """
    if record.end is None:
        raise NotYetSeen(record.check.detail)
    landmark = span[1] if span else record.end - timedelta(days=days)
    if landmark >= record.end or landmark + timedelta(days=least) > record.end:
        known = f"nothing is known after {record.end:%Y-%m-%d}: who stays cannot be seen yet. Choose an earlier period."
        doubt = f" {record.check.detail}" if record.check.status != "passed" else ""
        raise NotYetSeen(f"Service is read up to {landmark:%Y-%m-%d}, and {known}{doubt}")
    return landmark
