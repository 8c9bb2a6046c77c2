"""From the files and tables that a study names to raw ibis tables: the only place that opens them."""

import csv
import glob
import tempfile
import warnings
from collections.abc import Collection, Iterable
from functools import partial
from pathlib import Path

import duckdb
import ibis

from cxresearch.ask.errors import DataError, StudyError, nearest
from cxresearch.ask.study import Study
from cxresearch.ask.study_schema import COLUMNS
from cxresearch.ask.table_spec import Format, TableSpec
from cxresearch.load import spark
from cxresearch.load.delimited import cells_of, explain, header_of, prepare
from cxresearch.load.files import lacks, matching
from cxresearch.load.made import lacks_id
from cxresearch.load.parquet import together

EXCEL = (".xlsx", ".xlsm")
TEXT = (".csv", ".tsv", ".txt", ".zip", *EXCEL)
DATABASE = (".duckdb", ".db", ".ddb")
LOOKUP = "_lookup"
FETCHED = ("sfo", "incidents", "olist", "churn", "mobi", "telco", "cdnow")


def raw_table(connection: ibis.BaseBackend, study: Study, spec: TableSpec) -> ibis.Table:
    """Return the source columns that a table needs, as they are: text files all as text, the rest as typed there.

    Parameters
    ----------
    connection
        From `connect`.
    study, spec
        Which table, and where.

    Returns
    -------
    ibis.Table
        Source names, lazy; text files are taken into the engine at once so that a damaged one is refused here.

    Raises
    ------
    DataError
        Where a file is missing, empty or damaged; with file, line and rule.
    StudyError
        Where the mapping names a column that is not there.
    """
    wanted = [source for sources in spec.columns.values() for source in sources]
    wanted += [spec.latest.per, spec.latest.order] if spec.latest else []
    wanted += [spec.lookup.key] if spec.lookup else []
    wanted += spec.keep
    table = _opened(connection, study, spec, wanted)
    _know(study, spec, table.columns)
    if not spec.lookup:
        return table
    sources = [source for group in spec.lookup.columns.values() for source in group]
    columns = {"key": (spec.lookup.key,), **spec.lookup.columns}
    other = TableSpec(f"{spec.name}{LOOKUP}", spec.lookup.files, "", spec.lookup.format, columns, types=spec.types)
    right = _opened(connection, study, other, [spec.lookup.key, *sources])
    _know(study, other, right.columns)
    return _looked_up(table, right, spec.lookup.key, sources, f"{study.file}: tables.{spec.name}.lookup")


def _opened(connection: ibis.BaseBackend, study: Study, spec: TableSpec, wanted: Iterable[str]) -> ibis.Table:
    if not spec.files:
        return _named(connection, study, spec)
    files, place = _files(study, spec), f"{study.file}: {_key(spec)}.file"
    kinds = {_kind(file) for file in files}
    if len(kinds) > 1:
        raise DataError(f"{place} mixes {' and '.join(sorted(kinds))}; one table is read from files of one kind.")
    asked = _asked(study, spec, wanted)
    if connection.name != "duckdb":
        _readable_there(connection, files[0], place)
        return together(files, partial(spark.parquet, connection), asked, _texts(spec))
    if kinds == {"parquet"}:
        return together(files, partial(_parquet, connection), asked, _texts(spec))
    if kinds == {"database"}:
        if len(files) > 1:
            raise DataError(
                f"{place} names {len(files)} database files ({', '.join(file.name for file in files[:5])}); a table is read from one. "
                "Name one of them, or write the table of each to Parquet (COPY ... TO) and name those files."
            )
        return _attached(connection, study, spec, files[0])
    return _text(connection, study, spec, files, asked)


def _key(spec: TableSpec) -> str:
    """Return where a table stands in study.toml."""
    return f"tables.{spec.name.removesuffix(LOOKUP)}{'.lookup' if spec.name.endswith(LOOKUP) else ''}"


def _asked(study: Study, spec: TableSpec, wanted: Iterable[str]) -> frozenset[str] | None:
    """Return the columns that are read, of those that are there; None: all of them, for an id is made of them."""
    return None if lacks_id(study, spec) else frozenset((*wanted, *(() if spec.columns else COLUMNS.get(spec.name, ()))))


