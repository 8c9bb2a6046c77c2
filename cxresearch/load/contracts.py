"""Tables: everything that a study holds, typed, checked and still in the engine."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import ibis
import pandas as pd

from cxresearch.ask.study import Study, open_study
from cxresearch.ask.study_schema import COLUMNS, IDS
from cxresearch.ask.table_spec import TableSpec
from cxresearch.load.casting import Cast, Reading, cast, kind_of, refuse_text_times
from cxresearch.load.rules import complete_mapping, end_of_observation, first_broken, once_each, readable, rules, schema_of
from cxresearch.load.sources import connect, raw_table

YEARS_AHEAD = 10
AUDIT = ("table", "thing", "detail", "n", "of")


@dataclass(frozen=True, eq=False)
class Stage:
    """One table after its contract was applied, broken rows still in it.

    Parameters
    ----------
    table : ibis.Table
        Own columns, `rule` (the first broken rule, or missing), `code_<column>` (blank code that stood there).
    columns : mapping
        Own column -> type.
    names : tuple of str
        Every rule that was applied, in order.
    codes : mapping
        Column -> its blank codes.
    read : int or None
        Rows of the source where only the latest per thing was kept.
    """

    table: ibis.Table
    columns: Mapping[str, str]
    names: tuple[str, ...]
    codes: Mapping[str, tuple[str, ...]]
    until: datetime | None
    read: int | None = None

    @property
    def clean(self) -> ibis.Table:
        """Rows that break no rule."""
        return self.table.filter(self.table.rule.isnull()).select(*self.columns)


@dataclass(frozen=True, eq=False)
class Tables:
    """What a study holds.

    Parameters
    ----------
    study : Study
        Where it is declared.
    connection : ibis.BaseBackend
        Where the rows stay.
    stages : mapping
        Canonical table -> `Stage`.
    """

    study: Study
    connection: ibis.BaseBackend = field(repr=False)
    stages: Mapping[str, Stage] = field(repr=False)

    @cached_property
    def clean(self) -> dict[str, ibis.Table]:
        """Canonical table -> lazy table of sound rows: ids text, times UTC, numbers float64 or int64."""
        return {name: stage.clean for name, stage in self.stages.items()}

    @cached_property
    def audit(self) -> pd.DataFrame:
        """What was counted, one aggregate query per table.

        Returns
        -------
        pandas.DataFrame
            ``table``, ``thing`` (source, rows, quarantined, blank, missing, orphan), ``detail`` (rule or column), ``n``, ``of``.
        """
        counted = [row for name, stage in self.stages.items() for row in _counts(name, stage)]
        return pd.DataFrame([*counted, *_orphans(self.clean)], columns=list(AUDIT))

    @cached_property
    def fingerprint(self) -> str:
        """Sixteen hex digits of study.toml and every row, quarantined ones too; the order of rows does not matter."""
        said = [self.study.digest, *(f"{name}:{_fingerprint(stage.table)}" for name, stage in sorted(self.stages.items()))]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def read(study: Study) -> Tables:
    """Open every table of a study; rows stay in the engine.

    Parameters
    ----------
    study : Study
        From `open_study`.

    Returns
    -------
    Tables

    Raises
    ------
    DataError
        Where a file is missing, empty or damaged; with file, line and rule.
    StudyError
        Where the mapping does not fit the source.
    """
    connection = connect(study)
    stages: dict[str, Stage] = {}
    for name in sorted(study.tables, key=list(COLUMNS).index):
        stages[name] = _stage(connection, study, study.tables[name], stages.get("contacts"))
    return Tables(study, connection, stages)


def check(path: str | Path) -> pd.DataFrame:
    """Read a study, hold its sound rows against the declared schema, and return what was counted.

    Returns
    -------
    pandas.DataFrame
        As `Tables.audit`.

    Raises
    ------
    DataError, StudyError
        As `read`.
    pandera.errors.SchemaErrors
        Where sound rows break the schema: a fault of this package, not of the data.
    """
    tables = read(open_study(path))
    for name, stage in tables.stages.items():
        schema_of(tables.study, tables.study.tables[name], dict(stage.columns), stage.until).validate(stage.clean, lazy=True)
    return tables.audit


def _stage(connection: ibis.BaseBackend, study: Study, spec: TableSpec, contacts: Stage | None) -> Stage:
    raw = raw_table(connection, study, spec)
    read_rows = int(raw.count().execute()) if spec.latest else None
    raw = _latest(raw, spec) if spec.latest else raw
    sources = _sources(spec, raw.columns)
    complete_mapping(study, spec, (*sources, *spec.constants))
    readings = {own: _reading(study, spec, own, given, raw) for own, given in sources.items()}
    casts = {own: cast(_joined(raw, given), readings[own]) for own, given in sources.items()}
    table = _typed(raw, casts, spec)
    columns = {own: ("text" if reading.labels else reading.kind) for own, reading in readings.items()}
    columns |= dict.fromkeys(spec.constants, "text")
    if spec.name == "surveys" and "customer_id" not in columns and "contact_id" in columns and contacts:
        table, columns = _with_customer(table, contacts.clean), {**columns, "customer_id": "text"}
    until = end_of_observation(study) or _plausible_end(table, columns)
    contract = (
        *(readable(own, reading.kind) for own, reading in readings.items() if reading.kind != "text"),
        *rules(study, spec, columns, until),
    )
    codes = {own: reading.scale.blank for own, reading in readings.items() if reading.scale}
    kept = [*columns, *(f"code_{own}" for own in codes if casts[own].code is not None), "rule"]
    staged = _held(connection, spec, first_broken(table, contract).select(*kept))
    staged = once_each(staged, IDS[spec.name], list(columns)) if IDS.get(spec.name) in columns else staged
    return Stage(staged, columns, tuple(rule.name for rule in contract), codes, until, read_rows)


def _held(connection: ibis.BaseBackend, spec: TableSpec, table: ibis.Table) -> ibis.Table:
    """Keep a parsed text file in the engine; Parquet and warehouse tables stay where they are."""
    if connection.name != "duckdb" or not spec.files or not any(file.endswith((".csv", ".tsv", ".txt", ".zip")) for file in spec.files):
        return table
    return connection.create_table(f"typed_{spec.name}", table)


def _sources(spec: TableSpec, available: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    mapped = dict(spec.columns) or {column: (column,) for column in COLUMNS[spec.name] if column in available}
    looked_up = dict(spec.lookup.columns) if spec.lookup else {}
    return {
        own: given for own, given in {**mapped, **{name: (name,) for name in spec.keep}, **looked_up}.items() if own not in spec.constants
    }


def _reading(study: Study, spec: TableSpec, own: str, given: tuple[str, ...], raw: ibis.Table) -> Reading:
    format = spec.lookup.format if spec.lookup and own in spec.lookup.columns else spec.format
    scale = study.scales.get(own) or (study.scales.get(spec.constants.get("kind", "")) if own == "score" else None)
    kind = COLUMNS[spec.name].get(own) or spec.types.get(own) or ("number" if scale else kind_of(_joined(raw, given)))
    if kind == "timestamp" and not spec.files:
        refuse_text_times(_joined(raw, given), given[0], f"{study.file}: tables.{spec.name}")
    missing = format.missing.get(given[0], format.missing.get("*", ()))
    return Reading(kind, study.timezone, missing, scale, format.date_format, format.decimal, study.values.get(own, {}))


def _joined(raw: ibis.Table, given: tuple[str, ...]) -> ibis.Value:
    if len(given) == 1:
        return raw[given[0]]
    parts = [raw[name].cast("string") for name in given]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + "/" + part
    return whole


def _typed(raw: ibis.Table, casts: Mapping[str, Cast], spec: TableSpec) -> ibis.Table:
    values = {own: made.value for own, made in casts.items()} | {own: ibis.literal(value) for own, value in spec.constants.items()}
    values |= {f"unreadable_{own}": made.unreadable for own, made in casts.items()}
    values |= {f"code_{own}": made.code for own, made in casts.items() if made.code is not None}
    return raw.select(**values)


def _latest(raw: ibis.Table, spec: TableSpec) -> ibis.Table:
    order = raw[spec.latest.order]
    number = cast(order, Reading("number")).value
    ties = [raw[column].desc() for column in sorted(raw.columns)]
    ranked = raw.mutate(
        _rank=ibis.row_number().over(
            ibis.window(group_by=raw[spec.latest.per], order_by=[number.desc(nulls_first=False), order.desc(), *ties])
        )
    )
    return ranked.filter(ranked._rank == 0).drop("_rank")


def _with_customer(surveys: ibis.Table, contacts: ibis.Table) -> ibis.Table:
    right = contacts.select(_contact="contact_id", customer_id="customer_id")
    return surveys.left_join(right, surveys.contact_id == right._contact).drop("_contact")


def _plausible_end(table: ibis.Table, columns: Mapping[str, str]) -> datetime | None:
    """Return ten years past the middle date: without a declared end of observation only gross errors can be told."""
    stamps = [name for name in ("opened_at", "answered_at", "joined_at", "ordered_at", "at") if columns.get(name) == "timestamp"]
    if not stamps:
        return None
    middle = table[stamps[0]].epoch_seconds().median().execute()
    known = middle is not None and middle == middle
    return datetime(1970, 1, 1) + timedelta(seconds=float(middle), days=365.25 * YEARS_AHEAD) if known else None


def _counts(name: str, stage: Stage) -> list[tuple[str, str, str, int, int]]:
    table = stage.table
    sound = table.rule.isnull()
    key = IDS.get(name)
    names = [*stage.names, *([f"{key} repeated (one row kept)"] if key else [])]
    asked = {"rows": table.count(), "sound": sound.sum()}
    asked |= {f"r{place}": (table.rule == rule).sum() for place, rule in enumerate(names)}
    asked |= {f"m{place}": (sound & table[column].isnull()).sum() for place, column in enumerate(stage.columns)}
    blanks = [(column, code) for column, codes in stage.codes.items() for code in codes]
    asked |= {f"b{place}": (table[f"code_{column}"] == code).sum() for place, (column, code) in enumerate(blanks)}
    coded = [column for column, codes in stage.codes.items() if codes or column == "score"]
    asked |= {f"e{place}": (sound & _empty(table, column)).sum() for place, column in enumerate(coded)}
    found = table.aggregate(**asked).execute().fillna(0).iloc[0].astype("int64")
    rows, whole = int(found["sound"]), int(found["rows"])
    listed = [("source", "rows read; the latest of each is kept", stage.read, stage.read)] if stage.read is not None else []
    listed += [("rows", "", rows, whole)]
    listed += [("quarantined", rule, int(found[f"r{place}"]), whole) for place, rule in enumerate(names)]
    listed += [("blank", f"{column}: coded {code}", int(found[f"b{place}"]), whole) for place, (column, code) in enumerate(blanks)]
    listed += [("blank", f"{column}: empty", int(found[f"e{place}"]), whole) for place, column in enumerate(coded)]
    listed += [("missing", column, int(found[f"m{place}"]), rows) for place, column in enumerate(stage.columns)]
    return [(name, thing, detail, n, of) for thing, detail, n, of in listed if n or thing in ("rows", "source")]


def _empty(table: ibis.Table, column: str) -> ibis.Value:
    """Return which answered items have neither an answer nor a code for one."""
    empty = table[column].isnull()
    if f"code_{column}" in table.columns:
        empty = empty & table[f"code_{column}"].isnull()
    return empty & table.answered_at.notnull() if "answered_at" in table.columns else empty


def _orphans(clean: Mapping[str, ibis.Table]) -> list[tuple[str, str, str, int, int]]:
    surveys, contacts = clean.get("surveys"), clean.get("contacts")
    if surveys is None or contacts is None or "contact_id" not in surveys.columns:
        return []
    about = surveys.filter(surveys.contact_id.notnull())
    lost = int(about.anti_join(contacts, "contact_id").count().execute())
    return [("surveys", "orphan", "contact_id not among the contacts (kept)", lost, int(about.count().execute()))] if lost else []


@ibis.udf.scalar.builtin(name="md5_number_lower", signature=(("string",), "uint64"))
def _duckdb_number(text): ...


@ibis.udf.scalar.builtin(name="hashtextextended", signature=(("string", "int64"), "int64"))
def _postgres_number(text, seed): ...


def _fingerprint(table: ibis.Table) -> str:
    parts = [ibis.coalesce(table[name].cast("string"), "\u2205") for name in sorted(table.columns)]
    text = ibis.literal("\u241f").join(parts)
    number = {"duckdb": lambda: _duckdb_number(text), "postgres": lambda: _postgres_number(text, 0)}.get(
        table.get_backend().name, text.hash
    )()
    found = table.aggregate(rows=table.count(), total=number.cast("decimal(38, 0)").sum()).execute().iloc[0]
    return f"{','.join(sorted(table.columns))}:{found['rows']}:{found['total']}"
