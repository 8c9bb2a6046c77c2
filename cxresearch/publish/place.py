"""Where reports stand: names that cannot leave their folder, locks, and whole folders moved into place."""

import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cxresearch.ask.errors import RunError

RESERVED = ("failed", "reports")
LOCK_SECONDS = 20.0
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,119}")


def slug(text: str) -> str:
    """Return text as a name that is safe for a folder and in an address.

    Examples
    --------
    >>> slug("03_speed period=2025-Q2 ../../etc")
    '03_speed-period-2025-Q2-etc'
    """
    return re.sub(r"[^A-Za-z0-9_]+", "-", text).strip("-_")[:120]


def final_folder(out: Path, name: str) -> Path:
    """Return the folder of a report, proven to lie inside `out`.

    Parameters
    ----------
    out : Path
        Folder that holds the reports.
    name : str
        Name of the report's folder.

    Raises
    ------
    RunError
        Where the name is not a plain folder name, or leads elsewhere through a link.
    """
    if not _NAME.fullmatch(name) or ".." in name or name in RESERVED:
        raise RunError(f"{name!r} cannot name a report. Use letters, digits, '-', '_' and '.', beginning with a letter or digit.")
    folder = out / name
    if folder.resolve() != out.resolve() / name:
        raise RunError(
            f'The report "{name}" would be written outside its folder: a link leads elsewhere. Remove the link or choose another name.'
        )
    return folder


def reports_root(out: Path) -> Path:
    """Return the folder that holds everything published: the nearest one called ``reports``, else `out` itself."""
    out = out.absolute()
    return next((folder for folder in (out, *out.parents) if folder.name == "reports"), out)


@contextmanager
def building(root: Path) -> Iterator[Path]:
    """Give a fresh folder on the same file system, removed afterwards whatever happens."""
    (root / ".building").mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=root / ".building"))
    folder.chmod(0o755)
    in_use = _take(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(in_use)


def sweep(root: Path) -> None:
    """Remove what runs left behind that were killed: the system lets go of their folders, whatever the end."""
    for folder in (root / ".building").glob("run-*"):
        try:
            taken = _take(folder)
        except OSError:
            continue
        shutil.rmtree(folder, ignore_errors=True)
        os.close(taken)


def _take(folder: Path) -> int:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return handle


@contextmanager
def lock(root: Path, name: str, *, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the lock of one output; a second writer waits up to a limit, then fails clearly.

    Parameters
    ----------
    root : Path
        Reports folder.
    name : str
        What is locked.
    seconds : float
        How long to wait for another writer.

    Raises
    ------
    RunError
        Where another process still holds the lock after that time.
    """
    folder = root / ".building" / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{slug(name)}.lock").open("w") as handle:
        _wait_for(handle, name, seconds)
        yield


def _wait_for(handle, name: str, seconds: float) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise RunError(
                    f'"{name}" is being written by another process, which did not finish within {seconds:g} s. '
                    "Wait until it is done and try again, or choose another output folder."
                ) from None
            time.sleep(0.05)


def swap(new: Path, final: Path) -> None:
    """Put the folder `new` at `final`; what stood there is replaced whole, or kept whole where the move fails."""
    final.parent.mkdir(parents=True, exist_ok=True)
    _sync(new)
    old = new.with_name(new.name + ".old")
    if final.exists():
        os.replace(final, old)
    try:
        os.replace(new, final)
    except OSError:
        if old.exists():
            os.replace(old, final)
        raise
    shutil.rmtree(old, ignore_errors=True)


def write(path: Path, text: str) -> None:
    """Write a text file whole: a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as handle:
                os.fsync(handle.fileno())
