"""Relations about customers kept with an exposure, written by hand."""

import numpy as np
import pandas as pd

from cxresearch.ask.question import Question
from cxresearch.relate.relation import Check, Relation

PASSED = Check("landmark", "passed", "Service is read before the landmark date, leaving after it.")
FACTS = {
    "outcome_label": "Customers kept 90 days", "outcome_phrase": "customers kept 90 days", "outcome_kind": "kept", "unit": "of 1,000",
    "outcome_unit": "days", "better": "higher", "worth": 1.0, "exposure_label": "Time to first response", "exposure_unit": "hours",
    "better_exposure": "lower", "adjusted_for": ["Difficulty of the case", "Channel"], "design": "observed", "row_unit": "customer",
    "days": 90, "landmark": "30 June 2025", "contrast": "halving", "contrast_words": "halving the wait for a first response",
    "cluster_word": "customers", "events": 900,
}  # fmt: skip
NAMES = ["term", "level", "estimate", "low", "high", "n", "customers", "std_error", "df", "kept_without", "kept_with"]


def kept(adjusted=(0.021, 0.012, 0.030), *, level="", method="hazard", **facts):
    rows = [
        ("naive", level, 0.035, 0.027, 0.043, 9900, 9900, 0.004, 9899.0, 0.880, 0.915),
        ("adjusted", level, *adjusted, 9900, 9900, 0.0046, 9899.0, 0.880, 0.901),
    ]
    if method == "hazard":
        rows += [("period", f"{30 * i} to {30 * i + 30} days", 0.04, 0.036, 0.044, 9900 - 400 * i, *[np.nan] * 5) for i in range(3)]
    else:
        rows += [(name, level, 0.8, 0.7, 0.91, 9900, 9900, 0.07, 9899.0, np.nan, np.nan) for name in ("hazard_ratio_naive", "hazard_ratio")]
    x = np.linspace(0, 90, 4 if method == "hazard" else 13)
    curves = [
        pd.DataFrame({"term": term, "level": level, "x": x, "n": 9900 - x.astype(int)}
                     | {name: end * x / 90 for name, end in zip(("estimate", "low", "high"), ends, strict=True)})
        for term, ends in (("naive", (0.035, 0.027, 0.043)), ("adjusted", adjusted))
    ]  # fmt: skip
    question = Question("retention", "first_response_hours", adjust_for=("difficulty", "channel"))
    table = pd.DataFrame(rows, columns=NAMES)
    return Relation(method, question, table, pd.concat(curves, ignore_index=True), (PASSED,), {}, {**FACTS, **facts})


def hazard(*args, **facts):
    return kept(*args, method="hazard", **facts)


def hazard_ratio(*args, **facts):
    return kept(*args, method="hazard_ratio", **facts)


EVERY = {"hazard": hazard, "hazard_ratio": hazard_ratio}
