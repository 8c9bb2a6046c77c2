"""What a customer met in the 90 days before each row: columns made in the engine, and only where a question names them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import ibis
from ibis import ifelse

from cxresearch.ask.catalog import CATALOG, MissingColumn, named
from cxresearch.ask.check import Check
from cxresearch.ask.history import DAYS, FAILED, FIXED, LEFT_OPEN, NEVER, RECOVERED, SCORE, WHOLE, summary_of
from cxresearch.ask.metrics import Metric
from cxresearch.ask.question import Question, name_of
from cxresearch.ask.values import indicator
from cxresearch.load.data import Parts
from cxresearch.load.rows import in_time
from cxresearch.load.units import Rows

TOUCHES = ("touches_90d", "touches_failed", "journey_ok", "journey", "recovery")
UNTOLD = "_untold"
NPS = "nps"


def with_history(rows: Rows, tables: Mapping[str, ibis.Table], question: Question, where: Iterable[str] = ()) -> Rows:
    """Return the rows with the columns of the 90 days before `at` that the question names.

    Parameters
    ----------
    rows : Rows
        With `unit_id`, `customer_id` and `at`.
    tables : mapping
        Canonical tables.
    question : Question
        Whose names are looked through.
    where : iterable of str
        Further columns that are asked for.

    Raises
    ------
    MissingColumn
        Where the study lacks the table behind a column.
    """
    wanted = [name for name in _named(question, where) if _is_history(name) and name not in rows.table.columns]
    if not wanted or not {"unit_id", "customer_id", "at"} <= set(rows.table.columns):
        return rows
    table = rows.table
    if set(wanted) & set(TOUCHES):
        table = _with_touches(table, _needed(tables, "touches", wanted), wanted)
    if {"contacts_90d", "channels_90d"} & set(wanted):
        table = _with_count(table, _needed(tables, "contacts", wanted), wanted)
    summed = [(name, *found) for name in wanted if (found := summary_of(name, CATALOG))]
    for base in {metric.name: metric for _, _, metric in summed}.values():
        named_here = {name: summary for name, summary, metric in summed if metric.name == base.name}
        table = _with_summaries(rows, table, tables, (base, named_here))
    if {"revenue_before", "revenue_after"} & set(wanted):
        table = _with_orders(table, _needed(tables, "orders", wanted), wanted)
    if "score_after" in wanted:
        table = _with_later_score(table, _needed(tables, "surveys", wanted))
    return replace(rows, table=table)


def those_who_scored(table: ibis.Table, parts: Parts, unit: str) -> tuple[ibis.Table, list[Check]]:
    """Keep the rows with an earlier score, where one explains or is held equal; count those without, and those with touches untold."""
    untold = _untold(table, unit)
    scores = [metric.name for metric in (parts.exposure, *parts.adjust_for) if metric and _is_score(metric.name)]
    if not scores or not set(scores) <= set(table.columns):
        return table, untold
    timely = in_time(table)
    counts = timely.aggregate(rows=timely.count(), told=indicator(timely[scores[0]].notnull()).sum()).execute().iloc[0]
    said = f"{int(counts['told'] or 0):,} of {int(counts['rows']):,} {unit}s have an earlier score in the {DAYS} days before."
    heard = Check("who answered", "doubt", f"Only those who had answered are seen: {said}")
    return table.filter(table[scores[0]].notnull()), [*untold, heard]


def _untold(table: ibis.Table, unit: str) -> list[Check]:
    """Count the rows before which a touch is on record, and not whether it went well."""
    if UNTOLD not in table.columns:
        return []
    timely = in_time(table)
    counts = timely.aggregate(rows=timely.count(), some=ibis.coalesce(indicator(timely[UNTOLD] > 0).sum(), 0)).execute().iloc[0]
    if not counts["some"]:
        return []
    of = f"Of {int(counts['rows']):,} {unit}s {int(counts['some']):,} follow touches in the {DAYS} days before"
    return [Check("touches", "doubt", f"{of} of which nobody noted whether they went well: these count as neither failed nor well.")]


def _is_score(name: str) -> bool:
    found = summary_of(name, CATALOG)
    return found is not None and found[1].name == SCORE


def _named(question: Question, where: Iterable[str]) -> list[str]:
    members = [member for _, block in question.drivers for member in block]
    parts = [part for part in (question.outcome, question.exposure, question.mediator, *question.adjust_for, *members) if part]
    needs = [need for part in parts if isinstance(part, Metric) for need in part.needs]
    by = [question.by] if question.by else []
    return list(dict.fromkeys([*map(name_of, parts), *needs, *by, *where, *dict(question.where)]))


def _is_history(name: str) -> bool:
    return name in FIXED or summary_of(name, CATALOG) is not None


def _needed(tables: Mapping[str, ibis.Table], name: str, wanted: list[str]) -> ibis.Table:
    if name not in tables or "customer_id" not in tables[name].columns:
        metric = named(next(each for each in wanted if _is_history(each)))
        raise MissingColumn(metric, [name])  # type: ignore[arg-type]
    return tables[name]


def _met(rows: ibis.Table, events: ibis.Table, stamp: str, *, later: bool = False, also: tuple[str, ...] = ()) -> ibis.Table:
    """Return the events of each row's customer in the 90 days before `at` (or, `later`, from it on), beside unit_id and at."""
    keys = rows.select("unit_id", "customer_id", "at", **{f"_{name}": rows[name] for name in also})
    span = ibis.interval(days=DAYS)
    keys = keys.mutate(_first=keys.at if later else keys.at - span, _end=keys.at + span if later else keys.at)
    right = events.rename(_whose="customer_id").mutate(_when=events[stamp])
    right = right.drop(*({"unit_id", "customer_id", "at", "_first", "_end"} & set(right.columns)))
    return keys.join(right, (keys.customer_id == right._whose) & (right._when >= keys._first) & (right._when < keys._end))


