"""A pandas frame of the researcher's own becomes Data."""

import hashlib
from typing import Any

import ibis
import pandas as pd

from cxresearch.ask.errors import DataError, nearest
from cxresearch.ask.question import Question
from cxresearch.load.audit import hashed
from cxresearch.load.data import Data, Parts
from cxresearch.load.engines import SMALL, embedded
from cxresearch.load.rows import FEW_ROWS, checked, parts_of


def from_frame(frame: pd.DataFrame, question: Question, *, customer: str, weight: str | None = None) -> Data:
    """Make Data from a pandas frame of the researcher's own: one row per unit.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per answer, contact or customer. It is copied, never changed.
    question : Question
        Its names are columns of the frame, or metrics built on the spot.
    customer : str
        Column that says which rows belong to one customer; ``"row"`` where nobody repeats.
    weight : str, optional
        Column with survey weights.

    Returns
    -------
    Data
        As `link` gives it; what stands in the columns `at` and `comment`, where there are such, comes along.

    Raises
    ------
    DataError
        Where the frame is empty or a column is not there.
    QuestionError
        Where the question names what the frame does not have.

    Examples
    --------
    >>> from cxresearch.ask.metrics import Mean
    >>> frame = pd.DataFrame({"who": ["a", "a", "b"], "wait": [1.0, 2.0, 3.0], "score": [9, 7, 3]})
    >>> from_frame(frame, Question(outcome=Mean("score"), exposure="wait"), customer="who").rows
    3
    """
    if frame.empty:
        raise DataError("the frame has no rows.")
    for name in (customer, weight):
        if name and name not in frame.columns and name != "row":
            raise DataError(f'the frame has no column "{name}"; {nearest(name, map(str, frame.columns))}')
    rows = frame.reset_index(drop=True)
    keys = rows[customer] if customer != "row" else pd.Series(range(len(rows)))
    added = {"unit_id": pd.Series(range(len(rows))).map("{:012d}".format), "customer_id": keys.map(_text)}
    added |= {"weight": rows[weight].astype(float)} if weight else {}
    table = embedded(0 if len(rows) <= FEW_ROWS else SMALL + int(rows.memory_usage(index=False).sum())).create_table(
        "frame", pd.concat([rows.drop(columns=[*set(added) & set(rows.columns)]), pd.DataFrame(added)], axis=1)
    )
    digest = hashlib.sha256(f"{','.join(sorted(table.columns))}:{len(rows)}:{hashed(table.drop('unit_id')).sum().execute()}".encode())
    types = {name: table[name].type() for name in ("at", "comment") if name in table.columns}
    here = {
        "weight": weight,
        "at": "at" in types and types["at"].is_timestamp(),
        "comment": "comment" in types and types["comment"].is_string(),
    }
    marks = tuple(name for name, there in here.items() if there)
    draft = Data(
        table, question, Parts(None, None, (), ()), "row", 0, 0, 0, source_fingerprint=digest.hexdigest()[:16],
        invited=table.mutate(_in_period=ibis.literal(True)),
    )  # fmt: skip
    return checked(table, question, parts_of(question, table), draft, marks)


def _text(value: Any) -> str | None:
    if value is None or value != value:
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
