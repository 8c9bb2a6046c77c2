import re
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.conclude.charts.figure import plot
from cxresearch.conclude.finding import STRENGTHS
from cxresearch.conclude.verdict import conclude
from cxresearch.conclude.voice import voice_of
from cxresearch.conclude.words import association, enough, importance, levels, staying
from cxresearch.conclude.words.numbers import MINUS, clock, digits_for, number, percent, span
from tests.conclude import samples

# Words that say one thing brings about another. Never on observed data.
CAUSAL = re.compile(
    r"\b(caus(e|es|ed|ing|al)|leads? to|led to|leading to|driv(e|es|en|ing)|improv\w*|rais(e|es|ed|ing)|increas\w*|decreas\w*|reduc\w*"
    r"|boost\w*|lift\w*|lowers|lowered"
    r"|because|due to|thanks to|owing to|impact\w*|effects?|affect\w*|influenc\w*|results? in|resulted|brings?|makes?"
    r"|produc(e|es|ed|ing)|yield\w*|creat\w*|prevent\w*"
    r"|consequence\w*|contribut\w*|determin\w*|chang(e|es|ed|ing)|help\w*|hurt\w*|harm\w*|so that|representative)\b",
    re.IGNORECASE,
)
EDGES = st.floats(-30, 30).filter(lambda value: abs(value) > 1e-6)
KINDS = [
    {},
    samples.SHARE,
    {"outcome_label": "Mean score", "outcome_phrase": "the score", "outcome_kind": "mean"},
    {"outcome_label": "Effort", "outcome_phrase": "the effort score", "outcome_kind": "mean", "better": "lower"},
    {"outcome_label": "Spending", "outcome_phrase": "spending", "outcome_kind": "number", "unit": "euros", "better": "neither"},
]


def ends(three, factor):
    low, estimate, high = sorted(three)
    return estimate * factor, low * factor, high * factor


def sentences(relation, worth=None):
    finding = conclude(relation, worth=worth)
    voice = voice_of(relation.method)
    headline, detail = voice.headline, voice.detail
    more = [voice.sure(relation, word, finding.worth) for word in STRENGTHS] + [check.detail for check in finding.more]
    more += [part for word in STRENGTHS for part in voice.short(relation, word, finding.worth, finding.headline)]
    every = [headline(relation, word, finding.worth) for word in STRENGTHS] + [detail(relation, word, finding.worth) for word in STRENGTHS]
    picture = voice.picture and voice.picture(relation)
    drawn = [words(relation) for words in (picture.title, picture.subtitle, picture.alt, picture.note)] if picture else []
    return [finding.headline, finding.detail, finding.sure, *every, *more, *drawn]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.tuples(EDGES, EDGES, EDGES),
    st.tuples(EDGES, EDGES, EDGES),
    st.tuples(EDGES, EDGES, EDGES),
    st.booleans(),
    st.sampled_from([None, 0.5, 2.0, 8.0]),
)
def test_no_cause_verb_on_observed_data(kind, naive, adjusted, within, held, worth):
    factor = 0.01 if kind.get("outcome_kind") == "share" else 1.0
    three = (ends(each, factor) for each in (naive, adjusted, within))
    relation = samples.effect(*three, **{**kind, "worth": worth, **({} if held else {"adjusted_for": []})})
    for sentence in sentences(relation):
        assert not CAUSAL.search(sentence), sentence
        assert "nan" not in sentence and "None" not in sentence and "  " not in sentence, sentence
        assert not re.search(r"(^|[\s(])-\d", sentence), sentence


