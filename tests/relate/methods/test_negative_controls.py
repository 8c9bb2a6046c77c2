"""Where nothing hidden is planted the controls find nothing; where something is, they find it."""

import numpy as np
import pandas as pd
import pytest
from references import near

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.load.repeats import met_next
from cxresearch.load.simulate import simulate


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("company") / "demo", seed=4, customers=3000)


@pytest.fixture(scope="module")
def study(folder):
    return cx.open_study(folder)


@pytest.fixture(scope="module")
def speed(study):
    return cx.methods.negative_controls(study, cx.pose(study, "speed"), placebo="process_clear")


def test_a_later_contact_is_least_squares_on_the_next_wait(study, speed):
    data = cx.link(study, cx.pose(study, "speed"))
    later = met_next(data, data.exposure)
    assert later is not None
    rows = data.frame().merge(later.execute(), left_on="unit_id", right_on="_unit").dropna(subset=["x_next", "first_response_hours"])
    log = {name: np.log2(rows[name].clip(lower=1 / 60)) for name in ("x_next", "first_response_hours")}
    channels = pd.get_dummies(rows["channel"], drop_first=True).astype(float)
    x = np.column_stack([np.ones(len(rows)), *log.values(), rows["difficulty"], channels])
    coef, *_ = np.linalg.lstsq(x, rows["nps"], rcond=None)
    near(speed.row("later contact").estimate, -coef[1], 1e-8)
    assert speed.row("later contact").n == len(rows) and speed.row("later contact").customers == rows["customer"].nunique()


def test_where_nothing_is_hidden_nothing_is_found(speed):
    row = speed.row("later contact")
    assert row.verdict == "nothing" and row.margin == 2.0
    (said,) = [check for check in speed.checks if check.name == "later contact"]
    assert said.status == "passed"
    assert abs(speed.row("placebo outcome", "Process clear").estimate) < 0.05


def test_a_hidden_reason_that_stays_with_the_customer_is_found(folder, tmp_path):
    """Some customers always wait longer and are always less satisfied, and nobody wrote down who they are."""
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    contacts, surveys = (pd.read_parquet(folder / f"{name}.parquet") for name in ("contacts", "surveys"))
    hidden = contacts["customer_id"].str[-1].isin(list("02468"))
    wait = contacts["first_response_at"] - contacts["opened_at"]
    contacts["first_response_at"] = contacts["opened_at"] + wait.mask(hidden, wait * 6)
    late = contacts["first_response_at"] > contacts["resolved_at"]
    contacts.loc[late, "resolved_at"] = contacts.loc[late, "first_response_at"]
    less = surveys["customer_id"].str[-1].isin(list("02468")) & (surveys["kind"] == "nps")
    surveys["score"] = (surveys["score"] - 3 * less).clip(lower=0).where(surveys["kind"] == "nps", surveys["score"])
    for name, frame in (("contacts", contacts), ("surveys", surveys)):
        frame.to_parquet(tmp_path / f"{name}.parquet", index=False)
    study = cx.open_study(tmp_path)
    found = cx.methods.negative_controls(study, cx.pose(study, "speed"))
    row = found.row("later contact")
    assert row.verdict == "something" and row.low > 0
    assert any(check.name == "later contact" and check.status == "doubt" and check.cap == "suggestive" for check in found.checks)
    assert "where there can be none: hidden reasons are at work" in cx.conclude(found).headline


def test_a_placebo_is_taken_from_the_study(folder, tmp_path):
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    text = (tmp_path / "study.toml").read_text().replace("[ask.score]", '[ask.placebo]\noutcome = "process_clear"\n\n[ask.score]', 1)
    (tmp_path / "study.toml").write_text(text)
    study = cx.open_study(tmp_path)
    found = cx.methods.negative_controls(study, cx.pose(study, "speed"))
    row, asked = found.row("placebo outcome", "Process clear"), cx.link(study, cx.pose(study, "speed", outcome="process_clear"))
    near(row.estimate, cx.effect(asked, contrast="auto").row("adjusted").estimate, 1e-9)
    scores, nps = asked.frame()["process_clear"], cx.link(study, cx.pose(study, "speed")).frame()["nps"]
    near(row.margin, 2.0 * scores.std(ddof=0) / nps.std(ddof=0), 1e-9)


def test_staying_has_no_later_contact_and_needs_a_placebo(study):
    staying = cx.pose(study, "staying")
    with pytest.raises(MethodError, match="there is no control to look at: A later contact is a control for answers only"):
        cx.methods.negative_controls(study, staying, period="2025-Q2")
    with pytest.raises(QuestionError, match='"nps" is the outcome itself'):
        cx.methods.negative_controls(study, cx.pose(study, "speed"), placebo="nps")


def test_without_worth_nothing_can_be_called_nothing(folder, tmp_path):
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "study.toml").write_text((tmp_path / "study.toml").read_text().replace("nps = 2.0\n", "", 1))
    study = cx.open_study(tmp_path)
    found = cx.methods.negative_controls(study, cx.pose(study, "speed"))
    assert found.row("later contact").verdict in ("open", "something") and np.isnan(found.row("later contact").margin)