def _joined(rows: ibis.Table, found: ibis.Table, **columns: Any) -> ibis.Table:
    """Return the rows with columns made from an aggregate per unit_id; missing where there is none."""
    both = rows.left_join(found.rename(_unit="unit_id"), rows.unit_id == found.rename(_unit="unit_id")._unit)
    made = both.mutate(**{name: make(both) for name, make in columns.items()})
    return made.select(*rows.columns, *columns)


def _with_touches(rows: ibis.Table, touches: ibis.Table, wanted: list[str]) -> ibis.Table:
    ok = touches.ok if "ok" in touches.columns else ibis.literal(True)
    failed = ifelse(ok.isnull(), ibis.null("int64"), ifelse(ok if ok.type().is_boolean() else ok == 1, 0, 1))
    found = _met(rows, touches.select("customer_id", _on="at", _failed=failed), "_on")
    found = found.group_by("unit_id").aggregate(
        _n=found.count().cast("int64"), _bad=found._failed.sum().cast("int64"), _blank=found._failed.isnull().sum().cast("int64")
    )
    whole = lambda t: ifelse(t._bad.isnull(), ibis.null("int64"), ifelse(t._bad > 0, 0, 1))  # noqa: E731
    makes = {
        "touches_90d": lambda t: ibis.coalesce(t._n, 0), "touches_failed": lambda t: ifelse(t._n.isnull(), 0, t._bad), "journey_ok": whole,
        "journey": lambda t: ibis.cases((t._bad.isnull(), ibis.null("string")), (t._bad > 0, FAILED), else_=WHOLE), "recovery": _recovery,
    }  # fmt: skip
    makes = {name: make for name, make in makes.items() if name in wanted}
    return _joined(rows, found, **makes, **({UNTOLD: lambda t: ibis.coalesce(t._blank, 0)} if set(makes) - {"touches_90d"} else {}))


def _recovery(t: ibis.Table) -> ibis.Value:
    again = ibis.coalesce(t.reopens, 0) > 0 if "reopens" in t.columns else ibis.literal(False)
    known = t.known_at if "known_at" in t.columns else t["at"]
    done = t.resolved_at.notnull() & (t.resolved_at <= known) if "resolved_at" in t.columns else ibis.null("boolean")
    failed = again | (ibis.coalesce(t._bad, 0) > 0)
    untold = ~failed & t._n.notnull() & t._bad.isnull()
    return ibis.cases((untold, ibis.null("string")), (~failed, NEVER), (done, RECOVERED), (~done, LEFT_OPEN), else_=ibis.null("string"))


def _with_count(rows: ibis.Table, contacts: ibis.Table, wanted: list[str]) -> ibis.Table:
    if "channels_90d" in wanted and "channel" not in contacts.columns:
        raise MissingColumn(FIXED["channels_90d"], ["channel"])
    channel = contacts.channel if "channel" in contacts.columns else ibis.null("string")
    met = _met(rows, contacts.select("customer_id", "opened_at", _channel=channel), "opened_at")
    counts = {"contacts_90d": met.count(), "channels_90d": met["_channel"].nunique()}
    found = met.group_by("unit_id").aggregate(**{f"_{name}": counts[name].cast("int64") for name in counts if name in wanted})
    return _joined(rows, found, **{name: (lambda t, at=f"_{name}": ibis.coalesce(t[at], 0)) for name in counts if name in wanted})


