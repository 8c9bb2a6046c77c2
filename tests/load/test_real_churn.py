"""The operator's customers: complaints, failed calls and use, as plain pandas has them."""

import pandas as pd
import pytest

import cxresearch as cx
from tests.load.real import fetched


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return fetched("churn", tmp_path_factory.mktemp("studies"))


def test_rows_without_an_id_are_all_kept_and_those_alike_are_counted(study):
    counted = cx.audit(study).estimates
    twins = counted[counted["level"] == "duplicate"].iloc[0]
    assert (twins["n"], twins["detail"]) == (300, "alike in every column to another (kept: there is no id)")
    assert counted[counted["level"] == "rows"]["n"].tolist() == [3150]
    assert "300" in cx.conclude(cx.audit(study)).detail or (counted["level"] == "duplicate").sum() == 1


def test_lost_with_a_complaint_and_without(study):
    data = cx.link(study, cx.pose(study, "score"))
    found = cx.measure(data)
    assert round(100 * found.row("customers_lost", "a complaint").estimate, 1) == 83.0
    assert round(100 * found.row("customers_lost", "no complaint").estimate, 1) == 10.1
    assert found.estimates["n"].tolist() == [3150, 241, 2909] or sorted(found.estimates["n"]) == [241, 2909, 3150]
    finding = cx.conclude(cx.compare(data))
    assert "72.8 of 100 higher for a complaint than for no complaint" in finding.headline


def test_failed_calls_alone_show_nothing_and_with_use_held_alike_they_do(study):
    relation = cx.effect(cx.link(study, cx.pose(study, "speed")), contrast="auto")
    naive, adjusted = relation.row("naive"), relation.row("adjusted")
    assert naive.low < 0 < naive.high
    assert adjusted.low > 0.05 and adjusted.estimate == pytest.approx(5 * 0.01226, abs=1e-4)
    finding = cx.conclude(relation)
    assert (
        finding.headline.startswith("Among comparable customers, 5 failed calls more goes with")
        and "more customers lost in every 100" in finding.headline
    )
    said = " ".join([finding.detail, finding.sure, *(check.detail for check in finding.more)])
    assert "without dates" in said and finding.strength == "suggestive"
    assert any("As recorded" in check.detail or "as recorded" in check.detail.lower() for check in finding.more)


def test_a_complaint_is_there_or_not(study):
    finding = cx.conclude(cx.effect(cx.link(study, cx.pose(study, "staying"))))
    assert finding.headline == "Among comparable customers, a complaint goes with 69.9 more customers lost in every 100."


def test_it_is_least_squares_over_the_rows(study):
    import statsmodels.formula.api as smf

    frame = pd.read_csv(study.folder / "Customer_Churn.csv")
    frame.columns = [" ".join(name.split()).replace(" ", "_") for name in frame.columns]
    fit = smf.ols("Churn ~ Call_Failure + Seconds_of_Use + Frequency_of_use", frame).fit()
    row = cx.effect(cx.link(study, cx.pose(study, "speed"))).row("adjusted")
    assert row.estimate == pytest.approx(fit.params["Call_Failure"], rel=1e-9)


def test_the_same_rows_in_another_order_are_the_same_customers(study, tmp_path):
    frame = pd.read_csv(study.folder / "Customer_Churn.csv", dtype=str)
    frame.sample(frac=1, random_state=2).to_csv(tmp_path / "Customer_Churn.csv", index=False)
    (tmp_path / "study.toml").write_text((study.folder / "study.toml").read_text())
    other = cx.open_study(tmp_path)
    one, two = (cx.link(each, cx.pose(each, "speed")).frame() for each in (study, other))
    pd.testing.assert_frame_equal(one, two)


def test_notions_without_a_table_are_absent(study):
    assert isinstance(cx.link(study, cx.pose(study, "answered", outcome="response_rate")), cx.Absent)
    assert isinstance(cx.link(study, cx.Question(outcome="kept_90d")), cx.Absent)
    assert cx.scorecard(study).estimates["term"].tolist() == ["customers_lost", "complaint"]
