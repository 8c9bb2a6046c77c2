"""Ids once each: what is proven in passing, held to what counting says."""

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.ask.study import open_study
from cxresearch.load import audit, contracts
from cxresearch.load.audit import rising
from cxresearch.load.contracts import read

ids = st.one_of(st.none(), st.integers(0, 30).map(lambda number: f"k{number}"), st.text("k019", max_size=3))


@settings(max_examples=60, deadline=None)
@given(st.lists(ids, min_size=1, max_size=8))
def test_ids_that_rise_are_all_there_and_none_repeats(given_ids):
    if rising(ibis.memtable(pd.DataFrame({"id": pd.Series(given_ids, dtype="string")})), "id"):
        assert None not in given_ids[1:] and len(set(given_ids)) == len(given_ids)


@pytest.mark.parametrize(
    ("given_ids", "said"),
    [
        (["k9", "k10", "k11"], True),
        (["7"], True),
        (["k1", "k1"], False),
        (["k1", None, "k1"], False),
        (["k1", "k2", None], False),
        (["b", "a"], False),
    ],
)
def test_what_is_said_of_rising_ids(given_ids, said):
    assert rising(ibis.memtable(pd.DataFrame({"id": pd.Series(given_ids, dtype="string")})), "id") is said


@pytest.mark.parametrize("repeat", [None, 11, 12_000, 299_999])
@pytest.mark.parametrize("shuffled", [False, True])
def test_large_files_hide_no_repeated_id(tmp_path, monkeypatch, repeat, shuffled):
    monkeypatch.setattr(contracts, "HELD_ROWS", 1)
    monkeypatch.setattr(audit, "BEGINNING", 10)
    rows = pd.DataFrame(
        {"contact_id": [f"k{number}" for number in range(300_000)], "customer_id": "c", "opened_at": pd.Timestamp("2025-01-02")}
    )
    if repeat is not None:
        rows.loc[repeat, "contact_id"] = "k10"
    rows = rows.sample(frac=1, random_state=1) if shuffled else rows
    (tmp_path / "contacts").mkdir()
    for part in range(3):
        rows.iloc[part * 100_000 : (part + 1) * 100_000].to_parquet(tmp_path / "contacts" / f"{part}.parquet", row_group_size=20_000)
    (tmp_path / "study.toml").write_text('observed_until = 2025-12-31\n[tables.contacts]\nfile = "contacts/*.parquet"\n')
    stage = read(open_study(tmp_path)).stages["contacts"]
    assert stage.sound == 300_000 - (repeat is not None)
    found = stage.table.filter(stage.table.rule.notnull()).execute()
    assert found["contact_id"].tolist() == ([] if repeat is None else ["k10"])
