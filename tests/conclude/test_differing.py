"""Sentences about levels: what is named, what the average is, and that figures which are read together agree."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cxresearch.conclude.methods import segments as voice
from cxresearch.conclude.show import mimebundle
from cxresearch.conclude.verdict import conclude
from cxresearch.conclude.words import differing, slopes
from cxresearch.conclude.words.display import outcome_of
from tests.conclude import samples_differing as samples


def held(relation, **facts):
    return replace(relation, facts={**relation.facts, **facts})


def test_every_level_that_stands_out_is_named_with_its_number():
    said = slopes.headline(samples.slopes(out=2), "clear", 2.0)
    assert "an NPS 8.0 points lower in Blue and 15.0 points higher in Green" in said
    assert said.endswith("the average of the 3 teams, each counting alike, is 3.0 points higher.")


def test_of_many_the_rest_are_counted():
    said = slopes.headline(samples.slopes([f"team {i}" for i in range(7)], out=7), "clear", 2.0)
    assert "and unlike the rest in 3 more; the average of the 7 teams" in said


def test_a_slope_is_not_called_as_recorded_where_something_is_held_equal():
    found = samples.slopes()
    assert differing.own_head(found) == "Comparable customers"
    assert differing.own_head(held(found, adjusted_for=[])) == "As recorded"
    assert differing.own_head(samples.segments()) == "As recorded"
    table, _ = voice.tables(found)
    assert "the average counts each team alike" in table.under and table.rows[0][0] == "Average" and table.rows[0][2] == ""


@pytest.mark.parametrize(("value", "mean"), [(7.395, 5.4505), (9.3212, 7.2449), (-0.0555, -0.2445), (12.0, 3.0)])
def test_level_average_and_gap_agree_as_printed(value, mean):
    row = pd.Series({"estimate": value, "low": value - 1.2, "high": value + 1.2, "gap": value - mean})
    row["gap_low"], row["gap_high"] = row["gap"] - 1.3, row["gap"] + 1.3
    digits = differing.digits_of(row, outcome_of({"outcome_kind": "nps"}), None)
    assert digits <= 4
    printed = [float(f"{each:.{digits}f}") for each in (value, mean, value - mean)]
    assert printed[0] - printed[1] == pytest.approx(printed[2], abs=1e-9)


def test_headline_detail_and_table_tell_one_average():
    found = samples.slopes()
    said = conclude(found, worth=2.0)
    level, mean = (float(each) for each in re.findall(r"([\d.]+) points (?:lower|higher)", said.headline))
    assert float(re.search(r"([\d.]+) points below the average", said.detail)[1]) == pytest.approx(level + mean)


def test_levels_that_were_set_aside_are_not_spoken_of():
    said = slopes.headline(held(samples.slopes(out=0), set_aside=("Violet",)), "negligible", 20.0)
    assert said.endswith("in each of the 3 teams that can be told, but for less than is worth acting on.")
    assert "every team" in slopes.headline(samples.slopes(out=0), "negligible", 20.0)


@pytest.mark.parametrize("made", [samples.slopes, samples.segments])
@pytest.mark.parametrize("out", [0, 1])
def test_that_levels_do_not_differ_is_said_of_the_largest_difference(made, out):
    """The bound on the spread is 9, on the largest difference 14."""
    found = made(out=out)
    frame = found.estimates
    gaps = [name for name in ("gap", "gap_low", "gap_high") if name in frame]
    near = replace(found, estimates=frame.assign(**{name: frame[name] / 4 for name in gaps}))
    assert conclude(near, worth=12.0).strength != "negligible"
    assert conclude(near, worth=15.0).strength == "negligible"


def test_where_none_stands_out_the_largest_difference_is_told_with_its_bound():
    said = conclude(samples.slopes(out=0), worth=12.0)
    assert said.detail.startswith("Largest difference between two teams: 7.5 points, at most 14.0; n = 9,000 answers")
    assert (said.estimate, said.low, said.high) == (7.5, 1.2, 14.0)
    assert "Largest difference between two" in mimebundle(samples.slopes(out=0))["text/plain"]
    assert np.isfinite(said.p)
