"""Columns that a table is given while it is read: ids of rows that have none, and scores that are means of items."""

from collections.abc import Mapping

import ibis

from cxresearch.ask.errors import StudyError, nearest
from cxresearch.ask.study import Study
from cxresearch.ask.study_schema import IDS
from cxresearch.ask.table_spec import TableSpec

ROW = "row of the source"
DIGITS = 16


@ibis.udf.scalar.builtin(name="md5")
def _digest(text: str) -> str: ...


def lacks_id(study: Study, spec: TableSpec) -> bool:
    """Return whether one respondent stands in a row and the source has no id: then every row is given one."""
    key = IDS.get(spec.name)
    return study.customer == "row" and bool(spec.columns) and key is not None and key not in {*spec.columns, *spec.constants}


def numbered(raw: ibis.Table) -> ibis.Table:
    """Return the table with an id made of what stands in a row, so that it is the same in every order of the rows.

    Rows that are alike in every column are kept apart by a number: they may be different people.
    """
    whole = ibis.literal("\u241f").join([ibis.coalesce(raw[name].cast("string"), "\u2205") for name in raw.columns])
    digest = raw.mutate(_content=_digest(whole).substr(0, DIGITS))
    place = ibis.row_number().over(ibis.window(group_by=digest._content, order_by=digest._content))
    return digest.mutate(**{ROW: digest._content.concat("-", place.cast("string"))}).drop("_content")


def alike(raw: ibis.Table) -> int:
    """Return how many numbered rows are alike in every column to one before."""
    return int((~raw[ROW].endswith("-0")).sum().cast("int64").execute())


def with_means(table: ibis.Table, columns: Mapping[str, str], study: Study) -> tuple[ibis.Table, dict[str, str]]:
    """Return the table with the declared means of its items, and their types. A row without one of the items has no mean.

    Raises
    ------
    StudyError
        Where only some items are in the table, an item is no number, or the name is taken.
    """
    made = {}
    for name, items in study.means.items():
        here = [item for item in items if item in columns]
        lost = [item for item in items if item not in columns]
        if here and lost:
            raise _refused(study, name, f'names "{lost[0]}", which does not stand beside "{here[0]}"; {nearest(lost[0], columns)}')
        texts = [item for item in here if columns[item] not in ("number", "integer")]
        if texts:
            raise _refused(
                study, name, f'names "{texts[0]}", which is {columns[texts[0]]}; a mean needs numbers. Declare its type or its scale.'
            )
        if here and name in columns:
            raise _refused(study, name, "is the name of a column of its own; choose another.")
        if here:
            total = sum((table[item].cast("float64") for item in here[1:]), table[here[0]].cast("float64"))
            made[name] = total / float(len(here))
    return table.mutate(**made), dict.fromkeys(made, "number")


def every_mean_made(study: Study, tables: Mapping[str, Mapping[str, str]]) -> None:
    """Refuse a declared mean whose items stand in no table.

    Raises
    ------
    StudyError
        Naming the first item and the nearest column.
    """
    known = {column for columns in tables.values() for column in columns}
    for name, items in study.means.items():
        if name not in known:
            raise _refused(study, name, f'names "{items[0]}", which no table has; {nearest(items[0], known)}')


def _refused(study: Study, name: str, message: str) -> StudyError:
    return StudyError(f"{study.file}: means.{name} {message}")
