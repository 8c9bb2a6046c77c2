"""Held-out fit from moments: how well columns predict whole customers who were not used for the fit.

References
----------
Bayle, Bayle, Janson & Mackey (2020), Cross-validation confidence intervals for test error, NeurIPS 33 (the losses of all folds together are
asymptotically normal, the fits held as they are).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxresearch.ask.errors import MethodError
from cxresearch.relate.fit import solve
from cxresearch.relate.moments import Moments, total
from cxresearch.relate.tails import t_above, t_quantile


@dataclass(frozen=True)
class Losses:
    """Squared errors of held-out rows, summed per bucket of customers.

    Parameters
    ----------
    null : numpy.ndarray, shape (B,)
        Where the mean of the other customers is all that is known.
    model : dict of str to numpy.ndarray, shape (B,)
        Where a set of columns is known.
    """

    null: np.ndarray
    model: dict[str, np.ndarray]

    def gain(self, name: str, over: str) -> tuple[float, float, float, float, float]:
        """Return how much more of the differences one set explains than another: estimate, error, low, high and p.

        In units of held-out R2; linearised over the buckets, t(B - 1).
        """
        gap, whole, buckets = self.model[over] - self.model[name], float(self.null.sum()), len(self.null)
        estimate = float(gap.sum()) / whole
        spread = (gap - estimate * self.null) / whole
        error = float(np.sqrt(buckets / (buckets - 1) * (spread**2).sum()))
        half = error * float(t_quantile(0.975, buckets - 1))
        p = float(2 * t_above(abs(estimate) / error, buckets - 1)) if error > 0 else float("nan")
        return estimate, error, estimate - half, estimate + half, p


def held_out(moments: Moments, outcome: str, sets: dict[str, Sequence[str]], folds: int) -> Losses:
    """Return the losses of several sets of columns over folds of whole customers.

    Parameters
    ----------
    moments : Moments
        Of the outcome and every column.
    outcome : str
        Column to predict.
    sets : dict of str to sequence of str
        Name -> columns; an empty set predicts by the mean.
    folds : int
        How many; bucket i is held out in fold i modulo `folds`.

    Raises
    ------
    MethodError
        Where there are fewer buckets than two a fold, or the outcome does not vary.
    """
    buckets = len(moments.rows)
    if buckets < 2 * folds:
        raise MethodError(f"{buckets} customers are too few for {folds} folds: held out, nothing can be told. Take a longer period.")
    whole, place = total(moments), moments.names.index(outcome)
    if not whole.cross[place, place] > 0:
        raise MethodError("the outcome is the same in every row: nothing can go with it.")
    of_fold = np.arange(buckets) % folds
    losses = {name: np.empty(buckets) for name in (*sets, "")}
    for fold in range(folds):
        out = of_fold == fold
        train = total(moments, (~out).astype(float))
        for name, columns in (*sets.items(), ("", ())):
            coef = solve(train, outcome, columns).coef if len(columns) else np.empty(0)
            losses[name][out] = _squared(moments, out, outcome, columns, (coef, train.mean))
    null = losses.pop("")
    return Losses(null, losses)


def _squared(moments: Moments, out: np.ndarray, outcome: str, columns: Sequence[str], fit: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Return the summed squared errors of a fit in each held-out bucket, from its sums about the common centre."""
    coef, mean = fit
    at = [moments.names.index(outcome), *(moments.names.index(name) for name in columns)]
    line = np.concatenate([[1.0], -coef])
    shift = float(line @ (mean[at] - moments.centre[at]))
    cross, sums = moments.cross[out][:, at][:, :, at], moments.sums[out][:, at]
    return np.einsum("i,bij,j->b", line, cross, line) - 2 * shift * (sums @ line) + shift**2 * moments.weight[out]
