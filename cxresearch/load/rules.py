"""What a table must be: rows that break a rule are quarantined with the rule and counted, never dropped in silence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ibis

from cxresearch.ask.errors import StudyError, nearest
from cxresearch.ask.study import Study
from cxresearch.ask.study_schema import REQUIRED
from cxresearch.ask.table_spec import Scale, TableSpec
from cxresearch.load.casting import IBIS_TYPES

EPOCH = datetime(1971, 1, 1)
PLANS_AHEAD = ("due_at", "observed_until")
ORDERED = (
    ("contacts", "opened_at", "first_response_at", "answered before opened"),
    ("contacts", "opened_at", "resolved_at", "resolved before opened"),
    ("contacts", "opened_at", "closed_at", "closed before opened"),
    ("surveys", "invited_at", "answered_at", "answered before invited"),
    ("customers", "joined_at", "left_at", "left before joined"),
)
NEVER_NEGATIVE = ("reopens", "transfers", "replies", "sla_target", "weight", "amount")


@dataclass(frozen=True)
class Rule:
    """One rule of a contract.

    Parameters
    ----------
    name : str
        As it stands in the audit: "resolved before opened".
    broken : callable
        ``table -> boolean column``, true where a row breaks it; a missing value breaks nothing.
    """

    name: str
    broken: Callable[[ibis.Table], ibis.Value]


def readable(column: str, kind: str) -> Rule:
    """Return the rule that what stands in a column can be read as its type."""
    words = {"timestamp": "date not readable", "boolean": "neither yes nor no"}.get(kind, "text in a numeric column")
    return Rule(f"{words}: {column}", lambda t: t[f"unreadable_{column}"])


def rules(study: Study, spec: TableSpec, columns: dict[str, str], until: datetime | None) -> tuple[Rule, ...]:
    """Return the rules of a table, in the order in which the first one broken counts.

    Parameters
    ----------
    study, spec
        What study.toml says.
    columns : dict
        Columns present and their types.
    until : datetime or None
        End of observation, in UTC: later dates cannot be.

    Raises
    ------
    StudyError
        Where a scale is declared for text.
    """
    found = [_missing(column) for column in REQUIRED[spec.name] if column in columns and column not in ("score", "kind")]
    found += [_missing("customer_id")] if spec.name == "surveys" and "customer_id" in columns and study.customer == "column" else []
    stamps = [column for column, kind in columns.items() if kind == "timestamp"]
    found += [_too_early(column) for column in stamps]
    found += [_future(column, until) for column in stamps if until and column not in PLANS_AHEAD]
    found += [
        _order(first, second, name) for table, first, second, name in ORDERED if table == spec.name and {first, second} <= set(columns)
    ]
    found += [_negative(column) for column in NEVER_NEGATIVE if column in columns]
    scaled = [column for column in columns if column in study.scales and column != "score"]
    for column in scaled:
        if columns[column] == "text":
            said = f'"{column}" of tables.{spec.name} is text, and a scale is declared for it'
            raise StudyError(f"{study.file}: {said}. Take it out of the scale's columns, or map a column of numbers.")
    found += [_outside(column, study.scales[column]) for column in scaled]
    return tuple(found + (_score_rules(study) if spec.name == "surveys" and {"kind", "score"} <= set(columns) else []))


def _missing(column: str) -> Rule:
    return Rule(f"{column} missing", lambda t: t[column].isnull())


def _too_early(column: str) -> Rule:
    return Rule(f"date before 1971: {column}", lambda t: _true(t[column] < ibis.literal(EPOCH)))


def _future(column: str, until: datetime) -> Rule:
    return Rule(f"date in the future: {column}", lambda t: _true(t[column] >= ibis.literal(until)))


def _order(first: str, second: str, name: str) -> Rule:
    return Rule(name, lambda t: _true(t[second] < t[first]))


def _negative(column: str) -> Rule:
    return Rule(f"negative: {column}", lambda t: _true(t[column] < 0))


def _outside(column: str, scale: Scale) -> Rule:
    return Rule(
        f"outside its scale ({scale.low:g} to {scale.high:g}): {column}",
        lambda t: _true((t[column] < scale.low) | (t[column] > scale.high)),
    )


def _score_rules(study: Study) -> list[Rule]:
    def outside(kind: str, scale: Scale) -> Rule:
        beyond = lambda t: _true((t.kind == kind) & ((t.score < scale.low) | (t.score > scale.high)))  # noqa: E731
        return Rule(f"outside its scale ({scale.low:g} to {scale.high:g}): {kind} score", beyond)

    kinds = {kind: study.scales[kind] for kind in scored_kinds(study)}
    undeclared = Rule("no scale declared for this kind of survey", lambda t: t.kind.isnull() | ~t.kind.isin(list(kinds)))
    return [undeclared, *(outside(kind, scale) for kind, scale in kinds.items())]


def scored_kinds(study: Study) -> tuple[str, ...]:
    """Return the kinds of survey: the scales that are no column of the surveys.

    Raises
    ------
    StudyError
        Where a constant kind has no scale: without one, a 1-5 or 1-10 item would pass for a 0-10 item.
    """
    spec = study.tables.get("surveys")
    named = {*spec.columns, *spec.keep} if spec else set()
    constant = spec.constants.get("kind") if spec else None
    if constant and constant not in study.scales:
        raise StudyError(
            f'{study.file}: scales.{constant} is missing. Surveys of kind "{constant}" need a declared scale: low, high and blank codes.'
        )
    return tuple(kind for kind in study.scales if kind not in named)


def _true(condition: ibis.Value) -> ibis.Value:
    return ibis.coalesce(condition, False)


def first_broken(table: ibis.Table, contract: tuple[Rule, ...]) -> ibis.Table:
    """Return the table with a column `rule`: the first rule that a row breaks, or missing."""
    branches = [(rule.broken(table), rule.name) for rule in contract]
    return table.mutate(rule=ibis.cases(*branches) if branches else ibis.null("string"))


def once_each(table: ibis.Table, key: str, columns: list[str]) -> ibis.Table:
    """Return the table where of sound rows with one id only one stays sound, whatever the order of the rows.

    Asked only where an id repeats: it takes a window over all rows.
    """
    order = ibis.window(group_by=[table[key], table.rule.isnull()], order_by=[table[column] for column in columns if column != key])
    ranked = table.mutate(_rank=ibis.row_number().over(order))
    again = ranked.rule.isnull() & (ranked._rank > 0)
    return ranked.mutate(rule=ibis.ifelse(again, repeated(key), ranked.rule)).drop("_rank")


def repeated(key: str) -> str:
    """Return the name of the rule that an id stands once."""
    return f"{key} repeated (one row kept)"


def end_of_observation(study: Study) -> datetime | None:
    """Return the instant after which nothing can have happened, in UTC without zone; None where the study declares none."""
    if study.observed_until is None:
        return None
    day_only = len(study.observed_until) == 10
    local = datetime.fromisoformat(study.observed_until) + (timedelta(days=1) if day_only else timedelta(seconds=1))
    aware = local if local.tzinfo else local.replace(tzinfo=ZoneInfo(study.timezone))
    return aware.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


def complete_mapping(study: Study, spec: TableSpec, own: tuple[str, ...]) -> None:
    """Refuse a table that lacks a column it cannot do without.

    Raises
    ------
    StudyError
        Naming the column and the nearest mapped one.
    """
    needed = list(REQUIRED[spec.name])
    if spec.name == "surveys" and study.customer == "column" and "contact_id" not in own:
        needed.append("customer_id")
    for column in needed:
        if column not in own and not (column == "customer_id" and study.customer == "row"):
            raise StudyError(
                f"{study.file}: tables.{spec.name}.columns does not say which source column is {column}; {spec.name} cannot do without it; "
                f"{nearest(column, own)}"
            )


def names_apart(study: Study, tables: Mapping[str, Mapping[str, str]]) -> None:
    """Refuse a column that contacts and customers both bring: joined, the one would be read where the other is meant.

    Raises
    ------
    StudyError
        Naming the column.

    Examples
    --------
    >>> from pathlib import Path
    >>> names_apart(Study("shop", "Shop", Path("shop")), {"contacts": {"channel": "text"}, "customers": {"channel": "text"}})
    Traceback (most recent call last):
    cxresearch.ask.errors.StudyError: shop/study.toml: tables.customers and tables.contacts both have a column "channel", and only one of \
