"""Groups in which nobody left, or everybody: their odds have no finite size, so they are set aside and counted.

References
----------
Albert & Anderson (1984), Biometrika 71 (separation): the other coefficients are those of the fit without such a group.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.load.data import Data
from cxresearch.relate.design import Design

MANY = 0.05


def comparable(frame: pd.DataFrame, data: Data, columns: Design, *, one_row: bool) -> tuple[pd.DataFrame, Design, list[Check]]:
    """Return the rows of the groups in which some left and some stayed, the columns that still differ, and what was set aside.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``unit_id``, ``_event`` (0 or 1) and the columns of the design.
    data : Data
        Names the confounders.
    columns : Design
        "Not yet" and the confounders are looked at, never the exposure: a level of it that nobody left is an answer of its own.
    one_row : bool
        Each customer has one row with the time of leaving: all may have left, at times that still differ. Otherwise one row for each
        period at risk.

    Returns
    -------
    pandas.DataFrame, Design and list of Check
        As they came where every group has both.
    """
    aside: dict[str, int] = {}
    everyone = frame["unit_id"].nunique()
    while found := _alike(frame, data, columns, (0.0,) if one_row else (0.0, 1.0)):
        name, here = found
        aside[name] = aside.get(name, 0) + frame.loc[here, "unit_id"].nunique()
        frame = frame.loc[~here].reset_index(drop=True)
        columns = _differing(frame, data, columns)
    return frame, columns, [_said(aside, everyone)] if aside else []


def _alike(frame: pd.DataFrame, data: Data, columns: Design, settled: tuple[float, ...]) -> tuple[str, np.ndarray] | None:
    """Return the first group in which the event is the same for all, unless it is for everybody."""
    event = frame["_event"].to_numpy(dtype=float)
    if event.min() == event.max():
        return None
    groups = _groups(frame, data, columns)
    return next(((name, here) for name, here in groups if event[here].min() == event[here].max() and event[here][0] in settled), None)


def _groups(frame: pd.DataFrame, data: Data, columns: Design) -> list[tuple[str, np.ndarray]]:
    """Return each group of customers that a 0/1 column of its own marks, and the one that a category's columns are compared with."""
    found = [("not answered yet", frame[name].to_numpy() == 1) for name in columns.always]
    for metric in data.adjust_for:
        names = _names(metric.name, columns)
        values = frame[names].to_numpy(dtype=float)
        if names and np.isin(values, (0.0, 1.0)).all():
            marked = [*(values[:, at] == 1 for at in range(len(names))), ~values.any(axis=1)]
            found += [(f"in a group of {metric.phrase}", here) for here in marked]
    return [(name, here) for name, here in found if here.any() and not here.all()]


def _differing(frame: pd.DataFrame, data: Data, columns: Design) -> Design:
    """Leave out the columns that are now alike for all; where a category lost its reference, its first level is the new one."""
    alike = {name for name in (*columns.always, *columns.adjust_for) if frame[name].nunique() < 2}
    for metric in data.adjust_for:
        names = [name for name in _names(metric.name, columns) if name not in alike]
        if metric.kind == "category" and names and frame[names].to_numpy(dtype=float).any(axis=1).all():
            alike.add(names[0])
    left = tuple(tuple(name for name in part if name not in alike) for part in (columns.always, columns.adjust_for))
    return replace(columns, always=left[0], adjust_for=left[1])


def _names(metric: str, columns: Design) -> list[str]:
    return [name for name in columns.adjust_for if name == f"a_{metric}" or name.startswith(f"a_{metric}=")]


def _said(aside: dict[str, int], everyone: int) -> Check:
    parts = " and ".join(f"{count:,} {name}" for name, count in aside.items())
    said = f"Set aside: of {everyone:,} customers {parts}. There nobody left, or everybody did, so nothing can be compared."
    if sum(aside.values()) > MANY * everyone:
        return Check("groups alike", "doubt", said, "suggestive")
    return Check("groups alike", "passed", said)
