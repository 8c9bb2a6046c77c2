"""Proportional hazards: Efron ties, strata, weights, clustered errors, baseline and the test of proportionality.

References
----------
Cox (1972), JRSS B 34; Efron (1977), JASA 72 (ties); Lin & Wei (1989), JASA 84 (robust errors); Grambsch & Therneau (1994), Biometrika 81
(proportionality); Therneau & Grambsch (2000), Modeling Survival Data, chapters 3, 6 and 7.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.relate.fit import inverse
from cxresearch.relate.influence import summed
from cxresearch.relate.risk_sets import Rows, State, back, exposed, information, own_mean, risk_sets, scores, state_of
from cxresearch.relate.sample import codes
from cxresearch.relate.survival import kaplan_meier, survival_at
from cxresearch.relate.tails import chi2_above

STEPS, ENOUGH, FLAT = 40, 1e-10, 1e6
TIES = ("efron", "breslow")
MONOTONE = (
    "the columns tell perfectly who leaves first, or nobody leaves in one group, so the hazard ratio has no finite size. "
    "Leave the column out, or join small groups."
)


@dataclass(frozen=True)
class Cox:
    """A proportional-hazards fit.

    Parameters
    ----------
    names : tuple of str
        The p columns.
    coef : numpy.ndarray, shape (p,)
        Log hazard ratios.
    bread : numpy.ndarray, shape (p, p)
        Inverse information: the model's own covariance.
    loglik, null : float
        Log partial likelihood of the fit and without the columns.
    centre : numpy.ndarray, shape (p,)
        Means of the columns: the baseline is the hazard there.
    rows, state
        The rows in their order, and what the coefficients give.
    """

    names: tuple[str, ...]
    coef: np.ndarray
    bread: np.ndarray
    loglik: float
    null: float
    centre: np.ndarray
    rows: Rows
    state: State

    def cov(self, cluster: np.ndarray) -> np.ndarray:
        """Return the covariance by cluster (Lin & Wei, no correction for few clusters: as R)."""
        at, groups = codes(cluster)
        sums = summed(self.pulls(), at, groups)
        return sums.T @ sums

    def pulls(self) -> np.ndarray:
        """Return how far each row, in the order given, pulls the coefficients: score residuals times inverse information."""
        return back(self.rows, scores(self.rows, self.state)) @ self.bread


def cox(
    time: np.ndarray, event: np.ndarray, x: np.ndarray, names: Sequence[str], *, marks: pd.DataFrame | None = None, ties: str = "efron"
) -> Cox:
    """Return the proportional-hazards fit.

    Parameters
    ----------
    time, event : numpy.ndarray, shape (n,)
        Time observed, 1 where the event happened.
    x : numpy.ndarray, shape (n, p)
        Explaining columns.
    names : sequence of str
        Their names.
    marks : pandas.DataFrame, optional
        Columns ``weight`` and ``stratum``, each where there is one.
    ties : str
        ``efron`` or ``breslow``.

    Raises
    ------
    MethodError
        Where nobody has the event, columns carry the same information, or the likelihood has no maximum.

    Examples
    --------
    >>> fit = cox(np.array([1.0, 2, 3, 4]), np.array([1, 1, 1, 0]), np.array([[1.0], [0], [1], [0]]), ["met"])
    >>> round(float(fit.coef[0]), 4)
    0.9406
    """
    if ties not in TIES:
        raise QuestionError(f'ties is "{ties}"; it can be {" or ".join(TIES)}.')
    if not np.any(event):
        raise MethodError("nobody left while observed: there is nothing to compare. Choose an earlier landmark or a longer time.")
    marks = pd.DataFrame(index=range(len(time))) if marks is None else marks
    weight = marks["weight"].to_numpy(dtype=float) if "weight" in marks else np.ones(len(time))
    stratum = codes(marks["stratum"])[0] if "stratum" in marks else np.zeros(len(time), dtype=int)
    x = np.asarray(x, dtype=float).reshape(len(time), -1)
    centre = weight @ x / weight.sum()
    inverse(((x - centre).T * weight) @ (x - centre), names, centre, float(weight.sum()))
    scale = np.sqrt(weight @ (x - centre) ** 2 / weight.sum())
    rows = risk_sets(np.asarray(time, dtype=float), np.asarray(event, dtype=float), (x - centre) / scale, (weight, stratum), ties)
    start = state_of(rows, np.zeros(x.shape[1]))
    coef, end = _newton(rows, start)
    plain = replace(rows, x=rows.x * scale)
    state = state_of(plain, coef / scale)
    return Cox(tuple(names), coef / scale, _inverted(state.information), end.loglik, start.loglik, centre, plain, state)


def baseline(fit: Cox, until: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the cumulative hazard at the centre by stratum up to a time, and how far each row pulls it.

    Returns
    -------
    numpy.ndarray, shape (S,), and numpy.ndarray, shape (n, S)
        Pulls in the order in which the rows were given.
    """
    rows, state = fit.rows, fit.state
    inside = rows.time[rows.slot_row] <= until
    strata = rows.stratum[rows.slot_row]
    size = int(rows.stratum.max()) + 1
    hazard = np.where(inside, state.hazard, 0.0)
    total = np.bincount(strata, hazard, minlength=size)
    slope = np.column_stack([np.bincount(strata, hazard * column, minlength=size) for column in state.mean.T])
    pull = rows.weight * rows.event * own_mean(rows, np.where(inside, 1 / state.denominator, 0.0))
    pull = pull - state.risk * exposed(rows, hazard / state.denominator)
    apart = np.where(rows.stratum[:, None] == np.arange(size), pull[:, None], 0.0)
    return total, back(rows, apart) - fit.pulls() @ slope.T


