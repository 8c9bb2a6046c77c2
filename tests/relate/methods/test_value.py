"""Value and experience both ways against statsmodels; lifetime value against plain pandas and a company of a few."""

import shutil

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from references import HERE, shared
from statsmodels.stats.proportion import proportion_confint

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.load.fetch import fetch
from cxresearch.load.simulate import simulate


def panel(seed=1, n=500, there=1.5, back=0.4):
    draw = np.random.default_rng(seed)
    v0, e0, plan = draw.normal(size=n), draw.normal(size=n), draw.normal(size=n)
    v1 = 0.6 * v0 + there * e0 + plan + draw.normal(size=n)
    e1 = 0.5 * e0 + back * v0 + draw.normal(size=n)
    return pd.DataFrame({"who": np.arange(n), "v0": v0, "e0": e0, "v1": v1, "e1": np.where(draw.random(n) < 0.5, e1, np.nan), "plan": plan,
                         "w": 1.0 + draw.integers(0, 2, n)})  # fmt: skip


ASKED = cx.Question(outcome=cx.Mean("v1"), exposure="e0", adjust_for=("plan",), drivers={"before": "v0", "after": "e1"})


@pytest.mark.parametrize("weight", [None, "w"])
def test_both_ways_equal_statsmodels(weight):
    frame = panel()
    found = cx.methods.value(cx.from_frame(frame, ASKED, customer="who", weight=weight))
    for outcome, column, term in (("v1", "e0", "experience to value"), ("e1", "v0", "value to experience"), ("v1", "v0", "value to value")):
        part = frame.dropna(subset=[outcome])
        w = part["w"] if weight else np.ones(len(part))
        fit = smf.wls(f"{outcome} ~ e0 + v0 + plan", part, weights=w).fit(cov_type="cluster", cov_kwds={"groups": part["who"]}, use_t=True)
        row, step = found.row(term), np.sqrt(np.cov(part[column], aweights=w, ddof=0))
        assert row.step == pytest.approx(float(step), rel=1e-9)
        assert row.estimate == pytest.approx(fit.params[column] * step, rel=1e-8)
        assert row.std_error == pytest.approx(fit.bse[column] * step, rel=1e-8)


@pytest.mark.slow
def test_only_the_way_that_is_planted_shows():
    found = [cx.methods.value(cx.from_frame(panel(seed, back=0.0), ASKED, customer="who")) for seed in range(12)]
    assert all(one.row("experience to value").low > 0 for one in found)
    assert sum(one.row("value to experience").low <= 0 <= one.row("value to experience").high for one in found) >= 9


def test_all_four_must_be_named():
    frame = panel()
    for question in (
        cx.Question(outcome=cx.Mean("v1"), exposure="e0"),
        cx.Question(outcome=cx.Mean("v1"), exposure="e0", drivers=("v0", "e1")),
    ):
        with pytest.raises(QuestionError, match="later value, earlier experience, earlier value, later experience"):
            cx.methods.value(cx.from_frame(frame, question, customer="who"))
    with pytest.raises(MethodError, match="has the same value in every row"):
        cx.methods.value(cx.from_frame(frame.assign(v0=1.0), ASKED, customer="who"))


def test_lifetime_of_cdnow_is_what_customers_spent(tmp_path):
    file = shared("data", "cdnow", "CDNOW_master.txt")
    (tmp_path / "cdnow").mkdir()
    shutil.copy(HERE.parent / "data" / "cdnow" / "study.toml", tmp_path / "cdnow")
    study = cx.open_study(fetch("cdnow", source=file.parent.parent, into=tmp_path))
    orders = pd.read_csv(file, sep=r"\s+", dtype={"customer_id": str, "date": str})
    orders["date"] = pd.to_datetime(orders["date"], format="%Y%m%d")
    age = (orders["date"] - orders.groupby("customer_id")["date"].transform("min")).dt.days / 30.4375
    found = cx.methods.lifetime(study, months=12, discount=0.0)
    spent = orders["dollar_value"].where(age < 12, 0).sum() / orders["customer_id"].nunique()
    assert found.row("lifetime").estimate == pytest.approx(spent, rel=1e-9)
    assert found.row("lifetime").low < spent < found.row("lifetime").high and found.row("kept").estimate == 1.0


