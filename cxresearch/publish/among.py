"""One report among the others of its edition: a page whose words change is exported again from the notebook that was kept."""

import json
from dataclasses import replace
from pathlib import Path

from cxresearch.conclude.looks import Looks
from cxresearch.publish import manifest, place
from cxresearch.publish.export import export
from cxresearch.publish.outputs import collect
from cxresearch.publish.page import build
from cxresearch.publish.plan import Planned
from cxresearch.publish.retell import retold, taken_back
from cxresearch.publish.run import Run
from cxresearch.publish.says import dressed


def among(run: Run, planned: Planned, *, looks: Looks, folder: Path, title: str) -> Run:
    """Return one run as it may be shown, with its page in the same words.

    Parameters
    ----------
    run : Run
        As its notebook says it.
    planned : Planned
        What was asked for.
    looks : Looks
        Of the whole edition.
    folder : Path
        The edition as it is being built; page and manifest of the run are written anew where its words change.
    title : str
        Of the edition.
    """
    if run.status != "done":
        return run
    here = folder / run.slug
    node, said = manifest.kept_notebook(here), json.loads((here / "manifest.json").read_text(encoding="utf-8"))
    names = taken_back(node, looks)
    state = {"count": looks.count, "taken_back": names} if names else {}
    new = retold(node, looks) if names else node
    shown = collect(new)
    checks = tuple(dict.fromkeys((*shown.checks, *(check for check in run.evidence.checks if check.name == "warning"))))
    evidence = replace(shown, checks=checks if names else run.evidence.checks)
    if state != said.get("looks", {}):
        page = build(new)
        page = replace(page, checks=tuple(dict.fromkeys((*page.checks, *(each for each in checks if each.name == "warning")))))
        page = dressed(page, planned.notebook, run.params, edition=title)
        findings = [{**answer.finding.to_json(), "anchor": answer.anchor} for answer in evidence.answers]
        place.write(here / "index.html", export(new, page))
        place.write(here / "manifest.json", manifest.as_json({**said, "looks": state, "findings": findings}))
    return replace(run, evidence=evidence)
