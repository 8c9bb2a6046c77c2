"""simulate: a company whose truth is exact for the estimators, the same for the same seed, and read without surprises."""

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxresearch.ask.errors import ResearchError
from cxresearch.ask.study import open_study
from cxresearch.load.contracts import read
from cxresearch.load.simulate import Truth, month_start, simulate

QUARTER = (pd.Timestamp("2025-04-01"), pd.Timestamp("2025-07-01"))
FILES = ("contacts", "customers", "orders", "surveys", "touches")


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Path:
    return simulate(tmp_path_factory.mktemp("demo") / "demo", seed=1)


def planted(folder: Path) -> dict[str, float]:
    return tomllib.loads((folder / "truth.toml").read_text())["truth"]


def slope(frame: pd.DataFrame, outcome: pd.Series, *, adjusted: bool) -> tuple[float, float]:
    """Least squares per doubling, with errors by customer, written out: the reference is not the package."""
    columns = [np.ones(len(frame)), frame["wait"]]
    columns += [frame["difficulty"], frame["channel"] == "chat", frame["channel"] == "phone"] if adjusted else []
    design = np.column_stack([np.asarray(column, float) for column in columns])
    inverse = np.linalg.inv(design.T @ design)
    fitted = inverse @ design.T @ outcome.to_numpy(float)
    residual = outcome.to_numpy(float) - design @ fitted
    scores = pd.DataFrame(design * residual[:, None]).groupby(frame["customer_id"].to_numpy()).sum().to_numpy()
    errors = np.sqrt(np.diag(inverse @ scores.T @ scores @ inverse))
    return fitted[1], errors[1]


def waits(folder: Path) -> pd.DataFrame:
    contacts = pd.read_parquet(folder / "contacts.parquet")
    return contacts.assign(wait=np.log2((contacts["first_response_at"] - contacts["opened_at"]).dt.total_seconds() / 3600))


def answered(folder: Path) -> tuple[pd.DataFrame, pd.Series]:
    surveys = pd.read_parquet(folder / "surveys.parquet").query("kind == 'nps'")
    surveys = surveys[(surveys["answered_at"] >= QUARTER[0]) & (surveys["answered_at"] < QUARTER[1])]
    joined = surveys.merge(waits(folder).drop(columns="customer_id"), on="contact_id")
    joined = joined[joined["first_response_at"] <= joined["answered_at"]]
    return joined, pd.Series(np.select([joined["score"] >= 9, joined["score"] <= 6], [100.0, -100.0], 0.0), joined.index)


def stayed(folder: Path) -> tuple[pd.DataFrame, pd.Series]:
    customers, contacts, landmark = pd.read_parquet(folder / "customers.parquet"), waits(folder), QUARTER[1]
    here = customers[(customers["joined_at"] <= landmark) & ~(customers["left_at"] <= landmark)]
    recent = contacts[(contacts["opened_at"] < landmark) & (contacts["opened_at"] >= landmark - pd.Timedelta("90D"))]
    last = recent.sort_values(["opened_at", "contact_id"]).groupby("customer_id").tail(1)
    joined = here.merge(last[last["first_response_at"] < landmark], on="customer_id")
    return joined, ~(joined["left_at"] <= landmark + pd.Timedelta("90D"))


@pytest.mark.parametrize(("rows", "name"), [(answered, "nps_per_halving"), (stayed, "kept_per_halving")])
def test_the_adjusted_slope_finds_the_truth_and_the_naive_one_does_not(company, rows, name):
    frame, outcome = rows(company)
    estimate, error = slope(frame, outcome, adjusted=True)
    assert abs(-estimate - planted(company)[name]) < 2.5 * error
    naive, error = slope(frame, outcome, adjusted=False)
    assert abs(-naive - planted(company)[name]) > 3 * error


def test_a_planted_effect_may_be_none(tmp_path):
    folder = simulate(tmp_path, seed=3, truth=Truth(nps_per_doubling=0, kept_per_doubling=0))
    assert planted(folder)["nps_per_halving"] == 0
    for rows in (answered, stayed):
        estimate, error = slope(*rows(folder), adjusted=True)
        assert abs(estimate) < 3 * error


def test_chances_are_hardly_ever_cut_and_the_bend_is_where_it_is_said_to_be(company):
    truth = planted(company)
    assert truth["share_of_chances_cut"] < 0.002
    assert waits(company)["wait"].gt(np.log2(truth["bend_hours"])).mean() == pytest.approx(truth["share_above_bend"], abs=0.005)


def test_answering_depends_on_plan_and_not_on_the_wait(company):
    surveys = pd.read_parquet(company / "surveys.parquet").merge(waits(company).drop(columns="customer_id"), on="contact_id")
    surveys = surveys.merge(pd.read_parquet(company / "customers.parquet"), on="customer_id")
    said = surveys["answered_at"].notna()
    assert 0.28 < said.mean() < 0.34
    assert said[surveys["plan"] == "pro"].mean() > said[surveys["plan"] == "basic"].mean() + 0.1
    assert abs(np.corrcoef(said, surveys["wait"].fillna(0))[0, 1]) < 0.01


def test_the_same_seed_makes_the_same_bytes(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        simulate(tmp_path / name, seed=seed, customers=300)
    for table in (*(f"{name}.parquet" for name in FILES), "study.toml", "truth.toml"):
        assert (tmp_path / "a" / table).read_bytes() == (tmp_path / "b" / table).read_bytes()
    assert (tmp_path / "a" / "contacts.parquet").read_bytes() != (tmp_path / "c" / "contacts.parquet").read_bytes()


def test_chunks_make_one_company(tmp_path, monkeypatch):
    monkeypatch.setattr("cxresearch.load.simulate.CHUNK", 100)
    made = read(open_study(simulate(tmp_path, customers=250, months=9)))
    counts = made.clean["contacts"].aggregate(rows=lambda t: t.count(), ids=lambda t: t.contact_id.nunique()).execute().iloc[0]
    assert counts["rows"] == counts["ids"]
    assert made.clean["customers"].count().execute() == 250
    assert not made.audit["thing"].eq("orphan").any() or made.audit.query("thing == 'orphan'")["n"].item() < 3


def test_it_is_a_sound_study(company):
    made = read(open_study(company))
    broken = made.audit.query("thing == 'quarantined'")
    assert set(broken["detail"]) == {"resolved before opened"}
    assert broken["n"].item() < 100
    clean = {name: table.execute() for name, table in made.clean.items()}
    assert set(clean) == set(FILES)
    left = clean["contacts"].merge(clean["customers"], on="customer_id")
    assert not (left["opened_at"] > left["left_at"]).any()
    early = clean["surveys"].merge(clean["contacts"], on="contact_id")
    assert (early["answered_at"] < early["first_response_at"]).sum() > 0


def test_nonsense_is_refused(tmp_path):
    with pytest.raises(ResearchError, match="customers is 0 and months is 24; both must be at least 1"):
        simulate(tmp_path / "never", customers=0)
    assert not (tmp_path / "never").exists()


def test_months_follow_the_calendar():
    assert pd.Timestamp(month_start(15), unit="s") == pd.Timestamp("2025-04-01")
