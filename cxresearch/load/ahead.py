"""Whether there is anything to look at, before many reports are made: one aggregate query per table and selection."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import ibis

from cxresearch.ask.errors import ResearchError
from cxresearch.ask.period import parse_period
from cxresearch.ask.study import Study
from cxresearch.load.chosen import NotInTheseRows, agreed, chosen
from cxresearch.load.opened import tables_of

DATED = {"contacts": "opened_at", "surveys": "answered_at", "orders": "ordered_at", "touches": "at"}
Asked = tuple[str | None, str | None]


def nothing_in(study: Study, asked: Iterable[Asked]) -> dict[Asked, str]:
    """Return which periods and selections have no rows at all, with the reason; empty where there is something everywhere.

    Parameters
    ----------
    study : Study
        From `open_study`.
    asked : iterable of (period, selection)
        As the parameters ``period`` and ``only`` take them; None stands for everything.

    Raises
    ------
    DataError
        Where the tables cannot be read.
    """
    asked, clean = list(dict.fromkeys(asked)), tables_of(study).clean
    wrong: dict[Asked, str] = {}
    for only in dict.fromkeys(only for _, only in asked):
        periods = [period for period, other in asked if other == only and period]
        try:
            where = agreed(study, only) if only else {}
        except ResearchError as error:
            wrong |= {pair: str(error) for pair in asked if pair[1] == only}
            continue
        wrong |= {(period, only): _said(period, only, study) for period in _empty(study, _selected(clean, where), periods)}
    return wrong


def _selected(tables: Mapping[str, ibis.Table], where: Mapping[str, object]) -> dict[str, ibis.Table]:
    """Return the dated tables, with the rows whose own columns, or whose customers, meet the conditions."""
    return {name: _with(table, where, tables) for name, table in tables.items() if DATED.get(name) in table.columns}


def _with(table: ibis.Table, where: Mapping[str, object], tables: Mapping[str, ibis.Table]) -> ibis.Table:
    for column, wanted in where.items():
        condition = {column: wanted}
        try:
            table = chosen(table, condition, tables)
        except NotInTheseRows:
            people = tables.get("customers")
            if people is not None and column in people.columns and "customer_id" in table.columns:
                table = table.semi_join(chosen(people, condition, tables), "customer_id")
    return table


def _empty(study: Study, tables: Mapping[str, ibis.Table], periods: Sequence[str]) -> list[str]:
    """Return the periods in which no table has a dated row: none where no table has dates; a table is asked for what is still left."""
    left = {period: parse_period(period).bounds(study.timezone) for period in periods} if tables else {}
    for name, table in tables.items():
        counts = _inside(table, DATED[name], list(left.values())) if left else []
        left = {period: bounds for (period, bounds), count in zip(left.items(), counts, strict=True) if not count}
    return list(left)


def _inside(table: ibis.Table, column: str, bounds: Sequence[tuple[datetime, datetime]]) -> list[int]:
    at = table[column]
    sums = {f"n{i}": ((at >= ibis.literal(start).cast("timestamp")) & (at < ibis.literal(end).cast("timestamp"))).sum()
            for i, (start, end) in enumerate(bounds)}  # fmt: skip
    row = table.aggregate(**sums).execute().iloc[0]
    return [int(row[name]) if row[name] == row[name] and row[name] is not None else 0 for name in sums]


def _said(period: str | None, only: str | None, study: Study) -> str:
    among = f" with {only}" if only else ""
    return f'the study "{study.title}" has no row{among} in {period} ({parse_period(str(period)).label}).'
