"""The same customer at different times: sums by customer give what least squares on differences from the own mean gives."""

import ibis
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from cxresearch.relate.fit import solve
from cxresearch.relate.moments import summed
from cxresearch.relate.within import moving, own_differences, within_errors

NAMES = ["x", "z"]


def near(found, expected):
    """Assert that every number agrees to 1e-8 of the largest."""
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-8 * np.abs(expected).max())


@pytest.fixture(scope="module")
def frame():
    random = np.random.default_rng(11)
    customer, agent = random.integers(0, 300, 1200), random.integers(0, 40, 1200)
    own, helped = random.normal(size=300)[customer], random.normal(size=40)[agent]
    x = 1e4 + own + 0.5 * helped + random.normal(size=1200)
    z = 0.3 * (x - 1e4) + random.normal(size=1200)
    y = 50 - 0.4 * x + 0.7 * z + 2 * own + helped + random.normal(size=1200)
    ids = {"customer": [f"c{i}" for i in customer], "agent": [f"a{i}" for i in agent]}
    return pd.DataFrame({**ids, "x": x, "z": z, "y": y, "fixed": own, "weight": random.uniform(0.5, 2, 1200)})


def fitted(frame, clusters, *, nested=False):
    """Return our fit and errors, how many customers took part, and the names that differ within customers."""
    table = ibis.duckdb.connect().create_table("rows", frame)
    whole = summed(table, ["y", *NAMES, "fixed"])
    own, customers = own_differences(table, whole)
    names = moving(own, whole, [*NAMES, "fixed"])
    fit = solve(own, "y", names)
    return fit, within_errors(table, [fit], clusters, nested=nested)[0], customers, names


def reference(frame, groups):
    """Return statsmodels' fit on weighted differences, clustered by these groups."""
    often = frame[frame.groupby("customer")["customer"].transform("size") > 1]
    weight = often["weight"] if "weight" in often else pd.Series(1.0, often.index)
    total = weight.groupby(often["customer"]).transform("sum")
    columns = often[["y", *NAMES]]
    own = columns - columns.mul(weight, axis=0).groupby(often["customer"]).transform("sum").div(total, axis=0)
    model = sm.WLS(own["y"], sm.add_constant(own[NAMES]), weights=weight)
    return model.fit(cov_type="cluster", cov_kwds={"groups": pd.factorize(groups.loc[often.index])[0]}, use_t=True), often


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("cluster", ["customer", "agent"])
def test_slopes_and_errors_are_those_of_differences(frame, weighted, cluster):
    rows = frame if weighted else frame.drop(columns="weight")
    fit, errors, customers, names = fitted(rows, (cluster,), nested=cluster == "customer")
    found, often = reference(rows, rows[cluster])
    assert names == NAMES  # what never differs within a customer is left out
    near(fit.coef, found.params[NAMES].to_numpy())
    near(np.sqrt(np.diag(errors.cov))[1:], found.bse[NAMES].to_numpy())
    assert (fit.rows, customers) == (len(often), often["customer"].nunique())
    assert errors.clusters == often[cluster].nunique()


def test_the_cluster_that_holds_customers_whole_is_the_customer(frame):
    plain = frame.drop(columns="weight")
    one, other = (fitted(plain, ("customer",), nested=nested)[1] for nested in (True, False))
    near(one.cov[1:, 1:], other.cov[1:, 1:])


def test_two_ways_are_the_sum_of_both_less_their_pairs(frame):
    plain = frame.drop(columns="weight")
    _, errors, _, _ = fitted(plain, ("customer", "agent"))
    pairs = plain["customer"] + "/" + plain["agent"]
    ways = (plain["customer"], plain["agent"], pairs)
    first, second, both = (reference(plain, groups)[0].cov_params().loc[NAMES, NAMES] for groups in ways)
    near(errors.cov[1:, 1:], (first + second - both).to_numpy())


def test_single_rows_change_nothing(frame):
    plain = frame.drop(columns="weight")
    alone = plain.iloc[:200].assign(customer=[f"once{i}" for i in range(200)], y=lambda rows: rows["y"] * 3)
    before, after = fitted(plain, ("customer",), nested=True), fitted(pd.concat([plain, alone]), ("customer",), nested=True)
    near(after[0].coef, before[0].coef)
    near(after[1].cov[1:, 1:], before[1].cov[1:, 1:])
