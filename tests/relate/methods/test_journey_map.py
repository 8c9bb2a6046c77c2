"""The journey map against plain pandas on a small company."""

import shutil

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.errors import QuestionError
from cxresearch.load.simulate import simulate

STAGES = ("buy", "start", "use", "renew")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("company") / "demo", seed=7, customers=300, months=12)


@pytest.fixture(scope="module")
def found(folder):
    return cx.methods.journey_map(cx.open_study(folder), stages=STAGES)


def test_touches_flow_and_leaving_equal_plain_pandas(folder, found):
    touches, people = (pd.read_parquet(folder / f"{name}.parquet") for name in ("touches", "customers"))
    final = touches.groupby("customer_id")["at"].max()
    gone = set(people.loc[people["left_at"].notna(), "customer_id"])
    for place, stage in enumerate(STAGES):
        part = touches[touches["stage"] == stage]
        assert found.row("ok", stage).n == len(part) and found.row("ok", stage).estimate == pytest.approx(part["ok"].mean(), rel=1e-11)
        first, last = part.groupby("customer_id")["at"].min(), part.groupby("customer_id")["at"].max()
        lost = [who in gone and last[who] == final[who] for who in first.index]
        assert found.row("lost", stage).estimate == pytest.approx(np.mean(lost), rel=1e-11)
        if place + 1 < len(STAGES):
            after = touches[touches["stage"] == STAGES[place + 1]].groupby("customer_id")["at"].max().reindex(first.index)
            assert found.row("next", stage).estimate == pytest.approx((after > first).mean(), rel=1e-11)
    with pytest.raises(KeyError):
        found.row("next", "renew")


def test_only_the_customers_and_touches_that_are_asked_for_count(folder):
    study = cx.open_study(folder)
    found = cx.methods.journey_map(study, where="market=DE", stages=STAGES, period="2024-03..2024-08")
    touches, people, surveys = (pd.read_parquet(folder / f"{name}.parquet") for name in ("touches", "customers", "surveys"))
    some = set(people.loc[people["market"] == "DE", "customer_id"])
    gone = set(people.loc[people["left_at"].notna(), "customer_id"])
    final = touches.groupby("customer_id")["at"].max()
    here = touches[touches["customer_id"].isin(some) & touches["at"].between("2024-03-01", "2024-09-01", inclusive="left")]
    told = surveys[(surveys["kind"] == "nps") & surveys["answered_at"].notna()].merge(here, on="customer_id")
    near = (told["answered_at"] > told["at"]) & (told["answered_at"] <= told["at"] + pd.Timedelta(days=30))
    told = told[near].drop_duplicates(["response_id", "stage"])
    for stage in STAGES:
        part = here[here["stage"] == stage]
        assert found.row("ok", stage).n == len(part) and found.row("ok", stage).estimate == pytest.approx(part["ok"].mean(), rel=1e-11)
        last = part.groupby("customer_id")["at"].max()
        lost = [who in gone and last[who] == final[who] for who in last.index]
        assert found.row("lost", stage).estimate == pytest.approx(np.mean(lost), rel=1e-11)
        assert found.row("satisfaction", stage).n == (told["stage"] == stage).sum()
    part = cx.methods.journey_map(study, where="stage=buy,use")
    assert part.facts["stages"] == ["buy", "use"] and "No touch here is of the stage: start, renew." in part.checks[1].detail
    with pytest.raises(QuestionError, match='no row has market "de"; did you mean "DE"'):
        cx.methods.journey_map(study, where="market=de")
    with pytest.raises(QuestionError, match='there is no column "markt"; did you mean "market"'):
        cx.methods.journey_map(study, where="markt=DE")
    elsewhere = cx.methods.journey_map(study, where="priority=high")
    assert isinstance(elsewhere, cx.Absent) and "it stands in the table of contacts" in elsewhere.reason
    assert "No touch with a stage and market DE lies in 2020" in cx.methods.journey_map(study, where="market=DE", period="2020").reason