def _texts(spec: TableSpec) -> frozenset[str]:
    """Return the source columns that are read as text."""
    kinds = {**spec.types, **COLUMNS.get(spec.name.removesuffix(LOOKUP), {})}
    mapped = spec.columns or {own: (own,) for own in kinds}
    return frozenset(source for own, sources in mapped.items() for source in sources if kinds.get(own) == "text" or len(sources) > 1)


def _readable_there(connection: ibis.BaseBackend, file: Path, place: str) -> None:
    """Refuse what an engine other than DuckDB does not read, with what to do instead."""
    if connection.name != "pyspark":
        raise DataError(
            f'{place} is {file.name}: this engine reads tables of its own. Write table = "name" instead of file, or leave engine out.'
        )
    if _kind(file) != "parquet":
        raise DataError(f"{place} is {file.name}: {spark.NOT_READ}")


def _files(study: Study, spec: TableSpec) -> list[Path]:
    found: list[Path] = []
    for pattern in spec.files:
        present = matching(study.folder, pattern)
        if not present:
            near = nearest(Path(pattern).name, (file.name for file in study.folder.iterdir() if file.is_file()))
            raise DataError(
                f'{study.file}: {_key(spec)}.file is "{pattern}", and {study.folder / pattern} does not exist; {near}{_how(study)}'
            )
        found += present
    return found


def _how(study: Study) -> str:
    return f" `cxresearch fetch {study.name}` gets them." if study.name in FETCHED else ""


def _kind(file: Path) -> str:
    if file.suffix in (".parquet", ".pq"):
        return "parquet"
    if file.suffix in DATABASE:
        return "database"
    if file.suffix in TEXT:
        return "text"
    raise DataError(f"{file}: the ending {file.suffix!r} is not known; read are {', '.join((*TEXT, '.parquet', *DATABASE))}.")


def _named(connection: ibis.BaseBackend, study: Study, spec: TableSpec) -> ibis.Table:
    if connection.name == "duckdb":
        raise StudyError(f"{study.file}: tables.{spec.name} names no file, and the engine is DuckDB over files; add file, or an engine.")
    schema, _, name = spec.table.rpartition(".")
    known = connection.list_tables(database=schema or None)
    if name not in known:
        raise DataError(f'{study.file}: tables.{spec.name}.table is "{spec.table}", which the engine does not have; {nearest(name, known)}')
    table = connection.table(name, database=schema or None)
    return spark.with_instants(connection, table, spec.table) if connection.name == "pyspark" else table


def _attached(connection: ibis.BaseBackend, study: Study, spec: TableSpec, file: Path) -> ibis.Table:
    alias = f"attached_{spec.name}"
    try:
        connection.attach(file, name=alias, read_only=True)
    except duckdb.Error as error:
        raise DataError(f"{file}: DuckDB cannot open it: {str(error).splitlines()[0]}") from None
    listing = f"SELECT table_name FROM information_schema.tables WHERE table_catalog = {_literal(alias)} ORDER BY 1"
    known = [row[0] for row in connection.raw_sql(listing).fetchall()]
    name = spec.table or spec.name
    if name not in known:
        raise DataError(f'{study.file}: tables.{spec.name}.table is "{name}", which {file} does not have; {nearest(name, known)}')
    return connection.table(name, database=(alias, "main"))


def _parquet(connection: ibis.BaseBackend, files: list[Path]) -> ibis.Table:
    try:
        return connection.read_parquet([glob.escape(str(file)) for file in files])
    except (duckdb.Error, OSError) as error:
        names = ", ".join(str(file) for file in files[:3])
        raise DataError(f"{names}: not readable as Parquet: {str(error).splitlines()[0]}") from None


