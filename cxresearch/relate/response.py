"""Who answers: the odds of answering, weights made from them, and errors that allow for the odds being estimated.

References
----------
Horvitz & Thompson (1952), JASA 47; Robins, Rotnitzky & Zhao (1994), JASA 89 (stacked estimating equations);
Kish (1965), Survey Sampling (effective sample size).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.check import Check, percent_of
from cxresearch.ask.errors import MethodError
from cxresearch.ask.metrics import Metric
from cxresearch.load.data import Data
from cxresearch.load.weights import term
from cxresearch.relate.design import levels_of, pooled
from cxresearch.relate.influence import spread
from cxresearch.relate.logit import Logit
from cxresearch.relate.sample import rows_of

BINS = 24
UNEVEN, OUTSIDE, THIN = 0.1, 0.05, 0.5


@dataclass(frozen=True)
class Answers:
    """Everybody invited, as arrays of one entry each.

    Parameters
    ----------
    y : numpy.ndarray, shape (n,)
        Outcome; zero where silent.
    answered : numpy.ndarray, shape (n,)
        1 or 0.
    base : numpy.ndarray, shape (n,)
        Survey weight, or one.
    x : numpy.ndarray, shape (n, k)
        What the odds are made from.
    clusters : tuple of numpy.ndarray
        One column, or two for two-way errors.
    """

    y: np.ndarray
    answered: np.ndarray
    base: np.ndarray
    x: np.ndarray
    clusters: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Weighted:
    """A weighted mean of the answers, beside the plain one.

    Parameters
    ----------
    plain, mean : float
        Mean of the answers as they came, and weighted.
    weight : numpy.ndarray, shape (n,)
        Stabilised and trimmed weights; zero where silent.
    chance : numpy.ndarray, shape (n,)
        Predicted chance to answer.
    rate, cap : float
        Share answered; the largest weight allowed.
    trimmed : int
        Answers whose weight was held at the cap.
    error, gap_error : float
        Standard error of the weighted mean, and of what it differs from the plain one.
    """

    plain: float
    mean: float
    weight: np.ndarray
    chance: np.ndarray
    rate: float
    cap: float
    trimmed: int
    error: float
    gap_error: float


def weighted_mean(people: Answers, fit: Logit, trim: float) -> Weighted:
    """Return the mean of the answers, each weighted by share answered over its chance to answer.

    Parameters
    ----------
    people : Answers
        Everybody invited.
    fit : Logit
        Of `answered` on `x`.
    trim : float
        Weights beyond this quantile of the weights are held at it.

    Notes
    -----
    The error is that of the stacked equations of odds and mean (linearised, summed by cluster): estimating the odds is allowed for.
    """
    answered, base = people.answered, people.base
    chance = fit.predict(people.x)
    rate = float(base @ answered / base.sum())
    loose = rate / chance
    cap = float(np.quantile(loose[answered > 0], trim, method="higher"))
    free = loose <= cap * (1 + 1e-9)
    weight = np.where(answered > 0, np.minimum(loose, cap), 0.0)
    own, sole = base * weight, base * answered
    mean, plain = float(own @ people.y / own.sum()), float(sole @ people.y / sole.sum())
    design = np.column_stack([np.ones(len(chance)), people.x])
    slope = (own * free * (1 - chance) * (people.y - mean)) @ design
    scores = (base * (answered - chance))[:, None] * design
    moved = (own * (people.y - mean) - scores @ (fit.bread @ slope)) / own.sum()
    still = sole * (people.y - plain) / sole.sum()
    return Weighted(
        plain, mean, weight, chance, rate, cap, int((~free & (answered > 0)).sum()),
        *np.sqrt(spread(np.column_stack([moved, moved - still]), people.clusters)[0]).tolist(),
    )  # fmt: skip


def effective(weight: np.ndarray) -> float:
    """Return how many equally weighted answers these count for.

    Examples
    --------
    >>> effective(np.array([1.0, 1.0, 2.0, 0.0]))
    2.6666666666666665
    """
    return float(weight.sum() ** 2 / (weight @ weight))


Terms = list[dict[str, Any]]


def terms_of(table: ibis.Table, metrics: Sequence[Metric], labels: dict[str, str]) -> tuple[Terms, dict[str, Any], list[Check]]:
    """Return the terms of the odds (every level, the commonest marked as reference), the kept levels, and what was pooled."""
    terms: Terms = []
    levels: dict[str, Any] = {}
    checks: list[Check] = []
    for metric in metrics:
        column, label = f"a_{metric.name}", labels.get(metric.name, metric.label)
        if metric.kind != "category":
            terms.append({"column": column, "kind": "number", "level": None, "label": label, "reference": False})
            continue
        kept, rest = levels_of(table, column, metric)
        named = [("level", level, f"{label}: {level}") for level in kept] + ([("other", None, f"{label}: other")] if rest else [])
        terms += [
            {"column": column, "kind": kind, "level": level, "label": text, "reference": place == 0}
            for place, (kind, level, text) in enumerate(named)
        ]  # fmt: skip
        levels[column] = kept
        checks += [pooled(metric, rest)] if rest else []
    return terms, levels, checks


def columns_of(table: ibis.Table, terms: Sequence[dict[str, Any]], levels: dict[str, Any]) -> ibis.Table:
    """Return the table with one numeric column `t<i>` per term."""
    return table.mutate(**{f"t{i}": term(table, part, levels) for i, part in enumerate(terms)})


def people_of(table: ibis.Table, count: int, clusters: Sequence[str], seed: int) -> tuple[Answers, np.ndarray, list[Check]]:
    """Return everybody as arrays, all terms, and a check where only some whole clusters were taken."""
    names = [f"t{i}" for i in range(count)]
    rows, sampled = rows_of(table, ["answered", "y", *names, *clusters], seed=seed)
    base = rows["weight"].to_numpy(dtype=float) if "weight" in rows else np.ones(len(rows))
    every = rows[names].to_numpy(dtype=float)
    answered, y = rows["answered"].to_numpy(dtype=float), rows["y"].fillna(0.0).to_numpy(dtype=float)
    return Answers(y, answered, base, every, tuple(rows[name].to_numpy() for name in clusters)), every, sampled


def balance(people: Answers, every: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return, per column of `every`, the means of answered, weighted and invited, and how far the first two lie from the last.

    Returns
    -------
    numpy.ndarray, shape (k, 5)
        The distances are in standard deviations among the invited.

    References
    ----------
    Austin & Stuart (2015), Statistics in Medicine 34 (standardised differences before and after weighting).
    """
    base = people.base / people.base.sum()
    invited = base @ every
    deviation = np.sqrt(np.maximum(base @ every**2 - invited**2, 1e-300))
    answered, weighted = ((people.base * w) @ every / (people.base @ w) for w in (people.answered, weight))
    return np.column_stack([answered, weighted, invited, (answered - invited) / deviation, (weighted - invited) / deviation])


