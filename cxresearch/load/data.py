"""Data: the linked, checked, lazy rows of one question."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import ibis
import pandas as pd

from cxresearch.ask.catalog import resolve
from cxresearch.ask.check import Check
from cxresearch.ask.errors import DataError, QuestionError, nearest
from cxresearch.ask.metrics import Metric
from cxresearch.ask.question import Absent, Question
from cxresearch.ask.study import Study

__all__ = ["Absent", "Data", "Parts", "from_frame", "parts_of"]
GROUPS = ("agent", "team", "store")


@dataclass(frozen=True)
class Parts:
    """The metrics that play the parts of a question."""

    outcome: Metric
    exposure: Metric | None
    adjust_for: tuple[Metric, ...]
    drivers: tuple[Metric, ...]


@dataclass(frozen=True, eq=False)
class Data:
    """Rows that answer one question, still in the engine.

    Parameters
    ----------
    table : ibis.Table
        One row per unit. Columns: `unit_id`, `customer`, `cluster` (and `cluster2`), `weight` where declared, `at`, `by`,
        `y` (outcome), `y_elapsed` (durations), `y_score` (0-10 answer behind NPS), `x` (exposure, missing = not yet),
        `a_<name>` (confounders), `d_<name>` (drivers), `g_<name>` (agent, team, store).
    question : Question
        What is asked.
    parts : Parts
        The metrics behind it.
    unit : str
        ``answer``, ``invitation``, ``contact`` or ``customer``.
    rows, customers, eligible : int
        Rows used, distinct customers among them, rows that could have been used.
    checks : tuple of Check
        What was looked at while linking.
    study : Study or None
        Where they come from; None for a frame of the researcher's own.
    period_label : str
        As people write it.
    where : mapping
        Conditions that the rows were chosen by.
    sources : mapping
        Rows by table, as read.
    source_fingerprint : str
        Fingerprint of the tables, whatever the order of their rows.
    landmark : str
        For customers: the date up to which service is read and from which staying counts.
    held : object
        Keeps the linked rows alive in the engine; nothing reads it.
    """

    table: ibis.Table
    question: Question
    parts: Parts
    unit: str
    rows: int
    customers: int
    eligible: int
    checks: tuple[Check, ...] = ()
    study: Study | None = None
    period_label: str = "everything on record"
    where: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, int] = field(default_factory=dict)
    source_fingerprint: str = ""
    landmark: str = ""
    held: Any = field(default=None, repr=False)

    @property
    def outcome(self) -> Metric:
        """The outcome's metric."""
        return self.parts.outcome

    @property
    def exposure(self) -> Metric | None:
        """The exposure's metric, if one is asked about."""
        return self.parts.exposure

    @property
    def adjust_for(self) -> tuple[Metric, ...]:
        """The confounders' metrics."""
        return self.parts.adjust_for

    @property
    def drivers(self) -> tuple[Metric, ...]:
        """The drivers' metrics."""
        return self.parts.drivers

    @property
    def worth(self) -> float | None:
        """Smallest effect worth acting on, in the outcome's display unit; None where the study declares none."""
        return self.study.worth.get(self.outcome.name) if self.study else None

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits that name these rows: the tables, the question, the period and the conditions."""
        said = json.dumps([self.source_fingerprint, str(self.question), self.period_label, dict(self.where)], sort_keys=True, default=str)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def unweighted(self) -> "Data":
        """Return the same rows without their survey weights."""
        return replace(self, table=self.table.drop("weight")) if "weight" in self.table.columns else self

    def frame(self) -> pd.DataFrame:
        """Return the rows as a pandas frame, under the names of the question.

        Returns
        -------
        pandas.DataFrame
            Columns ``customer``, outcome, exposure, confounders, drivers and so on; one row per unit, ordered by unit.
        """
        names = {"y": self.outcome.name, "x": self.exposure.name if self.exposure else "x"}
        frame = self.table.order_by("unit_id").execute()
        return frame.rename(columns={name: names.get(name, name[2:] if name[:2] in ("a_", "d_", "g_") else name) for name in frame.columns})

    def describe(self) -> dict[str, Any]:
        """Return what a page says about these rows; plain JSON values."""
        metrics = [metric for metric in (self.outcome, self.exposure, *self.adjust_for, *self.drivers) if metric and metric.definition]
        return {
            "study": self.study.name if self.study else "frame",
            "title": self.study.title if self.study else "A frame of your own",
            "period": self.period_label, "unit": self.unit, "rows": self.rows, "customers": self.customers, "eligible": self.eligible,
            "worth": self.worth, "worth_unit": self.outcome.unit, "fingerprint": self.fingerprint, "tables": dict(self.sources),
            "definitions": [[metric.label, metric.definition] for metric in metrics], "where": dict(self.where),
        }  # fmt: skip


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
    )  # fmt: skip


def project(table: ibis.Table, question: Question, parts: Parts) -> ibis.Table:
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
    for prefix, metrics in (("a_", parts.adjust_for), ("d_", parts.drivers)):
        columns |= {prefix + metric.name: metric.value(table) for metric in metrics}
    columns |= {f"g_{name}": table[name].cast("string") for name in GROUPS if name in table.columns}
    columns |= {name: table[name] for name in ("at", "weight", "linked") if name in table.columns}
    if question.by:
        columns["by"] = ibis.coalesce(_named(table, question.by).cast("string"), "(missing)")
    return table.select(**columns)


def complete(table: ibis.Table, parts: Parts) -> ibis.Value:
    """Return which rows have everything that the question needs; a duration that is "not yet" is not missing."""
    asked = [table.customer.notnull()]
    asked.append(table.y_elapsed.notnull() if parts.outcome.elapsed else table.y.notnull())
    if parts.exposure and parts.exposure.kind != "duration":
        asked.append(table.x.notnull())
    asked += [table["a_" + metric.name].notnull() for metric in parts.adjust_for]
    asked += [table[name].notnull() for name in ("cluster", "cluster2", "weight") if name in table.columns]
    everything = asked[0]
    for condition in asked[1:]:
        everything = everything & condition
    return everything


def from_frame(frame: pd.DataFrame, question: Question, *, customer: str, weight: str | None = None) -> Data:
    """Make Data from a pandas frame of the researcher's own: one row per unit.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per answer, contact or customer. It is copied, never changed.
    question : Question
        Its names are columns of the frame, or metrics built on the spot.
    customer : str
        Column that says which rows belong to one customer; ``"row"`` where nobody repeats.
    weight : str, optional
        Column with survey weights.

    Raises
    ------
    DataError
        Where the frame is empty or a column is not there.
    QuestionError
        Where the question names what the frame does not have.

    Examples
    --------
    >>> frame = pd.DataFrame({"who": ["a", "a", "b"], "wait": [1.0, 2.0, 3.0], "score": [9, 7, 3]})
    >>> from_frame(frame, Question(outcome=resolve("score", ["score"], outcome=True), exposure="wait"), customer="who").rows
    3
    """
    if frame.empty:
        raise DataError("the frame has no rows.")
    for name in (customer, weight):
        if name and name not in frame.columns and name != "row":
            raise DataError(f'the frame has no column "{name}"; {nearest(name, map(str, frame.columns))}')
    rows = frame.reset_index(drop=True)
    keys = rows[customer] if customer != "row" else pd.Series(range(len(rows)))
    added = {"unit_id": pd.Series(range(len(rows))).map("{:012d}".format), "customer_id": keys.map(_text)}
    added |= {"weight": rows[weight].astype(float)} if weight else {}
    table = ibis.duckdb.connect().create_table(
        "frame", pd.concat([rows.drop(columns=[*set(added) & set(rows.columns)]), pd.DataFrame(added)], axis=1)
    )
    return checked(table, question, parts_of(question, table), Data(table, question, Parts(None, None, (), ()), "row", 0, 0, 0))


def checked(table: ibis.Table, question: Question, parts: Parts, draft: Data) -> Data:
    """Return Data with the complete rows of a raw table, and checks that count what was left out.

    Raises
    ------
    DataError
        Where nothing is left, or all rows are one customer's.
    """
    raw = held = project(table, question, parts).cache()
    if "linked" in raw.columns and (parts.exposure or parts.adjust_for):
        eligible = raw.filter(raw.linked)
    else:
        eligible = raw
    whole = complete(eligible, parts)
    counts = {"eligible": eligible.count(), "used": whole.sum().cast("int64"), "customers": eligible.customer.nunique(where=whole)}
    counts |= {
        "nobody": eligible.customer.isnull().sum(),
        "no_outcome": (eligible.y.isnull() if not parts.outcome.elapsed else eligible.y_elapsed.isnull()).sum(),
    }
    counts |= {"not_yet": (whole & eligible.x.isnull()).sum()} if parts.exposure else {}
    if parts.outcome.kind == "nps":
        counts |= {"lowest": eligible.y_score.min(), "highest": eligible.y_score.max()}
    row = {name: 0 if value is None or value != value else value for name, value in eligible.aggregate(**counts).execute().iloc[0].items()}
    _refuse(row, draft, parts)
    used = eligible.filter(whole)
    used = used.drop("linked") if "linked" in used.columns else used
    return replace(
        draft, table=used, question=question, parts=parts, rows=int(row["used"]), customers=int(row["customers"]),
        eligible=int(row["eligible"]), checks=(*draft.checks, *_loss(row, draft, parts)),
    )  # fmt: skip


def _refuse(row: dict[str, Any], draft: Data, parts: Parts) -> None:
    where = f" ({draft.period_label})" if draft.study else ""
    if row["eligible"] == 0:
        raise DataError(
            f"there is not one {draft.unit} to look at{where}: nothing answers this question. Choose another period or condition."
        )
    if row["used"] == 0:
        raise DataError(
            f"{int(row['eligible']):,} {draft.unit}s were found{where}, and none has everything that the question needs ({parts.outcome.label} first)."
        )
    if row["customers"] < 2:
        raise DataError("all rows belong to one customer: nothing can be said about customers. Check the customer column.")
    if parts.outcome.kind == "nps" and (row["lowest"] < 0 or row["highest"] > 10):
        raise DataError(
            f'"{parts.outcome.needs[0]}" runs from {row["lowest"]:g} to {row["highest"]:g}: NPS needs a 0-10 item. Declare scale and blank codes.'
        )


def _loss(row: dict[str, Any], draft: Data, parts: Parts) -> list[Check]:
    lost = 1 - row["used"] / row["eligible"]
    status = "failed" if lost > 0.3 else "doubt" if lost > 0.1 else "passed"
    found = [
        Check(
            "complete",
            status,
            f"{int(row['used']):,} of {int(row['eligible']):,} {draft.unit}s have everything that the question needs ({lost:.1%} left out).",
        )
    ]
    if parts.exposure and parts.exposure.kind == "duration" and row["not_yet"]:
        found.append(
            Check(
                "not yet",
                "passed",
                f"{int(row['not_yet']):,} {draft.unit}s had no end of the wait yet; they are a level of their own, outside the curve.",
            )
        )
    return found


def _clusters(question: Question) -> tuple[str, ...]:
    if question.cluster is None:
        return ("customer_id",)
    return (question.cluster,) if isinstance(question.cluster, str) else question.cluster


def _named(table: ibis.Table, column: str) -> ibis.Value:
    if column not in table.columns:
        raise QuestionError(f'there is no column "{column}"; {nearest(column, table.columns)}')
    return table[column]


def _text(value: Any) -> str | None:
    if value is None or value != value:
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
