"""Small cells: what is not shown, and what else must not be shown because it would give a small cell away."""

from collections.abc import Sequence

import pandas as pd

from cxresearch.conclude.subtraction import USUAL_LIMIT
from cxresearch.relate.relation import Relation


def limit_of(relation: Relation) -> int:
    """Return the study's disclosure limit, as the relation carries it (fact ``disclosure_limit``)."""
    limit = relation.facts.get("disclosure_limit")
    return USUAL_LIMIT if limit is None else int(limit)


def suppressed(counts: Sequence[float], limit: int, *, total_shown: bool) -> list[bool]:
    """Return which cells of one group must not be shown.

    Parameters
    ----------
    counts : sequence of float
        Rows (or customers) behind each cell.
    limit : int
        Cells with fewer are suppressed.
    total_shown : bool
        Whether the total of these cells is printed: then the suppressed ones must together reach the limit and be at least
        two, or subtraction would reveal them; the next smallest cells are suppressed with them.

    Examples
    --------
    >>> suppressed([3, 40, 12], 5, total_shown=True)
    [True, False, True]
    >>> suppressed([3, 40, 12], 5, total_shown=False)
    [True, False, False]

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, section 5 (secondary suppression).
    """
    hidden = [not n >= limit for n in counts]
    if not (total_shown and any(hidden)):
        return hidden
    order = sorted(range(len(counts)), key=lambda place: (counts[place], place))
    for place in order:
        known = [counts[i] for i in range(len(counts)) if hidden[i] and counts[i] == counts[i]]
        if sum(hidden) >= 2 and sum(known) >= limit:
            break
        hidden[place] = True
    return hidden


def shown_rows(estimates: pd.DataFrame, limit: int) -> list[bool]:
    """Return which rows may be shown: levels of the same term are one group, level "" is its total.

    Where a column ``customers`` exists the smaller of rows and customers counts.
    """
    smallest = estimates["n"].astype(float)
    if "customers" in estimates:
        smallest = smallest.where(~(estimates["customers"].astype(float) < smallest), estimates["customers"].astype(float))
    hidden: dict[int, bool] = {}
    for _, group in estimates.groupby("term", sort=False):
        totals, cells = (group.index[mask] for mask in (group["level"] == "", group["level"] != ""))
        hidden |= {at: not smallest[at] >= limit for at in totals}
        cut = suppressed([smallest[at] for at in cells], limit, total_shown=len(totals) > 0)
        hidden |= dict(zip(cells, cut, strict=True))
    return [not hidden[at] for at in estimates.index]
