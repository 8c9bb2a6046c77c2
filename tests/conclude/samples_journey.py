"""Relations of `journey`, `recovery`, `aggregators` and `repeat`, written by hand."""

import numpy as np
import pandas as pd

from cxresearch.ask.period import EVERYTHING
from cxresearch.ask.question import Question
from cxresearch.relate.relation import Relation
from tests.conclude.samples import LABELS, PASSED, SHARE, frame

CUT = {"cut": 3.34, "target": None, "failed_level": "something failed", "whole_level": "nothing failed", "clusters": 1651, "n_used": 2530}
RECORD = {"period": EVERYTHING, "record": "1 January 1997 to 30 June 1998", "where": {}}
REST = (2.1, 1650.0, 40.0, np.nan)


def journey(outweighs=(-9.4, -13.8, -5.0), *, scale=1.0, **facts):
    rows = [("corner", "whole, good", 38.9, 34.2, 43.6, 1141), ("corner", "whole, poor", 31.9, 27.0, 36.8, 1150)]
    rows += [("corner", "failed, good", 22.5, 12.0, 33.0, 118), ("corner", "failed, poor", 15.4, 4.1, 26.7, 121)]
    rows += [("contrast", "outweighs", *outweighs, 1268), ("contrast", "short of", -16.4, -26.0, -6.8, 1259)]
    rows += [
        ("service", "whole", 7.0, 1.0, 13.0, 2291),
        ("service", "failed", 7.1, -8.0, 22.2, 239),
        ("interaction", "", -0.1, -16.0, 15.8, 2530),
    ]
    table = frame([(*row, *REST) for row in rows], "std_error", "df", "raw", "customers")
    table[["estimate", "low", "high"]] *= scale
    question = Question("nps", "first_response_hours", adjust_for=("difficulty",), by="journey")
    return Relation("journey", question, table, None, (PASSED,), {"target": None}, {**LABELS, **CUT, **facts})


def recovery(against=(-3.1, -5.6, -0.6), *, open_=True, scale=1.0, **facts):
    rows = [("group", "never failed", 26.1, 23.8, 28.4, 4710), ("group", "failed and recovered", 23.0, 17.9, 28.1, 792)]
    rows += [("group", "failed, not recovered", -8.0, -19.0, 3.0, 140)] if open_ else []
    rows += [("difference", "recovered less never", *against, 5502)]
    rows += (
        [("difference", "recovered less open", 31.0, 19.0, 43.0, 932), ("difference", "open less never", -34.1, -45.0, -23.2, 4850)]
        if open_
        else []
    )
    table = frame([(*row, *REST) for row in rows], "std_error", "df", "raw", "customers")
    table[["estimate", "low", "high"]] *= scale
    known = {**LABELS, "clusters": 2718, "n_used": 5642}
    return Relation("recovery", Question("nps", adjust_for=("difficulty",), by="recovery"), table, None, (PASSED,), {}, {**known, **facts})


def aggregators(tied=(), *, best=(0.031, 0.013, 0.049), **facts):
    names = ["last_wait", "peak_end_wait", "mean_wait", "worst_wait"]
    labels = dict(zip(names, ["Wait: last", "Wait: worst and last", "Wait: mean", "Wait: worst"], strict=True))
    rows = [("held_out", name, best[0] - 0.006 * i, best[1] - 0.006 * i, best[2] - 0.006 * i, 1417, labels[name], -3.1, 1 - 0.1 * i, np.nan)
            for i, name in enumerate(names)]  # fmt: skip
    rows += [("difference", f"last_wait less {name}", 0.006 * i, 0.001, 0.012 * i, 1417, "", np.nan, np.nan, 0.4 if name in tied else 0.001)
             for i, name in enumerate(names) if i]  # fmt: skip
    known = {**LABELS, "best": "last_wait", "tied": list(tied), "n_used": 1417, "clusters": 1417, "labels": labels, "row_unit": "customer"}
    table = frame(rows, "label", "slope", "with_best", "p_holm")
    return Relation("aggregators", Question("nps", drivers=tuple(names)), table, None, (PASSED,), {"folds": 10}, {**known, **facts})


def repeat(cohorts=("1997-01", "1997-02", "1997-03"), *, sizes=(7846, 8476, 7248), months=12, **facts):
    again = 0.49 * (1 - np.exp(-(np.arange(months + 1) + 0.6) / 4))
    curves = [pd.DataFrame({"term": term, "x": np.arange(months + 1), "estimate": again + 0.01 * i, "low": again + 0.01 * i - 0.006,
                            "high": again + 0.01 * i + 0.006, "n": size, "again": 1})
              for i, (term, size) in enumerate(zip(("", *cohorts), (sum(sizes), *sizes), strict=True))]  # fmt: skip
    rows = [("within", str(k), again[k], again[k] - 0.006, again[k] + 0.006, sum(sizes), 1) for k in range(1, months + 1)]
    rows += [("ever", "", 0.489, 0.482, 0.495, sum(sizes), 1)]
    rows += [("cohort", term, 0.49, 0.48, 0.50, size, 1) for term, size in zip(cohorts, sizes, strict=True)]
    known = {**LABELS, **SHARE, "outcome_label": "Customers who order again", "outcome_phrase": "customers who order again",
             "months": months, "customers": sum(sizes), "row_unit": "customer", "adjusted_for": [], **RECORD}  # fmt: skip
    made = pd.concat(curves, ignore_index=True)
    return Relation("repeat", Question("repeat"), frame(rows, "again"), made, (PASSED,), {"months": months}, {**known, **facts})


