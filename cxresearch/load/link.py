"""The time-ordered join: what service came before, and what the customer said or did after."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ibis

from cxresearch.ask.among import Where, conditions
from cxresearch.ask.catalog import CATALOG, KEPT_DAYS, MissingColumn, named
from cxresearch.ask.check import Check
from cxresearch.ask.errors import LeakageError, QuestionError, nearest
from cxresearch.ask.history import summary_of
from cxresearch.ask.metrics import Column, Metric
from cxresearch.ask.period import day_of, label_of, parse_period
from cxresearch.ask.question import Absent, Question, name_of
from cxresearch.ask.study import Study
from cxresearch.load import units
from cxresearch.load.calendars import with_calendar
from cxresearch.load.chosen import NotInTheseRows, chosen, known_here
from cxresearch.load.contracts import Tables
from cxresearch.load.data import Data, Parts
from cxresearch.load.history import those_who_scored, with_history
from cxresearch.load.nested import nested
from cxresearch.load.opened import tables_of
from cxresearch.load.rated import one_kind, one_sheet, rated
from cxresearch.load.record import record_of
from cxresearch.load.repeats import with_repeats
from cxresearch.load.rows import checked, in_time, parts_of
from cxresearch.load.snapshot import DATED, NO_DATES, as_share, is_snapshot, snapshot
from cxresearch.load.undated import undated

UNDATED = ("reopens", "transfers", "replies", "sla_met", "value")
DEFAULT_WINDOW = f"{KEPT_DAYS}D"
UNITS = {"answer": "surveys", "invitation": "surveys", "contact": "contacts", "customer": "customers"}
STAGES = {"contacts": 1, "answers": 2, "surveys": 2, "customers": 3}


@nested()
def link(study: Study, question: Question | Absent, *, period: str | None = None, where: Where = None) -> Data | Absent:
    """Join service to experience, in order of time, without moving a row out of the engine.

    Parameters
    ----------
    study : Study
        From `open_study`.
    question : Question
        Its outcome decides the unit: an answer, an invitation, a contact, or a customer on a landmark date.
    period : str, optional
        "2025", "2025-Q2", "2025-06" or "2025-06-01..2025-06-30"; without it everything on record. For customers the
        landmark is the end of the period: exposure is read in the window before it, staying after it.
    where : mapping or str, optional
        Column to value, or to a list of values; or the same as text: "segment=business;market=DE,FR".

    Returns
    -------
    Data or Absent
        Absent where the study lacks a table or column that the question needs.

    Raises
    ------
    LeakageError
        Where question or mapping lets the future into the past.
    QuestionError
        Where a name or a value in `where` is unknown, or a mediator or outcome is used as what it is not.
    DataError
        Where no rows are left, or all are one customer's.

    Examples
    --------
    >>> import tempfile
    >>> import cxresearch as cx
    >>> from cxresearch.load.simulate import simulate
    >>> study = cx.open_study(simulate(tempfile.mkdtemp(), customers=300))
    >>> data = cx.link(study, cx.Question(outcome="nps", exposure="first_response_hours"), period="2025-Q2")
    >>> data.unit, data.period_label
    ('answer', '1 April to 30 June 2025')
    """
    if isinstance(question, Absent):
        return question
    question, where = as_share(study, question), conditions(where)
    _roles(study, question)
    tables = tables_of(study)
    unit = _unit(question, tables)
    if isinstance(unit, Absent):
        return unit
    _order_of_parts(unit, question)
    span = parse_period(period).bounds(study.timezone) if period else None
    try:
        rows = _rows(unit, tables, span, question, study)
    except units.NotYetSeen as early:
        return Absent(str(early))
    try:
        rows = with_history(rows, with_repeats(tables.clean, question), question, where)
        parts = rated(parts_of(with_calendar(question, study), rows.table), study)
    except MissingColumn as missing:
        return Absent(f'{missing} The study is "{study.title}".')
    _two_sides(parts, study)
    where = dict(question.where) | where
    try:
        table = one_kind(chosen(_only(rows.table, parts.outcome), where, tables.clean), parts, study, unit)
    except NotInTheseRows as elsewhere:
        return Absent(str(elsewhere))
    known_here(rows.table, where, tables.clean)
    placed = (*rows.checks, *undated(rows, tables.clean, study, parts.outcome, where))
    table = _with_late(table, rows.ordered, parts)
    table, heard = _who_answered(table, parts)
    table, scored = those_who_scored(table, parts, unit)
    draft = Data(
        table, question, parts, unit, 0, 0, 0,
        (*placed, *_notes(table, unit, parts, (question, study)), *heard, *scored, *one_sheet(parts, study, unit)),
        study, label_of(period), where, tables.rows, tables.fingerprint,
        day_of(rows.landmark, study.timezone) if rows.landmark else "",
    )  # fmt: skip
    if unit == "answer":
        draft = replace(draft, invited=_invited(tables, span, question, (study, parts.outcome, where)))
    return checked(table, question, parts, draft)


def _unit(question: Question, tables: Tables) -> str | Absent:
    outcome = question.outcome if isinstance(question.outcome, Metric) else named(question.outcome)
    if outcome and outcome.table == "answers":
        raise QuestionError(f'"{outcome.name}" is what a customer had said by the landmark date: as an outcome ask about "nps".')
    if outcome and outcome.table != "any":
        unit = {"surveys": "answer", "invitations": "invitation", "contacts": "contact", "customers": "customer"}[outcome.table]
    else:
        needs = outcome.needs if outcome else (question.outcome,)
        found = [unit for unit, table in UNITS.items() if table in tables.clean and set(needs) <= set(tables.clean[table].columns)]
        if not found:
            known = {name for table in tables.clean.values() for name in table.columns}
            raise QuestionError(f'no table has "{", ".join(needs)}"; {nearest(needs[0], {*known, *CATALOG})}')
        unit = found[0]
    if UNITS[unit] not in tables.clean:
        return Absent(f"This question needs the table of {UNITS[unit]}, which this study does not have.")
    if unit == "invitation" and units.answers_only(tables.clean["surveys"]):
        return Absent("Only answers are on record, and nobody who was asked and stayed silent: what share answered is not known.")
    return unit


def _rows(unit: str, tables: Tables, span: units.Span, question: Question, study: Study) -> units.Rows:
    clean = with_repeats(tables.clean, question, last=unit == "customer" or (unit == "answer" and question.window is not None))
    if unit == "answer":
        return units.answers(clean, span, question.window, study.customer)
    if unit == "invitation":
        return units.invitations(clean, span, study.customer)
    if unit == "customer" and is_snapshot(clean):
        return snapshot(clean, span)
    record = record_of(clean, study)
    if unit == "contact":
        return units.contacts(clean, span, record)
    least = 0 if name_of(question.outcome) == "retention" else KEPT_DAYS
    landmark = units.landmark_of(span, record, KEPT_DAYS, least)
    said = any(metric.table == "answers" for metric in _explaining(question))
    return units.customers(clean, landmark, question.window or DEFAULT_WINDOW, record, said)


def _explaining(question: Question) -> list[Metric]:
    """Return the metrics that explain, as far as they are known before any table is read."""
    members = (member for _, block in question.drivers for member in block)
    quantities = filter(None, (question.exposure, question.mediator, *question.adjust_for, *members))
    found = (quantity if isinstance(quantity, Metric) else named(quantity) for quantity in quantities)
    return [metric for metric in found if metric]


def _who_answered(table: ibis.Table, parts: Parts) -> tuple[ibis.Table, list[Check]]:
    """Keep those who answered, where the answer is part of the question, and count the silent."""
    explaining = filter(None, (parts.exposure, parts.mediator, *parts.adjust_for, *parts.drivers))
    if not any(metric.table == "answers" for metric in explaining):
        return table, []
    counts = in_time(table).aggregate(met=table.linked.sum(), said=table.said_score.notnull().sum()).execute().iloc[0]
    said = f"{int(counts['said'] or 0):,} of {int(counts['met'] or 0):,} customers with a contact had answered the survey about it by then."
    return table.filter(table.said_score.notnull()), [Check("who answered", "doubt", f"Only those who answered are seen: {said}")]


def _invited(tables: Tables, span: units.Span, question: Question, asked: tuple[Study, Metric, Mapping[str, Any]]) -> ibis.Table | None:
    """Everybody whom the answers come from, still in the engine: read only by what asks who answers."""
    study, outcome, where = asked
    clean = with_repeats(tables.clean, question)
    found = units.invited(clean, span, question.window, study.customer)
    if found is None:
        return None
    return chosen(_only(with_history(units.Rows(found, "answer"), clean, question, where).table, outcome), where, tables.clean)


def _only(table: ibis.Table, outcome: Metric) -> ibis.Table:
    if outcome.only and outcome.only[0] in table.columns:
        return table.filter(table[outcome.only[0]] == outcome.only[1])
    return table


def _with_late(table: ibis.Table, opened: str | None, parts: Parts) -> ibis.Table:
    """Mark the rows whose service began after the outcome; what cannot be told stays empty."""
    if opened not in table.columns or "at" not in table.columns or not (parts.exposure or parts.adjust_for or parts.drivers):
        return table
    return table.mutate(_late=table[opened] >= table["at"])


def _notes(table: ibis.Table, unit: str, parts: Parts, asked: tuple[Question, Study]) -> list[Check]:
    """Say what the record cannot show, and count what an exposure that is read "as known by then" had to cut short."""
    if unit == "customer" and not set(DATED) <= set(table.columns):
        return [NO_DATES] if parts.exposure or parts.drivers or parts.adjust_for else []
    return [*_not_dated(table, unit, parts, asked), *_cut_short(table, unit, parts.exposure)]


def _not_dated(table: ibis.Table, unit: str, parts: Parts, asked: tuple[Question, Study]) -> list[Check]:
    """Doubt all that explains, is held equal or divides the rows, and rests on columns of which only today's state is known."""
    question, study = asked
    by = (named(question.by) or Column(question.by)) if question.by else None
    metrics = filter(None, (parts.exposure, *parts.adjust_for, *parts.drivers, by))
    columns = dict.fromkeys(column for metric in metrics for column in _undated(metric, table, unit, study))
    labels = [f"“{study.labels.get(column, (named(column) or Column(column)).label)}”" for column in columns]
    if not labels:
        return []
    names = " and ".join(filter(None, (", ".join(labels[:-1]), labels[-1])))
    how, part = ("are read as they stand", "them") if labels[1:] else ("is read as it stands", "it")
    said = f"{names} {how} in the record today; part of {part} may have happened after the outcome was measured."
    return [Check("not dated", "doubt", said, "suggestive")]