def test_touches_without_a_result_are_left_out_of_those_that_went_well(folder, tmp_path, found):
    shutil.copytree(folder, tmp_path / "blank")
    touches = pd.read_parquet(folder / "touches.parquet")
    blank = (np.random.default_rng(1).random(len(touches)) < 0.4) | (touches["stage"] == "renew")
    touches.assign(ok=touches["ok"].astype("Int64").mask(blank)).to_parquet(tmp_path / "blank" / "touches.parquet")
    other = cx.methods.journey_map(cx.open_study(tmp_path / "blank"), stages=STAGES)
    for stage in STAGES[:-1]:
        part = touches[(touches["stage"] == stage) & ~blank]
        assert other.row("ok", stage).n == len(part) and other.row("ok", stage).estimate == pytest.approx(part["ok"].mean(), rel=1e-11)
    assert other.row("ok", "renew").n == 0 and np.isnan(other.row("ok", "renew").estimate)
    flow = [each.estimates[each.estimates["term"] != "ok"].reset_index(drop=True) for each in (found, other)]
    pd.testing.assert_frame_equal(*flow)
    assert f"Of {len(touches):,} touches {blank.sum():,} do not say whether they went well" in other.checks[-1].detail
    assert cx.conclude(other).headline == cx.conclude(found).headline and "touches" not in {check.name for check in found.checks}


def test_answers_and_contacts_belong_to_what_came_before(folder, found):
    touches, surveys, contacts = (pd.read_parquet(folder / f"{name}.parquet") for name in ("touches", "surveys", "contacts"))
    contacts = contacts[~(contacts["resolved_at"] < contacts["opened_at"])]
    month = pd.Timedelta(days=30)
    told = surveys[(surveys["kind"] == "nps") & surveys["answered_at"].notna()].merge(touches, on="customer_id")
    told = told[(told["answered_at"] > told["at"]) & (told["answered_at"] <= told["at"] + month)].drop_duplicates(["response_id", "stage"])
    y = np.where(told["score"] >= 9, 100, np.where(told["score"] <= 6, -100, 0))
    met = contacts.merge(touches, on="customer_id")
    met = (
        met[(met["opened_at"] > met["at"]) & (met["opened_at"] <= met["at"] + month)]
        .sort_values("at")
        .drop_duplicates("contact_id", keep="last")
    )
    for stage in STAGES:
        here = (told["stage"] == stage).to_numpy()
        assert found.row("satisfaction", stage).n == here.sum()
        assert found.row("satisfaction", stage).estimate == pytest.approx(y[here].mean(), rel=1e-10)
        assert found.row("contacts", stage).n == (met["stage"] == stage).sum()


def test_stages_stand_in_the_order_in_which_customers_meet_them(tmp_path):
    rows = [("a", "2024-01-01", "first"), ("a", "2024-02-01", "second"), ("b", "2024-01-03", "first"), ("b", "2024-01-09", "third")]
    frame = pd.DataFrame(rows, columns=["customer_id", "at", "stage"]).assign(at=lambda f: pd.to_datetime(f["at"]), ok=1)
    frame.to_parquet(tmp_path / "touches.parquet", index=False)
    (tmp_path / "study.toml").write_text('[tables.touches]\nfile = "touches.parquet"\n')
    study = cx.open_study(tmp_path)
    relation = cx.methods.journey_map(study)
    assert relation.facts["stages"] == ["first", "third", "second"]
    assert any(check.status == "failed" for check in relation.checks) and "satisfaction" not in set(relation.estimates["term"])
    assert isinstance(cx.methods.journey_map(study, period="2020"), cx.Absent)
    with pytest.raises(QuestionError, match='there is no stage "forth"'):
        cx.methods.journey_map(study, stages=("first", "forth"))
    with pytest.raises(QuestionError, match="outcome can be nps"):
        cx.methods.journey_map(study, outcome="kept_90d")
    with pytest.raises(QuestionError, match="takes a Study"):
        cx.methods.journey_map(frame)
