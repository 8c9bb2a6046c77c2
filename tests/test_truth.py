"""The planted truth of the demonstration company, over many companies; and what the report says of it."""

import re
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

import cxresearch as cx
from cxresearch.load.simulate import simulate

PERIOD = "2024-Q3..2025-Q2"
CAUSAL = re.compile(
    r"\b(caus\w*|lead(s|ing)? to|driv(es|ing)|improv\w+|rais(es|ing)|because of|due to|impact\w*|reduc\w+|increas\w+)\b", re.IGNORECASE
)


def company(seed: int) -> dict[str, float]:
    """One company: whether each interval holds the truth, and what was said."""
    with TemporaryDirectory() as folder:
        made = simulate(Path(folder) / "demo", seed=seed)
        truth = tomllib.loads((made / "truth.toml").read_text())["truth"]
        study = cx.open_study(made)
        found = {}
        for topic, key in (("speed", "nps_per_halving"), ("staying", "kept_per_halving")):
            relation = cx.effect(cx.link(study, cx.pose(study, topic), period=PERIOD), contrast="auto")
            for way in ("naive", "adjusted"):
                row = relation.row(way)
                found[f"{topic} {way}"] = row.low <= truth[key] <= row.high
            finding = cx.conclude(relation)
            said = " ".join([finding.headline, finding.detail, *(one.detail for one in finding.more)])
            found[f"{topic} causal"] = bool(CAUSAL.search(said))
            found[f"{topic} named"] = "omparable customers" in finding.headline and "s recorded" in said
        curve = cx.dose_response(cx.link(study, cx.pose(study, "speed"), period=PERIOD), draws=300).row("fast_enough")
        found["fast"] = curve.low <= truth["bend_hours"] * 2 ** (2.0 / truth["nps_per_doubling"]) <= curve.high
    return found


def check(seeds: range, least: int, most: int) -> None:
    found = [company(seed) for seed in seeds]
    count = {name: int(np.sum([one[name] for one in found])) for name in found[0]}
    print(count)
    assert count["speed adjusted"] >= least and count["staying adjusted"] >= least
    assert count["speed naive"] <= most and count["staying naive"] <= most
    assert count["speed causal"] == count["staying causal"] == 0
    assert count["speed named"] == count["staying named"] == len(seeds)
    assert count["fast"] >= least


def test_one_company():
    check(range(101, 102), 1, 0)


@pytest.mark.slow
def test_three_companies():
    check(range(101, 104), 2, 1)


@pytest.mark.slow
def test_twenty_companies():
    check(range(1, 21), 17, 1)