def company(folder, people, orders):
    folder.mkdir(exist_ok=True)
    customers = pd.DataFrame(people, columns=["customer_id", "joined_at", "left_at"])
    customers[["joined_at", "left_at"]] = customers[["joined_at", "left_at"]].apply(pd.to_datetime)
    customers.to_parquet(folder / "customers.parquet", index=False)
    made = pd.DataFrame(orders, columns=["customer_id", "ordered_at", "amount"])
    made.assign(ordered_at=pd.to_datetime(made["ordered_at"])).to_parquet(folder / "orders.parquet", index=False)
    tables = '[tables.customers]\nfile = "customers.parquet"\n[tables.orders]\nfile = "orders.parquet"\n'
    (folder / "study.toml").write_text(f"observed_until = 2024-12-31\n{tables}")
    return cx.open_study(folder)


def test_where_nobody_has_left_not_everybody_is_certain_to_stay(tmp_path):
    """Sixty customers are seen for the whole year: Wilson's interval of 60 of 60, and the rule of three lies inside."""
    people = [(f"c{i}", "2024-01-01", None if i else "2024-12-30") for i in range(60)]
    orders = [(f"c{i}", f"2024-{month:02d}-01", 10.0 + i) for i in range(60) for month in range(1, 13)]
    found = cx.methods.lifetime(company(tmp_path / "one", people, orders), months=11, discount=0.0)
    kept = found.row("kept")
    low = proportion_confint(60, 60, method="wilson")[0]
    assert (kept.estimate, kept.high) == (1.0, 1.0) and kept.low == pytest.approx(low, abs=1e-9) and kept.low < 1 - 3 / 60 + 0.01
    curve = found.curve[found.curve["term"] == "kept"]
    assert (curve["low"].diff().dropna() <= 0).all()
    assert f"Of 100 customers, 100.0 stay so long ({100 * low:.1f} to 100.0)." in cx.conclude(found).detail


def test_lifetime_by_hand(tmp_path):
    people = [("a", "2024-01-01", None), ("b", "2024-01-01", "2024-02-15"), ("c", "2023-12-01", None)]
    orders = [
        ("a", "2024-01-01", 10.0),
        ("b", "2024-01-05", 20.0),
        ("b", "2024-03-05", 99.0),
        ("c", "2024-01-10", 6.0),
        ("a", "2024-02-20", 8.0),
    ]
    study = company(tmp_path / "one", people, orders)
    found = cx.methods.lifetime(study, months=2, discount=0.0)
    month, record = 30.4375, pd.Timestamp("2024-01-01")
    life = {"a": (0.0, 366 / month), "b": (0.0, 45 / month), "c": (31 / month, 397 / month)}
    exposure = [sum(max(0.0, min(end, k + 1) - max(start, k)) for start, end in life.values()) for k in range(2)]
    age = {"a": [(0, 10.0), (50, 8.0)], "b": [(4, 20.0)], "c": [(40, 6.0)]}
    revenue = [sum(amount for each in age.values() for days, amount in each if k <= days / month < k + 1) for k in range(2)]
    hazard = 1 / exposure[1]
    expected = revenue[0] / exposure[0] + revenue[1] / exposure[1] * (1 - np.exp(-hazard)) / hazard
    assert record and found.row("lifetime").estimate == pytest.approx(expected, rel=1e-9)
    assert found.row("kept").estimate == pytest.approx(np.exp(-hazard), rel=1e-9)
    assert any(check.status == "failed" for check in found.checks)
    again = cx.methods.lifetime(company(tmp_path / "two", people[::-1], orders[::-1]), months=2, discount=0.0)
    pd.testing.assert_frame_equal(found.curve, again.curve)
    later = cx.methods.lifetime(study, months=2, discount=0.2)
    assert later.row("lifetime").estimate < found.row("lifetime").estimate
    unseen = cx.methods.lifetime(study, months=24)
    assert isinstance(unseen, cx.Absent) and "Nobody is observed beyond month" in unseen.reason


