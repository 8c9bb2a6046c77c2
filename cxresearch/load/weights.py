"""Weights for who answers: the odds that a method found, applied to rows without moving them out of the engine.

References
----------
Horvitz & Thompson (1952), JASA 47 (weighting by the inverse of the chance to be seen); Cole & Hernan (2008), American Journal of
Epidemiology 168 (stabilised and trimmed weights).
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add, and_
from typing import Any

import ibis

from cxresearch.ask.catalog import resolve
from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.metrics import Quantity
from cxresearch.ask.values import indicator

WEIGHTED = "weighted"
ONCE = "these rows are weighted for who answers already; weight the rows that cx.link gave."


def odds_of(relation: Any, checks: Sequence[Check]) -> Mapping[str, Any]:
    """Return the odds of answering that a relation carries.

    Raises
    ------
    QuestionError
        Where the relation is not one of `who_answers`, or the rows are weighted already.
    """
    model = getattr(relation, "facts", {}).get("propensity")
    if not model:
        given = getattr(relation, "method", type(relation).__name__)
        raise QuestionError(f"weighted takes what cx.methods.who_answers found; it was given {given}.")
    if any(check.name == WEIGHTED for check in checks):
        raise QuestionError(ONCE)
    return model


def term(table: ibis.Table, part: Mapping[str, Any], levels: Mapping[str, Sequence[str]]) -> ibis.Value:
    """Return one column of the odds: a number as it is, or 1.0 where a category has this level (or none of the kept ones)."""
    column = table[part["column"]]
    if part["kind"] == "number":
        return column.cast("float64")
    return indicator(column == part["level"]) if part["kind"] == "level" else indicator(column.notin(list(levels[part["column"]])))


def weight_of(table: ibis.Table, model: Mapping[str, Any]) -> ibis.Value:
    """Return the stabilised weight of each row: share answered over chance to answer, held at the cap; missing where that is not known.

    Parameters
    ----------
    table : ibis.Table
        With the columns `a_<name>` of the model.
    model : mapping
        ``rate, cap, constant``, ``terms`` (column, kind, level, slope) and ``levels`` (the kept ones of each category).
    """
    parts = [float(part["slope"]) * term(table, part, model["levels"]) for part in model["terms"]]
    odds = reduce(add, parts) + float(model["constant"])
    weight = ibis.least((1 + (-odds).exp()) * float(model["rate"]), ibis.literal(float(model["cap"])).cast("float64"))
    pooled = {part["column"] for part in model["terms"] if part["kind"] == "other"}
    known = [table[name].isin(list(kept)) for name, kept in model["levels"].items() if name not in pooled]
    return ibis.ifelse(reduce(and_, known), weight, ibis.null("float64")) if known else weight


def weigh(table: ibis.Table, invited: ibis.Table, covariates: Sequence[Quantity], model: Mapping[str, Any]) -> tuple[ibis.Table, Check]:
    """Return linked rows with `weight`: that of their invitation, times the survey weight where there is one.

    Parameters
    ----------
    table : ibis.Table
        Linked rows, with `unit_id`.
    invited : ibis.Table
        Everybody invited, with every column at hand.
    covariates : sequence of str or Metric
        What the odds were made from.
    model : mapping
        As in `weight_of`.
    """
    text = {name for name in invited.columns if invited[name].type().is_string()}
    metrics = [resolve(quantity, invited.columns, text=text) for quantity in covariates]
    asked = invited.select(_unit=invited.unit_id.cast("string"), **{f"a_{metric.name}": metric.value(invited) for metric in metrics})
    found = asked.select("_unit", _own=weight_of(asked, model))
    joined = table.left_join(found, table.unit_id == found["_unit"])
    own = joined["_own"] * joined.weight.cast("float64") if "weight" in table.columns else joined["_own"]
    joined = joined.mutate(weight=own).drop("_unit", "_own").cache()
    counted = joined.aggregate(rows=joined.count(), known=joined.weight.count()).execute().iloc[0]
    rows, known = int(counted["rows"]), int(counted["known"])
    names = ", ".join(metric.label.lower() for metric in metrics)
    said = (
        f"Each answer counts for those alike in {names} who were invited. It holds if, among those alike, the silent would answer the same."
    )
    lost = f" {rows - known:,} of {rows:,} rows have no weight and are left out." if known < rows else ""
    status, cap = ("failed", "inconclusive") if known < 0.7 * rows else ("doubt", None)
    return joined.filter(joined.weight.notnull()), Check(WEIGHTED, status, said + lost, cap)
