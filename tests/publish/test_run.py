"""One notebook, one report, or a plain reason: run in real kernels."""

import getpass
import json
import os
import re
import socket
import stat
from pathlib import Path

import nbformat
import pytest
from making import notebook, whole

from cxresearch.ask.errors import RunError
from cxresearch.publish import place
from cxresearch.publish.run import run


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("project")


@pytest.fixture(scope="module")
def done(home):
    return run(whole(home), params={"worth": "2"}, out=home / "reports" / "runs")


def failed(home, *cells, **settings):
    made = run(notebook(home / "notebooks" / "09_bad.ipynb", *cells), out=home / "reports" / "runs", **settings)
    assert made.status == "failed" and made.page is None
    assert not (home / "reports" / "runs" / made.slug).exists()
    kept = home / "reports" / "failed" / "runs" / made.slug
    assert sorted(path.name for path in kept.iterdir()) == ["manifest.json", "notebook.ipynb", "reason.txt"]
    assert (kept / "reason.txt").read_text().strip() == made.reason
    assert not list((home / "reports" / ".building").glob("run-*"))
    return made


def test_a_report_is_a_page_a_manifest_and_the_notebook(done, home):
    folder = home / "reports" / "runs" / "03_speed-worth-2-0"
    assert sorted(path.name for path in folder.iterdir()) == ["index.html", "manifest.json", "notebook.ipynb"]
    assert (done.status, done.reason, done.page, done.params) == ("done", "", folder / "index.html", {"worth": 2.0})
    assert done.findings[0].headline == "Halving the wait goes with an NPS 2.9 points higher."
    assert [check.status for check in done.checks] == ["doubt", "passed"]
    assert stat.S_IMODE(folder.stat().st_mode) & 0o055 == 0o055


def test_the_manifest_says_what_when_where_and_with_what(done):
    said = json.loads((done.page.parent / "manifest.json").read_text())
    assert said["parameters"] == {"worth": 2.0} and said["defaults"]["period"] == "2025-Q2"
    assert said["data"][0]["fingerprint"] == "8c1f40a7d2e95b36"
    assert {"python", "pandas", "cxresearch"} <= set(said["packages"])
    assert said["findings"][0]["estimate"] == 2.9 and said["checks"][0]["status"] == "doubt"
    assert said["circumstances"]["host"] == socket.gethostname() and "T" in said["circumstances"]["started"]


def test_twice_the_same_input_gives_the_same_bytes(done, home):
    first = {name: (done.page.parent / name).read_bytes() for name in ("index.html", "notebook.ipynb")}
    again = run(home / "notebooks" / "03_speed.ipynb", params={"worth": 2.0}, out=home / "reports" / "runs")
    assert {name: (again.page.parent / name).read_bytes() for name in first} == first


def test_page_and_notebook_hold_no_trace_of_the_machine(done, home):
    for name in ("index.html", "notebook.ipynb"):
        text = (done.page.parent / name).read_text()
        for trace in (str(home), str(Path.home()) + "/", socket.gethostname() + ".", "papermill", "ipykernel_", "start_time"):
            assert trace not in text
        assert not re.search(r"\b\d\d:\d\d:\d\d\b", text)
        assert getpass.getuser() == "root" or getpass.getuser() not in text


def test_the_kept_notebook_is_its_own_record_without_the_runner_s_cell(done):
    kept = nbformat.read(done.page.parent / "notebook.ipynb", as_version=4)
    nbformat.validate(kept)
    assert any("worth = 2.0" in cell.source for cell in kept.cells)
    assert "last cell was reached" not in json.dumps(kept)


def test_sys_exit_is_a_failure_although_it_says_success(home):
    made = failed(home, "import sys\nsys.exit(0)", "finding()")
    assert made.reason == "Stopped in step 3 of 4: the notebook ended itself (sys.exit) before its last cell."


def test_an_error_is_told_by_class_and_message_with_the_file_and_without_its_folder(home):
    made = failed(home, f"open('{home}/none.csv')")
    assert made.reason == "Stopped in step 3 of 3: FileNotFoundError: [Errno 2] No such file or directory: '[path]/none.csv'."
    kept = home / "reports" / "failed" / "runs" / made.slug / "notebook.ipynb"
    assert str(home) not in json.dumps(json.loads(kept.read_text())["cells"][-1]["outputs"])


def test_a_killed_kernel_fails_with_its_step(home):
    assert "the kernel died" in failed(home, "import os; os.kill(os.getpid(), 9)", "1").reason


