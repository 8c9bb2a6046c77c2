"""Who orders again, against plain pandas on the CDNOW orders, and on a company of a few."""

import shutil

import pandas as pd
import pytest
from references import HERE, shared

import cxresearch as cx
from cxresearch.ask.errors import QuestionError
from cxresearch.load.fetch import fetch
from cxresearch.load.simulate import simulate


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory):
    file = shared("data", "cdnow", "CDNOW_master.txt")
    into = tmp_path_factory.mktemp("data")
    (into / "cdnow").mkdir()
    shutil.copy(HERE.parent / "data" / "cdnow" / "study.toml", into / "cdnow")
    fetch("cdnow", source=file.parent.parent, into=into)
    return cx.open_study(into / "cdnow"), pd.read_csv(file, sep=r"\s+", dtype={"customer_id": str, "date": str})


def test_cdnow_equals_plain_pandas(cdnow):
    study, orders = cdnow
    found = cx.methods.repeat(study, months=15)
    orders["date"] = pd.to_datetime(orders["date"], format="%Y%m%d")
    days = orders.drop_duplicates(["customer_id", "date"]).sort_values(["customer_id", "date"])
    order = days.groupby("customer_id").cumcount()
    first = days[order == 0].set_index("customer_id")["date"].dt.to_period("M")
    second = days[order == 1].set_index("customer_id")["date"].dt.to_period("M").reindex(first.index)
    months = second.dropna().astype("int64") - first[second.notna()].astype("int64")
    again = months.reindex(first.index)
    assert (found.row("ever").estimate, found.row("ever").n) == (pytest.approx(second.notna().mean(), rel=1e-11), 23_570)
    table = found.curve.set_index(["term", "x"])
    for cohort, members in first.groupby(first):
        for k in range(16):
            seen = pd.Period("1998-06", "M") >= cohort + k
            assert ((str(cohort), k) in table.index) == seen
            if seen:
                assert table.loc[(str(cohort), k), "estimate"] == pytest.approx((again[members.index] <= k).mean(), rel=1e-11)
    assert table.loc[("", 12), "again"] == (again <= 12).sum()


def company(folder, orders):
    folder.mkdir(exist_ok=True)
    frame = pd.DataFrame(orders, columns=["customer_id", "ordered_at"]).assign(amount=1.0)
    frame["ordered_at"] = pd.to_datetime(frame["ordered_at"], format="ISO8601")
    frame.to_parquet(folder / "orders.parquet", index=False)
    (folder / "study.toml").write_text('[tables.orders]\nfile = "orders.parquet"\n')
    return cx.open_study(folder)


def test_same_day_is_one_purchase_and_only_seen_months_count(tmp_path):
    rows = [
        ("a", "2024-01-05"),
        ("a", "2024-01-05 18:00"),
        ("b", "2024-01-31"),
        ("b", "2024-02-01"),
        ("c", "2024-03-02"),
        ("c", "2024-03-31"),
    ]
    found = cx.methods.repeat(company(tmp_path / "few", rows), months=3)
    assert found.row("ever").estimate == pytest.approx(2 / 3, rel=1e-11)
    assert found.row("within", "1").n == 2 and found.row("within", "1").again == 1
    assert ("2024-03", 1) not in found.curve.set_index(["term", "x"]).index
    assert found.curve.set_index(["term", "x"]).loc[("2024-03", 0), "again"] == 1
    assert any(check.status == "failed" and check.cap == "inconclusive" for check in found.checks)
    shuffled = cx.methods.repeat(company(tmp_path / "other", rows[::-1]), months=3)
    pd.testing.assert_frame_equal(found.estimates, shuffled.estimates)
    pd.testing.assert_frame_equal(found.curve, shuffled.curve)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("company") / "demo", seed=4, customers=900, months=15)


def test_only_the_customers_that_are_asked_for_count(demo):
    found = cx.methods.repeat(cx.open_study(demo), where="market=DE,FR;plan=basic", months=6)
    people, orders = (pd.read_parquet(demo / f"{name}.parquet") for name in ("customers", "orders"))
    some = people[people["market"].isin(["DE", "FR"]) & (people["plan"] == "basic")]
    days = orders[orders["customer_id"].isin(some["customer_id"])].assign(day=lambda part: part["ordered_at"].dt.normalize())
    days = days.drop_duplicates(["customer_id", "day"]).sort_values(["customer_id", "day"])
    order, month = days.groupby("customer_id").cumcount(), days["day"].dt.year * 12 + days["day"].dt.month
    first, second = (month[order == at].set_axis(days.loc[order == at, "customer_id"]) for at in (0, 1))
    gap = second.reindex(first.index) - first
    assert (found.row("ever").estimate, found.row("ever").n) == (pytest.approx(gap.notna().mean(), rel=1e-11), len(first))
    assert len(first) < orders["customer_id"].nunique()
    seen = first + 6 <= 2025 * 12 + 3
    assert (found.row("within", "6").n, found.row("within", "6").again) == (seen.sum(), (gap[seen] <= 6).sum())
    joined = some.set_index("customer_id")["joined_at"].reindex(first.index)
    assert f"{(joined < orders['ordered_at'].min()).sum():,} customers had joined before" in found.checks[-1].detail
    said = cx.conclude(found).detail
    assert "of all customers with an order on record (only market DE or FR, plan basic), 1 January 2024 to 31 March 2025." in said, said


def test_a_condition_means_what_it_means_elsewhere(demo, cdnow):
    study = cx.open_study(demo)
    with pytest.raises(QuestionError, match='there is no column "markt"; did you mean "market"'):
        cx.methods.repeat(study, where="markt=DE")
    with pytest.raises(QuestionError, match='no row has market "de"; did you mean "DE"'):
        cx.methods.repeat(study, where={"market": "de"})
    elsewhere = cx.methods.repeat(study, where="channel=phone")
    assert elsewhere.reason == 'These rows have no column "channel" to choose by: it stands in the table of contacts.'
    assert "No first order with market DE lies in 1999" in cx.methods.repeat(study, period="1999", where="market=DE").reason
    shop, orders = cdnow
    one = orders[orders["number_of_cds"] == 1]
    assert cx.methods.repeat(shop, where="number_of_cds=1", months=3).row("ever").n == one["customer_id"].nunique()


def test_what_cannot_be_asked(tmp_path):
    study = company(tmp_path / "one", [("a", "2024-01-05")])
    with pytest.raises(QuestionError, match="months is 0; it can be 1 to 36"):
        cx.methods.repeat(study, months=0)
    with pytest.raises(QuestionError, match=r"takes a Study, from cx\.open_study; it was given str"):
        cx.methods.repeat("orders")
    assert isinstance(cx.methods.repeat(study, period="2023"), cx.Absent)
    (tmp_path / "one" / "study.toml").write_text('[tables.contacts]\nfile = "x.csv"\n')
    (tmp_path / "one" / "x.csv").write_text("contact_id,customer_id,opened_at\n1,a,2024-01-01\n")
    assert "needs a table of orders" in cx.methods.repeat(cx.open_study(tmp_path / "one")).reason
