"""Commands for the researcher's bench: a new notebook, JupyterLab on all of them."""

import sys
from typing import Annotated

import typer

from cxresearch.cli.entry import app

new = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Begin something new: a notebook.\n\nExample: cxresearch new notebook 14_staffing"
)
app.add_typer(new, name="new")


@new.command()
def notebook(
    name: Annotated[str, typer.Argument(help="Lower-case words and digits joined by _, for instance 14_staffing.")],
    question: Annotated[str | None, typer.Option(help="What it asks, with a question mark.")] = None,
) -> None:
    """Begin a notebook that runs at once; print its path.

    Examples: cxresearch new notebook 14_staffing | cxresearch new notebook 14_staffing --question "Does a fuller team answer sooner?"
    """
    from cxresearch.publish.scaffold import scaffold
    from cxresearch.publish.shelf import notebooks_folder

    path = scaffold(name, folder=notebooks_folder(), question=question)
    typer.echo(str(path))
    typer.echo(f"To run it: cxresearch run {path.stem}. To work on it: cxresearch lab.")


@app.command()
def lab(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the server; the next free one if it is taken.")] = 8888,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
) -> None:
    """Open JupyterLab on the notebooks.

    The server's own token protects it; set JUPYTER_TOKEN to choose it.
    Examples: cxresearch lab | cxresearch lab --port 8899 --no-browser
    """
    import subprocess

    from cxresearch.publish.shelf import notebooks_folder

    folder = notebooks_folder()
    where = [f"--notebook-dir={folder.parent}", f"--LabApp.default_url=/lab/tree/{folder.name}", f"--port={port}"]
    where += [] if browser else ["--no-browser"]
    raise typer.Exit(subprocess.call([sys.executable, "-m", "jupyterlab", *where]))
