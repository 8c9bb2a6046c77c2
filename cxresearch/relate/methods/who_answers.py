"""Are respondents the customers: the answers weighted by the odds of answering, and what the silent could turn.

References
----------
Little & Rubin (2019), Statistical Analysis with Missing Data, section 3.3 (response propensity weighting);
Manski (2016), Journal of Econometrics 191 (worst-case bounds); Yan, Lee, Liu & Hu (2009), on tipping points with missing answers.
"""

from dataclasses import replace
from functools import reduce
from operator import and_
from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.check import Check, percent_of
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.load.data import Data
from cxresearch.load.invited import frame_of
from cxresearch.load.weights import ONCE, WEIGHTED
from cxresearch.relate import response
from cxresearch.relate.doubts import few_clusters
from cxresearch.relate.influence import spread
from cxresearch.relate.logit import logit
from cxresearch.relate.method import cluster_columns, cluster_word, facts_of, method
from cxresearch.relate.relation import Absent, Relation
from cxresearch.relate.response import Answers, Weighted
from cxresearch.relate.standing import estimate_by, wilson
from cxresearch.relate.tails import t_quantile


@method
def who_answers(data: Data, *, trim: float = 0.99, seed: int = 1) -> Relation | Absent:
    """Weight the answers by the odds of answering, and say how different the silent must be to turn the result.

    Parameters
    ----------
    data : Data
        Answers, with `adjust_for`: what is known of everybody invited. From `cx.link` on a study whose invitations are on record,
        or `cx.from_frame` with a missing outcome where somebody was silent.
    trim : float
        Weights beyond this quantile of the weights are held at it; 1 holds none.
    seed : int
        Seed of the sample, where there are more rows than can be taken.

    Returns
    -------
    Relation or Absent
        Absent where a study has no record of the silent. `estimates`: term respondents, weighted, difference (weighted less
        respondents), bound_low and bound_high (all silent at the lower or upper end of the scale), and balance, one level per
        covariate (standardised difference from the invited; `after` weighting). `curve`: chance to answer, of answered and silent.
        `facts`: response_rate, n_effective, trimmed, tipping (how far the silent must lie from answers alike for NPS to be zero),
        tipping_worth; propensity, which `Data.weighted` reads.

    Raises
    ------
    QuestionError
        Where nothing is known of the silent (`adjust_for` is empty), the rows are not answers, or `trim` is no share.
    MethodError
        Where nobody is silent, all answers are alike, or some group never answers.

    Notes
    -----
    Logistic odds; stabilised weights; the interval allows for estimating the odds, by cluster. Bounds (Manski 1990) need no
    assumption and are as wide as the silent are many. Effective n: Kish (1965), Survey Sampling.

    Examples
    --------
    >>> import cxresearch as cx
    >>> said = [9.0] * 20 + [5.0] * 10 + [None] * 10 + [3.0, 9.0] * 5 + [None] * 30
    >>> frame = pd.DataFrame({"plan": ["a"] * 40 + ["b"] * 40, "score": said})
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Nps("score"), adjust_for=("plan",)), customer="row")
    >>> found = cx.methods.who_answers(data)
    >>> [round(float(found.row(term).estimate), 1) for term in ("respondents", "weighted")]
    [25.0, 16.7]
    """
    _askable(data, trim)
    asked = _invited(data)
    if isinstance(asked, Absent):
        return asked
    table, missing = asked
    ends, scale = _scale(data, table)
    terms, levels, notes = response.terms_of(table, data.adjust_for, dict(data.study.labels) if data.study else {})
    people, every, sampled = response.people_of(response.columns_of(table, terms, levels), len(terms), cluster_columns(data), seed)
    response.every_group_answers(people, every, terms)
    used = [i for i, part in enumerate(terms) if not part["reference"]]
    people = replace(people, x=every[:, used])
    fit = logit(people.answered, people.x, [f"a_{terms[i]['label']}" for i in used], cluster=people.clusters[0], weight=people.base)
    found = response.weighted_mean(people, fit, trim)
    if not found.error > 0:
        raise MethodError("all answers are alike: weighting cannot tell the silent from those who answered.")
    plain = estimate_by(replace(data, table=table.filter(table.answered == 1)), None).iloc[0]
    even = response.balance(people, every, found.weight)
    rows = [*_means(data, found, plain), *_bounds(people, ends), *response.balance_rows(people, every, terms, even)]
    facts = facts_of(data) | response.turning(data, found, (rows[1], ends)) | response.counted(people, found) | {
        "propensity": response.model_of(fit, found, [terms[i] for i in used], levels), "uneven_before": float(np.abs(even[:, 3]).max()),
        "uneven_after": float(np.abs(even[:, 4]).max()),
    }  # fmt: skip
    checks = (*(check for check in data.checks if check.name != "complete"), missing, *notes, *sampled, *scale,
              few_clusters(int(plain["clusters"]), cluster_word(data)), *response.doubts(facts))  # fmt: skip
    settings = {"trim": trim, "seed": seed}
    return Relation("who_answers", data.question, pd.DataFrame(rows), response.overlap(found.chance, people), checks, settings, facts)