def every_group_answers(people: Answers, every: np.ndarray, terms: Sequence[dict[str, Any]]) -> None:
    """Refuse a level where nobody, or everybody, answered.

    Raises
    ------
    MethodError
        It names the level.
    """
    for part, column in zip(terms, every.T, strict=True):
        if part["kind"] == "number":
            continue
        size, share = int(column.sum()), float(people.answered @ column / max(column.sum(), 1))
        if share in (0.0, 1.0):
            who = "nobody" if share == 0 else "everybody"
            raise MethodError(
                f'of "{part["label"]}" ({size:,} invited) {who} answered: answers of this group cannot stand for its silent. '
                "Join small groups, or leave it out of adjust_for."
            )


def outside(chance: np.ndarray, people: Answers) -> float:
    """Return the share of the silent whose chance to answer lies beyond that of all who answered."""
    answered = people.answered > 0
    low, high = chance[answered].min(), chance[answered].max()
    beyond = (chance < low * (1 - 1e-9)) | (chance > high * (1 + 1e-9))
    return float(people.base[~answered] @ beyond[~answered] / people.base[~answered].sum())


def overlap(chance: np.ndarray, people: Answers) -> pd.DataFrame:
    """Return how the chances to answer lie: the share of answered and of silent in bars of equal width."""
    edges = np.linspace(chance.min(), chance.max() + 1e-9, BINS + 1)
    bar = np.clip(np.searchsorted(edges, chance * (1 + 1e-12), side="right") - 1, 0, BINS - 1)
    parts = []
    for name, side in (("answered", people.answered > 0), ("silent", people.answered == 0)):
        share = np.bincount(bar[side], people.base[side], minlength=BINS) / people.base[side].sum()
        n = np.bincount(bar[side], minlength=BINS)
        parts.append(
            pd.DataFrame({"term": name, "x": edges[:-1], "x_right": edges[1:], "estimate": share, "low": np.nan, "high": np.nan, "n": n})
        )
    return pd.concat(parts, ignore_index=True)


