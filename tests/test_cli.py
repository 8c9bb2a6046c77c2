"""The command: what it prints, where, and with which exit code."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from making import notebook, whole

from cxresearch import cli
from cxresearch.load.simulate import simulate

ROOT = Path(__file__).parents[1]


def command(folder, *words):
    around = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, "-m", "cxresearch.cli", *words], cwd=folder, capture_output=True, text=True, env=around, timeout=120
    )


@pytest.fixture
def here(home, monkeypatch, capsys):
    """The command in this process: quicker where only its words matter."""

    def call(*words):
        monkeypatch.chdir(home)
        monkeypatch.setattr(sys, "argv", ["cxresearch", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return subprocess.CompletedProcess(words, ended.value.code, said.out, said.err)

    return call


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("project")
    whole(home)
    notebook(home / "notebooks" / "05_bad.ipynb", "1/0")
    (home / "notebooks" / "editions.toml").write_text('[default]\ntitle = "All"\nnotebooks = ["speed", "bad"]\n')
    return home


def test_list_names_notebooks_with_their_questions_and_editions(here):
    done = here("list")
    assert done.returncode == 0 and done.stderr == ""
    assert "03_speed        Does speed matter?" in done.stdout and "publish default" in done.stdout


def test_describe_shows_type_default_and_help(here):
    done = here("describe", "speed")
    assert "worth        float | None   default None           smallest change worth acting on" in done.stdout


def test_run_prints_the_page_as_its_last_line(home):
    done = command(home, "run", "speed", "-p", "worth=2", "-p", "by=None")
    assert done.returncode == 0, done.stderr
    assert (home / done.stdout.splitlines()[-1]).is_file()


def test_publish_says_what_failed_and_where_the_page_is(home):
    done = command(home, "publish", "default")
    assert done.returncode == 1
    assert Path(done.stdout.strip()).is_file()
    lines = done.stderr.splitlines()
    assert len(lines) == 4 and {"1/2", "2/2"} == {line.split()[0] for line in lines[:2]}
    assert lines[2].startswith("2 reports: 1 answered, 1 failed; 0.") and lines[2].endswith(" minutes.")
    assert lines[-1] == "1 of 2 reports failed: 05_bad. The index page says why."


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("run", "03_speed", "-p", "perod=2025-Q2"), 1, '03_speed has no parameter "perod"; did you mean "period"?'),
        (("run", "03_speed", "-p", "seed=many"), 1, "03_speed: seed must be int, but it was given 'many'."),
        (("run", "03_sped"), 1, 'There is no notebook "03_sped" in notebooks/; did you mean "03_speed"?'),
        (("run", "bad"), 1, "05_bad failed. Stopped in step 3 of 3: ZeroDivisionError: division by zero."),
        (("publish", "defalt"), 1, 'did you mean "default"?'),
        (("run", "03_speed", "-p", "seed"), 2, "-p takes NAME=VALUE"),
        (("run", "03_speed", "-p", "seed=1", "-p", "seed=2"), 2, "-p seed was given twice"),
        (("nope",), 2, "No such command 'nope'"),
        (("run",), 2, "Missing argument"),
        (("run", "speed", "--nope"), 2, "--nope"),
        (("check", "data/none"), 1, "none"),
        (("fetch", "nope"), 1, "nope"),
        (("verify", "r99"), 1, 'The ledger has no run "r99"'),
        (("history", "nps"), 1, 'There is no notebook "history"'),
    ],
)
def test_an_error_is_one_plain_paragraph_on_stderr(here, words, code, told):
    done = here(*words)
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr and "Traceback" not in done.stderr and done.stderr.count("\n") == 1


def test_debug_shows_where_it_came_from(home):
    assert "Traceback" in command(home, "--debug", "describe", "nope").stderr


def test_outside_a_project_it_says_where_to_go(tmp_path):
    assert 'No folder "notebooks"' in command(tmp_path, "list").stderr


@pytest.mark.parametrize(
    "name", ["demo", "list", "describe", "check", "run", "publish", "fetch", "lab", "runs", "diff", "history", "verify"]
)
def test_help_shows_examples(here, name):
    done = here(name, "--help")
    assert done.returncode == 0 and "Example" in done.stdout and f"cxresearch {name}" in " ".join(done.stdout.split())


def test_version(tmp_path):
    assert command(tmp_path, "--version").stdout.startswith("cxresearch ")


def test_a_run_is_remembered_listed_and_made_again(home, here):
    done = command(home, "run", "speed", "-p", "worth=3")
    assert done.returncode == 0, done.stderr
    listed = here("runs", "--kind", "run", "--limit", "1")
    assert listed.returncode == 0 and listed.stderr == ""
    number, *_, name, period = re.split(r"  +", listed.stdout.strip())
    assert number.startswith("r") and name == "03_speed-worth-3-0" and period == "1 April to 30 June 2025"
    assert "The ledger remembers nothing yet" in here("runs", "--name", "nothing").stdout


@pytest.mark.slow
def test_two_editions_are_held_against_each_other_followed_and_made_again(tmp_path):
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    simulate(tmp_path / "data" / "demo", seed=1, customers=600)
    text = '[small]\ntitle = "Small"\nstudy = "data/demo"\nnotebooks = ["02_scorecard"]\nparams = {{ period = "2025-Q{}" }}\n'
    for quarter in (1, 2):
        (tmp_path / "notebooks" / "editions.toml").write_text(text.format(quarter))
        assert command(tmp_path, "publish", "small").returncode == 0
    listed = command(tmp_path, "runs", "--kind", "edition").stdout.splitlines()
    assert [line.rpartition("  ")[2] for line in listed] == ["1 April to 30 June 2025", "1 January to 31 March 2025"]
    second, first = (line.split()[0] for line in listed)
    found = command(tmp_path, "diff", first, second)
    assert found.returncode == 0 and "now" in found.stdout and Path(tmp_path / found.stdout.splitlines()[-1]).is_file()
    drawn = command(tmp_path, "history", "nps")
    assert drawn.returncode == 0 and "months of NPS" in drawn.stdout
    again = command(tmp_path, "verify", second)
    assert again.returncode == 0 and "the same to 12 digits" in again.stdout
