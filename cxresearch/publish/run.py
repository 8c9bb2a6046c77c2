"""One notebook, one set of parameters: a report, or a plain reason why not."""

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from cxresearch.ask.check import Check
from cxresearch.ask.errors import ResearchError, RunError
from cxresearch.conclude.finding import Finding
from cxresearch.publish import ledger, manifest, place
from cxresearch.publish.asked import definite
from cxresearch.publish.outputs import Answer, Evidence, collect
from cxresearch.publish.parameters import coerce
from cxresearch.publish.plan import Planned
from cxresearch.publish.shelf import Notebook, open_notebook

TIMEOUT_SECONDS = 600


@dataclass(frozen=True)
class Run:
    """What came of running a notebook.

    Parameters
    ----------
    notebook : str
        Name of the notebook: ``03_speed``.
    title : str
        Its h1.
    slug : str
        Name of the report's folder.
    status : str
        ``done``, ``not applicable`` or ``failed``.
    reason : str
        Why it does not apply or failed; empty when done.
    params : mapping
        The parameters given, typed; those left out keep the notebook's default.
    evidence : Evidence
        Findings with pictures, checks, data descriptions.
    page : Path or None
        The page; None where the run failed.
    seconds : float
        How long it took.
    kept : bool
        Whether it was finished before, with the same input, and not run again.
    """

    notebook: str
    title: str
    slug: str
    status: str
    reason: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    evidence: Evidence = field(default_factory=lambda: Evidence((), (), (), ()))
    page: Path | None = None
    seconds: float = 0.0
    kept: bool = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, in the order of the notebook."""
        return tuple(answer.finding for answer in self.answers)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The findings with their pictures and places on the page."""
        return self.evidence.answers

    @property
    def checks(self) -> tuple[Check, ...]:
        """Everything that was looked at, doubts first."""
        return self.evidence.checks


def run(
    notebook: str | Path,
    *,
    params: Mapping[str, Any] | None = None,
    out: str | Path = "reports/runs",
    slug: str | None = None,
    edition: str = "",
    timeout: float = TIMEOUT_SECONDS,
) -> Run:
    """Run a notebook and put its report into a folder of its own.

    The report appears whole or not at all. A run that fails keeps its notebook and the reason under ``failed/``.

    Parameters
    ----------
    notebook : str or Path
        ``"03_speed"``, ``"speed"`` or a path.
    params : mapping, optional
        Parameter name to value; checked against the notebook's parameters cell before anything runs.
    out : str or Path
        Folder that gets ``<slug>/index.html``, ``manifest.json`` and ``notebook.ipynb``.
    slug : str, optional
        Name of that folder; by default the notebook's name and the parameters given.
    edition : str
        Title of the edition it belongs to.
    timeout : float
        Seconds that one cell may take.

    Returns
    -------
    Run
        With status ``failed`` and a reason where the notebook did not run to its end.

    Raises
    ------
    RunError
        Where nothing could be started: unknown notebook, unknown or wrong parameter, a name that leads elsewhere, output in use.
    """
    source = open_notebook(notebook)
    typed, asked = definite(source, coerce(source.parameters, params or {}, source.name), datetime.now(UTC))
    out = Path(out).absolute()
    planned = Planned(source, typed, slug or default_slug(source.name, typed), asked)
    root = place.reports_root(out)
    if edition:
        return made(planned, out, edition=edition, timeout=timeout)
    final = place.final_folder(out, planned.slug)
    ledger.ready(root)
    done = made(planned, out, timeout=timeout)
    ledger.record(root, final if done.status != "failed" else failed_folder(root, final))
    return done


