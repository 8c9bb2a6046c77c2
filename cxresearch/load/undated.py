"""Answers and customers without the date that would place them in time: they are left out, and counted."""

from collections.abc import Mapping
from functools import reduce
from operator import and_
from typing import Any

import ibis

from cxresearch.ask.check import Check
from cxresearch.ask.metrics import Metric
from cxresearch.ask.period import day_of
from cxresearch.ask.study import Study
from cxresearch.load.chosen import chosen
from cxresearch.load.units import Rows, about_whom

MUCH = 0.3


def undated(rows: Rows, tables: Mapping[str, ibis.Table], study: Study, outcome: Metric, where: Mapping[str, Any]) -> list[Check]:
    """Count what the rows of a question lack because its date is missing.

    Parameters
    ----------
    rows : Rows
        Before conditions: answers, or customers on a landmark date; of others nothing is counted.
    tables : mapping
        Sound rows by canonical table.
    study, outcome, where
        Whose answers count, and among whom.

    Returns
    -------
    list of Check
        A doubt with both numbers, failed where more than 30 of 100 are left out; empty where every date is there.
    """
    if rows.unit == "answer":
        return _answers(tables, study, outcome, where)
    return _customers(tables["customers"], rows, study, where) if rows.unit == "customer" and rows.landmark else []


def _answers(tables: Mapping[str, ibis.Table], study: Study, outcome: Metric, where: Mapping[str, Any]) -> list[Check]:
    surveys = tables["surveys"]
    said = [surveys[name].notnull() for name in outcome.needs if name in surveys.columns]
    if "answered_at" not in surveys.columns or not said:
        return []
    given = surveys.filter(reduce(and_, said))
    if not given.filter(given.answered_at.isnull()).limit(1).count().execute():
        return []
    found = about_whom(given, dict(tables), study.customer)
    found = found.filter(found[outcome.only[0]] == outcome.only[1]) if outcome.only else found
    lost, of = _counted(found, found.answered_at.isnull(), where, tables)
    one = "has no date (answered_at): when it was given is not known, and it is left out."
    more = "have no date (answered_at): when they were given is not known, and they are left out."
    return _check(lost, of, f"{lost:,} of {of:,} answers on record {one if lost == 1 else more}")


def _customers(people: ibis.Table, rows: Rows, study: Study, where: Mapping[str, Any]) -> list[Check]:
    if not people.filter(people.joined_at.isnull()).limit(1).count().execute():
        return []
    mark = ibis.literal(rows.landmark).cast("timestamp")
    there = people.filter(people.left_at.isnull() | (people.left_at > mark))
    there = there.filter(there.joined_at.isnull() | (there.joined_at <= mark))
    lost, of = _counted(there, there.joined_at.isnull(), where, {"customers": people})
    when = day_of(rows.landmark, study.timezone) if rows.landmark else ""
    one = f"has no date of joining (joined_at): whether they were with us on {when} is not known, and they are left out."
    return _check(lost, of, f"{lost:,} of {of:,} customers {one if lost == 1 else one.replace('has', 'have', 1)}")


def _counted(table: ibis.Table, lost: ibis.Value, where: Mapping[str, Any], tables: Mapping[str, ibis.Table]) -> tuple[int, int]:
    """Count rows without a date, and all, among those chosen by the conditions that can be read here."""
    marked = table.mutate(_lost=lost)
    among = chosen(marked, {column: value for column, value in where.items() if column in table.columns}, tables)
    row = among.aggregate(lost=among["_lost"].sum(), of=among.count()).execute().iloc[0]
    return (int(row["lost"]) if row["lost"] == row["lost"] and row["lost"] is not None else 0), int(row["of"])


def _check(lost: int, of: int, said: str) -> list[Check]:
    return [Check("without a date", "failed" if lost > MUCH * of else "doubt", said)] if lost else []
