"""A relation of `who_answers`, written by hand."""

import numpy as np
import pandas as pd

from cxresearch.ask.question import Question
from cxresearch.relate.relation import Check, Relation

PASSED = Check("invited", "passed", "Of 2,000 of 2,000 invited everything is known that the odds of answering are made from.")
MEANS = {
    "respondents": (-1.9, -8.4, 4.6, 628), "weighted": (-13.1, -20.1, -6.1, 628), "difference": (-11.2, -14.0, -8.4, 628),
    "bound_low": (-69.3, -71.5, -67.1, 2000), "bound_high": (67.9, 65.7, 70.1, 2000),
}  # fmt: skip
FACTS = {
    "outcome_label": "NPS", "outcome_phrase": "NPS", "outcome_kind": "nps", "unit": "points", "better": "higher", "worth": 2.0,
    "adjusted_for": ["Plan", "Tenure"], "design": "observed", "row_unit": "answer", "response_rate": 0.314, "invited": 2000,
    "answered": 628, "silent_mean": -18.2, "tipping": 19.1, "tipping_interval": 8.9, "tipping_worth": 2.9, "n_effective": 489.6,
    "trimmed": 6, "largest_weight": 3.4, "smallest_weight": 0.6, "outside": 0.004, "scale_low": -100.0, "scale_high": 100.0,
    "chance_answered": 0.38, "chance_silent": 0.28, "uneven_before": 0.47, "uneven_after": 0.01, "disclosure_limit": 5,
}  # fmt: skip
BALANCE = {"term": "balance", "after": 0.01, "mean_answered": 14.2, "mean_weighted": 11.0, "mean_invited": 10.9}


def who_answers(factor=1.0, *, gap=(-11.2, -14.0, -8.4), levels=("basic", "plus", "pro"), **facts):
    rows = [
        {"term": term, "level": "", "n": values[3], "customers": values[3], **dict(zip(("estimate", "low", "high"), values, strict=False))}
        for term, values in (MEANS | {"difference": (*gap, 628)}).items()
    ]
    for row in rows:
        row |= {name: row[name] * factor for name in ("estimate", "low", "high")}
    for i, level in enumerate(levels):
        means = {"mean_answered": 0.4 - 0.1 * i, "mean_weighted": 0.5 - 0.1 * i, "mean_invited": 0.5 - 0.1 * i}
        rows.append({"level": f"Plan: {level}", "estimate": -0.2, "n": 200 - 66 * i, "kind": "level", **BALANCE, **means})
    rows.append({"level": "Tenure", "estimate": 0.47, "n": 628, "kind": "number", **BALANCE})
    edges = np.linspace(0.08, 0.62, 25)
    parts = []
    for term, middle in (("answered", 0.38), ("silent", 0.28)):
        height = np.exp(-0.5 * ((edges[:-1] - middle) / 0.09) ** 2)
        bars = {"term": term, "x": edges[:-1], "x_right": edges[1:], "estimate": height / height.sum()}
        parts.append(pd.DataFrame({**bars, "low": np.nan, "high": np.nan, "n": 20}))
    question = Question("nps", adjust_for=("plan", "tenure_months"))
    return Relation("who_answers", question, pd.DataFrame(rows), pd.concat(parts, ignore_index=True), (PASSED,), {}, {**FACTS, **facts})


EVERY = {
    "who_answers": who_answers,
    "who_answers_share": lambda: who_answers(0.005, outcome_kind="share", outcome_label="Satisfied (CSAT)", unit="of 100", tipping=None),
    "who_answers_unsure": lambda: who_answers(gap=(-1.0, -3.0, 1.0), tipping=None, tipping_interval=0.0),
    "who_answers_alike": lambda: who_answers(gap=(-0.2, -0.8, 0.4), worth=None),
}
