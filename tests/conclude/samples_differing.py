"""Relations of `segments`, `slopes` and `change` written by hand."""

import numpy as np
import pandas as pd

from cxresearch.ask.question import Question
from cxresearch.relate.relation import Check, Relation

PASSED = Check("order", "passed", "Every response lies before the answer it is compared with.")
LABELS = {
    "outcome_label": "NPS", "outcome_phrase": "NPS", "outcome_kind": "nps", "unit": "points", "better": "higher", "worth": 2.0,
    "adjusted_for": ["Difficulty of the case"], "design": "observed", "row_unit": "answer", "by": "team", "by_label": "Team",
    "disclosure_limit": 5, "i2": 0.6, "i2_low": 0.2, "i2_high": 0.8, "cluster_word": "customers",
}  # fmt: skip


def segments(
    levels=("Blue", "Green", "Red", "Violet"), *, out=1, ranked=False, method="segments", terms=("raw", "adjusted", "pooled"), **facts
):
    rows = []
    for term in terms:
        rows.append((term, "", 30.0, 28.0, 32.0, 9000, 4000, *[np.nan] * 7, ""))
        for i, level in enumerate(levels):
            gap, n = (12.0 if i % 2 else -11.0) if i < out else 1.0 + i % 3, 900 + 60 * i
            drawn = 0.8 if term == "pooled" else 1.0
            flag = ("above" if i % 2 else "below") if i < out else ""
            value = 30 + drawn * gap
            rows.append(
                (term, level, value, value - 5, value + 5, n, 400, n, gap, gap - 5, gap + 5, 0.001 if flag else 0.4, 0.01, 0.8, flag)
            )
    rows.append(("tau", "", 4.1, 1.2, 9.0, 9000, 4000, *[np.nan] * 7, ""))
    rows.append(("range", "", 7.5, 1.2, 14.0, 9000, 4000, *[np.nan] * 7, ""))
    names = [
        "term",
        "level",
        "estimate",
        "low",
        "high",
        "n",
        "customers",
        "effective",
        "gap",
        "gap_low",
        "gap_high",
        "p",
        "p_holm",
        "reliability",
    ]
    x = np.geomspace(400, 1500, 30)
    curves = [
        pd.DataFrame({"term": term, "x": x, "estimate": 30.0, "low": 30 - z * 80 / np.sqrt(x), "high": 30 + z * 80 / np.sqrt(x), "n": 0})
        for term, z in (("95%", 1.96), ("family", 2.8))
    ]
    known = {**LABELS, "units": len(levels), "ranked": ranked, "reliability_limit": 0.7, "unreliable": 3, "whole": 30.0, "alike": 0.1}
    frame = pd.DataFrame(rows, columns=[*names, "flag"])
    return Relation(method, Question("nps", by="team"), frame, pd.concat(curves), (PASSED,), {}, {**known, **facts})


def slopes(levels=("Blue", "Green", "Red"), *, out=1, **facts):
    made = segments(levels, out=out, terms=("raw", "pooled"))
    rows = made.estimates.assign(df=900.0, gap_df=900.0)
    shift = np.where(rows["term"].isin(("tau", "range")), 0.0, 27.0)
    rows = rows.assign(**{name: rows[name] - shift for name in ("estimate", "low", "high")})
    known = {name: value for name, value in made.facts.items() if name != "ranked"}
    known |= {"contrast": "halving", "contrast_words": "halving the wait for a first response", "exposure_label": "Time to first response"}
    return Relation("slopes", Question("nps", "first_response_hours", by="team"), rows, None, (PASSED,), {}, {**known, **facts})


def change(ends=(5.1, 2.6, 7.6), *, treated=("Blue", "Green"), design="observed", **facts):
    rows = [("difference", "", *ends, 8000, 3000), ("pre-trend", "", 0.1, -0.4, 0.6, 8000, 3000)]
    rows += [("placebo", f"2024-{month:02d}-01", 0.4, -3.0, 3.8, 8000, 3000) for month in (9, 10, 11, 12)]
    for term, before in (("treated", 18.0), ("comparison", 22.0)):
        rows += [(term, level, before + (level == "after"), before - 2, before + 3, 2000, 900) for level in ("after", "before")]
    when = pd.date_range("2024-07-01", periods=18, freq="MS")
    value = np.where(np.arange(18) < 9, 0.3 * np.sin(np.arange(18)), ends[0])
    curve = pd.DataFrame({"term": "event", "x": when, "estimate": value, "low": value - 6.0, "high": value + 6.0, "n": 400})
    return Relation("change", _asked(design), _frame(rows), curve, (PASSED,), {}, _policy("difference", treated, design) | facts)


def series(ends=(5.1, 2.6, 7.6), **facts):
    rows = [("level", "", *ends, 8000, 3000), ("slope", "", -0.2, -0.9, 0.5, 8000, 3000), ("after", "", 4.3, 1.0, 7.6, 8000, 3000)]
    when, t = pd.date_range("2024-01-01", periods=24, freq="MS"), np.arange(-15, 9)
    line = 20 + 0.1 * t + ends[0] * (t >= 0)
    parts = [("seen", line + np.sin(t), 4.0, t > -99), ("fitted", line, 3.0, t > -99), ("expected", 20 + 0.1 * t, 5.0, t >= 0)]
    curve = pd.concat(
        [
            pd.DataFrame({"term": term, "x": when, "estimate": y, "low": y - half, "high": y + half, "n": 300})[keep]
            for term, y, half, keep in parts
        ]
    )
    checks = (PASSED, Check("comparison group", "doubt", "There is no comparison group.", "suggestive"))
    return Relation("change", _asked("observed"), _frame(rows), curve, checks, {}, _policy("series", (), "observed") | facts)


def _asked(design):
    return Question("nps", by="team", design=design)


def _frame(rows):
    return pd.DataFrame(rows, columns=["term", "level", "estimate", "low", "high", "n", "customers"])


def _policy(kind, treated, design):
    known = {"kind": kind, "at": "1 April 2025", "at_x": "2025-04-01", "every": "month", "treated": treated, "others": ("Red",)}
    known |= {"clusters": 3000, "periods_before": 9, "periods_after": 9, "placebos": 4, "placebos_as_large": 0}
    return {**LABELS, "adjusted_for": [], "design": design, **known}


EVERY = {"segments": segments, "slopes": slopes, "change": change, "change series": series}
