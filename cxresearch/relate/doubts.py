"""What forbids to trust an interval: few clusters, few of a rare outcome, a small side, errors that are not clustered where they belong."""

from cxresearch.ask.check import Check
from cxresearch.load.data import Data
from cxresearch.relate.method import cluster_word
from cxresearch.relate.moments import Total
from cxresearch.relate.sides import FEW, WARN, sides

SKEWED = 25


def compared(data: Data, clusters: int, moments: Total) -> list[Check]:
    """Return every doubt about a comparison by least squares."""
    found = (few_clusters(clusters, cluster_word(data)), assigned(data), rare(data, moments), *sides(data))
    return [check for check in found if check]


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


def assigned(data: Data) -> Check | None:
    """Return a failed check where the exposure is constant within agent, team or store, and the errors are not clustered there."""
    named = data.question.cluster or ()
    groups = [
        name for name in data.table.columns if name.startswith("g_") and name[2:] not in ([named] if isinstance(named, str) else named)
    ]
    if not groups:
        return None
    for name in groups:
        rows = data.table.filter(data.table[name].notnull())
        by = rows.group_by(name).aggregate(low=rows.x.min(), high=rows.x.max())
        apart = {"within": (by.low != by.high).sum(), "between": by.low.min() != by.high.max()}
        row = by.aggregate(groups=by.count(), **apart).execute().iloc[0]
        if 1 < row["groups"] < data.rows and row["between"] and not row["within"]:
            what, clusters = name[2:], cluster_word(data)
            detail = f'The exposure never differs within one {what}, but errors are clustered by {clusters}. Ask with cluster="{what}".'
            return Check("assignment", "failed", detail, "inconclusive")
    return None
