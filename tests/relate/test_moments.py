"""Moments and fits, against NIST and R."""

import ibis
import numpy as np
import pandas as pd
import pytest
from engine import rows_of
from golden.nist import problem

from cxresearch.ask.errors import MethodError
from cxresearch.relate.fit import clustered, solve
from cxresearch.relate.moments import bucket, collect, resample, total


def test_nist_filip_is_refused_not_answered_wrongly():
    frame, columns, _ = problem("filip")
    with pytest.raises(MethodError, match=r"carry the same information .*Leave one out"):
        solve(total(collect(rows_of(frame, cluster=None), ["y", *columns])), "y", columns)


def test_buckets_merge_to_the_same_totals():
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"who": random.integers(0, 5000, 20000), "y": random.normal(size=20000) + 1e6, "x": random.normal(size=20000)})
    moments = collect(rows_of(frame, cluster="who"), ["y", "x"])
    assert len(moments.rows) <= 1024 < moments.clusters
    merged = total(moments)
    np.testing.assert_allclose(merged.mean, frame[["y", "x"]].mean(), rtol=1e-12)
    np.testing.assert_allclose(merged.cross / len(frame), frame[["y", "x"]].cov(ddof=0), rtol=1e-6)


def test_a_bucket_is_a_whole_customer_and_buckets_are_even():
    rows = ibis.duckdb.connect().create_table("ids", pd.DataFrame({"id": [f"c{i}" for i in range(100_000)]}))
    sizes = rows.group_by(b=bucket(rows.id)).aggregate(n=rows.count()).execute()["n"]
    assert len(sizes) == 1024
    assert sizes.between(50, 160).all()


def test_bootstrap_spread_equals_the_cluster_error():
    random = np.random.default_rng(2)
    who = np.repeat(np.arange(400), 5)
    x = random.normal(size=2000)
    y = 0.5 * x + random.normal(size=400)[who] + random.normal(size=2000)
    rows = rows_of(pd.DataFrame({"who": who, "x": x, "y": y}), cluster="who")
    moments = collect(rows, ["y", "x"])
    fit = solve(total(moments), "y", ["x"])
    (errors,) = clustered(rows, [fit])
    draws = resample(moments, 2000, seed=1)
    slopes = draws.cross[:, 0, 1] / draws.cross[:, 1, 1]
    assert abs(slopes.std() / np.sqrt(errors.cov[1, 1]) - 1) < 0.08
    np.testing.assert_array_equal(draws.cross, resample(moments, 2000, seed=1).cross)


def test_a_constant_column_and_too_few_rows_are_refused():
    rows = rows_of(pd.DataFrame({"y": [1.0, 2, 3, 4], "x": [5.0] * 4}), cluster=None)
    with pytest.raises(MethodError, match='"x" has the same value in every row'):
        solve(total(collect(rows, ["y", "x"])), "y", ["x"])
    rows = rows_of(pd.DataFrame({"y": [1.0, 2], "x": [5.0, 6]}), cluster=None)
    with pytest.raises(MethodError, match="2 rows cannot carry 2 coefficients"):
        solve(total(collect(rows, ["y", "x"])), "y", ["x"])
