"""First-contact resolution and the next contact, against loops over every contact."""

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.catalog import CATALOG
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.handling import RESOLVED
from cxresearch.load.repeats import met_next
from cxresearch.load.simulate import simulate

END = pd.Timestamp("2026-01-01")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("company") / "demo", seed=7, customers=700)


@pytest.fixture(scope="module")
def contacts(folder):
    frame = pd.read_parquet(folder / "contacts.parquet")
    return frame[~(frame["resolved_at"] < frame["opened_at"])]


def came_back(contacts):
    """When each contact's customer next came about the same reason, by looking at every later contact."""
    found = {}
    for _, group in contacts.groupby(["customer_id", "reason"], dropna=False):
        rows = list(group.sort_values(["opened_at", "contact_id"]).itertuples())
        for place, row in enumerate(rows):
            later = [other.opened_at for other in rows[place + 1 :] if other.direction != "proactive"]
            found[row.contact_id] = min(later, default=pd.NaT)
    return pd.Series(found)


@pytest.fixture(scope="module")
def returned(contacts):
    return came_back(contacts)


@pytest.mark.parametrize(
    ("name", "days"), [(RESOLVED, 7), *(pytest.param(f"{RESOLVED}_{days}d", days, marks=pytest.mark.slow) for days in (3, 14))]
)
def test_a_contact_is_resolved_at_first_where_nobody_comes_back_in_time(folder, contacts, returned, name, days):
    found = cx.link(cx.open_study(folder), cx.Question(outcome=name), period="2025-Q4").frame().set_index("unit_id")[name]
    asked = contacts[contacts["opened_at"].between("2025-10-01", END, inclusive="left")].set_index("contact_id")
    window = pd.Timedelta(days=days)
    seconds = asked["resolved_at"].dt.floor("s")
    over = asked["resolved_at"].notna() & (seconds + window <= END)
    again = returned.reindex(asked.index).dt.floor("s") - seconds < window
    expected = (~again[over]).astype(float).sort_index()
    pd.testing.assert_series_equal(found.sort_index(), expected, check_names=False, check_dtype=False)
    assert 0 < (expected == 0).sum() < len(expected)
    assert len(expected) < len(asked)


def test_a_longer_window_finds_no_fewer_returns(folder):
    study = cx.open_study(folder)
    shares = [cx.measure(cx.link(study, cx.Question(outcome=name), period="2025-Q2")).row(name).estimate
              for name in ("first_contact_resolution_3d", "first_contact_resolution", "first_contact_resolution_14d")]  # fmt: skip
    assert shares == sorted(shares, reverse=True) and shares[0] > shares[-1]
    assert "up to 7 days after the resolution. Not known until" in CATALOG["first_contact_resolution"].definition


def test_what_the_company_began_is_no_return(folder, contacts, tmp_path):
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    contacts.assign(direction="proactive").to_parquet(tmp_path / "contacts.parquet", index=False)
    data = cx.link(cx.open_study(tmp_path), cx.Question(outcome="first_contact_resolution"), period="2025-Q2")
    assert data.frame()["first_contact_resolution"].eq(1).all()


def test_the_share_of_the_days_before_goes_with_what_comes_after(folder):
    study = cx.open_study(folder)
    share = "mean_first_contact_resolution_90d"
    data = cx.link(study, cx.Question(outcome="kept_90d", exposure=share, adjust_for=("difficulty",)), period="2025-Q2")
    assert {0.5, 1.0} < set(data.frame()[share]) and cx.effect(data).row("adjusted").n == data.rows


def test_the_last_contact_before_is_no_exposure(folder):
    question = cx.Question(outcome="kept_90d", exposure="first_contact_resolution")
    with pytest.raises(QuestionError, match=r'is always yes.* Ask about "mean_first_contact_resolution_90d"'):
        cx.link(cx.open_study(folder), question, period="2025-Q2")


def test_a_frame_of_ones_own_names_what_is_missing():
    frame = pd.DataFrame({"who": [1, 2], "resolved_at": [END, END]})
    with pytest.raises(QuestionError, match='needs "next contact at"'):
        cx.from_frame(frame, cx.Question(outcome="first_contact_resolution"), customer="who")


def test_the_contact_after_an_answer_is_the_first_one_later(folder, contacts):
    data = cx.link(cx.open_study(folder), cx.pose(cx.open_study(folder), "speed"), period="2025-Q1")
    later = met_next(data, data.exposure)
    assert later is not None
    found = later.order_by("_unit").execute().set_index("_unit")["x_next"]
    rows = data.table.select("unit_id", "customer", "at").execute()
    pairs = rows.merge(contacts, left_on="customer", right_on="customer_id")
    first = (
        pairs[pairs["opened_at"] > pairs["at"]]
        .sort_values(["opened_at", "contact_id"])
        .groupby("unit_id")
        .head(1)
        .set_index("unit_id")
        .sort_index()
    )
    waited = (first["first_response_at"].dt.floor("s") - first["opened_at"].dt.floor("s")).dt.total_seconds() / 3600
    np.testing.assert_allclose(found, waited, rtol=1e-9, equal_nan=True)
