"""A page as one HTML file that needs nothing else."""

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from traitlets import Unicode, default

from cxresearch.ask.errors import RunError
from cxresearch.conclude.finding import STRENGTHS as EVERY_STRENGTH
from cxresearch.publish.gate import faults
from cxresearch.publish.page import Page, build

TEMPLATES = Path(__file__).parent / "templates"
STRENGTHS = tuple(word for word in EVERY_STRENGTH if word != "described")


class ReportExporter(TemplateExporter):
    """nbconvert's template machinery with our own template.

    Registered as ``cxresearch``, so that ``jupyter nbconvert --to cxresearch 03_speed.ipynb`` makes the same page without a run.
    Code is never shown, and only the project's own formats are taken as HTML.
    """

    export_from_notebook = "cxresearch report"
    output_mimetype = "text/html"
    template_name = Unicode("report")

    @default("file_extension")
    def _file_extension(self) -> str:
        return ".html"

    @default("template_file")
    def _template_file(self) -> str:
        return "index.html.j2"

    @property
    def template_paths(self) -> list[str]:
        """Our folder only: templates of the same name elsewhere on the machine do not count."""
        return [str(TEMPLATES / "report"), str(TEMPLATES)]

    def _create_environment(self) -> Any:
        return prepared(super()._create_environment())

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **settings: Any) -> tuple[str, Any]:
        """Return the page of an executed notebook; `resources` may bring a finished `Page` under "page"."""
        page = (resources or {}).get("page") or build(nb)
        return super().from_notebook_node(nb, {**(resources or {}), "page": page}, **settings)


def export(notebook: NotebookNode, page: Page) -> str:
    """Return the HTML of a report.

    Parameters
    ----------
    notebook : NotebookNode
        The executed notebook.
    page : Page
        From `build`, with facts and provenance added.

    Raises
    ------
    RunError
        Where the page would hold what a report must not: active content, outside addresses, broken structure.
    """
    html, _ = _exporter().from_notebook_node(notebook, {"page": page})
    return passed(html, page.title)


@lru_cache(maxsize=1)
def _exporter() -> ReportExporter:
    """Return an exporter that has read its templates, which takes longer than to fill them."""
    return ReportExporter()


def passed(html: str, title: str, *, script: str = "") -> str:
    """Return the page unchanged if it passes the gate; it may carry this one script of ours.

    Raises
    ------
    RunError
        Where it does not; the message names what was found.
    """
    found = faults(html, script=script)
    if found:
        raise RunError(f'The page "{title}" holds {", ".join(found[:3])}. A report must not; the output that brings it has to change.')
    return html


def prepared(environment: Any) -> Any:
    """Return a Jinja environment in which every value is escaped and the words of the page are known."""
    environment.autoescape = True
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters["status"] = status_class
    environment.filters |= {"told": told, "asked": asked, "lines": lines, "kind": kind_class}
    environment.globals["sheet"] = Markup(sheet())
    return environment


def sheet() -> str:
    """Return the style sheet that every page carries."""
    return files("cxresearch.conclude").joinpath("style.css").read_text(encoding="utf-8")


def finder() -> str:
    """Return the one script of ours: it hides the reports on an index page that a reader does not look for."""
    return (TEMPLATES / "finder.js").read_text(encoding="utf-8")


def fingerprint(script: str) -> str:
    """Return what the policy of a page calls a script: browsers run no other.

    Examples
    --------
    >>> fingerprint("")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def status_class(word: str) -> str:
    """Return the class that draws the sign before a word of strength or status."""
    return word if word in (*STRENGTHS, "passed", "doubt", "failed") else "none"


def kind_class(kind: str) -> str:
    """Return the class that draws the sign before a kind of change."""
    return kind if kind in ("real", "small", "noise", "mix", "definition") else "none"


def told(finding: Any) -> Markup:
    """Return strength and detail as one line: "Clear: 2.4 to 3.5 points."."""
    sign, word = status_class(finding.strength), finding.strength.capitalize()
    return Markup('<span class="is {}">{}</span>: {}').format(sign, word, finding.detail)


def asked(finding: Any) -> str:
    """Return what a finding is about, as the question that it answers."""
    return finding.short[0] if finding.short else finding.topic[:1].upper() + finding.topic[1:]


def lines(detail: str) -> Markup:
    """Return a sentence, and what follows a line break as its quieter second line."""
    first, _, more = detail.partition("\n")
    return Markup("{}{}").format(first, Markup('<span class="quiet">{}</span>').format(more) if more else "")
