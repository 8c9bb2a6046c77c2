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


CONTACTS = "contact_id,account,opened_at\n1,A,2025-01-01\n"
LOOKED_UP = """
columns = { contact_id = "contact_id", opened_at = "opened_at" }
[tables.contacts.lookup]
file = "people.csv"
key = "account"
columns = { customer_id = "who" }
"""


def test_a_changed_looked_up_file_is_read_anew(tmp_path):
    (tmp_path / "contacts.csv").write_text(CONTACTS)
    (tmp_path / "study.toml").write_text(f'[tables.contacts]\nfile = "contacts.csv"{LOOKED_UP}')
    for who in ("Ann", "Robert"):
        (tmp_path / "people.csv").write_text(f"account,who\nA,{who}\n")
        assert tables_of(cx.open_study(tmp_path)).clean["contacts"].execute()["customer_id"].tolist() == [who]
    assert engines._size(cx.open_study(tmp_path)) == sum(file.stat().st_size for file in tmp_path.glob("*.csv"))


def test_a_file_more_under_an_absolute_pattern_is_read(tmp_path):
    study, elsewhere = tmp_path / "study", tmp_path / "elsewhere"
    study.mkdir(), elsewhere.mkdir()
    (study / "study.toml").write_text(f'[tables.contacts]\nfile = "{elsewhere}/*.csv"\n')
    for number in (1, 2):
        (elsewhere / f"{number}.csv").write_text(f"contact_id,customer_id,opened_at\n{number},a,2025-01-01\n")
        assert tables_of(cx.open_study(study)).rows["contacts"] == number
