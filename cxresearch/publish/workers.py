"""Reports made side by side: by processes of this machine, or by any executor that is given."""

import multiprocessing
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from cxresearch.ask.errors import ResearchError, RunError
from cxresearch.publish.kernels import COLD
from cxresearch.publish.plan import Planned
from cxresearch.publish.run import TIMEOUT_SECONDS, Run, made

WORKERS = 2


@dataclass(frozen=True)
class How:
    """How an edition is made.

    Parameters
    ----------
    workers : int
        Reports made at the same time, by processes of this machine.
    timeout : float
        Seconds that one cell may take.
    force : bool
        Whether every report is made again, even where its input is unchanged.
    tables : bool
        Whether every table is written as CSV too.
    executor : Executor, optional
        What makes the reports instead: anything with the ways of ``concurrent.futures``, of processes and not of threads, whose workers
        have this package and see the notebooks and data under the same names.
    through : str
        Address that workers write to and this process reads from, in the words of fsspec ("s3://bucket/scratch"), where they share no
        disk; "" where they do.
    """

    workers: int = WORKERS
    timeout: float = TIMEOUT_SECONDS
    force: bool = False
    tables: bool = False
    executor: Executor | None = None
    through: str = ""


def run_all(todo: Sequence[Planned], title: str, out: Path, how: How) -> Iterator[tuple[Planned, Run]]:
    """Run side by side, and yield each report as it is done; a worker that dies fails the report it had, and no other.

    Parameters
    ----------
    todo : sequence of Planned
        What to make.
    title : str
        Of the edition.
    out : Path
        Folder that gets a folder for each.
    how : How
        Workers and timeout.

    Raises
    ------
    RunError
        Where the executor runs several reports in one process.
    """
    if how.executor is not None:
        yield from _by(how.executor, todo, title, out, how)
        return
    left = {planned.slug: planned for planned in todo}
    with _pool(how.workers) as pool:
        futures = {pool.submit(made, planned, out, edition=title, timeout=how.timeout): planned for planned in todo}
        for future in as_completed(futures):
            planned = futures[future]
            if not isinstance(future.exception(), BrokenProcessPool):
                left.pop(planned.slug)
                yield planned, outcome(future, planned)
    for planned in left.values():
        with _pool(1) as pool:
            yield planned, outcome(pool.submit(made, planned, out, edition=title, timeout=how.timeout), planned)


def _by(executor: Executor, todo: Sequence[Planned], title: str, out: Path, how: How) -> Iterator[tuple[Planned, Run]]:
    from cxresearch.publish.afar import away, brought

    if isinstance(executor, ThreadPoolExecutor):
        raise RunError("The executor has threads of one process, and a notebook changes the folder of its process: give one of processes.")
    cold = bool(os.environ.get(COLD))
    futures = {executor.submit(away, planned, (title, how.timeout, cold), str(out), how.through): planned for planned in todo}
    for future in as_completed(futures):
        planned = futures[future]
        done = outcome(future, planned)
        yield planned, brought(done, how.through, out) if how.through and future.exception() is None else done


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    """End this worker when the process that started it is gone; its kernel watches the worker in the same way."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()


def outcome(future: Future, planned: Planned) -> Run:
    """Return what came of one report; where its worker failed, a failed run with the reason."""
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, ResearchError):
        reason = str(error)
    elif isinstance(error, BrokenProcessPool):
        reason = "The process that ran it died (often: not enough memory)."
    else:
        reason = f"Stopped by {type(error).__name__}: {getattr(error, 'strerror', None) or 'see the notebook'}."
    return Run(planned.notebook.name, planned.notebook.title, planned.slug, "failed", reason, dict(planned.params))
