"""How long does a clustered regression take? Ours beside statsmodels, pyfixest and duckreg, on the same rows.

    python benchmarks/regression.py                 all rows of the table; every peer is installed into a temporary folder of its own
    python benchmarks/regression.py --rows 200000   fewer rows (a tenth as many customers as rows in any case: a quarter)

Two million answers of half a million customers with text ids, an exposure and seven confounders. Loading is reported apart for everybody:
ours into the engine, theirs from Parquet into a pandas frame. Each is timed after a first call of its own on a hundredth of the rows
(imports, compilation). The three of `effect` are the plain, the adjusted and the within-customer comparison; the peer's within is the same
regression after each customer's means are taken off. duckreg gives coefficients alone here: its clustered errors are a bootstrap.
"""

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from results import child, environment, section, this, times

TERMS = ("wait", "difficulty", "tenure", "value", "weekend", "phone", "business", "renewal")
READ = """
import json, sys
from time import perf_counter
import numpy as np, pandas as pd
terms = "wait difficulty tenure value weekend phone business renewal".split()
began = perf_counter()
frame = pd.read_parquet(sys.argv[1])
load = perf_counter() - began
few = frame.head(len(frame) // 100)
def timed(work):
    work(few)
    began = perf_counter()
    found = work(frame)
    return perf_counter() - began, found
"""
STATSMODELS = """
import statsmodels.api as sm
def fitted(frame, terms, y="score", off=None):
    x = sm.add_constant(frame[terms])
    groups = pd.factorize(frame["who"])[0]
    return sm.OLS(frame[y], x).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
def adjusted(frame):
    return fitted(frame, terms)
def three(frame):
    often = frame[frame.groupby("who")["who"].transform("size") > 1]
    own = often[["score", *terms]] - often.groupby("who")[["score", *terms]].transform("mean")
    return fitted(frame, ["wait"]), fitted(frame, terms), fitted(own.assign(who=often["who"]), terms)
"""
ADJUSTED = """
seconds, found = timed(adjusted)
print(json.dumps({"load": load, "seconds": seconds, "coef": found.params[terms].tolist(), "error": found.bse[terms].tolist()}))
"""
THREE = """
seconds, found = timed(three)
print(json.dumps({"load": load, "seconds": seconds, "coef": [one.params["wait"] for one in found],
    "error": [one.bse["wait"] for one in found]}))
"""
PYFIXEST = """
import pyfixest as pf
def adjusted(frame):
    found = pf.feols("score ~ " + " + ".join(terms), data=frame, vcov={"CRV1": "who"})
    return found.coef(), found.se()
seconds, (coef, error) = timed(adjusted)
print(json.dumps({"load": load, "seconds": seconds, "coef": coef[terms].tolist(), "error": error[terms].tolist()}))
"""
DUCKREG = """
import duckdb
from duckreg.estimators import DuckRegression
def adjusted(frame):
    found = DuckRegression(sys.argv[2], "few" if frame is few else "answers", "score ~ " + " + ".join(terms), "who", seed=1, n_bootstraps=0)
    found.fit()
    return found.point_estimate
connection = duckdb.connect(sys.argv[2])
began = perf_counter()
connection.execute(f"create table answers as from '{sys.argv[1]}'; create table few as from answers limit {len(few)}")
connection.close()
load = perf_counter() - began
seconds, coef = timed(adjusted)
print(json.dumps({"load": load, "seconds": seconds, "coef": list(coef)[1:]}))
"""
CALLS, SALTS = 5, 200


