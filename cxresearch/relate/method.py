"""What every method shares: Data in, Relation out, an Absent handed on, settings recorded."""

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature
from typing import Any

from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError, nearest
from cxresearch.ask.question import Absent, Question
from cxresearch.ask.study import Study
from cxresearch.load.data import Data
from cxresearch.load.nested import nested
from cxresearch.relate.leaks import leaks
from cxresearch.relate.moments import Total
from cxresearch.relate.relation import Relation

FEW, WARN = 10, 40
SKEWED = 25
MOST_VALUES = 2


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


def customers_behind(data: Data, clusters: int) -> int:
    """Return the customers behind the rows that were used: the clusters, where errors are by customer; 0 where that is not known."""
    return clusters if data.question.cluster is None else 0


def few_clusters(clusters: int, what: str = "customers") -> Check:
    """Return the check on how many clusters carry the errors."""
    if clusters < FEW:
        return Check("clusters", "failed", f"Only {clusters} {what}: fewer than {FEW} carry no error that can be trusted.", "inconclusive")
    if clusters < WARN:
        return Check("clusters", "doubt", f"{clusters} {what}: with fewer than {WARN} the intervals may be too narrow.")
    return Check("clusters", "passed", f"{clusters:,} {what}: enough for intervals that can be trusted.")


def rare(data: Data, moments: Total) -> Check | None:
    """Return a failed check where so few rows of a share have the rarer value that an interval by t leans to one side.

    Notes
    -----
    Cochran's rule for a skewed mean: n > 25 G1^2, where G1 is the skewness. A share p has G1^2 = (1 - 2p)^2 / (p (1 - p)).

    References
    ----------
    Cochran (1977), Sampling Techniques, 3rd edition, section 2.15.
    """
    if data.outcome.kind != "share":
        return None
    share = float(moments.mean[moments.names.index("y")])
    if moments.rows * share * (1 - share) >= SKEWED * (1 - 2 * share) ** 2:
        return None
    fewer, of = round(moments.rows * min(share, 1 - share)), f'"{data.outcome.label}"'
    said = f"Only {fewer:,} of {moments.rows:,} rows have the rarer value of {of}: too few for an interval that can be trusted."
    return Check("rare outcome", "failed", said, "inconclusive")


def cluster_columns(data: Data) -> tuple[str, ...]:
    """Return the columns to cluster by: one, or two for two-way errors."""
    return ("cluster", "cluster2") if "cluster2" in data.table.columns else ("cluster",)


def cluster_word(data: Data) -> str:
    """Return what the clusters are, in the plural."""
    cluster = data.question.cluster
    return "customers" if cluster is None else " and ".join(f"{name}s" for name in ([cluster] if isinstance(cluster, str) else cluster))


def assigned(data: Data) -> Check | None:
    """Return a failed check where the exposure is constant within agent, team or store, and the errors are not clustered there."""
    named = data.question.cluster or ()
    groups = [
        name for name in data.table.columns if name.startswith("g_") and name[2:] not in ([named] if isinstance(named, str) else named)
    ]
    if not groups:
        return None
    counted = {f"n_{name}": data.table[name].nunique() for name in groups}
    pairs = {f"p_{name}": data.table[name].concat("\x1f", data.table.x.cast("string")).nunique() for name in groups}
    row = data.table.aggregate(**counted, **pairs, values=data.table.x.nunique()).execute().iloc[0]
    for name in groups:
        if 1 < row[f"n_{name}"] < data.rows and row[f"p_{name}"] <= row[f"n_{name}"] and row["values"] > 1:
            what, by = name[2:], cluster_word(data)
            detail = f'The exposure never differs within one {what}, but errors are clustered by {by}. Ask with cluster="{what}".'
            return Check("assignment", "failed", detail, "inconclusive")
    return None


def sides(data: Data) -> list[Check]:
    """Return the check on the smaller side of an exposure that has few values: so many clusters carry the comparison.

    Of a share, each side must expect ten clusters with the rarer value: a side in which it did not happen would else look certain.
    """
    y = data.table.y.cast("float64")
    counts = data.table.group_by("x").aggregate(n=data.table.cluster.nunique(), rows=y.count(), y=y.mean()).order_by("n")
    counts = counts.limit(MOST_VALUES + 1).execute()
    counts = counts[counts["x"].notna()]
    if not 1 < len(counts) <= MOST_VALUES:
        return []
    least = int(counts["n"].min())
    only = f"Only {least} {cluster_word(data)} have one of the values that are compared."
    if least < FEW:
        return [Check("smaller side", "failed", only, "inconclusive")]
    share = float((counts["y"] * counts["rows"]).sum() / counts["rows"].sum())
    if data.outcome.kind == "share" and least * min(share, 1 - share) < FEW:
        said = f"Of {least:,} {cluster_word(data)} on the smaller side, {least * min(share, 1 - share):.1f} would have the rarer value of"
        return [Check("smaller side", "failed", f'{said} "{data.outcome.label}" by chance: fewer than {FEW} tell nothing.', "inconclusive")]
    if least >= WARN:
        return []
    return [Check("smaller side", "doubt", only)]
