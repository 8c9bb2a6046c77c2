"""What all commands share: the app, its folders, and its errors as one plain paragraph on stderr."""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from cxresearch.ask.errors import ResearchError

DEMO = Path("data/demo")
REPORTS = Path("reports")
INTERRUPTED = 130  # typer's code for it
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
        code = app(standalone_mode=False) or 0
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(code)
    except (KeyboardInterrupt, typer.Abort):
        _end("Stopped.", INTERRUPTED)
    except USAGE as error:
        _end(_usage(error), 2)
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        _end(_plainly(error), 1)


def command() -> NoReturn:
    """Run the command as a process of its own, and end that."""
    code = 0
    try:
        main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    if "cxresearch.publish" in sys.modules:
        from cxresearch.publish.ending import leave

        leave(code)
    sys.exit(code)


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
