"""Reports that give away, taken together, what neither shows."""

from cxresearch.publish.apart import watched
from cxresearch.publish.outputs import Evidence
from cxresearch.publish.run import Run


def run(slug, rows, where=None, **params):
    data = {"study": "demo", "unit": "answer", "rows": rows, "where": where or {}}
    return Run("03_speed", "Speed?", slug, "done", params=params, evidence=Evidence((), (), (data,), ()))


def doubted(*runs):
    return {each.slug: each.checks[0].detail for each in watched(runs) if each.checks}


def test_a_whole_less_its_parts_that_leaves_few_rows_is_a_doubt():
    found = doubted(run("all", 103), run("a", 60, {"market": "A"}), run("b", 40, {"market": "B"}))
    assert list(found) == ["all"] and "Less the rows of 2 narrower reports of this edition, 3 rows remain here" in found["all"]


def test_nothing_left_or_enough_left_or_overlapping_is_none():
    assert not doubted(run("all", 100), run("a", 60, {"market": "A"}), run("b", 40, {"market": "B"}))
    assert not doubted(run("all", 105), run("a", 60, {"market": "A"}), run("b", 40, {"market": "B"}))
    assert not doubted(run("a", 60, {"market": "A"}), run("b", 58, {"market": "B"}))
    assert not doubted(run("all", 200), run("ab", 120, {"market": ["A", "B"]}), run("a", 78, {"market": "A"}))


def test_some_values_less_one_of_them_are_looked_at_too():
    found = doubted(run("all", 200), run("ab", 100, {"market": ["A", "B"]}), run("a", 98, {"market": "A"}))
    assert list(found) == ["ab"] and "Less the rows of a narrower report of this edition, 2 rows remain here" in found["ab"]


def test_a_year_less_its_months_is_looked_at_too():
    assert doubted(run("year", 24, period="2025"), run("first", 13, period="2025-H1"), run("second", 9, period="2025-H2"))
    assert doubted(run("ever", 24), run("year", 22, period="2025"))
    assert not doubted(run("first", 13, period="2025-H1"), run("second", 9, period="2025-H2"))
