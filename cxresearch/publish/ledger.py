"""The memory between runs: every run and edition, with inputs, versions and findings, in one SQLite file."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxresearch.ask.errors import RunError, nearest

FILE = "ledger.db"
SCHEMA, OURS = 1, 0x63786C31
PATIENCE_SECONDS = 30.0
COLUMNS = "number, kind, name, title, fingerprint, status, made, folder, said"
TABLES = (
    """CREATE TABLE entries (
        number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL,
        fingerprint TEXT NOT NULL, status TEXT NOT NULL, made TEXT NOT NULL, folder TEXT NOT NULL, said TEXT NOT NULL,
        mark TEXT NOT NULL UNIQUE)""",
    """CREATE TABLE members (
        edition INTEGER NOT NULL REFERENCES entries, place INTEGER NOT NULL, run INTEGER NOT NULL REFERENCES entries,
        PRIMARY KEY (edition, place))""",
    "CREATE INDEX by_name ON entries (kind, name, number)",
    f"PRAGMA application_id = {OURS}",
    f"PRAGMA user_version = {SCHEMA}",
)


@dataclass(frozen=True)
class Entry:
    """One run or edition, as it was.

    Parameters
    ----------
    id : str
        What is typed: "r12" for a run, "e13" for an edition; "" where a folder was read that the ledger does not know.
    kind : str
        ``run`` or ``edition``.
    name, title : str
        Folder name of the report, or name of the edition; its title.
    fingerprint : str
        Sixteen hex digits that name what it was made from.
    status : str
        ``done``, ``not applicable`` or ``failed``; of an edition ``failed`` where one report failed.
    made : str
        When it was begun, UTC.
    folder : str
        Where it stood, below the folder of all reports.
    said : mapping
        Its manifest: parameters, versions, data, findings.
    runs : tuple of Entry
        The reports of an edition, in order.
    """

    id: str
    kind: str
    name: str
    title: str
    fingerprint: str
    status: str
    made: str
    folder: str
    said: Mapping[str, Any] = field(repr=False)
    runs: tuple["Entry", ...] = field(default=(), repr=False)

    @property
    def period(self) -> str:
        """The periods of the data, as people write them; those of an edition are those of its reports, and of many the last is named."""
        own = [str(each.get("period") or "") for entry in (self, *self.runs) for each in entry.said.get("data", ())]
        named = list(filter(None, dict.fromkeys(own)))
        return ", ".join(named) if len(named) < 3 else f"{len(named)} periods, the last {named[-1]}"


def record(root: Path, folder: Path) -> str:
    """Write a finished run or edition into the ledger and return its id; a run that is there already keeps its own.

    Parameters
    ----------
    root : Path
        Folder of all reports, which holds ``ledger.db``.
    folder : Path
        Of the run or edition, with its ``manifest.json``.

    Raises
    ------
    RunError
        Where the ledger cannot be written: damaged, newer than this package, or held by another process for too long.
    """
    entry = read_folder(folder, root)
    with _open(root) as ledger:
        number = _insert(ledger, entry)
        for place, run in enumerate(entry.runs):
            ledger.execute("INSERT OR IGNORE INTO members VALUES (?, ?, ?)", (number, place, _insert(ledger, run)))
    return _id(entry.kind, number)


def ready(root: Path) -> None:
    """Raise the error that `record` would raise, before anything is run."""
    with _open(root):
        pass


def last_different(root: Path, name: str, fingerprint: str) -> Entry | None:
    """Return the newest edition of this name that was made from something else; None where there is none."""
    where = "kind = 'edition' AND name = ? AND fingerprint <> ? ORDER BY number DESC LIMIT 1"
    found = _read(root, where, (name, fingerprint))
    return found[0] if found else None


def entries(root: Path, *, kind: str | None = None, name: str | None = None, limit: int | None = None) -> tuple[Entry, ...]:
    """Return what the ledger holds, the newest first; the runs of an edition stand within it.

    Parameters
    ----------
    root : Path
        Folder of all reports.
    kind, name : str, optional
        Only these.
    limit : int, optional
        At most so many.
    """
    terms = {key: value for key, value in (("kind", kind), ("name", name)) if value is not None}
    where = " AND ".join(["1", *(f"{key} = ?" for key in terms)]) + " ORDER BY number DESC LIMIT ?"
    return _read(root, where, (*terms.values(), -1 if limit is None else limit))


def find(root: Path, named: str) -> Entry:
    """Return the run or edition of this id ("r12", "e13"), or the one that stands in this folder.

    Raises
    ------
    RunError
        Where there is none.
    """
    folder = next((path for path in (Path(named), root / named) if (path / "manifest.json").is_file()), None)
    if folder is not None:
        return read_folder(folder, root)
    digits = named[1:]
    kind = {"r": "run", "e": "edition"}.get(named[:1])
    found = _read(root, "kind = ? AND number = ?", (kind, int(digits))) if kind and digits.isdecimal() and len(digits) < 16 else ()
    if not found:
        known = [entry.id for entry in entries(root, limit=20)]
        raise RunError(f'The ledger has no run "{named}", and no such folder holds a report; {nearest(named, known)} See: cxresearch runs.')
    return found[0]


def read_folder(folder: Path, root: Path) -> Entry:
    """Return what stands in the folder of a run or an edition, finished or still being made.

    Raises
    ------
    RunError
        Where a manifest cannot be read.
    """
    folder, root = Path(folder).absolute(), Path(root).absolute()
    said = _manifest(folder / "manifest.json") if (folder / "manifest.json").is_file() else {}
    place = str(folder.relative_to(root)) if folder.is_relative_to(root) else folder.name
    made = str(said.get("circumstances", {}).get("started", ""))
    if said.get("notebook"):
        return Entry("", "run", folder.name, said["title"], fingerprint_of(said), said["status"], made, place, said)
    named = [str(report["slug"]) for report in said.get("reports", ())]
    slugs = named or sorted(path.parent.name for path in folder.glob("*/manifest.json"))
    runs = tuple(read_folder(folder / slug, root) for slug in slugs if (folder / slug / "manifest.json").is_file())
    status = "failed" if any(report.get("status") == "failed" for report in said.get("reports", ())) else "done"
    name = str(said.get("edition") or folder.name)
    return Entry("", "edition", name, str(said.get("title", name)), _together(runs), status, made, place, said, runs)


def fingerprint_of(said: Mapping[str, Any]) -> str:
    """Return sixteen hex digits that name what a run was made from, from its manifest: never when, where or by whom."""
    used = {**said.get("defaults", {}), **said.get("parameters", {})}
    data = [each.get("fingerprint") for each in said.get("data", ())]
    package = [said.get("packages", {}).get("cxresearch"), said.get("package_fingerprint")]
    numbers = [[each.get(key) for key in ("topic", "method", "estimate", "low", "high", "n")] for each in said.get("findings", ())]
    return _digest([said.get("notebook"), said.get("notebook_fingerprint"), used, data, package, numbers])


def _together(runs: tuple[Entry, ...]) -> str:
    """Name what an edition was made from; a report without data and findings of its own, such as a summary, does not count."""
    counted = [run for run in runs if run.said.get("data") or run.said.get("findings")]
    return _digest(sorted([run.name, run.fingerprint] for run in counted))


def _digest(said: Any) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _manifest(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise RunError(f"{path.parent.name}/manifest.json cannot be read ({type(error).__name__}). Make the report again.") from None


def _insert(ledger: sqlite3.Connection, entry: Entry) -> int:
    said = json.dumps(entry.said, ensure_ascii=False, sort_keys=True)
    mark = _digest([entry.kind, entry.folder, said])
    row = (entry.kind, entry.name, entry.title, entry.fingerprint, entry.status, entry.made, entry.folder, said, mark)
    ledger.execute(
        "INSERT OR IGNORE INTO entries (kind, name, title, fingerprint, status, made, folder, said, mark) VALUES (?,?,?,?,?,?,?,?,?)", row
    )
    return int(ledger.execute("SELECT number FROM entries WHERE mark = ?", (mark,)).fetchone()[0])


def _read(root: Path, where: str, values: tuple[Any, ...]) -> tuple[Entry, ...]:
    if not (Path(root) / FILE).is_file():
        return ()
    with _open(root) as ledger:
        rows = ledger.execute(f"SELECT {COLUMNS} FROM entries WHERE {where}", values).fetchall()
        return tuple(_entry(ledger, row) for row in rows)


def _entry(ledger: sqlite3.Connection, row: tuple[Any, ...]) -> Entry:
    number, kind, *fields, said = row
    columns = ", ".join(f"entries.{name.strip()}" for name in COLUMNS.split(","))
    runs: list[Any] = []
    if kind == "edition":
        joined = f"SELECT {columns} FROM members JOIN entries ON entries.number = members.run WHERE edition = ? ORDER BY place"
        runs = [_entry(ledger, each) for each in ledger.execute(joined, (number,)).fetchall()]
    return Entry(_id(kind, number), kind, *fields, json.loads(said), tuple(runs))


def _id(kind: str, number: int) -> str:
    return f"{kind[0]}{number}"


@contextmanager
def _open(root: Path) -> Iterator[sqlite3.Connection]:
    """Give the ledger inside one transaction that no other writer can come between; what is killed half-way is undone by the next."""
    Path(root).mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(Path(root) / FILE, timeout=PATIENCE_SECONDS, isolation_level=None)) as ledger:
            ledger.execute("PRAGMA synchronous = FULL")
            ledger.execute("BEGIN IMMEDIATE")
            _ours(ledger)
            yield ledger
            ledger.execute("COMMIT")
    except sqlite3.Error as error:
        raise RunError(_plainly(error)) from None


def _ours(ledger: sqlite3.Connection) -> None:
    version, ours = (int(ledger.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("user_version", "application_id"))
    if not version and not ours and not ledger.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        for statement in TABLES:
            ledger.execute(statement)
    elif ours != OURS:
        raise RunError(f"{FILE} among the reports is not a ledger of cxresearch. Move it away; the next run begins a new one.")
    elif version > SCHEMA:
        raise RunError(
            f"{FILE} was written by a newer cxresearch (schema {version}, known here: {SCHEMA}). "
            "Install the newer version, or move the file away; the next run begins a new one."
        )


def _plainly(error: sqlite3.Error) -> str:
    text = str(error)
    if "locked" in text or "busy" in text:
        return f"{FILE} is held by another process for more than {PATIENCE_SECONDS:g} s. Wait until it is done and try again."
    if "readonly" in text or "unable to open" in text or "full" in text:
        return f"{FILE} cannot be written ({text}). Check the folder of the reports; the reports themselves stand."
    return (
        f"{FILE} is damaged ({text}). Move it away: the next run begins a new one. The reports themselves stand; "
        "only the memory of earlier runs is in it."
    )
