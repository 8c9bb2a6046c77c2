"""The ledger: what was made from what; safe when many write, when one is killed, and when the file is not ours."""

import json
import multiprocessing
import os
import signal
import sqlite3
import time

import pytest

from cxresearch.ask.errors import RunError
from cxresearch.publish import ledger

FINDING = {"topic": "speed and NPS", "method": "effect", "estimate": 2.9, "low": 2.4, "high": 3.5, "n": 24318}


def report(folder, *, started="2025-07-01T06:00:00+00:00", data="8c1f", finding=FINDING, **said):
    """Write a manifest as a run writes it."""
    manifest = {
        "notebook": "03_speed", "title": "Does speed matter?", "status": "done", "reason": "", "parameters": {"period": "2025-Q2"},
        "defaults": {"study": "data/demo", "period": None}, "notebook_fingerprint": "aa", "package_fingerprint": "bb",
        "packages": {"cxresearch": "0.1.0"}, "data": [{"fingerprint": data}], "findings": [finding],
        "circumstances": {"started": started},
    } | said  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def edition(root, *, started="2025-07-01T06:00:00+00:00", **said):
    folder = root / "monthly"
    report(folder / "03_speed", started=started, **said)
    manifest = {"edition": "monthly", "title": "Monthly", "reports": [{"slug": "03_speed", "status": "done"}]}
    (folder / "manifest.json").write_text(json.dumps(manifest | {"circumstances": {"started": started}}))
    return folder


def test_an_id_is_short_and_names_one_run_for_good(tmp_path):
    first = ledger.record(tmp_path, report(tmp_path / "runs" / "a"))
    second = ledger.record(tmp_path, report(tmp_path / "runs" / "b"))
    assert (first, second) == ("r1", "r2")
    assert ledger.record(tmp_path, tmp_path / "runs" / "a") == "r1"
    found = ledger.find(tmp_path, "r1")
    assert (found.name, found.folder, found.said["findings"][0]["estimate"]) == ("a", "runs/a", 2.9)


def test_an_edition_holds_its_runs_and_a_folder_is_as_good_as_an_id(tmp_path):
    made = ledger.record(tmp_path, edition(tmp_path))
    entry = ledger.find(tmp_path, made)
    assert (entry.kind, entry.name, [run.name for run in entry.runs]) == ("edition", "monthly", ["03_speed"])
    assert ledger.find(tmp_path, "monthly").fingerprint == entry.fingerprint


def test_the_last_different_edition_is_not_a_repeat(tmp_path):
    old = ledger.record(tmp_path, edition(tmp_path, data="8c1f"))
    ledger.record(tmp_path, edition(tmp_path, data="9d2e", started="2025-08-01T06:00:00+00:00"))
    new = ledger.record(tmp_path, edition(tmp_path, data="9d2e", started="2025-08-02T06:00:00+00:00"))
    fingerprint = ledger.find(tmp_path, new).fingerprint
    assert ledger.last_different(tmp_path, "monthly", fingerprint).id == old
    assert ledger.last_different(tmp_path, "weekly", fingerprint) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"data": "other"},
        {"parameters": {"period": "2025-Q3"}},
        {"notebook_fingerprint": "cc"},
        {"package_fingerprint": "dd"},
        {"finding": {**FINDING, "n": 24319}},
    ],
)
def test_the_fingerprint_names_all_that_a_run_is_made_from(tmp_path, changed):
    first = ledger.read_folder(report(tmp_path / "a"), tmp_path)
    again = ledger.read_folder(report(tmp_path / "b", started="2026-01-01T00:00:00+00:00", commit="x"), tmp_path)
    other = ledger.read_folder(report(tmp_path / "c", **changed), tmp_path)
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_an_edition_under_construction_has_the_fingerprint_of_the_finished_one(tmp_path):
    folder = edition(tmp_path)
    finished = ledger.read_folder(folder, tmp_path).fingerprint
    (folder / "manifest.json").unlink()
    report(folder / "00_summary", data=None, finding=None, notebook="00_summary")
    said = json.loads((folder / "00_summary" / "manifest.json").read_text()) | {"data": [], "findings": []}
    (folder / "00_summary" / "manifest.json").write_text(json.dumps(said))
    assert ledger.read_folder(folder, tmp_path).fingerprint == finished


def write_many(root, worker, number):
    for i in range(number):
        ledger.record(root, report(root / "runs" / f"{worker}-{i}"))


def test_two_processes_write_at_once_and_nothing_is_lost(tmp_path):
    spawn = multiprocessing.get_context("fork")
    workers = [spawn.Process(target=write_many, args=(tmp_path, name, 25)) for name in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    found = ledger.entries(tmp_path)
    assert len({entry.id for entry in found}) == len(found) == 50


def test_a_writer_killed_half_way_leaves_whole_entries(tmp_path):
    spawn = multiprocessing.get_context("fork")
    for _ in range(3):
        writer = spawn.Process(target=write_many, args=(tmp_path, f"k{_}", 100_000))
        writer.start()
        time.sleep(0.25)
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
    before = ledger.entries(tmp_path)
    assert before and all(entry.said["notebook"] == "03_speed" for entry in before)
    (tmp_path / "runs" / "after").mkdir(parents=True)
    ledger.record(tmp_path, report(tmp_path / "runs" / "after"))
    with sqlite3.connect(tmp_path / "ledger.db") as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(ledger.entries(tmp_path)) == len(before) + 1


def damaged(path):
    path.write_bytes(b"this is no ledger at all " * 400)


def newer(path):
    ledger.ready(path.parent)
    with sqlite3.connect(path) as opened:
        opened.execute("PRAGMA user_version = 99")


def foreign(path):
    with sqlite3.connect(path) as opened:
        opened.execute("CREATE TABLE sales (amount REAL)")


@pytest.mark.parametrize(("spoil", "told"), [(damaged, "is damaged"), (newer, "newer cxresearch"), (foreign, "not a ledger of cxresearch")])
def test_a_file_that_cannot_be_used_is_named_with_what_to_do(tmp_path, spoil, told):
    spoil(tmp_path / "ledger.db")
    with pytest.raises(RunError, match=told) as error:
        ledger.record(tmp_path, report(tmp_path / "runs" / "a"))
    assert "ove it away" in str(error.value) or "move the file away" in str(error.value)


def test_an_unknown_run_is_answered_with_those_that_are_known(tmp_path):
    ledger.record(tmp_path, report(tmp_path / "runs" / "a"))
    with pytest.raises(RunError, match=r'no run "r7".*known: r1'):
        ledger.find(tmp_path, "r7")
    with pytest.raises(RunError, match='no run "nonsense"'):
        ledger.find(tmp_path, "nonsense")


def test_reading_makes_no_ledger(tmp_path):
    assert ledger.entries(tmp_path) == () and not list(tmp_path.iterdir())
