"""Data: the linked, checked, lazy rows of one question."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import ibis
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.metrics import Metric
from cxresearch.ask.question import Absent, Question
from cxresearch.ask.study import Study

__all__ = ["Absent", "Data", "Parts"]


@dataclass(frozen=True)
class Parts:
    """The metrics that play the parts of a question."""

    outcome: Metric
    exposure: Metric | None
    adjust_for: tuple[Metric, ...]
    drivers: tuple[Metric, ...]


    mediator: Metric | None = None
@dataclass(frozen=True, eq=False)
class Data:
    """Rows that answer one question, still in the engine.

    Parameters
    ----------
    table : ibis.Table
        One row per unit. Columns: `unit_id`, `customer`, `cluster` (and `cluster2`), `weight` where declared, `at`, `by`,
        `y` (outcome), `y_elapsed` (durations), `y_score` (0-10 answer behind NPS), `x` (exposure, missing = not yet), `m` (mediator),
        `a_<name>` (confounders), `d_<name>` (drivers), `g_<name>` (agent, team, store); for customers `value`, where declared.
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
    def mediator(self) -> Metric | None:
        """The mediator's metric, if one is asked about."""
        return self.parts.mediator

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
        named = (self.outcome, self.exposure, self.mediator, *self.adjust_for, *self.drivers)
        metrics = [metric for metric in named if metric and metric.definition]
        return {
            "study": self.study.name if self.study else "frame",
            "title": self.study.title if self.study else "A frame of your own",
            "period": self.period_label, "unit": self.unit, "rows": self.rows, "customers": self.customers, "eligible": self.eligible,
            "worth": self.worth, "worth_unit": self.outcome.unit, "fingerprint": self.fingerprint, "tables": dict(self.sources),
            "definitions": [[metric.label, metric.definition] for metric in metrics], "where": dict(self.where),
        }  # fmt: skip
        names |= {"m": self.mediator.name} if self.mediator else {}
