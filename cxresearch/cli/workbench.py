"""Commands for the researcher's bench: JupyterLab on the notebooks."""

import sys
from typing import Annotated

import typer

from cxresearch.cli.entry import app


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