def doubts(facts: dict[str, Any]) -> list[Check]:
    """Return the checks on trimming, thin weights, overlap and balance."""
    many, count = facts["n_effective"], facts["answered"]
    held = f"{facts['trimmed']:,} of {count:,} weights were held at the largest allowed, {facts['largest_weight']:.2f}."
    thin = f"Weighted, {count:,} answers tell as much as {many:,.0f} of equal weight."
    beyond = f"{percent_of(facts['outside'])} of the silent have a smaller or larger chance to answer than anybody who did."
    before, after = facts["uneven_before"], facts["uneven_after"]
    rest = f"Weighted, the answers lie {after:.2f} standard deviations from the invited at most, in what is recorded ({before:.2f} before)."
    few, uneven = facts["outside"] > OUTSIDE, after > UNEVEN
    return [
        Check(
            "trimming", "passed", held if facts["trimmed"] else f"No weight was held down; the largest is {facts['largest_weight']:.2f}."
        ),
        Check("effective answers", "doubt" if many < THIN * count else "passed", thin),
        Check("overlap", "doubt" if few else "passed", beyond, "suggestive" if few else None),
        Check("balance", "doubt" if uneven else "passed", rest, "suggestive" if uneven else None),
    ]


def balance_rows(people: Answers, every: np.ndarray, terms: Terms, even: np.ndarray) -> list[dict[str, Any]]:
    """Return the rows of `estimates` on balance, one per term."""
    rows = []
    for part, column, line in zip(terms, every.T, even, strict=True):
        n = int((people.answered * (column if part["kind"] != "number" else 1)).sum())
        means = dict(zip(("mean_answered", "mean_weighted", "mean_invited", "estimate", "after"), line, strict=True))
        rows.append({"term": "balance", "level": part["label"], "low": np.nan, "high": np.nan, "n": n, "kind": part["kind"], **means})
    return rows


def model_of(fit: Logit, found: Weighted, terms: Terms, levels: dict[str, Any]) -> dict[str, Any]:
    """Return the odds as plain values, for `cxresearch.load.weights.weight_of`."""
    slopes = [{**part, "slope": float(slope)} for part, slope in zip(terms, fit.coef[1:], strict=True)]
    return {"rate": found.rate, "cap": found.cap, "constant": float(fit.coef[0]), "terms": slopes, "levels": levels}


def turning(data: Data, found: Weighted, ends: tuple[dict[str, Any], tuple[float, float]]) -> dict[str, Any]:
    """Return how far the silent must lie from answers alike: mean of all = weighted mean + (1 - rate) * that distance.

    `ends` are the weighted row of `estimates` and the ends of the scale. None where no answers of the silent could do it, or the
    outcome has no zero to cross (only NPS has).
    """
    row, (low, high) = ends
    silent = (found.mean - found.rate * found.plain) / (1 - found.rate)
    possible = data.outcome.kind == "nps" and low <= silent - found.mean / (1 - found.rate) <= high
    nearest = row["low"] if row["low"] > 0 else row["high"] if row["high"] < 0 else 0.0
    worth = None if data.worth is None else data.worth * data.outcome.one
    return {
        "silent_mean": silent, "scale_low": low, "scale_high": high,
        "tipping": -found.mean / (1 - found.rate) if possible else None,
        "tipping_interval": -nearest / (1 - found.rate) if possible else None,
        "tipping_worth": None if worth is None else worth / (1 - found.rate),
    }  # fmt: skip


def counted(people: Answers, found: Weighted) -> dict[str, Any]:
    """Return how many answered, what their weights are worth, and the chances to answer on both sides."""
    answered, base = people.answered > 0, people.base
    return {
        "response_rate": found.rate, "invited": len(people.y), "answered": int(answered.sum()),
        "n_effective": effective(base * found.weight), "trimmed": found.trimmed, "largest_weight": float(found.weight.max()),
        "smallest_weight": float(found.weight[answered].min()), "outside": outside(found.chance, people),
        "chance_answered": float(np.average(found.chance[answered], weights=base[answered])),
        "chance_silent": float(np.average(found.chance[~answered], weights=base[~answered])),
    }  # fmt: skip
