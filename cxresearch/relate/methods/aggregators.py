"""Which summary of a customer's contacts goes best with the outcome: mean, worst, last, peak and end, or sum.

References
----------
Kahneman, Fredrickson, Schreiber & Redelmeier (1993), When more pain is preferred to less, Psychological Science 4 (peak and end);
Holm (1979), Scandinavian Journal of Statistics 6.
"""

from itertools import combinations
from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.catalog import CATALOG
from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.history import summary_of
from cxresearch.ask.metrics import Metric
from cxresearch.load.data import Data
from cxresearch.relate.design import covariates, log2
from cxresearch.relate.doubts import few_clusters
from cxresearch.relate.fit import solve
from cxresearch.relate.held_out import Losses, held_out
from cxresearch.relate.method import cluster_word, facts_of, method
from cxresearch.relate.moments import Moments, collect, total
from cxresearch.relate.multiplicity import adjust
from cxresearch.relate.relation import Relation

MOST = 12
HELD = "held equal"


@method
def aggregators(data: Data, *, folds: int = 10, against: str | None = None) -> Relation:
    """Compare summaries of the same contacts by how well each predicts customers who were not used for the fit.

    Parameters
    ----------
    data : Data
        With the summaries as drivers, 2 to 12: ``drivers=history.summaries("first_response_hours")``, or columns of your own.
    folds : int
        Whole customers are held out in so many folds, 2 to 20.
    against : str, optional
        The summary that every other is compared with; without it the best one.

    Returns
    -------
    Relation
        `estimates`: term "held_out", level the summary: held-out R2 (beyond the confounders, where there are any) with `label`, `slope`
        and correlation `with_best`; term "difference", level "best (or `against`) less other": with `p` and `p_holm` over all pairs.
        `facts`: `best`, and `tied`: the summaries that are not told apart from it.

    Raises
    ------
    QuestionError
        Where there are fewer than two summaries, or one is a category.
    MethodError
        Where too few customers are left, or a summary is the same in every row.

    Notes
    -----
    One summary at a time, least squares; waits on a log scale; all on the same rows. Intervals by linearisation over buckets of customers,
    the fits held as they are. "Not told apart" is an answer: summaries of few contacts are nearly the same number.

    Examples
    --------
    >>> import cxresearch as cx
    >>> draw = np.random.default_rng(1).normal(size=(400, 3))
    >>> frame = pd.DataFrame({"who": range(400), "last": draw[:, 0], "mean": draw[:, :2].mean(axis=1), "score": draw[:, 0] + draw[:, 2]})
    >>> asked = cx.Question(outcome=cx.Mean("score"), drivers=("last", "mean"))
    >>> cx.methods.aggregators(cx.from_frame(frame, asked, customer="who")).facts["best"]
    'last'

    References
    ----------
    Kahneman, Fredrickson, Schreiber and Redelmeier (1993), When more pain is preferred to less: adding a better end,
    Psychological Science 4.
    """
    _asked(data, folds, against)
    table = data.table.filter(ibis.and_(*(data.table["d_" + metric.name].notnull() for metric in data.drivers)))
    table = table.mutate(**{f"s_{metric.name}": _value(table, metric) for metric in data.drivers})
    table, held, notes = covariates(table, data.adjust_for)
    names = [metric.name for metric in data.drivers]
    moments = collect(table, ["y", *(f"s_{name}" for name in names), *held])
    sets = {name: [f"s_{name}", *held] for name in names} | {HELD: list(held)}
    losses = held_out(moments, "y", sets, folds)
    estimates, tied = _estimates(data, moments, losses, (sets, against))
    best = str(estimates.iloc[0]["level"])
    rows = int(moments.rows.sum())
    facts = facts_of(data) | {
        "best": best, "tied": tied, "n_used": rows, "clusters": moments.clusters,
        "labels": {name: label for name, label in zip(estimates["level"], estimates["label"], strict=True) if label},
    }  # fmt: skip
    checks = (*data.checks, *notes, few_clusters(moments.clusters, cluster_word(data)), *_lost(data, rows), *_alike(estimates))
    return Relation("aggregators", data.question, estimates, None, checks, {"folds": folds, "against": against}, facts)


