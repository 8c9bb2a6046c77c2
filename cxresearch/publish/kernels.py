"""Kernels that run reports: always this Python, never one that happens to be registered under the same name."""

import asyncio
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.client import KernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Type, Unicode, default

from cxresearch.publish import forks

PATIENCE = 200  # hundredths of a second


class Listener(AsyncKernelClient):
    """What talks to a kernel; ready as soon as a whole answer was heard, where jupyter_client waits for a silence too."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait for reply and outputs of a first request; a RuntimeError where none comes."""
        until = time.monotonic() + (math.inf if timeout is None else timeout)
        while not await self._answered():
            if not await self.is_alive() or time.monotonic() > until:
                raise RuntimeError("The kernel ended or did not answer when it was started.")

    async def _answered(self) -> bool:
        asked = self.kernel_info()
        try:
            while (reply := await self.get_shell_msg(timeout=1))["parent_header"].get("msg_id") != asked:
                pass  # the answer to an earlier request, which came while this one was sent
            self._handle_kernel_info_reply(reply)
            while not _ends(await self.get_iopub_msg(timeout=0.2), asked):
                pass
            return True
        except Empty:
            return False


def _ends(heard: Mapping[str, Any], asked: str) -> bool:
    """Return whether this is the last output of a request."""
    return heard["parent_header"].get("msg_id") == asked and heard["content"].get("execution_state") == "idle"


class ReportKernel(AsyncKernelManager):
    """A kernel of this Python with fixed surroundings, reached through sockets in a private folder.

    The user's IPython profile is left out: start-up files in it would change what a report says. Where the system can, the kernel is
    forked from a process that has imported what it needs; ``CXRESEARCH_COLD_KERNELS=1`` starts every one anew.
    """

    transport = Unicode("ipc")
    client_factory = Type(klass=KernelClient, default_value=Listener)

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
        surroundings = {**forks.surroundings(), "IPYTHONDIR": self._folder.name}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        if self.provisioner is None and not forks.cold():
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
            self.process = forks.warm().start(cmd[3:], folder, surroundings)
        except (OSError, ValueError):
            forks.forget()
            return await super().launch_kernel(cmd, **settings)
        self.pid = self.pgid = self.process.pid
        await self._listening()
        return self.connection_info

    async def _listening(self) -> None:
        """Wait until its last socket is there: who connects too soon tries again only after a tenth of a second."""
        said = self.connection_info
        last = Path(f"{said.get('ip')}-{said.get('hb_port')}")
        for _ in range(PATIENCE):
            if last.exists() or await self.poll() is not None:
                return
            await asyncio.sleep(0.01)

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Wait for its end, which jupyter_client looks for every tenth of a second only."""
        for _ in range(PATIENCE):
            if await self.poll() is not None:
                return
            await asyncio.sleep(0.01)
