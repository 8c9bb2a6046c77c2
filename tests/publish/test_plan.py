"""An edition is checked as a whole before anything runs."""

import pytest
from making import notebook, whole

from cxresearch.ask.errors import RunError
from cxresearch.publish.plan import edition_names, read_edition


@pytest.fixture
def folder(tmp_path):
    whole(tmp_path)
    notebook(tmp_path / "notebooks" / "04_drivers.ipynb", "1", parameters='study: str = "data/demo"')
    return tmp_path / "notebooks"


def plan(folder, text, name="default"):
    (folder / "editions.toml").write_text(text)
    return read_edition(name, folder / "editions.toml")


def test_every_combination_is_planned_and_given_what_its_notebook_takes(folder):
    edition = plan(
        folder,
        '[default]\ntitle="T"\nstudy="data/x"\nnotebooks=["speed","drivers"]\nparams={seed=3}\nmatrix={period=["2025-Q1","2025-Q2"],by=["a"]}',
    )
    assert [report.slug for report in edition.reports] == ["03_speed-2025-Q1-a", "03_speed-2025-Q2-a", "04_drivers"]
    assert edition.reports[0].params == {"study": "data/x", "period": "2025-Q1", "by": "a", "seed": 3}
    assert edition.reports[2].params == {"study": "data/x"}


def test_a_notebook_may_stand_twice_with_parameters_of_its_own(folder):
    edition = plan(folder, '[default]\nnotebooks=["speed",{name="speed",params={worth=3}}]')
    assert [report.slug for report in edition.reports] == ["03_speed", "03_speed-3-0"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[default]\nnotebooks=["speedy"]', r'no notebook "speedy" in notebooks/; .*03_speed'),
        ('[default]\nnotebooks=["speed"]\nparams={perod="x"}', r'none of its notebooks has a parameter "perod"; did you mean "period"'),
        ('[default]\nnotebooks=[{name="drivers",params={seed=1}}]', r'04_drivers has no parameter "seed"'),
        ('[default]\nnotebooks=["speed"]\nparams={seed="x"}', "03_speed: seed must be int"),
        ('[default]\nnotebooks=["speed"]\nmatrix={by=[]}', r"matrix\.by is empty"),
        ('[default]\nnotebooks=["speed","speed"]', 'two reports would be written to the same folder "03_speed"'),
        ('[default]\nnotebooks=["speed"]\nmatrix={by=["a/b","a b"]}', "same folder"),
        ('[default]\nnotebooks=["speed"]\nmatrix={by=["DE","de"]}', "same folder"),
        ("[default]\nnotebooks=[]", "`notebooks` must be a list with at least one entry"),
        ("[default]\nnotebooks=[3]", "3 is no notebook"),
        ('[default]\nnotebook=["speed"]', 'unknown key "notebook"; did you mean "notebooks"'),
        ('[default]\nnotebooks=["speed"]\nparams=3', "`params` must be a table"),
        ("[default", r"editions\.toml cannot be read"),
        ('[other]\nnotebooks=["speed"]', r'no edition "default" in editions\.toml'),
        ('[default]\nnotebooks=["speed"]\nparams={api_key="x"}', "api_key"),
    ],
)
def test_what_cannot_be_is_named(folder, text, told):
    with pytest.raises(RunError, match=told):
        plan(folder, text)


@pytest.mark.parametrize("name", ["../x", "a b", ""])
def test_an_edition_cannot_be_named_out_of_its_folder(folder, name):
    with pytest.raises(RunError, match="no edition"):
        plan(folder, f'["{name}"]\nnotebooks=["speed"]', name)


def test_no_file_is_named(tmp_path):
    with pytest.raises(RunError, match=r"editions\.toml was not found"):
        read_edition("default", tmp_path / "editions.toml")
    assert edition_names(tmp_path / "editions.toml") == []
