"""Relations written by hand: the scale as it is, what matters most."""

import numpy as np
import pandas as pd

from cxresearch.ask.question import Question
from cxresearch.relate.relation import Check, Relation

PASSED = Check("order", "passed", "Every response lies before the answer it is compared with.")
LABELS = {
    "outcome_label": "NPS", "outcome_phrase": "NPS", "outcome_kind": "nps", "unit": "points", "better": "higher", "worth": 2.0,
    "exposure_label": "Time to first response", "exposure_unit": "hours", "better_exposure": "lower",
    "adjusted_for": ["Difficulty of the case", "Channel"], "design": "observed", "row_unit": "answer",
}  # fmt: skip


def frame(rows, *extra):
    return pd.DataFrame(rows, columns=["term", "level", "estimate", "low", "high", "n", *extra])


def ordinal(main=(2.7, 2.1, 3.3), squares=(2.9, 2.4, 3.5), *, p=0.3, **facts):
    rows = [("ordinal", "", *main), ("relaxed", "", *(end * 1.02 for end in main)), ("least_squares", "", *squares)]
    table = frame([(*row, 24318, 10055, 0.3, 900.0) for row in rows], "customers", "std_error", "df")
    share = np.array([4, 2, 2, 3, 4, 7, 9, 14, 20, 17, 18]) / 100
    curve = pd.concat(
        [pd.DataFrame({"term": term, "x": np.arange(11.0), "estimate": share + move, "low": share + move - 0.004,
                       "high": share + move + 0.004, "n": 24318})
         for term, move in (("without", 0.0), ("with", np.linspace(-0.004, 0.004, 11)))]
    )  # fmt: skip
    known = {**LABELS, "contrast": "halving", "contrast_words": "halving the wait for a first response", "clusters": 10055,
             "proportional_p": p, "proportional_df": 9, "levels": [float(x) for x in range(11)], "n_used": 24318}  # fmt: skip
    said = Check("same odds at every cut", "passed" if p > 0.05 else "doubt", f"The odds are not told apart between the cuts (p = {p}).")
    question = Question("nps", "first_response_hours", adjust_for=("difficulty", "channel"))
    return Relation("ordinal", question, table, curve, (PASSED, said), {}, {**known, **facts})


EVERY = {"ordinal": ordinal}
