"""How much goes with it on the scale as it is: proportional odds, told in the outcome's own unit beside least squares.

References
----------
McCullagh (1980), Regression models for ordinal data, JRSS B 42; Brant (1990), Assessing proportionality in the proportional odds model,
Biometrics 46; Robins (1986), Mathematical Modelling 7 (g-computation).
"""

from typing import Any

import ibis
import numpy as np
import pandas as pd
from scipy import linalg

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.load.data import Data
from cxresearch.relate.design import contrast_of, design
from cxresearch.relate.doubts import assigned, few_clusters, sides
from cxresearch.relate.fit import clustered, solve
from cxresearch.relate.method import cluster_columns, cluster_word, facts_of, method
from cxresearch.relate.moments import summed
from cxresearch.relate.ordinal_fit import Ordinal, Rows, covariance
from cxresearch.relate.ordinal_fit import ordinal as fitted
from cxresearch.relate.predicted import Case, case_of, difference, error, said, shares
from cxresearch.relate.relation import Relation
from cxresearch.relate.tails import f_above

ALIKE = 0.05


@method
def ordinal(data: Data, *, contrast: float | str = 1.0) -> Relation:
    """Estimate how much goes with the exposure from the answers as they are: 0 to 10 behind NPS, 1 to 5 of a rating.

    Parameters
    ----------
    data : Data
        With an exposure, and an outcome on a scale of few steps. Rows of one customer may repeat.
    contrast : float or str
        As in `effect`: so many units, "halving" or "doubling" of a wait, or "auto".

    Returns
    -------
    Relation
        `estimates`, in the outcome's unit: `ordinal` (the same odds ratio at every cut of the scale; `log_odds` with its error beside
        it), `relaxed` (a ratio of its own at every cut) and `least_squares` on the same rows. `curve`: predicted share of every answer,
        as the rows are and with the contrast; without and with what is 0 or 1. `facts`: the proportionality test.

    Raises
    ------
    QuestionError
        Where there is no exposure, or the outcome is a duration.
    MethodError
        Where all answers are alike or take too many values, or the columns separate the answers.

    Notes
    -----
    Predicted means by g-computation over the rows; errors from influences summed by cluster (rows and coefficients vary), t(G - 1).
    Survey weights weigh the likelihood and the averages.

    Examples
    --------
    >>> import cxresearch as cx
    >>> draw = np.random.default_rng(1).normal(size=(300, 2))
    >>> frame = pd.DataFrame({"who": range(300), "wait": draw[:, 0], "score": np.clip(np.round(3 - draw[:, 0] + draw[:, 1]), 1, 5)})
    >>> found = cx.methods.ordinal(cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure="wait"), customer="who"))
    >>> abs(float(found.row("ordinal").estimate - found.row("least_squares").estimate)) < 0.15
    True

    References
    ----------
    McCullagh (1980), Regression models for ordinal data, Journal of the Royal Statistical Society B 42.
    """
    if data.exposure is None:
        raise QuestionError('ordinal needs an exposure: Question(outcome=..., exposure="first_response_hours").')
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens, and some have not ended: ask `retention` about it.')
    if contrast == "auto" and data.question.contrast is not None:
        contrast = data.question.contrast
    log, factor, name, words = (
        contrast_of(data.exposure, contrast) if data.exposure.kind != "category" else (False, 1.0, "level", data.exposure.phrase)
    )
    case, answers, notes = case_of(data, design(data, log=log), factor)
    names = [*case.own, *case.others]
    fit, rows = fitted(answers, case.frame[names].to_numpy(dtype=float), names, weight=case.weight)
    values = np.select([fit.levels >= 9, fit.levels <= 6], [100.0, -100.0], 0.0) if data.outcome.kind == "nps" else fit.levels
    free, tested = _relaxed(case, answers, fit)
    estimates = [difference(case, "ordinal", fit, rows, values, each) for each in case.columns.exposure]
    estimates += [difference(case, "relaxed", *free, values, each) for each in case.columns.exposure] if free else []
    estimates += _least_squares(case, data)
    table = pd.DataFrame(estimates)
    checks = (*data.checks, *case.columns.checks, *notes, few_clusters(int(table["clusters"].min()), cluster_word(data)),
              _proportional(tested, len(fit.levels)), _agreement(table), assigned(data), *sides(data))  # fmt: skip
    facts = facts_of(data) | tested | {"contrast": name, "contrast_words": words, "clusters": int(table["clusters"].min()),
                                       "cluster_word": cluster_word(data), "levels": [float(level) for level in fit.levels],
                                       "n_used": len(case.frame), "mcfadden": float(fit.mcfadden)}  # fmt: skip
    curve = shares(case, fit, rows)
    return Relation("ordinal", data.question, table, curve, tuple(filter(None, checks)), {"contrast": contrast}, facts)


