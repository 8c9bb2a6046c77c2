"""The command `cxresearch`. Errors are one plain paragraph on stderr; `--debug` shows where they came from."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cxresearch.ask.errors import ResearchError, RunError

if TYPE_CHECKING:
    from cxresearch.publish.run import Run

DEMO = Path("data/demo")
REPORTS = Path("reports")
# typer carries its own copy of click in newer versions: its error classes are reached through typer only.
USAGE: type[Exception] = typer.BadParameter.__mro__[1]  # type: ignore[assignment]
app = typer.Typer(
    name="cxresearch",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=(
        "Relate service to experience, in notebooks, with honest uncertainty.\n\n"
        "Start with: cxresearch demo, then cxresearch publish default."
    ),
)


def main() -> None:
    """Run the command; every expected error becomes one plain paragraph and exit code 1, a wrong usage 2."""
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except (KeyboardInterrupt, typer.Abort):
        _end("Stopped.", 130)
    except USAGE as error:
        _end(_usage(error), 2)
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        _end(_plainly(error), 1)


def _usage(error: Exception) -> str:
    message, context = error.format_message(), getattr(error, "ctx", None)
    if context is None or message.startswith("Usage:"):
        return message
    return f'{message} Try "{context.command_path} --help".'


def _plainly(error: Exception) -> str:
    if isinstance(error, ResearchError):
        return " ".join(str(error).split())
    return f"This should not have happened ({type(error).__name__}: {error}). To see where, put --debug behind cxresearch and run it again."


def _end(message: str, code: int) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    sys.exit(code)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"cxresearch {version('cxresearch')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Take the options that stand before a command."""


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Folder that gets the tables and study.toml.")] = DEMO,
    seed: Annotated[int, typer.Option(help="Another seed is another company.")] = 1,
    customers: Annotated[int, typer.Option(min=100, help="How many customers it has.")] = 20_000,
) -> None:
    """Simulate a company whose true answers are known.

    Examples: cxresearch demo | cxresearch demo data/small --customers 2000 --seed 7
    """
    from cxresearch.load.simulate import simulate

    typer.echo(f"Written to {simulate(folder, seed=seed, customers=customers)}.")


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
def check(study: Annotated[Path, typer.Argument(help="Folder with a study.toml.")] = DEMO) -> None:
    """Read a study and say what was set aside, and why.

    Examples: cxresearch check data/demo | cxresearch check data/sfo
    """
    from cxresearch.load.contracts import check as counted

    typer.echo(counted(study).to_string(index=False, na_rep="", float_format="{:.1%}".format))


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


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="sfo, incidents, olist, cdnow, churn, mobi or telco.")],
    source: Annotated[Path | None, typer.Option("--from", help="Folder that already holds the raw files; nothing is downloaded.")] = None,
) -> None:
    """Get the raw files of a public study from its publisher, and check what came.

    The download itself could not be tried where it was written; --from was.
    Examples: cxresearch fetch sfo | cxresearch fetch sfo --from ~/downloads/sfo
    """
    from cxresearch.load.fetch import fetch as fetch_study

    typer.echo(f"Ready in {fetch_study(name, source=source)}.")


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


if __name__ == "__main__":
    main()
