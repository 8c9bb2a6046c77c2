"""Names that cannot leave their folder, locks, whole folders moved into place."""

import subprocess
import sys
import time

import pytest

from cxresearch.ask.errors import RunError
from cxresearch.publish import place

HOLD = """\
import sys, time
from pathlib import Path
from cxresearch.publish.place import lock
with lock(Path(sys.argv[1]), "x"):
    print("held", flush=True)
    """


@pytest.mark.parametrize("name", ["../x", "a/b", "..", ".hidden", "", "failed", "a..b", "/etc", "a\\b", "x" * 200, "a\n"])
def test_a_name_that_is_no_folder_name_is_refused(tmp_path, name):
    with pytest.raises(RunError, match="cannot name a report"):
        place.final_folder(tmp_path, name)


def test_a_link_that_leads_elsewhere_is_refused(tmp_path):
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "reports"
    elsewhere.mkdir(), out.mkdir()
    (out / "03_speed").symlink_to(elsewhere)
    with pytest.raises(RunError, match="written outside its folder"):
        place.final_folder(out, "03_speed")


def test_the_reports_root_is_the_nearest_folder_of_that_name(tmp_path):
    assert place.reports_root(tmp_path / "reports" / "default") == tmp_path / "reports"
    assert place.reports_root(tmp_path / "elsewhere") == tmp_path / "elsewhere"


def test_the_second_writer_fails_clearly_after_its_limit(tmp_path):
    hold = HOLD + "sys.stdin.read()"
    other = subprocess.Popen([sys.executable, "-c", hold, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline() == "held\n"
        with (
            pytest.raises(RunError, match=r'"x" is being written by another process, which did not finish within 0\.2 s'),
            place.lock(tmp_path, "x", seconds=0.2),
        ):
            pass
    finally:
        other.communicate("")
    with place.lock(tmp_path, "x", seconds=0.2):
        pass


def test_the_second_writer_waits_for_the_first(tmp_path):
    hold = HOLD + "time.sleep(0.5)"
    with subprocess.Popen([sys.executable, "-c", hold, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        other.stdout.readline()
        begun = time.monotonic()
        with place.lock(tmp_path, "x", seconds=10):
            assert time.monotonic() - begun > 0.2


def test_a_swap_replaces_the_whole_folder(tmp_path):
    new, final = tmp_path / "new", tmp_path / "final"
    new.mkdir(), final.mkdir()
    (new / "a").write_text("new"), (final / "b").write_text("old")
    place.swap(new, final)
    assert [path.name for path in final.iterdir()] == ["a"] and not new.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["final"]


def test_a_swap_that_fails_leaves_what_was_there(tmp_path):
    final = tmp_path / "final"
    final.mkdir()
    (final / "b").write_text("old")
    with pytest.raises(OSError):
        place.swap(tmp_path / "never made", final)
    assert (final / "b").read_text() == "old"


def test_text_is_written_whole_or_not_at_all(tmp_path):
    place.write(tmp_path / "a.txt", "first")
    with pytest.raises(UnicodeEncodeError):
        place.write(tmp_path / "a.txt", "\ud800")
    assert (tmp_path / "a.txt").read_text() == "first" and len(list(tmp_path.iterdir())) == 1


def test_folders_of_killed_runs_are_swept_and_living_ones_kept(tmp_path):
    (tmp_path / ".building" / "run-gone" / "x").mkdir(parents=True)
    with place.building(tmp_path) as living:
        place.sweep(tmp_path)
        assert list((tmp_path / ".building").iterdir()) == [living]
    assert not living.exists()
