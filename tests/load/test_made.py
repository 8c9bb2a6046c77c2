"""Columns made while reading: means of items, ids of rows that have none; and what study.toml may not say about them."""

import pytest

from cxresearch.ask.errors import StudyError
from cxresearch.ask.study import open_study
from cxresearch.load.contracts import check, read

STUDY = """
customer = "row"
{more}
[scales.ecsi]
low = 1
high = 10
[scales.item]
low = 1
high = 10
columns = ["a1", "a2"]
[tables.surveys]
file = "answers.csv"
constants = {{ kind = "ecsi" }}
columns = {{ score = "S", a1 = "A1", a2 = "A2", who = "W" }}
"""
ROWS = "S,A1,A2,W\n5,2,4,x\n5,2,4,x\n9,10,,y\n9,10,9,y\n5,2,4,x\n"


def tables(folder, more="", rows=ROWS):
    (folder / "answers.csv").write_text(rows)
    (folder / "study.toml").write_text(STUDY.format(more=more))
    return read(open_study(folder))


def test_a_mean_needs_all_of_its_items(tmp_path):
    frame = tables(tmp_path, '[means]\nease = ["a1", "a2"]').clean["surveys"].execute()
    assert sorted(frame["ease"].dropna()) == [3.0, 3.0, 3.0, 9.5] and frame["ease"].isna().sum() == 1
    check(tmp_path)


def test_rows_without_ids_are_kept_apart_counted_and_the_same_in_every_order(tmp_path):
    made = tables(tmp_path)
    ids = set(made.clean["surveys"].execute()["response_id"])
    assert len(ids) == 5
    assert made.audit.query("thing == 'duplicate'")[["n", "of"]].to_numpy().tolist() == [[2, 5]]
    head, *rows = ROWS.splitlines()
    (tmp_path / "other").mkdir()
    again = tables(tmp_path / "other", rows="\n".join([head, *reversed(rows)]) + "\n")
    assert set(again.clean["surveys"].execute()["response_id"]) == ids


@pytest.mark.parametrize(
    "declared, said",
    [
        ('ease = ["a1"]', r"means.ease names 1 item; a mean takes two or more"),
        ('ease = ["a1", "a1"]', r'means.ease names "a1" twice'),
        ('ease = ["a1", "a3"]', r'means.ease names "a3", which does not stand beside "a1"; known: a1, a2'),
        ('ease = ["b1", "b2"]', r'means.ease names "b1", which no table has'),
        ('ease = ["a1", "who"]', r'means.ease names "who", which is text; a mean needs numbers'),
        ('score = ["a1", "a2"]', r"means.score is the name of a canonical column"),
        ('a1 = ["a2", "who"]', r"means.a1 "),
        ('ease = ["a1", "a2"]\nboth = ["ease", "a1"]', r'means.both is made of "ease", which is a mean itself'),
        ('ease = 3', r"means.ease is 3; it must be a text or a list of texts"),
    ],
)  # fmt: skip
def test_means_that_cannot_be(tmp_path, declared, said):
    with pytest.raises(StudyError, match=said):
        tables(tmp_path, f"[means]\n{declared}")


def test_shares_name_their_better_side(tmp_path):
    with pytest.raises(StudyError, match=r'shares.a1 is "less"; known: higher, lower, neither|shares.a1 is "less"; did you mean'):
        tables(tmp_path, '[shares]\na1 = "less"')
