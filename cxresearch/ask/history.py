"""What a customer met in the 90 days before: touches, contacts, earlier scores and orders, as quantities that a question may name."""

from collections.abc import Mapping
from dataclasses import replace

from cxresearch.ask.metrics import Column, Metric, Rate

DAYS = 90
SUMMARIES = {"mean": "mean", "worst": "worst", "last": "last", "peak_end": "worst and last", "sum": "sum"}
WHOLE, FAILED = "nothing failed", "something failed"
NEVER, RECOVERED, LEFT_OPEN = "never failed", "failed and recovered", "failed, not recovered"
SCORE = "score"


def _counted(name: str, label: str, phrase: str, better: str, definition: str) -> Metric:
    return replace(
        Column(name), label=label, phrase=phrase, unit="each", better=better, definition=f"{definition} in the {DAYS} days before.",
        as_outcome=f"the number of {label[:1].lower()}{label[1:]}",
    )  # fmt: skip


def _money(name: str, label: str, phrase: str, definition: str) -> Metric:
    return replace(Column(name), label=label, phrase=phrase, unit="", better="higher", definition=definition)


FIXED: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        _counted("touches_90d", "Touches in 90 days", "each touch", "neither", "Touches of the customer's path"),
        _counted("touches_failed", "Failed touches in 90 days", "each failed touch", "lower", "Touches that did not go as they should"),
        _counted("contacts_90d", "Contacts in 90 days", "each contact", "neither", "Contacts opened"),
        _counted("channels_90d", "Channels in 90 days", "each further channel", "neither", "Different channels of the contacts opened"),
        replace(
            Rate("journey_ok"), label="Journey without a failed touch", phrase="a journey without a failed touch",
            as_outcome="customers without a failed touch",
            definition=f"Whether no touch failed in the {DAYS} days before; customers without any touch are left out.",
        ),
        replace(
            Column("journey", category=True), label="Journey", phrase="the journey",
            definition=f"“{WHOLE}” or “{FAILED}”, of the touches in the {DAYS} days before; customers without any touch are left out.",
        ),
        replace(
            Column("recovery", category=True), label="Failure and recovery", phrase="failure and recovery",
            definition=f"Failed: the contact was reopened, or a touch failed in the {DAYS} days before it was rated. "
            "Recovered: the contact was resolved by then.",
        ),
        _money("revenue_before", "Earlier value", "earlier value", f"Orders of the customer in the {DAYS} days before the landmark date."),
        replace(
            _money("revenue_after", "Later value", "later value", f"Orders of the customer in the {DAYS} days from the landmark date on."),
            kind="mean", table="customers",
        ),
        replace(
            Column("score_after"), label="Later score", phrase="the later score", unit="points", better="higher", table="customers",
            definition=f"Mean 0-10 score that the customer gave in the {DAYS} days from the landmark date on.",
        ),
    )
}  # fmt: skip


def summary_of(name: str, catalog: Mapping[str, Metric]) -> tuple[str, Metric] | None:
    """Return how contacts (or earlier scores) are summed up, and which quantity of theirs; None where the name says neither.

    Examples
    --------
    >>> summary_of("peak_end_score_90d", {})[0], summary_of("score", {})
    ('peak_end', None)
    """
    for summary in SUMMARIES:
        if name.startswith(f"{summary}_") and name.endswith(f"_{DAYS}d"):
            quantity = name[len(summary) + 1 : -len(f"_{DAYS}d")]
            if quantity == SCORE:
                return summary, replace(Column(SCORE), label="Earlier score", phrase="the earlier score", unit="points", better="higher")
            found = catalog.get(quantity)
            return (summary, found) if found is not None and found.table == "contacts" else None
    return None


def summaries(quantity: str) -> tuple[str, ...]:
    """Return the names of every way of summing up one quantity of a customer's contacts, or their earlier ``"score"``.

    Examples
    --------
    >>> summaries("transfers")[:2]
    ('mean_transfers_90d', 'worst_transfers_90d')
    """
    return tuple(f"{summary}_{quantity}_{DAYS}d" for summary in SUMMARIES)


def history_metric(name: str, catalog: Mapping[str, Metric]) -> Metric | None:
    """Return the metric of a quantity of the 90 days before; None where the name is another's.

    Parameters
    ----------
    name : str
        One of `FIXED`, or ``<summary>_<quantity>_90d`` as in ``worst_first_response_hours_90d``.
    catalog : mapping
        The named metrics of contacts.
    """
    found = summary_of(name, catalog)
    if found is None:
        return FIXED.get(name)
    summary, base = found
    word, what = SUMMARIES[summary], "scores" if base.name == SCORE else "contacts"
    waits = "; a wait that had not ended counts as long as it was then" if base.elapsed else ""
    said = f"{base.label}, {word} of the customer's {what} in the {DAYS} days before{waits}."
    phrase = f"{base.phrase}, {word} of the {what} before"
    return replace(Column(name), label=f"{base.label}: {word}", phrase=phrase, unit=base.unit, better=base.better, definition=said)
