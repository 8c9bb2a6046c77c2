"""What changed between two periods: parts that add up, Kitagawa's own numbers, and planted truth."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import cxresearch as cx
from cxresearch.ask.errors import QuestionError
from cxresearch.conclude.looks import Looks
from cxresearch.conclude.words import moving
from cxresearch.relate.methods.moved import between
from cxresearch.relate.relation import Check, Relation
from cxresearch.relate.two_periods import divided, with_after

SETTINGS = {"before": "a", "after": "b", "contrast": 1.0}


def rows(share, levels, seed, *, n=800, start=0):
    """Answers of one period: so many of 100 in group "s", and the mean of each group."""
    random = np.random.default_rng(seed)
    small = np.arange(n) < share * n
    mean = np.where(small, levels[0], levels[1])
    wait = random.normal(0, 1, n)
    return pd.DataFrame({"who": start + np.arange(n), "group": np.where(small, "s", "l"), "wait": wait,
                         "score": mean + 0.5 * wait + random.normal(0, 1, n)})  # fmt: skip


def asked(frame, **question):
    return cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), **question), customer="who")


def moved(first, second, **question):
    return between(asked(first, **question), asked(second, **question), SETTINGS)


def test_the_parts_are_kitagawas_and_add_up():
    first, second = rows(0.25, (2, 6), 1), rows(0.5, (3, 6), 2, start=400)
    found = moved(first, second, by="group").estimates.set_index("term")["estimate"]
    share = [part["group"].value_counts(normalize=True) for part in (first, second)]
    mean = [part.groupby("group")["score"].mean() for part in (first, second)]
    assert found["mix"] == pytest.approx(sum((share[1] - share[0]) * (mean[0] + mean[1]) / 2), abs=1e-9)
    assert found["within"] == pytest.approx(sum((mean[1] - mean[0]) * (share[0] + share[1]) / 2), abs=1e-9)
    assert found["total"] == pytest.approx(found["within"] + found["mix"], abs=1e-9)


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (rows(0.3, (2, 6), 1), rows(0.3, (2, 6), 2, start=400), "noise"),
        (rows(0.3, (2, 6), 1), rows(0.3, (3, 7), 2, start=400), "real"),
        (rows(0.3, (2, 6), 1), rows(0.6, (2, 6), 2, start=400), "mix"),
        (rows(0.3, (2, 6), 1), rows(0.6, (2.4, 6.4), 2, start=400), "mix"),
    ],
)
def test_noise_a_real_change_and_another_mix_are_named(first, second, verdict):
    finding = cx.conclude(moved(first, second, by="group"), worth=0.2)
    assert finding.facts["verdict"] == verdict
    assert (finding.strength in ("clear", "suggestive")) == (verdict != "noise")


def test_opposite_parts_that_hide_each_other_are_seen():
    finding = cx.conclude(moved(rows(0.3, (2, 6), 1), rows(0.5, (2.8, 6.8), 2, start=400), by="group"), worth=0.2)
    assert finding.facts["verdict"] in ("real", "mix") and "looks the same" in finding.headline


def hidden(*checks, within=(8.0, 4.0, 12.0), df=200.0):
    """Two periods with the same NPS, whose parts stand out on opposite sides."""
    ends = {"before": (40, 30, 50), "after": (40, 30, 50), "total": (0.0, -4, 4), "within": within, "mix": (-8.0, -12, -4)}
    made = [{"term": term, "level": "", "estimate": e, "low": low, "high": high, "df": df} for term, (e, low, high) in ends.items()]
    facts = {"outcome": "nps", "outcome_label": "NPS", "outcome_phrase": "NPS", "outcome_kind": "nps", "unit": "points", "better": "higher",
             "worth": 2.0, "row_unit": "answer", "design": "observed", "kind": "outcome", "before": "Q1", "after": "Q2", "held": ["plan"],
             "clusters": 201, "cluster_word": "customers"}  # fmt: skip
    frame = pd.DataFrame(made).assign(n=200, customers=200)
    return Relation("moved", cx.Question(outcome="nps"), frame, None, checks, {}, facts)


def test_a_hidden_change_is_a_finding_of_its_own():
    """It was said under the word of the total, which it is not: its p-value was 1, so that it never counted as a look."""
    found = cx.conclude(hidden())
    assert (found.estimate, found.low, found.high) == (8.0, 4.0, 12.0) and found.strength == "clear" and found.modest
    error = 4 / stats.t.ppf(0.975, 200)
    assert found.p == pytest.approx(2 * 2 * stats.t.sf(8 / error, 200), rel=1e-4), "one of two parts that were looked at"
    assert "looks the same" in found.headline and found.detail.startswith("With the mix held alike: 95% interval 4.0 to 12.0")
    taken_back = found.among(Looks(count=900, cut=1e-9, found=1, kept=0))
    assert taken_back.strength == "inconclusive" and "cannot say" in taken_back.headline and "and is not" not in taken_back.headline


@pytest.mark.parametrize(("checks", "within", "df"), [
    ((Check("clusters", "failed", "Only 8 customers.", "inconclusive"),), (8.0, 4.0, 12.0), 7.0),
    ((Check("complete", "failed", "40% lost."),), (8.0, 4.0, 12.0), 200.0),
    ((), (8.0, 0.4, 15.6), 200.0),
])  # fmt: skip
def test_a_hidden_change_is_said_only_where_checks_and_looks_allow_it(checks, within, df):
    relation = hidden(*checks, within=within, df=df)
    found = cx.conclude(relation)
    assert found.strength == "inconclusive" and "cannot say" in found.headline and "is not" not in found.headline
    assert found.facts["hidden"] is bool(checks) and not found.modest
    assert "hides" not in moving.title(relation)


def test_customers_of_both_periods_are_one_cluster():
    first = rows(0.3, (2, 6), 1)
    same = first.assign(score=first["score"] + 0.05 + np.random.default_rng(5).normal(0, 0.05, len(first)))
    paired, apart = (moved(first, second, by="group").row("total") for second in (same, same.assign(who=same["who"] + 10_000)))
    assert paired.low > 0 > apart.low


def test_an_effect_that_differs_is_seen_and_one_that_does_not_is_not():
    first, second = rows(0.3, (2, 6), 1), rows(0.3, (2, 6), 2, start=400)
    stronger = second.assign(score=second["score"] + 0.6 * second["wait"])
    total = moved(first, stronger, exposure="wait").row("total")
    assert total.low < 0.6 < total.high and total.low > 0
    same = moved(first, second, exposure="wait").row("total")
    assert same.low < 0 < same.high


def test_without_a_mix_everything_remains():
    frame = asked(pd.concat([rows(0.3, (2, 6), 1).assign(p="before"), rows(0.3, (3, 7), 2).assign(p="after")]), by="p")
    found = divided(with_after(frame.table.mutate(period=frame.table.by)), [], 100)
    assert found.mix[0] == 0 and found.within == found.whole


@pytest.mark.parametrize(("periods", "told"), [(("2025-Q1", "2025-02"), "overlap"), (("2025-Q1", ""), "compares two periods")])
def test_periods_that_cannot_be_compared_are_refused(tmp_path, periods, told):
    from cxresearch.load.simulate import simulate

    study = cx.open_study(simulate(tmp_path / "demo", customers=100, months=6))
    with pytest.raises(QuestionError, match=told):
        cx.methods.moved(study, cx.Question(outcome="nps"), before=periods[0], after=periods[1])
