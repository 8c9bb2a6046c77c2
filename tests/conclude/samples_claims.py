"""Relations of `claims` and `jump`, written by hand."""

import pandas as pd

from cxresearch.ask.question import Question
from cxresearch.relate.relation import Check, Relation


def claims():
    columns = ["term", "level", "estimate", "low", "high", "n", "worth", "unit", "verdict", "reason", "statement"]
    rows = [
        ("C1", "adjusted", 4.1, 3.0, 5.2, 5026, 2.0, "points", "supported", "", "A faster first response goes with a better experience."),
        ("C2", "jump", -0.2, -2.4, 1.6, 5026, 2.0, "points", "contradicted", "", "Being on time counts for itself."),
        ("C3", "outweighs", 1.5, -1.1, 4.1, 512, 2.0, "points", "cannot tell", "", "Good service does not outweigh a bad journey."),
        ("C6", "", float("nan"), float("nan"), float("nan"), 0, None, "", "cannot tell", "Nobody ordered twice.", "Good repeats."),
    ]
    facts = {"absent": [["C12", "More channels are better.", "This study has no channels."]], "design": "observed"}
    facts["rules"] = [["C1", "Above zero.", "Wholly below what counts."], ["C2", "Above zero.", "Too small to act on."]]
    return Relation("claims", Question("claims"), pd.DataFrame(rows, columns=columns), None, (), {}, facts)


def jump():
    columns = ["term", "level", "estimate", "low", "high", "n", "std_error", "df"]
    rows = [("jump", "", -0.6, -3.1, 1.9, 5026, 1.2, 900.0), ("late_raw", "", -24.0, -27.0, -21.0, 5026, 1.5, 900.0)]
    facts = {
        "outcome_label": "NPS", "outcome_phrase": "NPS", "outcome_kind": "nps", "unit": "points", "better": "higher", "worth": 2.0,
        "exposure_label": "Time to first response", "adjusted_for": ["Difficulty"], "design": "observed", "row_unit": "answer",
        "share_late": 0.31, "promise": "sla_target",
    }  # fmt: skip
    checks = (Check("order", "passed", "Every response lies before the answer."),)
    question = Question("nps", "first_response_hours", adjust_for=("difficulty",))
    return Relation("jump", question, pd.DataFrame(rows, columns=columns), None, checks, {}, facts)


def added():
    columns = ["term", "level", "estimate", "low", "high", "n", "std_error", "p", "p_holm"]
    rows = [
        (term, block, size, size - 0.01, size + 0.01, 5026, 0.005, 0.0001, 0.0003)
        for term, sizes in (("added", (0.05, 0.03, 0.002)), ("rest", (0.2, 0.25, 0.3)), ("alone", (0.2, 0.15, 0.02)))
        for block, size in zip(("people", "product", "process"), sizes, strict=True)
    ]
    facts = {
        "outcome_label": "NPS", "outcome_phrase": "NPS", "outcome_kind": "nps", "unit": "points", "better": "higher", "customers": 4000,
        "r2_held_out": 0.33, "r2_held_out_low": 0.31, "r2_held_out_high": 0.35, "n_used": 5026, "design": "observed",
    }  # fmt: skip
    drivers = {"people": ("a",), "product": ("b",), "process": ("c",)}
    checks = (Check("all drivers answered", "passed", "All rows have every driver."),)
    return Relation("added", Question("nps", drivers=drivers), pd.DataFrame(rows, columns=columns), None, checks, {}, facts)


EVERY = {"claims": claims, "jump": jump, "added": added}
