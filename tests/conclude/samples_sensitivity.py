"""Relations written by hand: hidden reasons, other definitions, and controls that must find nothing."""

import numpy as np
import pandas as pd

from cxresearch.ask.question import Question
from cxresearch.relate.relation import Check, Relation
from tests.conclude.samples import LABELS

PASSED = Check("order", "passed", "Every response lies before the answer it is compared with.")
FACTS = {**LABELS, "contrast": "halving", "contrast_words": "halving the wait for a first response"}
ASKED = Question("nps", "first_response_hours", adjust_for=("difficulty", "channel"))
COLUMNS = ["term", "level", "estimate", "low", "high", "n", "customers"]


def sensitivity(adjusted=(6.7, 4.6, 8.8), like=(4.1, 2.2, 6.0), *, rival=True, **facts):
    label = "Difficulty of the case"
    rows = [("adjusted", "", *adjusted, 24318, 10055, np.nan, np.nan)]
    if rival:
        twice = tuple(2 * part - whole for part, whole in zip(like, adjusted, strict=True))
        rows += [("bound", f"as strong as {label}", *like, 24318, 10055, 0.19, 0.024)]
        rows += [("bound", f"twice as strong as {label}", *twice, 24318, 10055, 0.38, 0.05)]
    found = {"robustness_value": 0.113, "robustness_value_limit": 0.079, "e_value": 1.36, "e_value_limit": 1.28}
    found |= {"strongest_measured": {"label": label, "with_exposure": 0.16, "with_outcome": 0.02} if rival else None}
    table = pd.DataFrame(rows, columns=[*COLUMNS, "with_exposure", "with_outcome"])
    return Relation("sensitivity", ASKED, table, None, (PASSED,), {}, {**FACTS, **found, **facts})


def definitions(**facts):
    rows = [
        ("as asked", "", 6.7, 4.6, 8.8, "same"),
        ("link", "last contact in 14 days", 6.8, 4.6, 8.9, "same"),
        ("link", "last contact in 60 days", 5.1, 3.2, 7.0, "same"),
        ("score", "first of each customer", 5.4, 2.8, 8.1, "same"),
        ("hours", "business", 4.2, 2.4, 6.1, "same"),
    ]
    return _definitions(rows, facts)


def turned(how="opposite", ends=(-3.0, -5.0, -1.0), **facts):
    rows = [
        ("as asked", "", 6.7, 4.6, 8.8, "same"),
        ("top box", "highest answer", *ends, how),
        ("score", "first of each customer", *ends, how),
    ]
    return _definitions(rows, facts)


def _definitions(rows, facts):
    table = pd.DataFrame([(*row[:5], 24318, 10055, row[5]) for row in rows], columns=[*COLUMNS, "agrees"])
    return Relation("definitions", ASKED, table, None, (PASSED,), {}, {**FACTS, **facts})


def controls(later=(-0.1, -1.8, 1.7, "nothing"), placebo=(-0.014, -0.035, 0.008, "open"), **facts):
    rows = [("as asked", "", 6.7, 4.6, 8.8, 24318, 10055, 2.0, "", "nps")]
    rows += [("later contact", "", *later[:3], 20112, 9000, 2.0, later[3], "nps")] if later else []
    rows += [("placebo outcome", "Process clear", *placebo[:3], 24100, 10001, 0.019, placebo[3], "mean")] if placebo else []
    table = pd.DataFrame(rows, columns=[*COLUMNS, "margin", "verdict", "kind"])
    return Relation("negative_controls", ASKED, table, None, (PASSED,), {}, {**FACTS, **facts})


EVERY = {
    "sensitivity": sensitivity,
    "sensitivity_alone": lambda: sensitivity(rival=False),
    "sensitivity_enough": lambda: sensitivity(like=(-1.7, -4.3, 0.9)),
    "sensitivity_open": lambda: sensitivity((0.7, -1.6, 3.0), (-0.4, -2.4, 1.6)),
    "sensitivity_negligible": lambda: sensitivity((0.2, -0.3, 0.7), (0.1, -0.4, 0.6)),
    "definitions": definitions,
    "definitions_opposite": turned,
    "definitions_open": lambda: turned("open", (1.0, -1.0, 3.0)),
    "negative_controls": controls,
    "negative_controls_found": lambda: controls(later=(3.0, 1.2, 4.8, "something")),
    "negative_controls_alone": lambda: controls(placebo=None),
    "negative_controls_placebo": lambda: controls(later=None, placebo=(0.001, -0.01, 0.012, "nothing")),
    "negative_controls_no_worth": lambda: controls(worth=None),
}
