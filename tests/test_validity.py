"""The short version of benchmarks/validity.py: every scenario runs, and no figure is out of reach of its band."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

SPEC = importlib.util.spec_from_file_location("validity", Path(__file__).parent.parent / "benchmarks" / "validity.py")
validity = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(validity)
TIMES = {"S1": 12, "S2": 12, "S2L": 4, "S3": 10, "S4": 24, "S5": 20, "S6": 10, "S7": 12, "S8": 8}


QUICK = ("S5",)


@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in validity.SCENARIOS])
def test_scenario(name):
    """A figure fails where so few repetitions would show it once in 10,000 times though the truth lay on the edge of its band."""
    times = TIMES[name]

    def run(one, offset):
        with np.errstate(all="ignore"):
            return [one([validity.SEED, offset, i]) for i in range(times)]

    for line in validity.SCENARIOS[name](run):
        if "bias" in line.what or "mean of three" in line.what:
            continue
        seen = round(line.value * times / 100)
        assert stats.binom.sf(seen - 1, times, line.high / 100) > 1e-4, line
        assert stats.binom.cdf(seen, times, line.low / 100) > 1e-4, line
