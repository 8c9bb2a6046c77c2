"""What every method shares: Data in, Relation out, an Absent handed on, settings recorded."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.question import Absent
from cxresearch.load.data import Data
from cxresearch.relate.relation import Relation

FEW, WARN = 10, 40
UNIT_OF_SHARE = 100.0


def method(function: Callable[..., Relation]) -> Callable[..., Any]:
    """Make a function of Data a method: hands an Absent on, and refuses what is not Data."""

    @wraps(function)
    def called(data: Data | Absent, **settings: Any) -> Relation | Absent:
        if isinstance(data, Absent):
            return data
        if not isinstance(data, Data):
            raise QuestionError(f"{function.__name__} takes Data, from cx.link or cx.from_frame; it was given {type(data).__name__}.")
        return function(data, **settings)

    return called


def facts_of(data: Data) -> dict[str, Any]:
    """Return the labels that words and pictures need, from the metrics behind the rows."""
    outcome, exposure = data.outcome, data.exposure
    labels = data.study.labels if data.study else {}
    facts: dict[str, Any] = {
        "outcome": outcome.name, "outcome_label": labels.get(outcome.name, outcome.label), "outcome_phrase": outcome.phrase,
        "outcome_kind": outcome.kind, "unit": outcome.unit, "better": outcome.better, "worth": data.worth, "rows": data.rows,
        "eligible": data.eligible, "customers": data.customers, "row_unit": data.unit,
        "design": data.question.design, "by": data.question.by,
        "by_label": labels.get(data.question.by, (data.question.by or "").replace("_", " ")), "period": data.period_label,
        "study": data.study.title if data.study else "", "disclosure_limit": data.study.disclosure_limit if data.study else 0,
    }  # fmt: skip
    if exposure:
        facts |= {"exposure": exposure.name, "exposure_label": labels.get(exposure.name, exposure.label),
                  "exposure_phrase": exposure.phrase, "exposure_unit": exposure.unit, "better_exposure": exposure.better}  # fmt: skip
    facts["adjusted_for"] = [labels.get(metric.name, metric.label) for metric in data.adjust_for]
    return facts


def few_clusters(clusters: int, what: str = "customers") -> Check:
    """Return the check on how many clusters carry the errors."""
    if clusters < FEW:
        return Check("clusters", "failed", f"Only {clusters} {what}: fewer than {FEW} carry no error that can be trusted.", "inconclusive")
    if clusters < WARN:
        return Check("clusters", "doubt", f"{clusters} {what}: with fewer than {WARN} the intervals may be too narrow.")
    return Check("clusters", "passed", f"{clusters:,} {what}: enough for intervals that can be trusted.")


def cluster_columns(data: Data) -> tuple[str, ...]:
    """Return the columns to cluster by: one, or two for two-way errors."""
    return ("cluster", "cluster2") if "cluster2" in data.table.columns else ("cluster",)


def cluster_word(data: Data) -> str:
    """Return what the clusters are, in the plural."""
    cluster = data.question.cluster
    return "customers" if cluster is None else " and ".join(f"{name}s" for name in ([cluster] if isinstance(cluster, str) else cluster))
