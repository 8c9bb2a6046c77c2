"""Many looks: Benjamini-Hochberg against brute force, p-values against intervals, and words that claim nothing."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.conclude.charts.figure import plot
from cxresearch.conclude.evidence import family_interval, two_sided
from cxresearch.conclude.finding import MODEST, Finding
from cxresearch.conclude.looks import Looks, looks_at
from cxresearch.conclude.show import mimebundle
from cxresearch.conclude.verdict import conclude
from cxresearch.conclude.voice import voice_of
from tests.conclude import samples

CLAIM = re.compile(
    r"(?<!whether )\bgoes with\b(?!.*cannot)|explains? most(?!.*cannot)|stands? out(?!.*cannot)"
    r"|\b(higher|lower|more|fewer|longer)\b(?!.*cannot)|supported|worth acting on|\bclear\b|suggestive|wholly beyond",
    re.IGNORECASE,
)
MANY_LOOKS = Looks(count=38, cut=0.0, found=3, kept=0)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0, 1), max_size=30))
def test_what_stands_out_is_what_benjamini_and_hochberg_say(p):
    found = looks_at(p)
    ordered = sorted(p)
    largest = max([place for place in range(1, len(p) + 1) if ordered[place - 1] <= 0.05 * place / len(p) + 1e-15], default=0)
    assert found.count == len(p) and found.kept == largest
    assert [found.keep(each) for each in ordered if each > 0] == [place < largest for place, each in enumerate(ordered) if each > 0]
    assert Looks.from_json(found.to_json()) == found


def test_where_nothing_is_there_few_editions_claim_anything():
    rng = np.random.default_rng(1)
    claimed = sum(looks_at(rng.random(30)).kept > 0 for _ in range(2000))
    assert claimed < 0.06 * 2000


def test_what_is_not_known_is_no_look():
    assert looks_at([0.01, float("nan")]).count == 1
    assert looks_at([]).sentence == "Nothing was compared, so nothing can stand out by chance."


@settings(max_examples=200, deadline=None)
@given(st.floats(-5, 5), st.floats(0.01, 5), st.floats(0.01, 5), st.integers(1, 9), st.sampled_from([5.0, 40.0, math.inf]))
def test_a_p_value_is_under_5_of_100_exactly_where_the_interval_leaves_out_zero(estimate, below, above, family, df):
    ends = (estimate, estimate - below, estimate + above)
    low, high = family_interval(ends, family, 1e9 if math.isinf(df) else df)
    nearest = low if estimate > 0 else -high
    if abs(nearest) > 1e-6 and abs(estimate) > 1e-9:
        assert (two_sided(ends, family, df) < 0.05) == (nearest > 0)


def test_a_p_value_is_the_published_one():
    # Altman and Bland (2011): a log ratio of -0.2107 with interval -0.3725 to -0.0513 gives P = 0.010.
    assert two_sided((-0.5978, -1.0498, -0.1393)) == pytest.approx(0.010, abs=0.002)
    assert two_sided((float("nan"), 0.0, 1.0)) is None


def findings():
    return {name: conclude(make()) for name, make in samples.EVERY.items()}


@pytest.mark.parametrize("name", samples.EVERY)
def test_what_is_taken_back_claims_nothing(name):
    relation = samples.EVERY[name]()
    finding = conclude(relation)
    taken = finding.among(MANY_LOOKS)
    assert finding.of and len(finding.of) == 12
    if finding.strength in ("negligible", "inconclusive") or finding.p is None:
        assert taken == finding and finding.modest == {}
        return
    assert taken.strength == "inconclusive" and taken.more == ()
    check = "Among 38 looks about 2 would stand out by chance; this one is not beyond that."
    assert taken.checks[-1].detail == check and taken.detail.endswith(check)
    assert not CLAIM.search(taken.headline), taken.headline
    assert "cannot say" in taken.headline
    assert taken.short in ((), (*finding.short[:1], "Not known", taken.headline))
    assert "wholly beyond" not in taken.detail and "suggestive" not in taken.sure
    assert Finding.from_json(finding.to_json()) == finding
    assert Finding.from_json(taken.to_json()) == taken


@pytest.mark.parametrize("name", samples.EVERY)
def test_a_strong_word_has_a_p_value_that_agrees(name):
    finding = conclude(samples.EVERY[name]())
    if finding.strength == "clear":
        assert finding.p is not None and finding.p < 0.05
    if finding.strength == "described" and finding.method != "claims":
        assert finding.p is None


FEW_CLUSTERS = ("definitions", "journey", "jump", "moved", "what_if", "who_answers")


@pytest.mark.parametrize("name", [name for name, make in samples.EVERY.items() if make().method in FEW_CLUSTERS])
def test_few_clusters_are_few_in_the_p_value_too(name):
    """An interval by t(8) that was read as a normal one made p of 0.013 what is 0.025."""
    relation = samples.EVERY[name]()
    found = conclude(replace(relation, estimates=relation.estimates.assign(df=8.0)))
    family = 2 if found.facts.get("hidden") else 1
    assert found.p == pytest.approx(two_sided((found.estimate, found.low, found.high), family, 8.0), rel=1e-5)


@pytest.mark.parametrize("method", ["change", "value"])
def test_a_p_value_of_its_own_is_the_one_that_is_kept(method):
    relation = next(made for made in (make() for make in samples.EVERY.values()) if made.method == method)
    assert conclude(replace(relation, estimates=relation.estimates.assign(p=0.0123))).p == 0.0123


@pytest.mark.parametrize("name", [name for name, make in samples.EVERY.items() if voice_of(make().method).picture])
def test_a_picture_that_claims_says_what_it_says_without(name):
    relation = samples.EVERY[name]()
    finding, figure = conclude(relation), plot(relation)
    assert figure.of == finding.of
    assert bool(figure.modest) == bool(finding.modest)
    bundle = mimebundle(figure)
    if figure.modest:
        assert bundle[MODEST] == {"of": figure.of, "p": figure.p, "modest": dict(figure.modest)}
        assert not CLAIM.search(figure.modest[figure.title]) and "cannot say" in figure.modest[figure.alt]
        assert figure.alt.startswith(figure.title)


def test_a_finding_that_stands_out_is_not_changed():
    finding = conclude(samples.effect())
    assert finding.among(Looks(38, 0.01, 3, 3)) is finding
