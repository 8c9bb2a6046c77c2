"""Relations of `mediation` and `what_if`, written by hand."""

import numpy as np

from cxresearch.ask.question import Absent, Question
from cxresearch.relate.methods import chain as linked
from cxresearch.relate.relation import Relation
from tests.conclude.samples import LABELS, PASSED, SHARE, effect, frame

BLANK = (float("nan"),) * 3
MONEY = {"value_each": 28.3, "cost": 500.0, "chance": 0.9856}


def mediation(indirect=(0.007, 0.003, 0.013), direct=(0.023, 0.001, 0.044), total=(0.030, 0.008, 0.051), share=(0.24, 0.09, 0.72), **facts):
    rows = [("total", "", *total, 660, 660, 0.011, 659.0), ("direct", "", *direct, 660, 660, 0.011, 659.0)]
    rows += [("indirect", "", *indirect, 660, 660, 0.003, 659.0), ("share", "", *share, 660, 660, np.nan, 659.0)]
    rows += [("first", "", 7.5, 3.2, 11.9, 660, 660, 2.2, 659.0), ("second", "", 0.00095, 0.00054, 0.00136, 660, 660, 0.0002, 659.0)]
    known = {
        **LABELS, **SHARE, "row_unit": "customer", "contrast": "halving", "contrast_words": "halving the wait for a first response",
        "mediator": "said_nps", "mediator_label": "NPS answer", "mediator_phrase": "the NPS answer", "mediator_kind": "nps",
        "mediator_unit": "points", "rho": 0.19, "rho_low": 0.11, "rho_high": 0.27,
        "strongest_measured": {"label": "Difficulty of the case", "with_exposure": 0.033, "with_outcome": 0.012},
    }  # fmt: skip
    asked = Question("kept_90d", "first_response_hours", adjust_for=("difficulty", "channel"), mediator="said_nps")
    return Relation("mediation", asked, frame(rows, "customers", "std_error", "df"), None, (PASSED,), {}, {**known, **facts})


def ratings(**facts):
    """Mediation on a mean, no share of the whole to speak of, nothing held alike."""
    known = {"outcome_label": "Loyalty", "outcome_phrase": "loyalty", "outcome_kind": "mean", "unit": "points", "worth": None}
    known |= {"contrast": "+1", "contrast_words": "1 more of quality", "mediator_label": "Satisfaction", "mediator_phrase": "satisfaction"}
    known |= {"mediator_kind": "number", "mediator_unit": "units", "adjusted_for": [], "strongest_measured": None}
    return mediation((0.4, 0.3, 0.5), (-0.1, -0.25, 0.05), (0.3, -0.05, 0.6), BLANK, **known | facts)


def what_if(difference=(4.3, 2.3, 6.3), *, change=("cap", 4.0), **facts):
    rows = [("now", "", 20.2, np.nan, np.nan, 5441, 3425), ("then", "", 20.2 + difference[0], np.nan, np.nan, 5441, 3425)]
    rows += [("difference", "", *difference, 5441, 3425)]
    known = {
        **LABELS, "change": change[0], "amount": change[1], "moved": 0.44, "left": 0.0, "range_low": 0.27, "range_high": 40.4,
        "value_each": None, "cost": None, "chance": None,
    }  # fmt: skip
    asked = Question("nps", "first_response_hours", adjust_for=("difficulty", "channel"))
    return Relation("what_if", asked, frame(rows, "customers"), None, (PASSED,), {}, {**known, **facts})


def worth_it(difference=(0.023, 0.008, 0.037), **facts):
    rows = [("now", "", 0.798, np.nan, np.nan, 2650, 2650), ("then", "", 0.798 + difference[0], np.nan, np.nan, 2650, 2650)]
    money = [end * 2650 * MONEY["value_each"] for end in difference]
    rows += [("difference", "", *difference, 2650, 2650), ("gain", "", *money, 2650, 2650)]
    rows += [("net", "", *(end - MONEY["cost"] for end in money), 2650, 2650)]
    base = what_if(change=("scale", 0.8), **SHARE, **MONEY, row_unit="customer", left=0.05)
    return Relation("what_if", base.question, frame(rows, "customers"), None, (PASSED,), {}, {**base.facts, **facts})


def reopens():
    labels = {"exposure_label": "Reopens", "exposure_unit": "each", "better_exposure": "lower", "adjusted_for": []}
    return what_if((0.15, -0.22, 0.51), change=("scale", 0.5), **labels)


def chain(*links):
    """Service to score, service by way of the answer to staying, and what is not on record."""
    return linked(*(links or (effect(), mediation(), Absent("There is no table of orders."))))


EVERY = {"mediation": mediation, "mediation_of_ratings": ratings, "what_if": what_if, "what_if_money": worth_it, "what_if_halved": reopens}
EVERY |= {"chain": chain}
