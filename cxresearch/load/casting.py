"""Source columns become typed columns: ids stay text, times become UTC, codes become labels, blanks become missing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis
from ibis import ifelse

from cxresearch.ask.errors import DataError
from cxresearch.load.clock import of_instant, of_pattern, of_text, to_utc

NUMBER = r"^[+-]?([0-9]{1,99}[.]?[0-9]{0,99}|[.][0-9]{1,99})([eE][+-]?[01]?[0-9]{1,2})?$"  # none is too large or too small for a float
GROUPED = r"^[+-]?[0-9]{1,3}([.][0-9]{3})+(,[0-9]+)?$"
POINT_ZERO, WHOLE_WITH_POINT = r"[.]0+$", r"^[+-]?[0-9]+[.]0+$"
EXACT, ENDLESS = 2**53, 1e300  # up to the one every whole number has a float of its own; beyond the other nothing is a measurement
NUMERIC = ("number", "integer", "boolean")
YES, NO = ("1", "1.0", "true", "t", "yes", "y"), ("0", "0.0", "false", "f", "no", "n")
IBIS_TYPES = {"text": "string", "number": "float64", "integer": "int64", "timestamp": "timestamp", "boolean": "int64"}


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
    code = _code(given, reading, kind) if reading.blank else None
    asked = ifelse(code.isnull(), given, ibis.null(given.type())) if code is not None else given
    value = _typed(asked, reading)
    unreadable = asked.notnull() & value.isnull() if _may_fail(column, reading.kind) else None
    return Cast(_labelled(value, reading.labels), unreadable, code)


def kind_of(column: ibis.Value) -> str:
    """Return the kind that a source column has of itself."""
    type_ = column.type()
    if type_.is_boolean():
        return "boolean"
    if type_.is_integer() and not type_.is_uint64():
        return "integer"
    if type_.is_numeric():
        return "number"
    return "timestamp" if type_.is_timestamp() or type_.is_date() else "text"


def written(column: ibis.Value) -> ibis.Value:
    """Return a column as text, whole numbers without a point in every engine: 7 and 7.0 are one id.

    Examples
    --------
    >>> written(ibis.memtable({"id": [7.0, 7.5]}).id).execute().tolist()
    ['7', '7.5']
    """
    text = column.cast("string")
    if column.type().is_decimal():
        return text.re_replace(POINT_ZERO, "")
    if not column.type().is_floating():
        return text
    exact = ifelse(column.abs() <= EXACT, column, ibis.null(column.type()))
    return ifelse(exact == exact.floor(), exact.cast("int64").cast("string"), text)


def _may_fail(column: ibis.Value, kind: str) -> bool:
    source = kind_of(column)
    if kind == "text" or (source == "integer" and kind in ("integer", "number")):
        return False
    return source != kind or (kind == "number" and _may_be_endless(column))


def _may_be_endless(column: ibis.Value) -> bool:
    """Return whether infinity or "not a number" can stand in a column: PostgreSQL knows them in decimals too."""
    type_ = column.type()
    return bool(type_.is_floating() or (type_.is_decimal() and column.get_backend().name == "postgres"))


def _present(column: ibis.Value, reading: Reading) -> ibis.Value:
    missing = reading.missing
    if column.type().is_string():
        text = column.strip() if reading.trimmed else column
        empty = text == ""
        return ifelse(empty | _stands(text, missing, reading) if missing else empty, ibis.null("string"), text)
    if _may_be_endless(column):
        column = ifelse(column.cast("float64").isnan(), ibis.null(column.type()), column)
    return ifelse(_stands(column, missing, reading), ibis.null(column.type()), column) if missing else column


def _code(given: ibis.Value, reading: Reading, kind: ibis.Value | None) -> ibis.Value:
    def stands(which: str | None, code: str) -> ibis.Value:
        found = _stands(given, (code,), reading)
        return found if which is None else found & (kind == which)

    return ibis.cases(*((stands(which, code), code) for which, code in reading.blank))


def _stands(given: ibis.Value, codes: tuple[str, ...], reading: Reading) -> ibis.Value:
    """Return where one of the codes stands. In a column of numbers 11.0 is the code 11; in an id only the same text is."""
    text = given.type().is_string()
    if reading.kind not in NUMERIC or kind_of(given) in ("boolean", "timestamp"):
        said = written(given)
        near = _without_point(said) if text and reading.labels else said
        found = said.isin(codes)
        return found if text and not reading.labels else found | near.isin([_plain(code) for code in codes])
    number = given if given.type().is_floating() else _number(given, reading.decimal).cast("float64")
    numbers = [ibis.literal(float(code)).cast(number.type()) for code in codes if re.fullmatch(NUMBER, code)]
    alike = number.isin(numbers) if numbers else ibis.literal(False)
    return given.isin(codes) | ibis.coalesce(alike, False) if text else alike


def _plain(code: str) -> str:
    return re.sub(POINT_ZERO, "", code) if re.fullmatch(WHOLE_WITH_POINT, code) else code


def _without_point(text: ibis.Value) -> ibis.Value:
    return ifelse(text.re_search(WHOLE_WITH_POINT), text.re_replace(POINT_ZERO, ""), text)


def _typed(column: ibis.Value, reading: Reading) -> ibis.Value:
    if reading.kind == "timestamp":
        return _timestamp(column, reading)
    if reading.kind == "text":
        return written(column)
    if reading.kind == "boolean":
        return _boolean(column)
    number = _number(column, reading.decimal)
    if reading.kind == "integer" and not number.type().is_integer():
        small = ifelse(number.abs() < 2.0**63, number, ibis.null("float64"))
        return ifelse(small == small.floor(), small, ibis.null("float64")).cast("int64")
    return number if reading.kind == "integer" else number.cast("float64")


def _number(column: ibis.Value, decimal: str) -> ibis.Value:
    if kind_of(column) == "integer":
        return column.cast("int64")
    if not column.type().is_string():
        number = column.cast("float64")
        return ifelse(number.abs() < ENDLESS, number, ibis.null("float64")) if _may_be_endless(column) else number
    text = _with_point(column) if decimal == "," else column
    return ifelse(text.re_search(NUMBER), text, ibis.null("string")).cast("float64")


def _with_point(text: ibis.Value) -> ibis.Value:
    """Return numbers written with a decimal comma as others write them; a point stands between groups of three digits or is a mistake."""
    whole = ibis.cases((~text.contains("."), text), (text.re_search(GROUPED), text.replace(".", "")))
    return whole.replace(",", ".")


def _boolean(column: ibis.Value) -> ibis.Value:
    text = written(column).lower()
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
        return of_pattern(column, reading.date_format, reading.zone)
    return of_text(column if reading.trimmed else column.strip(), reading.zone)


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
    text = written(value)
    near = _without_point(text) if value.type().is_string() else text
    exact = ((text == code, label) for code, label in labels.items())
    return ibis.cases(*exact, *((near == _plain(code), label) for code, label in labels.items()), else_=text)


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
