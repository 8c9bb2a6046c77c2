"""Calendar months of a study: what stands on record up to the end of each, as one fingerprint, without a join over time."""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC
from itertools import accumulate

import ibis

from cxresearch.ask.catalog import named
from cxresearch.ask.metrics import Metric
from cxresearch.ask.period import parse_period
from cxresearch.ask.question import Question
from cxresearch.ask.study import Study
from cxresearch.load.audit import hashed
from cxresearch.load.contracts import Tables
from cxresearch.load.opened import tables_of

# Everything that an answer may be read beside, and when it stands on record.
DATES = {"surveys": ("answered_at", "invited_at"), "contacts": ("opened_at",), "touches": ("at",), "orders": ("ordered_at",)}
STEP = 900  # seconds: every time zone's midnight is a multiple of it
MADE_OF = {"tenure_months": "joined_at"}  # what a link computes from a column of another name


def fingerprints(study: Study, question: Question, months: Sequence[str]) -> dict[str, str]:
    """Return sixteen hex digits for each month: they change where anything changes that an answer of that month may rest on.

    Parameters
    ----------
    study : Study
        From `open_study`.
    question : Question
        What is asked, conditions included: columns of customers count where it reads them.
    months : sequence of str
        "2025-01", "2025-02", ..., in order.

    Notes
    -----
    Sums of hashes of rows, by quarter of an hour, made in the engine: one pass over each table. A month rests on everything up to its
    end, so that a ticket of March that is changed in June changes March and all months after it; what is new in June changes June.
    """
    tables = tables_of(study)
    ends = [int(parse_period(month).bounds(study.timezone)[1].replace(tzinfo=UTC).timestamp()) for month in months]
    said = [[study.digest] for _ in months]
    for name, table in _dated(tables, question).items():
        times, *counts = zip((0, 0, 0), *_sums(table, name), strict=True)
        rows, totals = (list(accumulate(each)) for each in counts)
        for at, end in enumerate(ends):
            place = bisect_right(times, end - 1) - 1
            said[at].append(f"{name}:{rows[place]}:{totals[place]}")
    return {month: hashlib.sha256("\n".join(each).encode()).hexdigest()[:16] for month, each in zip(months, said, strict=True)}


def _dated(tables: Tables, question: Question) -> dict[str, ibis.Table]:
    """Return the tables that have dates, quarantined rows too; what the question reads of customers stands beside the surveys."""
    found = {name: tables.stages[name].table.drop("rule") for name in DATES if name in tables.stages}
    people = tables.clean.get("customers")
    read = sorted(_read(question) & set(people.columns) - {"customer_id"}) if people is not None else []
    if people is not None and read and "customer_id" in found["surveys"].columns:
        own = people.select("customer_id", **{f"of_{name}": people[name] for name in read})
        found["surveys"] = found["surveys"].left_join(own, "customer_id").drop("customer_id_right")
    return found


def _read(question: Question) -> set[str]:
    """Return the columns that a question reads, and what they may be computed from."""
    parts = filter(None, (question.outcome, question.exposure, *question.adjust_for))
    metrics = [part if isinstance(part, Metric) else named(part) or part for part in parts]
    needs = {need for metric in metrics for need in ((metric,) if isinstance(metric, str) else metric.needs)}
    clusters = (question.cluster,) if isinstance(question.cluster, str) else question.cluster or ()
    read = needs | set(clusters) | {name for name, _ in question.where}
    return read | {MADE_OF[name] for name in read & set(MADE_OF)}


def _sums(table: ibis.Table, name: str) -> list[tuple[int, int, int]]:
    """Return time, rows and summed hashes of every quarter of an hour, in order; rows without a date count from the beginning."""
    dates = [table[date].epoch_seconds() for date in DATES[name] if date in table.columns]
    time = ibis.coalesce(*dates, ibis.literal(0)) if dates else ibis.literal(0)
    rows = table.mutate(_quarter=(time / STEP).floor().cast("int64") * STEP, _number=hashed(table))
    found = rows.group_by("_quarter").aggregate(n=rows.count(), total=rows["_number"].sum()).to_pyarrow().to_pylist()
    return sorted((int(row["_quarter"]), int(row["n"]), int(row["total"])) for row in found)
