"""Relation and Check: the one result type, and doubt as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.question import Absent, Question

__all__ = ["Absent", "Check", "Relation", "significant"]

COLUMNS = ("term", "level", "estimate", "low", "high", "n")


@dataclass(frozen=True, eq=False)
class Relation:
    """What a method found, tidy.

    Parameters
    ----------
    method : str
        Name of the method that made it.
    question : Question
        What was asked.
    estimates : pandas.DataFrame
        Columns ``term, level, estimate, low, high, n`` always; method columns after them.
    curve : pandas.DataFrame, optional
        Where there is a picture over x: ``term, x, estimate, low, high, n`` and method columns.
    checks : tuple of Check
        What was looked at, with the doubts.
    settings : mapping
        The settings of the call, as given, seeds included.
    facts : mapping
        Single numbers and labels that belong to the whole (R2, test results, data labels).

    Notes
    -----
    Every float is rounded to 12 significant digits when a Relation is made: parallel sums differ in the last bits.
    """

    method: str
    question: Question
    estimates: pd.DataFrame
    curve: pd.DataFrame = None  # type: ignore[assignment]  # those who read a curve know the methods that have one
    checks: tuple[Check, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        missing = [name for name in COLUMNS if name not in self.estimates.columns]
        if missing:
            raise ValueError(f"estimates of {self.method} lack {', '.join(missing)}.")
        object.__setattr__(self, "estimates", _steady(self.estimates))
        if self.curve is not None:
            object.__setattr__(self, "curve", _steady(self.curve))
        object.__setattr__(self, "facts", {name: _digits(value) for name, value in self.facts.items()})

    def row(self, term: str, level: str = "") -> pd.Series:
        """Return the one estimate with this term and level.

        Raises
        ------
        KeyError
            Where there is none.
        """
        found = self.estimates[(self.estimates["term"] == term) & (self.estimates["level"] == level)]
        if found.empty:
            raise KeyError(f"{self.method} has no estimate {term!r}, level {level!r}.")
        return found.iloc[0]

    def with_checks(self, *checks: Check) -> "Relation":
        """Return a copy with these checks added."""
        return replace(self, checks=(*self.checks, *checks))


def significant(values: np.ndarray, digits: int = 12) -> np.ndarray:
    """Return values rounded to so many significant digits; zero, NaN and infinities stay.

    Examples
    --------
    >>> significant(np.array([1.23456789012345]), 4).tolist()
    [1.235]
    """
    values = np.asarray(values, dtype=float)
    usable = np.isfinite(values) & (values != 0)
    rounded = [float(f"{value:.{digits}g}") for value in values[usable]]
    out = values.copy()
    out[usable] = rounded
    return out


def _steady(frame: pd.DataFrame) -> pd.DataFrame:
    floats = frame.select_dtypes("floating").columns
    steady = frame.assign(**{name: significant(frame[name].to_numpy()) for name in floats}).reset_index(drop=True)
    first = [name for name in COLUMNS if name in steady.columns]
    return steady[[*first, *(name for name in steady.columns if name not in first)]]


def _digits(value: Any) -> Any:
    return float(significant(np.array([value]))[0]) if isinstance(value, float) else value
