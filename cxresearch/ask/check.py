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
