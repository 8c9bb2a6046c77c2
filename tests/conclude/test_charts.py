import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest

from cxresearch.conclude.charts.axes import apart
from cxresearch.conclude.charts.figure import plot
from cxresearch.conclude.charts.ink import TOKENS, fitted, hexed, text_width
from cxresearch.conclude.charts.intervals import forest, key, multiples, strip
from cxresearch.conclude.verdict import conclude
from tests.conclude import samples

LONG = "A very long label of a level that nobody could ever print in full & <b> $x_1$"
PICTURES = {
    **samples.EVERY,
    "five years of rows": lambda: samples.audit(60),
    "signed": lambda: samples.dose(log=False),
    "not reached": lambda: samples.dose((float("nan"), 1.0, float("nan")), missed=0.9),
    "one group": lambda: samples.retention(["all"]),
    "one month": lambda: samples.trend(1, odd=()),
    "many months": lambda: samples.trend(60),
    "one level": lambda: samples.measure(["x"]),
    "nine levels": lambda: samples.measure([f"{LONG} {i}" for i in range(9)]),
    "long drivers": lambda: samples.drivers([f"{LONG} {i}" for i in range(10)]),
    "huge": lambda: samples.effect((9e5, 8e5, 1e6), (5, -9e5, 9e5)),
    "tiny": lambda: samples.effect((1e-5, 0, 2e-5), (1e-5, 0, 2e-5), worth=None),
    "long compare": lambda: samples.compare(LONG, LONG),
}
# One of each kind at once, and of the extreme ones those that crowd a picture in another way; all of them in the long run.
QUICK = {*samples.EVERY, "nine levels", "huge", "long compare"}


def texts(svg):
    for node in ElementTree.fromstring(hexed(svg)).iter("{http://www.w3.org/2000/svg}text"):
        size = float(re.search(r"font-size: ([\d.]+)px", node.get("style") or "font-size: 12px")[1])
        anchor = re.search(r"text-anchor: (\w+)", node.get("style") or "")
        yield node.text or "", size, anchor[1] if anchor else "start", "".join(filter(None, [node.get("transform"), node.get("x")]))


@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in PICTURES])
def test_a_picture_is_whole_in_two_widths_and_no_text_leaves_it(name):
    figure = plot(PICTURES[name]())
    for svg, width in ((figure.wide, 782), (figure.narrow, 320)):
        root = ElementTree.fromstring(hexed(svg))
        assert root.get("viewBox").split()[2] == str(width) and root.get("role") == "img" and root.get("aria-label")
        assert "<style" not in svg and "<script" not in svg and "font-family" not in svg
        assert not any(colour in svg for colour in TOKENS), "a colour is not a token of the page"
        assert len(svg) < 60_000
        for text, size, anchor, place in texts(svg):
            x = float(re.search(r"-?[\d.]+", place)[0])
            long = text_width(text, size)
            left = x - {"start": 0, "middle": long / 2, "end": long}[anchor]
            assert left > -6 and left + long < width + 8, (text, left, left + long)


def test_the_same_relation_gives_the_same_bytes():
    assert plot(samples.dose()) == plot(samples.dose())
    assert strip(conclude(samples.effect())) == strip(conclude(samples.effect()))


def test_text_of_data_is_only_text():
    svg = plot(samples.measure(["$x_1$ 3.14159 #1c2228", "b"])).wide
    assert "$x_1$ 3.14159 #1c2228" in svg.split("</text>", 20)[0] + svg


def test_alt_says_message_and_numbers():
    figure = plot(samples.effect())
    assert "2.9 (2.4 to 3.5)" in figure.alt and figure.title in figure.alt
    assert "No description" not in figure.alt


@pytest.mark.parametrize("ends", [(2.9, 2.4, 3.5), (-40, -60, -20), (300, 100, 500), (0.1, -1.7, 1.9), (4, -9, 17)])
def test_a_strip_names_its_number_and_lies_inside(ends):
    svg = strip(conclude(samples.effect(adjusted=ends, within=ends)))
    for text, size, anchor, place in texts(svg):
        x, long = float(re.search(r"-?[\d.]+", place)[0]), text_width(text, size)
        left = x - {"start": 0, "middle": long / 2, "end": long}[anchor]
        assert left > -2 and left + long < 342, (text, left)


def test_no_interval_no_strip():
    assert strip(conclude(samples.audit())) == ""


@pytest.mark.parametrize("word", ["clear", "suggestive", "negligible", "inconclusive"])
def test_key_of_the_four_words(word):
    assert f"called {word}" in key(word)


def test_what_has_no_picture_says_so():
    assert "no months to look at" in plot(samples.audit(0)).reason


def test_labels_are_moved_apart():
    spots = apart({"a": 10.0, "b": 12.0, "c": 11.0}, dict.fromkeys("abc", 16), 200)
    places = sorted(spots.values())
    assert all(second - first >= 16 for first, second in pairwise(places))


def test_a_label_is_shortened_not_cut():
    short = fitted(LONG, 120)
    assert short.endswith("…") and all(text_width(line) <= 120 for line in short.split("\n"))


def test_drawing_leaves_matplotlib_as_it_was():
    import matplotlib

    before = dict(matplotlib.rcParams)
    plot(samples.effect())
    assert dict(matplotlib.rcParams) == before


def test_what_lies_beyond_the_picture_ends_in_an_arrow_and_keeps_its_number():
    rows = [("inside", (3.0, 1.0, 5.0)), ("one end", (5.0, 2.0, 9.0)), ("far", (8.6, 7.0, 10.2)), ("far below", (-14.8, -17.4, -12.2))]
    drawn = multiples("claims", "m", rows, width=680, farthest=6.0)
    said = "".join(re.findall(r"<text[^>]*>([^<]*)", drawn))
    assert all(text in said for text in ("inside: 3.0", "one end: 5.0", "far: 8.6", "far below: \u221214.8")) and "6.0" not in said
    plain = multiples("claims", "m", rows[:1], width=680, farthest=6.0)
    assert plain == forest("claims", "m", rows[:1], width=680, worth=1.0, unit="1")
