"""The errors a user meets. Each says what was wrong, what was found and what to do."""

import difflib
from collections.abc import Iterable


class ResearchError(Exception):
    """Base of every error that cxresearch raises on purpose."""


class StudyError(ResearchError):
    """study.toml says something that cannot be."""


class QuestionError(ResearchError):
    """The question cannot be asked as it stands."""


class DataError(ResearchError):
    """A file or table is not what the study declares."""


class LeakageError(ResearchError):
    """The question or the mapping lets the future into the past."""


class MethodError(ResearchError):
    """A method cannot answer from these data."""


class NotApplicable(ResearchError):
    """The study lacks a table or column that the notebook needs. Not a failure."""


class RunError(ResearchError):
    """A report could not be made."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the closest known spelling, and what is known.

    Examples
    --------
    >>> nearest("perod", ["period", "seed"])
    'did you mean "period"? Known: period, seed.'
    """
    options = sorted(known)
    close = difflib.get_close_matches(name, options, n=1, cutoff=0.6)
    listed = ", ".join(options) if options else "none"
    return f'did you mean "{close[0]}"? Known: {listed}.' if close else f"known: {listed}."
