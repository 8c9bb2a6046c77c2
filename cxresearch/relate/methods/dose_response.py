"""How fast is fast enough: the adjusted curve beside the raw one.

References
----------
Harrell (2015), Regression Modeling Strategies, section 2.4 (restricted cubic splines);
Davison & Hinkley (1997), chapter 5 (percentile intervals).
"""

from typing import Any

import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.metrics import Metric
from cxresearch.load.data import Data
from cxresearch.relate.bands import bands_of, cuts_of
from cxresearch.relate.curve import Shape, bars_of, lines_of, turning_points
from cxresearch.relate.design import covariates, is_wait, knots_of, log2, spline, spline_at
from cxresearch.relate.doubts import assigned, few_clusters, rare
from cxresearch.relate.fit import clustered, slopes, solve, wald
from cxresearch.relate.method import cluster_columns, cluster_word, facts_of, method
from cxresearch.relate.misfit import misfit
from cxresearch.relate.moments import collect, resample, total
from cxresearch.relate.relation import Relation

RANGE = (0.025, 0.975)
FINE = 121
ROUND_HOURS = (0.25, 0.5, 1, 2, 4, 8, 24, 48, 168)


@method
def dose_response(data: Data, *, worth: float | None = None, knots: int = 5, draws: int = 1000, seed: int = 1) -> Relation:
    """Draw how the outcome goes with the exposure, and find how fast is fast enough.

    Parameters
    ----------
    data : Data
        With a numeric exposure; waits with no end yet stay outside the curve and are counted.
    worth : float, optional
        Smallest difference worth acting on, in the outcome's display unit (of 100 for shares); default the study's.
    knots : int
        3, 4 or 5 knots at Harrell's quantiles.
    draws : int
        Customer-bootstrap draws behind the interval of "fast enough".
    seed : int
        Seed of the draws.

    Returns
    -------
    Relation
        `curve`: adjusted and raw, with 95% pointwise intervals, and the count of answers along x. `estimates`: predictions at round
        values, "band" (the mean as recorded between them), and "fast_enough": the longest wait, within the supported range, up to
        which no faster answer is predicted to be better by more than `worth` (NaN: not reached; `low` first wait where that is
        possible, `high` first where it is certain).
        `facts`: test of nonlinearity; how well the data agree with no point at all (`agrees_with_none`).

    Raises
    ------
    QuestionError
        Where there is no numeric exposure or the outcome is a duration.
    MethodError
        Where the exposure takes too few values for a curve.

    Notes
    -----
    Log scale for waits, raw scale for what may be negative.

    Examples
    --------
    >>> import cxresearch as cx
    >>> x = np.linspace(-3, 3, 60)
    >>> frame = pd.DataFrame({"who": range(60), "late": 2.0**x, "score": 8 - np.maximum(x, 0)})
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure=cx.Duration("late")), customer="who")
    >>> curve = cx.dose_response(data, worth=1.0)
    >>> 1.5 < float(curve.row("fast_enough").estimate) < 3
    True

    References
    ----------
    Harrell (2015), Regression Modeling Strategies, chapter 2.
    """
    exposure = _askable(data)
    log = is_wait(exposure)
    worth = data.worth if worth is None else worth
    table = data.table.filter(data.table.x.notnull())
    table = table.mutate(_x=log2(table.x, exposure) if log else table.x.cast("float64"))
    places = knots_of(table, "_x", knots)
    table, bends = spline(table, "_x", places, "_s")
    table, names, notes = covariates(table, data.adjust_for)
    table = table.cache()  # a dozen queries follow, and none should bend the exposure again
    moments = collect(table, ["y", *bends, *names])
    fits = [solve(total(moments), "y", [*bends, *names]), solve(total(moments), "y", bends)]
    errors = clustered(table, fits, cluster_columns(data))
    shapes = {"adjusted": Shape(fits[0], errors[0], places), "raw": Shape(fits[1], errors[1], places)}
    edges = table.aggregate(low=table["_x"].quantile(RANGE[0]), high=table["_x"].quantile(RANGE[1])).execute().iloc[0].to_numpy(dtype=float)
    back = np.exp2 if log else lambda value: value
    row, missed = _fast_enough(moments, shapes["adjusted"], edges, data, (None if worth is None else worth * data.outcome.one, draws, seed))
    row |= {name: float(back(row[name])) for name in ("estimate", "low", "high")}
    f, p, _ = wald(fits[0], errors[0], bends[1:]) if len(bends) > 1 else (0.0, 1.0, 0)
    at = _round_values(edges, log)
    values = np.round(back(at), 9)
    predicted, recorded = _at(shapes, at, values, fits[0].rows), bands_of(data, table, cuts_of(exposure.unit, edges, values))
    curve = pd.concat([lines_of(shapes, edges, back), bars_of(table, edges, back)], ignore_index=True)
    facts = facts_of(data) | {
        "worth": worth, "log_scale": log, "no_point": exposure.better != "lower",
        "f_nonlinear": f, "p_nonlinear": p, "agrees_with_none": missed,
        "drawn_rows": int(curve["n"].sum()), "range_low": float(back(edges[0])), "range_high": float(back(edges[1])),
        "clusters": errors[0].clusters, "knots": len(places),
    }  # fmt: skip
    doubts = (assigned(data), rare(data, total(moments)), few_clusters(errors[0].clusters, cluster_word(data)),
              misfit(data, table, fits[0], edges=(back(edges[0]), back(edges[1])), log=log, worth=worth))  # fmt: skip
    checks = (*data.checks, *notes, *filter(None, doubts), _straight(p))
    if not data.adjust_for and data.question.design == "observed":
        checks = (
            *checks,
            Check("confounders", "doubt", "No confounder is declared: what lies behind both cannot be told apart.", "suggestive"),
        )
    settings = {"worth": worth, "knots": knots, "draws": draws, "seed": seed}
    return Relation("dose_response", data.question, pd.DataFrame([row, *predicted, *recorded]), curve, checks, settings, facts)


