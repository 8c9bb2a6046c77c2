"""What the counts of one report give away, less those of others: against every choice of parts tried out."""

from datetime import date, timedelta
from itertools import combinations

import numpy as np
import pytest

from cxresearch.conclude.subtraction import Counted, given_away

YEAR = (date(2025, 1, 1), date(2025, 12, 31))


def counted(report, rows, span=None, **where):
    return Counted("answers", report, span, where, rows)


def reports(found):
    return [tuple(each.report for each in group) for group in found]


@pytest.mark.parametrize(
    ("wide", "part", "told"),
    [
        ({"market": ["DE", "AT"]}, {"market": "DE"}, True),
        ({"market": ["DE", "AT"]}, {"market": ["DE", "AT"]}, False),
        ({"market": ["DE", "AT"]}, {"market": ["DE", "FR"]}, False),
        ({}, {"market": ["DE"]}, True),
        ({"market": ["DE", "AT"], "plan": "pro"}, {"plan": ["pro"], "market": "DE"}, True),
        ({"market": ["DE", "AT"], "plan": "pro"}, {"market": "DE"}, False),
        ({"market": ["DE", "AT"]}, {"market": "DE", "plan": "pro"}, False),
        ({"market": "DE"}, {}, False),
    ],
)
def test_fewer_values_of_one_column_are_a_part(wide, part, told):
    found = given_away([counted("wide", 1003, **wide), counted("part", 1000, **part)], 5)
    assert reports(found) == ([("wide", "part")] if told else [])


def test_parts_that_overlap_are_chosen_so_that_they_do_not():
    halves = [((1, 1), (6, 30), 60), ((1, 1), (5, 31), 50), ((6, 15), (12, 31), 47)]
    parts = [counted(str(n), rows, (date(2025, *first), date(2025, *last))) for n, (first, last, rows) in enumerate(halves)]
    assert reports(given_away([counted("year", 100, YEAR), *parts], 5)) == [("year", "1", "2")]
    assert given_away([counted("year", 100, YEAR), *parts[:2]], 5) == []
    assert given_away([counted("year", 97, YEAR), *parts[1:]], 5) == []


def test_every_choice_is_found_that_brute_force_finds():
    told = 0
    for seed in range(150):
        random = np.random.default_rng(seed)
        days = random.integers(0, 3, 30)
        spans = [sorted(random.integers(0, 30, 2)) for _ in range(7)]
        parts = [counted(str(n), int(days[a : b + 1].sum()), (day(a), day(b))) for n, (a, b) in enumerate(spans)]
        whole = counted("whole", int(days.sum()), (day(-1), day(40)))
        found = [group for group in given_away([whole, *parts], 5) if group[0] is whole]
        apart = (
            sum(spans[n][1] - spans[n][0] + 1 for n in some) == len({d for n in some for d in range(spans[n][0], spans[n][1] + 1)})
            and 0 < whole.rows - sum(parts[n].rows for n in some) < 5
            for size in range(1, 8)
            for some in combinations([n for n in range(7) if parts[n].rows], size)
        )
        assert bool(found) == any(apart)
        told += bool(found)
        assert all(0 < whole.rows - sum(part.rows for part in group[1:]) < 5 for group in found)
    assert 10 < told < 140


def test_many_parts_end_in_time():
    spans = [(day(a), day(b)) for a in range(40) for b in range(a, 40)]
    parts = [counted(f"{first}..{last}", 10 * ((last - first).days + 1), (first, last)) for first, last in spans]
    assert given_away([counted("whole", 1000, (day(-1), day(60))), *parts[:200]], 5) == []


def day(number):
    return date(2025, 3, 1) + timedelta(days=int(number))
