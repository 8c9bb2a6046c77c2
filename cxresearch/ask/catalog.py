"""The named metrics of the field, and how a name in a question becomes a metric."""

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from cxresearch.ask.errors import QuestionError, nearest
from cxresearch.ask.handling import WINDOWS, business_waits, resolved_at_first
from cxresearch.ask.history import FIXED, history_metric
from cxresearch.ask.metrics import Between, Column, Mean, Metric, Nps, Quantity, Rate, TopBox, plain
from cxresearch.ask.values import ifelse, missing, number

if TYPE_CHECKING:
    import ibis

KEPT_DAYS = 90


def _count(name: str, phrase: str, as_outcome: str, definition: str) -> Metric:
    found = replace(Column(name), table="contacts", unit="each", better="lower", phrase=phrase, definition=definition)
    return replace(found, as_outcome=as_outcome)


def _lateness(t: "ibis.Table") -> "ibis.Value":
    until = ifelse(t.resolved_at.notnull() & (t.resolved_at <= t.known_at), t.resolved_at, t.known_at)
    return (until.epoch_seconds() - t.due_at.epoch_seconds()).cast("float64") / 86400


def _kept(t: "ibis.Table") -> "ibis.Value":
    left = (t.left == 1) & (t.stay_days <= KEPT_DAYS)
    return number(ifelse(t.seen_days < KEPT_DAYS, missing("int64"), ifelse(left, 0, 1)))


def _experience() -> tuple[Metric, ...]:
    nps = replace(
        Nps("score"), name="nps", table="surveys", only=("kind", "nps"),
        definition='Of 100 answers to "How likely are you to recommend us?", those of 9 or 10 less those of 0 to 6. From -100 to 100.',
    )  # fmt: skip
    csat = replace(
        TopBox("score", cut=4), name="csat", table="surveys", only=("kind", "csat"), label="Satisfied (CSAT)", phrase="satisfied customers"
    )
    ces = replace(
        Mean("score"), name="ces", table="surveys", only=("kind", "ces"), label="Customer effort score", phrase="the effort score"
    )
    score = replace(Mean("score"), table="surveys", label="Mean score", phrase="the score")
    responded = Rate("answered")
    response_rate = replace(responded, name="response_rate", table="invitations", label="Response rate", phrase="the response rate",
                            as_outcome="answered invitations", definition="Of 100 invitations, those that were answered.")  # fmt: skip
    return nps, csat, ces, score, response_rate


def _service() -> tuple[Metric, ...]:
    first = replace(
        Between(
            "first_response_hours", "opened_at", "first_response_at", label="Time to first response", phrase="the wait for a first response"
        ),
        definition="Time from opening a contact to the first response, in calendar hours, as known when the outcome was measured.",
    )
    resolution = replace(
        Between("resolution_hours", "opened_at", "resolved_at", label="Time to resolution", phrase="the time to resolution"),
        definition="Time from opening a contact to its resolution, in calendar hours; a contact not yet resolved counts as still waiting.",
    )
    late = Metric(
        "days_late", "number", "Days past the promise", "days past the promise", "days", "lower",
        ("resolved_at", "due_at"), "contacts", _lateness,
        definition="Days from the promised date to delivery, or to when the outcome was measured if that came first. Negative: early.",
    )  # fmt: skip
    sla = replace(Rate("sla_met"), table="contacts", label="Promise kept (SLA met)", phrase="contacts inside the SLA")
    return (
        first, resolution, late, sla,
        _count(
            "reopens", "each time a contact is reopened", "the number of reopenings",
            "Times a contact was opened again after it was resolved.",
        ),
        _count("transfers", "each hand-off", "the number of hand-offs", "Times a contact changed hands."),
        _count("replies", "each reply", "the number of replies", "Replies sent by the company on a contact."),
        *business_waits(), *map(resolved_at_first, WINDOWS),
    )  # fmt: skip


def _staying() -> tuple[Metric, ...]:
    kept = Metric(
        "kept_90d", "share", "Customers kept 90 days", "customers kept", "of 100", "higher",
        ("stay_days", "seen_days", "left"), "customers", _kept,
        definition="Of 100 customers with us on the landmark date, those still with us 90 days later.",
    )  # fmt: skip
    stay = Metric(
        "retention", "survival", "Time until leaving", "customers kept", "days", "higher", ("stay_days", "left"), "customers",
        lambda t: ifelse(t.left == 1, t.stay_days, missing("float64")), lambda t: t.stay_days,
        definition="Days from the landmark date until a customer leaves; customers still with us count as still staying.",
    )  # fmt: skip
    return kept, stay


def _said() -> Metric:
    return replace(
        Nps("said_score"), name="said_nps", table="answers", label="NPS answer", phrase="the NPS answer",
        definition="The answer to the survey about the last contact, given before the landmark date: 9 or 10 count 100, 0 to 6 count -100.",
    )  # fmt: skip


CATALOG: dict[str, Metric] = {metric.name: metric for metric in (*_experience(), *_service(), *_staying(), _said())}


def named(name: str) -> Metric | None:
    """Return the metric that has this name, in the catalog or among the quantities of the 90 days before; None where there is none."""
    return CATALOG.get(name) or history_metric(name, CATALOG)


def resolve(quantity: Quantity, columns: Collection[str], *, outcome: bool = False, text: Collection[str] = ()) -> Metric:
    """Return the metric that a question names.

    Parameters
    ----------
    quantity : str or Metric
        A metric stays itself; a name is looked up in the catalog, then among the columns.
    columns : collection of str
        Columns at hand.
    outcome : bool
        A bare column as outcome becomes a mean.
    text : collection of str
        Columns that hold text; they become categories.

    Raises
    ------
    QuestionError
        Where neither the catalog nor the columns know the name, or a text column is the outcome.

    Examples
    --------
    >>> resolve("nps", ["score"]).label
    'NPS'
    """
    if isinstance(quantity, Metric):
        return _present(quantity, columns)
    known = named(quantity)
    if known and (all(name in columns for name in known.needs) or quantity not in columns):
        return _present(known, columns)
    if quantity not in columns:
        raise QuestionError(f'"{quantity}" is neither a named metric nor a column; {nearest(quantity, {*CATALOG, *FIXED, *columns})}')
    if not outcome:
        return Column(quantity, category=quantity in text)
    if quantity in text:
        raise QuestionError(f'"{quantity}" holds text; an outcome must be a number. Use cx.Rate or cx.TopBox on a 0/1 or rating column.')
    return Nps(quantity) if quantity == "nps" else Mean(quantity)


def _present(metric: Metric, columns: Collection[str]) -> Metric:
    missing = [name for name in metric.needs if name not in columns]
    if missing:
        raise MissingColumn(metric, missing)
    return metric


class MissingColumn(QuestionError):
    """A metric needs columns that the tables do not have."""

    def __init__(self, metric: Metric, missing: list[str]) -> None:
        names = ", ".join(f'"{plain(name)}"' for name in missing)
        super().__init__(f"{metric.label} needs {names}, which this study does not have.")
