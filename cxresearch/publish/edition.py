"""Many reports and their index page, made side by side; the edition appears whole or not at all."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cxresearch.ask.errors import RunError
from cxresearch.publish import ledger, manifest, place, resume
from cxresearch.publish.ahead import look_ahead
from cxresearch.publish.inputs import digest, inputs, together
from cxresearch.publish.plan import Edition, read_edition
from cxresearch.publish.run import Run
from cxresearch.publish.sheets import FOLDER, write_tables
from cxresearch.publish.workers import How, crew, run_all

Tell = Callable[[Run, int, int], None]


@dataclass(frozen=True)
class Published:
    """What came of publishing an edition.

    Parameters
    ----------
    name, title : str
        Of the edition.
    runs : tuple of Run
        One for each report, in the order of the edition.
    page : Path
        The index page.
    untouched : bool
        Whether everything was as it would be made now, so that nothing was written; the runs then carry no findings.
    """

    name: str
    title: str
    runs: tuple[Run, ...]
    page: Path
    untouched: bool = False

    @property
    def failed(self) -> tuple[Run, ...]:
        """The runs that failed."""
        return tuple(run for run in self.runs if run.status == "failed")


def publish(
    name: str, *, editions: Path, reports: Path = Path("reports"), how: How | None = None, tell: Tell = lambda run, done, total: None
) -> Published:
    """Make every report of an edition, then its index page.

    Reports are built beside the finished ones and put in place together at the end. What is finished and has the same input
    (notebook, parameters, data, package) is kept, of the published edition as of an interrupted one: it has the bytes that a
    new run would give. One failure does not stop the rest.

    Parameters
    ----------
    name : str
        Key in editions.toml.
    editions : Path
        The file.
    reports : Path
        Folder that gets ``<name>/index.html``, ``manifest.json`` and a folder for each report.
    how : How
        Workers or an executor, timeout, whether all is made again, whether tables are written as CSV.
    tell : callable
        Called with each finished Run, how many are done, and how many there are.

    Raises
    ------
    RunError
        Before anything runs: unknown edition, notebook or parameter, empty matrix, two reports with one name, a period without
        data, a selection without rows, edition in use.
    """
    how = how or How()
    edition = read_edition(name, Path(editions))
    root = Path(reports).absolute()
    final = place.final_folder(root, name)
    _ours(final)
    started = datetime.now(UTC)
    with place.lock(root, f"edition {name}"):
        place.sweep(root)
        given = inputs(edition, root)
        if not how.force and (runs := resume.as_it_was(edition, given, final, tables=how.tables)):
            return Published(name, edition.title, runs, final / "index.html", untouched=True)
        ledger.ready(root)
        unfinished = root / ".building" / "editions" / name
        unfinished.mkdir(parents=True, exist_ok=True)
        runs = _all(edition, given, unfinished, final, how, tell)
        for each in runs if how.tables else ():
            if each.page:
                write_tables(unfinished / each.slug)
        _finish(edition, runs, given, unfinished, final, started)
        ledger.record(root, final)
    runs = tuple(_moved(each, final) for each in runs)
    return Published(name, edition.title, runs, final / "index.html")


def _all(edition: Edition, given: Mapping[str, str], unfinished: Path, final: Path, how: How, tell: Tell) -> tuple[Run, ...]:
    """Keep or make every report, those that sum up the others last."""
    runs = {} if how.force else resume.finished(edition, given, unfinished, final)
    _remove_others(unfinished, runs)
    singly = [planned for planned in edition.reports if not planned.sums]
    for number, each in enumerate(list(runs.values()), start=1):
        tell(each, number, len(singly))
    todo = [planned for planned in singly if planned.slug not in runs]
    with crew(how, len(todo)) as pool:
        look_ahead(todo)
        begun = run_all(todo, edition.title, unfinished, how, pool)
        from cxresearch.publish.summing import among_all

        for planned, each in begun:
            resume.note(unfinished / planned.slug, given[planned.slug])
            runs[planned.slug] = each
            tell(each, len(runs), len(singly))
        return among_all(edition, [runs[planned.slug] for planned in singly], unfinished, pool)


def _finish(edition: Edition, runs: Sequence[Run], given: Mapping[str, str], unfinished: Path, final: Path, started: datetime) -> None:
    from cxresearch.publish.apart import limit_of, watched
    from cxresearch.publish.index import index_page
    from cxresearch.publish.summing import changed_said, looks_said

    resume.forget_notes(unfinished)
    shown = watched(runs, limit_of(edition))
    looks, changed = looks_said(unfinished), changed_said(unfinished)
    place.write(unfinished / "index.html", index_page(edition.name, edition.title, shown, looks=looks, changed=changed))
    said = _manifest(edition, runs, given, unfinished) | {"circumstances": asdict(manifest.circumstances(started))}
    place.write(unfinished / "manifest.json", manifest.as_json(said))
    place.swap(unfinished, final)


def _manifest(edition: Edition, runs: Sequence[Run], given: Mapping[str, str], folder: Path) -> Mapping[str, Any]:
    asked = {planned.slug: dict(planned.asked) for planned in edition.reports}
    stand = [run.slug for run in runs if run.status != "failed"]
    return {
        "edition": edition.name,
        "title": edition.title,
        "input": together(edition, given),
        "index": digest(folder / "index.html"),
        "reports": [
            {
                "slug": run.slug,
                "notebook": run.notebook,
                "status": run.status,
                "reason": run.reason,
                "parameters": dict(run.params),
                "asked": asked.get(run.slug, {}),
                "seconds": run.seconds,
                "input": given.get(run.slug, ""),
                "content": resume.content(folder / run.slug),
            }
            for run in runs
        ],
        "tables": any((folder / slug / FOLDER).is_dir() for slug in stand),
        "packages": manifest.versions(),
    }


def _moved(run: Run, final: Path) -> Run:
    return run if run.page is None else replace(run, page=final / run.slug / "index.html")


def _ours(final: Path) -> None:
    if final.exists() and any(final.iterdir()) and not (final / "manifest.json").is_file():
        raise RunError(f'"{final.name}" in {final.parent.name}/ holds files that no edition made. Move them away, or rename the edition.')


def _remove_others(unfinished: Path, keep: Mapping[str, Run]) -> None:
    for path in unfinished.iterdir():
        if path.name not in keep:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