def make(file: str, rows: str) -> None:
    """Write the answers: customers in a mood, hard requests slow."""
    import numpy as np
    import pandas as pd

    random, many = np.random.default_rng(1), int(rows)
    who = random.integers(0, many // 4, many)
    mood, habit = random.normal(size=(2, many // 4))
    x = random.normal(size=(many, 4)) + 0.5 * mood[who, None]
    x[:, 0] += 0.6 * x[:, 1]
    yes = (random.uniform(size=(many, 4)) < (0.3, 0.4, 0.2, 0.5)).astype(float)
    columns = np.hstack([x, yes])
    score = columns @ np.linspace(-0.6, 0.4, 8) + habit[who] + 2 * random.normal(size=many)
    names = np.array([f"customer-{i:07d}" for i in range(many // 4)])
    pd.DataFrame(columns, columns=list(TERMS)).assign(score=score, who=names[who]).to_parquet(file, index=False)
    print("{}")


def ours(file: str, part: str) -> None:
    """Time one part; print seconds (the middle one), coefficients and errors."""
    import numpy as np
    import pandas as pd

    import cxresearch as cx
    from cxresearch.relate.buckets import bucketed
    from cxresearch.relate.design import design
    from cxresearch.relate.fit import clustered, solve
    from cxresearch.relate.moments import collect, summed, total

    frame = pd.read_parquet(file)
    question = cx.Question(outcome=cx.Mean("score"), exposure="wait", adjust_for=TERMS[1:])
    began = perf_counter()
    data = cx.from_frame(frame, question, customer="who")
    load = perf_counter() - began
    columns = design(data, log=False)
    names = ["x_value", *columns.adjust_for]
    moments = collect(columns.table, ["y", *names])

    def adjusted() -> Any:
        fit = solve(summed(columns.table, ["y", *names]), "y", names)
        return fit, clustered(columns.table, [fit])[0]

    def buckets() -> Any:
        fit = solve(total(moments), "y", names)
        return fit, bucketed(moments, fit)

    if part == "salts":
        fit, exact = adjusted()
        ratios = []
        for salt in range(SALTS):
            salted = columns.table.mutate(cluster=(f"{salt}-" + columns.table.cluster))
            ratios.append(np.sqrt(np.diag(bucketed(collect(salted, ["y", *names]), fit).cov) / np.diag(exact.cov)))
        print(json.dumps({"mean": np.mean(ratios, axis=0).tolist(), "spread": np.std(ratios, axis=0, ddof=1).tolist()}))
        return
    work = {"adjusted": adjusted, "whole": lambda: cx.effect(data), "buckets": buckets}[part]
    seconds = []
    for _ in range(1 + CALLS):
        began = perf_counter()
        found = work()
        seconds.append(perf_counter() - began)
    if part == "whole":
        rows = [found.row(term) for term in ("naive", "adjusted", "within")]
        told = {"coef": [float(row.estimate) for row in rows], "error": [float(row.std_error) for row in rows]}
    else:
        told = {"coef": found[0].coef.tolist(), "error": np.sqrt(np.diag(found[1].cov))[1:].tolist()}
    print(json.dumps({"load": load, "first": seconds[0], "seconds": times(seconds[1:]), **told}))


def apart(own: dict[str, Any], peer: dict[str, Any], what: str) -> float:
    """Return the largest relative difference."""
    return max(abs(a / b - 1) for a, b in zip(own[what], peer[what], strict=True))


def row(what: str, found: dict[str, Any], *against: dict[str, Any] | None) -> dict[str, str]:
    """Return a row of the table: seconds, and how many times faster than each of two peers."""
    ratios = [f"{peer['seconds'] / found['seconds']:.1f}" if peer else "" for peer in (*against, None, None)[:2]]
    return {
        "what": what,
        "seconds": f"{found['seconds']:.3f}",
        "times faster than statsmodels": ratios[0],
        "than pyfixest": ratios[1],
        "loading": f"{found['load']:.2f}",
        "peak MB": f"{found['peak']:,.0f}",
    }


def main() -> None:
    """Measure, print and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000, help="answers")
    asked = parser.parse_args()
    with TemporaryDirectory() as name:
        folder, file = Path(name), str(Path(name) / "answers.parquet")
        child(*this(__file__, "make", file, str(asked.rows)))
        python = environment(folder / "statsmodels", ("statsmodels", "pyarrow"))
        peer = child(python, "-c", READ + STATSMODELS + ADJUSTED, file)
        three = child(python, "-c", READ + STATSMODELS + THREE, file)
        fixest = child(environment(folder / "pyfixest", ("pyfixest", "pyarrow")), "-c", READ + PYFIXEST, file)
        duckreg = child(environment(folder / "duckreg", ("duckreg", "duckdb<2", "pyarrow")), "-c", READ + DUCKREG, file, f"{file}.duckdb")
        adjusted, whole, buckets, salts = (child(*this(__file__, "ours", file, part)) for part in ("adjusted", "whole", "buckets", "salts"))
    rows = [
        row('statsmodels, `cov_type="cluster"`: adjusted', peer),
        row("pyfixest, `CRV1`: adjusted", fixest),
        row("duckreg: adjusted, coefficients without errors", duckreg),
        row("ours: adjusted, as in `effect`", adjusted, peer, fixest),
        row("ours: adjusted, from kept buckets", buckets, peer, fixest),
        row("statsmodels: plain, adjusted, within by demeaning", three),
        row("ours: `cx.effect`: the same three, with all checks", whole, three),
    ]
    means, spreads = salts["mean"], salts["spread"]
    notes = f"""
`benchmarks/regression.py`: {asked.rows:,} rows, 8 terms, {asked.rows // 4:,} customers with text ids. Largest relative difference from
statsmodels: coefficients {apart(adjusted, peer, "coef"):.0e}, errors {apart(adjusted, peer, "error"):.0e}; of the three of `effect`
{apart(whole, three, "coef"):.0e} and {apart(whole, three, "error"):.0e}; from pyfixest {apart(adjusted, fixest, "coef"):.0e} and
{apart(adjusted, fixest, "error"):.0e}. Errors from 1,024 buckets, over {SALTS} ways to divide the customers into them: ratio to the exact
errors {min(means):.4f} to {max(means):.4f} on average, with a standard deviation of {min(spreads):.4f} to {max(spreads):.4f}.
"""
    section("Clustered regression", rows, notes)


if __name__ == "__main__":
    parts = {"make": make, "ours": ours}
    parts[sys.argv[1]](*sys.argv[2:]) if sys.argv[1:2] and sys.argv[1] in parts else main()
