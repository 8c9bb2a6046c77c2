"""Data: the linked, checked, lazy rows of one question."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.metrics import Metric
from cxresearch.ask.period import EVERYTHING
from cxresearch.ask.question import Absent, Question, name_of
from cxresearch.ask.study import Study
from cxresearch.load.weights import odds_of, weigh

if TYPE_CHECKING:
    from cxresearch.load.explore import Sheet

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
    invited : ibis.Table, optional
        For answers: everybody invited, answered or not, with every column at hand; read only by what asks who answers.
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
    period_label: str = EVERYTHING
    where: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, int] = field(default_factory=dict)
    source_fingerprint: str = ""
    landmark: str = ""
    invited: ibis.Table | None = None

    @property
    def outcome(self) -> Metric:
        """The outcome's metric."""
        return self.parts.outcome

    @property
    def exposure(self) -> Metric | None:
        """The exposure's metric, if one is asked about."""
        return self.parts.exposure

    @property
    def mediator(self) -> Metric | None:
        """The mediator's metric, if one is asked about."""
        return self.parts.mediator

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

    def weighted(self, relation: Any) -> "Data | Absent":
        """Return the same rows with the weights that `who_answers` found, for every method that takes weights.

        Parameters
        ----------
        relation : Relation or Absent
            From `cx.methods.who_answers`; an Absent is handed on. Its question may hold other things alike than this one.

        Returns
        -------
        Data or Absent
            With the column `weight`, and a check that says what the weights take for granted.

        Raises
        ------
        QuestionError
            Where the relation is another method's, the rows are weighted already, or they are not answers.
        """
        if isinstance(relation, Absent):
            return relation
        model = odds_of(relation, self.checks)
        if self.invited is None:
            raise QuestionError(f"weights say who answers a survey; these rows are {self.unit}s, and nobody among them is silent.")
        bound = {metric.name: metric for metric in self.adjust_for}
        covariates = [bound.get(name_of(quantity), quantity) for quantity in relation.question.adjust_for]
        table, check = weigh(self.table, self.invited, covariates, model)
        counted = table.aggregate(rows=table.count(), customers=table.customer.nunique()).execute().iloc[0]
        if counted["customers"] < 2:
            raise QuestionError("these rows have no invitation in the record that the weights were made from.")
        kept = tuple(each for each in self.checks if each.name != "complete" or self.study)
        named = hashlib.sha256(json.dumps([self.source_fingerprint, model], sort_keys=True, default=str).encode()).hexdigest()
        return replace(
            self, table=table, checks=(*kept, check), source_fingerprint=named, rows=int(counted["rows"]),
            customers=int(counted["customers"]),
        )  # fmt: skip

    def frame(self) -> pd.DataFrame:
        """Return the rows as a pandas frame, under the names of the question.

        Returns
        -------
        pandas.DataFrame
            Columns ``customer``, outcome, exposure, confounders, drivers and so on; one row per unit, ordered by unit.
        """
        names = {"y": self.outcome.name, "x": self.exposure.name if self.exposure else "x"}
        names |= {"m": self.mediator.name} if self.mediator else {}
        frame = self.table.order_by("unit_id").execute()
        return frame.rename(columns={name: names.get(name, name[2:] if name[:2] in ("a_", "d_", "g_") else name) for name in frame.columns})

    def explore(self, *, most: int = 2000, seed: int = 1, text: bool = False) -> "Sheet":
        """Show the rows in JupyterLab, to search, sort and filter; nothing leaves the page, and no page of a report shows them.

        Parameters
        ----------
        most : int
            Rows at most. Where there are more, whole customers are drawn, and a note says so.
        seed : int
            Seed of that draw.
        text : bool
            True: also what people wrote themselves, which is personal.

        Returns
        -------
        Sheet
            Columns under their labels and units; ``.frame`` is a pandas frame.

        Raises
        ------
        QuestionError
            Where `most` is below 1.

        Examples
        --------
        >>> from cxresearch.load.frame import from_frame
        >>> rows = pd.DataFrame({"who": ["a", "a", "b"], "wait": [1.0, 2.0, 3.0], "score": [9.0, 7.0, 3.0]})
        >>> data = from_frame(rows, Question(outcome="score", exposure="wait"), customer="who")
        >>> data.explore().frame.columns.tolist()
        ['Row', 'Customer', 'Mean score (points)', 'Wait']
        """
        from cxresearch.load.explore import sheet_of

        return sheet_of(self, most=most, seed=seed, text=text)

    def describe(self) -> dict[str, Any]:
        """Return what a page says about these rows; plain JSON values."""
        named = (self.outcome, self.exposure, self.mediator, *self.adjust_for, *self.drivers)
        metrics = [metric for metric in named if metric and metric.definition]
        return {
            "study": self.study.name if self.study else "frame",
            "title": self.study.title if self.study else "A frame of your own",
            "period": self.period_label, "unit": self.unit, "rows": self.rows, "customers": self.customers, "eligible": self.eligible,
            "worth": self.worth, "worth_unit": "of 100" if self.outcome.kind == "survival" else self.outcome.unit,
            "fingerprint": self.fingerprint, "source": self.source_fingerprint, "tables": dict(self.sources),
            "definitions": [[metric.label, metric.definition] for metric in metrics], "where": dict(self.where),
        }  # fmt: skip
