import json
from dataclasses import replace

import pytest

from cxresearch.ask.errors import MethodError
from cxresearch.ask.question import Absent
from cxresearch.conclude.charts.figure import plot
from cxresearch.conclude.charts.intervals import strip
from cxresearch.conclude.finding import Finding
from cxresearch.conclude.verdict import conclude, order
from cxresearch.relate.relation import Check
from tests.conclude import samples


@pytest.mark.parametrize("name", samples.EVERY)
def test_every_finding_survives_json(name):
    finding = conclude(samples.EVERY[name]())
    assert Finding.from_json(json.loads(json.dumps(finding.to_json(), allow_nan=False))) == finding


def test_absent_is_passed_on():
    absent = Absent("This study has no contacts.")
    assert conclude(absent) is absent and plot(absent) is absent


def test_worth_of_the_study_and_of_the_call():
    assert conclude(samples.effect()).strength == "clear"
    assert conclude(samples.effect(), worth=3.0).strength == "suggestive"
    assert conclude(samples.effect(), worth=4.0).strength == "negligible"
    assert conclude(samples.effect(worth=None)).strength == "suggestive"
    assert "no smallest worthwhile difference was declared" in conclude(samples.effect(worth=None)).detail


def test_negative_worth_is_refused():
    with pytest.raises(MethodError, match=r"worth is -1.*positive number"):
        conclude(samples.effect(), worth=-1.0)


@pytest.mark.parametrize("within", [(-1.0, -2.0, 0.1), (0.3, -0.5, 1.1)])
def test_the_strictest_comparison_caps(within):
    finding = conclude(samples.effect(within=within))
    assert finding.strength == "suggestive" and "same customer" in finding.detail


def test_a_negligible_answer_is_not_capped_by_a_negligible_strictest_one():
    assert conclude(samples.effect(adjusted=(0.1, -0.5, 0.6), within=(0.1, -0.9, 0.9))).strength == "negligible"


def test_a_failed_check_leaves_inconclusive_and_says_why():
    finding = conclude(samples.effect(checks=[Check("clusters", "failed", "Only 7 customers.")]))
    assert finding.strength == "inconclusive" and "Only 7 customers." in finding.detail and "cannot say" in finding.headline


def test_shares_are_shown_of_100_and_lower_is_better_turns_no_number():
    kept = conclude(samples.effect(**samples.SHARE, adjusted=(0.016, 0.003, 0.029)))
    assert [kept.estimate, kept.low, kept.high] == pytest.approx([1.6, 0.3, 2.9]) and kept.unit == "of 100"
    effort = conclude(samples.effect(better="lower", outcome_kind="mean", outcome_label="Effort", outcome_phrase="the effort score"))
    assert [effort.estimate, effort.low, effort.high] == [2.9, 2.4, 3.5] and "higher" in effort.headline


def test_many_comparisons_are_allowed_for():
    relation = samples.compare()
    relation.estimates["p_holm"] = 0.3
    assert conclude(relation).strength == "inconclusive"


def test_order_puts_the_strongest_first():
    weak, strong, larger = (conclude(samples.effect(adjusted=ends)) for ends in ((1.2, 0.3, 2.9), (2.9, 2.4, 3.5), (9, 8, 10)))
    assert sorted([weak, strong, larger], key=order) == [larger, strong, weak]


def test_a_small_group_is_not_concluded_about():
    relation = samples.measure()
    relation.estimates.loc[0, ["n", "customers"]] = 3
    finding = conclude(relation)
    assert "fewer than 5" in finding.headline and finding.estimate is None


def test_category_names_both_sides():
    relation = samples.effect()
    relation.estimates["level"] = "phone against chat"
    assert conclude(relation).headline == "Among comparable customers, phone rather than chat goes with an NPS 2.9 points higher."


def test_more_rows_are_not_asked_for_where_a_doubt_holds_the_answer_down():
    held = samples.effect().with_checks(Check("clusters", "failed", "Only 6 teams.", "inconclusive"))
    told = conclude(held)
    assert told.strength == "inconclusive" and "would be needed" not in told.detail and told.detail.endswith("Only 6 teams.")
    assert "would be needed" in conclude(samples.effect(adjusted=(0.3, -2.9, 3.5), within=(0.3, -2.9, 3.5))).detail


def test_a_strip_that_a_doubt_holds_down_is_hollow():
    sure = conclude(samples.effect())
    held = replace(sure, strength="inconclusive")
    hollow = "fill: var(--paper); stroke: var(--quiet)"
    assert hollow in strip(held) and hollow not in strip(sure)
