"""Excel files: read as text files are, or refused with the sheets that are there."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from cxresearch.ask.errors import DataError
from cxresearch.ask.study import open_study
from cxresearch.load.contracts import read

HEAD = ("ticket", "account", "opened", "transfers", "wait", "fast")
ROWS = (
    ("00123", 7, datetime(2024, 5, 1, 10), 0, 1.5, True),
    (1234567890123456, 7.0, datetime(2024, 5, 2, 10, 30), "many", None, False),
    (None,) * 6,
    ("77", "  8 ", "2024-05-03 09:00:00", 3, 2, "yes"),
)
STUDY = """
[tables.contacts]
file = "tickets.xlsx"
{more}
columns = {{ contact_id = "ticket", customer_id = "account", opened_at = "opened", transfers = "transfers", wait = "wait", fast = "fast" }}
types = {{ wait = "number", fast = "boolean" }}
"""


def tables(folder: Path, *, head=HEAD, rows=ROWS, sheets=("Tickets",), more=""):
    book = openpyxl.Workbook()
    for place, name in enumerate(sheets):
        sheet = book.active if place == 0 else book.create_sheet()
        sheet.title = name
        for row in (head, *rows) if place == 0 else (("note",), ("nothing",)):
            sheet.append(row)
    book.save(folder / "tickets.xlsx")
    (folder / "study.toml").write_text(STUDY.format(more=more))
    return read(open_study(folder))


def test_ids_stay_text_and_times_numbers_and_truths_are_read(tmp_path):
    made = tables(tmp_path)
    frame = made.clean["contacts"].order_by("opened_at").execute()
    assert frame["contact_id"].tolist() == ["00123", "77"]
    assert frame["customer_id"].tolist() == ["7", "8"]
    assert frame["opened_at"].tolist() == [datetime(2024, 5, 1, 10), datetime(2024, 5, 3, 9)]
    assert frame["wait"].tolist() == [1.5, 2.0] and frame["fast"].tolist() == [1, 1]
    assert made.audit.query("thing == 'quarantined'")[["detail", "n", "of"]].to_numpy().tolist() == [
        ["text in a numeric column: transfers", 1, 3]
    ]


def test_whole_numbers_have_no_point(tmp_path):
    frame = tables(tmp_path, rows=((1234567890123456, 7.0, "2024-05-01", 1, 1, 1),)).clean["contacts"].execute()
    assert frame[["contact_id", "customer_id"]].to_numpy().tolist() == [["1234567890123456", "7"]]


def test_declared_decimals_and_dates_hold_for_text_cells_and_real_ones_alike(tmp_path):
    rows = (("a", "x", datetime(2024, 5, 1, 10), 0, 1.5, 1), ("b", "y", "02.05.2024 10:00", 0, "2,5", 0))
    frame = tables(tmp_path, rows=rows, more='decimal = ","\ndate_format = "%d.%m.%Y %H:%M"').clean["contacts"].order_by("wait").execute()
    assert frame["wait"].tolist() == [1.5, 2.5]
    assert frame["opened_at"].dt.day.tolist() == [1, 2]


def test_of_several_sheets_one_is_named(tmp_path):
    sheets = ("Tickets", "Notes")
    with pytest.raises(DataError, match=r'holds 2 sheets \("Tickets", "Notes"\); say which one: sheet = "Tickets"'):
        tables(tmp_path, sheets=sheets)
    assert len(tables(tmp_path, sheets=sheets, more='sheet = "Tickets"').clean["contacts"].execute()) == 2


def test_a_missing_sheet_names_those_that_are_there(tmp_path):
    with pytest.raises(DataError, match=r'tickets.xlsx: there is no sheet "Ticket"; the sheets there: "Tickets", "Notes"'):
        tables(tmp_path, sheets=("Tickets", "Notes"), more='sheet = "Ticket"')


def test_a_title_above_the_names_and_cells_beyond_them(tmp_path):
    with pytest.raises(DataError, match=r"row 1 has an empty cell among the column names"):
        tables(tmp_path, head=("Tickets of May", None, None, None, None, "fast"))
    with pytest.raises(DataError, match=r"row 2: 7 cells where the first row names 6 columns"):
        tables(tmp_path, rows=((*ROWS[0], "more"),))


def test_a_file_that_is_not_excel(tmp_path):
    (tmp_path / "tickets.xlsx").write_text("hello")
    (tmp_path / "study.toml").write_text(STUDY.format(more=""))
    with pytest.raises(DataError, match=r"tickets.xlsx: not readable as an Excel file"):
        read(open_study(tmp_path))