def test_what_lifetime_refuses(tmp_path):
    study = company(tmp_path / "one", [("a", "2024-01-01", None)], [("a", "2024-01-01", 10.0)])
    for settings, said in (({"months": 0}, "it can be 1 to 60"), ({"discount": 1.5}, "from 0 to below 1")):
        with pytest.raises(QuestionError, match=said):
            cx.methods.lifetime(study, **settings)
    with pytest.raises(QuestionError, match="takes a Study"):
        cx.methods.lifetime(3)
    alone = cx.methods.lifetime(study, months=1)
    assert isinstance(alone, cx.Absent) and alone.reason.startswith("Lifetime value needs two customers or more, which the study")
    two = [(name, "2024-01-01", "2024-02-15") for name in "ab"]
    brief = cx.methods.lifetime(company(tmp_path / "two", two, [("a", "2024-01-01", 10.0)]), months=6)
    assert isinstance(brief, cx.Absent) and "is observed beyond month 2 of life: ask for fewer months (months=2)" in brief.reason


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("company") / "demo", seed=4, customers=900, months=15)


def test_lifetime_counts_only_the_customers_that_are_asked_for(demo):
    study, months = cx.open_study(demo), 6
    people, orders = (pd.read_parquet(demo / f"{name}.parquet") for name in ("customers", "orders"))
    month = pd.Timedelta(days=30.4375)
    begins, end = orders["ordered_at"].min(), pd.Timestamp(study.observed_until) + pd.Timedelta(days=1)
    some = people[people["market"].isin(["DE", "FR"]) & (people["plan"] == "basic")]
    some = some.assign(until=some["left_at"].fillna(end), enter=some["joined_at"].clip(lower=begins))
    some = some[some["until"] > some["enter"]]
    spent = orders.merge(some, on="customer_id")
    spent = spent[(spent["ordered_at"] >= spent["enter"]) & (spent["ordered_at"] <= spent["until"])]
    worth, here = 0.0, 1.0
    for k in range(months):
        low, high = some["joined_at"] + k * month, some["joined_at"] + (k + 1) * month
        inside = ((np.minimum(some["until"], high) - np.maximum(some["enter"], low)) / month).clip(lower=0).sum()
        hazard = (some["left_at"].notna() & (some["until"] >= low) & (some["until"] < high)).sum() / inside
        age = (spent["ordered_at"] - spent["joined_at"]) / month
        lived = here * (1 - np.exp(-hazard)) / hazard if hazard else here
        worth += lived * spent.loc[(age >= k) & (age < k + 1), "amount"].sum() / inside
        here *= np.exp(-hazard)
    found = cx.methods.lifetime(study, where="market=DE,FR;plan=basic", months=months, discount=0.0)
    assert (found.row("lifetime").estimate, found.row("kept").estimate) == (pytest.approx(worth, rel=1e-6), pytest.approx(here, rel=1e-6))
    assert found.row("lifetime").customers == len(some) < len(people)
    said = cx.conclude(found).detail
    assert "all customers on record (only market DE or FR, plan basic), 1 January 2024 to 31 March 2025." in said, said


def test_a_condition_of_lifetime_means_what_it_means_elsewhere(demo):
    study = cx.open_study(demo)
    with pytest.raises(QuestionError, match='there is no column "markt"; did you mean "market"'):
        cx.methods.lifetime(study, where="markt=DE")
    with pytest.raises(QuestionError, match='no row has market "de"; did you mean "DE"'):
        cx.methods.lifetime(study, where={"market": "de"})
    elsewhere = cx.methods.lifetime(study, where="channel=phone")
    assert elsewhere.reason == 'These rows have no column "channel" to choose by: it stands in the table of contacts.'
    before = cx.methods.lifetime(study, where="journey=something failed")
    assert "it tells of the 90 days before" in before.reason
    assert "two customers or more with market DE that began in 1999" in cx.methods.lifetime(study, period="1999", where="market=DE").reason
