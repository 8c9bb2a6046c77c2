"""A new notebook passes every rule that notebooks are held to; what it finds when it runs is test_lab's."""

import inspect

import pytest

from cxresearch.ask.errors import RunError
from cxresearch.publish.scaffold import scaffold
from cxresearch.publish.shelf import open_notebook
from tests import test_house


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "notebooks").mkdir()
    return tmp_path / "notebooks"


RULES = [
    name
    for name, rule in vars(test_house).items()
    if name.startswith("test_a_notebook") and "notebook" in inspect.signature(rule).parameters
]


@pytest.mark.parametrize("rule", RULES)
def test_it_passes_the_notebook_tests(folder, rule):
    getattr(test_house, rule)(scaffold("14_staffing", folder=folder, question="Does a fuller team answer sooner?"))


def test_the_rules_are_found():
    assert len(RULES) >= 3


def test_it_asks_what_it_was_told_to_ask(folder):
    scaffold("14_staffing", folder=folder, question="Does a  fuller team\nanswer sooner?")
    assert open_notebook("staffing", folder=folder).title == "Does a fuller team answer sooner?"
    assert open_notebook(scaffold("after_hours", folder=folder)).title == "What do the data say about after hours?"


def test_two_make_the_same_bytes_but_for_the_question(folder):
    one, other = scaffold("one", folder=folder, question="Why?"), scaffold("two", folder=folder, question="Why?")
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize(
    ("name", "question", "told"),
    [
        ("14 staffing", None, 'cannot name a notebook. Write lower-case words and digits joined by "_"'),
        ("../x", None, "cannot name a notebook"),
        ("Staffing", None, "cannot name a notebook"),
        ("14", None, "cannot name a notebook"),
        ("03_speed", None, 'There is a notebook "03_speed"'),
        ("speed", None, 'There is a notebook "03_speed"'),
        ("07_speed", None, 'There is a notebook "03_speed"'),
        ("14_staffing", "Staffing and speed", "does not end with a question mark"),
        ("14_staffing", "?", "does not end with a question mark"),
    ],
)
def test_what_cannot_be_is_said_plainly(folder, name, question, told):
    scaffold("03_speed", folder=folder)
    with pytest.raises(RunError, match=told.replace("?", r"\?")):
        scaffold(name, folder=folder, question=question)
    assert [path.name for path in folder.iterdir()] == ["03_speed.ipynb"]


def test_it_says_that_it_could_not_write(folder):
    with pytest.raises(RunError, match=r"could not be written to nowhere/"):
        scaffold("14_staffing", folder=folder / "nowhere")
