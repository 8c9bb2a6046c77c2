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


NAMES = ("Skill of the agent", "Kindness", "Product works", "Easy to use", "Process simple", "Process clear")


def importance(labels=NAMES, *, sure=True, **facts):
    shares, means = np.linspace(0.09, 0.004, len(labels)), 3.4 + 0.9 * np.sin(np.arange(len(labels)) * 1.7)
    rows = []
    for i, (label, share, mean) in enumerate(zip(labels, shares, means, strict=True)):
        corner = f"{'much' if share > shares.mean() else 'little'} {'high' if mean > means.mean() else 'low'}" if sure else ""
        last = (0.97, 0.004, np.nan, np.nan, np.nan, corner, label, "people", "Service")
        rows.append((f"d{i}", "importance", share, share * 0.8, share * 1.2, 9120, *last))
        reached = [(end - 1) / 4 for end in (mean, mean - 0.05, mean + 0.05)]
        rows.append(
            (f"d{i}", "performance", mean, mean - 0.05, mean + 0.05, 9120, 0.97, np.nan, *reached, corner, label, "people", "Service")
        )
    table = frame(rows, "above", "noise", "reached", "reached_low", "reached_high", "corner", "label", "block", "owner")
    known = {**LABELS, "r2": 0.19, "r2_low": 0.17, "r2_high": 0.21, "r2_held_out": 0.18, "scale": "linear", "n_used": 9120,
             "n_eligible": 10400, "mean_importance": float(shares.mean()), "same_scale": True}  # fmt: skip
    return Relation("importance", Question("nps", drivers=("d0", "d1")), table, None, (PASSED,), {}, {**known, **facts})


def asymmetry(labels=NAMES, *, bend=-1.2, **facts):
    rows = []
    for i, label in enumerate(labels):
        low, high = -14.0 + 2.2 * i, 6.1 - 0.4 * i
        p = 0.0001 if i < 2 else 0.4
        last = (5000.0, p, min(1.0, p * len(labels)), label, "people", "Service")
        for level, value, half in (("penalty", low, 2.0), ("reward", high, 1.5), ("asymmetry", low + high, 2.6)):
            rows.append((f"d{i}", level, value, value - half, value + half, 9120, *last))
        rows.append((f"d{i}", "bend", bend, bend - 0.5, bend + 0.5, 9120, *last))
    table = frame(rows, "df", "p", "p_holm", "label", "block", "owner")
    known = {**LABELS, "n_used": 9120, "n_eligible": 10400}
    return Relation("asymmetry", Question("nps", drivers=("d0", "d1")), table, None, (PASSED,), {}, {**known, **facts})


EVERY = {"ordinal": ordinal, "importance": importance, "asymmetry": asymmetry}
