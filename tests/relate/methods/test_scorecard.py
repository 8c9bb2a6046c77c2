"""The card and the audit on a company whose counts are known."""

from dataclasses import replace

import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.load.simulate import simulate


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return cx.open_study(simulate(tmp_path_factory.mktemp("company") / "demo", seed=9, customers=1200))


def test_every_metric_of_the_card_is_what_measure_says(study):
    few = {"metrics": ["nps", "first_response_hours", "kept_90d", "transfers"]}
    study = replace(study, ask={**study.ask, "scorecard": few})
    card = cx.scorecard(study, period="2025-H1", by="plan")
    for name in ("nps", "first_response_hours", "kept_90d"):
        alone = cx.measure(cx.link(study, cx.Question(outcome=name, by="plan"), period="2025-H1"))
        mine = card.estimates[card.estimates["term"] == name].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine[alone.estimates.columns], alone.estimates)
    sides = card.estimates.groupby("term")["side"].first()
    assert sides["nps"] == sides["kept_90d"] == "experience"
    assert sides["first_response_hours"] == sides["transfers"] == "service"


def test_the_audit_counts_what_the_files_hold(study):
    relation = cx.audit(study)
    rows = relation.estimates[relation.estimates["level"] == "rows"].set_index("term")["n"]
    for table in ("contacts", "surveys", "customers"):
        held = len(pd.read_parquet(study.folder / f"{table}.parquet"))
        aside = relation.estimates.query("term == @table and level == 'quarantined'")["n"].sum()
        assert rows[table] + aside == held
    assert relation.facts["quarantined"] == relation.estimates.query("level == 'quarantined'")["n"].sum()
