"""An interrupted edition goes on where it stopped: finished reports whose input is unchanged are not made again."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import nbformat

import cxresearch
from cxresearch.ask.check import Check
from cxresearch.ask.errors import ResearchError
from cxresearch.publish import place
from cxresearch.publish.outputs import Evidence, collect
from cxresearch.publish.plan import Edition, Planned
from cxresearch.publish.run import Run

NOTE = "input.txt"


def fingerprint(planned: Planned, title: str) -> str:
    """Return what names the input of a report: notebook, parameters, edition title, study files, this package.

    Files count by name, size and time of change: reading gigabytes to save minutes would be no gain.
    """
    used = {parameter.name: parameter.default for parameter in planned.notebook.parameters} | dict(planned.params)
    study = _files(planned.notebook.home / str(used["study"])) if used.get("study") else []
    said = [planned.notebook.fingerprint, used, title, study, _files(Path(cxresearch.__path__[0]))]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def note(folder: Path, planned: Planned, title: str) -> None:
    """Write into the folder of a finished report what it was made from."""
    if folder.is_dir():
        place.write(folder / NOTE, fingerprint(planned, title) + "\n")


def finished(edition: Edition, unfinished: Path) -> dict[str, Run]:
    """Return the runs that an interrupted publication of this edition had finished, by folder name.

    Parameters
    ----------
    edition : Edition
        What is to be made now.
    unfinished : Path
        Folder in which the edition is being built; it may be empty or absent.
    """
    return {planned.slug: run for planned in edition.reports if (run := _finished(planned, edition.title, unfinished / planned.slug))}


def forget_notes(folder: Path) -> None:
    """Remove what only a resumption needs."""
    for path in folder.glob(f"*/{NOTE}"):
        path.unlink()


def _finished(planned: Planned, title: str, folder: Path) -> Run | None:
    try:
        if (folder / NOTE).read_text(encoding="utf-8").strip() != fingerprint(planned, title):
            return None
        said = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        shown = collect(nbformat.read(folder / "notebook.ipynb", as_version=4))
        checks = tuple(Check(**check) for check in said["checks"])
    except (OSError, ValueError, KeyError, ResearchError, nbformat.ValidationError):
        return None
    evidence = Evidence(shown.answers, checks, shown.data, shown.absent)
    seconds = float(said["circumstances"]["seconds"])
    return Run(
        planned.notebook.name,
        said["title"],
        planned.slug,
        said["status"],
        said["reason"],
        dict(planned.params),
        evidence,
        folder / "index.html",
        seconds,
    )


def _files(folder: Path) -> list[tuple[str, int, int]]:
    paths: Iterable[Path] = sorted(folder.rglob("*")) if folder.is_dir() else ()
    return [(str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns) for path in paths if _counts(path)]


def _counts(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pyc"
