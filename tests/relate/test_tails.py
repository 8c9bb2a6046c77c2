"""Tails and quantiles, beside scipy.stats: the same bits wherever a method asks for them."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cxresearch.relate import tails

SHARES = np.array([0.0, 1e-9, 0.025, 0.5, 0.975, 1 - 1e-9, 1.0])
FREEDOM = np.array([0.5, 1, 2, 3, 9, 49, 1e3, 1e6])
VALUES = np.array([-40.0, -1.96, -1e-12, 0.0, 0.7, 1.96, 5.0, 40.0])


def _grid(first, second):
    one, other = np.meshgrid(first, second)
    return one.ravel(), other.ravel()


def test_the_normal_distribution_has_the_bits_of_scipy_stats():
    np.testing.assert_array_equal(tails.normal_quantile(SHARES), stats.norm.ppf(SHARES))
    np.testing.assert_array_equal(tails.normal_above(VALUES), stats.norm.sf(VALUES))


def test_t_has_the_bits_of_scipy_stats_also_without_freedom_and_with_all_of_it():
    every = np.append(FREEDOM, [np.nan, -1, 0, np.inf])
    p, df = _grid(SHARES[1:-1], every)
    np.testing.assert_array_equal(tails.t_quantile(p, df), stats.t.ppf(p, df))
    x, df = _grid(VALUES, every)
    np.testing.assert_array_equal(tails.t_above(x, df), stats.t.sf(x, df))
    np.testing.assert_array_equal(tails.t_below(x, df), stats.t.cdf(x, df))


def test_chi_squared_has_the_bits_of_scipy_stats_also_for_what_rounding_made_negative():
    every = np.append(FREEDOM, [np.nan, -1, 0])
    x, df = _grid(VALUES, every)
    np.testing.assert_array_equal(tails.chi2_above(x, df), stats.chi2.sf(x, df))
    p, df = _grid(SHARES[1:-1], every)
    np.testing.assert_array_equal(tails.chi2_quantile(p, df), stats.chi2.ppf(p, df))


@pytest.mark.parametrize("upper", [1, 2, 7, 0, np.nan])
def test_f_has_the_bits_of_scipy_stats(upper):
    x, lower = _grid(VALUES, np.append(FREEDOM, [np.nan, 0]))
    np.testing.assert_array_equal(tails.f_above(x, upper, lower), stats.f.sf(x, upper, lower))
    p, lower = _grid(SHARES[1:-1], np.append(FREEDOM, [np.nan, 0]))
    np.testing.assert_array_equal(tails.f_quantile(p, upper, lower), stats.f.ppf(p, upper, lower))


@given(p=st.floats(1e-6, 1 - 1e-6), df=st.integers(1, 10_000))
def test_what_lies_below_a_quantile_is_its_share(p, df):
    assert float(tails.t_below(tails.t_quantile(p, df), df)) == pytest.approx(p, rel=1e-9)
    assert float(tails.t_above(tails.t_quantile(p, df), df)) == pytest.approx(1 - p, rel=1e-8)
    assert float(tails.chi2_above(tails.chi2_quantile(p, df), df)) == pytest.approx(1 - p, rel=1e-7)
    assert float(tails.f_above(tails.f_quantile(p, 3, df), 3, df)) == pytest.approx(1 - p, rel=1e-7)
    assert float(tails.normal_above(tails.normal_quantile(p))) == pytest.approx(1 - p, rel=1e-8)


def test_no_method_brings_scipy_stats_in():
    said = "import sys, cxresearch.conclude.bench; from cxresearch.relate.methods import *; print('scipy.stats' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
