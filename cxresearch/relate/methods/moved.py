"""What changed between two periods: noise, a change that remains with the mix held alike, or another mix of customers and requests.

References
----------
Kitagawa (1955), Components of a difference between two rates, JASA 50; Oaxaca (1973), International Economic Review 14; Blinder (1973),
Journal of Human Resources 8.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.metrics import Metric
from cxresearch.ask.period import parse_period
from cxresearch.ask.question import Absent, Question
from cxresearch.ask.study import Study
from cxresearch.load.data import Data
from cxresearch.load.link import link
from cxresearch.relate.adjusted import NOTHING_HELD
from cxresearch.relate.context import side_by_side
from cxresearch.relate.design import contrast_for, design
from cxresearch.relate.doubts import assigned, few_clusters, sides
from cxresearch.relate.method import cluster_columns, cluster_word, facts_of, linking
from cxresearch.relate.methods.compare import compare
from cxresearch.relate.relation import Relation
from cxresearch.relate.standing import estimate_by
from cxresearch.relate.two_periods import Ends, columns_of, divided, interacted, slopes_of_both, with_after

ENDS = ("estimate", "std_error", "low", "high")


@linking
def moved(
    study: Study, question: Question, *, before: str = "", after: str = "", where: Any = None, contrast: float | str = "auto"
) -> Relation | Absent:
    """Compare two periods: the outcome, or how much goes with the exposure where the question has one.

    Use it when a number is not what it was: whether that is more than chance, and whether the same customers with the same requests
    would show it too.

    Parameters
    ----------
    study : Study
        It is linked once for each period.
    question : Question
        Without an exposure the outcome itself is compared.
    before, after : str
        Periods that do not overlap: "2025-Q1" and "2025-Q2".
    where
        As in `link`.
    contrast : float or str
        As in `effect`.

    Returns
    -------
    Relation or Absent
        `estimates`: term before and after (as recorded), total (after less before), and for an outcome within (what remains with the
        mix held alike) and mix (what goes with the mix); they add up to total. For an exposure: before, after, total, each with the
        confounders held equal. `facts`: `kind` outcome or effect, and what the mix is made of (`held`).

    Raises
    ------
    QuestionError
        Where a period is missing, both overlap, errors are two-way, or the outcome is a time until something happens.
    MethodError
        Where a period has too little to compare.

    Notes
    -----
    Mix: `adjust_for` and `by` of the question, and of the study what is declared context (segment, plan) and the channel. Customers of
    both periods are clusters throughout: total as in `compare`, parts by jackknife over buckets of customers, effects by CR1 from one
    fit in which every slope may differ between the periods.

    Examples
    --------
    >>> import tempfile
    >>> import cxresearch as cx
    >>> from cxresearch.load.simulate import simulate
    >>> study = cx.open_study(simulate(tempfile.mkdtemp(), customers=600, months=12))
    >>> found = cx.methods.moved(study, cx.Question(outcome="nps"), before="2024-Q2", after="2024-Q3")
    >>> list(found.estimates["term"])
    ['before', 'after', 'total', 'within', 'mix']
    """
    _apart(before, after)
    first, second = (link(study, question, period=period, where=where) for period in (before, after))
    for data in (first, second):
        if isinstance(data, Absent):
            return data
    settings = {"before": before, "after": after, "where": where, "contrast": contrast}
    return between(first, second, settings)


def between(first: Data, second: Data, settings: Mapping[str, Any]) -> Relation:
    """Return the comparison of the rows of two periods."""
    if second.outcome.elapsed or second.outcome.kind == "duration":
        raise QuestionError(f'"{second.outcome.name}" is a time until something happens, and some have not ended: it cannot be divided.')
    if len(cluster_columns(second)) == 2:
        raise QuestionError("moved clusters by one column; name one in the question.")
    table, context = side_by_side(first, second)
    customers = int(table.customer.nunique().execute())
    data = replace(second, table=table, rows=first.rows + second.rows, customers=customers)
    kind = "effect" if data.exposure else "outcome"
    found = _effect(data, settings["contrast"]) if data.exposure else _outcome(data, context)
    checks = tuple(dict.fromkeys((*first.checks, *second.checks, *found.checks)))
    facts = facts_of(data) | dict(found.facts) | {
        "kind": kind, "before": first.period_label, "after": second.period_label, "rows_before": first.rows, "rows_after": second.rows,
        "cluster_word": cluster_word(data)}  # fmt: skip
    return Relation("moved", data.question, found.estimates, None, checks, settings, facts)


def _apart(before: str, after: str) -> None:
    if not before or not after:
        raise QuestionError('moved compares two periods: moved(study, question, before="2025-Q1", after="2025-Q2").')
    first, second = parse_period(before), parse_period(after)
    if first.last >= second.first and second.last >= first.first:
        raise QuestionError(
            f'the periods "{before}" and "{after}" overlap: the same rows would stand on both sides. Choose two that do not.'
        )


def _outcome(data: Data, context: list[Metric]) -> Relation:
    asked = replace(data.question, by="period", adjust_for=())
    plain = replace(
        data, table=data.table.mutate(by=data.table.period), question=asked, parts=replace(data.parts, adjust_for=()), checks=()
    )
    stood = estimate_by(plain, "by").set_index("level")
    told = compare(plain, against="before")
    whole = told.row("raw", "after less before")
    table, names, held = columns_of(with_after(data.table), (*data.adjust_for, *context))
    shares = divided(table, names, float(stood["clusters"].min()) - 1)
    rows = [_row(term, stood.loc[term, list(ENDS)], stood.loc[term, "n"]) for term in ("before", "after")]
    rows.append(_row("total", whole[list(ENDS)], whole["n"], whole["df"]))
    rows += [_row(term, ends, whole["n"], shares.df) for term, ends in (("within", shares.within), ("mix", shares.mix))]
    labels = data.study.labels if data.study else {}
    facts = {"held": [labels.get(metric.name, metric.label) for metric in held], "clusters": int(stood["clusters"].sum())}
    return Relation("moved", data.question, _frame(rows, data), None, told.checks, {}, facts)


def _effect(data: Data, contrast: float | str) -> Relation:
    if data.exposure is not None and data.exposure.kind == "category":
        raise QuestionError(f'"{data.exposure.name}" has levels; one number is compared here. Use a wait, a count or a 0/1 column.')
    log, factor, name, words = contrast_for(data, contrast)
    columns = design(data, log=log)
    exposure = columns.exposure[0][0]
    table, names = interacted(with_after(columns.table), [exposure, *columns.always, *columns.adjust_for], exposure)
    found, errors, n = slopes_of_both(table, names, exposure, factor)
    rows = [_row(term, ends, n, errors.df) for term, ends in found.items()]
    each = [replace(data, table=data.table.filter(data.table.period == name)) for name in ("before", "after")]
    checks: list[Check | None] = [*columns.checks, few_clusters(errors.clusters, cluster_word(data)), assigned(data)]
    checks += [check for one in each for check in sides(one)]
    checks.append(NOTHING_HELD if not data.adjust_for and data.question.design == "observed" else None)
    facts = {"held": [], "contrast": name, "contrast_words": words, "clusters": errors.clusters}
    return Relation("moved", data.question, _frame(rows, data), None, tuple(check for check in checks if check), {}, facts)


def _row(term: str, ends: Ends | pd.Series, n: float, df: float = np.nan) -> dict[str, Any]:
    estimate, error, low, high = (float(value) for value in ends)
    return {"term": term, "level": "", "estimate": estimate, "low": low, "high": high, "n": int(n), "std_error": error, "df": float(df)}


def _frame(rows: list[dict[str, Any]], data: Data) -> pd.DataFrame:
    return pd.DataFrame(rows).assign(customers=data.customers)