def _askable(data: Data) -> Metric:
    """Return the exposure, or say why there is no curve."""
    exposure = data.exposure
    if exposure is None or exposure.kind == "category":
        raise QuestionError("dose_response needs a numeric exposure.")
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens: ask `retention` about it.')
    if len(cluster_columns(data)) == 2:
        raise QuestionError("the draws behind the point take whole clusters of one kind: name one column in cluster.")
    return exposure


def _fast_enough(
    moments: Any, shape: Shape, edges: np.ndarray, data: Data, how: tuple[float | None, int, int]
) -> tuple[dict[str, Any], float]:
    """Return the row of the point, on the scale of the curve, and how well the data agree with there being none.

    Where a point is found that is the p-value of "nowhere a gap of `worth`": the draws themselves nearly all have one, for they are
    noisy. Where none is found it is the share of draws that have none.
    """
    worth, draws, seed = how
    row: dict[str, Any] = {"term": "fast_enough", "level": "", "n": shape.fit.rows, "x": np.nan}
    if worth is None or data.exposure is None or data.exposure.better != "lower":
        return row | {"estimate": np.nan, "low": np.nan, "high": np.nan}, float("nan")
    grid, count = np.linspace(*edges, FINE), len(shape.knots) - 1
    grid = grid[::-1] if data.exposure and data.exposure.better == "higher" else grid
    basis = spline_at(grid, shape.knots) * (-1.0 if data.outcome.better == "lower" else 1.0)
    line = basis @ shape.fit.coef[:count]
    drawn = slopes(resample(moments, draws, seed), "y", shape.fit.names)[:, :count] @ basis.T
    spread = basis @ shape.errors.cov[1 : 1 + count, 1 : 1 + count] @ basis.T
    first, p = turning_points(line, drawn, spread, worth)
    low, high = (grid[-1] if at is None else grid[at] for at in first[1:])
    never = float(1 - ((np.maximum.accumulate(drawn, axis=1) - drawn) > worth).any(axis=1).mean())
    point = np.nan if first[0] is None else grid[first[0]]
    return row | {"estimate": point, "low": min(low, high), "high": max(low, high)}, never if first[0] is None else p


def _round_values(edges: np.ndarray, log: bool) -> np.ndarray:
    """Return a handful of values that people use, on the scale of the curve."""
    if log:
        values = np.log2([hours for hours in ROUND_HOURS if edges[0] <= np.log2(hours) <= edges[1]])
        return values if len(values) else np.linspace(*edges, 3)
    step = _nice((edges[1] - edges[0]) / 5)
    inner = np.arange(np.ceil(edges[0] / step), np.floor(edges[1] / step) + 1) * step
    ends = np.array([np.ceil(edges[0] / step * 5), np.floor(edges[1] / step * 5)]) * step / 5
    return np.unique(np.round([*inner, *ends], 9))


def _at(shapes: dict[str, Shape], at: np.ndarray, values: np.ndarray, n: int) -> list[dict[str, Any]]:
    """Return the predictions at these places of the curve."""
    rows = []
    for term, shape in shapes.items():
        for value, middle, low, high in zip(values, *shape.predict(at), strict=True):
            rows.append({"term": term, "level": f"{value:g}", "x": value, "estimate": middle, "low": low, "high": high, "n": n})
    return rows


def _nice(step: float) -> float:
    power = 10 ** np.floor(np.log10(step))
    return float(min((power * factor for factor in (1, 2, 5, 10)), key=lambda size: abs(size - step)))


def _straight(p: float) -> Check:
    if p < 0.05:
        return Check("straight line", "passed", "A straight line was tested and does not fit: the curve bends.")
    return Check("straight line", "passed", "No bend stands out: a straight line was tested and cannot be ruled out.")
