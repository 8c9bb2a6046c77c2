"""A process that ends at once has still done what was left to its end."""

import subprocess
import sys
from time import perf_counter

PROGRAM = """
import atexit, threading, time
from cxresearch.publish.ending import leave
atexit.register(print, "called")
threading.Thread(target=lambda: (time.sleep(0.3), print("waited for"))).start()
print("last words", end="")
leave(3)
"""


STUCK = """
import atexit, threading
from cxresearch.publish.ending import leave
atexit.register(threading.Event().wait)
leave(3, within=0.5)
"""


def test_an_end_that_waits_for_itself_comes_in_time():
    began = perf_counter()
    assert subprocess.run([sys.executable, "-c", STUCK], timeout=60).returncode == 3
    assert perf_counter() - began < 30


def test_threads_are_waited_for_what_asked_is_called_and_nothing_is_lost():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout == "last wordswaited for\ncalled\n"
