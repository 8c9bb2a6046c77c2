"""How contacts were handled: resolved at the first contact, and waits on the clock of the people who work."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cxresearch.ask.errors import QuestionError
from cxresearch.ask.metrics import Between, Metric
from cxresearch.ask.values import ifelse, missing, number

if TYPE_CHECKING:
    import ibis

WINDOWS = (7, 3, 14)
RESOLVED = "first_contact_resolution"
BUSINESS = {"first_response_business_hours": "first_response_hours", "resolution_business_hours": "resolution_hours"}
"""Wait in business hours -> the same wait in calendar hours."""


def resolved_at_first(days: int) -> Metric:
    """Return first-contact resolution: resolved, and no further contact of the customer (about the same reason) in so many days.

    It stays missing until the window is over, also where a further contact is known already: else those who came back soon would
    count before those who did not.

    Examples
    --------
    >>> resolved_at_first(7).name, resolved_at_first(14).name
    ('first_contact_resolution', 'first_contact_resolution_14d')
    """

    def value(t: "ibis.Table") -> "ibis.Value":
        after = days * 86400
        over = t.resolved_at.notnull() & (t.known_at.epoch_seconds() - t.resolved_at.epoch_seconds() >= after)
        again = t.next_contact_at.notnull() & (t.next_contact_at.epoch_seconds() - t.resolved_at.epoch_seconds() < after)
        return number(ifelse(over, ifelse(again, 0, 1), missing("int64")))

    return Metric(
        RESOLVED if days == WINDOWS[0] else f"{RESOLVED}_{days}d", "share", f"Resolved at first contact ({days} days)",
        "contacts resolved at first contact", "of 100", "higher", ("resolved_at", "next_contact_at"), "contacts", value,
        definition=f"Of 100 resolved contacts, those with no further contact of the same customer (about the same reason, where it is "
        f"recorded) up to {days} days after the resolution. Not known until the {days} days are over.",
    )  # fmt: skip


def business_waits() -> tuple[Metric, ...]:
    """Return the waits in business hours as the catalog knows them; they compute once a study's calendar is put in."""
    first = Between(
        "first_response_business_hours", "opened_at", "first_response_at", label="Time to first response, business hours",
        phrase="the wait for a first response in business hours",
    )  # fmt: skip
    resolution = Between(
        "resolution_business_hours", "opened_at", "resolved_at", label="Time to resolution, business hours",
        phrase="the time to resolution in business hours",
    )  # fmt: skip
    text = "in business hours of the study's calendar; a contact not yet there counts as still waiting."
    return (
        replace(first, value=_no_calendar, elapsed=_no_calendar, definition=f"Time from opening a contact to the first response, {text}"),
        replace(resolution, value=_no_calendar, elapsed=_no_calendar, definition=f"Time from opening a contact to its resolution, {text}"),
    )


def _no_calendar(_: Any) -> Any:
    raise QuestionError("business hours need a calendar, and only a study can declare one: [calendars.support] in study.toml.")
