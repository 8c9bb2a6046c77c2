"""Everybody who was invited, answered or not: the frame that non-response is modelled from."""

from dataclasses import replace

import ibis

from cxresearch.ask.values import indicator
from cxresearch.load.data import Data, Parts
from cxresearch.load.rows import project


def frame_of(data: Data) -> ibis.Table | None:
    """Return the invited behind these rows, still in the engine; None where only answers are on record.

    Parameters
    ----------
    data : Data
        Answers; `invited` holds whom they come from.

    Returns
    -------
    ibis.Table or None
        `unit_id, customer, cluster` (and `cluster2`), `y` (missing where silent), `answered` (1.0 or 0.0), `weight` where declared, and
        `a_<name>`: the confounders, as known when invited.
    """
    if data.invited is None:
        return None
    wide = data.invited.filter(data.invited["_in_period"])
    if data.study and {"opened_at", "at"} <= set(wide.columns) and data.adjust_for:
        wide = wide.filter(~ibis.coalesce(wide.opened_at >= wide["at"], False))
    asked = replace(data.question, exposure=None, mediator=None, drivers=(), by=None)
    marks = (*(("weight",) if "weight" in data.table.columns else ()), *(("linked",) if data.study and data.adjust_for else ()))
    rows = project(wide, asked, Parts(data.outcome, None, data.adjust_for, ()), marks)
    rows = rows.filter(rows.linked).drop("linked") if "linked" in rows.columns else rows
    return rows.mutate(answered=indicator(rows.y.notnull()))
