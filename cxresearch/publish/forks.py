"""The warm process as its callers see it: one for a command and all of its workers, reached through a socket in a private folder."""

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[1]
# Text order of sets and dates inside pictures must not differ between two runs on the same input; nor must sums that threads divide.
STEADY = {
    "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0", "TZ": "UTC", "IPYTHONDIR": "", "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
}  # fmt: skip
COLD, SHARED = "CXRESEARCH_COLD_KERNELS", "CXRESEARCH_WARM_PROCESS"


class Warm:
    """A line to the warm process; when it ends, so do the kernels that were asked for over it.

    Parameters
    ----------
    address : str
        Of its socket.

    Raises
    ------
    OSError
        Where nobody listens there.
    """

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(address)
        self._line, self._one_by_one = self._socket.makefile("rwb"), threading.Lock()

    def start(self, words: Sequence[str], folder: str, surroundings: Mapping[str, str]) -> "Forked":
        """Fork a kernel."""
        return Forked(self, int(self.ask({"start": list(words), "folder": folder, "surroundings": dict(surroundings)})["pid"]))

    def ask(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the answer to one request; an OSError or ValueError where the process is gone."""
        with self._one_by_one:
            self._line.write(json.dumps(request).encode() + b"\n")
            self._line.flush()
            return json.loads(self._line.readline())

    def close(self) -> None:
        """End the line."""
        with contextlib.suppress(OSError):
            self._line.close()
        self._socket.close()


class Started:
    """The warm process, as seen by the one that started it; it ends with this one, and every kernel forked from it too."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cxr-")
        self.address = str(Path(self._folder.name) / "warm")
        with socket.socket(socket.AF_UNIX) as ear:
            ear.bind(self.address)
            ear.listen()
            words = [sys.executable, "-m", "cxresearch.publish.warm", str(ear.fileno())]
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
            self._process = subprocess.Popen(words, stdin=subprocess.PIPE, pass_fds=[ear.fileno()], env=surroundings(), **quiet)
        self.pid = self._process.pid
        atexit.register(self.close)

    def close(self) -> None:
        """End it."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()
        self._folder.cleanup()
        atexit.unregister(self.close)


class Forked:
    """A kernel forked from the warm process, with what jupyter_client asks of a process."""

    stdin = stdout = stderr = None

    def __init__(self, line: Warm, pid: int) -> None:
        self._warm, self.pid, self.returncode = line, pid, None

    def poll(self) -> int | None:
        """Return how it ended; None while it runs."""
        if self.returncode is None:
            try:
                self.returncode = self._warm.ask({"poll": self.pid})["ended"]
            except (OSError, ValueError):
                self.returncode = -signal.SIGKILL
        return self.returncode

    def wait(self) -> int | None:
        """Return how it ended; asked only once it has."""
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Send a signal while it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


def cold() -> bool:
    """Return whether every kernel is started anew: where nothing can be forked, and where that was asked for."""
    return sys.platform != "linux" or bool(os.environ.get(COLD))


def warm_up() -> str:
    """Start the warm process now, so that it imports while this one does other things; return what a worker is told to share it."""
    if cold():
        return ""
    stands = _as_it_stands()
    with contextlib.suppress(OSError):
        if stands != os.environ.get(SHARED, "").partition(":")[0]:
            return f"{stands}:{_started(stands).address}"
    return os.environ.get(SHARED, "")


def warm() -> Warm:
    """Return a line to the warm process: the one that is shared, else one of this process, for the package as it stands.

    Raises
    ------
    OSError
        Where it does not answer.
    """
    return _line(warm_up())


def will_read(study: str | Path, asked: Sequence[tuple[str | None, str | None]] | None = None) -> dict[tuple, str] | None:
    """Tell the warm process which study kernels will read: the second time, or where something is asked, it is opened there for all.

    Parameters
    ----------
    study : str or Path
        Its folder.
    asked : sequence of (period, selection), optional
        What may have no rows.

    Returns
    -------
    dict or None
        What has none, with the reason; None where the warm process cannot tell.
    """
    if cold():
        return None
    try:
        empty = warm().ask({"study": str(study), "asked": asked}).get("empty")
    except (OSError, ValueError):
        return None
    return None if empty is None else {(period, only): said for period, only, said in empty}


def forget() -> None:
    """Use the warm process no more that does not answer: the next kernel gets another."""
    os.environ.pop(SHARED, None)
    _line.cache_clear()
    _started.cache_clear()


@lru_cache(maxsize=1)
def _started(stands: str) -> Started:
    return Started()


@lru_cache(maxsize=1)
def _line(shared: str) -> Warm:
    return Warm(shared.partition(":")[2])


def _as_it_stands() -> str:
    """Return what changes whenever the package does, so that nobody is told what an older version said."""
    times = [path.stat().st_mtime_ns for path in PACKAGE.rglob("*.py")]
    return f"{len(times)}-{max(times)}"


def surroundings() -> dict[str, str]:
    """Return the environment of every kernel: fixed where it could change what a report says."""
    paths = filter(None, [str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")])
    return {**{name: value for name, value in os.environ.items() if name != SHARED}, **STEADY, "PYTHONPATH": os.pathsep.join(paths)}
