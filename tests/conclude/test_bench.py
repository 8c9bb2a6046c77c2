"""What only a researcher meets shows itself in words, escaped, and leaves nothing for a page but text."""

from pathlib import Path

import pytest

import cxresearch as cx
from cxresearch.ask.study_schema import TOPICS
from cxresearch.conclude import bench, show
from cxresearch.publish.edition import Published
from cxresearch.publish.run import Run
from cxresearch.relate.relation import Check

STUDY = """
worth.nps = 2.0
roles.difficulty = "confounder"
scales.nps = { low = 0, high = 10 }
ask.score = { outcome = "nps", by = "segment" }
ask.speed = { outcome = "nps", exposure = "first_response_hours", adjust_for = ["difficulty"] }
[tables.contacts]
file = "tickets.csv"
keep = ["difficulty"]
[tables.surveys]
file = "answers.csv"
"""
RUN = Run("03_speed", "Does <b>speed</b> matter?", "03_speed-a", "failed", reason="Stopped in step 2 of 3: no <x>.", seconds=4.2)
DONE = Run("01_audit", "What data is here?", "01_audit", "done", page=Path("reports/runs/01_audit/index.html"))


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mine")
    (folder / "study.toml").write_text(STUDY)
    return cx.open_study(folder)


def nouns(study):
    question = cx.Question("nps", cx.Mean("wait <i>"), adjust_for=("channel",), by="segment", where={"market": "<DE>"})
    return [
        study,
        question,
        cx.Nps("recommend"),
        Check("order", "doubt", "Late: <b>3</b>\nmore"),
        RUN,
        Published("d", "All", (DONE, RUN), Path("x.html")),
    ]


@pytest.mark.parametrize("number", range(6))
def test_it_shows_a_card_and_the_same_as_text(study, number):
    bundle = show.mimebundle(nouns(study)[number])
    assert 'class="cxr"' in bundle["text/html"] and "nan" not in bundle["text/plain"]
    assert not any(mark in bundle["text/html"] for mark in ("<b>3", "<b>speed", "<x>", "<i>", "<DE>"))
    assert "<script" not in bundle["text/html"] and "object at 0x" not in bundle["text/plain"]


def test_a_study_says_what_can_be_asked_and_how(study):
    text = show.mimebundle(study)["text/plain"]
    assert "cx.effect, cx.dose_response" in text and "Time to first response" in text
    assert 'cx.link(study, cx.pose(study, "score"))' in show.mimebundle(study)["text/html"]


def test_every_topic_is_answered_by_verbs_that_are_there():
    assert set(bench.ANSWERED_BY) == set(TOPICS)
    for verbs in bench.ANSWERED_BY.values():
        for verb in verbs.split(", "):
            assert verb.removeprefix("methods.") in (cx.methods.__all__ if "." in verb else cx.__all__), verb


def test_what_failed_says_why_and_what_is_done_leads_to_its_page():
    assert "Failed in 4 s" in show.mimebundle(RUN)["text/html"] and "no &lt;x&gt;" in show.mimebundle(RUN)["text/html"]
    assert 'href="reports/runs/01_audit/index.html"' in show.mimebundle(DONE)["text/html"]
    assert "2 reports: 1 done, 1 failed" in show.mimebundle(Published("d", "All", (DONE, RUN), Path("x.html")))["text/plain"]
