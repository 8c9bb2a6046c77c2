"""Means as recorded, in bands of the exposure: against plain pandas, with the ends on the right side."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.conclude.methods.dose_response import VOICE
from cxresearch.conclude.words.enough import band_words
from cxresearch.relate.bands import ROUND_DAYS, bands_of, cuts_of

CUTS = (-7.0, 0.0, 3.0)


@pytest.fixture(scope="module")
def asked():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"who": rng.integers(0, 300, 900), "late": rng.integers(-20, 9, 900).astype(float)})
    frame["score"] = rng.integers(1, 6, 900) - (frame["late"] > 3)
    exposure = replace(cx.Mean("late", better="lower"), kind="number", unit="days")
    return frame, cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure=exposure), customer="who")


def test_each_band_is_the_mean_of_its_rows_and_its_upper_end_belongs_to_it(asked):
    frame, data = asked
    found = pd.DataFrame(bands_of(data, data.table, CUTS))
    plain = frame.groupby(pd.cut(frame["late"], [-np.inf, *CUTS, np.inf]), observed=True)
    assert found["estimate"].tolist() == pytest.approx(plain["score"].mean().tolist(), rel=1e-12)
    assert found["n"].tolist() == plain.size().tolist() and found["n"].sum() == 900
    assert found["customers"].tolist() == plain["who"].nunique().tolist()
    assert (found["low"] < found["estimate"]).all() and (found["estimate"] < found["high"]).all()


def test_a_band_is_what_measure_says_of_its_rows(asked):
    frame, data = asked
    alone = cx.measure(cx.from_frame(frame[frame["late"] > 3], cx.Question(outcome=cx.Mean("score")), customer="who")).row("score")
    last = bands_of(data, data.table, CUTS)[-1]
    assert [last[name] for name in ("estimate", "low", "high")] == pytest.approx([alone.estimate, alone.low, alone.high], rel=1e-10)


def test_fewer_than_ten_clusters_make_no_band(asked):
    _, data = asked
    assert [row["level"] for row in bands_of(data, data.table, (-100.0, 0.0))] == ["-100 to 0", "0 to"]
    assert bands_of(data, data.table, ()) == []


def test_days_that_may_lie_before_a_promise_end_at_weeks():
    assert cuts_of("days", np.array([-30.0, 4.1]), np.arange(3)) == (-28, -14, -7, -3, 0, 1, 2, 3)
    assert set(cuts_of("days", np.array([-99.0, 99.0]), np.arange(3))) == set(ROUND_DAYS)
    assert cuts_of("hours", np.array([0.0, 3.0]), np.array([1.0, 2.0])) == (1.0, 2.0)


def test_words_and_what_is_too_few_to_be_shown(asked):
    _, data = asked
    rows = pd.DataFrame(bands_of(data, data.table, CUTS))
    assert [band_words(row, "days") for _, row in rows.iterrows()] == [
        "up to \u22127 days", "\u22127 days to 0 days", "0 days to 3 days", "over 3 days"]  # fmt: skip
    found = cx.dose_response(data, draws=20, worth=1.0)
    table = next(each for each in VOICE.tables(found) if "as recorded" in each.caption)
    assert "nothing held equal" in table.under and all(cells[-1].isdigit() for cells in table.rows)
    few = found.estimates.assign(n=found.estimates["n"].where(found.estimates["term"] != "band", 3))
    hidden = replace(found, estimates=few, facts=found.facts | {"disclosure_limit": 5})
    assert {cells[1] for each in VOICE.tables(hidden) if "as recorded" in each.caption for cells in each.rows} == {"not shown"}