def _text(connection: ibis.BaseBackend, study: Study, spec: TableSpec, files: list[Path], asked: Collection[str] | None) -> ibis.Table:
    name, first = f"read_{spec.name}", None
    with tempfile.TemporaryDirectory(prefix="cxresearch-") as folder:
        for file in files:
            plain = (_sheet if file.suffix in EXCEL else prepare)(file, spec.format, Path(folder))
            header = header_of(plain, file, spec.format)
            _know(study, spec, header)
            taken = [column for column in header if asked is None or column in asked] or header
            first = first or taken
            _hold_against(files[0], first, file, taken)
            listing = ", ".join(map(_quoted, first))
            verb = f"CREATE TABLE {name} AS" if file is files[0] else f"INSERT INTO {name} ({listing})"
            try:
                connection.raw_sql(f"{verb} SELECT {listing} FROM {_reader(plain, spec.format, header)}")
            except duckdb.BinderException as error:
                raise DataError(f"{file}, line 1: DuckDB cannot take these columns: {str(error).splitlines()[0]}") from None
            except duckdb.Error:
                raise explain(plain, file, spec.format, len(header)) from None
    table = connection.table(name)
    if int(table.count().execute()) == 0:
        raise DataError(f"{files[0]}: a header and no row.")
    return table


def _hold_against(file: Path, columns: list[str], other: Path, others: list[str]) -> None:
    """Refuse a file of which other columns are read than of the first."""
    missing, more = [name for name in columns if name not in others], [name for name in others if name not in columns]
    if missing:
        raise lacks(other, missing[0], file, others)
    if more:
        raise lacks(file, more[0], other, columns)


def _sheet(file: Path, format: Format, folder: Path) -> Path:
    """Return one sheet of an Excel file as delimited text, so that it is held against the same rules as any other text."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # what openpyxl does not keep when it writes: nothing is written here
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        except Exception as error:
            raise DataError(f"{file}: not readable as an Excel file: {type(error).__name__}: {error}") from None
        names = book.sheetnames
        listed = ", ".join(f'"{name}"' for name in names)
        if not format.sheet and len(names) > 1:
            raise DataError(f'{file}: the file holds {len(names)} sheets ({listed}); say which one: sheet = "{names[0]}".')
        if format.sheet and format.sheet not in names:
            raise DataError(f'{file}: there is no sheet "{format.sheet}"; the sheets there: {listed}.')
        copy = folder / f"{len(list(folder.iterdir()))}-{file.name}.csv"
        with copy.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, delimiter=format.delimiter).writerows(cells_of(file, book[format.sheet or names[0]], format))
        book.close()
    return copy


def _reader(plain: Path, format: Format, header: list[str]) -> str:
    columns = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in header)
    return (
        f"read_csv({_literal(glob.escape(str(plain)))}, auto_detect = false, header = true, delim = {_literal(format.delimiter)}, "
        "quote = '\"', escape = '\"', "
        f"columns = {{{columns}}}, strict_mode = true, null_padding = false, max_line_size = 16777216)"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _know(study: Study, spec: TableSpec, columns: Iterable[str]) -> None:
    key, known = _key(spec), tuple(columns)
    where = ", ".join(spec.files) or spec.table
    named = [(f"columns.{own}", source) for own, sources in spec.columns.items() for source in sources] + [
        ("keep", source) for source in spec.keep
    ]
    named += [("latest.per", spec.latest.per), ("latest.order", spec.latest.order)] if spec.latest else []
    named += [("lookup.key", spec.lookup.key)] if spec.lookup else []
    for place, source in named:
        if source not in known:
            raise StudyError(f'{study.file}: {key}.{place} is "{source}", which {where} does not have; {nearest(source, known)}')


def _looked_up(table: ibis.Table, right: ibis.Table, key: str, sources: list[str], place: str) -> ibis.Table:
    counts = right.aggregate(rows=right.count(), keys=right[key].nunique(), named=right[key].count()).execute().iloc[0]
    if counts["keys"] != counts["named"]:
        raise DataError(
            f'{place}: the key "{key}" repeats in the looked-up file ({counts["named"]} rows, {counts["keys"]} keys); rows would multiply.'
        )
    clash = [source for source in sources if source in table.columns and source != key]
    if clash:
        raise DataError(f'{place}: the column "{clash[0]}" stands in both files; take it from one of them.')
    other = right.select(_key=right[key], **{source: right[source] for source in sources})
    return table.left_join(other, table[key] == other._key).drop("_key")
