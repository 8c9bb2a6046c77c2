"""Moments and fits, against NIST and R."""

import ibis
import numpy as np
import pandas as pd
import pytest
from engine import rows_of
from golden.nist import problem

from cxresearch.ask.errors import MethodError
from cxresearch.relate.buckets import bucketed
from cxresearch.relate.fit import clustered, solve
from cxresearch.relate.moments import added, bucket, collect, resample, total


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


def test_errors_from_buckets_are_right_on_average_and_exact_where_every_customer_has_one():
    random = np.random.default_rng(8)
    who = np.repeat(np.arange(3000), 4)
    x, z = random.normal(size=(2, 12_000)) + random.normal(size=(2, 3000))[:, who]
    y = 0.5 * x - z + random.normal(size=3000)[who] + random.normal(size=12_000)
    frame = pd.DataFrame({"who": who, "x": x, "z": z, "y": y, "weight": random.uniform(0.5, 2, 12_000)})
    rows = rows_of(frame, cluster="who").mutate(weight=ibis._.weight)
    moments = collect(rows, ["y", "x", "z"])
    fit = solve(total(moments), "y", ["x", "z"])
    (exact,) = clustered(rows, [fit])
    ratios = []
    for salt in range(24):
        salted = collect(rows.mutate(cluster=ibis.literal(f"{salt}-").concat(rows.cluster)), ["y", "x", "z"])
        assert len(salted.rows) < 1025
        ratios.append(np.sqrt(np.diag(bucketed(salted, fit).cov) / np.diag(exact.cov)))
    assert np.all(np.abs(np.mean(ratios, axis=0) - 1) < 0.02)
    assert np.all(np.std(ratios, axis=0) < 0.035)  # 1 in sqrt(2 x 1,024), four of its own errors further
    few = frame[frame["who"] < 900]
    own = collect(rows_of(few, cluster="who"), ["y", "x", "z"])
    fitted = solve(total(own), "y", ["x", "z"])
    np.testing.assert_allclose(bucketed(own, fitted).cov, clustered(rows_of(few, cluster="who"), [fitted])[0].cov, rtol=1e-9)


def test_sums_of_parts_are_the_sums_of_the_whole():
    random = np.random.default_rng(9)
    frame = pd.DataFrame({"who": random.integers(0, 3000, 9000), "y": random.normal(size=9000) + 1e5, "x": random.normal(size=9000)})
    whole = collect(rows_of(frame, cluster="who"), ["y", "x"], mergeable=True)
    parts = [collect(rows_of(part, cluster="who"), ["y", "x"], mergeable=True) for _, part in frame.groupby(np.arange(9000) % 5)]
    together = added(parts)
    assert together.keys == whole.keys
    np.testing.assert_allclose(total(together).cross, total(whole).cross, rtol=1e-8)
    np.testing.assert_allclose(bucketed(together, solve(total(together), "y", ["x"])).cov,
                               bucketed(whole, solve(total(whole), "y", ["x"])).cov, rtol=1e-7)  # fmt: skip
