"""What a report is made from is named by content: nothing that matters is missed, nothing that does not is made again."""

import os
import shutil
import time

import pytest
from making import notebook, whole

from cxresearch.publish import inputs as named
from cxresearch.publish.plan import read_edition
from cxresearch.publish.resume import as_it_was

STUDY = 'name = "s"\ntitle = "S"\n[tables.customers]\nfile = "{}"\n[tables.customers.columns]\ncustomer_id = "id"\n'


@pytest.fixture
def home(tmp_path):
    whole(tmp_path)
    study = tmp_path / "data" / "demo"
    study.mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "customers.csv").write_text("id\na\n")
    (study / "study.toml").write_text(STUDY.format("../../elsewhere/*.csv"))
    (study / "notes.csv").write_text("a")
    (tmp_path / "notebooks" / "editions.toml").write_text('[default]\nnotebooks = ["speed"]\n')
    return tmp_path


def print_of(home, name="default"):
    return named.inputs(read_edition(name, home / "notebooks" / "editions.toml"), home / "reports")["03_speed"]


def test_the_same_content_has_the_same_name_wherever_it_lies_and_whenever_it_was_written(home):
    before = print_of(home)
    for path in (home / "data" / "demo" / "notes.csv", home / "elsewhere" / "customers.csv"):
        os.utime(path, (1, 1))
    assert print_of(home) == before
    copy = home.with_name(home.name + "-copy")
    shutil.copytree(home, copy)
    assert print_of(copy) == before


@pytest.mark.parametrize("file", ["data/demo/notes.csv", "elsewhere/customers.csv", "elsewhere/more.csv", "notebooks/claims.toml"])
def test_a_changed_or_new_file_gives_another_name_even_of_the_same_size_and_time(home, file):
    before, path = print_of(home), home / file
    text = "id\nb\n" if path.exists() and path.name == "customers.csv" else "b"
    path.write_text(text)
    assert print_of(home) != before


def test_notebook_parameters_and_title_count(home):
    before = print_of(home)
    notebook(home / "notebooks" / "03_speed.ipynb", "2")
    other = print_of(home)
    (home / "notebooks" / "editions.toml").write_text('[default]\nnotebooks = ["speed"]\nparams = {seed = 2}\n')
    seed = print_of(home)
    (home / "notebooks" / "editions.toml").write_text('[default]\ntitle = "T"\nnotebooks = ["speed"]\n')
    assert len({before, other, seed, print_of(home)}) == 4


def test_a_file_that_has_not_changed_is_not_read_again(home, monkeypatch):
    root, path = home / "reports", home / "elsewhere" / "customers.csv"
    monkeypatch.setattr(named, "SETTLED_SECONDS", -1.0)
    first = named.contents([path], root)
    monkeypatch.setattr(named, "digest", lambda path: "read again")
    assert named.contents([path], root) == first
    time.sleep(0.02)
    path.touch()
    assert named.contents([path], root) == {path: "read again"}


def test_a_file_written_this_moment_is_read_again_the_next_time(home, monkeypatch):
    path = home / "elsewhere" / "customers.csv"
    path.write_text("id\nc\n")
    named.contents([path], home / "reports")
    monkeypatch.setattr(named, "digest", lambda path: "read again")
    assert named.contents([path], home / "reports") == {path: "read again"}


def test_a_warehouse_that_does_not_answer_leaves_nothing_to_compare(home, monkeypatch):
    monkeypatch.delenv("CX_NOWHERE", raising=False)
    text = '\nname = "s"\ntitle = "S"\nengine = "$CX_NOWHERE"\n[tables.customers]\ntable = "customers"\n'
    (home / "data" / "demo" / "study.toml").write_text(text)
    assert print_of(home) == ""
    edition = read_edition("default", home / "notebooks" / "editions.toml")
    assert as_it_was(edition, {"03_speed": ""}, home / "reports" / "default", tables=False) == ()
