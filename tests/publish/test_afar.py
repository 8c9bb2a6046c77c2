"""Reports made by a real dask cluster of two workers, and by other executors: the same bytes as those made here."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import pytest
from making import files, three

from cxresearch.ask.errors import RunError
from cxresearch.publish import afar
from cxresearch.publish.edition import publish
from cxresearch.publish.run import Run
from cxresearch.publish.workers import How

ROOT = Path(__file__).parents[2]
# Workers that are no daemons: a kernel is a child of theirs.
QUIET = {"DASK_DISTRIBUTED__WORKER__DAEMON": "False", "DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "error"}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = three(tmp_path_factory.mktemp("project"))
    listed = json.dumps(["speed", "bad", "journey"])
    (home / "notebooks" / "editions.toml").write_text(f'[default]\ntitle = "Service"\nnotebooks = {listed}\n')
    return home


def made(home, name, **how):
    done = publish("default", editions=home / "notebooks" / "editions.toml", reports=home / name / "reports", how=How(**how))
    assert [run.status for run in done.runs] == ["done", "failed", "not applicable"]
    kept = home / name / "reports" / "failed" / "default" / "05_bad"
    assert "ZeroDivisionError" in (kept / "reason.txt").read_text()
    return files(done.page.parent)


@pytest.fixture(scope="module")
def here(home):
    return made(home, "here")


@contextmanager
def cluster(file, *threads, package=ROOT):
    """A scheduler and a worker for each number of threads, as processes of their own."""
    surroundings = {**os.environ, **QUIET, "PYTHONPATH": str(package)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": file.parent, "env": surroundings}
    words = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    running = [subprocess.Popen([*words, "--scheduler-file", file.name], **quiet)]
    try:
        words = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", file.name, "--no-nanny", "--no-dashboard"]
        running += [subprocess.Popen([*words, "--nthreads", str(number), "--name", f"w{at}"], **quiet) for at, number in enumerate(threads)]
        yield _address(file, len(threads))
    finally:
        for process in reversed(running):
            process.kill()
        for process in running:
            process.wait(30)


def _address(file, workers):
    from distributed import Client

    for _ in range(300):
        if file.is_file() and file.stat().st_size:
            break
        subprocess.run(["sleep", "0.1"], check=True)
    address = json.loads(file.read_text())["address"]
    with Client(address, timeout=30, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=60)
    return address


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("dask") / "scheduler.json", 1, 1) as found:
        yield found


@pytest.mark.slow
def test_two_workers_on_a_shared_disk_give_the_same_bytes(home, here, address):
    with afar.cluster(address) as executor:
        assert made(home, "shared", executor=executor) == here


@pytest.mark.slow
def test_two_workers_that_share_no_disk_give_the_same_bytes_through_an_address(home, here, address, tmp_path):
    with afar.cluster(address) as executor:
        assert made(home, "through", executor=executor, through=f"file://{tmp_path}/scratch") == here
    assert not list((tmp_path / "scratch").iterdir()), "nothing is left behind"


@pytest.mark.slow
def test_any_executor_of_processes_will_do(home, here):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        assert made(home, "pool", executor=executor) == here


def test_threads_of_one_process_are_refused(home):
    with ThreadPoolExecutor(2) as executor, pytest.raises(RunError, match="one of processes"):
        made(home, "threads", executor=executor)


@pytest.mark.slow
def test_a_worker_with_many_threads_is_refused(tmp_path):
    several = cluster(tmp_path / "scheduler.json", 3)
    with several as found, pytest.raises(RunError, match=r"has 3 threads.*--nthreads 1"), afar.cluster(found):
        pass


@pytest.mark.slow
def test_a_worker_with_another_package_is_refused(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "cxresearch", tmp_path / "cxresearch", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "cxresearch" / "ask" / "check.py").open("a") as file:
        file.write("# One line more.\n")
    other = cluster(tmp_path / "scheduler.json", 1, package=tmp_path)
    with other as found, pytest.raises(RunError, match=r"another cxresearch than this machine"), afar.cluster(found):
        pass


def test_nobody_there_and_an_address_that_is_none(monkeypatch):
    monkeypatch.setattr(afar, "SECONDS", 1)
    with pytest.raises(RunError, match="No dask scheduler answers"), afar.cluster("tcp://127.0.0.1:9"):
        pass
    with pytest.raises(RunError, match="cannot be opened"):
        afar._opened("nowhere://bucket")


def test_what_cannot_be_fetched_has_failed_with_the_reason(tmp_path):
    lost = afar.brought(Run("03_speed", "Does speed matter?", "03_speed", "done"), f"file://{tmp_path}/nothing", tmp_path / "reports")
    assert lost.status == "failed" and lost.page is None and "could not be fetched from file://" in lost.reason
