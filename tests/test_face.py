"""`import cxresearch as cx`: quick, complete, in any order, and shown in a notebook."""

import inspect
import json
import subprocess
import sys

import pytest

import cxresearch as cx
from cxresearch.ask.question import Question

HEAVY = {"ibis", "duckdb", "pandas", "scipy", "matplotlib", "nbformat", "papermill", "typer"}


def fresh(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nothing_heavy_is_loaded_before_it_is_used():
    loaded = set(json.loads(fresh("import json, sys, cxresearch; print(json.dumps(list(sys.modules)))")))
    assert not loaded & HEAVY


def test_help_of_the_command_loads_nothing_heavy():
    program = "import sys; from cxresearch import cli; sys.argv = ['cxresearch', '--help']\ntry: cli.main()\nexcept SystemExit: pass\n"
    last = fresh(program + "print(sorted(set(sys.modules) & {'ibis', 'duckdb', 'pandas', 'matplotlib', 'nbformat'}))").splitlines()[-1]
    assert last == "[]"


def test_every_public_name_is_there_once_and_at_most_25_of_them():
    assert len(cx.__all__) == len(set(cx.__all__)) <= 25
    assert set(cx.__all__) < set(dir(cx))
    for name in cx.__all__:
        assert getattr(cx, name).__doc__, name


def test_verbs_stay_verbs_though_folders_have_their_names():
    first = "import cxresearch as cx, cxresearch.conclude.escape, cxresearch.publish.place, cxresearch.relate.methods.drivers\n"
    names = fresh(
        first + "cx.plot, cx.run\nprint(cx.conclude.__name__, cx.publish.__name__, cx.drivers.__name__, cx.methods.audit.__name__)"
    )
    assert names.split() == ["conclude", "publish", "drivers", "audit"]
    for verb in (cx.audit, cx.drivers, cx.conclude, cx.plot, cx.link, cx.run, cx.publish):
        assert inspect.isfunction(verb)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(AttributeError, match=r"cxresearch has no name 'efect'\. It has: open_study, pose"):
        cx.efect  # noqa: B018


def test_a_shell_that_runs_shows_the_nouns():
    program = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
import cxresearch as cx, json
shown, _ = shell.display_formatter.format(cx.Absent("This study has no orders."))
print(json.dumps(shown))
"""
    shown = json.loads(fresh(program).splitlines()[-1])
    assert shown["application/vnd.cxresearch.absent+json"] == {"reason": "This study has no orders."}
    assert "Not applicable" in shown["text/html"]


def test_every_noun_that_a_shell_shows_exists_and_can_be_shown():
    from cxresearch.conclude.show import _SHOWN

    assert set(cx._SHOWN) == set(_SHOWN)
    for noun, module in cx._SHOWN.items():
        assert inspect.isclass(getattr(sys.modules.get(f"cxresearch.{module}") or __import__(f"cxresearch.{module}", fromlist=["_"]), noun))


def test_a_question_is_the_same_class_wherever_it_comes_from():
    assert cx.Question is Question
