"""Reports made by other machines: what they write comes back over a shared disk or through an address, whole and unchanged."""

import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from cxresearch.ask.errors import RunError
from cxresearch.publish import place
from cxresearch.publish.forks import COLD
from cxresearch.publish.inputs import package
from cxresearch.publish.plan import Planned
from cxresearch.publish.run import Run, failed_folder, made

SECONDS = 15


def away(planned: Planned, how: tuple[str, float, bool], out: str, through: str) -> Run:
    """Make one report where this runs; with an address, in a folder of its own that is then copied there.

    Parameters
    ----------
    planned : Planned
        What to make.
    how : tuple
        Title of the edition, seconds for one cell, whether kernels start anew.
    out : str
        Folder that gets the report, on a disk that all share.
    through : str
        Address that gets it where they share none.
    """
    title, timeout, cold = how
    os.environ.pop(COLD, None)
    os.environ.update({COLD: "1"} if cold else {})
    if not through:
        return made(planned, Path(out), edition=title, timeout=timeout)
    with tempfile.TemporaryDirectory(prefix="cxresearch-") as folder:
        home = Path(folder) / "reports" / "edition"
        done = made(planned, home, edition=title, timeout=timeout)
        built = _where(done, home)
        system, place_of = _opened(through)
        system.put(f"{built}/", f"{place_of}/{done.slug}/", recursive=True)
    return replace(done, page=None)


def brought(done: Run, through: str, out: Path) -> Run:
    """Fetch what a worker wrote, and put it where it would stand if this process had made it; what cannot be fetched has failed."""
    try:
        return _fetched(done, through, out)
    except OSError as error:
        said = f"It was made, and could not be fetched from {through} ({type(error).__name__})."
        return replace(done, status="failed", reason=f"{said} See that workers and this machine reach that address.", page=None)


def _fetched(done: Run, through: str, out: Path) -> Run:
    system, place_of = _opened(through)
    root = place.reports_root(out)
    final = _where(done, out)
    with place.building(root) as folder:
        system.get(f"{place_of}/{done.slug}/", f"{folder / done.slug}/", recursive=True)
        final.parent.mkdir(parents=True, exist_ok=True)
        place.swap(folder / done.slug, final)
    system.rm(f"{place_of}/{done.slug}", recursive=True)
    return done if done.status == "failed" else replace(done, page=final / "index.html")


def _where(done: Run, out: Path) -> Path:
    final = place.final_folder(out, done.slug)
    return final if done.status != "failed" else failed_folder(place.reports_root(out), final)


def _opened(through: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs

        system, path = url_to_fs(through)
    except (ImportError, ValueError) as error:
        raise RunError(f'"{through}" cannot be opened: {error}. An address is one that fsspec knows, and its package is needed.') from None
    return system, path.rstrip("/")


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """Give the executor of a dask cluster, once its workers are seen to be fit: there, one thread each, and with this very package.

    Parameters
    ----------
    address : str
        Of its scheduler, such as "tcp://10.0.0.1:8786".

    Raises
    ------
    RunError
        Where the extra is not installed, nobody answers, or a worker is not fit.
    """
    try:
        from distributed import Client
    except ImportError:
        raise RunError('--dask needs the extra "dask": pip install "cxresearch[dask]".') from None
    try:
        client = Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise RunError(
            f'No dask scheduler answers at "{address}" ({type(error).__name__}). Give the address that `dask scheduler` prints.'
        ) from None
    with client:
        _fit(client, address)
        yield client.get_executor(pure=False, retries=0)


def _fit(client: Any, address: str) -> None:
    threads = client.nthreads()
    if not threads:
        raise RunError(f"The scheduler at {address} has no workers. Start some: dask worker {address} --nthreads 1.")
    wide = {worker: number for worker, number in threads.items() if number > 1}
    if wide:
        worker, number = min(wide.items())
        raise RunError(f"{worker} has {number} threads, and a notebook changes the folder of its process. Start workers with --nthreads 1.")
    own = package()
    for worker, theirs in sorted(client.run(package).items()):
        if theirs != own:
            raise RunError(f"{worker} has another cxresearch than this machine: its reports would differ. Install the same one there.")
