import json
from html.parser import HTMLParser

import pytest

from cxresearch.ask.question import Absent
from cxresearch.conclude import show
from cxresearch.conclude.charts.figure import plot
from cxresearch.conclude.finding import MIME
from cxresearch.conclude.verdict import conclude
from cxresearch.conclude.voice import voice_of
from tests.conclude import samples

VOID = {"br", "img", "meta", "path", "use", "rect", "circle"}


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.heads = [], [], []

    def handle_starttag(self, tag, attrs):
        self.open += [] if tag in VOID else [tag]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_startendtag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.mark.parametrize("name", samples.EVERY)
def test_every_relation_shows_itself(name):
    bundle = show.mimebundle(samples.EVERY[name]())
    reader = Reader()
    reader.feed(bundle[show.PAGE])
    assert not reader.open and len(set(reader.ids)) == len(reader.ids)
    assert "<th></th>" not in bundle[show.PAGE] and '<th scope="col"></th>' not in bundle[show.PAGE]
    assert "<caption" in bundle[show.PAGE] and 'tabindex="0"' in bundle[show.PAGE]
    assert "<style" not in bundle[show.PAGE] and "nan" not in bundle["text/plain"].lower().replace("maintenance", "")
    json.dumps(bundle[show.CHECKS])


@pytest.mark.parametrize("name", samples.EVERY)
def test_every_table_is_rectangular(name):
    relation = samples.EVERY[name]()
    for table in voice_of(relation.method).tables(relation):
        assert table.rows and {len(row) for row in table.rows} == {len(table.head)}


def test_finding_carries_strip_and_anchor():
    payload = show.mimebundle(conclude(samples.effect()))[MIME]
    assert payload["strip"].startswith("<svg") and payload["anchor"] == "time-to-first-response-and-nps-effect"
    json.dumps(payload, allow_nan=False)


def test_figure_shows_two_drawings():
    page = show.mimebundle(plot(samples.effect()))[show.PAGE]
    assert page.startswith('<figure class="wide">') and 'class="broad"' in page and 'class="narrow"' in page


def test_absent_is_a_card_not_an_error():
    bundle = show.mimebundle(Absent("This study has no table <touches>."))
    assert bundle[show.ABSENT] == {"reason": "This study has no table <touches>."}
    assert "Not applicable" in bundle[show.PAGE] and "&lt;touches&gt;" in bundle[show.PAGE]


def test_a_stranger_is_refused():
    with pytest.raises(TypeError, match="int is not a noun of cxresearch"):
        show.mimebundle(3)