EVERY = {
    "journey": journey,
    "journey_unknown": lambda: journey((1.2, -9.0, 11.4), adjusted_for=[], worth=None),
    "journey_outweighed": lambda: journey((9.4, 5.0, 13.8)),
    "journey_share": lambda: journey(scale=0.01, **SHARE),
    "recovery": recovery,
    "recovery_paradox": lambda: recovery((8.1, 4.6, 11.6), open_=False),
    "recovery_share": lambda: recovery(scale=0.01, **SHARE),
    "aggregators": aggregators,
    "aggregators_tied": lambda: aggregators(("mean_wait", "peak_end_wait")),
    "aggregators_nothing": lambda: aggregators(("mean_wait",), best=(0.002, -0.004, 0.008)),
    "repeat": repeat,
    "repeat_some": lambda: repeat(where={"market": ["DE", "FR"]}),
    "repeat_period": lambda: repeat(period="1 January to 31 March 1997"),
    "repeat_one": lambda: repeat(("2024-01",), sizes=(3,), months=1),
}


def value(there=(4.1, 1.2, 7.0), back=(0.12, 0.02, 0.22), **facts):
    rows = [("experience to value", "", *there, 1410, 2.05), ("value to experience", "", *back, 620, 37.8)]
    rows += [("value to value", "", 12.1, 9.0, 15.2, 1410, 37.8), ("experience to experience", "", 0.8, 0.6, 1.0, 620, 2.05)]
    table = frame([(*row, row[2] / 30) for row in rows], "step", "standard")
    known = {**LABELS, "outcome_label": "Later value", "outcome_phrase": "later value", "outcome_kind": "mean", "unit": "", "worth": None,
             "adjusted_for": ["Plan"], "experience_label": "Earlier score: mean", "experience_unit": "points",
             "clusters": 1410}  # fmt: skip
    asked = Question("revenue_after", "mean_score_90d", drivers={"before": "revenue_before", "after": "score_after"})
    return Relation("value", asked, table, None, (PASSED,), {}, {**known, **facts})


def lifetime(months=24, *, customers=4000, **facts):
    x = np.arange(1, months + 1)
    kept = np.exp(-x / 26)
    paths = {"value": (110 * (1 - kept), 4.0), "revenue": (4.4 + 0 * x, 0.8), "kept": (kept, 0.02)}
    curve = pd.concat([pd.DataFrame({"term": term, "x": x, "estimate": path, "low": path - gap, "high": path + gap, "n": 1500 - x})
                       for term, (path, gap) in paths.items()], ignore_index=True)  # fmt: skip
    rows = [(term, "", path[-1], path[-1] - gap, path[-1] + gap, customers, customers)
            for term, (path, gap) in (("lifetime", paths["value"]), ("kept", paths["kept"]))]  # fmt: skip
    known = {**LABELS, "outcome_label": "Lifetime value", "outcome_kind": "mean", "unit": "", "months": months, "discount": 0.1,
             "leaving": True, "customers": customers, "row_unit": "customer", "adjusted_for": [], **RECORD}  # fmt: skip
    return Relation("lifetime", Question("lifetime"), frame(rows, "customers"), curve, (PASSED,), {"months": months}, {**known, **facts})


EVERY |= {
    "value": value,
    "value_unknown": lambda: value((1.0, -3.0, 5.0), (0.1, -0.3, 0.5), adjusted_for=[]),
    "value_one_way": lambda: value((-4.0, -7.0, -1.0), (0.1, -0.3, 0.5), worth=5.0),
    "lifetime": lifetime,
    "lifetime_orders_only": lambda: lifetime(12, leaving=False, discount=0.0),
    "lifetime_some": lambda: lifetime(where={"segment": "<b>"}, record=""),
    "lifetime_few": lambda: lifetime(3, customers=3),
}


def journey_map(stages=("buy", "start", "use", "renew"), *, told=True, gap=9.0, people=1500, **facts):
    rows = []
    for i, stage in enumerate(stages):
        rows += [("contacts", stage, 0.36, np.nan, np.nan, 900, people), ("lost", stage, 0.2, 0.18, 0.22, people, people)]
        rows += [("next", stage, 0.4, 0.37, 0.43, people, people)] if stage != stages[-1] else []
        rows += [("ok", stage, 0.93, 0.91, 0.95, 2700, people)]
        rows += [("satisfaction", stage, 20.0 + gap * i, 16.0 + gap * i, 24.0 + gap * i, 237, 221)] if told else []
    known = {**LABELS, "stages": list(stages), "days": 30, "adjusted_for": []}
    return Relation("journey_map", Question("nps"), frame(rows, "customers"), None, (PASSED,), {"days": 30}, {**known, **facts})


LONG = "A stage with a very long name & <b> that nobody could print in full"
EVERY |= {
    "journey_map": journey_map,
    "journey_map_silent": lambda: journey_map(told=False),
    "journey_map_alike": lambda: journey_map(gap=0.5),
    "journey_map_long": lambda: journey_map([f"{LONG} {i}" for i in range(9)]),
    "journey_map_effort": lambda: journey_map(
        ("one", "two"), outcome_label="Effort", outcome_phrase="the effort score", outcome_kind="mean", better="lower"
    ),
    "journey_map_few": lambda: journey_map(("only",), people=3),
}  # fmt: skip
