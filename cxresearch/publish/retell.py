"""A kept notebook in more modest words: what does not stand out among many looks is taken back in findings, pictures and tables."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from nbformat import NotebookNode

from cxresearch.conclude.charts.intervals import strip
from cxresearch.conclude.escape import html
from cxresearch.conclude.finding import MIME, MODEST, Finding
from cxresearch.conclude.looks import Looks
from cxresearch.publish.outputs import PAGE, text_of

BESIDE = ("strip", "anchor")


def looked(notebook: NotebookNode) -> Iterator[tuple[str, float]]:
    """Yield every comparison that a notebook shows, in words or in a picture: the relation's mark and its p-value."""
    for bundle in _bundles(notebook):
        for said in (bundle.get(MIME), bundle.get(MODEST)):
            if said and said.get("p") is not None and said.get("of"):
                yield said["of"], said["p"]


def taken_back(notebook: NotebookNode, looks: Looks) -> list[str]:
    """Return the marks of the relations whose claims do not stand out among many looks."""
    said = [said for bundle in _bundles(notebook) for said in (bundle.get(MIME), bundle.get(MODEST)) if said and said.get("modest")]
    return sorted({each["of"] for each in said if not looks.keep(each.get("p"))})


def retold(notebook: NotebookNode, looks: Looks) -> NotebookNode:
    """Return the notebook as it may be said among many looks."""
    told = copy.deepcopy(notebook)
    for bundle in _bundles(told):
        if MIME in bundle:
            bundle[MIME] = _finding(bundle[MIME], looks)
        said = bundle.get(MODEST)
        if said and PAGE in bundle and not looks.keep(said.get("p")):
            bundle[PAGE] = _reworded(text_of(bundle[PAGE]), said["modest"])
    return told


def _finding(payload: Mapping[str, Any], looks: Looks) -> dict[str, Any]:
    before = Finding.from_json({name: value for name, value in payload.items() if name not in BESIDE})
    after = before.among(looks)
    return dict(payload) if after is before else {**after.to_json(), "strip": strip(after), "anchor": payload.get("anchor", "")}


def _reworded(page: str, words: Mapping[str, str]) -> str:
    """Put one text in the place of another, as the page writes them; the longest first, for one may hold the other."""
    for old, new in sorted(words.items(), key=lambda pair: -len(pair[0])):
        page = page.replace(old, new) if "<" in old or ">" in old else page.replace(str(html(old)), str(html(new)))
    return page


def _bundles(notebook: NotebookNode) -> Iterator[Any]:
    return (output.data for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs if "data" in output)