def made(planned: Planned, out: Path, *, edition: str = "", timeout: float = TIMEOUT_SECONDS) -> Run:
    """Make a report that was planned: everything about it is checked and definite. Arguments and result as in `run`."""
    from cxresearch.publish.execute import execute

    source = planned.notebook
    final = place.final_folder(out, planned.slug)
    begun = Run(source.name, source.title, final.name, "failed", params=planned.params)
    started, clock = datetime.now(UTC), time.monotonic()
    root = place.reports_root(out)
    with place.building(root) as folder:
        executed, problem = execute(source, planned.params, folder / "raw.ipynb", timeout=timeout)
        done = _judged(begun, executed, problem)
        done = _written(done, planned, executed, folder / final.name, edition=edition, started=started)
        with place.lock(root, f"{out.name}/{final.name}"):
            _put(done, folder / final.name, final, failed_folder(root, final))
    page = final / "index.html" if done.status != "failed" else None
    return replace(done, page=page, seconds=round(time.monotonic() - clock, 2))


def default_slug(name: str, params: Mapping[str, Any]) -> str:
    """Return the folder name of a run: the notebook and the parameters that were given.

    Examples
    --------
    >>> default_slug("03_speed", {"period": "2025-Q2"})
    '03_speed-period-2025-Q2'
    """
    return place.slug(" ".join([name, *(f"{key} {value}" for key, value in params.items())]))


def failed_folder(root: Path, final: Path) -> Path:
    """Return where a failed run is kept: ``failed/<edition>/<slug>``, or ``failed/<slug>`` where reports stand in the root itself."""
    between = [] if final.parent == root else [final.parent.name]
    return root.joinpath("failed", *between, final.name)


def _judged(begun: Run, executed: NotebookNode, problem: str) -> Run:
    from cxresearch.publish.execute import step, unfinished

    problem = problem or unfinished(executed)
    visible = manifest.without_hidden(executed)
    if problem:
        return replace(begun, reason=f"Stopped in {step(executed)}: {problem}".rstrip(".") + ".")
    evidence = collect(visible)
    if not evidence.answers and evidence.absent:
        return replace(begun, status="not applicable", reason=evidence.absent[0], evidence=evidence)
    return replace(begun, status="done", evidence=evidence)


def _written(done: Run, planned: Planned, executed: NotebookNode, folder: Path, *, edition: str, started: datetime) -> Run:
    """Write page, notebook and manifest into the folder that is still being built; what cannot be written fails the run."""
    folder.mkdir()
    source = planned.notebook
    visible = manifest.without_hidden(executed)
    try:
        place.write(folder / "notebook.ipynb", manifest.keepsake(visible))
        if done.status != "failed":
            place.write(folder / "index.html", _page(visible, source, done.params, edition))
    except ResearchError as error:
        (folder / "index.html").unlink(missing_ok=True)
        done = replace(done, status="failed", reason=str(error))
    said = {"notebook": done.notebook, "title": done.title, "status": done.status, "reason": done.reason, "parameters": dict(done.params)}
    said |= {
        "defaults": {each.name: each.default for each in source.parameters},
        "notebook_fingerprint": source.fingerprint,
        "edition": edition,
        "asked": dict(planned.asked),
    }
    place.write(folder / "manifest.json", manifest.of_run(said, done.evidence, manifest.circumstances(started), source.home))
    return done


def _page(visible: NotebookNode, source: Notebook, params: Mapping[str, Any], edition: str) -> str:
    from cxresearch.publish.export import export
    from cxresearch.publish.page import build
    from cxresearch.publish.says import dressed

    return export(visible, dressed(build(visible), source, params, edition=edition))


def _put(done: Run, built: Path, final: Path, failed: Path) -> None:
    """Move what was built to where it belongs; after a failure an earlier report steps aside, so that nothing stale looks current."""
    if final.exists() and not (final / "manifest.json").is_file():
        raise RunError(f'"{final.name}" holds files that no run made. Move them away, or choose another output folder.')
    if done.status != "failed":
        place.swap(built, final)
        shutil.rmtree(failed, ignore_errors=True)
        return
    (built / "reason.txt").write_text(done.reason + "\n", encoding="utf-8")
    if final.exists():
        shutil.copytree(final, built / "earlier")
    place.swap(built, failed)
    shutil.rmtree(final, ignore_errors=True)