@pytest.mark.parametrize(
    "make",
    [
        *(make for name, make in samples.EVERY.items()),
        lambda: samples.dose(log=False),
        lambda: samples.dose((float("nan"),) * 3, missed=0.99),
        lambda: samples.dose(missed=0.4),
        lambda: samples.dose(worth=None),
        lambda: samples.drivers(p_top=0.4),
        lambda: samples.drivers(["one"]),
        lambda: samples.retention(gap=0),
        lambda: samples.retention(gap=-0.02),
        lambda: samples.retention(["all"]),
        lambda: samples.trend(odd=()),
        lambda: samples.measure(()),
        lambda: samples.compare(adjusted=False),
    ],
)
def test_every_method_speaks_without_causes(make):
    for sentence in sentences(make()):
        assert not CAUSAL.search(sentence), sentence
        assert "nan" not in sentence and "None" not in sentence, sentence


@pytest.mark.parametrize("word", ["clear", "suggestive", "negligible", "inconclusive"])
def test_only_an_experiment_changes_anything(word):
    assert "goes with" in association.headline(samples.effect(), word, 2.0)
    assert "changes" in association.headline(samples.effect(design="experiment"), word, 2.0)
    assert "changes" in association.headline(samples.effect(design="quasi-experiment"), word, 2.0)


def test_headlines_as_people_read_them():
    speed = samples.effect()
    assert (
        conclude(speed).headline == "Among comparable customers, halving the wait for a first response goes with an NPS 2.9 points higher."
    )
    assert (
        association.headline(speed, "inconclusive", 2.0)
        == "Whether halving the wait for a first response goes with a higher NPS, these data cannot say."
    )
    assert association.headline(speed, "negligible", 2.0).endswith("goes with no difference in NPS worth acting on.")
    kept = samples.effect(**samples.SHARE, adjusted=(0.016, 0.003, 0.029))
    assert conclude(kept).headline.endswith("goes with 1.6 more customers kept in every 100.")


def test_nothing_held_equal_is_said_first():
    finding = conclude(samples.effect(adjusted_for=[]))
    assert finding.headline.startswith("As recorded, nothing held equal, ") and "comparable" not in finding.headline
    assert finding.strength == "suggestive" and "No confounder was declared" in finding.detail


def test_naive_and_within_disagreement_is_said_in_lines_of_their_own():
    finding = conclude(samples.effect(within=(-1.0, -2.0, 0.1)))
    naive, within, _ = finding.more
    assert (
        naive.detail.startswith("As recorded, nothing held equal: 5.3 points (4.8 to 5.8), 1.8 times as large.")
        and naive.status == "passed"
    )
    assert within.detail.startswith(f"The same customer at different times: {MINUS}1.0 points ({MINUS}2.0 to 0.1), on the other side.")
    assert within.status == "doubt" and "As recorded" not in finding.detail and len(finding.detail) < 260


def test_hidden_reason_is_compared_with_the_strongest_measured():
    passed = conclude(samples.effect()).more[-1]
    assert "would have to explain 6.4% of what is left unexplained, both in time to first response and in NPS" in passed.detail
    assert (
        "Difficulty of the case, the strongest that was measured, explains 4.0% of time to first response and 2.0% of NPS" in passed.detail
    )
    assert passed.status == "passed" and passed.detail.endswith("another one like it would not be enough.")
    weak = conclude(samples.effect(robustness_value=0.03))
    assert weak.more[-1].status == "doubt" and weak.more[-1].detail.endswith("another one like it would be enough.")
    assert weak.short[1] == "Yes, as far as was measured" and "A hidden reason as strong as difficulty of the case" in weak.sure


def test_the_first_screen_answers_in_plain_words():
    question, answer, sentence = conclude(samples.effect()).short
    assert (question, answer) == ("Does speed matter here?", "Yes") and sentence == conclude(samples.effect()).headline
    assert conclude(samples.effect(adjusted=(0.1, -0.5, 0.6))).short[1] == "No difference worth acting on"
    assert conclude(samples.effect(adjusted=(0.5, -2.5, 3.5))).short[1] == "Not known"
    kept = conclude(samples.effect(**samples.SHARE, adjusted=(0.016, 0.013, 0.019), within=(0.016, 0.013, 0.019)))
    assert kept.short[:2] == ("Do customers who are served sooner stay?", "Yes") and kept.short[2].endswith("in every 100 (1.3 to 1.9).")
    assert conclude(samples.dose()).short[1] == "About 1 h 55 min (1 h 10 min to 2 h 45 min)"
    assert conclude(samples.scorecard()).short[:2] == ("Where do we stand?", "NPS is 38.5 (37.6 to 39.4)")


