"""Relations written by hand, in the form that every method agrees to give."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd

from cxresearch.ask.question import Question
from cxresearch.relate.relation import Check, Relation

PASSED = Check("order", "passed", "Every response lies before the answer it is compared with.")
LABELS = {
    "outcome_label": "NPS",
    "outcome_phrase": "NPS",
    "outcome_kind": "nps",
    "unit": "points",
    "better": "higher",
    "worth": 2.0,
    "exposure_label": "Time to first response",
    "exposure_unit": "hours",
    "better_exposure": "lower",
    "adjusted_for": ["Difficulty of the case", "Channel"],
    "design": "observed",
    "row_unit": "answer",
}
SHARE = {
    "outcome_label": "Customers kept 90 days",
    "outcome_phrase": "customers kept",
    "outcome_kind": "share",
    "unit": "of 100",
    "worth": 1.0,
}


def frame(rows, *extra):
    return pd.DataFrame(rows, columns=["term", "level", "estimate", "low", "high", "n", *extra])


def effect(naive=(5.3, 4.8, 5.8), adjusted=(2.9, 2.4, 3.5), within=(2.5, 1.8, 3.2), *, checks=(PASSED,), design="observed", **facts):
    rows = [("naive", *naive), ("adjusted", *adjusted), ("within", *within)]
    table = frame([(term, "", a, b, c, 24318, 10055, 0.2, 900.0) for term, a, b, c in rows], "customers", "std_error", "df")
    known = {
        **LABELS,
        "contrast": "halving",
        "contrast_words": "halving the wait for a first response",
        "clusters": 10055,
        "robustness_value": 0.064,
        "strongest_measured": {"label": "Difficulty of the case", "with_exposure": 0.04, "with_outcome": 0.02},
    }
    question = Question("nps", "first_response_hours", adjust_for=("difficulty", "channel"), design=design)
    return Relation("effect", question, table, checks=tuple(checks), facts={**known, "design": design, **facts})


def dose(reached=(1.93, 1.17, 2.75), *, missed=0.0, log=True, **facts):
    x = np.linspace(-2, 5, 41) if log else np.linspace(-20, 20, 41)
    bend = 45 - 16 / (1 + np.exp(-(x - 2) / (0.7 if log else 3)))
    raw = bend + 6 - 1.8 * (x + 2) * (1 if log else 0.2)
    at = 2**x if log else x
    parts = [
        pd.DataFrame({"term": term, "x": at, "estimate": y, "low": y - gap, "high": y + gap, "n": 0})
        for term, y, gap in (("adjusted", bend, 1.8), ("raw", raw, 1.5))
    ]
    edges = np.linspace(x[0], x[-1], 30)
    heights = (2000 * np.exp(-0.5 * ((edges[:-1] - x.mean()) / x.std()) ** 2)).astype(int)
    left, right = (2 ** edges[:-1], 2 ** edges[1:]) if log else (edges[:-1], edges[1:])
    parts.append(pd.DataFrame({"term": "answers", "x": left, "x_right": right, "n": heights}))
    curve = pd.concat(parts, ignore_index=True)
    rows = [("fast_enough", "", *reached, 24318, np.nan)]
    for value, label in (
        ((1.0, "1 hour"), (2.0, "2 hours"), (4.0, "4 hours"), (8.0, "8 hours"), (24.0, "1 day"))
        if log
        else ((-5.0, "−5 days"), (3.0, "3 days"))
    ):
        rows += [
            ("adjusted", label, 40 - value, 38 - value, 42 - value, 24318, value),
            ("raw", label, 42 - value, 40 - value, 44 - value, 24318, value),
        ]
    known = {
        **LABELS,
        "log_scale": log,
        "p_nonlinear": 0.0004,
        "agrees_with_none": missed,
        "range_low": float(at[0]),
        "range_high": float(at[-1]),
    }
    if not log:
        known |= {
            "exposure_label": "Days past the promise",
            "exposure_unit": "days",
            "outcome_label": "Mean score",
            "outcome_phrase": "the score",
            "outcome_kind": "mean",
            "worth": 0.2,
        }
    return Relation("dose_response", Question("nps", "first_response_hours"), frame(rows, "x"), curve, (PASSED,), {}, {**known, **facts})


def drivers(
    labels=("Skill of the agent", "Kindness", "Product works", "Easy to use", "Process simple", "Process clear"), *, p_top=0.97, **facts
):
    values = np.linspace(0.06, 0.004, len(labels))
    blocks = ["people", "people", "product", "product", "process", "process"]
    rows = []
    for i, (label, value) in enumerate(zip(labels, values, strict=True)):
        block = blocks[i % 6]
        for level, estimate in (("lmg", value), ("johnson", value * 1.02)):
            rows.append(
                (
                    f"d{i}",
                    level,
                    estimate,
                    estimate * 0.8,
                    estimate * 1.2,
                    9120,
                    estimate / 0.19,
                    p_top if i == 0 else 0.03,
                    i + 1,
                    i + 1,
                    0.006,
                    label,
                    block,
                    "Service",
                )
            )
    for block, value in (("people", 0.09), ("product", 0.06), ("process", 0.04)):
        rows.append((block, "block", value, value * 0.85, value * 1.15, 9120, value / 0.19, 0.5, 1, 2, 0.008, block, block, ""))
    rows.append(("unexplained", "unexplained", 0.81, 0.79, 0.83, 9120, np.nan, np.nan, np.nan, np.nan, np.nan, "Unexplained", "", ""))
    table = frame(rows, "share", "p_top", "rank_low", "rank_high", "noise", "label", "block", "owner")
    known = {
        **LABELS,
        "r2": 0.19,
        "r2_low": 0.17,
        "r2_high": 0.21,
        "n_used": 9120,
        "n_eligible": 10400,
        "left_out": [["Parking", "answered by 41 of 100"]],
    }
    return Relation(
        "drivers", Question("nps", drivers={"people": ("d0", "d1")}), table, None, (PASSED,), {"draws": 1000}, {**known, **facts}
    )


def retention(
    groups=("fastest third: under 1.9 hours", "middle third: 1.9 to 7 hours", "slowest third: over 7 hours"), *, gap=0.02, **facts
):
    rows = [("kept", name, 0.91 - gap * i, 0.90 - gap * i, 0.92 - gap * i, 3300) for i, name in enumerate(groups)]
    rows += [("stayed", name, 86.2 - i, 85.9 - i, 86.5 - i, 3300) for i, name in enumerate(groups)]
    rows += [("median", name, np.nan, 400.0 if i else np.nan, np.nan, 3300) for i, name in enumerate(groups)]
    rows += [("stayed_difference", f"{groups[0]} less {groups[-1]}", 2.0, 1.6, 2.4, 6600)] if len(groups) > 1 else []
    days = np.arange(0, 121, 3)
    curves = []
    for i, name in enumerate(groups):
        kept = 1 - (0.09 + gap * i) * days / 90
        curves.append(
            pd.DataFrame(
                {"term": name, "x": days, "estimate": kept, "low": kept - 0.0001 * days, "high": kept + 0.0001 * days, "n": 3300 - days}
            )
        )
    known = {
        **LABELS,
        **SHARE,
        "days": 90,
        "landmark": "30 June 2025",
        "logrank_p": 0.0003,
        "logrank_df": 2,
        "event_label": "leaving",
        "row_unit": "customer",
    }
    return Relation(
        "retention",
        Question("retention", "first_response_hours"),
        frame(rows),
        pd.concat(curves, ignore_index=True),
        (PASSED,),
        {},
        {**known, **facts},
    )


def measure(levels=("Basic", "Plus", "Pro"), **facts):
    rows = [("nps", "", 38.5, 37.6, 39.4, 25102, 10200)]
    rows += [("nps", level, 38.5 + i, 36.0 + i, 41.0 + i, 6000 - i, 3000) for i, level in enumerate(levels)]
    known = {**LABELS, "by": "segment", "by_label": "Segment"}
    return Relation("measure", Question("nps", by="segment"), frame(rows, "customers"), None, (PASSED,), {}, {**known, **facts})


def trend(months=18, *, odd=(4,), **facts):
    x = pd.date_range("2024-01-01", periods=months, freq="MS")
    value = 38 + np.sin(np.arange(months)) + np.array([6.0 if i in odd else 0.0 for i in range(months)])
    curve = pd.DataFrame(
        {
            "term": "trend",
            "x": x,
            "estimate": value,
            "low": value - 2.5,
            "high": value + 2.5,
            "n": 1200,
            "band_low": 35.0,
            "band_high": 41.5,
            "outside": [i in odd for i in range(months)],
        }
    )
    table = frame([("nps", "", 38.5, 37.6, 39.4, 25102, 10200)], "customers")
    return Relation("measure", Question("nps"), table, curve, (PASSED,), {"every": "month"}, {**LABELS, **facts})


def compare(first="No problem", second="A problem", *, adjusted=True, **facts):
    level = f"{first} less {second}"
    rows = [("raw", level, 24.8, 19.0, 30.6, 2746, 0.0001, 0.0003, 0.0002)]
    rows += [("adjusted", level, 20.1, 14.2, 26.0, 2746, 0.0001, 0.0003, 0.0002)] if adjusted else []
    table = frame(rows, "p", "p_holm", "p_bh")
    return Relation(
        "compare", Question("nps", by="problem"), table, None, (PASSED,), {}, {**LABELS, "by": "problem", "by_label": "Problem", **facts}
    )


def audit(months=18):
    rows = [
        ("contacts: read", "rows", np.nan, np.nan, np.nan, 118482, ""),
        ("contacts: resolved before opened", "quarantined", 0.0026, np.nan, np.nan, 311, "set aside"),
        ("contacts: priority", "missing", 0.12, np.nan, np.nan, 14000, ""),
        ("surveys: invited", "answered", 0.31, 0.307, 0.313, 81060, ""),
    ]
    curve = pd.DataFrame({"term": ["contacts"] * months, "x": pd.period_range("2024-01", periods=months, freq="M").to_timestamp()})
    curve = curve.assign(n=4000, odd="", estimate=4000.0, low=np.nan, high=np.nan)
    curve.loc[curve.index.isin((5, 6)), ["n", "odd"]] = (70, "few")
    return Relation("audit", Question("nps"), frame(rows, "detail"), curve if months else None, (PASSED,), {}, {"row_unit": "row"})


def scorecard():
    rows = [
        ("nps", "", 38.5, 37.6, 39.4, 25102, "NPS", "points", "nps", "higher", "experience"),
        ("csat", "", 0.812, 0.80, 0.82, 9102, "Satisfied (CSAT)", "of 100", "share", "higher", "experience"),
        ("csat", "business", 0.85, 0.84, 0.86, 4102, "Satisfied (CSAT)", "of 100", "share", "higher", "experience"),
        ("csat", "consumer", 0.78, 0.77, 0.79, 5000, "Satisfied (CSAT)", "of 100", "share", "higher", "experience"),
        ("first_response_hours", "", 3.0, 2.95, 3.05, 118055, "Time to first response (median)", "hours", "duration", "lower", "service"),
    ]
    return Relation("scorecard", Question("nps"), frame(rows, "label", "unit", "kind", "better", "side"), None, (PASSED,), {}, {})


EVERY = {
    "effect": effect,
    "dose_response": dose,
    "drivers": drivers,
    "retention": retention,
    "measure": measure,
    "trend": trend,
    "compare": compare,
    "audit": audit,
    "scorecard": scorecard,
}
for path in sorted(Path(__file__).parent.glob("samples_*.py")):  # each has an EVERY of its own
    EVERY |= getattr(import_module(f"tests.conclude.{path.stem}"), "EVERY", {})
