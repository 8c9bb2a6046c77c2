"""The README holds what it says: its code runs, its tables are complete, its links lead somewhere."""

import re
import shutil
import tomllib
from pathlib import Path

import duckdb
import pytest

import cxresearch as cx
from cxresearch import cli
from cxresearch.conclude.finding import STRENGTHS
from cxresearch.load.simulate import simulate

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def rows(head: str) -> list[str]:
    """The first cells of the table below a head."""
    table = README.split(head)[1].split("\n\n")[0]
    return [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("|") and not line.startswith("|--")]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder as the README has it: a demo company, and the same company's tickets and answers as somebody exported them."""
    home = tmp_path_factory.mktemp("readme")
    demo, mine = simulate(home / "data" / "demo", customers=2500, seed=3), home / "data" / "mine"
    mine.mkdir()
    (mine / "study.toml").write_text(blocks("toml")[0])
    duckdb.sql(f"""copy (select contact_id as id, customer_id as account, opened_at as created, first_response_at as replied
                   from '{demo}/contacts.parquet') to '{mine}/tickets.csv'""")
    duckdb.sql(f"""copy (select response_id as id, customer_id as account, contact_id as ticket, answered_at as "when", score as answer
                   from '{demo}/surveys.parquet' where kind = 'nps' and answered_at is not null) to '{mine}/nps.csv'""")
    return home


@pytest.mark.parametrize("number", range(len(blocks("python"))))
def test_code_runs_as_it_stands(home, monkeypatch, number):
    monkeypatch.chdir(home)
    names: dict = {}
    code = blocks("python")[number]
    exec(compile(code, "README.md", "exec"), names)
    finding = eval(code.strip().splitlines()[-1], names)
    assert "goes with" in finding.headline
    if number == 1:
        assert finding.strength != "clear" and any(check.name == "confounders" for check in finding.checks)


def test_the_study_is_ten_lines():
    assert len(blocks("toml")[0].splitlines()) <= 10
    tomllib.loads(blocks("toml")[0])


def test_own_data_pass_the_contracts(home, monkeypatch, capsys):
    monkeypatch.chdir(home)
    cli.data.check(Path("data/mine"))
    assert "contacts" in capsys.readouterr().out


@pytest.mark.slow
def test_own_data_make_a_report(home, monkeypatch):
    monkeypatch.chdir(home)
    shutil.copytree(ROOT / "notebooks", home / "notebooks", dirs_exist_ok=True)
    done = cx.run("speed", params={"study": "data/mine"}, out=home / "reports" / "runs")
    assert done.status == "done", done.reason
    assert done.findings and done.page.is_file()


def test_every_public_name_is_explained():
    told = set(re.findall(r"`(\w+)`", "\n".join(rows("| verb | question |"))))
    functions = {name for name in cx.__all__ if name[0].islower() and name != "methods"}
    assert told == functions
    nouns = {noun for row in rows("| noun | what it is |") for noun in row.split(", ")}
    assert nouns - {"noun"} == set(cx._SHOWN)


def test_every_word_of_strength_is_explained():
    assert [*rows("| word | the 95% interval |"), "described"] == list(STRENGTHS)
    assert "*described*" in README


def test_every_command_is_listed():
    told = [row.strip("`").split()[0] for row in rows("| `cxresearch ...` | |\n")]
    app = cli.entry.app
    known = [command.name or command.callback.__name__ for command in app.registered_commands]
    known += [group.name for group in app.registered_groups]
    assert told == known


def test_links_and_pictures_lead_somewhere():
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "data" / "README.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
    assert (ROOT / "docs" / "reports.png").stat().st_size < 300_000


def test_the_example_of_the_data_folder_is_a_study(tmp_path):
    (tmp_path / "study.toml").write_text(blocks("toml", (ROOT / "data" / "README.md").read_text(encoding="utf-8"))[0])
    assert set(cx.open_study(tmp_path).tables) == {"contacts", "surveys"}


def test_there_are_exactly_two_commands_to_begin_with():
    targets = [line.split("#")[0].strip() for line in blocks("sh")[0].splitlines()]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert targets == ["make report", "make test"] and all(f"\n{target.split()[1]}:" in makefile for target in targets)
