"""Commands about reports: list, describe, run, publish."""

import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from cxresearch.ask.errors import RunError
from cxresearch.cli.entry import REPORTS, app
from cxresearch.cli.progress import line, progress, summary, untouched

MOST = 16
WHO = (
    f"Processes of this machine that make reports, 1 to {MOST}; or the scheduler of a dask cluster whose workers make them (one "
    "thread each), and where they share no disk with this machine, an address to write to."
)
COLD = "Start every kernel anew, not from a process that has imported everything; what a report says is the same."


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
    cold: Annotated[bool, typer.Option("--cold", help=COLD)] = False,
) -> None:
    """Run one notebook with one set of parameters, and print where its page is.

    Examples: cxresearch run 03_speed -p period=2025-Q2 | cxresearch run speed -p "period=last full month" -p study=data/sfo --csv
    """
    from cxresearch.publish.run import run as run_notebook
    from cxresearch.publish.sheets import write_tables

    _start_anew(cold)
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
    workers: Annotated[str, typer.Option("--workers", "--dask", metavar="N|ADDRESS[,URL]", help=WHO)] = "2",
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that one cell may take.")] = 600,
    force: Annotated[bool, typer.Option("--force", help="Make every report again, even where nothing has changed.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Write every table of every report as CSV beside its page.")] = False,
    cold: Annotated[bool, typer.Option("--cold", help=COLD)] = False,
) -> None:
    """Make every report of an edition and its index page; print where that page is.

    Reports whose notebook, data, parameters and package are as they were are kept; an interrupted edition goes on where it stopped.
    Examples: cxresearch publish default | cxresearch publish monthly --workers 4 --csv | cxresearch publish default --force |
    cxresearch publish monthly --dask tcp://10.0.0.1:8786
    """
    from cxresearch.publish.edition import publish as publish_edition
    from cxresearch.publish.shelf import notebooks_folder
    from cxresearch.publish.workers import How

    folder, begun = notebooks_folder(), time.monotonic()
    _start_anew(cold)
    number, address, through = _who(workers)
    with _elsewhere(address) as executor, progress() as tell, _interrupted():
        how = How(number, timeout, force, csv, executor, through)
        done = publish_edition(edition, editions=folder / "editions.toml", reports=folder.parent / REPORTS, how=how, tell=tell)
    typer.echo(untouched(done.runs) if done.untouched else summary(done.runs, time.monotonic() - begun), err=True)
    typer.echo(str(done.page))
    if done.failed:
        names = ", ".join(each.slug for each in done.failed)
        raise RunError(f"{len(done.failed)} of {len(done.runs)} reports failed: {names}. The index page says why.")


@contextmanager
def _interrupted() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("Reports that were finished are kept: the same command goes on with the others.", err=True)
        raise


def _who(workers: str) -> tuple[int, str, str]:
    """Return how many processes, or the address of a scheduler and the one to write to."""
    if workers.isdigit() and 1 <= int(workers) <= MOST:
        return int(workers), "", ""
    address, _, through = workers.partition(",")
    if "://" not in address:
        known = f"--workers takes a number from 1 to {MOST}, --dask an address such as tcp://10.0.0.1:8786"
        raise typer.BadParameter(f'{known}; it was given "{workers}".')
    return 1, address, through


def _elsewhere(address: str) -> AbstractContextManager[Any]:
    """Give the executor of a cluster, or none."""
    if not address:
        return nullcontext()
    from cxresearch.publish.afar import cluster

    return cluster(address)


def _start_anew(cold: bool) -> None:
    from cxresearch.publish import forks

    if cold:
        os.environ[forks.COLD] = "1"


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