def test_a_cell_that_takes_too_long_is_stopped(home):
    assert (
        failed(home, "import time; time.sleep(60)", timeout=1).reason
        == "Stopped in step 3 of 3: a cell took longer than 1 s and was stopped."
    )


@pytest.mark.slow
def test_a_process_that_leaves_at_once_is_a_failure(home):
    failed(home, "import os; os._exit(0)", "1")


def test_a_page_that_does_not_pass_the_gate_is_no_report(home):
    made = failed(home, """Shown({"application/vnd.cxresearch.page+html": "<script>1</script>"})""")
    assert "active element <script>" in made.reason


def test_a_failure_leaves_no_older_report_that_looks_current(home):
    path, out = home / "notebooks" / "08_turns.ipynb", home / "reports" / "runs"
    assert run(notebook(path, "finding()"), out=out).page.is_file()
    run(notebook(path, "1/0"), out=out)
    assert not (out / "08_turns").exists()
    assert (home / "reports" / "failed" / "runs" / "08_turns" / "earlier" / "index.html").is_file()
    assert run(notebook(path, "finding()"), out=out).page.is_file()
    assert not (home / "reports" / "failed" / "runs" / "08_turns").exists()


def test_a_study_without_the_table_is_not_applicable_and_has_a_page(home):
    made = run(notebook(home / "notebooks" / "06_journey.ipynb", "absent('Needs <touches>.')"), out=home / "reports" / "runs")
    assert (made.status, made.reason) == ("not applicable", "Needs <touches>.")
    assert "Needs &lt;touches&gt;." in made.page.read_text()


@pytest.mark.slow
def test_a_finding_beside_something_absent_is_done(home):
    made = run(notebook(home / "notebooks" / "06_both.ipynb", "absent('Needs touches.')", "finding()"), out=home / "reports" / "runs")
    assert made.status == "done"


def test_a_disk_that_refuses_leaves_nothing_under_the_final_name(home, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        run(whole(home, "07_full"), out=home / "reports" / "runs")
    assert not (home / "reports" / "runs" / "07_full").exists()
    assert not list((home / "reports" / ".building").glob("run-*"))


def test_nothing_runs_with_a_wrong_parameter_name_or_slug(home):
    before = sorted(home.rglob("*"))
    with pytest.raises(RunError, match='did you mean "period"'):
        run(home / "notebooks" / "03_speed.ipynb", params={"perod": "2025-Q2"}, out=home / "nowhere")
    with pytest.raises(RunError, match="cannot name a report"):
        run(home / "notebooks" / "03_speed.ipynb", out=home / "nowhere", slug="../../etc")
    assert sorted(home.rglob("*")) == before


def test_a_folder_that_no_run_made_is_not_overwritten(home):
    out = home / "reports" / "mine"
    (out / "03_speed").mkdir(parents=True)
    (out / "03_speed" / "thesis.txt").write_text("mine")
    with pytest.raises(RunError, match="holds files that no run made"):
        run(home / "notebooks" / "03_speed.ipynb", out=out)
    assert (out / "03_speed" / "thesis.txt").read_text() == "mine"


def test_an_output_in_use_fails_clearly(home, monkeypatch):
    monkeypatch.setattr(place.lock.__wrapped__, "__kwdefaults__", {"seconds": 0.2})
    out = home / "reports" / "runs"
    with place.lock(home / "reports", "runs/05_used"), pytest.raises(RunError, match="is being written by another process"):
        run(whole(home, "05_used"), out=out)
    assert not (out / "05_used").exists()


def test_warnings_become_checks_and_their_paths_stay_off_the_page(home):
    warns = "import warnings, sys\nwarnings.warn('few rows in /' + 'home/ann/x.csv')\nprint('/' + 'home/ann', file=sys.stderr)"
    made = run(notebook(home / "notebooks" / "10_warns.ipynb", warns, "finding()"), out=home / "reports" / "runs")
    assert "While the notebook ran, a UserWarning was raised: few rows in [path]/x.csv" in [check.detail for check in made.checks]
    for name in ("index.html", "notebook.ipynb"):
        assert "/home/ann" not in (made.page.parent / name).read_text()


@pytest.mark.slow
def test_cells_run_in_the_folder_that_holds_the_notebooks(home):
    (home / "data").mkdir(exist_ok=True)
    (home / "data" / "here.txt").write_text("found")
    assert (
        run(
            notebook(home / "notebooks" / "11_here.ipynb", "open('data/here.txt').read()", "finding()"), out=home / "reports" / "runs"
        ).status
        == "done"
    )
