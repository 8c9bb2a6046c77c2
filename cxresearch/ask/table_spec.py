"""What study.toml says about one table and one item: Scale, Format, Latest, Lookup, TableSpec."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cxresearch.ask.study_schema import TYPES, Section

FORMAT = ("encoding", "delimiter", "missing", "date_format", "decimal", "sheet")


@dataclass(frozen=True)
class Scale:
    """The answers that an item allows.

    Parameters
    ----------
    low, high : float
        Ends of the scale; a value beyond them is quarantined.
    blank : tuple of str
        Codes that mean "no answer"; they become missing and are counted.
    top_box : float, optional
        From this answer on, an answer counts as satisfied.
    """

    low: float
    high: float
    blank: tuple[str, ...] = ()
    top_box: float | None = None


@dataclass(frozen=True)
class Format:
    """How a text file is written: encoding, delimiter, codes for missing (by source column, "*" for all), dates, decimals, Excel sheet."""

    encoding: str = "utf-8"
    delimiter: str = ","
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    date_format: str | None = None
    decimal: str = "."
    sheet: str = ""


@dataclass(frozen=True)
class Latest:
    """Of several rows per thing, the one with the largest `order` counts (an event log)."""

    per: str
    order: str


@dataclass(frozen=True)
class Lookup:
    """Columns taken from a second file by a key that is unique there."""

    files: tuple[str, ...]
    key: str
    columns: Mapping[str, tuple[str, ...]]
    format: Format = field(default_factory=Format)


@dataclass(frozen=True)
class TableSpec:
    """Where one canonical table comes from.

    Parameters
    ----------
    name : str
        Canonical name: contacts, surveys, customers, orders or touches.
    files : tuple of str
        Files or patterns under the study's folder; empty where `table` names one of a database.
    table : str
        Table in a .duckdb file or in the warehouse.
    columns : mapping
        Own name -> source columns (several are joined by "/"); empty: every canonical column found under its own name.
    constants : mapping
        Own name -> the one value of every row.
    types : mapping
        Types of columns that are not canonical.
    keep : tuple of str
        Further source columns to carry under their own names.
    latest, lookup
        See `Latest` and `Lookup`.
    """

    name: str
    files: tuple[str, ...] = ()
    table: str = ""
    format: Format = field(default_factory=Format)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    latest: Latest | None = None
    lookup: Lookup | None = None


def read_scales(section: Section) -> dict[str, Scale]:
    """Return the scale of every item that one section of `scales` is about.

    Raises
    ------
    StudyError
        Where low, high or top_box cannot be.
    """
    section.only(("low", "high", "blank", "top_box", "columns"))
    scale = Scale(section.number("low"), section.number("high"), section.codes("blank"), section.values.get("top_box"))
    if scale.low >= scale.high:
        raise section.refuse("high", f"is {scale.high}; it must be more than low, which is {scale.low}.")
    if scale.top_box is not None and not scale.low <= section.number("top_box") <= scale.high:
        raise section.refuse("top_box", f"is {scale.top_box}; it must lie between {scale.low} and {scale.high}.")
    return dict.fromkeys(section.texts("columns", (section.key.rpartition(".")[2],)), scale)


def read_table(name: str, section: Section) -> TableSpec:
    """Return what one section of `tables` says.

    Raises
    ------
    StudyError
        Where a key is unknown, or neither file nor table is named.
    """
    section.only(("file", "table", *FORMAT, "columns", "constants", "types", "keep", "latest", "lookup"))
    files, table = section.texts("file"), section.text("table", "")
    if not files and not table:
        raise section.refuse("file", "is missing; name a file (or a list, or a pattern), or a table of the engine.")
    return TableSpec(
        name, files, table, _format(section), _sources(section.section("columns")), section.section("constants").mapping(),
        section.section("types").mapping(TYPES), section.texts("keep"), _latest(section), _lookup(section),
    )  # fmt: skip


def _sources(section: Section) -> dict[str, tuple[str, ...]]:
    return {column: section.texts(column) for column in section.values}


def _format(section: Section) -> Format:
    delimiter = section.text("delimiter", ",")
    if len(delimiter) != 1:
        raise section.refuse("delimiter", f'is "{delimiter}"; it must be one character.')
    date_format = section.text("date_format", "") or None
    decimal, sheet = section.text("decimal", ".", (".", ",")), section.text("sheet", "")
    return Format(section.text("encoding", "utf-8"), delimiter, _missing(section), date_format, decimal, sheet)


def _missing(section: Section) -> dict[str, tuple[str, ...]]:
    if not isinstance(section.values.get("missing"), Mapping):
        return {"*": section.codes("missing")}
    part = section.section("missing")
    return {column: part.codes(column) for column in part.values}


def _latest(section: Section) -> Latest | None:
    part = section.section("latest").only(("per", "order"))
    return Latest(part.text("per"), part.text("order")) if part.values else None


def _lookup(section: Section) -> Lookup | None:
    part = section.section("lookup").only(("file", "key", "columns", *FORMAT))
    if not part.values:
        return None
    return Lookup(
        part.texts("file"),
        part.text("key"),
        _sources(part.section("columns")),
        _format(Section(part.file, part.key, {**section.values, **part.values})),
    )
