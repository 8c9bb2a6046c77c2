"""Moments and fits, against NIST and R."""

import json

import ibis
import numpy as np
import pandas as pd
import pytest
from references import case, near, shared

from cxresearch.ask.errors import MethodError
from cxresearch.relate.fit import classical, clustered, solve
from cxresearch.relate.moments import bucket, collect, resample, total

POLYNOMIAL = {"wampler1": 5, "wampler2": 5, "filip": 10}


def table(frame, **clusters):
    keys = {name: frame[column].astype(str) if column else [f"{i:06d}" for i in range(len(frame))] for name, column in clusters.items()}
    numbers = frame.select_dtypes("number").astype(float)
    return ibis.duckdb.connect().create_table("rows", numbers.assign(**keys))


def nist(name):
    frame = pd.read_csv(shared("golden", "nist_strd", f"{name}.csv"))
    certified = json.loads(shared("golden", "nist_strd", f"{name}.json").read_text())["certified"]
    powers = {f"x{k}": frame["x"].astype(float) ** k for k in range(2, POLYNOMIAL.get(name, 1) + 1)}
    return frame.assign(**powers), certified


@pytest.mark.parametrize("name", ["norris", "longley", "wampler1", "wampler2"])
def test_nist_coefficients_to_the_certified_digits(name):
    frame, certified = nist(name)
    columns = [column for column in frame.columns if column != "y"]
    fit = solve(total(collect(table(frame, cluster=None), ["y", *columns])), "y", columns)
    found = np.array([fit.mean_y - fit.coef @ fit.mean, *fit.coef])
    expected = np.array(certified["coef"])
    digits = -np.log10(np.maximum(np.abs(found - expected) / np.abs(expected), 1e-15))
    assert digits.min() >= certified["min_lre"]


def test_nist_filip_is_refused_not_answered_wrongly():
    frame, _ = nist("filip")
    columns = [column for column in frame.columns if column != "y"]
    with pytest.raises(MethodError, match=r"carry the same information .*Leave one out"):
        solve(total(collect(table(frame, cluster=None), ["y", *columns])), "y", columns)


@pytest.mark.parametrize(
    ("name", "cluster", "y", "x"),
    [("ols_robust_api", "dnum", "api00", ["ell", "meals", "mobility"]), ("ols_insteval", "d", "y", ["service", "studage", "lectage"])],
)
def test_errors_equal_sandwich(name, cluster, y, x):
    frame, expected = case(name)
    values = expected["m1"]
    rows = table(frame.dropna(), cluster=cluster, each=None)
    fit = solve(total(collect(rows, [y, *x])), y, x)
    (by_cluster,) = clustered(rows, [fit])
    (by_row,) = clustered(rows, [fit], ("each",))
    for at, column in enumerate(x):
        near(fit.coef[at], values["coef"][column])
        near(np.sqrt(by_cluster.cov[1 + at, 1 + at]), values["cluster"]["se_CR_HC1"][column])
        near(np.sqrt(by_row.cov[1 + at, 1 + at]), values["se_HC1"][column])
        near(np.sqrt(classical(fit).cov[1 + at, 1 + at]), values["se_classic"][column])
        weights = np.eye(1 + len(x))[1 + at]
        near(by_cluster.interval(fit.coef[at], weights)[1], values["cluster"]["ci95_t_Gm1"][column]["lo"])
    near(fit.r2, values["r2"])


def test_two_way_errors_equal_sandwich():
    frame, expected = case("ols_insteval")
    x = ["service", "studage", "lectage"]
    rows = table(frame, cluster="d", cluster2="s")
    fit = solve(total(collect(rows, ["y", *x])), "y", x)
    (errors,) = clustered(rows, [fit], ("cluster", "cluster2"))
    for at, column in enumerate(x):
        near(np.sqrt(errors.cov[1 + at, 1 + at]), expected["m1"]["twoway_HC1"]["se"][column])


def test_buckets_merge_to_the_same_totals():
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"who": random.integers(0, 5000, 20000), "y": random.normal(size=20000) + 1e6, "x": random.normal(size=20000)})
    moments = collect(table(frame, cluster="who"), ["y", "x"])
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
    rows = table(pd.DataFrame({"who": who, "x": x, "y": y}), cluster="who")
    moments = collect(rows, ["y", "x"])
    fit = solve(total(moments), "y", ["x"])
    (errors,) = clustered(rows, [fit])
    draws = resample(moments, 2000, seed=1)
    slopes = draws.cross[:, 0, 1] / draws.cross[:, 1, 1]
    assert abs(slopes.std() / np.sqrt(errors.cov[1, 1]) - 1) < 0.08
    np.testing.assert_array_equal(draws.cross, resample(moments, 2000, seed=1).cross)


def test_a_constant_column_and_too_few_rows_are_refused():
    rows = table(pd.DataFrame({"y": [1.0, 2, 3, 4], "x": [5.0] * 4}), cluster=None)
    with pytest.raises(MethodError, match='"x" has the same value in every row'):
        solve(total(collect(rows, ["y", "x"])), "y", ["x"])
    rows = table(pd.DataFrame({"y": [1.0, 2], "x": [5.0, 6]}), cluster=None)
    with pytest.raises(MethodError, match="2 rows cannot carry 2 coefficients"):
        solve(total(collect(rows, ["y", "x"])), "y", ["x"])
