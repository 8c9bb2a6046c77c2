"""What every method shares: Data in, Relation out, an Absent handed on, settings recorded."""

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature
from typing import Any

from cxresearch.ask.errors import QuestionError, nearest
from cxresearch.ask.question import Absent, Question
from cxresearch.ask.study import Study
from cxresearch.load.data import Data
from cxresearch.load.nested import nested
from cxresearch.relate.leaks import leaks
from cxresearch.relate.relation import Relation


def method(function: Callable[..., Relation]) -> Callable[..., Any]:
    """Make a function of Data a method: hands an Absent on, refuses what is not Data, and flags what leaks the outcome."""

    @wraps(function)
    def called(data: Data | Absent, **settings: Any) -> Relation | Absent:
        if isinstance(data, Absent):
            return data
        if not isinstance(data, Data):
            raise QuestionError(f"{function.__name__} takes Data, from cx.link or cx.from_frame; it was given {type(data).__name__}.")
        _known(function, settings)
        with nested():
            found = function(data, **settings)
            return found if isinstance(found, Absent) else found.with_checks(*leaks(data))

    return called


def linking(function: Callable[..., Relation | Absent]) -> Callable[..., Any]:
    """Make a function of Study and Question, which links for itself, a method: hands an Absent on, and refuses what is neither."""

    @wraps(function)
    def called(study: Study | Absent, question: Question | Absent, **settings: Any) -> Relation | Absent:
        for given in (study, question):
            if isinstance(given, Absent):
                return given
        for given, kind in ((study, Study), (question, Question)):
            if not isinstance(given, kind):
                raise QuestionError(
                    f"{function.__name__} takes a Study, from cx.open_study, and a Question; it was given {type(given).__name__}."
                )
        _known(function, settings)
        with nested():
            return function(study, question, **settings)

    return called


def of_study(function: Callable[..., Relation | Absent]) -> Callable[..., Any]:
    """Make a function of a Study a method: hands an Absent on, and refuses what is no Study."""

    @wraps(function)
    def called(study: Study | Absent, **settings: Any) -> Relation | Absent:
        if isinstance(study, Absent):
            return study
        if not isinstance(study, Study):
            raise QuestionError(f"{function.__name__} takes a Study, from cx.open_study; it was given {type(study).__name__}.")
        _known(function, settings)
        with nested():
            return function(study, **settings)

    return called


def _known(function: Callable[..., Any], settings: Mapping[str, Any]) -> None:
    """Refuse a setting that the method does not have, and offer the nearest."""
    known = [each.name for each in signature(function).parameters.values() if each.kind is each.KEYWORD_ONLY]
    for name in settings:
        if name not in known:
            raise QuestionError(f'{function.__name__} has no setting "{name}"; {nearest(name, known)}')


def facts_of(data: Data) -> dict[str, Any]:
    """Return the labels that words and pictures need, from the metrics behind the rows."""
    outcome, exposure = data.outcome, data.exposure
    labels = data.study.labels if data.study else {}
    facts: dict[str, Any] = {
        "outcome": outcome.name, "outcome_label": labels.get(outcome.name, outcome.label),
        "outcome_phrase": outcome.as_outcome or outcome.phrase, "outcome_kind": outcome.kind, "unit": outcome.unit,
        "better": outcome.better, "worth": data.worth, "rows": data.rows, "eligible": data.eligible, "customers": data.customers,
        "row_unit": data.unit, "design": data.question.design, "by": data.question.by,
        "by_label": labels.get(data.question.by, (data.question.by or "").replace("_", " ")), "period": data.period_label,
        "currency": data.study.currency if data.study else "",
        "study": data.study.title if data.study else "", "disclosure_limit": data.study.disclosure_limit if data.study else 0,
    }  # fmt: skip
    if exposure:
        facts |= {"exposure": exposure.name, "exposure_label": labels.get(exposure.name, exposure.label),
                  "exposure_phrase": exposure.phrase, "exposure_unit": exposure.unit, "better_exposure": exposure.better}  # fmt: skip
    facts["adjusted_for"] = [labels.get(metric.name, metric.label) for metric in data.adjust_for]
    return facts


def customers_behind(data: Data, clusters: int) -> int:
    """Return the customers behind the rows that were used: the clusters, where errors are by customer; 0 where that is not known."""
    return clusters if data.question.cluster is None else 0


def cluster_columns(data: Data) -> tuple[str, ...]:
    """Return the columns to cluster by: one, or two for two-way errors."""
    return ("cluster", "cluster2") if "cluster2" in data.table.columns else ("cluster",)


def cluster_word(data: Data) -> str:
    """Return what the clusters are, in the plural."""
    cluster = data.question.cluster
    return "customers" if cluster is None else " and ".join(f"{name}s" for name in ([cluster] if isinstance(cluster, str) else cluster))