def _with_summaries(rows: Rows, table: ibis.Table, tables: Mapping[str, ibis.Table], asked: tuple[Metric, dict[str, str]]) -> ibis.Table:
    """Add the mean, worst, last ... of one quantity over the contacts or scores before; missing where there is none."""
    base, names = asked
    met = _scores(rows, table, tables) if base.name == SCORE else _contacts(table, tables, base)
    known = met.filter(met._value.notnull())
    order = ibis.window(group_by=known.unit_id, order_by=[known._when.desc(), known._key.desc()])
    known = known.mutate(_rank=ibis.row_number().over(order))
    worst = known._value.min() if base.better == "higher" else known._value.max()
    last = known._value.max(where=known._rank == 0)
    parts = {"mean": known._value.mean(), "sum": known._value.sum(), "worst": worst, "last": last, "peak_end": (worst + last) / 2}
    found = known.group_by("unit_id").aggregate(**{f"_{summary}": parts[summary] for summary in set(names.values())})
    return _joined(table, found, **{name: (lambda t, column=f"_{summary}": t[column]) for name, summary in names.items()})


def _contacts(table: ibis.Table, tables: Mapping[str, ibis.Table], base: Metric) -> ibis.Table:
    contacts = _needed(tables, "contacts", [f"mean_{base.name}_{DAYS}d"])
    missing = [name for name in base.needs if name not in contacts.columns]
    if missing:
        raise MissingColumn(base, missing)
    columns = dict.fromkeys([*base.needs, "opened_at"])
    met = _met(table, contacts.select("customer_id", *columns, _key="contact_id"), "opened_at")
    met = met.mutate(known_at=met["at"])
    value = base.value(met)
    return met.mutate(_value=ibis.coalesce(value, base.elapsed(met)) if base.elapsed else value)


def _scores(rows: Rows, table: ibis.Table, tables: Mapping[str, ibis.Table]) -> ibis.Table:
    surveys = _needed(tables, "surveys", [f"mean_{SCORE}_{DAYS}d"])
    if "answered_at" not in surveys.columns:
        raise MissingColumn(named(f"mean_{SCORE}_{DAYS}d"), ["answered_at"])  # type: ignore[arg-type]
    alike = rows.unit in ("answer", "invitation") and "kind" in table.columns
    events = surveys.filter(surveys.answered_at.notnull() & surveys.score.notnull())
    events = events.select("customer_id", "answered_at", "kind", _key="response_id", _value=events.score.cast("float64"))
    met = _met(table, events, "answered_at", also=("kind",) if alike else ())
    return met.filter(met.kind == met._kind) if alike else met.filter(met.kind == NPS)


def _with_orders(rows: ibis.Table, orders: ibis.Table, wanted: list[str]) -> ibis.Table:
    if "amount" not in orders.columns:
        raise MissingColumn(FIXED["revenue_before"], ["amount"])
    events = orders.select("customer_id", "ordered_at", _amount=orders.amount.cast("float64"))
    for name, later in (("revenue_before", False), ("revenue_after", True)):
        if name in wanted:
            met = _met(rows, events, "ordered_at", later=later)
            found = met.group_by("unit_id").aggregate(_sum=met._amount.sum())
            rows = _joined(rows, found, **{name: _seen if later else _or_nothing})
    return rows


def _or_nothing(t: ibis.Table) -> ibis.Value:
    return ibis.coalesce(t._sum, indicator(ibis.literal(False)))


def _seen(t: ibis.Table) -> ibis.Value:
    return ifelse(t.seen_days < DAYS, ibis.null("float64"), _or_nothing(t)) if "seen_days" in t.columns else _or_nothing(t)


def _with_later_score(rows: ibis.Table, surveys: ibis.Table) -> ibis.Table:
    if "answered_at" not in surveys.columns:
        raise MissingColumn(FIXED["score_after"], ["answered_at"])
    events = surveys.filter(surveys.answered_at.notnull() & (surveys.kind == NPS))
    events = events.select("customer_id", "answered_at", _score=events.score.cast("float64"))
    met = _met(rows, events, "answered_at", later=True)
    found = met.group_by("unit_id").aggregate(_mean=met._score.mean())
    return _joined(rows, found, score_after=lambda t: t._mean)
