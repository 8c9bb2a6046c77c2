"""Rows to look through: every column under its label, to search, sort and filter in JupyterLab without any request leaving the page."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from itables import to_html_datatable
from itables.javascript import generate_init_offline_itables_html
from itables.options import dt_bundle

from cxresearch.ask.errors import QuestionError
from cxresearch.ask.metrics import Metric

if TYPE_CHECKING:
    from cxresearch.load.data import Data

MOST_ROWS = 2000
LONG = 40
_OWN = {"cluster": "Cluster", "cluster2": "Second cluster", "weight": "Weight", "value": "Value", "comment": "Comment"}


@dataclass(frozen=True, eq=False)
class Sheet:
    """Rows that a researcher looks through; they show themselves in JupyterLab and never on a page.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per unit, columns under their labels and units.
    title : str
        Which rows they are.
    notes : tuple of str
        What is not shown, and how to see it.
    """

    frame: pd.DataFrame
    title: str
    notes: tuple[str, ...] = ()


def sheet_of(data: "Data", *, most: int = MOST_ROWS, seed: int = 1, text: bool = False) -> Sheet:
    """Return the rows of Data as a Sheet; `Data.explore` says what the settings mean."""
    if most < 1:
        raise QuestionError(f"most is {most}; it is the number of rows to show, 1 or more.")
    rows = _sample(data, most, seed).order_by("unit_id").execute()
    notes = [_sampled(data, len(rows), rows["customer"].nunique(), seed)] if len(rows) < data.rows else []
    if text and "comment" not in rows.columns:
        rows = _with_comments(data, rows)
    labels = _labels(data, list(rows.columns))
    private = [] if text else [name for name in labels if name == "comment" or _is_free_text(rows[name])]
    hidden = [labels.pop(name) for name in private]
    if hidden:
        notes.append(f"Hidden, because people wrote it: {', '.join(hidden)}. data.explore(text=True) shows it.")
    shown = rows[list(labels)].set_axis(list(labels.values()), axis=1)
    return Sheet(shown.loc[:, ~shown.columns.duplicated()], f"{data.rows:,} {data.unit}s, {data.period_label}", tuple(notes))


def interactive(frame: pd.DataFrame, *, css: str) -> str:
    """Return a frame as an HTML table to search, sort and filter; the script that does it stands in the text.

    Parameters
    ----------
    frame : pandas.DataFrame
        What is shown; text is escaped.
    css : str
        Rules for its look.
    """
    script, end, _ = generate_init_offline_itables_html(dt_bundle).partition("</script>")
    table = to_html_datatable(
        frame, connected=False, maxBytes=0, showIndex=False, scrollX=True, display_logo_when_loading=False,
        style="table-layout:auto;width:100%;margin:0", classes="compact nowrap", css=css,
        columnControl=[{"target": 0, "content": ["order"]}, {"target": 1, "content": ["search"]}],
        ordering={"indicators": False, "handler": False},
        layout={"topStart": "search", "topEnd": "pageLength", "bottomStart": "info", "bottomEnd": "paging"},
        language={"search": "", "searchPlaceholder": "Search all columns", "lengthMenu": "Rows _MENU_",
                  "info": "_START_ to _END_ of _TOTAL_", "infoFiltered": "(found among _MAX_)"},
    )  # fmt: skip
    return script + end + table


def _sample(data: "Data", most: int, seed: int):
    """Return all rows where they fit, else those of whole customers, drawn with a seed: at most `most`."""
    if data.rows <= most:
        return data.table
    sizes = data.table.group_by("customer").aggregate(n=data.table.count()).order_by("customer").execute()
    order = np.random.default_rng(seed).permutation(len(sizes))
    fitting = order[np.cumsum(sizes["n"].to_numpy()[order]) <= most]
    chosen = sizes["customer"].iloc[fitting].tolist()
    if not chosen:
        return data.table.order_by("unit_id").limit(most)
    return data.table.filter(data.table.customer.isin(chosen))


def _sampled(data: "Data", rows: int, customers: int, seed: int) -> str:
    people = f"every row of {customers:,} customers, drawn with seed {seed}" if customers > 1 else "the first in order"
    return f"Shown: {rows:,} of {data.rows:,} rows ({people}). data.explore(most=...) shows more; data.frame() has them all."


def _with_comments(data: "Data", rows: pd.DataFrame) -> pd.DataFrame:
    from cxresearch.load.comments import written

    try:
        return rows.merge(written(data), on="unit_id", how="left")
    except QuestionError:
        return rows


def _labels(data: "Data", columns: list[str]) -> dict[str, str]:
    """Return column -> head, in the order in which they are read: who and when, the parts of the question, groups, what was written."""
    named: dict[str, str] = {} if data.unit == "customer" else {"unit_id": data.unit.capitalize()}
    named |= {"customer": "Customer", "at": "When", "y": _head(data.outcome, data), "y_score": "Answer (0 to 10)", "y_elapsed": "Observed"}
    parts = {"x": data.exposure, "m": data.mediator}
    parts |= {f"a_{metric.name}": metric for metric in data.adjust_for} | {f"d_{metric.name}": metric for metric in data.drivers}
    named |= {name: _head(metric, data) for name, metric in parts.items() if metric}
    named |= {"by": _said(data.question.by or "", data)} | {f"g_{name}": _said(name, data) for name in ("agent", "team", "store")}
    named |= _OWN if data.question.cluster else {name: label for name, label in _OWN.items() if name != "cluster"}
    return {name: label for name, label in named.items() if name in columns}


def _head(metric: Metric, data: "Data") -> str:
    declared = data.study.labels.get(metric.name) if data.study else None
    unit = {"share": "1 = yes, 0 = no"}.get(metric.kind, metric.unit)
    return f"{declared or metric.label} ({unit})" if unit not in ("", "units") else declared or metric.label


def _said(name: str, data: "Data") -> str:
    declared = data.study.labels.get(name) if data.study else None
    return declared or name[:1].upper() + name[1:].replace("_", " ")


def _is_free_text(column: pd.Series) -> bool:
    """Sentences, not names: half of what stands there is long."""
    if not pd.api.types.is_string_dtype(column):
        return False
    long = column.dropna().astype(str).str.len() > LONG
    return bool(len(long)) and bool(long.mean() > 0.5)