def proportional(fit: Cox) -> pd.DataFrame:
    """Return the score test of proportional hazards for each column and for all (term ``all``), time on the Kaplan-Meier scale.

    Returns
    -------
    pandas.DataFrame
        Columns ``term, chi2, df, p``.
    """
    rows, state, p = fit.rows, fit.state, len(fit.names)
    one = {"time": rows.time, "events": rows.weight * rows.event, "leaving": rows.weight, "rows": 1.0}
    counts = pd.DataFrame(one | {"event_squares": one["events"] * rows.weight, "squares": rows.weight**2})
    curve = kaplan_meier(counts.groupby("time", as_index=False).sum())
    times = rows.time[rows.slot_row]
    before = np.nextafter(times, -np.inf)
    scaled = 1 - survival_at(curve, before)["estimate"].to_numpy()
    scaled = scaled - scaled.mean()
    died = (rows.weight * rows.event) * own_mean(rows, scaled)
    gradient = np.concatenate([np.zeros(p), died @ rows.x - (rows.mean_weight * scaled) @ state.mean])
    parts = [information(rows, state.risk, (state.hazard, state.mean), scaled**power) for power in (0, 1, 2)]
    whole = np.block([[parts[0], parts[1]], [parts[1], parts[2]]])
    looked = [(name, [p + place]) for place, name in enumerate(fit.names)] + [("all", list(range(p, 2 * p)))]
    found = []
    for name, places in looked:
        at = [*range(p), *places]
        size = np.sqrt(np.diag(whole)[at].clip(1e-300))
        value = float(
            gradient[at] / size @ np.linalg.pinv(whole[np.ix_(at, at)] / np.outer(size, size), hermitian=True) @ (gradient[at] / size)
        )
        found.append({"term": name, "chi2": value, "df": len(places), "p": float(chi2_above(value, len(places)))})
    return pd.DataFrame(found)


def _newton(rows: Rows, start: State) -> tuple[np.ndarray, State]:
    coef, state = np.zeros(rows.x.shape[1]), start
    for _ in range(STEPS):
        step = _inverted(state.information) @ state.gradient
        tried = _tried(rows, coef + step)
        for _ in range(STEPS):
            if tried is not None and tried.loglik >= state.loglik - 1e-9 * abs(state.loglik):
                break
            step = step / 2
            tried = _tried(rows, coef + step)
        if tried is None:
            raise MethodError(MONOTONE)
        coef, state = coef + step, tried
        if np.max(np.abs(step)) < ENOUGH:
            lost = np.diag(_inverted(state.information)) * np.diag(start.information)
            if np.max(lost) > FLAT:
                raise MethodError(MONOTONE)
            return coef, state
    raise MethodError(MONOTONE)


def _tried(rows: Rows, coef: np.ndarray) -> State | None:
    """Return the state, or nothing where a step went too far to be computed."""
    if not np.all(np.isfinite(coef)) or np.max(np.abs(rows.x @ coef)) > 300:
        return None
    return state_of(rows, coef)


def _inverted(information: np.ndarray) -> np.ndarray:
    spread = np.sqrt(np.diag(information).clip(0))
    if not np.all(spread > 0) or np.linalg.cond(information / np.outer(spread, spread)) > 1e12:
        raise MethodError(MONOTONE)
    return np.linalg.inv(information / np.outer(spread, spread)) / np.outer(spread, spread)
