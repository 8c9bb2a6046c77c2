"""What study.toml may say: canonical tables and columns, and a reader that names file, key and allowed values in every mistake."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxresearch.ask.errors import StudyError, nearest

TYPES = ("text", "number", "integer", "timestamp", "boolean")
ROLES = ("exposure", "confounder", "mediator", "outcome", "context")
TOPICS = (
    "score", "answered", "speed", "staying", "drivers", "scorecard", "journey", "through", "repeat", "value", "brand", "sum", "teams",
    "change", "promise", "voice", "everywhere", "proactive", "channels", "placebo", "silent", "recovery", "satisfaction", "what_if", "path",
)  # fmt: skip
ASK = (
    "outcome", "exposure", "adjust_for", "drivers", "by", "window", "cluster", "where", "metrics", "side", "days", "contrast", "mediator",
    "failed", "change", "stages", "at", "treated", "every",
)  # fmt: skip

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "contacts": {
        "contact_id": "text",
        "customer_id": "text",
        "opened_at": "timestamp",
        "first_response_at": "timestamp",
        "resolved_at": "timestamp",
        "closed_at": "timestamp",
        "due_at": "timestamp",
        "channel": "text",
        "reason": "text",
        "priority": "text",
        "agent": "text",
        "team": "text",
        "handler": "text",
        "direction": "text",
        "reopens": "integer",
        "transfers": "integer",
        "replies": "integer",
        "sla_target": "number",
        "sla_met": "boolean",
    },
    "surveys": {
        "response_id": "text",
        "customer_id": "text",
        "contact_id": "text",
        "invited_at": "timestamp",
        "answered_at": "timestamp",
        "kind": "text",
        "score": "number",
        "weight": "number",
        "comment": "text",
    },
    "customers": {
        "customer_id": "text",
        "joined_at": "timestamp",
        "left_at": "timestamp",
        "observed_until": "timestamp",
        "value": "number",
    },
    "orders": {"order_id": "text", "customer_id": "text", "ordered_at": "timestamp", "amount": "number"},
    "touches": {"customer_id": "text", "at": "timestamp", "stage": "text", "touchpoint": "text", "ok": "boolean"},
}
"""Canonical table -> column -> type."""

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "contacts": ("contact_id", "customer_id", "opened_at"),
    "surveys": ("response_id", "kind", "score"),
    "customers": ("customer_id",),
    "orders": ("customer_id", "ordered_at"),
    "touches": ("customer_id", "at"),
}
"""Columns that a table cannot do without."""

IDS: Mapping[str, str] = {"contacts": "contact_id", "surveys": "response_id", "customers": "customer_id", "orders": "order_id"}
"""The column whose values may not repeat."""


@dataclass(frozen=True)
class Section:
    """A part of a TOML file that knows where it stands.

    Parameters
    ----------
    file : Path
        The TOML file.
    key : str
        Dotted key of the section; empty for the whole file.
    values : mapping
        What stands there.
    """

    file: Path
    key: str
    values: Mapping[str, Any]

    def refuse(self, key: str, message: str) -> StudyError:
        """Return the error for one key."""
        dotted = ".".join(part for part in (self.key, key) if part)
        return StudyError(f"{self.file}: {dotted} {message}")

    def only(self, allowed: Iterable[str], what: str = "a known key") -> "Section":
        """Refuse any key that is not allowed.

        Raises
        ------
        StudyError
            Naming the key and the nearest allowed one.
        """
        known = tuple(allowed)
        for key in self.values:
            if key not in known:
                raise self.refuse(key, f"is not {what}; {nearest(key, known)}")
        return self

    def section(self, key: str) -> "Section":
        """Return the table under a key, empty where absent."""
        value = self.values.get(key, {})
        if not isinstance(value, Mapping):
            raise self.refuse(key, f"is {value!r}; it must be a table ([{key}]).")
        return Section(self.file, f"{self.key}.{key}".lstrip("."), value)

    def sections(self) -> dict[str, "Section"]:
        """Return every table under this one by its name."""
        return {key: self.section(key) for key in self.values}

    def text(self, key: str, default: str | None = None, allowed: Iterable[str] = ()) -> str:
        """Return a text, one of `allowed` where given.

        Raises
        ------
        StudyError
            Where it is absent without a default, no text, or not allowed.
        """
        value = self.values.get(key, default)
        if value is None:
            raise self.refuse(key, "is missing; it must be a text.")
        if not isinstance(value, str):
            raise self.refuse(key, f"is {value!r}; it must be a text in quotes.")
        options = tuple(allowed)
        if options and value not in options:
            raise self.refuse(key, f'is "{value}"; {nearest(value, options)}')
        return value

    def number(self, key: str, default: float | None = None) -> float:
        """Return a number.

        Raises
        ------
        StudyError
            Where it is absent without a default, or no number.
        """
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refuse(
                key, "is missing; it must be a number." if value is None else f"is {value!r}; it must be a number without quotes."
            )
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a list of texts; one text counts as a list of one."""
        value = self.values.get(key, default)
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list | tuple) or not all(isinstance(item, str) for item in listed):
            raise self.refuse(key, f"is {value!r}; it must be a text or a list of texts.")
        return tuple(listed)

    def codes(self, key: str) -> tuple[str, ...]:
        """Return a list of codes as text; numbers may be written without quotes."""
        value = self.values.get(key, ())
        listed = value if isinstance(value, list | tuple) else [value]
        if not all(isinstance(item, str | int | float) and not isinstance(item, bool) for item in listed):
            raise self.refuse(key, f"is {value!r}; it must be a list of codes (texts or numbers).")
        return tuple(map(str, listed))

    def mapping(self, allowed: Iterable[str] = ()) -> dict[str, str]:
        """Return this section as text -> text.

        Raises
        ------
        StudyError
            Where a value is no text, or not one of `allowed`.
        """
        return {key: self.text(key, allowed=allowed) for key in self.values}

    def numbers(self) -> dict[str, float]:
        """Return this section as text -> number."""
        return {key: float(self.number(key)) for key in self.values}