def test_more_data_needed_is_a_number():
    assert re.search(r"About [\d,]+ answers would be needed to tell", conclude(samples.effect(adjusted=(0.5, -2.5, 3.5))).detail)


def test_drivers_never_without_the_unexplained_part():
    for p_top in (0.3, 0.85, 0.97):
        detail = importance.detail(samples.drivers(p_top=p_top), "suggestive")
        assert "R² 0.19" in detail and "81% stays unexplained" in detail
    assert "skill of the agent explains most" in importance.headline(samples.drivers(), "suggestive")
    assert "probably explains most" in importance.headline(samples.drivers(p_top=0.85), "suggestive")
    assert "these data cannot say which explains most" in importance.headline(samples.drivers(p_top=0.4), "suggestive")
    assert importance.headline(samples.drivers(), "inconclusive") == "What explains most of the differences in NPS, these data cannot say."
    assert [check.status for check in conclude(samples.drivers()).more] == ["passed", "doubt"]
    assert conclude(samples.drivers()).more[1].detail == "Not told apart from noise: process clear."


def test_fast_enough():
    assert conclude(samples.dose()).headline == (
        "Among comparable customers, up to about 1 h 55 min a faster answer goes with less than 2 points more; "
        "the point may lie anywhere from 1 h 10 min to 2 h 45 min."
    )
    assert "95% interval 1 h 10 min to 2 h 45 min" in conclude(samples.dose()).detail
    missed = conclude(samples.dose((float("nan"), 20.0, 32.0), missed=0.99))
    assert missed.strength == "negligible" and "no faster answer within 15 min to" in missed.headline
    unsure = conclude(samples.dose(missed=0.3))
    assert unsure.strength == "inconclusive" and "a curve that falls as far would come up in 30% of samples" in unsure.detail
    wide = conclude(samples.dose((0.6, 0.3, 9.0)))
    assert wide.strength == "suggestive" and wide.headline == (
        "Among comparable customers, beyond 9 h a faster answer goes with at least 2 points more, below 18 min with less; "
        "in between these data cannot say."
    )
    assert enough.headline(samples.dose(), "clear", None).endswith("no smallest worthwhile difference was declared.")


def test_who_stays_is_said_of_100():
    assert "40 more of every 1,000 customers stay 90 days" in staying.headline(samples.retention(), "suggestive", 1.0)


def test_months_outside_are_named_and_no_arrow_is_drawn():
    finding = conclude(samples.trend())
    assert finding.headline == "1 of 18 months of NPS lies outside the control band." and "May 2024 (above)" in finding.detail
    assert not set("↑↓→▲▼") & set(finding.headline + finding.detail)


def test_numbers():
    assert [number(v) for v in (-1.74, -0.02, 1234567.0, float("nan"))] == [f"{MINUS}1.7", "0.0", "1,234,567.0", "not known"]
    assert span(-9, 17, 0) == f"{MINUS}9 to 17"
    assert [clock(v, "hours") for v in (0.004, 0.3, 1.0, 5.21, 24, 60)] == ["14 s", "18 min", "1 h", "5 h 15 min", "1 day", "2.5 days"]
    assert percent(0.0001) == "under 0.1%"


@given(st.floats(-50, 50), st.floats(0.01, 20), st.sampled_from([0.5, 1.0, 2.0]))
def test_rounding_never_moves_an_end_across_worth_or_zero(low, width, worth):
    high = low + width
    digits = digits_for(low, high, usual=1, marks=(0.0, worth, -worth))
    if digits < 4:
        assert all((end > mark) == (round(end, digits) > mark) for end in (low, high) for mark in (0.0, worth, -worth))


