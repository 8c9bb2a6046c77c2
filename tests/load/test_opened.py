"""Tables are opened once: for later questions, and for the processes that are forked from this one."""

import os
import shutil
import sys

import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.load import engines
from cxresearch.load.opened import open_ahead, tables_of
from cxresearch.load.simulate import simulate


@pytest.fixture
def folder(tmp_path):
    return simulate(tmp_path / "demo", customers=300)


def estimate(folder):
    study = cx.open_study(folder)
    return cx.effect(cx.link(study, cx.pose(study, "speed"))).row("adjusted").estimate


def in_a_fork(work):
    """Return what a function returns in a process forked from this one."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.write(theirs, repr(work()).encode())
        finally:
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as pipe:
        said = pipe.read()
    os.waitpid(pid, 0)
    return said


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
def test_a_forked_process_takes_over_what_was_opened_ahead(folder, monkeypatch):
    threads = len(os.listdir("/proc/self/task"))
    assert open_ahead(folder) is not None
    assert len(os.listdir("/proc/self/task")) == threads  # a fork has one thread, whatever this process has
    expected = estimate(folder)
    monkeypatch.setattr("cxresearch.load.opened.read", None)  # nobody reads a file again
    assert in_a_fork(lambda: estimate(folder)) == repr(expected)
    assert in_a_fork(lambda: estimate(folder)) == repr(expected)


def test_a_changed_file_is_read_anew(folder):
    before = tables_of(open_ahead(folder)).rows["surveys"]
    surveys = pd.read_parquet(folder / "surveys.parquet")
    surveys.iloc[: before // 2].to_parquet(folder / "surveys.parquet")
    assert tables_of(cx.open_study(folder)).rows["surveys"] == before // 2


def test_what_is_large_or_cannot_be_opened_is_left_to_who_reads_it(folder, monkeypatch):
    broken = shutil.copytree(folder, folder.parent / "broken")
    (broken / "surveys.parquet").write_bytes(b"no table")
    assert open_ahead(broken) is None
    assert open_ahead(folder.parent / "nowhere") is None
    monkeypatch.setattr(engines, "SMALL", 1)
    assert open_ahead(folder) is None
