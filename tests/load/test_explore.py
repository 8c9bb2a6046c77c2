"""Rows to look through: labelled, limited to whole customers, without what people wrote."""

import re

import pandas as pd
import pytest

from cxresearch.ask.errors import QuestionError
from cxresearch.ask.metrics import Mean
from cxresearch.ask.question import Question, pose
from cxresearch.ask.study import open_study
from cxresearch.conclude import show
from cxresearch.load.frame import from_frame
from cxresearch.load.link import link
from cxresearch.load.simulate import simulate


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return open_study(simulate(tmp_path_factory.mktemp("explore"), customers=600))


@pytest.fixture(scope="module")
def data(study):
    return link(study, pose(study, "speed", by="segment"))


def test_heads_are_labels_with_units_and_rows_are_those_of_the_frame(data):
    sheet = data.explore(most=data.rows)
    assert sheet.frame.columns[:6].tolist() == [
        "Answer", "Customer", "When", "NPS (points)", "Answer (0 to 10)", "Time to first response (hours)",
    ]  # fmt: skip
    assert {"Difficulty of the request", "Channel", "Segment", "Agent", "Team"} <= set(sheet.frame.columns)
    assert sheet.notes == () and sheet.frame["Answer"].tolist() == data.frame()["unit_id"].tolist()


def test_a_sample_is_whole_customers_and_the_same_for_the_same_seed(data):
    one, same, other = data.explore(most=50), data.explore(most=50), data.explore(most=50, seed=2)
    every = data.frame().groupby("customer").size()
    shown = one.frame.groupby("Customer").size()
    assert 40 <= len(one.frame) <= 50 and (shown == every[shown.index]).all()
    pd.testing.assert_frame_equal(one.frame, same.frame)
    assert not one.frame["Customer"].isin(other.frame["Customer"]).all()
    assert f"{len(one.frame)} of {data.rows:,} rows" in one.notes[0] and "seed 1" in one.notes[0]


def test_a_customer_too_large_to_show_is_shown_in_part():
    frame = pd.DataFrame({"who": ["a"] * 30 + ["b"] * 30, "score": range(60)})
    sheet = from_frame(frame, Question(outcome=Mean("score")), customer="who").explore(most=10)
    assert len(sheet.frame) == 10 and "the first in order" in sheet.notes[0]


def test_what_people_wrote_is_hidden_until_it_is_asked_for(data):
    assert "Comment" not in data.explore().frame
    assert data.explore(text=True).frame["Comment"].notna().sum() > 5
    frame = pd.DataFrame({"who": list("abcd"), "score": [1, 2, 3, 4], "comment": ["fine", "bad", "", None], "said": ["x " * 40] * 4})
    asked = from_frame(frame, Question(outcome=Mean("score"), adjust_for=("said",)), customer="who")
    sheet = asked.explore()
    assert not {"Comment", "Said"} & set(sheet.frame.columns) and "Hidden, because people wrote it" in sheet.notes[0]
    assert {"Comment", "said"} <= {head if head == "Comment" else head.lower() for head in asked.explore(text=True).frame.columns}


def test_no_rows_is_a_mistake(data):
    with pytest.raises(QuestionError, match="most is 0"):
        data.explore(most=0)


def test_it_brings_its_script_asks_nobody_and_escapes_what_came_from_data():
    frame = pd.DataFrame({"who": ["<b>a</b>", "</script><script>x", "c"], "score": [1.0, 2.0, 3.0]})
    bundle = show.mimebundle(from_frame(frame, Question(outcome=Mean("score")), customer="who").explore())
    page = bundle["text/html"]
    assert "<b>a" not in page and page.count("<script") == page.count("</script>")
    assert not re.search(r"""(?:src|import|from|url\()\s*[=(]?\s*["']?https?:""", page)
    assert "<b>" not in bundle["text/plain"] and "JupyterLab" in bundle["text/plain"]


def test_a_report_keeps_no_row(data):
    bundle = show.mimebundle(data.explore())
    assert not [mime for mime in bundle if mime.startswith("application/vnd.cxresearch")], "else the executed notebook would keep the table"
    assert not any(name in bundle["text/plain"] for name in data.frame()["customer"].head(20))
