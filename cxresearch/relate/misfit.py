"""Where a fitted curve does not run through what was recorded: a cliff that it smooths over, and what that forbids to say."""

import ibis
import numpy as np

from cxresearch.ask.check import Check
from cxresearch.load.data import Data
from cxresearch.relate.doubts import WARN
from cxresearch.relate.fit import Fit
from cxresearch.relate.method import cluster_columns
from cxresearch.relate.standing import level_sums
from cxresearch.relate.tails import normal_quantile

STRETCHES = 20


def misfit(data: Data, table: ibis.Table, fit: Fit, *, edges: tuple[float, float], log: bool, worth: float | None) -> Check | None:
    """Return a doubt where the residuals of some stretch of the exposure lie off zero, surely, and by more than what counts.

    Parameters
    ----------
    data : Data
        What was asked.
    table : ibis.Table
        The rows of the fit, with ``_x``, the exposure on the scale of the curve.
    fit : Fit
        The curve, with everything that it holds equal.
    edges : tuple of float
        Range of the curve, in the unit of the exposure.
    log : bool
        Whether the scale of the curve is log2.
    worth : float or None
        The smallest difference that counts, in the outcome's display unit; without one nothing is judged.

    Notes
    -----
    Twenty stretches of equal width between the edges, what lies beyond in the outer two; those of fewer than 40 clusters are not looked
    at. Each mean residual is held against zero with errors by cluster, allowing for their number (Bonferroni).

    References
    ----------
    Hart (1997), Nonparametric Smoothing and Lack-of-Fit Tests, chapter 5 (binned residuals).
    """
    low, high = (float(np.log2(end)) if log else float(end) for end in edges)
    width = (high - low) / STRETCHES
    if worth is None or not width > 0:
        return None
    place = ibis.least(ibis.greatest(((table["_x"] - low) / width).floor().cast("int64"), 0), STRETCHES - 1)
    sums = level_sums(table.mutate(y=fit.expression(table), _place=place.cast("string")), "_place", cluster_columns(data))
    sums = sums[(sums["clusters"] >= WARN) & (sums["variance"] > 0)]
    if sums.empty:
        return None
    off, error = sums["estimate"].to_numpy(), np.sqrt(sums["variance"].to_numpy())
    unit = data.outcome.one
    sure = (np.abs(off) > normal_quantile(1 - 0.025 / len(sums)) * error) & (np.abs(off) > worth * unit)
    if not sure.any():
        return None
    worst = int(np.argmax(np.where(sure, np.abs(off), 0.0)))
    start = low + width * int(sums["level"].iloc[worst])
    ends = [float(np.exp2(end)) if log else end for end in (start, start + width)]
    where = f"Between {ends[0]:.3g} and {ends[1]:.3g} {data.exposure.unit if data.exposure else ''}".rstrip()
    side = "above" if off[worst] > 0 else "below"
    size = f"{abs(off[worst]) / unit:.2g} {data.outcome.unit}".rstrip()
    said = f"{where} what was recorded lies {size} {side} the curve, which is too smooth there to be relied on."
    return Check("curve fit", "failed", said, "inconclusive")
