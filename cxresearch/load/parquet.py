"""Parquet files of one table: their footers are compared first, and what differs is read wide enough or refused."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from cxresearch.ask.errors import DataError
from cxresearch.load.casting import Reading, cast
from cxresearch.load.files import lacks

EMPTY, NUMBER, TEXT, INSTANT = "empty", "a number", "text", "a time with a zone"
KINDS = (
    (TEXT, (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)),
    (NUMBER, (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)),
    ("a date without a time", (pa.types.is_date,)),
    ("yes or no", (pa.types.is_boolean,)),
    (EMPTY, (pa.types.is_null,)),
)


@dataclass(frozen=True, eq=False)
class Alike:
    """Files with the same columns of the same types."""

    files: tuple[Path, ...]
    kinds: Mapping[str, str]
    table: ibis.Table


def together(
    files: Sequence[Path], opened: Callable[[list[Path]], ibis.Table], asked: Collection[str] | None = None, texts: Collection[str] = ()
) -> ibis.Table:
    """Return Parquet files as one table.

    Parameters
    ----------
    files : sequence of Path
        At least one. Only their footers are read here.
    opened : callable
        Files with the same columns and types -> the engine's table.
    asked : collection of str, optional
        Columns that are read; None: every one. Others may differ, and then stay away.
    texts : collection of str
        Columns that are read as text: where they are numbers of several types, each is written out as it stands.

    Returns
    -------
    ibis.Table
        Lazy. Whole numbers beside others become float64, times the finest that is read.

    Raises
    ------
    DataError
        Where a file is not readable, lacks a column that is asked for, or has it of another kind: text beside a number, a date beside a
        time.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name, amounts in (("a", [10, 20]), ("b", [19.49])):
    ...     pq.write_table(pa.table({"amount": amounts}), folder / f"{name}.parquet")
    >>> engine = ibis.duckdb.connect()
    >>> together(sorted(folder.iterdir()), lambda some: engine.read_parquet(list(map(str, some)))).amount.execute().tolist()
    [10.0, 20.0, 19.49]
    """
    groups: dict[tuple[tuple[str, str], ...], list[Path]] = {}
    kinds = []
    for file in files:
        schema = _schema(file)
        key = tuple(sorted((field.name, str(field.type)) for field in schema))
        kinds += [{field.name: _kind(field.type) for field in schema}] if key not in groups else []
        groups.setdefault(key, []).append(file)
    known = _agreed([(group[0], kind) for group, kind in zip(groups.values(), kinds, strict=True)], asked)
    parts = [Alike(tuple(group), kind, _timed(opened(group), kind)) for group, kind in zip(groups.values(), kinds, strict=True)]
    return parts[0].table if len(parts) == 1 else _united(parts, known, texts)


def _schema(file: Path) -> pa.Schema:
    try:
        return pq.read_schema(file)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{file}: not readable as Parquet: {str(error).splitlines()[0]}") from None


def _kind(type_: pa.DataType) -> str:
    if pa.types.is_dictionary(type_):
        return _kind(type_.value_type)
    if pa.types.is_timestamp(type_):
        return INSTANT if type_.tz else "a time without a zone"
    return next((kind for kind, tests in KINDS if any(is_one(type_) for is_one in tests)), str(type_))


def _agreed(groups: Sequence[tuple[Path, Mapping[str, str]]], asked: Collection[str] | None) -> dict[str, str]:
    """Return the kind of every column that all files have alike; refuse one that is asked for and differs."""
    found: dict[str, tuple[str, Path]] = {}
    apart = set()
    for file, kinds in groups:
        for name, kind in kinds.items():
            before, other = found.get(name, (EMPTY, file))
            if before == EMPTY:
                found[name] = kind, file
            elif kind not in (EMPTY, before):
                apart.add(name)
                if asked is None or name in asked:
                    raise DataError(
                        f'{file}: the column "{name}" is {kind}, and in {other} it is {before}. One table is read from files that agree: '
                        f"write it alike in each of them{' (an id as text)' if TEXT in (kind, before) else ''}."
                    )
    for file, kinds in groups:
        for name in sorted({*found} - {*kinds}):
            apart.add(name)
            if asked is None or name in asked:
                raise lacks(file, name, found[name][1], kinds)
    return {name: kind for name, (kind, _) in found.items() if name not in apart}


def _timed(table: ibis.Table, kinds: Mapping[str, str]) -> ibis.Table:
    """Return the table with instants typed as such: those in nanoseconds have a type of their own in DuckDB, which ibis does not know."""
    unknown = [name for name in table.columns if kinds.get(name) == INSTANT and not table[name].type().is_timestamp()]
    return table.mutate(**{name: table[name].cast("timestamp('UTC')") for name in unknown}) if unknown else table


def _united(parts: Sequence[Alike], known: Mapping[str, str], texts: Collection[str]) -> ibis.Table:
    """Return all rows, with what all files have alike: columns of their own, and those that the names of folders give."""
    names = [name for name in parts[0].table.columns if name in known or name not in parts[0].kinds]
    names = [name for name in names if all(name in part.table.columns for part in parts)]
    wide = {name: _wide([part.table[name].type() for part in parts if part.kinds.get(name) != EMPTY], name in texts) for name in names}
    return ibis.union(*(part.table.select(**{name: _as(part, name, wide[name]) for name in names}) for part in parts), distinct=False)


def _wide(types: Sequence[ibis.DataType], text: bool) -> ibis.DataType:
    if not types:
        return ibis.dtype("string")
    if len(set(types)) == 1:
        return types[0]
    if types[0].is_numeric() and not types[0].is_boolean():
        narrow = all(type_.is_integer() and not type_.is_uint64() for type_ in types)
        return ibis.dtype("string" if text else "int64" if narrow else "float64")
    return ibis.dtype("timestamp('UTC')" if types[0].timezone else "timestamp") if types[0].is_timestamp() else types[0]


def _as(part: Alike, name: str, type_: ibis.DataType) -> ibis.Value:
    column = part.table[name]
    if part.kinds.get(name) == EMPTY:
        return ibis.null(type_)
    if column.type() == type_:
        return column
    return cast(column, Reading("text")).value if type_.is_string() else column.cast(type_)
