"""fetch: files from a folder at hand, in one step, and what it says where they are not right."""

from pathlib import Path

import pytest

from cxresearch.ask.errors import DataError, StudyError
from cxresearch.load.fetch import SETS, RawFile, fetch, sha256_of

STUDY = """
customer = "row"
[scales.nps]
low = 0
high = 10
[tables.surveys]
file = "2017_SFO_Customer_Survey.csv"
constants = { kind = "nps" }
columns = { response_id = "RESPNUM", score = "NETPRO" }
"""


@pytest.fixture
def home(tmp_path) -> Path:
    (tmp_path / "data" / "sfo").mkdir(parents=True)
    (tmp_path / "data" / "sfo" / "study.toml").write_text(STUDY)
    (tmp_path / "files" / "sfo_survey").mkdir(parents=True)
    return tmp_path


def test_another_file_is_said_to_be_another_and_its_contract_decides(home):
    raw = home / "files" / "sfo_survey" / "2017_SFO_Customer_Survey.csv"
    raw.write_text("RESPNUM,NETPRO\n1,9\n")
    for source in (home / "files", home / "files" / "sfo_survey"):
        with pytest.warns(UserWarning, match="not the file that the study was written for. Its contracts decide"):
            folder = fetch("sfo", source=source, into=home / "data")
    assert (folder / raw.name).read_bytes() == raw.read_bytes()
    assert sorted(file.name for file in folder.iterdir()) == [raw.name, "study.toml"]


@pytest.mark.filterwarnings("ignore:.*not the file")
def test_a_damaged_file_is_refused_by_its_contract(home):
    (home / "files" / "sfo_survey" / "2017_SFO_Customer_Survey.csv").write_text("RESPNUM,NETPRO\n1,9\n2\n")
    with pytest.raises(DataError, match="line 3: 1 fields where the header has 2"):
        fetch("sfo", source=home / "files", into=home / "data")


def test_a_file_that_is_not_there(home):
    with pytest.raises(DataError, match=r"2017_SFO_Customer_Survey.csv is neither in .*files nor in .*sfo_survey; give the folder"):
        fetch("sfo", source=home / "files", into=home / "data")


def test_a_study_without_its_toml(tmp_path):
    with pytest.raises(StudyError, match="No study at"):
        fetch("sfo", source=tmp_path, into=tmp_path)


def test_a_download_that_fails_says_what_to_do(home, monkeypatch):
    file = RawFile("2017_SFO_Customer_Survey.csv", ((home / "nowhere.csv").as_uri(),), "0" * 64)
    monkeypatch.setitem(SETS, "sfo", ("sfo_survey", (file,)))
    with pytest.raises(DataError, match=r"could not be fetched.*could not be tried where this was written; .*\(--from\)"):
        fetch("sfo", into=home / "data")
    assert [found.name for found in (home / "data" / "sfo").iterdir()] == ["study.toml"]


def test_the_sha256_of_nothing(tmp_path):
    (tmp_path / "empty").touch()
    assert sha256_of(tmp_path / "empty").startswith("e3b0c44298fc1c14")
