"""Tables: everything that a study holds, typed, checked and still in the engine."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import ibis
import pandas as pd

from cxresearch.ask.study import Study, open_study
from cxresearch.ask.study_schema import COLUMNS, IDS
from cxresearch.ask.table_spec import TableSpec
from cxresearch.load.audit import Stage, audit_of, counted, rising
from cxresearch.load.casting import Cast, Reading, cast, kind_of, refuse_text_times, years_of
from cxresearch.load.clock import agrees
from cxresearch.load.engines import connect
from cxresearch.load.events import latest
from cxresearch.load.made import ROW, alike, every_mean_made, lacks_id, numbered, with_means
from cxresearch.load.rules import complete_mapping, end_of_observation, first_broken, names_apart, once_each, readable, rules, schema_of
from cxresearch.load.sources import TEXT, raw_table

YEARS_AHEAD = 10
HELD_ROWS = 2_000_000


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
        if self.connection.name != "duckdb":
            return {name: stage.clean for name, stage in self.stages.items()}
        return {name: self.connection.create_view(f"clean_{name}", stage.clean) for name, stage in self.stages.items()}

    @cached_property
    def rows(self) -> dict[str, int]:
        """Canonical table -> how many sound rows."""
        return {name: stage.sound for name, stage in self.stages.items()}

    @cached_property
    def audit(self) -> pd.DataFrame:
        """What was counted, one aggregate query per table.

        Returns
        -------
        pandas.DataFrame
            ``table``, ``thing`` (source, rows, quarantined, blank, missing, orphan), ``detail`` (rule or column), ``n``, ``of``.
        """
        return audit_of(self.stages, self.clean)

    @cached_property
    def fingerprint(self) -> str:
        """Sixteen hex digits of study.toml and every row, quarantined ones too; the order of rows does not matter."""
        said = [self.study.digest, *(f"{name}:{stage.fingerprint}" for name, stage in sorted(self.stages.items()))]
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
    columns = {name: stage.columns for name, stage in stages.items()}
    every_mean_made(study, columns)
    names_apart(study, columns)
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
    raw = latest(raw, study, spec, _is_text(spec)) if spec.latest else raw
    sources = _sources(spec, raw.columns)
    repeats = None
    if lacks_id(study, spec):
        raw = numbered(raw)
        repeats, sources = alike(raw), {IDS[spec.name]: (ROW,), **sources}
    complete_mapping(study, spec, (*sources, *spec.constants))
    readings = _by_years(connection, {own: _reading(study, spec, own, given, raw) for own, given in sources.items()}, raw, sources)
    kind = cast(_joined(raw, sources["kind"]), readings["kind"]).value if "kind" in sources else None
    casts = {own: cast(_joined(raw, given), readings[own], kind) for own, given in sources.items()}
    table = _typed(raw, casts, spec)
    columns = {own: ("text" if reading.labels else reading.kind) for own, reading in readings.items()}
    columns |= dict.fromkeys(spec.constants, "text")
    if spec.name == "surveys" and "customer_id" not in columns and "contact_id" in columns and contacts:
        table, columns = _with_customer(table, contacts.clean), {**columns, "customer_id": "text"}
    table, made = with_means(table, columns, study)
    columns |= made
    until = end_of_observation(study) or _plausible_end(table, columns)
    contract = (
        *(readable(own, reading.kind) for own, reading in readings.items() if casts[own].unreadable is not None),
        *rules(study, spec, columns, until),
    )
    codes = {
        own: tuple(dict.fromkeys(code for _, code in reading.blank)) for own, reading in readings.items() if reading.blank or own == "score"
    }
    kept = [*columns, *(f"code_{own}" for own in codes if casts[own].code is not None), "rule"]
    large = _is_large(connection, spec, raw)
    staged = _held(connection, spec, first_broken(table, contract).select(*kept), large)
    key = IDS[spec.name] if IDS.get(spec.name) in columns else None
    proven = key is not None and large and connection.name == "duckdb" and rising(staged, key)
    sound, again, text = counted(staged, None if proven else key)
    if key and again:
        staged = once_each(staged, key, list(columns))
        sound, _, text = counted(staged, None)
    return Stage(staged, columns, tuple(rule.name for rule in contract), codes, until, read_rows, repeats, sound, text)


def _is_large(connection: ibis.BaseBackend, spec: TableSpec, raw: ibis.Table) -> bool:
    """Return whether a table is too large to be kept: text files never are, for they would be read anew by every query."""
    if connection.name != "pyspark" and (connection.name != "duckdb" or not spec.files or _is_text(spec)):
        return False
    return int(raw.count().execute()) > HELD_ROWS


def _held(connection: ibis.BaseBackend, spec: TableSpec, table: ibis.Table, large: bool) -> ibis.Table:
    """Keep text files and small files typed in the engine, name large ones, leave a warehouse as it is.

    A named relation also keeps every later expression short, which is what compiling it costs.
    """
    if connection.name == "pyspark":
        return table if large else table.cache()
    if connection.name != "duckdb" or not spec.files:
        return table
    return (connection.create_view if large else connection.create_table)(f"typed_{spec.name}", table)


def _sources(spec: TableSpec, available: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    mapped = dict(spec.columns) or {column: (column,) for column in COLUMNS[spec.name] if column in available}
    looked_up = dict(spec.lookup.columns) if spec.lookup else {}
    return {
        own: given for own, given in {**mapped, **{name: (name,) for name in spec.keep}, **looked_up}.items() if own not in spec.constants
    }


def _reading(study: Study, spec: TableSpec, own: str, given: tuple[str, ...], raw: ibis.Table) -> Reading:
    format = spec.lookup.format if spec.lookup and own in spec.lookup.columns else spec.format
    kind = COLUMNS[spec.name].get(own) or spec.types.get(own) or ("number" if own in study.scales else kind_of(_joined(raw, given)))
    if kind == "timestamp" and not spec.files:
        refuse_text_times(_joined(raw, given), given[0], f"{study.file}: tables.{spec.name}")
    missing = format.missing.get(given[0], format.missing.get("*", ()))
    labels, blank = study.values.get(own, {}), _blank(study, spec, own)
    return Reading(kind, study.timezone, missing, blank, format.date_format, format.decimal, labels, _is_text(spec))


def _by_years(
    connection: ibis.BaseBackend, readings: dict[str, Reading], raw: ibis.Table, sources: Mapping[str, tuple[str, ...]]
) -> dict[str, Reading]:
    """Return the readings of large files with the years that stand in local times: the clock's changes can then be looked up here."""
    asked = {own: reading for own, reading in readings.items() if reading.kind == "timestamp" and reading.zone != "UTC"}
    if connection.name != "duckdb" or not asked or int(raw.count().execute()) <= HELD_ROWS:
        return readings
    found = years_of({own: _joined(raw, sources[own]) for own in asked}, raw)
    known = {own: years for own, years in found.items() if agrees(connection, asked[own].zone, years)}
    return {own: replace(reading, years=known.get(own)) for own, reading in readings.items()}


def _is_text(spec: TableSpec) -> bool:
    return bool(spec.files) and spec.files[0].endswith(TEXT)


def _blank(study: Study, spec: TableSpec, own: str) -> tuple[tuple[str | None, str], ...]:
    """Return blank codes; those of a score depend on the kind of survey."""
    if spec.name != "surveys" or own != "score":
        return tuple((None, code) for code in study.scales[own].blank) if own in study.scales else ()
    constant = spec.constants.get("kind")
    kinds = [constant] if constant in study.scales else [] if constant else list(study.scales)
    return tuple((None if constant else kind, code) for kind in kinds for code in study.scales[kind].blank)


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
    values |= {f"unreadable_{own}": made.unreadable for own, made in casts.items() if made.unreadable is not None}
    values |= {f"code_{own}": made.code for own, made in casts.items() if made.code is not None}
    return raw.select(**values)


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
