"""Ways of comparing side by side: as recorded, among comparable customers, the same customer; one row each, and what speaks against them.

References
----------
Cinelli & Hazlett (2020), Making sense of sensitivity, JRSS B 82 (robustness value).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.load.data import Data
from cxresearch.relate.adjusted import NOTHING_HELD, step_row
from cxresearch.relate.bounds import against
from cxresearch.relate.design import Design, contrast_for
from cxresearch.relate.fit import Errors, Fit
from cxresearch.relate.method import cluster_word, facts_of
from cxresearch.relate.moments import Total
from cxresearch.relate.relation import Relation


@dataclass(frozen=True)
class Way:
    """One way of comparing: a fit and its errors, for the outcome and (NPS) for the 0-10 score."""

    term: str
    fits: dict[str, Fit]
    errors: dict[str, Errors]
    customers: int


def told(data: Data, ways: list[Way], columns: Design, moments: Total, also: tuple[list[Check], float | str]) -> Relation:
    """Return the relation of these ways: naive, adjusted, perhaps within-customer; `also` are the checks so far and the contrast asked."""
    checks, contrast = also
    _, factor, name, words = contrast_for(data, contrast)
    rows = [_row(way, column, label, factor) for way in ways for column, label in columns.exposure]
    found = (*checks, *_doubts(data, ways, columns, factor))
    facts = facts_of(data) | {
        "contrast": name,
        "contrast_words": words,
        "clusters": ways[0].errors["y"].clusters,
        "cluster_word": cluster_word(data),
    }
    facts |= against(ways[1].fits["y"], columns, data, moments)
    asked = {"contrast": contrast}
    return Relation("effect", data.question, pd.DataFrame(rows), None, tuple(check for check in found if check), asked, facts)


def _row(way: Way, column: str, label: str, factor: float) -> dict[str, Any]:
    found = step_row(way.fits["y"], way.errors["y"], column, factor)
    first = {name: found.pop(name) for name in ("estimate", "low", "high", "n")}
    return {"term": way.term, "level": label, **first, "customers": way.customers, **found}


def _doubts(data: Data, ways: list[Way], columns: Design, factor: float) -> list[Check | None]:
    naive, adjusted = ways[0], ways[1]
    column = columns.exposure[0][0]
    found: list[Check | None] = []
    if not data.adjust_for and data.question.design == "observed":
        found.append(NOTHING_HELD)
    elif data.adjust_for:
        found.append(_reversal(*(_row(way, column, "", factor) for way in (naive, adjusted))))
    found.append(_agreement(adjusted, [name for name, _ in columns.exposure]) if "y_score" in adjusted.fits else None)
    return found


def _reversal(naive: dict[str, Any], adjusted: dict[str, Any]) -> Check:
    """Flag Simpson's paradox: both intervals exclude zero, on opposite sides."""
    opposite = (naive["low"] > 0 and adjusted["high"] < 0) or (naive["high"] < 0 and adjusted["low"] > 0)
    if opposite:
        return Check("sign reversal", "doubt", "As recorded the difference points the other way: comparing like with like turns it round.")
    return Check("sign reversal", "passed", "Comparing like with like does not turn the difference round.")


def _agreement(way: Way, columns: Sequence[str]) -> Check:
    """The 0-10 score beside NPS: both beyond zero, or neither, and on the same side."""

    def side(y: str, column: str) -> int:
        row = _row(Way("", {"y": way.fits[y]}, {"y": way.errors[y]}, 0), column, "", 1.0)
        return int(row["low"] > 0) - int(row["high"] < 0)

    pairs = [(side("y", column), side("y_score", column)) for column in columns]
    if all(points == score for points, score in pairs):
        return Check("0-10 score", "passed", "The 0-10 score tells the same as NPS.")
    status = "failed" if any(points * score < 0 for points, score in pairs) else "doubt"
    return Check(
        "0-10 score",
        status,
        "The 0-10 score and NPS do not tell the same: one excludes zero, the other does not or lies opposite.",
        "suggestive",
    )
