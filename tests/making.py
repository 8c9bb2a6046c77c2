"""Small notebooks for tests, written where they are needed."""

from pathlib import Path

import nbformat

PARAMETERS = """\
study: str = "data/demo"  # folder with a study.toml
period: str = "2025-Q2"  # quarter, month or range
by: str | None = None  # segment
worth: float | None = None  # smallest change worth acting on
seed: int = 1"""

SHOW = """\
class Shown:
    def __init__(self, bundle, metadata=None):
        self.bundle, self.metadata = bundle, metadata or {}
    def _repr_mimebundle_(self, include=None, exclude=None):
        return self.bundle, self.metadata
    def __repr__(self):
        return self.bundle.get("text/plain", "shown")
def check(name, status, detail):
    return {"name": name, "status": status, "detail": detail, "cap": None}
def finding(headline="Halving the wait goes with an NPS 2.9 points higher.", strength="clear", estimate=2.9, low=2.4, high=3.5):
    strip = '<svg class="chart" viewBox="0 0 340 74" role="img" aria-label="2.9 points, 2.4 to 3.5"><circle cx="9" cy="9" r="4"/></svg>'
    payload = dict(topic="speed and NPS", headline=headline, detail="2.4 to 3.5 points, n = 24,318 answers.", strength=strength,
        estimate=estimate, low=low, high=high, unit="points", worth=2.0, n=24318, customers=10055, method="effect",
        checks=[check("order", "passed", "Every response lies before the answer.")], facts={}, strip=strip, anchor="finding-speed")
    return Shown({"application/vnd.cxresearch.finding+json": payload, "text/plain": headline})
def data():
    said = dict(study="demo", title="Demonstration data", period="1 April to 30 June 2025", unit="answer", rows=24318, customers=10055,
        eligible=25102, worth=2.0, worth_unit="points", fingerprint="8c1f40a7d2e95b36", tables={"contacts": 118055},
        definitions=[["NPS", "Of 100 answers, those of 9 or 10 less those of 0 to 6."]], where={})
    return Shown({"application/vnd.cxresearch.data+json": said,
        "application/vnd.cxresearch.page+html": '<p id="rows">24,318 answers</p>',
        "application/vnd.cxresearch.checks+json": [check("answered", "doubt", "31 of 100 invited answered.")]})
def absent(reason):
    return Shown({"application/vnd.cxresearch.absent+json": {"reason": reason}, "text/plain": reason})"""

LIMITS = "## What this cannot tell you\n\n* Whether answering faster would raise the score."


def notebook(path: Path, *cells: str, title: str = "Does speed matter?", parameters: str | None = PARAMETERS) -> Path:
    """Write a notebook with these code cells; a cell that begins with "#:" is text."""
    made = [nbformat.v4.new_markdown_cell(f"# {title}\n\nAsked by the service leadership team.")]
    if parameters is not None:
        made.append(nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    made.append(nbformat.v4.new_code_cell(SHOW))
    for cell in cells:
        made.append(nbformat.v4.new_markdown_cell(cell[2:].lstrip()) if cell.startswith("#:") else nbformat.v4.new_code_cell(cell))
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=made), path)
    return path


def whole(folder: Path, name: str = "03_speed", **settings: str) -> Path:
    """Write a notebook that makes a whole report."""
    return notebook(
        folder / "notebooks" / f"{name}.ipynb",
        "data()",
        "#: ## The same, three ways\n\nText.",
        "data()",
        "finding()",
        "#: " + LIMITS,
        **settings,
    )


def three(home: Path) -> Path:
    """Write three notebooks into a project: one that answers, one that fails, one that does not apply."""
    whole(home)
    notebook(home / "notebooks" / "05_bad.ipynb", "1/0", title="Does it break?")
    notebook(home / "notebooks" / "06_journey.ipynb", "absent('Needs the table of touchpoints.')", title="Journeys?")
    return home


def files(folder: Path) -> dict[str, bytes]:
    """Return the pages and notebooks of a folder, by name."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.suffix in (".html", ".ipynb")}
