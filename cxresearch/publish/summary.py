"""The verb `summarize`: an edition in short, read from the findings of its reports."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat

from cxresearch.ask.errors import ResearchError, RunError, nearest
from cxresearch.ask.question import Absent
from cxresearch.conclude.charts.intervals import strip
from cxresearch.conclude.looks import LOOKS, Looks, looks_at
from cxresearch.conclude.points import Point, Points
from cxresearch.conclude.words import many
from cxresearch.publish.changes import since_last
from cxresearch.publish.first import matter_most, title_among
from cxresearch.publish.manifest import kept_notebook
from cxresearch.publish.outputs import Answer, collect
from cxresearch.publish.plan import CHANGED, FOLDER, SUMMARY
from cxresearch.publish.retell import looked
from cxresearch.publish.run import Run

MOST = 5


@dataclass(frozen=True)
class Summary:
    """An edition in short: every part shows itself.

    Parameters
    ----------
    edition : str
        Its name.
    most : Points
        The findings that matter most, at most one of each notebook.
    looks : Points
        How many looks were taken, and how many would stand out by chance.
    changed : Points
        What changed since the last run.
    unanswered : Points
        Questions that did not apply or failed, with the reason.
    """

    edition: str
    most: Points
    looks: Points
    changed: Points
    unanswered: Points


def summarize(edition: str = "default", *, reports: str | Path = "reports") -> Summary:
    """Return an edition in short: what matters most, how many looks were taken, what could not be answered.

    Use it in a notebook that reads the reports of an edition and adds nothing to them. While an edition is being made it reads what has
    just been found, else what was published.

    Parameters
    ----------
    edition : str
        Name of a published edition.
    reports : str or Path
        Folder in which editions stand; looked for here and above.

    Returns
    -------
    Summary
        Its parts `most`, `looks`, `changed` and `unanswered` show themselves.

    Raises
    ------
    RunError
        Where no such edition was published.

    References
    ----------
    Benjamini and Hochberg (1995), Controlling the false discovery rate, JRSS B 57.

    Examples
    --------
    >>> summarize("weekly", reports="nowhere")
    Traceback (most recent call last):
        ...
    cxresearch.ask.errors.RunError: There is no published edition "weekly": no folder nowhere/ was found here or above. ...
    """
    folder = Path(os.environ[FOLDER]) if os.environ.get(FOLDER) else _folder(edition, Path(reports))
    said = _listed(folder)
    found = [_run(folder, each) for each in said if each.get("notebook") != SUMMARY]
    marks = {mark: p for _, node in found if node is not None for mark, p in looked(node)}
    looks = looks_at(marks.values())
    runs = [replace(run, evidence=replace(run.evidence, answers=tuple(_among(each, looks) for each in run.answers))) for run, _ in found]
    return Summary(edition, _most(runs), _counted(looks), _changed(folder), _unanswered(runs))


def _folder(edition: str, reports: Path) -> Path:
    """Return where a published edition stands: notebooks are opened in their own folder, reports stand beside it."""
    here = Path.cwd()
    roots = [base / reports for base in (here, *here.parents) if (base / reports).is_dir()]
    make = f"Run `cxresearch publish {edition}`."
    if not roots:
        raise RunError(f'There is no published edition "{edition}": no folder {reports.name}/ was found here or above. {make}')
    known = sorted(path.parent.name for path in roots[0].glob("*/manifest.json"))
    if edition not in known:
        hint = f"; {nearest(edition, known)}" if known else "."
        raise RunError(f'There is no published edition "{edition}" in {reports.name}/{hint} {make}')
    return roots[0] / edition


def _listed(folder: Path) -> Sequence[Mapping[str, Any]]:
    """Return the reports of an edition as they were asked for, failed ones among them."""
    for name in ("looks.json", "manifest.json"):
        try:
            return json.loads((folder / name).read_text(encoding="utf-8"))["reports"]
        except (OSError, ValueError, KeyError):
            continue
    raise RunError(f'"{folder.name}" holds no edition. Run `cxresearch publish {folder.name}`.')


def _run(folder: Path, said: Mapping[str, Any]) -> tuple[Run, nbformat.NotebookNode | None]:
    """Return one report as its kept notebook tells it."""
    title = str(said.get("title") or said["notebook"])
    run = Run(said["notebook"], title, said["slug"], said["status"], said.get("reason", ""), said.get("parameters", {}))
    if run.status == "failed":
        return run, None
    try:
        node = kept_notebook(folder / run.slug)
    except (OSError, ValueError, nbformat.ValidationError):
        return replace(run, status="failed", reason="Its notebook is missing or cannot be read."), None
    return replace(run, evidence=collect(node)), node


def _among(answer: Answer, looks: Looks) -> Answer:
    finding = answer.finding.among(looks)
    return answer if finding is answer.finding else Answer(finding, type(answer.strip)(strip(finding)), answer.anchor)


def _most(runs: Sequence[Run]) -> Points:
    shown = [each for each in matter_most(runs) if each.answer.finding.strength != "described"][:MOST]
    points = [
        Point(one.headline, one.strength, one.detail, f"../{each.link}", str(each.answer.strip))
        for each in shown
        if (one := each.answer.finding)
    ]
    return Points(tuple(points), many.NOTHING, points[0].said if points else many.NOTHING)


def _counted(looks: Looks) -> Points:
    return Points((Point(looks.sentence, "", many.HOW),), data={LOOKS: looks.to_json()})


def _changed(folder: Path) -> Points:
    """Return what changed since the last edition that was made from something else."""
    try:
        found = since_last(folder)
    except ResearchError as error:
        return Points((Point(many.NOT_COMPARED, "", str(error)),))
    if isinstance(found, Absent):
        return Points(empty=many.FIRST, data={CHANGED: {"said": None}})
    points = tuple(Point(sentence, kind) for sentence, kind in found.said)
    return Points(points, many.AS_BEFORE, data={CHANGED: {"said": [list(each) for each in found.said]}})


def _unanswered(runs: Sequence[Run]) -> Points:
    left = [Point(title_among(run, runs), run.status, run.reason) for run in runs if run.status != "done"]
    return Points(tuple(left), many.ALL_ANSWERED)
