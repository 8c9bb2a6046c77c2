"""Tables of a report as CSV: all digits, nothing that runs as a formula, nothing that the page hides."""

import csv
import io

import nbformat
import pandas as pd
import pytest

from cxresearch.ask.question import Question
from cxresearch.conclude.full import MIME, full_table
from cxresearch.publish.sheets import as_csv, write_tables
from cxresearch.relate.relation import Relation


def relation():
    rows = [("nps", "", 22.2222222222, 103, 100), ("nps", "=SUM(A1)", -1.5, 50, 50), ("nps", "b", 3.0, 50, 50), ("nps", "few", 9.0, 3, 3)]
    frame = pd.DataFrame(
        [(term, level, value, value - 1, value + 1, n, people) for term, level, value, n, people in rows],
        columns=["term", "level", "estimate", "low", "high", "n", "customers"],
    )
    return Relation("measure", Question(outcome="nps"), frame, facts={"unit": "points", "disclosure_limit": 5})


def test_small_cells_and_what_gives_them_away_are_blank():
    table = full_table(relation(), "Where we stand")
    assert table["columns"] == ["term", "level", "estimate (points)", "low (points)", "high (points)", "n", "customers"]
    assert [row[2] for row in table["rows"]] == [22.2222222222, "", 3.0, ""]
    assert table["rows"][3] == ["nps", "few", "", "", "", "", ""]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", " =1"])
def test_text_that_would_run_gets_an_apostrophe_and_numbers_stay_numbers(text):
    (_, row) = csv.reader(io.StringIO(as_csv({"columns": ["a", "b"], "rows": [[text, -2.5]]}), newline=""))
    assert row == [f"'{text}".replace("\r", " "), "-2.5"]


def test_every_table_is_written_once_beside_the_page(tmp_path):
    table = full_table(relation(), "Where we stand")
    shown = [nbformat.v4.new_output("display_data", {MIME: table}) for _ in range(2)]
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=shown)])
    nbformat.write(node, tmp_path / "notebook.ipynb")
    (file,) = write_tables(tmp_path)
    assert file == tmp_path / "tables" / "01-where-we-stand.csv" and "'=SUM(A1)" in file.read_text(encoding="utf-8-sig")
    before = file.read_bytes()
    write_tables(tmp_path)
    assert file.read_bytes() == before and sorted(path.name for path in tmp_path.iterdir()) == ["notebook.ipynb", "tables"]