them could be read. Take it out of keep in one of them, or map it there under a name of its own: columns = { customer_channel = "channel" }.
    """
    both = sorted({*tables.get("customers", ())} & {*tables.get("contacts", ())} - {"customer_id"})
    if both:
        raise StudyError(
            f'{study.file}: tables.customers and tables.contacts both have a column "{both[0]}", and only one of them could be read. '
            f"Take it out of keep in one of them, or map it there under a name of its own: columns = {{ customer_{both[0]} = "
            f'"{both[0]}" }}.'
        )


def schema_of(study: Study, spec: TableSpec, columns: dict[str, str], until: datetime | None) -> Any:
    """Return the contract of a table as a pandera schema for ibis tables.

    Parameters
    ----------
    study, spec, columns, until
        As for `rules`.

    Returns
    -------
    pandera.ibis.DataFrameSchema
        Types, required values, and every rule as a check; the clean rows pass it.
    """
    import pandera.ibis as pandera

    needed = {*REQUIRED[spec.name]} - {"score", "customer_id"}
    typed = {name: pandera.Column(_dtype(kind), nullable=name not in needed) for name, kind in columns.items()}
    checks = [
        pandera.Check(lambda data, rule=rule: ~rule.broken(data.table), name=rule.name) for rule in rules(study, spec, columns, until)
    ]
    return pandera.DataFrameSchema(typed, checks=checks, name=spec.name, strict=False)


def _dtype(kind: str) -> Any:
    """Return the type of a column; engines differ in the precision of times, so none is asked for."""
    return None if kind == "timestamp" else ibis.dtype(IBIS_TYPES[kind])
