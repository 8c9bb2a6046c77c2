"""Small cells across reports: what could be learned by taking the counts of one report from those of another."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

USUAL_LIMIT = 5
TRIES = 5000
Span = tuple[date, date] | None


@dataclass(frozen=True)
class Counted:
    """How many rows one report counts.

    Parameters
    ----------
    key : hashable
        What is counted: study, unit and place in the notebook. Only counts of the same key can be subtracted.
    report : str
        Name of the report's folder.
    span : pair of date or None
        First and last day; None for everything on record.
    where : mapping
        Column -> values chosen.
    rows : int
        Rows counted.
    """

    key: Hashable
    report: str
    span: Span
    where: Mapping[str, Any] = field(hash=False)
    rows: int


def given_away(counts: Sequence[Counted], limit: int) -> list[tuple[Counted, ...]]:
    """Return the counts that, taken from a wider one, leave fewer rows than may be shown; the wider one stands first.

    Parameters
    ----------
    counts : sequence of Counted
        All counts of an edition.
    limit : int
        Fewer rows than this are not shown.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, section 5.
    """
    by_key: dict[Hashable, list[Counted]] = defaultdict(list)
    for each in counts:
        by_key[each.key].append(each)
    return [found for same in by_key.values() for wide in same for found in _left(wide, same, limit)]


def _left(wide: Counted, same: Sequence[Counted], limit: int) -> list[tuple[Counted, ...]]:
    parts: dict[str, list[Counted]] = defaultdict(list)
    for each in same:
        if each.rows > 0 and (axis := _inside(wide, each)) is not None:
            parts[axis].append(each)
    apart = [_apart(axis, each, wide.rows, limit) for axis, each in parts.items()]
    return [(wide, *each) for each in apart if each]


def _inside(wide: Counted, part: Counted) -> str | None:
    """Return along what a count is a part of a wider one: a column, "period", or None where it is no part."""
    columns = {*wide.where, *part.where}
    unlike = [name for name in columns if _chosen(wide, name) != _chosen(part, name)]
    if not unlike:
        return "period" if part.span != wide.span and part.span and _covers(wide.span, part.span) else None
    if part.span != wide.span or len(unlike) > 1:
        return None
    whole, some = _chosen(wide, unlike[0]), _chosen(part, unlike[0])
    return unlike[0] if some is not None and (whole is None or some < whole) else None


def _covers(wide: Span, part: tuple[date, date]) -> bool:
    return wide is None or (wide[0] <= part[0] and part[1] <= wide[1])


def _apart(axis: str, parts: Sequence[Counted], rows: int, limit: int) -> tuple[Counted, ...]:
    """Return parts that share no row and leave fewer of so many rows than may be shown, but some; none where no such are found.

    The largest are taken first. Every choice is tried, up to `TRIES` of them: what overlaps in many ways has more than can be.
    """
    ahead: list[tuple[tuple[Counted, ...], list[Counted], int]] = [((), sorted(parts, key=lambda part: -part.rows), rows)]
    for _ in range(TRIES):
        if not ahead:
            break
        taken, free, left = ahead.pop()
        if taken and 0 < left < limit:
            return taken
        if left > 0 and free and left - sum(part.rows for part in free) < limit:
            first, *rest = free
            beside = [part for part in rest if not _overlap(axis, first, part)]
            ahead += [(taken, rest, left), ((*taken, first), beside, left - first.rows)]
    return ()


def _overlap(axis: str, one: Counted, other: Counted) -> bool:
    if axis != "period":
        return bool((_chosen(one, axis) or set()) & (_chosen(other, axis) or set()))
    return bool(one.span and other.span and one.span[0] <= other.span[1] and other.span[0] <= one.span[1])


def _chosen(count: Counted, column: str) -> set[str] | None:
    """Return the values chosen of a column; None where all are in."""
    chosen = count.where.get(column)
    if chosen is None:
        return None
    return {str(each) for each in (chosen if isinstance(chosen, list | tuple | set) else [chosen])}
