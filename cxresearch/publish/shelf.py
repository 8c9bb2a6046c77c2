"""The notebooks on hand: found by name, read, checked before anything runs."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from cxresearch.ask.errors import RunError, nearest
from cxresearch.publish.parameters import Parameter, read_parameters


@dataclass(frozen=True)
class Notebook:
    """A notebook as it stands on disk, not yet run.

    Parameters
    ----------
    path : Path
        Its file.
    title : str
        Its h1.
    parameters : tuple of Parameter
        What its parameters cell declares.
    fingerprint : str
        Eight hex digits that name its cells; outputs do not count.
    """

    path: Path
    title: str
    parameters: tuple[Parameter, ...]
    fingerprint: str

    @property
    def name(self) -> str:
        """File name without its ending: ``03_speed``."""
        return self.path.stem

    @property
    def home(self) -> Path:
        """Folder in which it runs: the one that holds ``notebooks/``, so that ``data/demo`` is found."""
        folder = self.path.absolute().parent
        return folder.parent if folder.name == "notebooks" else folder

    def read(self) -> NotebookNode:
        """Return its cells, without outputs."""
        return _read(self.path)


def notebooks_folder(start: Path | None = None) -> Path:
    """Return the nearest folder called ``notebooks``, here or above.

    Raises
    ------
    RunError
        Where there is none.
    """
    here = (start or Path.cwd()).absolute()
    for folder in (here, *here.parents):
        found = folder if folder.name == "notebooks" else folder / "notebooks"
        if found.is_dir():
            return found
    raise RunError(f'No folder "notebooks" in {here} or above it. Change into the project folder and try again.')


def names(folder: Path) -> list[str]:
    """Return the names of all notebooks in a folder, in order."""
    return sorted(path.stem for path in folder.glob("*.ipynb") if not path.name.startswith("."))


def open_notebook(notebook: str | Path, *, folder: Path | None = None) -> Notebook:
    """Return the notebook of this name: ``03_speed``, ``speed``, or a path to a file.

    Raises
    ------
    RunError
        Where there is none (the nearest name is offered), or the file is no notebook.
    """
    path = Path(notebook)
    if path.suffix != ".ipynb" or not path.is_file():
        path = _by_name(str(notebook), folder or notebooks_folder())
    node = _read(path)
    return Notebook(path, title_of(node) or path.stem, read_parameters(node, path.stem), _fingerprint(node))


def title_of(node: NotebookNode) -> str:
    """Return the text of the first h1, or nothing."""
    lines = (line for cell in node.cells if cell.cell_type == "markdown" for line in cell.source.splitlines())
    return next((line[2:].strip() for line in lines if line.startswith("# ")), "")


def _by_name(name: str, folder: Path) -> Path:
    known = names(folder)
    wanted = name.removesuffix(".ipynb")
    matches = [stem for stem in known if wanted in (stem, stem.partition("_")[2])]
    if len(matches) == 1:
        return folder / f"{matches[0]}.ipynb"
    hint = f"it could be any of {', '.join(matches)}; write the whole name." if matches else nearest(wanted, known)
    raise RunError(f'There is no notebook "{name}" in {folder.name}/; {hint}')


def _read(path: Path) -> NotebookNode:
    try:
        node = nbformat.read(path, as_version=4)
    except (ValueError, KeyError, AttributeError, nbformat.ValidationError) as error:
        raise RunError(
            f"{path.name} is not a notebook that can be read ({type(error).__name__}). Open and save it in JupyterLab."
        ) from None
    for cell in node.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return node


def _fingerprint(node: NotebookNode) -> str:
    said = [[cell.cell_type, cell.source, sorted(cell.metadata.get("tags", []))] for cell in node.cells]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:8]
