"""The day on which a policy began, and the periods counted from it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from cxresearch.ask.errors import MethodError, QuestionError

EVERY = ("month", "week")


@dataclass(frozen=True)
class Boundary:
    """A day, and periods of months or weeks before (-1, -2, ...) and after it (0, 1, ...).

    Parameters
    ----------
    day : datetime
        Midnight of the first day on which the policy held.
    every : str
        ``month`` or ``week``.
    """

    day: datetime
    every: str

    @property
    def label(self) -> str:
        """As people write it."""
        return f"{self.day.day} {self.day:%B %Y}"

    def starts(self, period: int) -> pd.Timestamp:
        """Return the day on which a period begins."""
        if self.every == "week":
            return pd.Timestamp(self.day + timedelta(days=7 * period))
        month = self.day.year * 12 + self.day.month - 1 + period
        return pd.Timestamp(year=month // 12, month=month % 12 + 1, day=self.day.day)

    def named(self, period: int) -> str:
        """Return a period's first day as a label: "2025-03-01"."""
        return f"{self.starts(period):%Y-%m-%d}"

    def on_both_sides(self, before: int, after: int) -> None:
        """Refuse a day that does not lie inside the record.

        Raises
        ------
        MethodError
            Where no rows lie before or after it.
        """
        if not before or not after:
            side = "before" if not before else "from it on"
            raise MethodError(f"{self.label}: there are no rows {side}. Choose a day inside the period, or link a longer one.")

    def facts(self, periods: np.ndarray) -> dict:
        """Return what words and pictures need of it."""
        known = {"periods_before": int((periods < 0).sum()), "periods_after": int((periods >= 0).sum())}
        return known | {"at": self.label, "every": self.every, "at_x": f"{self.day:%Y-%m-%d}"}


def boundary_of(at: str | None, every: str) -> Boundary:
    """Return the boundary that a text names.

    Raises
    ------
    QuestionError
        Where it names no day, the periods are unknown, or months cannot begin on that day.

    Examples
    --------
    >>> boundary_of("2025-04-01", "month").named(-2)
    '2025-02-01'
    """
    if every not in EVERY:
        raise QuestionError(f'every is "{every}"; it can be "month" or "week".')
    try:
        day = date.fromisoformat(str(at).strip())
    except ValueError:
        raise QuestionError(f'at is {at!r}; give the first day of the policy, for instance "2025-04-01".') from None
    if every == "month" and day.day > 28:
        raise QuestionError(f'months cannot begin on day {day.day}: some have none. Use every="week", or the first of the next month.')
    return Boundary(datetime(day.year, day.month, day.day), every)
