"""Metric: a named quantity that knows its unit, its better side, the columns it needs and how to compute itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cxresearch.ask.errors import QuestionError
from cxresearch.ask.values import ifelse, indicator, missing, number

if TYPE_CHECKING:
    import ibis

KINDS = ("nps", "share", "mean", "number", "category", "duration", "survival")
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800}
Expression = Callable[["ibis.Table"], "ibis.Value"]


@dataclass(frozen=True)
class Metric:
    """One quantity, as the field names it.

    Parameters
    ----------
    name : str
        Name in code and in parameters, for instance ``"first_response_hours"``.
    kind : str
        ``nps`` (-100/0/100 from a 0-10 score), ``share`` (0 or 1), ``mean`` (a rating), ``number`` (any number),
        ``category``, ``duration`` (a wait that may be censored) or ``survival`` (time to an event).
    label : str
        As a table head: "Time to first response".
    phrase : str
        As part of a sentence: "the wait for a first response".
    unit : str
        "points", "hours", "of 100", ...
    better : str
        ``higher``, ``lower`` or ``neither``.
    needs : tuple of str
        Columns that must exist; the table is found from them.
    table : str
        Canonical table of its own row: ``surveys``, ``contacts``, ``customers``, ``any``, or ``answers``: what a customer said
        about the last contact before the landmark.
    value : callable
        ``table -> column``; missing where not answered or not yet.
    elapsed : callable, optional
        For durations and survival: time observed, event or not.
    definition : str
        One sentence for the list of definitions.
    only : tuple of str, optional
        ``(column, value)`` that the rows must have, for instance ``("kind", "nps")``.
    as_outcome : str
        As part of a sentence about an outcome, where `phrase` speaks of a step of an exposure: "the number of hand-offs" beside
        "each hand-off", or "answered invitations", of which there are more or fewer. Default: `phrase`.
    """

    name: str
    kind: str
    label: str
    phrase: str
    unit: str
    better: str
    needs: tuple[str, ...]
    table: str = "any"
    value: Expression = field(compare=False, repr=False, default=lambda t: t[""])
    elapsed: Expression | None = field(compare=False, repr=False, default=None)
    definition: str = ""
    only: tuple[str, str] | None = None
    as_outcome: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise QuestionError(f"Metric {self.name}: kind is {self.kind!r}; it must be one of {', '.join(KINDS)}.")

    @property
    def one(self) -> float:
        """What one of the unit that people read is in the values of the rows: shares are 0 to 1 and read of 100."""
        return 0.01 if self.kind == "share" else 1.0


def _number(column: str) -> Expression:
    return lambda t: indicator(t[column]) if t[column].type().is_boolean() else t[column].cast("float64")


def Nps(column: str) -> Metric:
    """Net Promoter Score of a 0-10 item: share of 9-10 less share of 0-6, in points.

    Parameters
    ----------
    column : str
        Column with the 0-10 answers.

    Examples
    --------
    >>> Nps("recommend").unit
    'points'

    References
    ----------
    Reichheld (2003), The one number you need to grow, Harvard Business Review.
    """

    def value(t: "ibis.Table") -> "ibis.Value":
        score = t[column].cast("float64")
        return number(ifelse(score.isnull(), missing("int64"), ifelse(score >= 9, 100, ifelse(score <= 6, -100, 0))))

    text = f'Of 100 answers to "{column}" (0 to 10), those of 9 or 10 less those of 0 to 6. From -100 to 100.'
    return Metric(column, "nps", "NPS", "NPS", "points", "higher", (column,), value=value, definition=text)


def TopBox(column: str, *, cut: float) -> Metric:
    """Share of answers at or above `cut`, as in CSAT "4 or 5 of 5".

    Parameters
    ----------
    column : str
        Column with the answers.
    cut : float
        From this answer on, an answer counts.

    Examples
    --------
    >>> TopBox("csat", cut=4).kind
    'share'
    """

    def value(t: "ibis.Table") -> "ibis.Value":
        score = t[column].cast("float64")
        return number(ifelse(score.isnull(), missing("int64"), ifelse(score >= cut, 1, 0)))

    text = f"Of 100 answers to {column}, those of {cut:g} or more."
    label = f"{plain(column)}: {cut:g} or more"
    return Metric(
        column, "share", label, f"{plain(column)} of {cut:g} or more", "of 100", "higher", (column,), value=value, definition=text
    )


def Mean(column: str, *, better: str = "higher") -> Metric:
    """Mean of a rating or amount, in its own unit.

    Parameters
    ----------
    column : str
        Column with the numbers.
    better : str
        ``higher``, ``lower`` or ``neither``.

    Examples
    --------
    >>> Mean("rating").better
    'higher'
    """
    name = plain(column)
    return Metric(
        column, "mean", name.capitalize(), name, "points", better, (column,), value=_number(column), definition=f"Mean of {name}."
    )


def Rate(column: str, *, better: str = "higher") -> Metric:
    """Share of rows where a 0/1 (or true/false) column is 1.

    Parameters
    ----------
    column : str
        Column with 0 and 1, or false and true.
    better : str
        ``higher``, ``lower`` or ``neither``.

    Examples
    --------
    >>> Rate("resolved").unit
    'of 100'
    """
    name = plain(column)
    return Metric(
        column,
        "share",
        name.capitalize(),
        name,
        "of 100",
        better,
        (column,),
        value=_number(column),
        definition=f"Of 100, those with {name}.",
    )


def Duration(column: str, *, unit: str = "hours", better: str = "lower") -> Metric:
    """A wait in a numeric column; missing means "not yet" and is censored, never dropped or zero.

    Parameters
    ----------
    column : str
        Column with the elapsed time.
    unit : str
        ``seconds``, ``minutes``, ``hours``, ``days`` or ``weeks``.
    better : str
        ``higher``, ``lower`` or ``neither``.

    Examples
    --------
    >>> Duration("wait", unit="hours").kind
    'duration'
    """
    _known_unit(unit)
    name = plain(column)
    return Metric(
        column,
        "duration",
        name.capitalize(),
        name,
        unit,
        better,
        (column,),
        value=_number(column),
        definition=f"{name.capitalize()}, in {unit}.",
    )


def Survival(*, duration: str, event: str, unit: str = "days") -> Metric:
    """Time to an event: `duration` observed, `event` 1 where it happened and 0 where observation ended first.

    Examples
    --------
    >>> Survival(duration="weeks", event="left").needs
    ('weeks', 'left')
    """
    _known_unit(unit)
    value = lambda t: ifelse(t[event].cast("float64") == 1, t[duration].cast("float64"), missing("float64"))  # noqa: E731
    name = plain(event)
    return Metric(
        event,
        "survival",
        f"Time until {name}",
        f"time until {name}",
        unit,
        "higher",
        (duration, event),
        value=value,
        elapsed=_number(duration),
        definition=f"Time until {name}, in {unit}; censored where it has not happened.",
    )


def Between(name: str, start: str, stop: str, *, unit: str = "hours", label: str = "", phrase: str = "") -> Metric:
    """Time from one event to another, as known when the outcome was measured (column ``known_at`` of the linked rows).

    Examples
    --------
    >>> Between("wait", "opened_at", "answered_at").needs
    ('opened_at', 'answered_at')
    """
    _known_unit(unit)
    label = label or plain(name).capitalize()

    def span(t: "ibis.Table", until: "ibis.Value") -> "ibis.Value":
        return (until.epoch_seconds() - t[start].epoch_seconds()).cast("float64") / SECONDS[unit]

    def value(t: "ibis.Table") -> "ibis.Value":
        happened = t[stop].notnull() & (t[stop] <= t.known_at)
        return ifelse(happened, span(t, t[stop]), missing("float64"))

    return Metric(
        name,
        "duration",
        label,
        phrase or plain(name),
        unit,
        "lower",
        (start, stop),
        "contacts",
        value,
        lambda t: ifelse(value(t).notnull(), value(t), span(t, t.known_at)),
    )


def Column(column: str, *, category: bool = False) -> Metric:
    """A bare column, values unchanged; text becomes categories."""
    name = plain(column)
    kind = "category" if category else "number"
    value = (lambda t: t[column].cast("string")) if category else _number(column)
    return Metric(column, kind, name.capitalize(), name, "" if category else "units", "neither", (column,), value=value)


def plain(column: str) -> str:
    """Return a column name as words."""
    return column.replace("_", " ").strip()


def _known_unit(unit: str) -> None:
    if unit not in SECONDS:
        raise QuestionError(f"Unit is {unit!r}; it must be one of {', '.join(SECONDS)}.")


Quantity = str | Metric
