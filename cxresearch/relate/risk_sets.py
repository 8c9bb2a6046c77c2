"""Risk sets: who could have left when somebody did, with tied times, strata and weights; likelihood and score residuals.

References
----------
Efron (1977), JASA 72 (ties); Therneau & Grambsch (2000), Modeling Survival Data, chapters 3 and 4 (score residuals).
"""

from dataclasses import dataclass

import numpy as np

from cxresearch.relate.influence import summed


@dataclass(frozen=True)
class Rows:
    """Rows in order of stratum and time, and the slots of the deaths: d deaths at one time are d slots one after the other.

    Parameters
    ----------
    x, event, weight, time, stratum : numpy.ndarray, shape (n, p) or (n,)
        Columns (about their means), event, weight, time and stratum of each row.
    group, end : numpy.ndarray, shape (n,) and (groups,)
        Rows of one stratum and time are a group; where its stratum ends.
    head : numpy.ndarray, shape (groups,)
        First row of each group: the risk set begins there.
    since, own, until : numpy.ndarray, shape (n,)
        Slots in which the row is at risk run from `since` to `until`, those at its own time from `own`.
    slot : numpy.ndarray, shape (slots,)
        Group of each slot.
    share, mean_weight : numpy.ndarray, shape (slots,)
        Share of the tied deaths that is taken out, mean weight of the tied deaths.
    order : numpy.ndarray, shape (n,)
        Places of the rows as they were given.
    """

    x: np.ndarray
    event: np.ndarray
    weight: np.ndarray
    time: np.ndarray
    stratum: np.ndarray
    group: np.ndarray
    end: np.ndarray
    head: np.ndarray
    since: np.ndarray
    own: np.ndarray
    until: np.ndarray
    slot: np.ndarray
    share: np.ndarray
    mean_weight: np.ndarray
    order: np.ndarray

    @property
    def slot_row(self) -> np.ndarray:
        """First row of the risk set of each slot."""
        return self.head[self.slot]


@dataclass(frozen=True)
class State:
    """What a vector of coefficients gives: risk of each row, and of each slot the denominator, hazard and mean of the columns."""

    risk: np.ndarray
    hazard: np.ndarray
    denominator: np.ndarray
    mean: np.ndarray
    loglik: float
    gradient: np.ndarray
    information: np.ndarray


def risk_sets(time: np.ndarray, event: np.ndarray, x: np.ndarray, marks: tuple[np.ndarray, np.ndarray], ties: str = "efron") -> Rows:
    """Return the rows in order, with their risk sets.

    Parameters
    ----------
    time, event : numpy.ndarray, shape (n,)
        Time observed, 1 where the event happened.
    x : numpy.ndarray, shape (n, p)
        Columns.
    marks : pair of numpy.ndarray, shape (n,)
        Weight and stratum (whole numbers from 0).
    ties : str
        ``efron`` or ``breslow``.
    """
    weight, stratum = marks
    order = np.lexsort((time, stratum))
    time, event, x, weight, stratum = (values[order] for values in (time, event, x, weight, stratum))
    new = np.r_[True, (np.diff(time) != 0) | (np.diff(stratum) != 0)]
    group, head = np.cumsum(new) - 1, np.flatnonzero(new)
    deaths = np.bincount(group, event).astype(int)
    slot = np.repeat(np.arange(len(head)), deaths)
    ends = np.cumsum(deaths)
    begins = ends - deaths
    share = (np.arange(len(slot)) - begins[slot]) / deaths[slot] if ties == "efron" else np.zeros(len(slot))
    dead = np.bincount(group, event * weight)
    strata = stratum[head]
    first = np.r_[0, np.flatnonzero(np.diff(strata)) + 1]
    since = begins[first[np.cumsum(np.r_[False, np.diff(strata) != 0])]]
    end = np.searchsorted(stratum, strata, side="right")
    return Rows(
        x, event, weight, time, stratum, group, end, head, since[group], begins[group], ends[group], slot, share,
        dead[slot] / deaths[slot], order,
    )  # fmt: skip


def state_of(rows: Rows, coef: np.ndarray) -> State:
    """Return likelihood, gradient and information at these coefficients."""
    eta = rows.x @ coef
    risk = rows.weight * np.exp(eta)
    sums = np.column_stack([risk, rows.x * risk[:, None]])
    dead = sums * rows.event[:, None]
    total = _at_risk(sums, rows)[rows.slot] - rows.share[:, None] * summed(dead, rows.group, len(rows.head))[rows.slot]
    denominator = total[:, 0]
    mean, hazard = total[:, 1:] / denominator[:, None], rows.mean_weight / denominator
    died = rows.weight * rows.event
    loglik = float(died @ eta - rows.mean_weight @ np.log(denominator))
    gradient = died @ rows.x - rows.mean_weight @ mean
    return State(risk, hazard, denominator, mean, loglik, gradient, information(rows, risk, (hazard, mean), np.ones(len(hazard))))


def scores(rows: Rows, state: State) -> np.ndarray:
    """Return score residuals (Efron), weight included, in the order of the rows, shape (n, p)."""
    expected = exposed(rows, state.hazard)
    moved = np.column_stack([exposed(rows, state.hazard * column) for column in state.mean.T])
    own = np.column_stack([own_mean(rows, column) for column in state.mean.T])
    return (rows.weight * rows.event)[:, None] * (rows.x - own) - state.risk[:, None] * (rows.x * expected[:, None] - moved)


def back(rows: Rows, values: np.ndarray) -> np.ndarray:
    """Return values in the order in which the rows were given."""
    out = np.empty_like(values)
    out[rows.order] = values
    return out


def information(rows: Rows, risk: np.ndarray, slots: tuple[np.ndarray, np.ndarray], factor: np.ndarray) -> np.ndarray:
    """Return the information, each slot (hazard and mean of the columns) counted so many times, shape (p, p)."""
    hazard, mean = slots
    first = (rows.x * (risk * exposed(rows, hazard * factor))[:, None]).T @ rows.x
    return first - (mean * (rows.mean_weight * factor)[:, None]).T @ mean


def _at_risk(values: np.ndarray, rows: Rows) -> np.ndarray:
    """Return sums over the risk set of each group, added from the end so that small risk sets stay exact."""
    tail = np.vstack([np.cumsum(values[::-1], axis=0)[::-1], np.zeros(values.shape[1])])
    return tail[rows.head] - tail[rows.end]


def exposed(rows: Rows, values: np.ndarray) -> np.ndarray:
    """Return, for each row, the sum of these values over the slots in which it is at risk; those who die leave their slots bit by bit."""
    whole, left = (np.r_[0.0, np.cumsum(each)] for each in (values, values * rows.share))
    return whole[rows.until] - whole[rows.since] - rows.event * (left[rows.until] - left[rows.own])


def own_mean(rows: Rows, values: np.ndarray) -> np.ndarray:
    """Return, for each row, the mean of these values over the slots of its own time; zero where nobody dies then."""
    whole = np.r_[0.0, np.cumsum(values)]
    return (whole[rows.until] - whole[rows.own]) / np.maximum(rows.until - rows.own, 1)
