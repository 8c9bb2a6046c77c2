"""What was asked for in words, made definite once: "last full month" becomes a month before anything is named or run."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cxresearch.ask.errors import QuestionError, ResearchError, RunError
from cxresearch.ask.period import parse_period
from cxresearch.ask.relative import is_relative, resolve
from cxresearch.ask.study import Study, open_study
from cxresearch.publish.shelf import Notebook

PERIOD = "period"


def definite(notebook: Notebook, params: Mapping[str, Any], now: datetime) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the parameters with a period of dates, and as it was asked what is now said otherwise.

    Parameters
    ----------
    notebook : Notebook
        Its default counts where no period is given.
    params : mapping
        What was given, typed.
    now : datetime
        The instant of asking, with its zone.

    Raises
    ------
    RunError
        Where the period means nothing.
    """
    default = next((each.default for each in notebook.parameters if each.name == PERIOD), None)
    said = params.get(PERIOD, default)
    if not isinstance(said, str) or (PERIOD not in params and not is_relative(said)):
        return dict(params), {}
    try:
        period = resolve(said, today(notebook, params, now)) if is_relative(said) else said
        parse_period(period)
    except QuestionError as error:
        raise RunError(f"{notebook.name}: {error}") from None
    return {**params, PERIOD: period}, {PERIOD: said} if period != said else {}


def today(notebook: Notebook, params: Mapping[str, Any], now: datetime) -> date:
    """Return the day from which a study is seen: today where it is at home, or the first day that its record no longer holds."""
    study = study_of(notebook, params)
    if study is None:
        return now.astimezone(UTC).date()
    day = now.astimezone(ZoneInfo(study.timezone)).date()
    return min(day, _first_unseen(study)) if study.observed_until else day


def study_of(notebook: Notebook, params: Mapping[str, Any]) -> Study | None:
    """Return the study that a report would read; None where it has none, or none that can be opened: the report will say so."""
    used = {each.name: each.default for each in notebook.parameters} | dict(params)
    try:
        return open_study(study_path(notebook, used["study"])) if used.get("study") else None
    except (ResearchError, OSError):
        return None


def study_path(notebook: Notebook, study: str) -> Path:
    """Return where a study lies, seen from the folder in which its notebook runs."""
    return notebook.home / study


def _first_unseen(study: Study) -> date:
    said = str(study.observed_until)
    if len(said) == len("2025-12-31"):
        return date.fromisoformat(said) + timedelta(days=1)
    instant = datetime.fromisoformat(said) + timedelta(seconds=1)
    return (instant.astimezone(ZoneInfo(study.timezone)) if instant.tzinfo else instant).date()
