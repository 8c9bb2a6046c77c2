"""Is there a jump at the promise: on time against just late, beside the smooth curve of the wait.

References
----------
Imbens & Lemieux (2008), Regression discontinuity designs, Journal of Econometrics 142 (a jump beside a smooth curve);
Harrell (2015), Regression Modeling Strategies, section 2.4.
"""

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.ask.values import number
from cxresearch.load.data import Data
from cxresearch.relate.design import covariates, is_wait, knots_of, log2, spline
from cxresearch.relate.doubts import assigned, few_clusters, rare
from cxresearch.relate.fit import Errors, Fit, clustered, solve
from cxresearch.relate.method import cluster_columns, cluster_word, facts_of, method
from cxresearch.relate.moments import summed
from cxresearch.relate.relation import Relation
from cxresearch.relate.sides import smaller_side

LEAST = 0.02


@method
def jump(data: Data, *, at: float | str = "sla_target", knots: int = 5) -> Relation:
    """Test whether the outcome jumps where the promise is broken, beyond what goes with the wait itself.

    Parameters
    ----------
    data : Data
        With a wait as exposure; where `at` is a column, name it in `adjust_for` or take it from the study's contacts.
    at : float or str
        The promise: so many units of the exposure, or the confounder (``adjust_for``) that holds it for every row.
    knots : int
        Knots of the smooth curve of the wait, 3, 4 or 5.

    Returns
    -------
    Relation
        `estimates`: "jump", late less on time at the same wait; "late_raw", the same as recorded.
        `facts`: share late, what the promise is.

    Raises
    ------
    QuestionError
        Where the exposure is no wait, or the promise is not at hand.
    MethodError
        Where hardly anybody is late, or hardly anybody on time.

    Notes
    -----
    Least squares on a restricted cubic spline of log wait, the confounders and an indicator of lateness; CR1 by cluster.

    Examples
    --------
    >>> import cxresearch as cx
    >>> hours = 2.0 ** np.linspace(-2, 6, 400)
    >>> frame = pd.DataFrame({"who": range(400), "wait": hours, "score": 8 - 0.2 * np.log2(hours) - 1.5 * (hours > 8)})
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure=cx.Duration("wait")), customer="who")
    >>> round(float(cx.methods.jump(data, at=8).row("jump").estimate), 6)
    -1.5
    """
    exposure = data.exposure
    if exposure is None or not is_wait(exposure):
        raise QuestionError("jump needs a wait as exposure: a promise is about time.")
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens: ask `retention` about it.')
    table = data.table.filter(data.table.x.notnull())
    table = table.mutate(_x=log2(table.x, exposure), late=number(ibis.ifelse(table.x > _promise(table, at), 1, 0)))
    row = table.aggregate(share=table.late.mean(), rows=table.count()).execute().iloc[0]
    if not LEAST <= row["share"] <= 1 - LEAST:
        side = "late" if row["share"] < LEAST else "on time"
        raise MethodError(f"under {LEAST:.0%} of {int(row['rows']):,} rows are {side}: nothing can be said about a jump at the promise.")
    table, bends = spline(table, "_x", knots_of(table, "_x", knots), "_s")
    table, names, notes = covariates(table, data.adjust_for)
    moments = summed(table, ["y", "late", *bends, *names])
    fits = [solve(moments, "y", ["late", *bends, *names]), solve(moments, "y", ["late"])]
    errors = clustered(table, fits, cluster_columns(data))
    rows = [_row(term, fit, error) for term, fit, error in zip(("jump", "late_raw"), fits, errors, strict=True)]
    facts = facts_of(data) | {"share_late": float(row["share"]), "promise": str(at), "clusters": errors[0].clusters,
                              "cluster_word": cluster_word(data)}  # fmt: skip
    said = f"{1 - row['share']:.0%} of {int(row['rows']):,} {data.unit}s were answered inside the promise."
    doubts = (few_clusters(errors[0].clusters, cluster_word(data)), assigned(data), rare(data, moments), *smaller_side(data, table, "late"))
    checks = (*data.checks, *notes, *doubts, Check("promise", "passed", said))
    return Relation("jump", data.question, pd.DataFrame(rows), None, tuple(filter(None, checks)), {"at": at, "knots": knots}, facts)


def _promise(table: ibis.Table, at: float | str) -> ibis.Value:
    if not isinstance(at, str):
        return number(ibis.literal(at))
    for column in (f"a_{at}", at):
        if column in table.columns:
            return table[column].cast("float64")
    raise QuestionError(f'the promise "{at}" is not among the confounders: add it to adjust_for, or give a number of hours.')


def _row(term: str, fit: Fit, errors: Errors) -> dict:
    weights = np.zeros(len(fit.names) + 1)
    weights[1 + fit.names.index("late")] = 1.0
    estimate = float(fit.coef[fit.names.index("late")])
    error, low, high = errors.interval(estimate, weights)
    return {"term": term, "level": "", "estimate": estimate, "low": low, "high": high, "n": fit.rows, "std_error": error, "df": errors.df}