def _invited(data: Data) -> tuple[ibis.Table, Check] | Absent:
    """Return the invited of whom everything is known that the odds are made from, and count the rest."""
    table = frame_of(data)
    if table is None:
        return _nobody(data)
    needed = [name for name in ("customer", "cluster", "cluster2", "weight") if name in table.columns]
    needed += [f"a_{metric.name}" for metric in data.adjust_for]
    whole = reduce(and_, (table[name].notnull() for name in needed))
    table = table.mutate(_whole=whole).cache()
    row = table.aggregate(
        invited=table.count(), known=table["_whole"].sum(), silent=((table.answered == 0) & table["_whole"]).sum()
    ).execute().iloc[0]  # fmt: skip
    invited, known, silent = (int(row[name] or 0) for name in ("invited", "known", "silent"))
    if not silent or known == silent:
        return _nobody(data)
    lost = 1 - known / invited
    said = f"Of {known:,} of {invited:,} invited everything is known that the odds of answering are made from"
    status = "failed" if lost > 0.3 else "doubt" if lost > 0.1 else "passed"
    return table.filter(table["_whole"]).drop("_whole"), Check(
        "invited", status, f"{said}; {percent_of(lost)} are left out." if lost else f"{said}."
    )


def _nobody(data: Data) -> Absent:
    if data.study:
        return Absent(f'The study "{data.study.title}" has no invitations on record that nobody answered, or knows nothing of the silent.')
    raise MethodError(
        "nobody is silent of whom anything is known: give a row to each person invited, with all that adjust_for names, "
        "its outcome missing where silent."
    )


def _askable(data: Data, trim: float) -> None:
    if not 0.5 <= trim <= 1:
        raise QuestionError(f"trim is {trim}; it is the quantile at which weights are held, from 0.5 to 1 (1: none is held).")
    if data.unit not in ("answer", "row"):
        raise QuestionError(f'who_answers is asked about answers, with an outcome such as "nps"; these rows are {data.unit}s.')
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens: who_answers takes what people said.')
    if not data.adjust_for:
        raise QuestionError(
            "who_answers compares those who answered with the silent: name in adjust_for what is known of everybody invited, "
            'for instance adjust_for=("plan", "tenure_months").'
        )
    if any(check.name == WEIGHTED for check in data.checks):
        raise QuestionError(ONCE)


def _scale(data: Data, table: ibis.Table) -> tuple[tuple[float, float], list[Check]]:
    """Return the ends that an answer can take: of the kind, of the study, or the lowest and highest that was given."""
    fixed = {"nps": (-100.0, 100.0), "share": (0.0, 1.0)}.get(data.outcome.kind)
    declared = data.study.scales.get(data.outcome.name) if data.study else None
    if fixed or declared:
        return fixed or (float(declared.low), float(declared.high)), []  # type: ignore[union-attr]
    row = table.aggregate(low=table.y.min(), high=table.y.max()).execute().iloc[0]
    said = f"No scale is declared: worst and best case take the lowest and highest answer given, {row.low:g} and {row.high:g}."
    return (float(row.low), float(row.high)), [Check("scale", "doubt", said)]


def _means(data: Data, found: Weighted, plain: pd.Series) -> list[dict[str, Any]]:
    df = max(int(plain["clusters"]) - 1, 1)
    critical = float(t_quantile(0.975, df))
    size = {"n": int(plain["n"]), "customers": int(plain["customers"])}
    low, high = found.mean - critical * found.error, found.mean + critical * found.error
    if data.outcome.kind == "share" and 0 < found.mean < 1:
        ends = wilson(np.array([found.mean]), np.array([found.mean * (1 - found.mean) / found.error**2]), critical)
        low, high = float(ends[0][0]), float(ends[1][0])
    if data.outcome.kind == "nps":
        low, high = max(low, -100.0), min(high, 100.0)
    gap, half = found.mean - found.plain, critical * found.gap_error
    between = {"estimate": gap, "low": gap - half, "high": gap + half, "std_error": found.gap_error, "df": df}
    return [
        {"term": "respondents", "level": "", "std_error": plain["std_error"], **plain[["estimate", "low", "high"]].to_dict(), **size},
        {"term": "weighted", "level": "", "estimate": found.mean, "low": low, "high": high, "std_error": found.error, **size},
        {"term": "difference", "level": "", **between, **size},
    ]


def _bounds(people: Answers, ends: tuple[float, float]) -> list[dict[str, Any]]:
    """Worst and best case for everybody invited: the silent all at one end of the scale."""
    rows = []
    for name, end in zip(("bound_low", "bound_high"), ends, strict=True):
        y = np.where(people.answered > 0, people.y, end)
        mean = float(people.base @ y / people.base.sum())
        variance, groups = spread(people.base * (y - mean) / people.base.sum(), people.clusters)
        half = float(t_quantile(0.975, groups - 1) * np.sqrt(variance))
        found = {
            "estimate": mean,
            "low": max(mean - half, ends[0]),
            "high": min(mean + half, ends[1]),
            "std_error": float(np.sqrt(variance)),
        }
        rows.append({"term": name, "level": "", **found, "n": len(y)})
    return rows
