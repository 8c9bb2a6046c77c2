"""What a report is made from, named by content: notebook, parameters, study files wherever they lie, this package and its ground."""

import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cxresearch
from cxresearch.ask.errors import ResearchError
from cxresearch.ask.study import Study
from cxresearch.load.files import named
from cxresearch.publish import manifest, place
from cxresearch.publish.asked import study_of, study_path
from cxresearch.publish.plan import SUMMARY, Edition, Planned

SEEN = "contents.json"
SETTLED_SECONDS = 2.0


def inputs(edition: Edition, root: Path) -> dict[str, str]:
    """Return, for each report by its folder name, what names its input; "" where that cannot be known.

    Parameters
    ----------
    edition : Edition
        What is asked for.
    root : Path
        Folder of all reports. It remembers what each file held: one with the same size and times is not read again, one
        whose time alone has changed is read and found to hold the same.

    Notes
    -----
    The tables of a warehouse are named by a sum over their rows, made in the engine.
    """
    studies = {_study_path(planned): planned for planned in edition.reports}
    files = {path: _study_files(path, planned) for path, planned in studies.items() if path}
    beside = {planned.notebook.path.parent: _beside(planned.notebook.path.parent) for planned in edition.reports}
    package = _within(Path(cxresearch.__path__[0]))
    held = contents([path for each in (*files.values(), *beside.values(), package) for _, path in each], root)
    rows = {path: _rows_elsewhere(planned) for path, planned in studies.items() if path}
    ground = [manifest.versions(), _named(package, held)]
    own = {}
    for planned in edition.reports:
        path, folder = _study_path(planned), planned.notebook.path.parent
        data = [_named(files.get(path, ()), held), rows.get(path, "")]
        said = [planned.notebook.fingerprint, _used(planned), edition.title, data, _named(beside[folder], held), ground]
        own[planned.slug] = _digest(said) if data[1] is not None else ""
    return own | {planned.slug: _of_all(planned, edition, own) for planned in edition.reports if planned.sums}


def together(edition: Edition, given: Mapping[str, str]) -> str:
    """Return what names the input of a whole edition, from that of its reports; "" where one of them cannot be known."""
    listed = [[planned.slug, given[planned.slug]] for planned in edition.reports]
    summaries = {planned.notebook.path.parent / f"{SUMMARY}.ipynb" for planned in edition.reports}
    read = [digest(path) for path in sorted(summaries) if path.is_file()]
    return _digest([edition.name, edition.title, listed, read]) if all(each for _, each in listed) else ""


def package() -> str:
    """Return what names this package where it is installed: every file of it, by content."""
    return _digest([[name, digest(path)] for name, path in _within(Path(cxresearch.__path__[0]))])


def contents(paths: Iterable[Path], root: Path) -> dict[Path, str]:
    """Return what each file holds, as a digest; what has the same size and times as when it was last read is not read again."""
    file = root / ".building" / SEEN
    before, after, held = _seen(file), {}, {}
    for path in dict.fromkeys(paths):
        stat = path.stat()
        mark = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]
        name = os.path.relpath(path, root)
        known = before.get(name)
        held[path] = known[1] if known and known[0] == mark else digest(path)
        if time.time() - stat.st_ctime > SETTLED_SECONDS:
            after[name] = [mark, held[path]]
    if {**before, **after} != before:
        place.write(file, json.dumps({**before, **after}, sort_keys=True))
    return held


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _seen(file: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _used(planned: Planned) -> dict[str, Any]:
    return {parameter.name: parameter.default for parameter in planned.notebook.parameters} | dict(planned.params)


def _study_path(planned: Planned) -> Path | None:
    said = _used(planned).get("study")
    return study_path(planned.notebook, str(said)) if said else None


def _study_files(path: Path, planned: Planned) -> list[tuple[str, Path]]:
    """Files in the folder of a study, and those that its study.toml names elsewhere."""
    folder = path if path.is_dir() else path.parent
    study = study_of(planned.notebook, planned.params)
    return [*(_within(folder) if path.exists() else ()), *(_elsewhere(study, folder) if study else ())]


def _elsewhere(study: Study, folder: Path) -> list[tuple[str, Path]]:
    return [(f"{entry}: {path.name}", path) for entry, path in named(study) if folder.resolve() not in path.resolve().parents]


def _rows_elsewhere(planned: Planned) -> str | None:
    """Name the rows of a study whose tables lie in a warehouse; None where it does not answer."""
    study = study_of(planned.notebook, planned.params)
    if study is None or study.engine.startswith("duckdb://"):
        return ""
    from cxresearch.load.opened import tables_of

    try:
        return tables_of(study).fingerprint
    except ResearchError:
        return None


def _within(folder: Path) -> list[tuple[str, Path]]:
    return [(str(path.relative_to(folder)), path) for path in sorted(folder.rglob("*")) if path.is_file() and _counts(path)]


def _beside(folder: Path) -> list[tuple[str, Path]]:
    """What notebooks read beside themselves, such as claims.toml; editions.toml is not read by any."""
    return [(path.name, path) for path in sorted(folder.glob("*.toml")) if path.name != "editions.toml"]


def _counts(path: Path) -> bool:
    return path.suffix != ".pyc" and ".ipynb_checkpoints" not in path.parts


def _named(files: Sequence[tuple[str, Path]], held: Mapping[Path, str]) -> list[tuple[str, str]]:
    return [(name, held[path]) for name, path in files]


def _of_all(planned: Planned, edition: Edition, own: Mapping[str, str]) -> str:
    others = [[each.slug, own[each.slug]] for each in edition.reports if not each.sums]
    return _digest([own[planned.slug], others]) if all(each for _, each in others) else ""


def _digest(said: Any) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()
