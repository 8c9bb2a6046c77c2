"""What would overturn it: E-values, robustness values, and bounds by the strongest reason that was measured.

References
----------
VanderWeele & Ding (2017), Sensitivity analysis in observational research: introducing the E-value, Annals of Internal Medicine 167.
Cinelli & Hazlett (2020), Making sense of sensitivity: extending omitted variable bias, JRSS B 82.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, isinf, sqrt
from typing import Any

from cxresearch.load.data import Data
from cxresearch.relate.design import Design
from cxresearch.relate.fit import Fit, partial_r2, solve
from cxresearch.relate.moments import Total
from cxresearch.relate.tails import t_quantile

PER_DEVIATION = 0.91


def e_value(ratio: float) -> float:
    """Return the E-value of a risk ratio: how strongly a hidden reason would have to go with both, as a risk ratio, to explain it away.

    Examples
    --------
    >>> round(e_value(3.9), 2), round(e_value(0.8), 2)
    (7.26, 1.81)
    """
    ratio = 1 / ratio if 0 < ratio < 1 else ratio
    return ratio + sqrt(ratio * (ratio - 1)) if 1 <= ratio < inf else inf


def e_value_limit(low: float, high: float) -> float:
    """Return the E-value of the end of a risk ratio's interval that lies nearer to one; 1 where one is inside.

    Examples
    --------
    >>> e_value_limit(1.8, 8.7), e_value_limit(0.9, 1.2)
    (3.0, 1.0)
    """
    return 1.0 if low <= 1 <= high else e_value(low if low > 1 else high)


def ratio_of_odds(odds: float, *, rare: bool = False) -> float:
    """Return the risk ratio behind an odds ratio: itself where the outcome is rare (under 15 of 100), else its root.

    Examples
    --------
    >>> ratio_of_odds(4.0), ratio_of_odds(4.0, rare=True)
    (2.0, 4.0)
    """
    return odds if rare else sqrt(odds)


def ratio_of_hazards(hazards: float, *, rare: bool = False) -> float:
    """Return the risk ratio behind a hazard ratio: itself where the event is rare by the end of follow-up (under 15 of 100).

    Examples
    --------
    >>> round(ratio_of_hazards(2.0), 4)
    1.6125
    """
    return hazards if rare else (1 - 0.5 ** sqrt(hazards)) / (1 - 0.5 ** sqrt(1 / hazards))


def ratio_of_deviations(deviations: float) -> float:
    """Return the risk ratio that goes with a difference in standard deviations: exp(0.91 d).

    Examples
    --------
    >>> round(ratio_of_deviations(0.5), 3)
    1.576
    """
    return exp(PER_DEVIATION * deviations)


def ratio_of_shares(share: float, difference: float) -> float:
    """Return the risk ratio of a share and that share with a difference added: 0 or infinite where the sum is beyond 0 or 1.

    Examples
    --------
    >>> round(ratio_of_shares(0.4, 0.1), 12), ratio_of_shares(0.4, -0.5)
    (1.25, 0.0)
    """
    if share <= 0 or share + difference <= 0:
        return 0.0 if share > 0 or difference < 0 else inf
    return (share + difference) / share


def e_values(ends: tuple[float, float, float], *, mean: float, deviation: float, share: bool) -> tuple[float, float]:
    """Return the E-values of an estimate and of the end of its interval nearer to nothing.

    Parameters
    ----------
    ends : tuple of float
        Estimate, low and high, as differences in the outcome.
    mean, deviation : float
        Mean and standard deviation of the outcome.
    share : bool
        The outcome is 0 or 1: the difference is one of shares, else one of standard deviations.

    Examples
    --------
    >>> [round(value, 2) for value in e_values((2.9, 2.4, 3.5), mean=40.0, deviation=75.0, share=False)]
    [1.23, 1.2]
    """
    turned = [ratio_of_shares(mean, end) if share else ratio_of_deviations(end / deviation) if deviation > 0 else inf for end in ends]
    return e_value(turned[0]), e_value_limit(turned[1], turned[2])


def robustness_value(t: float, df: float, *, q: float = 1.0, alpha: float | None = None, inflation: float = 1.0) -> float:
    """Return the share of what is left unexplained that a hidden reason must explain of both, to take away a share `q` of the estimate.

    Parameters
    ----------
    t, df : float
        Estimate over its classical error, and its degrees of freedom.
    q : float
        Share of the estimate to be taken away; 1: all of it.
    alpha : float, optional
        Given: until the interval of this level reaches zero, not until the estimate does.
    inflation : float
        Clustered error over the classical one; the interval is so much wider.

    Examples
    --------
    >>> round(robustness_value(4.18444962148282, 783), 5), round(robustness_value(4.18444962148282, 783, alpha=0.05), 5)
    (0.13878, 0.07626)
    """
    f = q * abs(t) / sqrt(df)
    critical = 0.0 if alpha is None else inflation * float(t_quantile(1 - alpha / 2, df - 1)) / sqrt(df - 1)
    if f <= critical:
        return 0.0
    if isinf(f):
        return 1.0
    if critical > 0 and f > 1 / critical:
        return (f**2 - critical**2) / (1 + f**2)
    over = (f - critical) ** 2
    return (sqrt(over**2 + 4 * over) - over) / 2


@dataclass(frozen=True)
class Rival:
    """The strongest reason that was measured: what it explains of exposure and outcome beyond all others (partial R2)."""

    label: str
    with_exposure: float
    with_outcome: float

    def times(self, k: float) -> tuple[float, float] | None:
        """Return what a hidden reason `k` times as strong would explain of exposure and outcome; None where none can be so strong.

        Examples
        --------
        >>> [round(part, 4) for part in Rival("", 0.0090810647, 0.1091).times(1)]
        [0.0092, 0.1247]
        >>> Rival("", 0.6, 0.1).times(2) is None
        True
        """
        d, y = self.with_exposure, self.with_outcome
        if d >= 1 or y >= 1 or k * d >= 1 - d:
            return None
        shared = k * d**2 / ((1 - k * d) * (1 - d))
        if shared >= 1:
            return None
        return k * d / (1 - d), min((sqrt(k) + sqrt(shared)) ** 2 / (1 - shared) * y / (1 - y), 1.0)


def weakened(estimate: float, error: float, df: float, explained: tuple[float, float]) -> tuple[float, float]:
    """Return estimate and classical error once a hidden reason is held equal that explains so much of exposure and outcome.

    Examples
    --------
    >>> [round(part, 5) for part in weakened(0.09731582, 0.02325654, 783, (0.00916428667504862, 0.12464092303637))]
    [0.07522, 0.02187]
    """
    d, y = explained
    bias = error * sqrt(df) * sqrt(y * d / (1 - d))
    size = abs(estimate) - bias
    return (size if estimate >= 0 else -size), error * sqrt((1 - y) / (1 - d)) * sqrt(df / (df - 1))


def against(fit: Fit, columns: Design, data: Data, moments: Total) -> dict[str, Any]:
    """Return the facts `robustness_value` and `strongest_measured` of an adjusted fit; None where the exposure has levels."""
    if len(columns.exposure) != 1:
        return {"robustness_value": None, "strongest_measured": None}
    share = partial_r2(fit, columns.exposure[0][0])
    f2 = share / (1 - share) if share < 1 else inf
    rival = strongest(fit, columns, data, moments)
    return {"robustness_value": robustness_value(sqrt(f2), 1.0), "strongest_measured": vars(rival) if rival else None}


def strongest(fit: Fit, columns: Design, data: Data, moments: Total) -> Rival | None:
    """Return the confounder that could bias most; None where none was declared."""
    column = columns.exposure[0][0]
    others = [name for name in fit.names if name != column]
    exposure = solve(moments, column, others)
    labels = data.study.labels if data.study else {}
    found = []
    for metric in data.adjust_for:
        own = [name for name in others if name == f"a_{metric.name}" or name.startswith(f"a_{metric.name}=")]
        parts = (_gained(moments, whole, own) for whole in (exposure, fit))
        found.append(Rival(labels.get(metric.name, metric.label), *parts))
    return max(found, key=lambda one: one.with_outcome * one.with_exposure / max(1 - one.with_exposure, 1e-12), default=None)


def _gained(moments: Total, whole: Fit, own: Sequence[str]) -> float:
    """Partial R2 of a set of columns."""
    less = solve(moments, whole.outcome, [name for name in whole.names if name not in own])
    return (less.residual - whole.residual) / less.residual if less.residual > 0 else 0.0
