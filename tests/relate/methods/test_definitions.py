"""Every other definition gives what asking that way gives; what turns round is said."""

import numpy as np
import pandas as pd
import pytest
from references import near

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.load.simulate import simulate

PERIOD = "2024..2025"
CALENDAR = '\n[calendars.support]\ndays = ["mon", "tue", "wed", "thu", "fri"]\nopen = "08:00"\nclose = "18:00"\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = simulate(tmp_path_factory.mktemp("company") / "demo", seed=3, customers=1500)
    (place / "study.toml").write_text((place / "study.toml").read_text() + CALENDAR)
    return place


@pytest.fixture(scope="module")
def study(folder):
    return cx.open_study(folder)


@pytest.fixture(scope="module")
def speed(study):
    return cx.methods.definitions(study, cx.pose(study, "speed"), period=PERIOD)


def test_each_row_is_what_asking_that_way_gives(study, speed):
    for term, level, changes in (
        ("as asked", "", {}),
        ("link", "last contact in 14 days", {"window": "14D"}),
        ("hours", "business", {"exposure": "first_response_business_hours"}),
    ):
        other = cx.effect(cx.link(study, cx.pose(study, "speed", **changes), period=PERIOD), contrast="auto").row("adjusted")
        for name in ("estimate", "low", "high", "n", "std_error"):
            near(speed.row(term, level)[name], other[name], 1e-9)


def test_first_and_last_score_take_one_of_each_customer(study, speed):
    frame = cx.link(study, cx.pose(study, "speed"), period=PERIOD).frame().sort_values(["at", "unit_id"])
    assert speed.row("score", "first of each customer").n == frame["customer"].nunique()
    once = frame.groupby("customer").head(1)
    still = once["first_response_hours"].isna()
    wait = np.log2(once["first_response_hours"].clip(lower=1 / 60)).fillna(0)
    waiting = [still.astype(float)] if still.any() else []
    x = np.column_stack(
        [np.ones(len(once)), wait, *waiting, once["difficulty"], pd.get_dummies(once["channel"], drop_first=True).astype(float)]
    )
    coef, *_ = np.linalg.lstsq(x, once["nps"], rcond=None)
    near(speed.row("score", "first of each customer").estimate, -coef[1], 1e-8)


def test_the_link_does_not_matter_and_what_tells_less_is_said(speed):
    """The company answers at night too: counted in business hours its waits say less."""
    assert set(speed.estimates["term"]) == {"as asked", "link", "score", "hours"}
    assert "opposite" not in set(speed.estimates["agrees"])
    assert (speed.estimates.query("term == 'link'")["agrees"] == "same").all()
    (said,) = [check for check in speed.checks if check.name == "definitions"]
    weaker = speed.estimates[speed.estimates["agrees"] == "open"]
    assert said.status == ("passed" if weaker.empty else "doubt")
    assert all(f"{row.term}, {row.level}" in said.detail for row in weaker.itertuples())
    assert "hang" in cx.conclude(speed).headline


@pytest.mark.slow
def test_boxes_and_returns_are_varied_where_they_play_a_part(study):
    csat = cx.Question(outcome="csat", exposure="first_response_hours", adjust_for=("difficulty", "channel"))
    boxes = cx.methods.definitions(study, csat, period=PERIOD)
    assert {"highest answer", "two highest answers"} <= set(boxes.estimates["level"])
    near(boxes.row("top box", "two highest answers").estimate, boxes.row("as asked").estimate, 1e-12)
    kept = cx.Question(outcome="first_contact_resolution", exposure="transfers", adjust_for=("difficulty",))
    returns = cx.methods.definitions(study, kept, period=PERIOD)
    assert returns.estimates["level"].tolist() == ["", "3 days", "14 days"]


def test_what_lies_on_the_other_side_is_a_doubt_that_caps(folder, tmp_path):
    """Who answers once is honest; who answers again turns the scale round."""
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    surveys = pd.read_parquet(folder / "surveys.parquet")
    contacts = pd.read_parquet(folder / "contacts.parquet").set_index("contact_id")
    wait = (contacts["first_response_at"] - contacts["opened_at"]).dt.total_seconds().reindex(surveys["contact_id"]).to_numpy()
    slow = wait > np.nanmedian(wait)
    first = (
        surveys[surveys["answered_at"].notna()].sort_values(["answered_at", "response_id"]).groupby(["customer_id", "kind"]).head(1).index
    )
    turned = np.where(surveys.index.isin(first), np.where(slow, 10, 2), np.where(slow, 1, 9))
    asked = (surveys["kind"] == "nps") & surveys["score"].notna()
    surveys.loc[asked, "score"] = turned[asked]
    surveys.to_parquet(tmp_path / "surveys.parquet", index=False)
    study = cx.open_study(tmp_path)
    found = cx.methods.definitions(study, cx.pose(study, "speed"), period=PERIOD)
    (said,) = [check for check in found.checks if check.name == "definitions"]
    assert said.status == "doubt" and "It points to the other side under: " in said.detail and said.cap == "inconclusive"
    finding = cx.conclude(found)
    assert finding.strength == "inconclusive" and "hangs on the definition: it lies on the other side" in finding.headline


def test_what_cannot_be_asked_is_taught(study):
    with pytest.raises(QuestionError, match="names no exposure"):
        cx.methods.definitions(study, cx.Question(outcome="nps"), period=PERIOD)
    with pytest.raises(QuestionError, match=r"takes a Study, from cx\.open_study, and a Question; it was given str"):
        cx.methods.definitions("demo", cx.pose(study, "speed"))
    with pytest.raises(MethodError, match="nothing to vary"):
        cx.methods.definitions(study, cx.Question(outcome=cx.Rate("sla_met"), exposure="replies"), period=PERIOD)
    missing = cx.Absent("no contacts")
    assert cx.methods.definitions(study, missing) is missing
    assert cx.methods.definitions(missing, cx.pose(study, "speed")) is missing
