"""Many reports side by side: whole, repeatable, resumed, never half-written."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from making import files, notebook, three, whole

from cxresearch.ask.errors import RunError
from cxresearch.conclude.finding import Finding
from cxresearch.publish import place
from cxresearch.publish.cards import card
from cxresearch.publish.edition import publish
from cxresearch.publish.export import finder
from cxresearch.publish.first import rank
from cxresearch.publish.gate import faults
from cxresearch.publish.outputs import Answer, Evidence
from cxresearch.publish.run import Run
from cxresearch.publish.workers import How

PUBLISH = """\
import sys
from pathlib import Path
from cxresearch.publish.edition import publish
if __name__ == "__main__":
    publish("default", editions=Path(sys.argv[1]), reports=Path(sys.argv[2]))
"""


def make(home, *names):
    (home / "notebooks" / "editions.toml").write_text(f'[default]\ntitle = "Service & experience"\nnotebooks = {json.dumps(names)}\n')
    return {"editions": home / "notebooks" / "editions.toml", "reports": home / "reports"}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return three(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def done(home):
    told = []
    made = publish("default", **make(home, "speed", "bad", "journey"), tell=lambda run, number, total: told.append((number, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    return made


def test_one_failure_does_not_stop_the_rest(done):
    assert [(run.slug, run.status) for run in done.runs] == [("03_speed", "done"), ("05_bad", "failed"), ("06_journey", "not applicable")]
    assert [run.slug for run in done.failed] == ["05_bad"]
    assert done.runs[0].page.is_file() and done.runs[1].page is None


def test_the_index_shows_findings_first_then_every_report_in_its_place(done, home):
    html = done.page.read_text()
    order = [
        "Service &amp; experience",
        "The short answer",
        "Halving the wait goes with",
        "The finding that matters most",
        "What the four words mean",
        "This is the first run of this edition.",
        "Every report",
        "Does speed matter?</a>",
        "Does it break?",
        "Journeys?</a>",
    ]
    places = [html.index(text, html.index("<body")) for text in order[:1]]
    for text in order[1:]:
        places.append(html.index(text, places[-1]))
    assert "Stopped in step 3 of 3: ZeroDivisionError: division by zero. No number from it is used on this page." in html
    assert "Needs the table of touchpoints." in html and "3 reports: 1 answered, 1 not applicable, 1 failed." in html
    assert '<a href="05_bad' not in html and 'href="03_speed/index.html#finding-speed"' in html
    assert faults(html, script=finder()) == () and str(home) not in html


def test_links_of_the_index_lead_somewhere(done):
    report = (done.page.parent / "03_speed" / "index.html").read_text()
    assert 'id="finding-speed"' in report and '<a href="../index.html">Service &amp; experience</a>' in report


def test_the_edition_has_a_manifest_of_its_own(done):
    said = json.loads((done.page.parent / "manifest.json").read_text())
    assert [report["status"] for report in said["reports"]] == ["done", "failed", "not applicable"]
    assert not list(done.page.parent.rglob("input.txt"))


@pytest.mark.slow
def test_published_twice_every_page_has_the_same_bytes(done, home):
    first = files(done.page.parent)
    again = publish("default", **make(home, "speed", "bad", "journey"), how=How(workers=1, force=True))
    assert files(done.page.parent) == first and len(first) == 5 and not any(run.kept for run in again.runs)


def test_what_is_kept_has_the_bytes_of_a_new_run_and_what_failed_is_tried_again(done, home):
    first = files(done.page.parent)
    again = publish("default", **make(home, "speed", "bad", "journey"), how=How(workers=1))
    assert [run.kept for run in again.runs] == [True, False, True] and files(done.page.parent) == first
    assert [len(run.findings) for run in again.runs] == [1, 0, 0] and not again.untouched


@pytest.mark.slow
def test_a_report_that_left_the_edition_leaves_the_folder(tmp_path):
    whole(tmp_path), whole(tmp_path, "04_more")
    publish("default", **make(tmp_path, "speed", "more"))
    publish("default", **make(tmp_path, "speed"))
    assert sorted(path.name for path in (tmp_path / "reports" / "default").iterdir()) == ["03_speed", "index.html", "manifest.json"]


@pytest.mark.slow
def test_killed_in_the_middle_nothing_is_half_written_and_the_next_call_goes_on(tmp_path):
    count = tmp_path / "count.txt"
    wait = f"import time, pathlib\ntime.sleep(0 if pathlib.Path('{tmp_path}/go').exists() else 60)"
    whole(tmp_path)
    notebook(
        tmp_path / "notebooks" / "04_slow.ipynb",
        wait,
        "finding()",
    )
    notebook(tmp_path / "notebooks" / "02_count.ipynb", f"print('ran', file=open('{count}', 'a'))", "finding()")
    given = make(tmp_path, "count", "speed", "slow")
    script = tmp_path / "publish.py"
    script.write_text(PUBLISH)
    killed = subprocess.Popen([sys.executable, str(script), str(given["editions"]), str(given["reports"])], start_new_session=True)
    unfinished = tmp_path / "reports" / ".building" / "editions" / "default"
    until = time.monotonic() + 180
    while len(list(unfinished.glob("*/input.txt"))) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert not (tmp_path / "reports" / "default").exists()
    _none_left(str(tmp_path), killed.pid)
    (tmp_path / "go").touch()
    made = publish("default", **given)
    assert [run.status for run in made.runs] == ["done"] * 3 and len(made.runs[0].findings) == 1
    assert count.read_text() == "ran\n"
    assert not list((tmp_path / "reports" / ".building").glob("run-*")) and not unfinished.exists()
    resumed, stamp = files(made.page.parent), made.page.stat().st_mtime_ns
    again = publish("default", **given)
    assert again.untouched and all(run.kept for run in again.runs) and count.read_text() == "ran\n"
    assert made.page.stat().st_mtime_ns == stamp
    publish("default", **given, how=How(force=True))
    assert files(made.page.parent) == resumed and count.read_text() == "ran\nran\n"


@pytest.mark.slow
@pytest.mark.parametrize("everyone", [True, False], ids=["as in a terminal", "the command alone"])
def test_interrupted_it_ends_at_once_and_leaves_nothing_running(tmp_path, everyone):
    for name in ("01_a", "02_b", "03_c", "04_d"):
        notebook(
            tmp_path / "notebooks" / f"{name}.ipynb", f"import time\nopen('{tmp_path}/{name}', 'w').close()\ntime.sleep(60)", "finding()"
        )
    make(tmp_path, "a", "b", "c", "d")
    words = [str(Path(sys.executable).parent / "cxresearch"), "publish", "default"]
    command = subprocess.Popen(words, cwd=tmp_path, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not ((tmp_path / "01_a").exists() and (tmp_path / "02_b").exists()) and time.monotonic() < until:
        time.sleep(0.1)
    os.killpg(command.pid, signal.SIGINT) if everyone else os.kill(command.pid, signal.SIGINT)
    said = command.communicate(timeout=15)[1]
    assert command.returncode == 130 and said.strip().endswith("goes on with the others.\nStopped.") and "Traceback" not in said
    assert not (tmp_path / "03_c").exists() and not (tmp_path / "reports" / "default").exists()
    _none_left(str(tmp_path), command.pid)


def _none_left(trace, group):
    """No worker and no kernel outlives the process that was killed."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        left = [path for path in Path("/proc").glob("[0-9]*") if _cwd(path).startswith(trace) or _group(path) == group]
        if not left:
            return
        time.sleep(0.2)
    raise AssertionError(f"still running: {left}")


