"""What was counted while a study was read, and the fingerprint of what was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import ibis
import pandas as pd

from cxresearch.ask.study_schema import IDS
from cxresearch.load.rules import repeated

AUDIT = ("table", "thing", "detail", "n", "of")
BEGINNING = 100_000  # rows
Row = tuple[str, str, str, int, int]


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
    repeats : int or None
        Rows alike in every column to one before, where the source has no id: kept, for they may be different people.
    sound : int
        Rows that break no rule.
    fingerprint : str
        Of all rows.
    """

    table: ibis.Table
    columns: Mapping[str, str]
    names: tuple[str, ...]
    codes: Mapping[str, tuple[str, ...]]
    until: datetime | None
    read: int | None = None
    repeats: int | None = None
    sound: int = 0
    fingerprint: str = ""

    @property
    def clean(self) -> ibis.Table:
        """Rows that break no rule."""
        return self.table.filter(self.table.rule.isnull()).select(*self.columns)


def audit_of(stages: Mapping[str, Stage], clean: Mapping[str, ibis.Table]) -> pd.DataFrame:
    """Return what was counted, one aggregate query per table.

    Parameters
    ----------
    stages : mapping
        Canonical table -> `Stage`.
    clean : mapping
        Canonical table -> sound rows.

    Returns
    -------
    pandas.DataFrame
        ``table``, ``thing`` (source, rows, duplicate, quarantined, blank, missing, orphan), ``detail`` (rule or column), ``n``, ``of``.
    """
    counted = [row for name, stage in stages.items() for row in _counts(name, stage)]
    return pd.DataFrame([*counted, *_orphans(clean)], columns=list(AUDIT))


def _counts(name: str, stage: Stage) -> list[Row]:
    blanks = [(column, code) for column, codes in stage.codes.items() for code in codes]
    found = _by_rule(stage, blanks)
    whole, sound = int(found["rows"].sum()), found[found["rule"].isna()]
    rows = int(sound["rows"].sum())
    broken = dict(zip(found["rule"], found["rows"], strict=True))
    key = IDS.get(name)
    twins = [("duplicate", "alike in every column to another (kept: there is no id)", stage.repeats, whole)] if stage.repeats else []
    listed = [("source", "rows read; the latest of each is kept", stage.read, stage.read)] if stage.read is not None else []
    listed += [("rows", "", rows, whole), *twins]
    listed += [("quarantined", rule, broken.get(rule, 0), whole) for rule in (*stage.names, repeated(key) if key else "")]
    listed += [("blank", f"{column}: coded {code}", found[f"b{place}"].sum(), whole) for place, (column, code) in enumerate(blanks)]
    listed += [("blank", f"{column}: empty", sound[f"e{place}"].sum(), whole) for place, column in enumerate(stage.codes)]
    listed += [("missing", column, sound[f"m{place}"].sum(), rows) for place, column in enumerate(stage.columns)]
    return [(name, thing, detail, int(n), int(of)) for thing, detail, n, of in listed if int(n) > 0 or thing in ("rows", "source")]


def _by_rule(stage: Stage, blanks: list[tuple[str, str]]) -> pd.DataFrame:
    """Return the counts for every broken rule, and for the sound rows (rule missing): one pass over the table."""
    table = stage.table
    asked = {"rows": table.count()}
    asked |= {f"m{place}": table[column].isnull().sum() for place, column in enumerate(stage.columns)}
    asked |= {f"b{place}": (table[f"code_{column}"] == code).sum() for place, (column, code) in enumerate(blanks)}
    asked |= {f"e{place}": _empty(table, column).sum() for place, column in enumerate(stage.codes)}
    return table.group_by("rule").aggregate(**asked).execute().fillna(dict.fromkeys(list(asked), 0))


def _empty(table: ibis.Table, column: str) -> ibis.Value:
    """Return which answered items have neither an answer nor a code for one."""
    empty = table[column].isnull()
    if f"code_{column}" in table.columns:
        empty = empty & table[f"code_{column}"].isnull()
    return empty & table.answered_at.notnull() if "answered_at" in table.columns else empty


def _orphans(clean: Mapping[str, ibis.Table]) -> list[Row]:
    surveys, contacts = clean.get("surveys"), clean.get("contacts")
    if surveys is None or contacts is None or "contact_id" not in surveys.columns:
        return []
    about = surveys.filter(surveys.contact_id.notnull())
    lost = int(about.anti_join(contacts, "contact_id").count().execute())
    return [("surveys", "orphan", "contact_id not among the contacts (kept)", lost, int(about.count().execute()))] if lost else []


@ibis.udf.scalar.builtin(name="hashtextextended", signature=(("string", "int64"), "int64"))
def _postgres_number(text, seed): ...


@ibis.udf.scalar.builtin(name="xxhash64", signature=(("string",), "int64"))
def _spark_number(text): ...


def counted(table: ibis.Table, key: str | None) -> tuple[int, bool, str]:
    """Return of a stage: how many rows are sound, whether an id repeats among them, and its fingerprint; one pass over the table.

    A fingerprint is text that is equal for equal rows, whatever their order. Where all hashes of the ids differ, so do the ids.
    """
    sound = table.rule.isnull()
    counts = {"rows": table.count(), "sound": table.count(where=sound), "total": hashed(table).sum()}
    fast = table.get_backend().name == "duckdb"
    counts |= {"ids": (table[key].hash() if fast else table[key]).nunique(where=sound)} if key else {}
    found = table.aggregate(**counts).execute().iloc[0]
    again = bool(key) and found["ids"] < found["sound"]
    if again and fast:
        again = bool(table[key].nunique(where=sound).execute() < found["sound"])
    return int(found["sound"]), again, f"{','.join(sorted(table.columns))}:{found['rows']}:{found['total']}"


def rising(table: ibis.Table, key: str) -> bool:
    """Return whether each id follows the one before, shorter ones first, as numbers do that are counted up: then none can repeat.

    That takes half the time of telling all of them apart, and no memory. It holds in whatever order the rows come; a missing id, or rows
    that come in several strands, leave a gap, and the answer is no. The beginning is looked at first.

    Examples
    --------
    >>> rising(ibis.memtable({"id": ["k9", "k10"]}), "id"), rising(ibis.memtable({"id": ["k10", "k9"]}), "id")
    (True, False)
    """
    return all(_rising(some, key) for some in (table.limit(BEGINNING), table))


def _rising(table: ibis.Table, key: str) -> bool:
    ids = table.select(id=table[key])
    ids = ids.mutate(before=ids.id.lag())
    longer, as_long = ids.id.length() > ids.before.length(), ids.id.length() == ids.before.length()
    found = ids.aggregate(rows=ids.count(), up=(longer | (as_long & (ids.id > ids.before))).sum()).to_pyarrow().to_pylist()[0]
    return found["rows"] > 0 and (found["up"] or 0) == found["rows"] - 1


def hashed(table: ibis.Table) -> ibis.Value:
    """Return a number for each row, from all its values; it can be summed without overflow."""
    names, engine = sorted(table.columns), table.get_backend().name
    if engine == "duckdb":  # of the values as they are: to write them out as text first takes ten times as long
        number = ibis.struct({name: table[name] for name in names}).hash()
    else:
        text = ibis.literal("\u241f").join([ibis.coalesce(table[name].cast("string"), "\u2205") for name in names])
        numbers = {"postgres": lambda text: _postgres_number(text, 0), "pyspark": _spark_number}
        number = numbers.get(engine, lambda text: text.hash())(text)
    return number.cast("decimal(38, 0)")
