"""What is finished is not made again: reports whose input is unchanged are kept, those of an interrupted edition too."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from cxresearch.ask.check import Check
from cxresearch.ask.errors import ResearchError
from cxresearch.publish import manifest, place
from cxresearch.publish.inputs import digest, together
from cxresearch.publish.outputs import Evidence, collect
from cxresearch.publish.plan import Edition, Planned
from cxresearch.publish.run import Run
from cxresearch.publish.sheets import FOLDER

NOTE = "input.txt"
KEPT = ("index.html", "notebook.ipynb", "manifest.json")


def note(folder: Path, given: str) -> None:
    """Write into the folder of a finished report what it was made from."""
    if folder.is_dir() and given:
        place.write(folder / NOTE, given + "\n")


def forget_notes(folder: Path) -> None:
    """Remove what only a resumption needs."""
    for path in folder.glob(f"*/{NOTE}"):
        path.unlink()


def as_it_was(edition: Edition, given: Mapping[str, str], final: Path, *, tables: bool) -> tuple[Run, ...]:
    """Return the runs of the published edition where a new publication would give the same bytes; else none.

    Parameters
    ----------
    edition : Edition
        What is asked for now.
    given : mapping
        From `inputs`.
    final : Path
        Where the edition stands.
    tables : bool
        Whether tables are asked for as CSV.
    """
    said = _manifest(final)
    reports = {str(each["slug"]): each for each in said.get("reports", ()) if _whole(each, final)}
    wanted = together(edition, given)
    same = wanted and said.get("input") == wanted and said.get("index") == _digest(final / "index.html")
    if not same or len(reports) < len(edition.reports) or (tables and not said.get("tables")):
        return ()
    return tuple(_known(planned, reports[planned.slug], final) for planned in edition.reports)


def finished(edition: Edition, given: Mapping[str, str], unfinished: Path, final: Path) -> dict[str, Run]:
    """Return the runs that need not be made again, by folder name, each with its report in the folder that is being built.

    Parameters
    ----------
    edition : Edition
        What is to be made now.
    given : mapping
        From `inputs`.
    unfinished : Path
        Folder in which the edition is being built; it may hold what an interrupted publication had finished.
    final : Path
        Where the edition stood before, if it did.
    """
    before = {str(each["slug"]): each for each in _manifest(final).get("reports", ())}
    runs = {}
    for planned in (each for each in edition.reports if given[each.slug] and not each.sums):
        folder, earlier = unfinished / planned.slug, before.get(planned.slug, {})
        if _noted(folder) != given[planned.slug] and earlier.get("input") == given[planned.slug] and _whole(earlier, final):
            _take(final / planned.slug, folder, given[planned.slug])
        if _noted(folder) == given[planned.slug] and (run := _read(planned, folder)):
            shutil.rmtree(folder / FOLDER, ignore_errors=True)
            runs[planned.slug] = run
    return runs


def content(folder: Path) -> str:
    """Return what names the page and the notebook of a report."""
    return " ".join(_digest(folder / name)[:32] for name in KEPT[:2])


def _take(source: Path, folder: Path, given: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in KEPT:
        shutil.copy2(source / name, folder / name)
    note(folder, given)


def _whole(report: Mapping[str, Any], final: Path) -> bool:
    """Say whether a report is there and holds what was written."""
    folder = final / str(report["slug"])
    there = report.get("status") != "failed" and (folder / "manifest.json").is_file()
    return bool(there) and report.get("content") == content(folder)


def _manifest(final: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((final / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _noted(folder: Path) -> str:
    try:
        return (folder / NOTE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _digest(path: Path) -> str:
    return digest(path) if path.is_file() else ""


def _known(planned: Planned, said: Mapping[str, Any], final: Path) -> Run:
    """Return a run as the manifest of its edition tells it, without its findings."""
    name, page = planned.notebook, final / planned.slug / "index.html"
    status, reason, seconds = str(said["status"]), str(said["reason"]), float(said["seconds"])
    return Run(name.name, name.title, planned.slug, status, reason, dict(planned.params), page=page, seconds=seconds, kept=True)


def _read(planned: Planned, folder: Path) -> Run | None:
    """Return a run as its notebook and manifest tell it; None where they cannot be read."""
    try:
        said = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        shown = collect(manifest.kept_notebook(folder))
        checks = tuple(Check(**check) for check in said["checks"])
        seconds, title, status, reason = float(said["circumstances"]["seconds"]), said["title"], said["status"], said["reason"]
    except (OSError, ValueError, KeyError, TypeError, ResearchError, nbformat.ValidationError):
        return None
    evidence = Evidence(shown.answers, checks, shown.data, shown.absent)
    page = folder / "index.html"
    return Run(planned.notebook.name, title, planned.slug, status, reason, dict(planned.params), evidence, page, seconds, kept=True)
