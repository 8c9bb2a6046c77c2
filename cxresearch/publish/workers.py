"""Reports made side by side: by processes of this machine, or by any executor that is given."""

import atexit
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxresearch.ask.errors import ResearchError, RunError
from cxresearch.publish.forks import COLD, SHARED, warm_up
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


@contextmanager
def crew(how: How, many: int) -> Iterator[Executor | None]:
    """Give the processes that make so many reports, which begin to import at once.

    There are none where an executor was given, nor where there is nothing to make.

    Parameters
    ----------
    how : How
        How many processes at most.
    many : int
        Reports that are to be made.
    """
    number = min(how.workers, many)
    if how.executor is not None or not number:
        yield None
        return
    others = multiprocessing.active_children()
    with _pool(number, warm_up()) as pool:
        for _ in range(number):
            pool.submit(_import_all)
        try:
            yield pool
        except BaseException:  # an interrupt too: nobody waits for reports that nobody will see
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in multiprocessing.active_children():
                if worker not in others:
                    worker.terminate()
            raise


def run_all(todo: Sequence[Planned], title: str, out: Path, how: How, pool: Executor | None) -> Iterator[tuple[Planned, Run]]:
    """Begin with all, side by side, and yield each report as it is done; a worker that dies fails the report it had, and no other.

    Parameters
    ----------
    todo : sequence of Planned
        What to make.
    title : str
        Of the edition.
    out : Path
        Folder that gets a folder for each.
    how : How
        Timeout, and an executor if it is to make them.
    pool : Executor or None
        From `crew`.

    Raises
    ------
    RunError
        Where the executor runs several reports in one process.
    """
    if how.executor is not None:
        return _by(how.executor, todo, title, out, how)
    timeout = how.timeout
    begun = {pool.submit(made, planned, out, edition=title, timeout=timeout): planned for planned in todo} if pool else {}
    return _by_processes(begun, title, out, timeout)


def _by_processes(futures: Mapping[Future, Planned], title: str, out: Path, timeout: float) -> Iterator[tuple[Planned, Run]]:
    left = {planned.slug: planned for planned in futures.values()}
    for future in as_completed(futures):
        planned = futures[future]
        if not isinstance(future.exception(), BrokenProcessPool):
            left.pop(planned.slug)
            yield planned, outcome(future, planned)
    for planned in left.values():
        with _pool(1, warm_up()) as alone:
            yield planned, outcome(alone.submit(made, planned, out, edition=title, timeout=timeout), planned)


def spread(pool: Executor | None, what: Callable[..., Any], *columns: Sequence[Any]) -> list[Any]:
    """Return what the function returns for each set of values, worked out side by side; by this process where there are no workers."""
    if pool is not None:
        with suppress(BrokenProcessPool):
            return list(pool.map(what, *columns))
    return list(map(what, *columns))


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


def _pool(workers: int, shared: str) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin, initargs=(shared,))


def _begin(shared: str) -> None:
    """Share a warm process, and end this worker when the process that started it is gone; its kernel watches the worker in the same way."""
    os.environ.update({SHARED: shared} if shared else {})
    atexit.register(os._exit, 0)  # at its end nothing is taken apart
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()


def _import_all() -> None:
    """Import what every report needs, and what draws its findings again, while the first kernel is not there yet."""
    import papermill

    from cxresearch.conclude.charts.rehearsal import picture
    from cxresearch.publish import among, export, kernels, says

    picture()
    del papermill, among, export, kernels, says


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