def _group(process):
    try:
        state, _, group = (process / "stat").read_text().rpartition(")")[2].split()[:3]
    except OSError:
        return 0
    return 0 if state == "Z" else int(group)


def _cwd(process):
    try:
        return os.readlink(process / "cwd")
    except OSError:
        return ""


@pytest.mark.slow
def test_a_worker_that_dies_takes_nobody_with_it(tmp_path):
    whole(tmp_path), whole(tmp_path, "04_more")
    kill = """\
import os, pathlib, signal
def parent(pid):
    return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
command = parent(os.getppid())  # it started the warm process, which this kernel was forked from, and the workers
for each in pathlib.Path("/proc").glob("[0-9]*"):
    if parent(each.name) == command and b"spawn_main" in (each / "cmdline").read_bytes():
        os.kill(int(each.name), signal.SIGKILL)"""
    notebook(tmp_path / "notebooks" / "05_kill.ipynb", kill)
    made = publish("default", **make(tmp_path, "kill", "speed", "more"))
    assert [run.status for run in made.runs] == ["failed", "done", "done"]
    assert made.runs[0].reason.startswith("The process that ran it died")


def test_two_publications_of_one_edition_do_not_mix(home, monkeypatch):
    monkeypatch.setattr(place.lock.__wrapped__, "__kwdefaults__", {"seconds": 0.2})
    with (
        place.lock(home / "reports", "edition default"),
        pytest.raises(RunError, match='"edition default" is being written by another'),
    ):
        publish("default", **make(home, "speed"))


def test_a_folder_of_somebody_else_is_not_replaced(tmp_path):
    whole(tmp_path)
    (tmp_path / "reports" / "default").mkdir(parents=True)
    (tmp_path / "reports" / "default" / "thesis.txt").write_text("mine")
    with pytest.raises(RunError, match="holds files that no edition made"):
        publish("default", **make(tmp_path, "speed"))


def test_findings_are_ordered_by_strength_then_by_size_against_worth():
    base = Finding("t", "h", "d", "clear", 1.0, 0.0, 2.0, "points", 1.0, 9, 9, "effect", (), {})
    findings = [
        replace(base, strength="inconclusive", estimate=99.0),
        replace(base, estimate=-4.0, worth=4.0),
        replace(base, estimate=-2.0),
        replace(base, strength="described", estimate=None),
    ]
    run = Run(
        "a", "A", "a", "done", evidence=Evidence(tuple(Answer(each, "", f"f-{place}") for place, each in enumerate(findings)), (), (), ())
    )
    assert [shown.answer.anchor for shown in rank([run])] == ["f-2", "f-1", "f-0", "f-3"]
    assert card(run, "A").word == "Inconclusive"
