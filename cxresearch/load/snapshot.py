"""Customers as one record shows them: no dates, so nothing says what came first."""

from collections.abc import Mapping
from dataclasses import replace

import ibis

from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.metrics import Metric, Rate
from cxresearch.ask.question import Question
from cxresearch.ask.study import Study
from cxresearch.load.units import Rows, Span

DATED = ("joined_at", "left_at")
NO_DATES = Check(
    "order in time",
    "doubt",
    "The customers come without dates, so nothing here shows that the service came before the outcome: that is as the source says.",
    "suggestive",
)


def is_snapshot(tables: Mapping[str, ibis.Table]) -> bool:
    """Return whether the customers carry no dates of joining and leaving."""
    return not set(DATED) <= set(tables["customers"].columns)


def snapshot(tables: Mapping[str, ibis.Table], span: Span) -> Rows:
    """Return every customer as recorded.

    Raises
    ------
    QuestionError
        Where a period is asked for.
    """
    if span is not None:
        raise QuestionError("a period was given, but the customers have no dates. Leave the period out.")
    people = tables["customers"]
    never = ibis.null("timestamp")
    return Rows(people.mutate(unit_id=people.customer_id.cast("string"), at=never, known_at=never), "customer")


def as_share(study: Study, question: Question) -> Question:
    """Return the question with a 0/1 outcome that study.toml lists under `shares` asked about as a share."""
    name = question.outcome
    if isinstance(name, Metric) or name not in study.shares:
        return question
    label = study.labels.get(name)
    share = Rate(name, better=study.shares[name])
    if not label:
        return replace(question, outcome=share)
    named = replace(share, label=label, phrase=label[:1].lower() + label[1:], definition=f"{label}: how many of every 100 on record.")
    return replace(question, outcome=named)
