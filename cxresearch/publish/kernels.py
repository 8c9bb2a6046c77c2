"""Kernels that run reports: always this Python, never one that happens to be registered under the same name."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import Unicode, default

# Text order of sets and dates inside pictures must not differ between two runs on the same input.
STEADY = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0", "TZ": "UTC", "IPYTHONDIR": "", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


class ReportKernel(AsyncKernelManager):
    """A kernel of this Python with fixed surroundings, reached through sockets in a private folder.

    The user's IPython profile is left out: start-up files in it would change what a report says.
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
        surroundings = {**os.environ, **STEADY, "IPYTHONDIR": self._folder.name}
        surroundings["PYTHONPATH"] = os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]))
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        await super().start_kernel(**{**settings, **quiet, "env": surroundings})

    async def cleanup_resources(self, restart: bool = False) -> None:
        """Remove sockets and folder."""
        await super().cleanup_resources(restart=restart)
        if not restart:
            self._folder.cleanup()