def _asked(data: Data, folds: int, against: str | None) -> None:
    if not 2 <= len(data.drivers) <= MOST:
        raise QuestionError(
            f"aggregators compares 2 to {MOST} summaries; the question names {len(data.drivers)}. "
            'Ask with drivers=("mean_transfers_90d", "worst_transfers_90d", "last_transfers_90d").'
        )
    words = [metric.name for metric in data.drivers if metric.kind == "category"]
    if words:
        raise QuestionError(f'"{words[0]}" holds categories: a summary of contacts is a number.')
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(
            f'"{data.outcome.name}" is a time until something happens: summaries are compared on scores, shares and amounts.'
        )
    if against is not None and against not in {metric.name for metric in data.drivers}:
        raise QuestionError(f'against is "{against}"; the summaries are {", ".join(metric.name for metric in data.drivers)}.')
    if not 2 <= folds <= 20:
        raise QuestionError(f"folds is {folds}; it can be 2 to 20.")


def _value(table: ibis.Table, metric: Metric) -> ibis.Value:
    """Return a summary as it is compared: waits in doublings, the rest as it is."""
    column = table["d_" + metric.name].cast("float64")
    found = summary_of(metric.name, CATALOG)
    waits = metric.kind == "duration" or (found is not None and found[1].kind == "duration")
    return log2(column, metric) if waits else column


def _estimates(
    data: Data, moments: Moments, losses: Losses, how: tuple[dict[str, list[str]], str | None]
) -> tuple[pd.DataFrame, list[str]]:
    (sets, against), labels, whole = how, (data.study.labels if data.study else {}), total(moments)
    rows, n = [], whole.rows
    for metric in data.drivers:
        estimate, error, low, high, p = losses.gain(metric.name, HELD)
        slope = float(solve(whole, "y", sets[metric.name]).coef[0])
        rows.append({
            "term": "held_out", "level": metric.name, "estimate": estimate, "low": low, "high": high, "n": n, "std_error": error, "p": p,
            "label": labels.get(metric.name, metric.label), "slope": slope,
        })  # fmt: skip
    rows.sort(key=lambda row: (-row["estimate"], row["level"]))
    best = rows[0]["level"]
    for row in rows:
        row["with_best"] = _correlation(whole.cross[np.ix_(*[whole.at([f"s_{best}", f"s_{row['level']}"])] * 2)])
    order = sorted((row["level"] for row in rows), key=lambda name: name != against)
    pairs = [_pair(losses, one, other) for one, other in combinations(order, 2)]
    holm = adjust(np.array([pair["p"] for pair in pairs]))
    made = [pair | {"p_holm": p, "n": n} for pair, p in zip(pairs, holm, strict=True) if pair["one"] == (against or best)]
    tied = [pair["other"] for pair, p in zip(pairs, holm, strict=True) if pair["one"] == best and not p < 0.05]
    tied += [pair["one"] for pair, p in zip(pairs, holm, strict=True) if pair["other"] == best and not p < 0.05]
    differences = pd.DataFrame(made).drop(columns=["one", "other"])
    return pd.concat([pd.DataFrame(rows), differences.assign(label="")], ignore_index=True), tied


def _pair(losses: Losses, one: str, other: str) -> dict[str, Any]:
    estimate, error, low, high, p = losses.gain(one, other)
    named = {"term": "difference", "level": f"{one} less {other}", "one": one, "other": other}
    return named | {"estimate": estimate, "low": low, "high": high, "std_error": error, "p": p}


def _correlation(cross: np.ndarray) -> float:
    return float(cross[0, 1] / np.sqrt(cross[0, 0] * cross[1, 1]))


def _lost(data: Data, used: int) -> list[Check]:
    lost = 1 - used / data.rows
    status = "failed" if lost > 0.5 else "doubt" if lost > 0.1 else "passed"
    said = f"{used:,} of {data.rows:,} {data.unit}s have every summary; the others had nothing to sum up and are left out."
    return [Check("summaries", status, said)] if used < data.rows else []


def _alike(estimates: pd.DataFrame) -> list[Check]:
    close = estimates[(estimates["term"] == "held_out") & (estimates["with_best"].abs() > 0.95)].iloc[1:]
    if close.empty:
        return []
    said = f"{len(close)} summaries go almost wholly together with the best one (correlation above 0.95): few contacts tell them apart."
    return [Check("nearly the same", "passed", said)]
