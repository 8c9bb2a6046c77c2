"""What is kept of a run beside its page: the manifest, and the executed notebook without traces of the machine."""

import copy
import getpass
import hashlib
import json
import platform
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from cxresearch.publish.outputs import Evidence, masked, text_of

PACKAGES = ("cxresearch", "pandas", "numpy", "scipy", "duckdb", "ibis-framework", "matplotlib", "papermill", "nbconvert")
OWN = "application/vnd.cxresearch."
SENTINEL, INJECTED = "cxresearch-sentinel", "injected-parameters"


@dataclass(frozen=True)
class Circumstances:
    """When, where and by whom; in the manifest only, never on a page."""

    started: str
    finished: str
    seconds: float
    host: str
    user: str


def circumstances(started: datetime) -> Circumstances:
    """Return the circumstances of a run that began at `started` (UTC) and ends now."""
    now = datetime.now(UTC)
    seconds = round((now - started).total_seconds(), 3)
    return Circumstances(started.isoformat(timespec="seconds"), now.isoformat(timespec="seconds"), seconds, socket.gethostname(), _user())


def of_run(run: Mapping[str, Any], evidence: Evidence, around: Circumstances, home: Path) -> str:
    """Return the manifest of a run as JSON text.

    Parameters
    ----------
    run : mapping
        Notebook, title, status, reason, parameters: what the runner knows.
    evidence : Evidence
        What the notebook brought out.
    around : Circumstances
        Time, host, user.
    home : Path
        The project folder, for the commit.
    """
    said = {
        **run,
        "data": list(evidence.data),
        "findings": [{**answer.finding.to_json(), "anchor": answer.anchor} for answer in evidence.answers],
        "checks": [asdict(check) for check in evidence.checks],
        "packages": versions(),
        "package_fingerprint": package(),
        "commit": commit(home),
        "circumstances": asdict(around),
    }
    return as_json(said)


def as_json(said: Mapping[str, Any]) -> str:
    """Return it as JSON text, the same for the same."""
    return json.dumps(said, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


@cache
def versions() -> dict[str, str]:
    """Return the versions of the packages that make numbers and pages, and of Python."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


@cache
def package() -> str:
    """Return eight hex digits that name the code of this package: two clones of one commit give the same."""
    home = Path(__file__).parents[1]
    paths = sorted(path for path in home.rglob("*") if path.is_file() and path.suffix not in (".pyc", ".pyo"))
    said = hashlib.sha256()
    for path in paths:
        said.update(path.relative_to(home).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return said.hexdigest()[:8]


@cache
def commit(home: Path) -> str | None:
    """Return the git commit of the project folder, with "+changes" where files differ from it; None outside git."""
    try:
        head = _git(home, "rev-parse", "HEAD")
        return head + ("+changes" if _git(home, "status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def without_hidden(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook without the runner's last cell, which only proves that the end was reached."""
    kept = [cell for cell in notebook.cells if SENTINEL not in cell.metadata.get("tags", [])]
    return nbformat.from_dict({**notebook, "cells": kept})


def keepsake(notebook: NotebookNode) -> str:
    """Return the executed notebook as it is kept: the same bytes for the same input, no local path, no raw stderr.

    Parameters
    ----------
    notebook : NotebookNode
        Executed, hidden cells taken out.
    """
    cells = [_kept(cell, place) for place, cell in enumerate(notebook.cells)]
    language = notebook.metadata.get("language_info", {}).get("name", "python")
    kept = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": _KERNEL, "language_info": {"name": language}})
    kept.nbformat_minor = 5
    return nbformat.writes(kept) + "\n"


def kept_notebook(folder: Path) -> NotebookNode:
    """Return the notebook that was kept of a report, from its folder; an error of nbformat or of the system where it cannot be read."""
    return nbformat.read(folder / "notebook.ipynb", as_version=4)


_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def _kept(cell: NotebookNode, place: int) -> NotebookNode:
    tags = cell.metadata.get("tags", [])
    source = masked(cell.source) if INJECTED in tags else cell.source
    kept = nbformat.from_dict(
        {"cell_type": cell.cell_type, "source": source, "metadata": {"tags": tags} if tags else {}, "id": f"c{place:03d}"}
    )
    if cell.cell_type == "code":
        kept.execution_count = cell.execution_count
        kept.outputs = [_kept_output(output) for output in cell.outputs if output.get("name") != "stderr"]
    return kept


def _kept_output(output: NotebookNode) -> NotebookNode:
    output = copy.deepcopy(output)
    if output.output_type == "stream":
        output.text = masked(text_of(output.text))
    elif output.output_type == "error":
        output.traceback = [masked(line) for line in output.traceback]
        output.evalue = masked(output.evalue)
    elif not any(mime.startswith(OWN) for mime in output.data):
        output.data = {mime: _kept_value(mime, value) for mime, value in output.data.items() if mime in ("text/plain", "image/png")}
    return output


def _kept_value(mime: str, value: Any) -> str:
    return masked(text_of(value)) if mime == "text/plain" else text_of(value)


def _git(home: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(home), *words], capture_output=True, text=True, timeout=20, check=True)
    return done.stdout.strip()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