def _least_squares(case: Case, data: Data) -> list[dict[str, Any]]:
    """Return what `effect` says of the same rows."""
    table = ibis.memtable(case.frame)
    fit = solve(summed(table, ["y", *case.own, *case.others]), "y", [*case.own, *case.others])
    (errors,) = clustered(table, [fit], cluster_columns(data))
    found = []
    for column, label in case.columns.exposure:
        weights = np.zeros(len(fit.names) + 1)
        weights[1 + fit.names.index(column)] = case.factor
        estimate = float(weights[1:] @ fit.coef)
        spread = errors.interval(estimate, weights)[0]
        found.append(said("least_squares", label, estimate, (spread, errors.clusters), case))
    return found


def _relaxed(case: Case, answers: np.ndarray, fit: Ordinal) -> tuple[tuple[Ordinal, Rows] | None, dict[str, Any]]:
    """Let the exposure have a ratio of its own at every cut, and test by cluster whether they are alike."""
    if len(fit.levels) < 3:
        return None, {"proportional_p": None, "proportional_df": 0, "proportional_ratio": None}
    others, exposure = (case.frame[names].to_numpy(dtype=float) for names in (case.others, case.own))
    try:
        free, rows = fitted(answers, others, [*case.others, *case.own], shifts=exposure, weight=case.weight)
    except MethodError:
        return None, {"proportional_p": None, "proportional_df": (len(fit.levels) - 2) * len(case.own), "proportional_ratio": None}
    wide, many = free.cuts.shape[1], len(case.own)
    at = [k * wide + 1 + i for k in range(len(free.cuts)) for i in range(many)]
    against = np.hstack([np.tile(np.eye(many), (len(free.cuts) - 1, 1)), -np.eye(many * (len(free.cuts) - 1))])
    gaps, cov = against @ free.cuts[:, 1:].ravel(), against @ covariance(free, rows, case.clusters, at) @ against.T
    df, groups = len(gaps), error(case, rows.w)[1]
    usable = groups > df + 1 and np.linalg.eigvalsh(cov / np.outer(*[np.sqrt(np.maximum(np.diag(cov), 1e-300))] * 2))[0] > 1e-9
    p = float(f_above(gaps @ linalg.solve(cov, gaps, assume_a="sym") / df, df, groups - 1)) if usable else None
    return (free, rows), {"proportional_p": p, "proportional_df": df, "proportional_ratio": float(2 * (free.loglik - fit.loglik))}


def _proportional(tested: dict[str, Any], levels: int) -> Check:
    p = tested["proportional_p"]
    if levels < 3:
        return Check("same odds at every cut", "passed", "The outcome has two values: there is one cut, and nothing to compare it with.")
    if p is None:
        said = "Whether the odds are alike at every cut of the scale cannot be tested: some answers are too rare."
        return Check("same odds at every cut", "doubt", said)
    if p >= ALIKE:
        return Check("same odds at every cut", "passed", f"The odds are not told apart between the cuts of the scale (p = {p:.2g}).")
    said = f"The odds are not alike at every cut of the scale (p = {p:.2g}): the line with a ratio of its own at every cut allows for it."
    return Check("same odds at every cut", "doubt", said)


def _agreement(table: pd.DataFrame) -> Check:
    """Least squares and the relaxed fit beside proportional odds: all beyond zero, or none, and on the same side."""
    sides = (table["low"] > 0).astype(int) - (table["high"] < 0).astype(int)
    found = sides.groupby(table["level"]).agg(["min", "max"])
    if (found["min"] == found["max"]).all():
        return Check("least squares", "passed", "Proportional odds and least squares tell the same.")
    status = "failed" if (found["min"] * found["max"] < 0).any() else "doubt"
    said = "Proportional odds and least squares do not tell the same: one excludes no difference, the other does not or lies opposite."
    return Check("least squares", status, said, "suggestive")
