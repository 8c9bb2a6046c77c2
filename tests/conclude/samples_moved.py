"""Relations of `moved`, written by hand."""

import pandas as pd

from cxresearch.ask.question import Question
from cxresearch.relate.relation import Check, Relation

FACTS = {
    "outcome_label": "NPS", "outcome_phrase": "NPS", "outcome_kind": "nps", "unit": "points", "better": "higher", "worth": 2.0,
    "adjusted_for": [], "design": "observed", "row_unit": "answer", "disclosure_limit": 5, "kind": "outcome", "held": ["Segment", "Plan"],
    "before": "1 January to 31 March 2025", "after": "1 April to 30 June 2025", "cluster_word": "customers", "clusters": 5218,
}  # fmt: skip
EFFECT = {
    "kind": "effect", "held": [], "contrast": "halving", "contrast_words": "halving the wait for a first response", "exposure": "wait",
    "exposure_label": "Time to first response", "adjusted_for": ["Channel"],
}  # fmt: skip


def moved(total=(6.1, 2.9, 9.3), within=(5.6, 2.4, 8.8), mix=(0.5, 0.1, 0.9), factor=1.0, **facts):
    ends = {"before": (21.8, 19.0, 24.5), "after": (27.9, 25.0, 30.8), "total": total, "within": within, "mix": mix}
    rows = [(term, "", *(factor * end for end in each), 7047, 5218) for term, each in ends.items() if each is not None]
    frame = pd.DataFrame(rows, columns=["term", "level", "estimate", "low", "high", "n", "customers"])
    passed = Check("clusters", "passed", "5,218 customers: enough for intervals that can be trusted.")
    return Relation("moved", Question("nps"), frame, None, (passed,), {}, {**FACTS, **facts})


EVERY = {
    "moved": moved,
    "moved_mix": lambda: moved((-11.0, -15.0, -7.0), (0.6, -3.0, 4.2), (-11.6, -13.0, -10.2)),
    "moved_noise": lambda: moved((1.0, -2.2, 4.2), (0.9, -2.3, 4.1), (0.1, -0.2, 0.4)),
    "moved_small": lambda: moved((1.0, 0.4, 1.6), (0.9, 0.3, 1.5), (0.1, -0.2, 0.4)),
    "moved_hidden": lambda: moved((0.4, -2.8, 3.6), (6.0, 3.0, 9.0), (-5.6, -6.6, -4.6)),
    "moved_share": lambda: moved(factor=0.01, outcome_kind="share", outcome_label="Satisfied (CSAT)", outcome_phrase="satisfied customers"),
    "moved_effect": lambda: moved((3.0, 0.4, 5.6), None, None, **EFFECT),
}
