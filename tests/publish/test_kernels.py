"""Kernels forked from a warm process say what kernels started anew say, and end with those who started them."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from making import notebook

from cxresearch.publish.kernels import COLD, Warm
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


@pytest.mark.parametrize("killed", [pytest.param(False, marks=pytest.mark.slow), True])
def test_a_forked_kernel_ends_with_the_warm_process(tmp_path, killed):
    process = Warm()
    forked = process.start(["-f", str(tmp_path / "kernel.json")], str(tmp_path), dict(os.environ))
    assert forked.poll() is None
    while killed and not (tmp_path / "kernel.json").is_file():
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGKILL) if killed else process.close()
    for _ in range(50):
        if not Path(f"/proc/{forked.pid}/cmdline").exists() or not Path(f"/proc/{forked.pid}/cmdline").read_bytes():
            break
        time.sleep(0.1)
    else:
        pytest.fail("the kernel is still there")
    assert forked.poll() == -signal.SIGKILL
    process.close()
