"""Commands about reports: list, describe, run, publish."""

import time
from pathlib import Path
from typing import Annotated

import typer

from cxresearch.ask.errors import RunError
from cxresearch.cli.entry import REPORTS, app
from cxresearch.cli.progress import line, progress, summary, untouched


@app.command("list")
def list_() -> None:
    """List notebooks and editions.

    Example: cxresearch list
    """
    from cxresearch.publish.plan import edition_names
    from cxresearch.publish.shelf import names, notebooks_folder, open_notebook

    folder = notebooks_folder()
    for name in names(folder):
        typer.echo(f"{name:<16}{open_notebook(name, folder=folder).title}")
    for name in edition_names(folder / "editions.toml"):
        typer.echo(f"{name:<16}edition (cxresearch publish {name})")


@app.command()
def describe(notebook: Annotated[str, typer.Argument(help='"03_speed", "speed" or a path.')]) -> None:
    """Show the parameters of a notebook: type, default, meaning, read from its own parameters cell.

    Example: cxresearch describe speed
    """
    from cxresearch.publish.shelf import open_notebook

    opened = open_notebook(notebook)
    typer.echo(f"{opened.name}: {opened.title}")
    for each in opened.parameters:
        typer.echo(f"  {each.name:<12} {each.type:<14} default {each.default!r:<14} {each.help}")
    first = next((each for each in opened.parameters if each.default is not None), None)
    typer.echo(f"To run it: cxresearch run {opened.name}" + (f" -p {first.name}={first.default}" if first else ""))


@app.command()
def run(
    notebook: Annotated[str, typer.Argument(help='"03_speed", "speed" or a path.')],
    parameter: Annotated[list[str] | None, typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="As often as needed.")] = None,
    out: Annotated[Path, typer.Option(help="Folder that gets the report.")] = REPORTS / "runs",
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that one cell may take.")] = 600,
    csv: Annotated[bool, typer.Option("--csv", help="Write every table as CSV beside the page.")] = False,
) -> None:
    """Run one notebook with one set of parameters, and print where its page is.

    Examples: cxresearch run 03_speed -p period=2025-Q2 | cxresearch run speed -p "period=last full month" -p study=data/sfo --csv
    """
    from cxresearch.publish.run import run as run_notebook
    from cxresearch.publish.sheets import write_tables

    done = run_notebook(notebook, params=_pairs(parameter or []), out=out, timeout=timeout)
    if done.status == "failed":
        raise RunError(f"{done.notebook} failed. {done.reason} Its notebook and the reason are kept in the folder failed/ of the reports.")
    if csv and done.page:
        write_tables(done.page.parent)
    typer.echo(line(done))
    typer.echo(str(done.page))


@app.command()
def publish(
    edition: Annotated[str, typer.Argument(help="Name in notebooks/editions.toml.")] = "default",
    workers: Annotated[int, typer.Option(min=1, max=16, help="Reports made at the same time.")] = 2,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that one cell may take.")] = 600,
    force: Annotated[bool, typer.Option("--force", help="Make every report again, even where nothing has changed.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Write every table of every report as CSV beside its page.")] = False,
) -> None:
    """Make every report of an edition and its index page; print where that page is.

    Reports whose notebook, data, parameters and package are as they were are kept; an interrupted edition goes on where it stopped.
    Examples: cxresearch publish default | cxresearch publish monthly --workers 4 --csv | cxresearch publish default --force
    """
    from cxresearch.publish.edition import How
    from cxresearch.publish.edition import publish as publish_edition
    from cxresearch.publish.shelf import notebooks_folder

    folder, begun = notebooks_folder(), time.monotonic()
    how = How(workers, timeout, force, csv)
    with progress() as tell:
        done = publish_edition(edition, editions=folder / "editions.toml", reports=folder.parent / REPORTS, how=how, tell=tell)
    typer.echo(untouched(done.runs) if done.untouched else summary(done.runs, time.monotonic() - begun), err=True)
    typer.echo(str(done.page))
    if done.failed:
        names = ", ".join(each.slug for each in done.failed)
        raise RunError(f"{len(done.failed)} of {len(done.runs)} reports failed: {names}. The index page says why.")


def _pairs(given: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise typer.BadParameter(f'-p takes NAME=VALUE, for instance -p period=2025-Q2, but it was given "{text}".')
        if name in pairs:
            raise typer.BadParameter(f"-p {name} was given twice. Give each parameter once.")
        pairs[name] = value
    return pairs
