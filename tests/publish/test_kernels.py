"""Kernels forked from a warm process say what kernels started anew say, and end with those who started them."""

import asyncio
import os
import signal
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from making import notebook

from cxresearch.load.simulate import simulate
from cxresearch.publish import forks
from cxresearch.publish.forks import COLD, Started, Warm
from cxresearch.publish.kernels import ReportKernel
from cxresearch.publish.run import run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
PICTURE = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
NOUN = "import cxresearch as cx\ncx.Absent('This study has no orders.')"


def test_a_forked_kernel_shows_what_a_new_one_shows(tmp_path, monkeypatch):
    source = notebook(tmp_path / "notebooks" / "09_shown.ipynb", PICTURE, NOUN, "[*{'one', 'two', 'three'}]")
    forked = run(source, out=tmp_path / "reports" / "forked")
    monkeypatch.setenv(COLD, "1")
    anew = run(source, out=tmp_path / "reports" / "anew")
    assert (forked.status, forked.reason) == ("not applicable", "This study has no orders.")
    assert forked.page and anew.page
    kept = [(page.parent / "notebook.ipynb").read_bytes() for page in (forked.page, anew.page)]
    assert kept[0] == kept[1] and b"image/png" in kept[0]


def test_kernels_of_one_warm_process_know_nothing_of_each_other(tmp_path):
    first = notebook(tmp_path / "notebooks" / "08_first.ipynb", "import sys\nsys.modules['left_behind'] = sys", NOUN)
    second = notebook(tmp_path / "notebooks" / "09_second.ipynb", "import sys\nassert 'left_behind' not in sys.modules", NOUN)
    assert [run(each, out=tmp_path / "reports" / "runs").status for each in (first, second)] == ["not applicable"] * 2


@pytest.fixture
def started():
    process = Started()
    yield process
    process.close()


def kernel(line, folder):
    """Ask for a kernel and wait until it stands on its own feet."""
    folder.mkdir()
    forked = line.start(["-f", str(folder / "kernel.json")], str(folder), dict(os.environ))
    while not (folder / "kernel.json").is_file():
        time.sleep(0.05)
    return forked


def gone(pid):
    """Wait for its end; whether it came."""
    for _ in range(50):
        if not Path(f"/proc/{pid}/cmdline").exists() or not Path(f"/proc/{pid}/cmdline").read_bytes():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("killed", [pytest.param(False, marks=pytest.mark.slow), True])
def test_a_forked_kernel_ends_with_the_warm_process(tmp_path, started, killed):
    forked = kernel(Warm(started.address), tmp_path / "a")
    assert forked.poll() is None
    os.kill(started.pid, signal.SIGKILL) if killed else started.close()
    assert gone(forked.pid)
    assert forked.poll() == -signal.SIGKILL


def test_a_kernel_ends_with_the_worker_that_asked_for_it_and_no_other_does(tmp_path, started):
    lines = [Warm(started.address), Warm(started.address)]
    first, second = (kernel(line, tmp_path / name) for line, name in zip(lines, "ab", strict=True))
    lines[0].close()
    assert gone(first.pid) and first.poll() == -signal.SIGKILL
    assert second.poll() is None
    second.kill()
    assert gone(second.pid)
    time.sleep(0.1)
    assert second.poll() == -signal.SIGKILL


def test_a_worker_shares_the_warm_process_of_the_one_that_started_it(monkeypatch):
    forks.forget()
    shared = forks.warm_up()
    assert shared and forks.warm_up() == shared
    monkeypatch.setenv(forks.SHARED, shared)
    monkeypatch.setattr(forks, "Started", None)  # a worker starts none
    forks._started.cache_clear()
    assert forks.warm().ask({"poll": 0}) == {"ended": 0}
    assert forks.SHARED not in forks.surroundings()
    monkeypatch.setenv(forks.SHARED, shared.partition(":")[0] + ":/nowhere")
    with pytest.raises(OSError):
        forks.warm()
    forks.forget()
    assert forks.SHARED not in os.environ


def test_the_warm_process_opens_a_study_that_is_read_again_and_says_what_has_no_rows(tmp_path, started):
    folder = simulate(tmp_path / "demo", customers=300)
    line = Warm(started.address)
    assert line.ask({"study": str(folder)}) == {"empty": None}
    assert line.ask({"study": str(folder)}) == {"empty": []}
    ((period, only, said),) = line.ask({"study": str(folder), "asked": [["2025-Q1", None], ["1999", "segment=business"]]})["empty"]
    assert (period, only) == ("1999", "segment=business") and "no row with segment=business in 1999" in said
    assert line.ask({"study": str(tmp_path / "nowhere"), "asked": [["1999", None]]}) == {"empty": None}


@asynccontextmanager
async def spoken_to(folder):
    """Give a kernel that has just been started: a client and the number of its process."""
    manager = ReportKernel(kernel_name="python3")
    await manager.start_kernel(cwd=str(folder))
    client = manager.client()
    client.start_channels()
    try:
        yield client, manager.provisioner.process.pid
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


def test_a_kernel_that_answers_late_is_waited_for(tmp_path):
    async def ready():
        async with spoken_to(tmp_path) as (client, pid):
            os.kill(pid, signal.SIGSTOP)
            asyncio.get_running_loop().call_later(2.5, os.kill, pid, signal.SIGCONT)
            await client.wait_for_ready(timeout=20)
            reply = await client.execute_interactive("1 + 1", timeout=5, output_hook=lambda said: None)
            return reply["content"]["status"]

    assert asyncio.run(ready()) == "ok"


def test_a_kernel_that_does_not_start_is_said(tmp_path):
    async def ready():
        async with spoken_to(tmp_path) as (client, pid):
            os.kill(pid, signal.SIGKILL)
            await client.wait_for_ready(timeout=20)

    with pytest.raises(RuntimeError, match="ended or did not answer"):
        asyncio.run(ready())


LATE = """\
def last_words_take_their_time(kernel, wait, said):
    import atexit, pathlib
    thread, told = kernel.control_thread, kernel._publish_status_and_flush
    kernel._publish_status_and_flush = lambda status, channel, *more: (wait(0.4 * (channel == "control")), told(status, channel, *more))
    atexit.register(lambda: pathlib.Path(said).write_text(f"speaking: {thread.is_alive()}"))

import time
last_words_take_their_time(get_ipython().kernel, time.sleep, SAID)
"""


def test_a_kernel_has_said_its_last_words_before_what_they_go_through_is_taken_apart(tmp_path):
    said = tmp_path / "said"

    async def ended():
        async with spoken_to(tmp_path) as (client, _):
            await client.wait_for_ready(timeout=20)
            await client.execute_interactive(LATE.replace("SAID", repr(str(said))), timeout=5, output_hook=lambda said: None)
            client.shutdown()
            while not said.is_file() or not said.read_text():
                await asyncio.sleep(0.02)

    asyncio.run(asyncio.wait_for(ended(), 20))
    assert said.read_text() == "speaking: False"
