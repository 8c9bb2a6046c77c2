"""Commands about reports: list, describe, run, publish."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cxresearch.ask.errors import RunError
from cxresearch.cli.entry import REPORTS, app

if TYPE_CHECKING:
    from cxresearch.publish.run import Run


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
) -> None:
    """Run one notebook with one set of parameters, and print where its page is.

    Examples: cxresearch run 03_speed -p period=2025-Q2 | cxresearch run speed -p study=data/sfo -p worth=3
    """
    from cxresearch.publish.run import run as run_notebook

    done = run_notebook(notebook, params=_pairs(parameter or []), out=out, timeout=timeout)
    if done.status == "failed":
        raise RunError(f"{done.notebook} failed. {done.reason} Its notebook and the reason are kept in the folder failed/ of the reports.")
    typer.echo(_line(done))
    typer.echo(str(done.page))


@app.command()
def publish(
    edition: Annotated[str, typer.Argument(help="Name in notebooks/editions.toml.")] = "default",
    workers: Annotated[int, typer.Option(min=1, max=16, help="Reports made at the same time.")] = 2,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that one cell may take.")] = 600,
) -> None:
    """Make every report of an edition and its index page; print where that page is.

    Examples: cxresearch publish default | cxresearch publish default --workers 4
    """
    from cxresearch.publish.edition import publish as publish_edition
    from cxresearch.publish.shelf import notebooks_folder

    folder = notebooks_folder()
    with _progress() as tell:
        done = publish_edition(
            edition, editions=folder / "editions.toml", reports=folder.parent / REPORTS, workers=workers, timeout=timeout, tell=tell
        )
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


def _line(done: "Run") -> str:
    said = done.reason or (done.findings[0].headline if done.findings else "described")
    return f"{done.slug}: {done.status} in {done.seconds:.1f} s. {said}"


@contextmanager
def _progress() -> Iterator[Callable[["Run", int, int], None]]:
    """Give what shows each finished report: one bar for all in a terminal, elsewhere one line each."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda done, number, total: print(f"{number}/{total} {_line(done)}", file=sys.stderr, flush=True)
        return
    columns = (TextColumn("Reports"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, number, total: bar.update(task, completed=number, total=total, description=done.slug)
