"""Strength of evidence: an interval against the smallest difference worth acting on."""

import math
from collections.abc import Iterable

from cxresearch.ask.check import Check
from cxresearch.relate.tails import t_above, t_quantile

_CLAIM = {"inconclusive": 0, "suggestive": 1, "clear": 2}


def strength(low: float, high: float, worth: float | None, better: str = "higher") -> str:
    """Return the word for an interval.

    Parameters
    ----------
    low, high : float
        Ends of the interval in display units (points, of 100), in the direction of the outcome itself.
    worth : float or None
        Smallest difference worth acting on, in the same unit. None: at most suggestive, because size cannot be judged.
    better : str
        ``lower`` turns the interval round. The word is the same either way; only which end is tested first differs.

    Returns
    -------
    str
        ``clear``: wholly beyond `worth` on one side. ``negligible``: wholly within it on both sides.
        ``suggestive``: zero lies outside. ``inconclusive``: everything else, an unknown bound included.

    Raises
    ------
    ValueError
        Where `worth` is zero or negative, or `low` is above `high`.

    Examples
    --------
    >>> strength(2.4, 3.5, 2.0), strength(0.3, 2.9, 2.0), strength(-0.5, 0.7, 2.0), strength(-9.0, 17.0, 8.0)
    ('clear', 'suggestive', 'negligible', 'inconclusive')
    """
    if worth is not None and not worth > 0:
        raise ValueError(f"worth is {worth}; the smallest difference worth acting on is a positive number, or None if none was declared.")
    low, high = signed(low, high, better)
    if math.isnan(low) or math.isnan(high):
        return "inconclusive"
    if low > high:
        raise ValueError(f"the interval runs from {low} to {high}; its lower end comes first.")
    if worth is not None and (low > worth or high < -worth):
        return "clear"
    if worth is not None and -worth < low and high < worth:
        return "negligible"
    return "suggestive" if low > 0 or high < 0 else "inconclusive"


def too_small(low: float, high: float, worth: float | None) -> bool:
    """Return whether an interval leaves out zero and holds only what is too small to act on: there is something, and it does not matter.

    Examples
    --------
    >>> too_small(0.4, 1.6, 2.0), too_small(-0.1, 1.6, 2.0), too_small(0.4, 2.6, 2.0), too_small(0.4, 1.6, None)
    (True, False, False, False)
    """
    return strength(low, high, worth) == "negligible" and (low > 0 or high < 0)


def signed(low: float, high: float, better: str) -> tuple[float, float]:
    """Return the ends of an interval so that positive is better.

    Examples
    --------
    >>> signed(-2.0, 1.0, "lower")
    (-1.0, 2.0)
    """
    return (-high, -low) if better == "lower" else (low, high)


def capped(word: str, checks: Iterable[Check]) -> str:
    """Return the word that the checks still allow.

    A failed check leaves nothing but ``inconclusive``. A cap lowers ``clear`` to itself. ``negligible`` is a strong claim,
    that nothing worth acting on is there: under any cap it becomes ``inconclusive``, for what bent the estimate may have bent it to zero.
    ``described`` compares nothing and stays.

    Examples
    --------
    >>> capped("clear", [Check("clusters", "doubt", "30 agents.", cap="suggestive")])
    'suggestive'
    >>> capped("negligible", [Check("missing", "failed", "40% lost.")])
    'inconclusive'
    """
    for check in checks:
        word = _under(word, "inconclusive" if check.status == "failed" else check.cap)
    return word


def binding(word: str, checks: Iterable[Check]) -> tuple[Check, ...]:
    """Return the checks that lower this word, so that a sentence can name them."""
    return tuple(check for check in checks if capped(word, [check]) != word)


def needed_n(low: float, high: float, n: int, worth: float) -> int:
    """Return how many rows would give an interval half as wide as `worth` on each side, to two digits, rounded up.

    Examples
    --------
    >>> needed_n(-9.0, 17.0, 10_055, 8.0)
    110000
    """
    exact = n * ((high - low) / worth) ** 2
    if not math.isfinite(exact) or exact <= 0:
        return 0
    step = 10 ** max(0, math.floor(math.log10(exact)) - 1)
    return math.ceil(exact / step) * step


def difference(first: tuple[float, float, float], second: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return first less second, with the interval of the difference of two independent estimates.

    Parameters
    ----------
    first, second : tuple of float
        ``(estimate, low, high)``.

    References
    ----------
    Zou and Donner (2008), Construction of confidence limits about effect measures, Statistics in Medicine 27 (square-and-add).

    Examples
    --------
    >>> difference((5.0, 2.0, 8.0), (1.0, -3.0, 5.0))
    (4.0, -1.0, 9.0)
    """
    (a, a_low, a_high), (b, b_low, b_high) = first, second
    gap = a - b
    return gap, gap - math.hypot(a - a_low, b_high - b), gap + math.hypot(a_high - a, b - b_low)


def two_sided(ends: tuple[float, float, float], family: int = 1, df: float = math.inf) -> float | None:
    """Return the p-value against "no difference" that an interval stands for: under 5% exactly where it leaves out zero.

    Parameters
    ----------
    ends : tuple of float
        Estimate, low and high of the 95% interval. The side nearest zero counts, for intervals need not be even.
    family : int
        How many estimates the one was chosen from (Bonferroni, as in `family_interval`).
    df : float
        Degrees of freedom of the interval; normal by default.

    Returns
    -------
    float or None
        None where the interval is not known.

    References
    ----------
    Altman and Bland (2011), How to obtain the P value from a confidence interval, BMJ 343: d2304.

    Examples
    --------
    >>> round(two_sided((1.96, 0.0, 3.92)), 3), round(two_sided((-2.9, -3.5, -2.4)), 6), two_sided((0.0, -1.0, 1.0))
    (0.05, 0.0, 1.0)
    """
    estimate, low, high = (float(each) for each in ends)
    if not all(map(math.isfinite, (estimate, low, high))):
        return None
    reach = estimate - low if estimate > 0 else high - estimate
    if estimate == 0 or reach <= 0:
        return 1.0 if low <= 0 <= high else 0.0
    df = df if math.isfinite(df) else 1e9
    steps = abs(estimate) / reach * float(t_quantile(0.975, df))
    return min(1.0, max(family, 1) * 2 * float(t_above(steps, df)))


def family_interval(ends: tuple[float, float, float], count: int, df: float) -> tuple[float, float]:
    """Return the interval of one of several estimates, wide enough that all of them hold together (Bonferroni).

    Parameters
    ----------
    ends : tuple of float
        Estimate, low and high of the 95% interval.
    count : int
        How many estimates the one was chosen from.
    df : float
        Degrees of freedom of the interval.

    Examples
    --------
    >>> family_interval((1.0, 0.0, 2.0), 1, 100)
    (0.0, 2.0)
    """
    estimate, low, high = ends
    factor = float(t_quantile(1 - 0.025 / max(count, 1), df) / t_quantile(0.975, df)) if count > 1 else 1.0
    return estimate - (estimate - low) * factor, estimate + (high - estimate) * factor


def _under(word: str, cap: str | None) -> str:
    if cap is None or word == "described":
        return word
    if word == "negligible":
        return word if cap in ("clear", "negligible") else "inconclusive"
    return min(word, cap, key=lambda one: _CLAIM.get(one, 1))
