"""Notebooks found by name."""

import pytest
from making import notebook, whole

from cxresearch.ask.errors import RunError
from cxresearch.publish.shelf import names, notebooks_folder, open_notebook


def test_a_notebook_is_found_by_name_half_name_and_path(tmp_path):
    path = whole(tmp_path)
    for name in ("03_speed", "speed", "03_speed.ipynb", path):
        opened = open_notebook(name, folder=path.parent)
        assert (opened.name, opened.title, opened.home) == ("03_speed", "Does speed matter?", tmp_path)


def test_an_unknown_notebook_offers_the_nearest(tmp_path):
    folder = whole(tmp_path).parent
    with pytest.raises(RunError, match=r'no notebook "03_sped" in notebooks/; did you mean "03_speed"'):
        open_notebook("03_sped", folder=folder)


def test_two_notebooks_with_the_same_half_name_are_both_named(tmp_path):
    folder = whole(tmp_path).parent
    whole(tmp_path, "04_speed")
    with pytest.raises(RunError, match="any of 03_speed, 04_speed"):
        open_notebook("speed", folder=folder)


def test_a_file_that_is_no_notebook_says_so(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text("not json")
    with pytest.raises(RunError, match=r"a\.ipynb is not a notebook that can be read"):
        open_notebook(path)


def test_the_fingerprint_follows_the_cells_only(tmp_path):
    first = open_notebook(whole(tmp_path)).fingerprint
    assert open_notebook(whole(tmp_path)).fingerprint == first
    assert open_notebook(notebook(tmp_path / "notebooks" / "03_speed.ipynb", "1")).fingerprint != first


def test_the_folder_is_found_from_below_and_its_absence_named(tmp_path):
    folder = whole(tmp_path).parent
    assert notebooks_folder(folder) == folder and notebooks_folder(tmp_path) == folder
    assert names(folder) == ["03_speed"]
    with pytest.raises(RunError, match='No folder "notebooks"'):
        notebooks_folder(tmp_path.parent)
