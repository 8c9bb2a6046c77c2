"""Rows among whom a question is asked: chosen by their columns, with a mistake named before anything is counted."""

from collections.abc import Mapping
from typing import Any

import ibis

from cxresearch.ask.among import Where, conditions, worded
from cxresearch.ask.catalog import CATALOG
from cxresearch.ask.errors import DataError, QuestionError, nearest
from cxresearch.ask.history import DAYS, history_metric
from cxresearch.ask.study import Study
from cxresearch.load.opened import tables_of

MISSING = "(missing)"
MANY = 20
YES_OR_NO = {"true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}


class NotInTheseRows(QuestionError):
    """A column to choose by that the study has, but the rows of the question do not."""


def chosen(table: ibis.Table, where: Mapping[str, Any], tables: Mapping[str, ibis.Table]) -> ibis.Table:
    """Return the rows that conditions choose.

    Parameters
    ----------
    table : ibis.Table
        The rows of a question, every column at hand.
    where : mapping
        Column -> value or values; "(missing)" stands for rows without one.
    tables : mapping
        The tables of the study, for what the rows lack.

    Raises
    ------
    QuestionError
        Where no table has the column.
    NotInTheseRows
        Where a table has it and these rows do not.
    """
    for column, wanted in where.items():
        if column not in table.columns:
            _elsewhere(column, table, tables)
        table = table.filter(_holds(table[column], column, _listed(wanted)))
    return table


def chosen_with_customers(table: ibis.Table, where: Mapping[str, Any], tables: Mapping[str, ibis.Table]) -> ibis.Table:
    """Return the rows that conditions choose by their own columns, or by those of their customers.

    Parameters
    ----------
    table : ibis.Table
        Rows of events, such as orders or touches; a column of their own counts before one of the same name among customers.
    where, tables : mapping
        As in `chosen`.

    Raises
    ------
    QuestionError
        Where no table has the column, or no row the value.
    NotInTheseRows
        Where only other tables have the column.
    """
    people, joined = tables.get("customers"), table
    if people is not None and "customer_id" in table.columns:
        theirs = [column for column in where if column in people.columns and column not in table.columns]
        right = people.select(_whose="customer_id", **{column: people[column] for column in theirs})
        joined = table.left_join(right, table.customer_id == right._whose).drop("_whose") if theirs else table
    found = chosen(joined, where, tables)
    known_here(joined, where, tables)
    return found.select(*table.columns)


def agreed(study: Study, where: Where) -> dict[str, Any]:
    """Return conditions that a study can meet: every column is there, and every value stands in some row.

    What is about to run many reports asks this first, so that a mistake is named before anything runs.

    Parameters
    ----------
    study : Study
        From `open_study`.
    where : mapping, str or None
        As in `link`.

    Raises
    ------
    QuestionError
        Where a column or value is unknown, with the nearest known.
    DataError
        Where every value is known, and no row has all of them.
    """
    asked, tables = conditions(where), tables_of(study).clean
    homes: dict[str, dict[str, Any]] = {}
    for column, wanted in asked.items():
        home = next((name for name, table in tables.items() if column in table.columns), None)
        if home is None:
            raise _unknown(column, {name for table in tables.values() for name in table.columns})
        _known_values(tables[home][column], column, _listed(wanted))
        homes.setdefault(home, {})[column] = wanted
    for name, here in homes.items():
        if not int(chosen(tables[name], here, tables).count().execute()):
            raise DataError(f"no row of {name} has {worded(here)}: nobody is left to look at. Leave one condition out.")
    return asked


def known_here(table: ibis.Table, where: Mapping[str, Any], tables: Mapping[str, ibis.Table]) -> None:
    """Refuse a value that no row has, in the table of the study where its column stands, else in these rows.

    Raises
    ------
    QuestionError
        Where a value is unknown, with the nearest known.
    """
    for column, wanted in where.items():
        home = next((one for one in tables.values() if column in one.columns), table)
        if column in home.columns:
            _known_values(home[column], column, _listed(wanted))


def _listed(wanted: Any) -> list[Any]:
    return list(wanted) if isinstance(wanted, list | tuple | set) else [wanted]


def _elsewhere(column: str, table: ibis.Table, tables: Mapping[str, ibis.Table]) -> None:
    homes = [name for name, other in tables.items() if column in other.columns]
    if not homes and history_metric(column, CATALOG):
        raise NotInTheseRows(f'These rows have no column "{column}" to choose by: it tells of the {DAYS} days before an answer or a date.')
    if not homes:
        raise _unknown(column, {*table.columns, *(name for other in tables.values() for name in other.columns)})
    raise NotInTheseRows(f'These rows have no column "{column}" to choose by: it stands in the table of {homes[0]}.')


def _unknown(column: str, known: set[str]) -> QuestionError:
    return QuestionError(f'where: there is no column "{column}"; {nearest(column, known)}')


def _holds(value: ibis.Value, column: str, wanted: list[Any]) -> ibis.Value:
    known = [_typed(value, column, one) for one in wanted if one != MISSING]
    here = value.isin(known) if known else ibis.literal(False)
    return here | value.isnull() if len(known) < len(wanted) else here


def _typed(value: ibis.Value, column: str, wanted: Any) -> Any:
    """Return a wanted value as the column has it: text of a parameter becomes a number, or true or false, where the column holds these."""
    kind = value.type()
    if not isinstance(wanted, str) or kind.is_string():
        return str(wanted) if kind.is_string() else wanted
    if kind.is_numeric():
        try:
            return YES_OR_NO[wanted.lower()] if wanted.lower() in YES_OR_NO else float(wanted)
        except ValueError:
            raise QuestionError(f'where: "{column}" holds numbers; "{wanted}" is none.') from None
    raise QuestionError(f'where: "{column}" holds {kind}s; rows are chosen by texts and numbers. For dates give a period.')


def _known_values(value: ibis.Value, column: str, wanted: list[Any]) -> None:
    asked = [one for one in wanted if one != MISSING]
    counts = value.as_table().aggregate(**{f"n{i}": _holds(value, column, [one]).sum() for i, one in enumerate(asked)})
    found = counts.execute().iloc[0] if asked else {}
    for i, one in enumerate(asked):
        if not found[f"n{i}"]:
            raise QuestionError(f'where: no row has {column} "{one}"; {_hint(value, str(one))}')


def _hint(value: ibis.Value, wanted: str) -> str:
    """Return the nearest value and what is known; where a column has many values, such as ids, only that they are many."""
    there = value.as_table().distinct().limit(MANY + 1).execute().iloc[:, 0].dropna()
    if len(there) > MANY:
        return f"more than {MANY} other values stand there."
    known = [f"{each:g}" if isinstance(each, float) else str(each) for each in there]
    alike = next((each for each in known if each.lower() == wanted.lower()), None)
    return f'did you mean "{alike}"?' if alike else nearest(wanted, known)
