"""Months added, against the whole period at once; what is kept is used while nothing behind it changes, and only then."""

import re
import shutil

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.errors import QuestionError
from cxresearch.load.simulate import simulate
from cxresearch.relate.sums import SMALLEST, distinct

PERIOD, QUESTION = "2024-12..2025-02", cx.Question("nps", "first_response_hours", ("difficulty", "segment"))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("company") / "demo", seed=3, customers=3000)


@pytest.fixture(scope="module")
def plain(home):
    """What is found without a folder."""
    return asked(home)


def asked(home, folder=None, period=PERIOD, question=QUESTION):
    return cx.methods.over_months(cx.open_study(home), question, period=period, contrast="halving", folder=folder)


def same(one, other):
    pd.testing.assert_frame_equal(one.estimates, other.estimates, check_exact=True)
    assert (one.facts, one.checks) == (other.facts, other.checks)


def ages(folder):
    """Return when each month was last written."""
    return {path.stem[-7:]: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_the_sum_of_the_months_is_the_period(home, plain):
    study = cx.open_study(home)
    whole = cx.effect(cx.link(study, QUESTION, period=PERIOD), contrast="halving").estimates.query("term != 'within'")
    months = plain.estimates
    for column in ("n", "customers"):
        assert months[column].tolist() == whole[column].tolist()
    np.testing.assert_allclose(months["estimate"], whole["estimate"], rtol=1e-9)
    np.testing.assert_allclose(months["std_error"], whole["std_error"], rtol=0.14)  # 1 in sqrt(2 x 430): four of these
    said = next(check.detail for check in plain.checks if check.name == "months")
    assert re.fullmatch(r"Added from the sums of 3 months; errors from \d{3} groups of customers, right to about 3\.\d%\.", said)


def test_a_new_month_costs_that_month_and_nothing_kept_changes_the_answer(home, plain, tmp_path):
    asked(home, tmp_path, "2024-12..2025-01")
    before = ages(tmp_path)
    found = asked(home, tmp_path)
    after = ages(tmp_path)
    assert {month: after[month] for month in before} == before
    assert set(after) - set(before) == {"2025-02"}
    same(found, plain)
    next(tmp_path.iterdir()).write_bytes(b"PAR1 and nothing more")
    same(asked(home, tmp_path), plain)


@pytest.mark.slow
def test_what_changes_in_a_month_is_computed_again_from_that_month_on(home, tmp_path):
    folder, changed = tmp_path / "kept", shutil.copytree(home, tmp_path / "demo")
    asked(changed, folder)
    before = ages(folder)
    surveys = pd.read_parquet(changed / "surveys.parquet")
    at = surveys.index[surveys["answered_at"].between("2025-01-10", "2025-01-20") & (surveys["kind"] == "nps")][0]
    surveys.loc[at, "score"] = 10.0 if surveys.loc[at, "score"] < 5 else 0.0
    surveys.to_parquet(changed / "surveys.parquet", index=False)
    found = asked(changed, folder)
    assert {month for month, age in ages(folder).items() if age != before[month]} == {"2025-01", "2025-02"}
    same(found, asked(changed))


@pytest.mark.slow
def test_a_new_level_codes_every_month_anew(home, tmp_path):
    folder, grown = tmp_path / "kept", shutil.copytree(home, tmp_path / "demo")
    customers = pd.read_parquet(grown / "customers.parquet")
    surveys = pd.read_parquet(grown / "surveys.parquet")
    late = surveys.loc[surveys["answered_at"].between("2025-02-01", "2025-02-28"), "customer_id"]
    early = surveys.loc[surveys["answered_at"] < "2025-02-01", "customer_id"]
    only = set(late) - set(early)
    asked(grown, folder, "2024-12..2025-01")
    before = ages(folder)
    customers.loc[customers["customer_id"].isin(only), "segment"] = "public"
    customers.to_parquet(grown / "customers.parquet", index=False)
    found = asked(grown, folder)
    assert all(age != before[month] for month, age in ages(folder).items() if month in before)
    same(found, asked(grown))


def test_another_question_has_files_of_its_own(home, tmp_path):
    asked(home, tmp_path, "2025-01")
    asked(home, tmp_path, "2025-01", cx.Question("nps", "first_response_hours"))
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    ("question", "period", "said"),
    [
        (QUESTION, "2025-01-10..2025-02-10", r'period is "2025-01-10..2025-02-10"; here it must be made of whole months'),
        (cx.Question("kept_90d", "first_response_hours"), "2024-06", "what is known of a customer may change after its month"),
        (cx.Question("first_contact_resolution", "transfers"), "2025-01", "what is known of a contact may change after its month"),
        (cx.Question("nps", "channel"), "2025-01", "an exposure that is a number or a wait"),
    ],
)
def test_what_cannot_be_added_is_refused(home, question, period, said):
    with pytest.raises(QuestionError, match=said):
        asked(home, period=period, question=question)


def test_many_names_are_estimated_from_their_smallest_hashes():
    random = np.random.default_rng(5)
    hashes = sorted(f"{value:013x}" for value in random.integers(0, 16**13, 60_000))
    near, counted = distinct([hashes[: 2 * SMALLEST : 2], hashes[1 : 2 * SMALLEST : 2], hashes[:SMALLEST]])
    assert not counted
    assert abs(near / 60_000 - 1) < 4 / np.sqrt(SMALLEST) and near % 1000 == 0
