"""One sign everywhere: what stands in the sentence, the strip, the picture, its alt text, the table and the finding is one number."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from typing import Any

import pytest

from cxresearch.conclude.charts.figure import Figure, plot
from cxresearch.conclude.charts.ink import hexed, text_width
from cxresearch.conclude.charts.intervals import LESS, strip
from cxresearch.conclude.verdict import conclude
from cxresearch.conclude.voice import Picture, voice_of
from cxresearch.conclude.words import association, chained, journeys, sides
from cxresearch.conclude.words.numbers import number
from cxresearch.relate.methods import chain
from tests.conclude import samples

LOST = {
    "outcome_label": "Customers lost", "outcome_phrase": "customers lost", "outcome_kind": "share", "unit": "of 100", "better": "lower",
    "worth": 1.0,
}  # fmt: skip
ONE_NUMBER = (
    "effect", "compare", "what_if", "mediation", "jump", "ordinal", "definitions", "sensitivity", "recovery", "moved", "voice", "change",
)  # fmt: skip
# Where a better side decides which of several numbers is spoken of, the numbers themselves are still the same.
CHOSEN = ("voice", "journey_map")
SIDES = [pytest.param(name, scale, marks=() if scale > 0 or name in ONE_NUMBER[:3] else pytest.mark.slow)
         for name in ONE_NUMBER for scale in (0.01, -0.01)]  # fmt: skip
OTHERS = [name for name in samples.EVERY if not name.startswith(CHOSEN)]
NUMBER = re.compile(r"[−+]?\d[\d,]*\.?\d*")


def lost(relation, scale=0.01):
    """The same relation about customers lost; a negative scale turns every difference to the other side."""
    ends = relation.estimates[["estimate", "low", "high"]] * scale
    if scale < 0:
        ends = ends.rename(columns={"low": "high", "high": "low"})
    return replace(relation, estimates=relation.estimates.assign(**{name: ends[name] for name in ends}), facts={**relation.facts, **LOST})


def turned(name, better):
    relation = samples.EVERY[name]()
    return replace(relation, facts={**relation.facts, "better": better})


def texts(svg):
    return [node.text or "" for node in ElementTree.fromstring(hexed(svg)).iter("{http://www.w3.org/2000/svg}text")]


def cells(relation):
    return [cell for table in voice_of(relation.method).tables(relation) for row in table.rows for cell in row]


def picture_of(relation) -> Any:
    return (voice_of(relation.method).picture or (lambda relation: None))(relation)


def side(sentence):
    """1 where the sentence says more, -1 where it says fewer."""
    found = re.search(r"\b(more|higher|fewer|lower) (customers lost|for|than|in every|where)|by ([+−])", sentence)
    return None if found is None else 1 if found[1] in ("more", "higher") or found[3] == "+" else -1


@pytest.mark.parametrize(("name", "scale"), SIDES)
def test_customers_lost_have_one_sign_in_sentence_strip_picture_table_and_json(name, scale):
    relation = lost(samples.EVERY[name](), scale if name != "mediation" else 100 * scale)
    finding, picture = conclude(relation), picture_of(relation)
    value = finding.to_json()["estimate"]
    assert side(finding.headline) in (None, 1 if value > 0 else -1), finding.headline
    assert any(text.startswith(number(value, 1, sign=True)) for text in texts(strip(finding)))
    assert f'aria-label="{number(value, 1, sign=True)} of 100' in strip(finding) and "right" not in strip(finding)
    if name != "change":  # its picture is a line through the months
        assert any(text.endswith(f": {number(value, 1)}") for text in texts(picture.draw("p", relation, 782)))
    assert number(value, 1) in picture.alt(relation) and number(value, 1) in NUMBER.findall(" ".join(cells(relation)))


@pytest.mark.parametrize("name", OTHERS)
def test_which_side_is_better_turns_no_number_that_is_said_or_tabled(name):
    told = []
    for better in ("higher", "lower"):
        relation = turned(name, better)
        finding, picture = conclude(relation), picture_of(relation)
        alt = sorted(NUMBER.findall(picture.alt(relation))) if isinstance(picture, Picture) else ()
        told.append((finding.estimate, finding.low, finding.high, finding.p, finding.strength, alt, cells(relation)))
    assert told[0] == told[1]


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_which_side_is_better_turns_no_number_that_is_drawn(name):
    told = []
    for better in ("higher", "lower", "neither"):
        figure, line = plot(turned(name, better)), strip(conclude(turned(name, better)))
        drawn = sorted(NUMBER.findall(" ".join([*texts(figure.wide), *texts(figure.narrow)]))) if isinstance(figure, Figure) else ()
        told.append((drawn, [text for text in texts(line) if text != LESS] if line else []))
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize(("scale", "word"), [(0.01, "against"), (-0.01, "clear")])
def test_a_chain_to_customers_lost_breaks_where_better_service_goes_with_more_of_them(scale, word):
    relation = chain(lost(samples.effect(), scale), samples.effect(adjusted=(29.0, 24.0, 35.0)))
    link, finding = chained.links(relation)[0], conclude(relation)
    value = finding.to_json()["estimate"]
    assert link.word == word and value == pytest.approx(290 * scale) and finding.facts["better"] == "lower"
    said, figure = number(value, 1, sign=True), plot(relation)
    assert said in link.said and link.said in figure.alt and any(link.said in cell for cell in cells(relation))
    assert any(text.startswith(said) for text in texts(strip(finding)))
    assert any(text.endswith(f"customers lost: {number(value, 1)}") for text in texts(figure.wide))
    assert figure.subtitle.count("; fewer is better: to the left, for customers lost") == 1


def test_a_point_of_good_enough_and_its_curve_stand_as_they_are_for_customers_lost():
    relation = lost(samples.dose())
    assert conclude(relation).to_json()["estimate"] == pytest.approx(0.0193)
    assert "39.0 (37.0 to 41.0)" in cells(relation)


@pytest.mark.parametrize("value", [-300, -6.1, -2, 0.2, 6.1, 300])
def test_an_arrow_says_where_better_lies_and_no_text_meets_another(value):
    finding = conclude(lost(samples.effect(adjusted=(value, value - 0.5, value + 0.5))))
    spots = []
    for node in ElementTree.fromstring(hexed(strip(finding))).iter("{http://www.w3.org/2000/svg}text"):
        if node.text == LESS or ("of 100" in node.text and "worth" not in node.text):
            x = float(re.search(r"-?[\d.]+", node.get("transform") or node.get("x"))[0])
            size, middle = (12, False) if node.text == LESS else (13, True)
            wide = text_width(node.text, size, 700 if middle else 400)
            spots.append((x - wide / 2, x + wide / 2) if middle and "middle" in node.get("style", "") else (x, x + wide))
    (first, second) = sorted(spots)
    assert first[0] >= -2 and first[1] < second[0] and second[1] <= 342
    assert LESS not in strip(conclude(samples.effect()))


def test_above_is_not_said_of_what_is_worse():
    journey, recovery = (lost(samples.EVERY[name]()) for name in ("journey", "recovery"))
    assert picture_of(journey).title(journey).startswith("Failed journeys with good service do better than")  # 9.4 fewer of 100
    assert picture_of(recovery).title(recovery) == "Customers whose failure was recovered do better than those without a failure"
    assert "stand below" in journeys.title(samples.EVERY["journey"]())
    assert "; above zero, low ratings" in sides.note(lost(samples.EVERY["asymmetry"]()))


def test_a_picture_says_to_which_side_fewer_lies_and_never_where_more_is_better():
    assert "; fewer is better: to the left" in association.subtitle(lost(samples.effect()))
    effort = samples.effect(better="lower", outcome_kind="mean", outcome_label="Effort", outcome_phrase="the effort score")
    assert "; lower is better: to the left" in association.subtitle(effort)
    assert "better" not in association.subtitle(samples.effect())
