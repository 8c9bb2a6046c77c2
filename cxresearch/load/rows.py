"""The rows of a question: its columns, computed in the engine, and what is left out on the way."""

from dataclasses import replace
from typing import Any

import ibis

from cxresearch.ask.among import worded
from cxresearch.ask.catalog import resolve
from cxresearch.ask.check import Check, percent_of
from cxresearch.ask.errors import DataError, LeakageError, QuestionError, nearest
from cxresearch.ask.question import Question
from cxresearch.load.data import Data, Parts

MARKS = ("at", "weight", "linked", "_late")
GROUPS = ("agent", "team", "store")
FEW_ROWS = 500_000


def parts_of(question: Question, table: ibis.Table) -> Parts:
    """Return the metrics that a question names, found among the columns at hand.

    Raises
    ------
    QuestionError
        Where a name is unknown or a text column is the outcome.
    """
    text = {name for name in table.columns if table[name].type().is_string()}
    find = lambda quantity, outcome=False: resolve(quantity, table.columns, outcome=outcome, text=text)  # noqa: E731
    return Parts(
        find(question.outcome, True), find(question.exposure) if question.exposure else None,
        tuple(map(find, question.adjust_for)), tuple(find(member) for _, members in question.drivers for member in members),
        find(question.mediator) if question.mediator else None,
    )  # fmt: skip


def project(table: ibis.Table, question: Question, parts: Parts, marks: tuple[str, ...]) -> ibis.Table:
    """Return the columns of `Data.table`, computed in the engine, complete or not."""
    columns: dict[str, Any] = {"unit_id": table.unit_id.cast("string"), "customer": table.customer_id.cast("string")}
    for name, column in zip(("cluster", "cluster2"), _clusters(question), strict=False):
        columns[name] = _named(table, column).cast("string")
    columns["y"] = parts.outcome.value(table)
    if parts.outcome.elapsed:
        columns["y_elapsed"] = parts.outcome.elapsed(table)
    if parts.outcome.kind == "nps":
        columns["y_score"] = table[parts.outcome.needs[0]].cast("float64")
    if parts.exposure:
        columns["x"] = parts.exposure.value(table)
    if parts.mediator:
        columns["m"] = parts.mediator.value(table)
    for prefix, metrics in (("a_", parts.adjust_for), ("d_", parts.drivers)):
        columns |= {prefix + metric.name: metric.value(table) for metric in metrics}
    columns |= {f"g_{name}": table[name].cast("string") for name in GROUPS if name in table.columns}
    columns |= {name: table[name] for name in marks if name in table.columns}
    if question.by:
        columns["by"] = ibis.coalesce(_named(table, question.by).cast("string"), "(missing)")
    return table.select(**columns)


def complete(table: ibis.Table, parts: Parts) -> ibis.Value:
    """Return which rows have everything that the question needs; a duration that is "not yet" is not missing."""
    asked = [table.customer.notnull()]
    asked.append(table.y_elapsed.notnull() if parts.outcome.elapsed else table.y.notnull())
    if parts.exposure and parts.exposure.kind != "duration":
        asked.append(table.x.notnull())
    if parts.mediator:
        asked.append(table.m.notnull())
    asked += [table["a_" + metric.name].notnull() for metric in parts.adjust_for]
    asked += [table[name].notnull() for name in ("cluster", "cluster2", "weight") if name in table.columns]
    everything = asked[0]
    for condition in asked[1:]:
        everything = everything & condition
    return everything


def checked(table: ibis.Table, question: Question, parts: Parts, draft: Data, marks: tuple[str, ...] = MARKS) -> Data:
    """Return Data with the complete rows of a raw table, and checks that count what was left out.

    `marks` are the columns of the table that are weights, times and links, not quantities.

    Raises
    ------
    DataError
        Where nothing is left, or all rows are one customer's.
    LeakageError
        Where most rows come before the service that they are compared with.
    """
    named = {part.name for part in (parts.outcome, parts.exposure, parts.mediator, *parts.adjust_for, *parts.drivers) if part}
    marks = (*marks, "value") if draft.unit == "customer" and "value" not in named else marks
    asked = project(table, question, parts, marks)
    raw, ordered = in_order(asked.mutate(_whole=complete(asked, parts)).order_by("cluster").cache(), draft.unit)
    eligible = raw.filter(raw.linked) if "linked" in raw.columns and (parts.exposure or parts.adjust_for) else raw
    whole = eligible["_whole"]
    counts = {"eligible": eligible.count(), "used": whole.sum().cast("int64"), "customers": eligible.customer.nunique(where=whole)}
    counts |= {
        "nobody": eligible.customer.isnull().sum(),
        "no_outcome": (eligible.y.isnull() if not parts.outcome.elapsed else eligible.y_elapsed.isnull()).sum(),
    }
    counts |= {"not_yet": (whole & eligible.x.isnull()).sum()} if parts.exposure else {}
    if parts.outcome.kind == "duration" and parts.outcome.elapsed:
        counts |= {"open": (whole & eligible.y.isnull()).sum()}
    if "weight" in raw.columns:
        counts |= {"lightest": eligible.weight.min(), "heaviest": eligible.weight.max()}
    if parts.outcome.kind == "nps":
        counts |= {"lowest": eligible.y_score.min(), "highest": eligible.y_score.max()}
    row = {name: 0 if value is None or value != value else value for name, value in eligible.aggregate(**counts).execute().iloc[0].items()}
    _refuse(row, draft, parts)
    used = held(eligible.filter(whole).drop("_whole", *({"linked"} & set(raw.columns))), int(row["used"]))
    return replace(
        draft, table=used, question=question, parts=parts, rows=int(row["used"]), customers=int(row["customers"]),
        eligible=int(row["eligible"]), checks=(*draft.checks, *ordered, *_loss(row, draft, parts)),
    )  # fmt: skip


