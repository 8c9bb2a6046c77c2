"""The cells of a notebook, run in a kernel of their own, as far as they come."""

import copy
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from cxresearch.publish import manifest
from cxresearch.publish.asked import study_of
from cxresearch.publish.outputs import masked
from cxresearch.publish.shelf import Notebook

REACHED = "cxresearch: the last cell was reached"


def execute(source: Notebook, params: Mapping[str, Any], path: Path, *, timeout: float) -> tuple[NotebookNode, str]:
    """Run the cells in a fresh kernel.

    Parameters
    ----------
    source : Notebook
        What to run.
    params : mapping
        Typed parameters.
    path : Path
        Where papermill saves at the end, so that a killed kernel leaves what it had done.
    timeout : float
        Seconds for one cell.

    Returns
    -------
    tuple of (NotebookNode, str)
        The notebook as far as it came, and what went wrong; empty where nothing did.
    """
    papermill, engine, kernel = _papermill()
    _announce(source, params)
    node = _with_sentinel(source.read())
    settings = {
        "engine_name": engine,
        "kernel_name": "python3",
        "language": "python",
        "progress_bar": False,
        "kernel_manager_class": kernel,
        "execution_timeout": timeout,
    }
    problem = ""
    try:
        papermill.execute_notebook(copy.deepcopy(node), str(path), dict(params), cwd=str(source.home), **settings)
    except papermill.PapermillExecutionError as error:
        problem = f"{error.ename}: {masked(error.evalue)}"
    except CellTimeoutError:
        problem = f"a cell took longer than {timeout:g} s and was stopped"
    except DeadKernelError:
        problem = "the kernel died while a cell was running (often: not enough memory)"
    except OSError as error:
        problem = f"the system refused: {error.strerror or type(error).__name__}"
    return _as_far_as_it_came(path, node), problem


def _papermill() -> tuple[Any, str, Any]:
    from cxresearch.publish.forks import warm_up

    warm_up()
    import papermill

    from cxresearch.publish.kernels import ReportKernel
    from cxresearch.publish.saving import NAME

    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    return papermill, NAME, ReportKernel


def _announce(source: Notebook, params: Mapping[str, Any]) -> None:
    from cxresearch.publish.forks import will_read

    study = study_of(source, params)
    if study is not None:
        will_read(study.folder)


def _with_sentinel(node: NotebookNode) -> NotebookNode:
    node.cells.append(nbformat.v4.new_code_cell(f"print({REACHED!r})", metadata={"tags": [manifest.SENTINEL]}))
    return node


def _as_far_as_it_came(path: Path, node: NotebookNode) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.ValidationError):
        return node


def unfinished(executed: NotebookNode) -> str:
    """Say what shows that the notebook did not run to its end; papermill takes ``sys.exit(0)`` for success."""
    code = [cell for cell in executed.cells if cell.cell_type == "code"]
    if any(output.get("ename") == "SystemExit" for cell in code for output in cell.outputs):
        return "the notebook ended itself (sys.exit) before its last cell"
    if any(cell.source.strip() and cell.execution_count is None for cell in code):
        return "not every cell was run"
    reached = (
        code and manifest.SENTINEL in code[-1].metadata.get("tags", []) and any(REACHED in str(o.get("text", "")) for o in code[-1].outputs)
    )
    return "" if reached else "the last cell was not reached"


def step(executed: NotebookNode) -> str:
    """Say where a notebook stopped, as its reader counts: "step 3 of 7"."""
    code = [cell for cell in executed.cells if cell.cell_type == "code" and manifest.INJECTED not in cell.metadata.get("tags", [])]
    code = [cell for cell in code if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])]
    for number, cell in enumerate(code, start=1):
        broken = any(output.output_type == "error" for output in cell.outputs)
        if broken or cell.execution_count is None or cell.metadata.get("papermill", {}).get("status") != "completed":
            return f"step {number} of {len(code) - 1}" if number < len(code) else "the last step"
    return "the last step"
