"""What may be said among many: the findings of an edition looked at together, before its index page is written.

The looks are counted by the summary notebook, in a kernel; here its answer is only carried out.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from cxresearch.conclude.looks import LOOKS, Looks
from cxresearch.publish import manifest, place
from cxresearch.publish.among import among
from cxresearch.publish.execute import execute
from cxresearch.publish.outputs import collect
from cxresearch.publish.plan import CHANGED, FOLDER, SUMMARY, Edition, Planned
from cxresearch.publish.run import TIMEOUT_SECONDS, Run, made
from cxresearch.publish.shelf import open_notebook
from cxresearch.publish.workers import spread

STATE = "looks.json"


def is_summary(planned: Planned) -> bool:
    """Return whether this report reads the others, and so is made after them."""
    return planned.sums


def among_all(edition: Edition, runs: Sequence[Run], folder: Path, pool: Executor | None = None) -> tuple[Run, ...]:
    """Return the runs as they may be shown among all runs of their edition, the summary among them where it was asked for.

    Parameters
    ----------
    edition : Edition
        What was asked for.
    runs : sequence of Run
        All of its runs, new and kept alike, in the order of the edition; findings as their notebooks say them.
    folder : Path
        The edition as it is being built: ``<slug>/index.html``, ``<slug>/notebook.ipynb``, ``<slug>/manifest.json``. A page may
        carry the words of an earlier set of looks where its report was kept.
    pool : Executor, optional
        What exports pages again whose words change.

    Notes
    -----
    Without a summary notebook beside the others nothing is counted, and every report stays as it is.
    """
    runs = [run for run in runs if run.notebook != SUMMARY]
    planned = _summary(edition)
    if planned is None or not runs:
        return tuple(runs)
    listed = any(is_summary(each) for each in edition.reports)
    looks, summed = _looks(planned, edition, runs, folder, listed=listed)
    by_slug = {each.slug: each for each in edition.reports}
    asked = [run for run in runs if run.slug in by_slug]
    told = spread(pool, partial(among, looks=looks, folder=folder, title=edition.title), asked, [by_slug[run.slug] for run in asked])
    every = {run.slug: run for run in (*runs, *told, *([summed] if summed else []))}
    return tuple(every[each.slug] for each in edition.reports if each.slug in every)


def looks_said(folder: Path) -> str:
    """Return how many looks the edition in this folder took, and how many would stand out by chance; "" where nobody counted."""
    try:
        looks = Looks.from_json(json.loads((folder / STATE).read_text(encoding="utf-8"))["looks"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return looks.sentence if looks.count else ""


def changed_said(folder: Path) -> list[tuple[str, str]] | None:
    """Return sentence and kind of what changed since the last run of the edition in this folder; None where there was none."""
    try:
        changed = json.loads((folder / STATE).read_text(encoding="utf-8")).get("changed")
    except (OSError, ValueError):
        return None
    return None if changed is None else [(sentence, kind) for sentence, kind in changed]


def _summary(edition: Edition) -> Planned | None:
    """Return the summary as it is to be run: the one listed, else the one that lies beside the other notebooks."""
    named = {"edition": edition.name}
    for each in edition.reports:
        if is_summary(each):
            return replace(each, params={**each.params, **named})
    beside = [each.notebook.path.with_name(f"{SUMMARY}.ipynb") for each in edition.reports]
    return next((Planned(open_notebook(path), named, SUMMARY) for path in beside if path.is_file()), None)


def _looks(planned: Planned, edition: Edition, runs: Sequence[Run], folder: Path, *, listed: bool) -> tuple[Looks, Run | None]:
    """Return the looks of the edition and the run of its summary; taken from the last time where nothing changed."""
    said = {"input": _input(planned, edition, runs), "reports": [_row(run) for run in runs]}
    known = _known(folder, said["input"], planned.slug if listed else "")
    if known is not None:
        looks, changed = known
        place.write(folder / STATE, manifest.as_json({**said, "looks": looks.to_json(), "changed": changed}))
        return looks, _kept(planned, folder) if listed else None
    place.write(folder / STATE, manifest.as_json(said))
    with _standing_in(folder):
        done = made(planned, folder, edition=edition.title) if listed else None
        node = manifest.kept_notebook(folder / planned.slug) if done and done.status == "done" else _aside(planned, folder)
    looks = Looks.from_json(_brought(node, LOOKS) or {})
    changed = (_brought(node, CHANGED) or {}).get("said")
    place.write(folder / STATE, manifest.as_json({**said, "looks": looks.to_json(), "changed": changed}))
    return looks, done


def _aside(planned: Planned, folder: Path) -> NotebookNode:
    with place.building(place.reports_root(folder)) as aside:
        return execute(planned.notebook, planned.params, aside / "raw.ipynb", timeout=TIMEOUT_SECONDS)[0]


@contextmanager
def _standing_in(folder: Path) -> Iterator[None]:
    """Let the summary read the reports that are being built, not those of last time."""
    before = os.environ.get(FOLDER)
    os.environ[FOLDER] = str(folder)
    try:
        yield
    finally:
        os.environ.pop(FOLDER)
        if before is not None:
            os.environ[FOLDER] = before


def _brought(node: NotebookNode | None, mime: str) -> Mapping[str, Any] | None:
    """Return what the summary brought out under a MIME type; None where it failed."""
    outputs = [output for cell in (node.cells if node else ()) if cell.cell_type == "code" for output in cell.outputs]
    return next((output.data[mime] for output in outputs if mime in output.get("data", {})), None)


def _input(planned: Planned, edition: Edition, runs: Sequence[Run]) -> str:
    """Return what names everything that the summary reads."""
    said = [planned.notebook.fingerprint, edition.title, [[_row(run), [each.to_json() for each in run.findings]] for run in runs]]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _row(run: Run) -> dict[str, Any]:
    return {name: getattr(run, name) for name in ("slug", "notebook", "title", "status", "reason")} | {"parameters": dict(run.params)}


def _known(folder: Path, key: str, slug: str) -> tuple[Looks, Any] | None:
    """Return the looks of last time, and what had changed, where nothing that the summary reads has changed; its report is taken over."""
    published = place.reports_root(folder) / folder.name
    for place_ in (folder, published):
        try:
            said = json.loads((place_ / STATE).read_text(encoding="utf-8"))
            looks = Looks.from_json(said["looks"]) if said["input"] == key else None
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if looks is None or (slug and not (place_ / slug / "index.html").is_file()):
            continue
        if slug and not (folder / slug).exists():
            shutil.copytree(place_ / slug, folder / slug)
        return looks, said.get("changed")
    return None


def _kept(planned: Planned, folder: Path) -> Run:
    evidence = collect(manifest.kept_notebook(folder / planned.slug))
    title = planned.notebook.title
    return Run(planned.notebook.name, title, planned.slug, "done", "", planned.params, evidence, folder / planned.slug / "index.html")