def held(table: ibis.Table, rows: int) -> ibis.Table:
    """Return the table written down in its engine, where it is small: what a question to few rows costs is the length of its text."""
    return table.cache() if rows <= FEW_ROWS else table


def in_time(table: ibis.Table) -> ibis.Table:
    """Return the rows that are not marked as late."""
    return table.filter(~ibis.coalesce(table["_late"], False)) if "_late" in table.columns else table


def in_order(table: ibis.Table, unit: str) -> tuple[ibis.Table, list[Check]]:
    """Set aside single rows whose service began after the outcome; refuse a mapping where most do."""
    if "_late" not in table.columns:
        return table, []
    counts = table.aggregate(late=table["_late"].sum(), linked=table["_late"].count()).execute().iloc[0]
    behind, linked = (0 if count is None or count != count else int(count) for count in counts)
    if linked and behind > linked / 2:
        raise LeakageError(
            f'{behind:,} of {linked:,} {unit}s were given before their contact ("opened_at") was opened: the mapping is wrong, '
            "or the outcome comes before the exposure. Check the columns answered_at and opened_at in study.toml."
        )
    theirs = "it is compared with and was" if behind == 1 else "they are compared with and were"
    found = f"Order in time: {behind:,} of {linked:,} {unit}s came before the contact {theirs} set aside."
    passed = "Order in time: every contact was opened before the answer that it is compared with."
    checks = [Check("order in time", "doubt" if behind else "passed", found if behind else passed)] if linked else []
    return in_time(table).drop("_late"), checks


def _refuse(row: dict[str, Any], draft: Data, parts: Parts) -> None:
    where = f" ({'; '.join(filter(None, (draft.period_label, worded(draft.where))))})" if draft.study else ""
    if row["eligible"] == 0:
        raise DataError(
            f"there is not one {draft.unit} to look at{where}: nothing answers this question. Choose another period or condition."
        )
    if row["used"] == 0:
        raise DataError(
            f"{int(row['eligible']):,} {draft.unit}s were found{where}, and none has everything that the question needs "
            f"({parts.outcome.label} first)."
        )
    if row["customers"] < 2:
        raise DataError("all rows belong to one customer: nothing can be said about customers. Check the customer column.")
    if "lightest" in row and not 0 <= row["lightest"] <= row["heaviest"] < float("inf"):
        raise DataError(f"survey weights run from {row['lightest']:g} to {row['heaviest']:g}: they must be positive numbers.")
    if "heaviest" in row and row["heaviest"] == 0:
        raise DataError("every survey weight is zero: nobody counts.")
    if parts.outcome.kind == "nps" and (row["lowest"] < 0 or row["highest"] > 10):
        raise DataError(
            f'"{parts.outcome.needs[0]}" runs from {row["lowest"]:g} to {row["highest"]:g}: NPS needs a 0-10 item. '
            "Declare scale and blank codes."
        )


def _loss(row: dict[str, Any], draft: Data, parts: Parts) -> list[Check]:
    lost = 1 - row["used"] / row["eligible"]
    status = "failed" if lost > 0.3 else "doubt" if lost > 0.1 else "passed"
    used, eligible = int(row["used"]), int(row["eligible"])
    of = f"{used:,} of {eligible:,} {draft.unit}s have everything that the question needs; {percent_of(lost)} are left out."
    found = [Check("complete", status, of if used < eligible else f"All {used:,} {draft.unit}s have everything that the question needs.")]
    if parts.exposure and parts.exposure.kind == "duration" and row["not_yet"]:
        waiting = f"{int(row['not_yet']):,} {draft.unit}{'s' * (row['not_yet'] != 1)}"
        said = f"For {waiting} the wait had not ended when the outcome was measured: a group of its own."
        found.append(Check("not yet", "passed", said))
    if row.get("open"):
        still = f"{int(row['open']):,} of {used:,} {draft.unit}s had not come to an end"
        count = "it counts" if row["open"] == 1 else "they count"
        found.append(Check("still waiting", "passed", f"{still}: {count} as still waiting up to closing or the end of the record."))
    return found


def _clusters(question: Question) -> tuple[str, ...]:
    if question.cluster is None:
        return ("customer_id",)
    return (question.cluster,) if isinstance(question.cluster, str) else question.cluster


def _named(table: ibis.Table, column: str) -> ibis.Value:
    if column not in table.columns:
        raise QuestionError(f'there is no column "{column}"; {nearest(column, table.columns)}')
    return table[column]
