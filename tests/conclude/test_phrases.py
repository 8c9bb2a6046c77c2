"""What a sentence says of an outcome is said of an outcome: counts, shares, money, and what is held equal."""

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.catalog import CATALOG, named
from cxresearch.conclude.charts.figure import plot
from cxresearch.conclude.verdict import conclude
from cxresearch.conclude.words import association, chained, levels, policy, promise, stages
from cxresearch.relate.method import facts_of
from tests.conclude import samples, samples_claims, samples_differing, samples_journey, samples_path

SATISFIED = {"outcome_label": "Satisfied (CSAT)", "outcome_phrase": "satisfied customers", "outcome_kind": "share", "unit": "of 100"}


def asked(outcome, rows=200):
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"who": range(rows), "plan": random.choice(["basic", "pro"], rows), "answered": random.integers(0, 2, rows)})
    frame["transfers"] = frame["reopens"] = frame["replies"] = random.poisson(1.0, rows)
    return cx.from_frame(frame, cx.Question(outcome=CATALOG[outcome], exposure="plan"), customer="who")


@pytest.mark.parametrize(("name", "noun"), [("transfers", "hand-offs"), ("reopens", "reopenings"), ("replies", "replies")])
def test_a_count_as_outcome_is_a_number_of_things(name, noun):
    made = cx.effect(asked(name))
    assert association.headline(made, "inconclusive", None) == (
        f"Whether basic rather than pro goes with a different mean number of {noun}, these data cannot say."
    )
    assert f"a mean number of {noun} " in association.headline(made, "clear", None)
    said = association.detail(made, "clear", None) + association.headline(made, "clear", None)
    assert f"Lower is better for number of {noun}." in said and " each" not in said
    assert "each" in CATALOG[name].phrase and facts_of(asked(name))["outcome_phrase"] == f"the number of {noun}"


def test_invitations_are_answered_more_or_fewer():
    said = association.headline(cx.effect(asked("response_rate")), "clear", None)
    assert "answered invitations in every 100." in said and "the response rate" not in said


def test_no_named_metric_speaks_of_a_step_as_an_outcome():
    known = [*CATALOG.values(), *map(named, ("touches_90d", "touches_failed", "contacts_90d", "channels_90d", "journey_ok"))]
    for metric in known:
        said = metric.as_outcome or metric.phrase
        assert not said.startswith(("each ", "a ")), metric.name
        assert metric.kind != "share" or not said.startswith("the "), metric.name


def test_a_share_is_higher_or_lower_and_not_its_people():
    made = samples.compare("DE", "FR", **SATISFIED)
    made.estimates[["estimate", "low", "high"]] /= 400
    said = conclude(made).headline
    assert said == "The share of satisfied customers is 5.0 of 100 higher for DE than for FR, with the same mix."
    assert levels.compare_headline(made, "inconclusive", None).startswith("Whether the share of satisfied customers differs between")
    assert levels.compare_title(made) == "The share of satisfied customers is higher for DE than for FR"
    jump = samples_claims.jump()
    jump.facts.update(SATISFIED)
    assert promise.headline(jump, "inconclusive", None) == (
        "Whether the share of satisfied customers jumps where the promise is broken, these data cannot say."
    )
    assert promise.subtitle(jump).startswith("The share of satisfied customers where the promise was broken, less")
    path = stages.title(samples_journey.journey_map(**SATISFIED))
    assert path == "The path in 4 stages: the share of satisfied customers is lowest after “buy”"
    assert "the share of satisfied customers moved up" in policy.title(samples_differing.change(**SATISFIED))
    assert levels.compare_title(samples.compare()) == "NPS is higher for No problem than for A problem"


def test_given_earlier_value_that_much_is_held_equal():
    finding = conclude(samples_journey.value(adjusted_for=[], worth=1.0))
    assert finding.headline.startswith("Given earlier value, ") and finding.strength == "suggestive"
    assert "nothing but earlier value is held equal" in finding.detail and "nothing is held equal" not in finding.detail + finding.sure


def test_the_last_link_of_a_chain_has_its_currency():
    life = samples_journey.lifetime(currency="EUR")
    assert conclude(life).unit == "EUR" and conclude(samples_journey.lifetime()).unit == ""
    link = chained.links(samples_path.chain(samples.effect(), life))[-1]
    assert link.said.partition(" (")[0].endswith(" EUR")
    assert plot(life).alt.startswith("Over 24 months")
