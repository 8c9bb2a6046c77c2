"""The end of the record: as the study declares, else the last event, a few rows far beyond all others set aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.period import day_of
from cxresearch.ask.study import Study
from cxresearch.load.rules import end_of_observation

EVENTS = {
    "contacts": ("opened_at", "first_response_at", "resolved_at", "closed_at"), "surveys": ("invited_at", "answered_at"),
    "orders": ("ordered_at",), "touches": ("at",),
}  # fmt: skip
"""What has happened when it has a date. A leaving may be told of ahead, and so may a promise."""
LIVES = {"customers": ("joined_at", "left_at")}
SILENCE, FEW = 30, 0.05
NAME, SETTLE = "end of record", "Write observed_until in study.toml to settle where the record ends."


@dataclass(frozen=True)
class Record:
    """How far a record goes.

    Parameters
    ----------
    end : datetime or None
        Instant up to which things are known, in UTC without zone; None where no table has a date.
    check : Check
        Names the day and where it comes from, and counts the rows beyond.
    beyond : int
        Rows that lie beyond the end and were set aside.
    """

    end: datetime | None
    check: Check
    beyond: int = 0


def record_of(tables: Mapping[str, ibis.Table], study: Study) -> Record:
    """Return how far the record goes, one aggregate query per table.

    Parameters
    ----------
    tables : mapping
        Sound rows by canonical table.
    study : Study
        May declare `observed_until`, which then holds.

    Notes
    -----
    Otherwise the record ends with its last event, once rows are set aside that lie more than 30 days after all others and are at most
    one in twenty. An end that is too early costs rows; one that is too late counts as staying what nobody has seen. Only where no other
    table has a date do the customers' own dates tell.
    """
    declared = end_of_observation(study)
    if declared is not None:
        last = day_of(declared - timedelta(microseconds=1), study.timezone)
        return Record(declared, Check(NAME, "passed", f"Observed until {last}, as study.toml declares."))
    days, ahead = _days(tables, EVENTS), False
    if days.empty:
        days, ahead = _days(tables, LIVES), True
    if days.empty:
        return Record(None, Check(NAME, "doubt", f"No event has a date: until when things were observed is not known. {SETTLE}"))
    kept, beyond = _parted(days)
    last = kept.loc[kept["last"].idxmax()]
    said = f"Observed until {day_of(last['last'].to_pydatetime(), study.timezone)}, the last date on record ({last.table}, {last.column})"
    said += ": a leaving told of ahead would move it." if ahead else "."
    said += _set_aside(beyond, int(days["n"].sum()), study.timezone)
    doubtful = ahead or len(beyond) > 0
    check = Check(NAME, "doubt" if doubtful else "passed", f"{said} {SETTLE}" if doubtful else said)
    return Record(last["last"].to_pydatetime(), check, int(beyond["n"].sum()))


def _days(tables: Mapping[str, ibis.Table], stamps: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """Return ``table, day, n, last, column``: rows by the day of the last date in each, and the last date of all of them."""
    parts = [pd.DataFrame(columns=["table", "day", "n", "last", "column"])]
    for name, columns in stamps.items():
        present = [column for column in columns if name in tables and column in tables[name].columns]
        if present:
            parts.append(_days_of(tables[name], present).assign(table=name))
    return pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)


def _days_of(table: ibis.Table, stamps: list[str]) -> pd.DataFrame:
    latest = ibis.greatest(*(table[name] for name in stamps)) if len(stamps) > 1 else table[stamps[0]]
    day = (latest.epoch_seconds() / 86400).floor().cast("int64")
    dated = table.select(**{name: table[name] for name in stamps}, _day=day).filter(latest.notnull())
    found = dated.group_by("_day").aggregate(n=dated.count(), **{name: dated[name].max() for name in stamps}).execute()
    moments = found[stamps].to_numpy(dtype="datetime64[us]")
    which = moments.view("int64").argmax(axis=1) if len(found) else np.zeros(0, dtype=int)
    made = {"last": moments[np.arange(len(found)), which], "column": np.array(stamps, dtype=object)[which]}
    return pd.DataFrame({"day": found["_day"].astype("int64"), "n": found["n"].astype("int64"), **made})


def _parted(days: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the few rows that follow a long silence from the rest."""
    counts = days.groupby("day")["n"].sum().sort_index()
    after = counts[::-1].cumsum()[::-1].to_numpy()[1:]
    far = np.flatnonzero((np.diff(counts.index.to_numpy()) > SILENCE) & (after <= FEW * counts.sum()))
    beyond = days["day"] > (counts.index[far[0]] if len(far) else counts.index[-1])
    return days[~beyond], days[beyond]


def _set_aside(beyond: pd.DataFrame, of: int, zone: str) -> str:
    if beyond.empty:
        return ""
    rows, last = int(beyond["n"].sum()), day_of(beyond["last"].max().to_pydatetime(), zone)
    verb, until, were = ("lies", "on", "is") if rows == 1 else ("lie", "up to", "are")
    names = ", ".join(dict.fromkeys(beyond["table"]))
    found = f" {rows:,} of {of:,} dated rows ({names}) {verb} more than {SILENCE} days after all others"
    return f"{found}, {until} {last}, and {were} set aside."
