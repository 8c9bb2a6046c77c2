"""How a process ends that has imported much: nothing of it is taken apart, which takes longer than many a report."""

import atexit
import os
import sys
import threading
from contextlib import suppress
from typing import NoReturn


def leave(code: int = 0, *, within: float | None = None) -> NoReturn:
    """End this process as those of `multiprocessing` end: threads are waited for, and what asked to be called is.

    Parameters
    ----------
    code : int
        What the process that started this one is told.
    within : float, optional
        Seconds after which it ends in any case, whatever an exit function waits for.
    """
    if within is not None:
        guard = threading.Timer(within, os._exit, (code,))
        guard.daemon = True
        guard.start()
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in filter(None, (sys.__stdout__, sys.__stderr__)):  # a kernel has others, whose thread is gone by now
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
