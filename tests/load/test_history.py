"""The 90 days before a row: columns made in the engine against brute force in pandas, and nothing from the future."""

import shutil

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.history import summaries
from cxresearch.load.simulate import simulate

DAYS = pd.Timedelta(days=90)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("company") / "demo", seed=5, customers=250, months=12)


@pytest.fixture(scope="module")
def study(folder):
    return cx.open_study(folder)


def before(events, who, stamp, at):
    return events[(events["customer_id"] == who) & (events[stamp] < at) & (events[stamp] >= at - DAYS)].sort_values(stamp)


def test_touches_and_contacts_before_an_answer(folder, study):
    names = ("touches_90d", "touches_failed", "journey_ok", "contacts_90d", *summaries("first_response_hours"), *summaries("transfers"))
    rows = cx.link(study, cx.Question(outcome="nps", drivers=names, by="journey")).frame().head(80)
    touches, contacts = (pd.read_parquet(folder / f"{name}.parquet") for name in ("touches", "contacts"))
    contacts = contacts[~(contacts["resolved_at"] < contacts["opened_at"])]
    for _, row in rows.iterrows():
        met = before(touches, row["customer"], "at", row["at"])
        assert (row["touches_90d"], row["touches_failed"]) == (len(met), (met["ok"] == 0).sum())
        assert row["by"] == ("(missing)" if met.empty else "something failed" if (met["ok"] == 0).any() else "nothing failed")
        assert np.isnan(row["journey_ok"]) if met.empty else row["journey_ok"] == float((met["ok"] == 1).all())
        had = before(contacts, row["customer"], "opened_at", row["at"])
        assert row["contacts_90d"] == len(had)
        known = had["first_response_at"].where(had["first_response_at"] <= row["at"]).fillna(row["at"])
        wait = ((known - had["opened_at"]).dt.total_seconds() / 3600).to_numpy()
        same(row, "first_response_hours", wait)
        same(row, "transfers", had["transfers"].to_numpy(dtype=float))


def same(row, quantity, values):
    expected = [values.mean(), values.max(), values[-1], (values.max() + values[-1]) / 2, values.sum()]
    assert [row[name] for name in summaries(quantity)] == pytest.approx(expected)


def test_a_touch_without_a_result_is_neither_failed_nor_well(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "blank")
    touches = pd.read_parquet(folder / "touches.parquet")
    blank = np.random.default_rng(1).random(len(touches)) < 0.4
    touches.assign(ok=touches["ok"].astype("Int64").mask(blank)).to_parquet(tmp_path / "blank" / "touches.parquet")
    names = ("touches_90d", "touches_failed", "journey_ok")
    data = cx.link(cx.open_study(tmp_path / "blank"), cx.Question(outcome="nps", drivers=names, by="journey"))
    rows, told, untold = data.frame(), touches[~blank], 0
    for place, row in rows.iterrows():
        met, known = (before(each, row["customer"], "at", row["at"]) for each in (touches, told))
        untold += len(met) > len(known)
        if place >= 120:
            continue
        failed = (known["ok"] == 0).sum()
        assert row["touches_90d"] == len(met)
        assert np.isnan(row["touches_failed"]) if len(met) and known.empty else row["touches_failed"] == failed
        assert np.isnan(row["journey_ok"]) if known.empty else row["journey_ok"] == float(failed == 0)
        assert row["by"] == ("(missing)" if known.empty else "something failed" if failed else "nothing failed")
    (check,) = (check for check in data.checks if check.name == "touches")
    assert check.status == "doubt" and f"Of {len(rows):,} answers {untold:,} follow touches in the 90 days before" in check.detail
    plain = cx.link(cx.open_study(folder), cx.Question(outcome="nps", drivers=names))
    assert "touches" not in {check.name for check in plain.checks}


def test_earlier_scores_leave_the_answer_itself_out(folder, study):
    rows = cx.link(study, cx.Question(outcome="nps", drivers=summaries("score"))).frame()
    surveys = pd.read_parquet(folder / "surveys.parquet")
    told = surveys[(surveys["kind"] == "nps") & surveys["answered_at"].notna()]
    for _, row in rows.head(120).iterrows():
        earlier = before(told, row["customer"], "answered_at", row["at"])["score"].to_numpy(dtype=float)
        found = [row[name] for name in summaries("score")]
        if not len(earlier):
            assert np.isnan(found).all()
            continue
        assert found == pytest.approx([earlier.mean(), earlier.min(), earlier[-1], (earlier.min() + earlier[-1]) / 2, earlier.sum()])
    assert rows[summaries("score")[0]].notna().any()


def test_orders_before_and_after_a_landmark(folder, study):
    asked = cx.Question(outcome="revenue_after", drivers=("revenue_before", "score_after"))
    rows = cx.link(study, asked, period="2024-Q2").frame()
    orders, mark = pd.read_parquet(folder / "orders.parquet"), pd.Timestamp("2024-07-01")
    spent = lambda low, high: orders[(orders["ordered_at"] >= low) & (orders["ordered_at"] < high)].groupby("customer_id")["amount"].sum()  # noqa: E731
    earlier, later = spent(mark - DAYS, mark), spent(mark, mark + DAYS)
    assert rows["revenue_before"].to_numpy() == pytest.approx(earlier.reindex(rows["customer"]).fillna(0).to_numpy())
    assert rows["revenue_after"].to_numpy() == pytest.approx(later.reindex(rows["customer"]).fillna(0).to_numpy())


def test_a_study_without_the_table_says_so(folder, tmp_path):
    text = (folder / "study.toml").read_text().replace('[tables.touches]\nfile = "touches.parquet"', "")
    (tmp_path / "study.toml").write_text(text)
    for name in ("contacts", "surveys", "customers", "orders"):
        (tmp_path / f"{name}.parquet").write_bytes((folder / f"{name}.parquet").read_bytes())
    absent = cx.link(cx.open_study(tmp_path), cx.Question(outcome="nps", by="journey"))
    assert isinstance(absent, cx.Absent) and 'needs "touches", which this study does not have' in absent.reason


def test_later_value_never_explains_an_earlier_score(study):
    with pytest.raises(cx.ask.errors.LeakageError, match="the future cannot explain the past"):
        cx.link(study, cx.Question(outcome="nps", exposure="revenue_after"))
