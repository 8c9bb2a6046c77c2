"""What drivers explain of answers as they are, 0/1 or a scale: R2 of the log odds, by the linear predictor.

The outcome behind the answers is the drivers' line plus logistic noise. Its products with the drivers follow from the fit, so shares
are divided as for any other outcome; a bootstrap draw moves the slopes by the influences of its customers.

References
----------
McKelvey & Zavoina (1975), Journal of Mathematical Sociology 4 (R2 of the outcome behind ordinal answers); Tonidandel & LeBreton (2010),
Journal of Business and Psychology 25 (importance for binary outcomes); Davidson & MacKinnon (1999), Econometric Theory 15 (one-step draws).
"""

from dataclasses import replace

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError
from cxresearch.relate.board import Board
from cxresearch.relate.explained import FOLDS, Explained, unrelated
from cxresearch.relate.fit import inverse
from cxresearch.relate.moments import Moments, Total, collect, resample, total
from cxresearch.relate.ordinal_fit import Ordinal, Rows
from cxresearch.relate.ordinal_fit import ordinal as fitted
from cxresearch.relate.sample import codes, rows_of

LOGISTIC = np.pi**2 / 3


def explained_odds(board: Board, draws: int, seed: int) -> tuple[Explained, list[Check]]:
    """Return what a division on the scale of log odds rests on, and a check where not all rows fit.

    Raises
    ------
    MethodError
        Where all answers are alike or take too many values, or the drivers separate the answers.
    """
    columns = board.order[:-1]
    frame, notes = rows_of(board.table, board.order)
    x, answers = frame[columns].to_numpy(dtype=float), frame[board.outcome].to_numpy(dtype=float)
    weight = frame["weight"].to_numpy(dtype=float) if "weight" in frame else np.ones(len(frame))
    names = [name.partition("=")[0] for name in columns]
    fit, rows = fitted(answers, x, names, weight=weight)
    moments, size = _moments(frame, columns, fit, rows), len(columns)
    whole, many = total(moments), resample(moments, draws, seed)
    plain, told = _part(whole, size + 1), _part(many, size + 1)
    _, known = fit.residual(rows, np.zeros(size))
    null = unrelated(_first(moments, size), _part(whole, size + 1), draws, seed) / float(weight @ known / weight.sum())
    bread = inverse(plain.cross[:size, :size], names, plain.mean[:size], float(plain.weight))
    moved = fit.slopes + many.mean[:, size + 1 :] * many.weight[:, None]
    found = Explained(
        _behind(plain.cross[None], fit.slopes[None], plain.weight),
        _behind(told.cross, moved, told.weight),
        _behind(np.repeat(plain.cross[None], draws, axis=0), null @ bread, plain.weight),
        plain, told, moments.clusters, _held_out(frame["cluster"].to_numpy(), rows, (answers, x, names), seed), fit.mcfadden,
    )  # fmt: skip
    return found, notes


def _moments(frame: pd.DataFrame, columns: list[str], fit: Ordinal, rows: Rows) -> Moments:
    """Return moments of the drivers, of what chance alone leaves of each answer, and of every row's pull on the slopes."""
    at = np.eye(len(fit.bread))[fit.cuts.size :]
    pulls = {f"pull{i}": fit.influence(rows, direction) / rows.w for i, direction in enumerate(at)}
    left = fit.residual(rows, np.zeros(len(columns)))[0]
    table = ibis.memtable(frame.assign(left=left, **pulls))
    return collect(table, [*columns, "left", *pulls])


def _behind(cross: np.ndarray, slopes: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return cross-products with the outcome behind the answers in the last place."""
    out = cross.copy()
    products = np.einsum("dij,dj->di", cross[:, :-1, :-1], slopes)
    out[:, :-1, -1] = out[:, -1, :-1] = products
    out[:, -1, -1] = np.einsum("di,di->d", products, slopes) + weight * LOGISTIC
    return out


def _first(moments: Moments, size: int) -> Moments:
    keep = slice(0, size + 1)
    return replace(
        moments, names=moments.names[keep], centre=moments.centre[keep], sums=moments.sums[:, keep], cross=moments.cross[:, keep, keep]
    )


def _part(whole: Total, many: int) -> Total:
    return replace(whole, names=whole.names[:many], mean=whole.mean[..., :many], cross=whole.cross[..., :many, :many])


def _held_out(cluster: np.ndarray, rows: Rows, made: tuple[np.ndarray, np.ndarray, list[str]], seed: int) -> float:
    """Return R2 of the predicted mean answer for whole clusters left out of the fit; missing where a tenth cannot be left out."""
    answers, x, names = made
    at, groups = codes(cluster)
    folds = min(FOLDS, groups)
    fold = np.random.default_rng([seed, 2]).permutation(np.arange(groups) % folds)[at]
    wrong, spread = 0.0, 0.0
    for one in range(folds):
        out = fold == one
        try:
            fit, _ = fitted(answers[~out], x[~out], names, weight=rows.w[~out])
        except MethodError:
            return float("nan")
        predicted, _ = fit.mean(fit.levels, x[out], None, rows.w[out])
        wrong += float(rows.w[out] @ (answers[out] - predicted) ** 2)
        spread += float(rows.w[out] @ (answers[out] - np.average(answers[~out], weights=rows.w[~out])) ** 2)
    return 1 - wrong / spread if spread > 0 else float("nan")
