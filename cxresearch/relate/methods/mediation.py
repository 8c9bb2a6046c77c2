"""Does service work through satisfaction: what goes with the exposure by way of a mediator, and past it.

References
----------
MacKinnon (2008), Introduction to Statistical Mediation Analysis (product of coefficients); `cxresearch.relate.paths` (hidden reasons).
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import LeakageError, MethodError, QuestionError
from cxresearch.ask.metrics import Metric
from cxresearch.load.data import Data
from cxresearch.load.link import UNDATED
from cxresearch.relate.bootstrap import percentile
from cxresearch.relate.bounds import strongest
from cxresearch.relate.design import Design, contrast_for, design
from cxresearch.relate.doubts import compared
from cxresearch.relate.fit import Fit, clustered, solve, wald
from cxresearch.relate.method import cluster_columns, cluster_word, facts_of, method
from cxresearch.relate.moments import Total, collect, resample, total
from cxresearch.relate.paths import Paths, found, hidden, repeated
from cxresearch.relate.relation import Relation

ALL_OF_IT = 1 - 1e-9


@method
def mediation(data: Data, *, contrast: float | str = "auto", draws: int = 1000, seed: int = 1) -> Relation:
    """Split what goes with the exposure into the part by way of the mediator and the part past it.

    Parameters
    ----------
    data : Data
        With an exposure and a mediator: ``Question(outcome="kept_90d", exposure="first_response_hours", mediator="said_nps")``.
    contrast : float or str
        As in `effect`: so many units, "halving", "doubling", or "auto".
    draws : int
        Customer-bootstrap draws.
    seed : int
        Seed of the draws.

    Returns
    -------
    Relation
        `estimates`, in the outcome's unit per contrast: total, direct (past the mediator), indirect (by way of it); "first" is the
        mediator per contrast, "second" the outcome per unit of the mediator; "share" is indirect of total, only where the total
        excludes zero. `curve`: the indirect part against the strength of a hidden reason (rho). `facts`: rho at which it vanishes.

    Raises
    ------
    QuestionError
        Where exposure or mediator is missing, or is not a number.
    LeakageError
        Where the mediator is the outcome under another name.
    MethodError
        Where a part has the same value in every row, or columns carry the same information.

    Notes
    -----
    Three least-squares fits on the same rows, so total = direct + indirect; a 0/1 outcome is read as a linear probability, NPS on
    -100/0/100. Total and direct: CR1 by cluster with t(G - 1). Indirect: percentiles of a bootstrap of whole clusters.

    Examples
    --------
    >>> import cxresearch as cx
    >>> who = np.arange(105)
    >>> frame = pd.DataFrame({"who": who, "wait": who % 5, "content": who % 7 - who % 5})
    >>> frame["stay"] = who % 3 + 2.0 * frame["content"]
    >>> asked = cx.Question(outcome=cx.Mean("stay"), exposure="wait", mediator="content")
    >>> split = cx.methods.mediation(cx.from_frame(frame, asked, customer="who"), draws=200)
    >>> round(float(split.row("indirect").estimate), 2)
    -2.0

    References
    ----------
    Imai, Keele and Yamamoto (2010), Identification, inference and sensitivity analysis for causal mediation effects,
    Statistical Science 25.
    """
    mediator = _askable(data)
    log, factor, name, words = contrast_for(data, contrast)
    columns = _columns(design(data, log=log), mediator)
    x, m, others = names = columns.exposure[0][0], f"m_{mediator.name}", [*columns.always, *columns.adjust_for]
    moments = collect(columns.table, ["y", m, "_both", x, *others])
    whole = total(moments)
    fits = {"total": solve(whole, "y", [x, *others]), "direct": solve(whole, "y", [x, m, *others]), "first": solve(whole, m, [x, *others])}
    _refuse(fits, mediator)
    errors = dict(zip(fits, clustered(columns.table, list(fits.values()), cluster_columns(data)), strict=True))
    point, drawn = found(fits["first"], fits["direct"], m), repeated(resample(moments, draws, seed), names)
    parts = (("total", "total", 0, factor), ("direct", "direct", 0, factor), ("first", "first", 0, factor), ("second", "direct", 1, 1.0))
    rows = [_row(data, fits[of], errors[of], (term, at, size)) for term, of, at, size in parts]
    rows[2:2] = _split(rows[0], point, drawn, factor)
    rival = strongest(fits["direct"], replace(columns, exposure=((m, ""),)), data, whole)
    clusters, (low, high) = errors["total"].clusters, percentile(drawn.rho)
    facts = facts_of(data) | _said(data, mediator) | {
        "contrast": name, "contrast_words": words, "clusters": clusters, "cluster_word": cluster_word(data), "rho": float(point.rho),
        "rho_low": float(low), "rho_high": float(high), "strongest_measured": vars(rival) if rival else None,
    }  # fmt: skip
    doubts = (*compared(data, clusters, whole), _alone(data), _in_order(data, mediator))
    checks = (*data.checks, *columns.checks, *filter(None, doubts), *_alike(columns, whole, names, data))
    curve, settings = hidden(point, drawn, factor, fits["total"].rows), {"contrast": contrast, "draws": draws, "seed": seed}
    return Relation("mediation", data.question, pd.DataFrame(rows), curve, checks, settings, facts)


def _askable(data: Data) -> Metric:
    if data.exposure is None or data.mediator is None:
        raise QuestionError('mediation needs an exposure and a mediator: Question(outcome=..., exposure=..., mediator="said_nps").')
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens: ask about a share kept, for instance "kept_90d".')
    if data.mediator.kind in ("category", "duration", "survival"):
        raise QuestionError(
            f'"{data.mediator.name}" is a {data.mediator.kind}; a mediator must be a number known in every row, such as a rating or NPS.'
        )
    if len(cluster_columns(data)) == 2:
        raise QuestionError("the draws take whole clusters of one kind: name one column in cluster.")
    return data.mediator


def _columns(columns: Design, mediator: Metric) -> Design:
    if len(columns.exposure) > 1:
        levels = len(columns.exposure) + 1
        raise MethodError(f"the exposure has {levels} levels: choose two of them with where, so that there is one path to follow.")
    table = columns.table.mutate(**{f"m_{mediator.name}": columns.table.m.cast("float64")})
    return replace(columns, table=table.mutate(_both=table[columns.exposure[0][0]] * table[f"m_{mediator.name}"]))


def _refuse(fits: dict[str, Fit], mediator: Metric) -> None:
    total, direct = fits["total"], fits["direct"]
    if total.residual <= 0 and not total.coef.any():
        raise MethodError("the outcome has the same value in every row: nothing can go with it.")
    if direct.r2 > ALL_OF_IT:
        raise LeakageError(
            f'"{mediator.name}" and the exposure give the outcome exactly: the mediator is the outcome under another name. '
            "Choose one that is measured apart from it."
        )


def _said(data: Data, mediator: Metric) -> dict[str, Any]:
    labels = data.study.labels if data.study else {}
    label = labels.get(mediator.name, mediator.label)
    return {"mediator": mediator.name, "mediator_label": label, "mediator_phrase": mediator.as_outcome or mediator.phrase,
            "mediator_kind": mediator.kind, "mediator_unit": mediator.unit, "mediator_better": mediator.better}  # fmt: skip


def _row(data: Data, fit: Fit, errors: Any, what: tuple[str, int, float]) -> dict[str, Any]:
    term, at, size = what
    weights = np.zeros(1 + len(fit.names))
    weights[1 + at] = size
    estimate = float(fit.coef[at] * size)
    error, low, high = errors.interval(estimate, weights)
    return {"term": term, "level": "", "estimate": estimate, "low": low, "high": high, "n": fit.rows, "customers": data.customers,
            "std_error": error, "df": errors.df}  # fmt: skip


def _split(whole: dict[str, Any], point: Paths, drawn: Paths, factor: float) -> list[dict[str, Any]]:
    """Rows of the indirect part, and of its share where the total excludes zero."""
    low, high = percentile(drawn.indirect * factor)
    indirect = {"term": "indirect", "estimate": float(point.indirect * factor), "low": low, "high": high}
    share = {"term": "share", "estimate": np.nan, "low": np.nan, "high": np.nan, "std_error": np.nan}
    if whole["low"] > 0 or whole["high"] < 0:
        low, high = percentile(drawn.indirect / (drawn.indirect + drawn.direct))
        share |= {"estimate": float(point.indirect / (point.indirect + point.direct)), "low": low, "high": high}
    return [whole | indirect | {"std_error": float(np.std(drawn.indirect * factor, ddof=1))}, whole | share]


def _alone(data: Data) -> Check | None:
    if data.adjust_for:
        return None
    detail = "No confounder is declared: what lies behind mediator and outcome cannot be told apart from the path between them."
    return Check("confounders", "doubt", detail, "suggestive")


def _in_order(data: Data, mediator: Metric) -> Check:
    """Whether the mediator is known to be measured before the outcome."""
    if data.study and mediator.table == "answers":
        return Check("order of parts", "passed", "Exposure, mediator and outcome were measured one after the other.")
    dated = data.study and mediator.table == "contacts" and mediator.name not in UNDATED
    if dated:
        return Check("order of parts", "passed", "The mediator is read as it was known when the outcome was measured.")
    said = "That the mediator was measured after the exposure and before the outcome cannot be seen in these data."
    return Check("order of parts", "doubt", said, "suggestive")


def _alike(columns: Design, whole: Total, names: tuple[str, str, list[str]], data: Data) -> list[Check]:
    """Whether the mediator goes with the outcome alike at every level of the exposure: else the parts are averages."""
    x, m, others = names
    try:
        fit = solve(whole, "y", [x, m, "_both", *others])
        (errors,) = clustered(columns.table, [fit], cluster_columns(data))
        p = wald(fit, errors, ["_both"])[1]
    except MethodError:
        return []
    if p < 0.05:
        said = "The mediator does not go with the outcome alike at every level of the exposure: the parts are averages."
        return [Check("alike at every level", "doubt", said)]
    return [Check("alike at every level", "passed", "The mediator goes with the outcome alike at every level of the exposure.")]
