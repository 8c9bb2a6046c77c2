"""A process that has imported what every notebook needs: the kernels of reports are forked from it.

A study that a second report asks for is opened here once, and the kernels forked afterwards take its tables over.

It is started as ``python -m cxresearch.publish.warm`` with the number of a socket that listens. It reads one line of JSON for each request
of those who come there, answers with one, and ends with the process that started it. What a kernel forked here shows is byte for byte what
a kernel started anew shows.
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import selectors
import signal
import socket
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from cxresearch.publish.ending import leave

ROOMS = ("ask", "load", "relate", "conclude")
# Not matplotlib_inline.backend_inline: whoever has it before the kernel starts loses every figure without a word.
LIBRARIES = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "matplotlib.pyplot", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg",
    "pandas", "pandas.io.formats.csvs", "scipy.special", "scipy.linalg", "scipy.optimize", "ibis", "ibis.backends.duckdb",
    # What a kernel imports as it begins.
    "ipykernel.debugger", "IPython.core.completerlib", "IPython.core.magics.execution", "IPython.extensions.storemagic", "psutil",
    "tornado.platform.asyncio", "tornado.queues", "encodings.idna", "zmq.utils.garbage",
)  # fmt: skip
TIME_TO_END = 2.0  # seconds; jupyter_client asks less kindly after two and a half
LEFT_OUT = ("cxresearch.load.simulate", "cxresearch.load.explore", "cxresearch.load.fetch")


@dataclass(frozen=True)
class Caller:
    """A process that asks for kernels, and those of its kernels that may still run."""

    line: Any
    living: set[int] = field(default_factory=set)


def serve(ear: socket.socket) -> None:
    """Import, then fork one kernel for each line that asks for one, until the process that started this one ends.

    Parameters
    ----------
    ear : socket
        Callers come to it; what each has asked for ends with it.
    """
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != os.getcwd() or entry in _given()]
    gc.disable()  # nothing that is imported is garbage: to look for some takes a fifth of the time
    _import_all()
    _rehearse()
    gc.freeze()
    gc.enable()
    gc.set_threshold(400_000, 50, 100)  # a query is a tree of many short-lived objects: to look for garbage after each 700 takes a seventh
    read: Counter[str] = Counter()
    with selectors.DefaultSelector() as watch:
        for each in (sys.stdin, ear):
            watch.register(each, selectors.EVENT_READ)
        while True:
            for key, _ in watch.select():
                if key.fileobj is sys.stdin:
                    return _end(watch)
                if key.fileobj is ear:
                    came = ear.accept()[0]
                    watch.register(came, selectors.EVENT_READ, Caller(came.makefile("rwb")))
                else:
                    _heard(watch, key, read)


def _heard(watch: selectors.BaseSelector, key: selectors.SelectorKey, read: Counter[str]) -> None:
    """Do what a caller asks for, counting how often each study is read."""
    caller: Caller = key.data
    asked = _asked(caller)
    if asked and "start" in asked:
        pid = _forked()
        if pid == 0:
            _close(watch)
            _become(asked["start"], asked["folder"], asked["surroundings"])
        if pid:
            caller.living.add(pid)
        there = bool(pid) and _answer(caller, {"pid": pid})
    elif asked and "study" in asked:
        there = _answer(caller, {"empty": _read(asked["study"], asked.get("asked"), read)})
    else:
        there = bool(asked) and _answer(caller, {"ended": _ended(int(asked["poll"]), caller.living)})
    if not there:
        watch.unregister(key.fileobj)
        with contextlib.suppress(OSError):
            caller.line.close()
        key.fileobj.close()
        _kill(caller)


def _asked(caller: Caller) -> dict[str, Any]:
    """Return what a caller asks for; nothing where it has gone."""
    try:
        return json.loads(caller.line.readline() or "{}")
    except OSError:
        return {}


def _forked() -> int | None:
    """Return 0 in the forked process and its number in this one; None where the system refuses."""
    try:
        return os.fork()
    except OSError:
        return None


def _end(watch: selectors.BaseSelector) -> None:
    for key in watch.get_map().values():
        if key.data:
            _kill(key.data)


def _kill(caller: Caller) -> None:
    for pid in caller.living:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _close(watch: selectors.BaseSelector) -> None:
    """Let go of every line in a kernel: a caller that is gone would else seem to be there."""
    for key in list(watch.get_map().values()):
        if key.data:
            with contextlib.suppress(OSError):
                key.data.line.close()
        if key.fileobj is not sys.stdin:
            key.fileobj.close()
    watch.close()


def _given() -> list[str]:
    return os.environ.get("PYTHONPATH", "").split(os.pathsep)


def _import_all() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    for room in ROOMS:
        package = importlib.import_module(f"cxresearch.{room}")
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.startswith(LEFT_OUT):
                importlib.import_module(found.name)


def _rehearse() -> None:
    """Write a query and draw a picture, both of nothing: what is looked up only once for that is known to every kernel forked later."""
    from cxresearch.conclude.charts.rehearsal import picture
    from cxresearch.load.rehearsal import query

    query()
    picture()


def _read(study: str, asked: Sequence[Sequence[str | None]] | None, read: Counter[str]) -> list[Sequence[str | None]] | None:
    """Open a study that many reports will read; return what has no rows of what is asked for, None where that is not known here."""
    read[study] += 1
    if asked is None and read[study] != 2:
        return None
    from cxresearch.load.ahead import nothing_in
    from cxresearch.load.opened import open_ahead

    try:
        opened = open_ahead(study)
        found = nothing_in(opened, [(period, only) for period, only in asked]) if opened and asked else {}
    except Exception:  # whatever it is, the report that reads the study says it in its own words, and all others are made
        return None
    gc.freeze()
    return [[*pair, said] for pair, said in found.items()] if opened else None


def _answer(caller: Caller, said: Mapping[str, Any]) -> bool:
    """Answer a caller; False where it has gone."""
    try:
        caller.line.write(json.dumps(said).encode() + b"\n")
        caller.line.flush()
    except OSError:
        return False
    return True


def _ended(pid: int, living: set[int]) -> int | None:
    """Return how a kernel ended, as `subprocess` counts; None while it runs."""
    if pid not in living:
        return 0
    found, status = os.waitpid(pid, os.WNOHANG)
    if not found:
        return None
    living.discard(pid)
    return os.waitstatus_to_exitcode(status)


def _become(words: Sequence[str], folder: str, surroundings: Mapping[str, str]) -> NoReturn:
    """Turn this forked process into a kernel, stay one until it is shut down, and end."""
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for handle in (0, 1, 2):
        os.dup2(nothing, handle)
    os.close(nothing)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(surroundings)
    app = IPKernelApp.instance(parent_handle=os.getppid())  # it ends with the warm process, however that ends
    app.initialize(list(words))
    sys.modules["cxresearch"]._show_nouns_in(app.shell)  # it was imported before there was a shell
    app.start()
    app.control_thread.join(TIME_TO_END)  # it still says that it is done, through a thread that an exit function ends: both would wait
    leave(within=TIME_TO_END)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
    leave()