def test_a_point_that_could_lie_anywhere_is_not_named():
    finding = conclude(samples.dose((0.3, 0.25, 30.0)))
    assert finding.strength == "inconclusive"
    assert finding.headline == "Up to which point time to first response is good enough, these data cannot say."
    assert "may lie anywhere" not in finding.sure
    vague, placed = plot(samples.dose((0.3, 0.25, 30.0))), plot(samples.dose())
    assert ">Best guess<" in vague.wide and ">Fast enough<" not in vague.wide
    assert "Best guess: about 18 min (15 min to 1.2 days)." in vague.alt
    assert ">Fast enough<" in placed.wide and "Fast enough: about 1 h 55 min (1 h 10 min to 2 h 45 min)." in placed.alt


def test_where_nothing_in_the_range_is_too_late_anything_in_it_is_fast_enough():
    nan = float("nan")
    question, answer, sentence = conclude(samples.dose((nan, nan, nan), missed=0.999)).short
    assert (question, answer) == ("How fast is fast enough?", "Anywhere within 15 min to 1.3 days")
    assert sentence.startswith("Among comparable customers, no faster answer within 15 min to 1.3 days goes with")


def test_those_still_waiting_are_no_end_of_a_comparison():
    relation = samples.retention(("fastest third: a", "slowest third: b", "not yet answered"))
    finding = conclude(relation)
    assert "“fastest third” than in “slowest third”" in finding.headline and "not yet answered: 870" in finding.more[0].detail


def test_curves_of_few_customers_are_not_drawn_and_the_note_says_so():
    relation = samples.retention(("fastest third: a", "slowest third: b", "not yet answered"))
    relation.estimates.loc[2, "n"] = 43
    figure = plot(relation)
    assert figure.title == "Of 1,000 customers in the fastest third 910 are still here after 90 days, of 1,000 in the slowest third 890"
    assert figure.note == "Not drawn, with fewer than 100 customers: not yet answered (43)." and "Not yet" not in figure.wide
    assert "fastest third 900 to 920, slowest third 880 to 900" in figure.subtitle
    relation.estimates.loc[2, "n"] = 3
    assert "fewer than 5" in plot(relation).note and "870" not in plot(relation).alt


def test_groups_that_the_log_rank_test_does_not_tell_apart_are_not_called_different():
    assert staying.title(samples.retention(logrank_p=0.2)).startswith("Whether more customers stay in the fastest third")


def test_a_scorecard_speaks_of_experience_and_of_service():
    assert conclude(samples.scorecard()).headline.startswith("NPS is 38.5 (37.6 to 39.4); the median time to first response")


def test_only_far_apart_levels_are_told_apart():
    assert levels.title(samples.measure()) == "NPS by segment: no difference stands out"
    relation = samples.measure()
    relation.estimates.loc[3, ["estimate", "low", "high"]] = [60.0, 58.0, 62.0]
    assert levels.title(relation) == "NPS by segment: from 38.5 (Basic) to 60.0 (Pro), and these two intervals lie apart"


def test_numbers_of_other_levels_do_not_stand_under_the_name_of_the_headline():
    one = samples.effect()
    rows = [one.estimates.assign(level=level, estimate=one.estimates["estimate"] * size, low=one.estimates["low"] * size)
            for level, size in (("e-mail against chat", 1.0), ("phone against chat", 0.5))]  # fmt: skip
    relation = replace(one, estimates=pd.concat(rows, ignore_index=True))
    figure, named = plot(relation), association.main_row(relation)["level"]
    shown = association.headline_ways(relation)
    assert set(shown["level"]) == {named} and figure.alt.count("as recorded") == figure.wide.count(">As recorded") == 1
    assert "levels of" in association.all_steps(relation) and "most of 2 levels; the word allows for that" in conclude(relation).sure
