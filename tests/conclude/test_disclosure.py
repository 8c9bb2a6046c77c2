from hypothesis import given
from hypothesis import strategies as st

from cxresearch.conclude.disclosure import shown_rows, suppressed
from cxresearch.conclude.show import PAGE, mimebundle
from tests.conclude import samples


@given(st.lists(st.integers(0, 60), max_size=9), st.integers(1, 12))
def test_no_small_cell_is_shown_or_can_be_subtracted(counts, limit):
    hidden = suppressed(counts, limit, total_shown=True)
    assert all(cut for n, cut in zip(counts, hidden, strict=True) if n < limit)
    cut = [n for n, gone in zip(counts, hidden, strict=True) if gone]
    assert not cut or len(cut) == len(counts) or (len(cut) >= 2 and sum(cut) >= limit)


def test_the_next_smallest_goes_too():
    frame = samples.frame([("nps", "", 1, 0, 2, 100), ("nps", "a", 1, 0, 2, 3), ("nps", "b", 1, 0, 2, 30), ("nps", "c", 1, 0, 2, 67)])
    assert shown_rows(frame, 5) == [True, False, False, True]


def test_few_customers_behind_many_rows_are_a_small_cell():
    frame = samples.frame([("nps", "a", 1, 0, 2, 300, 2)], "customers")
    assert shown_rows(frame, 5) == [False]


def test_the_table_does_not_print_them():
    relation = samples.measure(["only", "other", "third"])
    relation.estimates.loc[1, ["n", "estimate"]] = [3, 77.7]
    page = mimebundle(relation)[PAGE]
    assert "77.7" not in page and "fewer than 5" in page
