"""Mediation by least squares: psych::Tal_Or, R lm (Tal-Or et al. 2010; Hayes 2013, chapter 4)."""

from collections.abc import Iterator

import numpy as np
from references import case

import cxresearch as cx
from cxresearch.relate.fit import classical, solve
from cxresearch.relate.moments import collect, total
from golden import Line

SOURCE = "R 4.2.2 lm; psych 2.2.9"
EXACT = {"first": "a", "second": "b", "indirect": "acme", "direct": "ade", "total": "total", "share": "prop_mediated"}


def lines() -> Iterator[Line]:
    frame, values = case("mediation_tal_or")
    for name, held in (("simple", ()), ("covar", ("gender", "age"))):
        expected = values[name]
        data = cx.from_frame(frame, _question(held), customer="row")
        found = cx.methods.mediation(data, contrast=1.0, draws=2000)
        for term, theirs in EXACT.items():
            ours = found.row(term).estimate
            if term == "share":  # told only where the total excludes zero, which it does not here
                ours = found.row("indirect").estimate / found.row("total").estimate
            yield Line("mediation_tal_or", f"{name}: {term}", ours, expected[theirs], 1e-8, SOURCE)
        yield from _errors(data, name, expected)
        boot = expected["boot"]
        yield Line("mediation_tal_or", f"{name}: bootstrap error", found.row("indirect").std_error, boot["acme_se"], 0.1, SOURCE)
        for end, theirs in zip(("low", "high"), boot["acme_ci95_percentile"], strict=True):
            yield Line("mediation_tal_or", f"{name}: {end} end", found.row("indirect")[end], theirs, 0.04, SOURCE, absolute=True)


def _question(held: tuple[str, ...]) -> cx.Question:
    return cx.Question(outcome=cx.Mean("reaction"), exposure="cond", mediator="pmi", adjust_for=held)


def _errors(data, name, expected) -> Iterator[Line]:
    held = [column for column in data.table.columns if column.startswith("a_")]
    table = data.table.mutate(**{column: data.table[column].cast("float64") for column in ("x", "m", *held)})
    moments = total(collect(table, ["y", "m", "x", *held]))
    first, second = solve(moments, "m", ["x", *held]), solve(moments, "y", ["x", "m", *held])
    a, b = np.sqrt(classical(first).cov[1, 1]), np.sqrt(classical(second).cov[2, 2])
    sobel = np.sqrt(first.coef[0] ** 2 * b**2 + second.coef[1] ** 2 * a**2)
    for ours, theirs in ((a, "a_se"), (b, "b_se"), (sobel, "sobel_se")):
        yield Line("mediation_tal_or", f"{name}: {theirs}", ours, expected[theirs], 1e-8, SOURCE)
