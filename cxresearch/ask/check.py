"""Check: doubt as data."""

from dataclasses import dataclass

STATUSES = ("passed", "doubt", "failed")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at before a number was believed.

    Parameters
    ----------
    name : str
        Short name, for instance ``"missing"``.
    status : str
        ``passed``, ``doubt`` or ``failed``. A failed check caps every sentence at inconclusive.
    detail : str
        One plain sentence with the numbers.
    cap : str, optional
        The strongest word that a sentence may carry while this check stands, if not given by the status.

    Examples
    --------
    >>> Check("missing", "passed", "Nothing is missing.").status
    'passed'
    """

    name: str
    status: str
    detail: str
    cap: str | None = None

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"Check status is {self.status!r}; it must be one of {', '.join(STATUSES)}.")


def percent_of(share: float) -> str:
    """Return a share in percent, with one decimal below 10; never none or all where it is neither.

    Examples
    --------
    >>> percent_of(6 / 15152), percent_of(0.16), percent_of(0.998), percent_of(148339 / 148386), percent_of(1.0)
    ('under 0.1%', '16%', '99.8%', 'over 99.9%', '100%')
    """
    if 0 < share < 0.0005:
        return "under 0.1%"
    if 0.9995 < share < 1:
        return "over 99.9%"
    digits = 1 if abs(share) < 0.0995 or 0.995 <= share < 1 else 0
    return f"{round(100 * share, digits) + 0.0:.{digits}f}%"
