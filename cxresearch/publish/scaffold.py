"""A new notebook: it passes the notebook tests and runs at once, and says where a person has to write."""

import re
from importlib.resources import files
from pathlib import Path

import nbformat

from cxresearch.ask.errors import RunError
from cxresearch.publish.shelf import names

_NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_FIRST_LINE = "# What do the data say?"


def scaffold(name: str, *, folder: Path, question: str | None = None) -> Path:
    """Write a notebook from the template and return its path; nothing is ever overwritten.

    Parameters
    ----------
    name : str
        Lower-case words and digits joined by "_": ``14_staffing``.
    folder : Path
        The folder ``notebooks``.
    question : str, optional
        Its h1, one line that ends with a question mark.

    Raises
    ------
    RunError
        Where the name or the question cannot be, or a notebook of that name is there.
    """
    asked = _question(question or f"What do the data say about {name.removesuffix('.ipynb').lstrip('0123456789_').replace('_', ' ')}?")
    path = folder / f"{_free(name.removesuffix('.ipynb'), folder)}.ipynb"
    node = nbformat.reads(files("cxresearch.publish").joinpath("templates/notebook.ipynb").read_text(encoding="utf-8"), as_version=4)
    node.cells[0].source = node.cells[0].source.replace(_FIRST_LINE, f"# {asked}")
    try:
        with path.open("x", encoding="utf-8") as file:
            nbformat.write(node, file)
    except OSError as error:
        raise RunError(f'"{path.name}" could not be written to {folder.name}/: {error.strerror or type(error).__name__}.') from None
    return path


def _free(name: str, folder: Path) -> str:
    if not _NAME.fullmatch(name) or not name.strip("0123456789_"):
        raise RunError(f'"{name}" cannot name a notebook. Write lower-case words and digits joined by "_", for instance 14_staffing.')
    short = name.lstrip("0123456789").lstrip("_")
    taken = [known for known in names(folder) if short in (known, known.partition("_")[2])]
    if taken:
        raise RunError(f'There is a notebook "{taken[0]}" in {folder.name}/. Choose another name, or open that one.')
    return name


def _question(text: str) -> str:
    said = " ".join(text.split()).lstrip("# ")
    if not said.endswith("?") or len(said) < 2:
        raise RunError(f'A notebook asks one question; "{said}" does not end with a question mark.')
    return said