def _undated(metric: Metric, table: ibis.Table, unit: str, study: Study) -> list[str]:
    """Return the columns without a date behind a metric; what is measured on a contact itself is measured with its outcome."""
    read = _read(metric, study)
    summed = {need for name in read if (found := summary_of(name, CATALOG)) for need in found[1].needs}
    again = {"reopens"} & set(table.columns) if "recovery" in read else set()
    behind = summed if unit == "contact" else summed | read | again
    return [column for column in UNDATED if column in behind]


def _cut_short(table: ibis.Table, unit: str, exposure: Metric | None) -> list[Check]:
    if exposure is None or exposure.name != "days_late" or unit != "answer":
        return []
    early = table.filter(table["at"].notnull() & table.due_at.notnull() & table.linked).aggregate(
        early=(table.resolved_at > table["at"]).sum(), never=table.resolved_at.isnull().sum()
    )
    row = early.execute().iloc[0]
    return [
        Check(
            "written before the end",
            "doubt" if row["early"] else "passed",
            f"{int(row['early'] or 0):,} answers were written before delivery; lateness counts up to the moment of writing.",
        )
    ]


def _roles(study: Study, question: Question) -> None:
    for quantity in question.adjust_for:
        role = study.roles.get(name_of(quantity))
        if role in ("mediator", "outcome"):
            raise QuestionError(
                f'"{name_of(quantity)}" is declared a{"n" if role == "outcome" else ""} {role} in study.toml. '
                "Holding it fixed would take away part of what is asked about; leave it out of adjust_for, or ask about mediation."
            )
    role = study.roles.get(name_of(question.mediator)) if question.mediator else None
    if role not in (None, "mediator"):
        raise QuestionError(
            f'"{name_of(question.mediator or "")}" is declared {role} in study.toml and cannot be the mediator. '
            'Only what is declared "mediator", or nothing, may lie on the way from exposure to outcome.'
        )
    if question.exposure and study.roles.get(name_of(question.exposure)) == "outcome":
        raise LeakageError(
            f'"{name_of(question.exposure)}" is declared an outcome in study.toml: '
            "it is measured after the service and cannot be the exposure."
        )


