"""Small cells across reports: what could be learned by taking the counts of one report from those of another."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

USUAL_LIMIT = 5
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
        if (axis := _inside(wide, each)) is not None:
            parts[axis].append(each)
    apart = [_disjoint(axis, each) for axis, each in parts.items()]
    return [(wide, *each) for each in apart if 0 < wide.rows - sum(part.rows for part in each) < limit]


def _inside(wide: Counted, part: Counted) -> str | None:
    """Return along what a count is a part of a wider one: a column, "period", or None where it is no part."""
    if part.where == wide.where:
        return "period" if part.span != wide.span and part.span and _covers(wide.span, part.span) else None
    more = [column for column in part.where if column not in wide.where]
    same = all(part.where.get(column) == values for column, values in wide.where.items())
    return more[0] if part.span == wide.span and same and len(more) == 1 else None


def _covers(wide: Span, part: tuple[date, date]) -> bool:
    return wide is None or (wide[0] <= part[0] and part[1] <= wide[1])


def _disjoint(axis: str, parts: Sequence[Counted]) -> list[Counted]:
    """Keep parts that share no row, the largest first, so that their sum can be taken from the whole."""
    kept: list[Counted] = []
    for each in sorted(parts, key=lambda part: -part.rows):
        if not any(_overlap(axis, each, other) for other in kept):
            kept.append(each)
    return kept


def _overlap(axis: str, one: Counted, other: Counted) -> bool:
    if axis != "period":
        return bool(_values(one.where[axis]) & _values(other.where[axis]))
    return bool(one.span and other.span and one.span[0] <= other.span[1] and other.span[0] <= one.span[1])


def _values(chosen: Any) -> set[str]:
    return {str(each) for each in (chosen if isinstance(chosen, list | tuple) else [chosen])}
