"""Does the answer hang on the definition: the same comparison under every other way of counting that the study allows.

References
----------
Steegen, Tuerlinckx, Gelman & Vanpaemel (2016), Increasing transparency through a multiverse analysis, Perspectives on Psychological
Science 11.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import ibis
import pandas as pd

from cxresearch.ask.among import Where, conditions
from cxresearch.ask.catalog import CATALOG
from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError, ResearchError
from cxresearch.ask.handling import BUSINESS, RESOLVED, WINDOWS
from cxresearch.ask.metrics import Metric, TopBox
from cxresearch.ask.question import Absent, Question, name_of, window_days
from cxresearch.ask.study import Study
from cxresearch.load.data import Data
from cxresearch.load.link import DEFAULT_WINDOW, link
from cxresearch.load.opened import tables_of
from cxresearch.relate.adjusted import adjusted, counted
from cxresearch.relate.method import facts_of, linking
from cxresearch.relate.relation import Relation

LINKED = (14, 30, 60)
SUFFIX = {7: "", 3: "_3d", 14: "_14d"}


@dataclass(frozen=True)
class Variant:
    """One other way of counting: which definition, how, the question that asks so, and which score of a customer is kept."""

    term: str
    level: str
    question: Question
    keep: str = ""


@linking
def definitions(
    study: Study, question: Question, *, period: str | None = None, where: Where = None, contrast: float | str = "auto"
) -> Relation | Absent:
    """Estimate the same adjusted difference under other definitions of what is measured and how it is linked.

    Use it before a definition is disputed: what counts as resolved, satisfied or "before" is somebody's choice.

    Parameters
    ----------
    study : Study
        It is linked anew for each definition.
    question : Question
        With an exposure that is a number or a wait.
    period, where
        As in `link`.
    contrast : float or str
        As in `effect`.

    Returns
    -------
    Relation or Absent
        `estimates`: the difference as asked (level ``""``), then one row per other definition: `term` says which definition was varied,
        `level` how; `agrees`: ``same``, ``open`` (no difference can be told any more) or ``opposite``. Varied are, where they play a part:
        days within which nobody may come back (3, 7, 14), top box (highest answer, or two highest), first or last score of a customer,
        link (the contact that the survey is about, or the last one in 14, 30 or 60 days), calendar or business hours.

    Raises
    ------
    QuestionError
        Where the question has no exposure, or one with levels.
    MethodError
        Where no definition plays a part.

    Notes
    -----
    All rows come from the same record: where intervals overlap nothing is proven, and where they do not it is the definition that differs.

    Examples
    --------
    >>> import tempfile
    >>> import cxresearch as cx
    >>> from cxresearch.load.simulate import simulate
    >>> study = cx.open_study(simulate(tempfile.mkdtemp(), customers=400, months=12))
    >>> list(cx.methods.definitions(study, cx.pose(study, "speed")).estimates["term"].unique())
    ['as asked', 'link', 'score']
    """
    data = link(study, question, period=period, where=where)
    if isinstance(data, Absent):
        return data
    base = adjusted(data, contrast)
    rows, failed = [base.row("as asked")], []
    for variant in variants(study, data):
        try:
            found = link(study, variant.question, period=period, where=where)
            if isinstance(found, Absent):
                raise MethodError(found.reason)
            rows.append(adjusted(_kept(found, variant.keep), base.contrast).row(variant.term, variant.level))
        except ResearchError as error:
            failed.append(f"{variant.term}, {variant.level}: {str(error).rstrip('.')}")
    if len(rows) + len(failed) == 1:
        raise MethodError("no definition that could be another plays a part in this question: there is nothing to vary.")
    estimates = pd.DataFrame([{**row, "agrees": _agrees(rows[0], row)} for row in rows])
    missed = [Check("not compared", "doubt", f"Could not be compared. {'; '.join(failed)}.")] if failed else []
    settings = {"period": period, "where": conditions(where), "contrast": contrast}
    checks = (*base.checks(), *missed, _verdict(estimates))
    return Relation("definitions", question, estimates, None, checks, settings, facts_of(data) | base.facts())


def variants(study: Study, data: Data) -> Iterator[Variant]:
    """Yield the other definitions that play a part in the question behind these rows."""
    question, parts = data.question, (data.outcome, data.exposure, *data.adjust_for)
    contacts = tables_of(study).clean.get("contacts")
    reads_contacts = contacts is not None and any(set(part.needs) & set(contacts.columns) for part in parts[1:] if part)
    if reads_contacts and data.unit in ("answer", "customer"):
        now = window_days(question.window or DEFAULT_WINDOW) if question.window or data.unit == "customer" else None
        if now and data.unit == "answer":
            yield Variant("link", "the contact that the survey is about", replace(question, window=None))
        for days in LINKED:
            if days != now:
                yield Variant("link", f"last contact in {days} days", replace(question, window=f"{days}D"))
    if data.unit == "answer" and data.rows > data.customers and "at" in data.table.columns:
        yield Variant("score", "first of each customer", question, "first")
        yield Variant("score", "last of each customer", question, "last")
    yield from _boxes(study, question, data.outcome)
    yield from _returns(question)
    yield from _hours(study, question)


def _boxes(study: Study, question: Question, outcome: Metric) -> Iterator[Variant]:
    column = outcome.needs[0]
    scale = study.scales.get(outcome.only[1] if outcome.only else column)
    if outcome.kind != "share" or scale is None or scale.high - scale.low < 2:
        return
    for cut, level in ((scale.high, "highest answer"), (scale.high - 1, "two highest answers")):
        other = replace(outcome, value=TopBox(column, cut=cut).value)
        yield Variant("top box", level, replace(question, outcome=other))


def _returns(question: Question) -> Iterator[Variant]:
    for days in sorted(WINDOWS):
        other = _named(question, lambda name, to=SUFFIX[days]: re.sub(rf"{RESOLVED}(_3d|_14d)?", f"{RESOLVED}{to}", name))
        if other is not None:
            yield Variant("days without a return", f"{days} days", other)


def _hours(study: Study, question: Question) -> Iterator[Variant]:
    swap = {**BUSINESS, **{calendar: business for business, calendar in BUSINESS.items()}}
    other = _named(question, lambda name: swap.get(name, name)) if study.calendars else None
    if other is not None:
        counts = {name_of(part) for part in (question.outcome, question.exposure, *question.adjust_for) if part}
        yield Variant("hours", "calendar" if counts & set(BUSINESS) else "business", other)


def _named(question: Question, swap: Any) -> Question | None:
    """Return the question with catalog names swapped; None where nothing is another."""

    def other(part: Any) -> Any:
        return swap(part) if isinstance(part, str) and (part in CATALOG or RESOLVED in part) else part

    swapped = {name: other(part) for name in ("outcome", "exposure") if (part := getattr(question, name)) is not None}
    found = replace(question, **swapped, adjust_for=tuple(map(other, question.adjust_for)))
    return None if found == question else found


def _kept(data: Data, keep: str) -> Data:
    if not keep:
        return data
    table = data.table
    order = [table["at"].desc(), table.unit_id.desc()] if keep == "last" else [table["at"], table.unit_id]
    ranked = table.mutate(_rank=ibis.row_number().over(ibis.window(group_by=table.customer, order_by=order)))
    return counted(replace(data, table=ranked.filter(ranked._rank == 0).drop("_rank")))


def _agrees(base: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    told = row["low"] > 0 or row["high"] < 0
    if row["estimate"] * base["estimate"] < 0 and (told or base["low"] > 0 or base["high"] < 0):
        return "opposite"
    return "same" if told or base["low"] <= 0 <= base["high"] else "open"


def _verdict(estimates: pd.DataFrame) -> Check:
    others = estimates.iloc[1:]
    named = {how: [f"{row.term}, {row.level}" for row in others[others["agrees"] == how].itertuples()] for how in ("opposite", "open")}
    if named["opposite"]:
        told = others[(others["agrees"] == "opposite") & ((others["low"] > 0) | (others["high"] < 0))]
        cap = "suggestive" if told.empty else "inconclusive"
        return Check("definitions", "doubt", f"It points to the other side under: {'; '.join(named['opposite'])}.", cap)
    if named["open"]:
        return Check("definitions", "doubt", f"No difference can be told any more under: {'; '.join(named['open'])}.", "suggestive")
    return Check("definitions", "passed", f"The answer does not hang on the definition: {len(others)} others tell the same.")
