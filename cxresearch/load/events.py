"""Event logs: of several rows about one thing, the one that came last counts."""

import re
from collections.abc import Sequence

import ibis

from cxresearch.ask.errors import StudyError
from cxresearch.ask.study import Study
from cxresearch.ask.table_spec import Latest, TableSpec
from cxresearch.load.casting import Reading, cast, kind_of


def latest(raw: ibis.Table, study: Study, spec: TableSpec, trimmed: bool) -> ibis.Table:
    """Return the last row of each thing, and every row that does not say which thing it is about.

    Parameters
    ----------
    raw : ibis.Table
        The source's columns.
    study, spec
        Which table; `spec.latest` names the column that tells things apart and the one that counts or dates the rows.
    trimmed : bool
        Blanks around a value are no part of it, as in text files.

    Returns
    -------
    ibis.Table
        The same columns. Ties are decided by the other columns, so that the order of the rows does not matter; a row without a place in
        the order comes before those with one.

    Raises
    ------
    StudyError
        Where the order is neither a number nor a time written as declared.

    Examples
    --------
    >>> from pathlib import Path
    >>> from cxresearch.ask.table_spec import Format
    >>> log = ibis.memtable({"id": ["1", "1 ", None], "when": ["31/01/2025", "01/02/2025", "01/01/2025"], "state": ["new", "done", "new"]})
    >>> spec = TableSpec("contacts", ("log.csv",), format=Format(date_format="%d/%m/%Y"), latest=Latest("id", "when"))
    >>> latest(log, Study("shop", "Shop", Path("shop")), spec, trimmed=True).state.execute().tolist()
    ['done', 'new']
    """
    asked = spec.latest
    if asked is None:
        return raw
    readings = _readings(study, spec, asked, trimmed)
    key = cast(raw[asked.per], Reading("text", missing=_missing(spec, asked.per), trimmed=trimmed)).value
    table = raw.mutate(_key=key, _order=_order(raw, asked.order, readings, f"{study.file}: tables.{spec.name}.latest.order"))
    ties = [table[column].desc() for column in sorted(raw.columns)]
    place = ibis.row_number().over(ibis.window(group_by=table["_key"], order_by=[table["_order"].desc(nulls_first=False), *ties]))
    ranked = table.mutate(_rank=place)
    return ranked.filter(ranked["_key"].isnull() | (ranked["_rank"] == 0)).drop("_key", "_order", "_rank")


def _missing(spec: TableSpec, column: str) -> tuple[str, ...]:
    return spec.format.missing.get(column, spec.format.missing.get("*", ()))


def _readings(study: Study, spec: TableSpec, asked: Latest, trimmed: bool) -> tuple[Reading, ...]:
    """Return the ways to read text that counts or dates rows: a declared format, a number, ISO. A warehouse declares no format of times."""
    date_format, decimal, missing = spec.format.date_format, spec.format.decimal, _missing(spec, asked.order)
    number = Reading("number", missing=missing, decimal=decimal, trimmed=trimmed)
    time = Reading("timestamp", study.timezone, missing, date_format=date_format, trimmed=trimmed)
    if not spec.files:
        return (number,)
    return (time, number) if date_format else (number, time)


def _order(raw: ibis.Table, name: str, readings: Sequence[Reading], place: str) -> ibis.Value:
    """Return what the rows are ordered by: a typed column as it is, text by the first reading that all of it follows."""
    column, kind = raw[name], kind_of(raw[name])
    if kind == "boolean":
        raise StudyError(f'{place} is "{name}", which is yes or no. Name a column that counts or dates the rows.')
    if kind != "text":
        return cast(column, Reading(kind)).value
    casts = [cast(column, reading) for reading in readings]
    unreadable = [made.unreadable for made in casts if made.unreadable is not None]
    counts = {f"lost{number}": lost.sum() for number, lost in enumerate(unreadable)}
    shown = {f"found{number}": column.min(where=lost) for number, lost in enumerate(unreadable)}
    row = raw.aggregate(of=column.count(), **counts, **shown).to_pyarrow().to_pylist()[0]
    best = min(range(len(casts)), key=lambda number: row[f"lost{number}"] or 0)
    if not row[f"lost{best}"]:
        return casts[best].value
    raise StudyError(
        f'{place} is "{name}": {row[f"lost{best}"]:,} of {row["of"]:,} values are {_unlike(readings)}, such as '
        f'"{_shape(row[f"found{best}"])}" (9: a digit, a: a letter). Name a column that counts or dates the rows, or declare how '
        "its times are written (date_format)."
    )


def _unlike(readings: Sequence[Reading]) -> str:
    time = next((reading for reading in readings if reading.kind == "timestamp"), None)
    if not time:
        return "no number (and a warehouse must store times as timestamps)"
    return f"neither a number nor a time written as {time.date_format or 'YYYY-MM-DD HH:MM:SS'}"


def _shape(text: str) -> str:
    """Return how a text is written, without what it says.

    Examples
    --------
    >>> _shape("31 Jan 2025")
    '99 aaa 9999'
    """
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text[:40]))
