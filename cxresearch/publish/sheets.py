"""Every table of a report as CSV, beside its page."""

import csv
import io
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from cxresearch.publish import place

MIME = "application/vnd.cxresearch.table+json"
FOLDER = "tables"
BYTE_ORDER_MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_tables(report: Path) -> tuple[Path, ...]:
    """Write every table that the notebook of a report shows, each as ``tables/<number>-<caption>.csv``; the folder appears whole.

    Parameters
    ----------
    report : Path
        Folder with ``notebook.ipynb``.

    Returns
    -------
    tuple of Path
        The files, in the order of the page. Numbers have all their digits; what the page does not show is blank.
    """
    tables = _tables(report / "notebook.ipynb")
    beside, final = report / f".{FOLDER}.{os.getpid()}", report / FOLDER
    shutil.rmtree(beside, ignore_errors=True)
    names = [f"{number:02d}-{place.slug(str(table['caption'])).lower()[:80]}.csv" for number, table in enumerate(tables, start=1)]
    for name, table in zip(names, tables, strict=True):
        place.write(beside / name, BYTE_ORDER_MARK + as_csv(table))
    shutil.rmtree(final, ignore_errors=True)
    if tables:
        os.replace(beside, final)
    return tuple(final / name for name in names)


def as_csv(table: Mapping[str, Any]) -> str:
    """Return a table as CSV; a text that a spreadsheet would run as a formula gets an apostrophe before it.

    Examples
    --------
    >>> as_csv({"columns": ["level", "estimate"], "rows": [["=1+1", -2.5]]}).splitlines()
    ['level,estimate', "'=1+1,-2.5"]
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_cell(name) for name in table["columns"]])
    writer.writerows([_cell(value) for value in row] for row in table["rows"])
    return text.getvalue()


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = f"'{value}" if value.lstrip(" ").startswith(FORMULA) else value
    return text.replace("\r", " ").replace("\n", " ")


def _tables(notebook: Path) -> list[Mapping[str, Any]]:
    """Return the tables that are shown, each once."""
    read = nbformat.read(notebook, as_version=4)
    shown = (output.get("data", {}).get(MIME) for cell in read.cells if cell.cell_type == "code" for output in cell.outputs)
    tables = [table for table in shown if table]
    return [table for number, table in enumerate(tables) if table not in tables[:number]]
