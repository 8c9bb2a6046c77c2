"""Source columns become typed columns: ids stay text, times become UTC, codes become labels, blanks become missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis
from ibis import ifelse

from cxresearch.ask.errors import DataError
from cxresearch.load.clock import of_instant, to_utc

NUMBER = r"^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$"
OFFSET = r"[0-9](Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
YES, NO = ("1", "1.0", "true", "t", "yes", "y"), ("0", "0.0", "false", "f", "no", "n")
IBIS_TYPES = {"text": "string", "number": "float64", "integer": "int64", "timestamp": "timestamp", "boolean": "int64"}


@ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "string"), "timestamp"))
def _parsed(text, pattern): ...


@dataclass(frozen=True)
class Reading:
    """How one column is read.

    Parameters
    ----------
    kind : str
        text, number, integer, timestamp or boolean.
    zone : str
        Zone of times written without one.
    missing : tuple of str
        Codes for missing.
    blank : tuple of (str or None, str)
        Survey kind (None: whatever the kind) and code: they become missing and are counted apart.
    date_format : str, optional
        As in ``strptime``; ISO where left out.
    decimal : str
        Decimal mark.
    labels : mapping
        Code -> label.
    trimmed : bool
        Blanks around a value are no part of it, as in text files.
    years : tuple of int, optional
        First and last year of the times that stand there, where that is known.
    """

    kind: str
    zone: str = "UTC"
    missing: tuple[str, ...] = ()
    blank: tuple[tuple[str | None, str], ...] = ()
    date_format: str | None = None
    decimal: str = "."
    labels: Mapping[str, str] = field(default_factory=dict)
    trimmed: bool = False
    years: tuple[int, int] | None = None


@dataclass(frozen=True)
class Cast:
    """A typed column, which rows could not be read (None: it cannot happen), and which blank code stood there."""

    value: ibis.Value
    unreadable: ibis.Value | None = None
    code: ibis.Value | None = None


def cast(column: ibis.Value, reading: Reading, kind: ibis.Value | None = None) -> Cast:
    """Return a source column as the type declared, without ever failing on a row.

    Parameters
    ----------
    column : ibis.Value
        As the source has it; text files give text.
    reading : Reading
        What it should become.
    kind : ibis.Value, optional
        The row's kind of survey, where blank codes depend on it.

    Returns
    -------
    Cast
        `value` is missing where the source is empty, blank or unreadable; `unreadable` tells the last apart.
    """
    given = _present(column, reading)
    code = _code(given, reading.blank, kind) if reading.blank else None
    asked = ifelse(code.isnull(), given, ibis.null(given.type())) if code is not None else given
    value = _typed(asked, reading)
    unreadable = asked.notnull() & value.isnull() if _may_fail(column, reading.kind) else None
    return Cast(_labelled(value, reading.labels), unreadable, code)


def kind_of(column: ibis.Value) -> str:
    """Return the kind that a source column has of itself."""
    type_ = column.type()
    if type_.is_boolean():
        return "boolean"
    if type_.is_integer():
        return "integer"
    if type_.is_numeric():
        return "number"
    return "timestamp" if type_.is_timestamp() or type_.is_date() else "text"


def _may_fail(column: ibis.Value, kind: str) -> bool:
    source = kind_of(column)
    return kind != "text" and source != kind and (source, kind) != ("integer", "number")


def _present(column: ibis.Value, reading: Reading) -> ibis.Value:
    missing = reading.missing
    if column.type().is_string():
        text = column.strip() if reading.trimmed else column
        return ifelse(text.isin(["", *missing]), ibis.null("string"), text)
    if column.type().is_floating():
        column = ifelse(column.isnan(), ibis.null(column.type()), column)
    return ifelse(column.cast("string").isin(missing), ibis.null(column.type()), column) if missing else column


def _code(given: ibis.Value, blank: tuple[tuple[str | None, str], ...], kind: ibis.Value | None) -> ibis.Value:
    def stands(code: str) -> ibis.Value:
        if given.type().is_string():
            return given == code
        return given.cast("float64") == float(code) if _is_number(code) else ibis.literal(False)

    return ibis.cases(*((stands(code) if which is None else stands(code) & (kind == which), code) for which, code in blank))


def _is_number(code: str) -> bool:
    try:
        float(code)
    except ValueError:
        return False
    return True


def _typed(column: ibis.Value, reading: Reading) -> ibis.Value:
    if reading.kind == "timestamp":
        return _timestamp(column, reading)
    if reading.kind == "text":
        return column.cast("string")
    if reading.kind == "boolean":
        return _boolean(column)
    number = _number(column, reading.decimal)
    if reading.kind == "integer":
        return number if number.type().is_integer() else ifelse(number == number.floor(), number, ibis.null("float64")).cast("int64")
    return number.cast("float64")


def _number(column: ibis.Value, decimal: str) -> ibis.Value:
    if column.type().is_integer():
        return column.cast("int64")
    if not column.type().is_string():
        return column.cast("float64")
    text = column.replace(".", "").replace(",", ".") if decimal == "," else column
    return ifelse(text.re_search(NUMBER), text, ibis.null("string")).cast("float64")


def _boolean(column: ibis.Value) -> ibis.Value:
    text = column.cast("string").lower()
    return ibis.cases((text.isin(YES), 1), (text.isin(NO), 0)).cast("int64")


def _timestamp(column: ibis.Value, reading: Reading) -> ibis.Value:
    type_ = column.type()
    if type_.is_timestamp() and type_.timezone:
        return of_instant(column)
    if type_.is_timestamp() or type_.is_date():
        return to_utc(column.cast("timestamp"), reading.zone, reading.years)
    if not type_.is_string():
        return ibis.null("timestamp")
    if reading.date_format:
        return to_utc(_parsed(column, reading.date_format), reading.zone)
    with_offset = column.re_search(OFFSET) & column.contains(":")
    local = to_utc(column.try_cast("timestamp"), reading.zone)
    return ifelse(with_offset, of_instant(column.try_cast("timestamp('UTC')")), local)


def years_of(columns: Mapping[str, ibis.Value], table: ibis.Table) -> dict[str, tuple[int, int]]:
    """Return first and last year of those of the columns that are times without a zone."""
    times = {name: column.cast("timestamp").year() for name, column in columns.items() if _is_local(column)}
    if not times:
        return {}
    ends = {f"{name}_{end}": getattr(year, end)() for name, year in times.items() for end in ("min", "max")}
    found = table.aggregate(**ends).to_pyarrow().to_pylist()[0]
    return {name: (found[f"{name}_min"], found[f"{name}_max"]) for name in times if found[f"{name}_min"] is not None}


def _is_local(column: ibis.Value) -> bool:
    type_ = column.type()
    return bool(type_.is_date() or (type_.is_timestamp() and not type_.timezone))


def _labelled(value: ibis.Value, labels: Mapping[str, str]) -> ibis.Value:
    if not labels:
        return value
    text = value.cast("string")
    return ibis.cases(*((text == code, label) for code, label in labels.items()), else_=text)


def refuse_text_times(column: ibis.Value, name: str, place: str) -> None:
    """Refuse a time that a warehouse stores as text: only text files declare a date format.

    Raises
    ------
    DataError
        Naming the column.
    """
    if column.type().is_string():
        raise DataError(
            f'{place}: "{name}" is text in the warehouse; a time must be stored as a timestamp there (a view that casts it will do).'
        )
