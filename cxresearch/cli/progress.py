"""What a long command shows while it works, and what it says at the end."""

import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxresearch.publish.run import Run

WORDS = {"done": "answered", "not applicable": "not applicable", "failed": "failed"}


def line(done: "Run") -> str:
    """Return a finished run as one line."""
    said = done.reason or (done.findings[0].headline if done.findings else "described")
    return f"{done.slug}: {'kept as it was' if done.kept else f'{done.status} in {done.seconds:.1f} s'}. {said}"


def summary(runs: "Sequence[Run]", seconds: float) -> str:
    """Return what became of all reports, and how long it took."""
    ends = [f"{number} {word}" for status, word in WORDS.items() if (number := sum(run.status == status for run in runs))]
    kept = sum(run.kept for run in runs)
    ends += [f"{kept} kept as {'it was' if kept == 1 else 'they were'}"] if kept else []
    return f"{_reports(len(runs))}: {', '.join(ends)}; {seconds / 60:.1f} minutes."


def untouched(runs: "Sequence[Run]") -> str:
    """Return what is said where nothing had to be done."""
    return f"{_reports(len(runs))}, all as they were."


def left(seconds: float, made: int, to_make: int) -> str:
    """Return how much time is left, from how long those made have taken; nothing while none is made.

    Examples
    --------
    >>> left(90.0, 3, 12)
    '5 min left'
    """
    if not made or made >= to_make:
        return ""
    rest = seconds / made * (to_make - made)
    return f"{math.ceil(rest / 60)} min left" if rest >= 90 else f"{round(rest)} s left"


@contextmanager
def progress() -> "Iterator[Callable[[Run, int, int], None]]":
    """Give what shows each finished report: one bar for all in a terminal, elsewhere one line each."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda done, number, total: print(f"{number}/{total} {line(done)}", file=sys.stderr, flush=True)
        return
    columns = (TextColumn("Reports"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    runs: list[Run] = []
    with Progress(*columns, console=console) as bar:
        task, begun = bar.add_task("", total=None), time.monotonic()

        def tell(done: "Run", number: int, total: int) -> None:
            runs.append(done)
            bar.update(task, completed=number, total=total, description=_described(runs, time.monotonic() - begun, total))

        yield tell


def _described(runs: "Sequence[Run]", seconds: float, total: int) -> str:
    kept, failed = sum(run.kept for run in runs), sum(run.status == "failed" for run in runs)
    said = [left(seconds, len(runs) - kept, total - kept), f"{kept} kept" if kept else "", f"{failed} failed" if failed else ""]
    return ", ".join(filter(None, said))


def _reports(number: int) -> str:
    return f"{number} report{'' if number == 1 else 's'}"