def _order_of_parts(unit: str, question: Question) -> None:
    after = {
        "contact": ("surveys", "customers", "invitations", "answers"),
        "answer": ("customers", "answers"),
        "customer": ("surveys",),
        "invitation": ("customers", "answers"),
    }
    for metric in _explaining(question):
        if metric.table in after[unit]:
            raise LeakageError(f'"{metric.name}" is measured after "{name_of(question.outcome)}": the future cannot explain the past.')
    first, middle = (named(part) if isinstance(part, str) else part for part in (question.exposure, question.mediator))
    if first and middle and STAGES.get(middle.table, 9) < STAGES.get(first.table, 0):
        raise LeakageError(f'"{middle.name}" is measured before "{first.name}": it cannot lie on the way from it to the outcome.')


def _read(metric: Metric, study: Study) -> set[str]:
    return {item for need in metric.needs for item in (need, *study.means.get(need, ()))}


def _two_sides(parts: Parts, study: Study) -> None:
    for metric in filter(None, (parts.exposure, parts.mediator, *parts.adjust_for, *parts.drivers)):
        if _read(metric, study) & _read(parts.outcome, study):
            raise LeakageError(
                f'"{metric.name}" and "{parts.outcome.name}" are read from the same column: the same rating stands on both sides.'
            )
    if parts.exposure and parts.mediator and set(parts.exposure.needs) == set(parts.mediator.needs):
        raise LeakageError(f'"{parts.mediator.name}" and "{parts.exposure.name}" are read from the same column: nothing lies between them.')
