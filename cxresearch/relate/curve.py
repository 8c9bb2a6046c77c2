"""A fitted curve: its predictions, where it turns, and how many rows lie along it."""

from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxresearch.relate.design import spline_at
from cxresearch.relate.fit import Errors, Fit

GRID, NORMAL, BARS = 61, 1.959964, 40


@dataclass(frozen=True)
class Shape:
    """A fitted curve: how to predict from it.

    Parameters
    ----------
    fit, errors : Fit, Errors
        Least squares on the spline (first columns) and the confounders.
    knots : numpy.ndarray
        Of the spline, on the scale of the fit.
    """

    fit: Fit
    errors: Errors
    knots: np.ndarray

    def predict(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return prediction, low and high at these values, confounders at their means."""
        count = len(self.knots) - 1
        weights = np.zeros((len(at), 1 + len(self.fit.names)))
        weights[:, 0] = 1.0
        weights[:, 1 : 1 + count] = spline_at(at, self.knots) - self.fit.mean[:count]
        middle = self.fit.mean_y + weights[:, 1:] @ self.fit.coef
        bounds = [self.errors.interval(m, w)[1:] for m, w in zip(middle, weights, strict=True)]
        return middle, np.array([low for low, _ in bounds]), np.array([high for _, high in bounds])


def turning_points(
    line: np.ndarray, drawn: np.ndarray, spread: np.ndarray, worth: float
) -> tuple[tuple[int | None, int | None, int | None], float]:
    """Return where the best of the earlier values first lies more than `worth` above: estimate, first possible, first certain; and p.

    p is one-sided, of "nowhere does any earlier value lie more than `worth` above a later one".

    Parameters
    ----------
    line : numpy.ndarray, shape (g,)
        Predictions, fastest first.
    drawn : numpy.ndarray, shape (draws, g)
        Predictions of the bootstrap draws.
    spread : numpy.ndarray, shape (g, g)
        Covariance of the predictions.
    worth : float
        The smallest difference that counts.

    Notes
    -----
    The largest of many noisy differences is too large, and its percentile bootstrap is wrong by more than its width. So each
    difference is lowered by its own error times a critical value of the largest studentised difference over the draws: the median for
    the estimate (half-median-unbiased), the 97.5th percentile over all pairs for "certain". "Possible" needs no such value: where
    the true gap is `worth`, one pair alone shows it with 97.5%.

    References
    ----------
    Chernozhukov, Lee & Rosen (2013), Intersection bounds: estimation and inference, Econometrica 81.
    """
    error = np.sqrt(np.maximum(np.diag(spread)[:, None] + np.diag(spread)[None] - 2 * spread, 1e-18))
    noise = drawn - line
    most = np.zeros((len(drawn), len(line)))
    middle, certain, possible = np.zeros(len(line)), np.full(len(line), -np.inf), np.zeros(len(line))
    for at in range(1, len(line)):
        most[:, at] = ((noise[:, :at] - noise[:, at : at + 1]) / error[:at, at]).max(axis=1)
    largest, reached = most.max(axis=1), 0.0
    critical = np.quantile(largest, 0.975)
    for at in range(1, len(line)):
        gap, own = line[:at] - line[at], error[:at, at]
        middle[at] = (gap - np.median(most[:, at]) * own).max()
        reached = max(reached, float(((gap - worth) / own).max()))
        certain[at], possible[at] = (gap - critical * own).max(), (gap + NORMAL * own).max()
    p = float((1 + (largest >= reached).sum()) / (1 + len(largest)))
    return (_first(middle > worth), _first(possible > worth), _first(certain > worth)), p


def _first(true: np.ndarray) -> int | None:
    return max(int(true.argmax()) - 1, 0) if true.any() else None


def lines_of(shapes: dict[str, Shape], edges: np.ndarray, back: Any) -> pd.DataFrame:
    """Return the lines of a picture, each with its pointwise interval."""
    grid = np.linspace(*edges, GRID)
    parts = []
    for term, shape in shapes.items():
        middle, low, high = shape.predict(grid)
        parts.append(pd.DataFrame({"term": term, "x": back(grid), "estimate": middle, "low": low, "high": high, "n": 0}))
    return pd.concat(parts, ignore_index=True)


def bars_of(table: ibis.Table, edges: np.ndarray, back: Any) -> pd.DataFrame:
    """Rows along x: counts in bars of equal width on the scale of the curve."""
    width = (edges[1] - edges[0]) / BARS
    within = table.filter((table["_x"] >= float(edges[0])) & (table["_x"] <= float(edges[1])))
    bar = ibis.least(((within["_x"] - float(edges[0])) / float(width)).floor().cast("int64"), BARS - 1)
    found = within.group_by(bar=bar).aggregate(n=within.count()).execute().set_index("bar")["n"]
    left = edges[0] + width * np.arange(BARS)
    counts = [int(found.get(i, 0)) for i in range(BARS)]
    return pd.DataFrame(
        {"term": "answers", "x": back(left), "x_right": back(left + width), "estimate": np.nan, "low": np.nan, "high": np.nan, "n": counts}
    )
