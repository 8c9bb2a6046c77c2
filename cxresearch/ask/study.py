"""Study: study.toml says which tables there are, how their columns are named, and what is known about them."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cxresearch.ask.calendar import Calendar, read_calendars
from cxresearch.ask.computed import SIDES, read_means, read_themes
from cxresearch.ask.errors import StudyError
from cxresearch.ask.question import DESIGNS
from cxresearch.ask.study_schema import ASK, COLUMNS, ROLES, TOPICS, Section
from cxresearch.ask.table_spec import Scale, TableSpec, read_scales, read_table

FILE = "study.toml"
KEYS = (
    "name", "title", "engine", "timezone", "currency", "customer", "design", "disclosure_limit", "observed_until",
    "worth", "roles", "scales", "blocks", "labels", "values", "owners", "means", "shares", "voice", "calendars", "ask", "tables",
)  # fmt: skip


@dataclass(frozen=True)
class Study:
    """What study.toml says; no data is read.

    Parameters
    ----------
    name, title : str
        Short name (default: the folder's) and title as people read it.
    folder : Path
        Folder of study.toml; files are found from here.
    engine : str
        ``duckdb://`` for files, or the address of a warehouse. ``$NAME`` is taken from the environment when data are read.
    timezone : str
        Zone of times written without one.
    currency : str
        Of orders, prices and costs, as it stands behind a number: "EUR". Empty: not said.
    customer : str
        ``column``: customer_id says who; ``row``: one respondent per row.
    design : str
        ``observed``, ``experiment`` or ``quasi-experiment``.
    disclosure_limit : int
        Cells with fewer people are not shown.
    observed_until : str or None
        ISO time at which observation ends; later dates are quarantined.
    worth : mapping
        Outcome -> smallest effect worth acting on, in display units.
    roles, labels, owners : mapping
        Column -> role, human label, department.
    scales : mapping
        Survey kind or column -> `Scale`.
    blocks : mapping
        Block -> driver columns.
    values : mapping
        Column -> code -> label.
    means : mapping
        Score -> items that it is the mean of, where a row has all of them.
    shares : mapping
        0/1 column -> which side is better: asked about as an outcome, it is a share.
    themes : mapping
        Theme of comments, by its three top words -> name (``[voice.names]``).
    ask : mapping
        Notebook topic -> defaults of its question.
    tables : mapping
        Canonical table -> `TableSpec`.
    calendars : mapping
        Name -> `Calendar`; waits in business hours take the first.
    digest : str
        SHA-256 of study.toml as it stands.
    """

    name: str
    title: str
    folder: Path
    engine: str = "duckdb://"
    timezone: str = "UTC"
    currency: str = ""
    customer: str = "column"
    design: str = "observed"
    disclosure_limit: int = 5
    observed_until: str | None = None
    worth: Mapping[str, float] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    scales: Mapping[str, Scale] = field(default_factory=dict)
    blocks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    means: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shares: Mapping[str, str] = field(default_factory=dict)
    themes: Mapping[str, str] = field(default_factory=dict)
    ask: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tables: Mapping[str, TableSpec] = field(default_factory=dict)
    digest: str = ""
    calendars: Mapping[str, Calendar] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """The study.toml itself."""
        return self.folder / FILE


def open_study(path: str | Path) -> Study:
    r"""Read study.toml; no data is read.

    Parameters
    ----------
    path : str or Path
        A folder with a study.toml, or the file. A relative path is looked for from the working folder upward.

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        Where there is no such file, or a key or value in it cannot be; the message names file, key and what is allowed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "study.toml").write_text('[tables.contacts]\nfile = "tickets.csv"\n')
    >>> open_study(folder).tables["contacts"].files
    ('tickets.csv',)
    """
    file = _find(Path(path))
    text = file.read_bytes()
    try:
        values = tomllib.loads(text.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(f"{file} is not valid TOML: {error}.") from None
    return _study(Section(file, "", values).only(KEYS), hashlib.sha256(text).hexdigest())


def _find(path: Path) -> Path:
    places = [path] if path.is_absolute() else [base / path for base in (Path.cwd(), *Path.cwd().parents)]
    for place in places:
        file = place if place.suffix == ".toml" else place / FILE
        if file.is_file():
            return file.resolve()
    beside = sorted(found.parent.name for found in places[0].parent.glob(f"*/{FILE}"))
    there = f" Studies there: {', '.join(beside)}." if beside else ""
    raise StudyError(
        f'No study at "{path}": there is no folder of that name with a {FILE}, here or above.{there} `cxresearch demo` makes one.'
    )


def _study(top: Section, digest: str) -> Study:
    folder = top.file.parent
    name = top.text("name", folder.name)
    scales = {item: scale for section in top.section("scales").sections().values() for item, scale in read_scales(section).items()}
    return Study(
        name, top.text("title", name), folder, _engine(top), _timezone(top), _currency(top),
        top.text("customer", "column", ("column", "row")), top.text("design", "observed", DESIGNS), _limit(top), _until(top),
        top.section("worth").numbers(), top.section("roles").mapping(ROLES), scales,
        {key: top.section("blocks").texts(key) for key in top.section("blocks").values},
        top.section("labels").mapping(), {key: part.mapping() for key, part in top.section("values").sections().items()},
        top.section("owners").mapping(), read_means(top.section("means")), top.section("shares").mapping(SIDES),
        read_themes(top.section("voice")), _ask(top.section("ask")), _tables(top), digest,
        read_calendars(top.section("calendars"), _timezone(top)),
    )  # fmt: skip


def _engine(top: Section) -> str:
    engine = top.text("engine", "duckdb://")
    if not engine.startswith("$") and "://" not in engine:
        raise top.refuse(
            "engine", f'is "{engine}"; write an address such as "duckdb://", "postgres://host/database" or "$NAME" of the environment.'
        )
    if _tells_a_secret(engine):
        raise top.refuse("engine", 'holds a password; leave it out and set PGPASSWORD, ~/.pgpass, or engine = "$NAME" of the environment.')
    return engine


def _tells_a_secret(engine: str) -> bool:
    if engine.startswith("pyspark://"):  # a master such as "local[2]" is no address to urlsplit; settings of Spark follow it
        return re.search("password|secret|token|credential", engine, re.IGNORECASE) is not None
    return bool(urlsplit(engine).password)


def _timezone(top: Section) -> str:
    zone = top.text("timezone", "UTC")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise top.refuse("timezone", f'is "{zone}"; write a zone such as "UTC" or "Europe/Berlin".') from None
    return zone


def _currency(top: Section) -> str:
    named = top.text("currency", "")
    if len(named) > 8 or re.search(r"[\d\s]", named):
        raise top.refuse("currency", f'is "{named}"; write what stands behind an amount, such as "EUR", up to 8 characters without space.')
    return named


def _limit(top: Section) -> int:
    limit = top.number("disclosure_limit", 5)
    if limit != int(limit) or limit < 1:
        raise top.refuse("disclosure_limit", f"is {limit}; it must be a whole number from 1 up.")
    return int(limit)


def _until(top: Section) -> str | None:
    value = top.values.get("observed_until")
    if value is None or hasattr(value, "isoformat"):
        return value.isoformat() if value is not None else None
    raise top.refuse("observed_until", f"is {value!r}; write a date or time without quotes, for instance 2025-12-31.")


def _ask(section: Section) -> dict[str, Mapping[str, Any]]:
    section.only(TOPICS, "a topic")
    return {topic: part.only(ASK).values for topic, part in section.sections().items()}


def _tables(top: Section) -> dict[str, TableSpec]:
    section = top.section("tables").only(COLUMNS, "a canonical table")
    if not section.values:
        raise top.refuse("tables", f"is missing; declare at least one of {', '.join(COLUMNS)}.")
    return {name: read_table(name, part) for name, part in section.sections().items()}
