"""Kernels that run reports: always this Python, never one that happens to be registered under the same name."""

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Unicode, default

PACKAGE = Path(__file__).parents[1]
# Text order of sets and dates inside pictures must not differ between two runs on the same input; nor must sums that threads divide.
STEADY = {
    "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0", "TZ": "UTC", "IPYTHONDIR": "", "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
}  # fmt: skip
COLD = "CXRESEARCH_COLD_KERNELS"


class ReportKernel(AsyncKernelManager):
    """A kernel of this Python with fixed surroundings, reached through sockets in a private folder.

    The user's IPython profile is left out: start-up files in it would change what a report says. Where the system can, the kernel is
    forked from a process that has imported what it needs; ``CXRESEARCH_COLD_KERNELS=1`` starts every one anew.
    """

    transport = Unicode("ipc")

    def __init__(self, **settings: Any) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cxr-")
        super().__init__(**settings)

    @default("ip")
    def _ip(self) -> str:
        return str(Path(self._folder.name) / "kernel")

    @default("connection_file")
    def _connection_file(self) -> str:
        return str(Path(self._folder.name) / "kernel.json")

    @property
    def kernel_spec(self) -> KernelSpec:
        """How the kernel is started."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--matplotlib=inline"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")

    async def start_kernel(self, **settings: Any) -> None:
        """Start it; settings as in jupyter_client."""
        surroundings = {**_surroundings(), "IPYTHONDIR": self._folder.name}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        if self.provisioner is None and sys.platform == "linux" and not os.environ.get(COLD):
            self.provisioner = Forking(kernel_id=self.kernel_id or "", kernel_spec=self.kernel_spec, parent=self)
        await super().start_kernel(**{**settings, **quiet, "env": surroundings})

    async def cleanup_resources(self, restart: bool = False) -> None:
        """Remove sockets and folder."""
        await super().cleanup_resources(restart=restart)
        if not restart:
            self._folder.cleanup()


class Forking(LocalProvisioner):
    """Starts a kernel by a fork of the warm process; as a process of its own where that process does not answer."""

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> KernelConnectionInfo:
        """Start it; words and settings as in jupyter_client."""
        folder, surroundings = str(settings.get("cwd") or os.getcwd()), dict(settings["env"])
        try:
            self.process = warm(_as_it_stands()).start(cmd[3:], folder, surroundings)
        except (OSError, ValueError):
            warm.cache_clear()
            return await super().launch_kernel(cmd, **settings)
        self.pid = self.pgid = self.process.pid
        return self.connection_info


class Warm:
    """The warm process, as seen by the one that started it."""

    def __init__(self) -> None:
        words = [sys.executable, "-m", "cxresearch.publish.warm"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(words, **pipes, env=_surroundings(), start_new_session=True)
        self.pid = self._process.pid
        self._one_by_one, self._ready = threading.Lock(), False
        atexit.register(self.close)

    def start(self, words: Sequence[str], folder: str, surroundings: Mapping[str, str]) -> "Forked":
        """Fork a kernel."""
        return Forked(self, int(self.ask({"start": list(words), "folder": folder, "surroundings": dict(surroundings)})["pid"]))

    def ask(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the answer to one request; an OSError or ValueError where the process is gone."""
        into, out = self._process.stdin, self._process.stdout
        if into is None or out is None:
            raise OSError("the warm process has no pipes")
        with self._one_by_one:
            self._ready = self._ready or bool(json.loads(out.readline()))
            into.write(json.dumps(request).encode() + b"\n")
            into.flush()
            return json.loads(out.readline())

    def close(self) -> None:
        """End it, and every kernel forked from it that still runs."""
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe:
                    pipe.close()
        self._process.wait()


class Forked:
    """A kernel forked from the warm process, with what jupyter_client asks of a process."""

    stdin = stdout = stderr = None

    def __init__(self, warm_process: Warm, pid: int) -> None:
        self._warm, self.pid, self.returncode = warm_process, pid, None

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


@lru_cache(maxsize=1)
def warm(package: tuple[int, int]) -> Warm:
    """Return the warm process of this process, for the package as it stands; started at the first call."""
    return Warm()


def warm_up() -> None:
    """Start the warm process now, so that it imports while this one does other things."""
    if sys.platform == "linux" and not os.environ.get(COLD):
        with contextlib.suppress(OSError):
            warm(_as_it_stands())


def _as_it_stands() -> tuple[int, int]:
    """Return what changes whenever the package does, so that nobody is told what an older version said."""
    times = [path.stat().st_mtime_ns for path in PACKAGE.rglob("*.py")]
    return len(times), max(times)


def _surroundings() -> dict[str, str]:
    paths = filter(None, [str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, **STEADY, "PYTHONPATH": os.pathsep.join(paths)}
