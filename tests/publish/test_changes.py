"""What changed between two editions: which answers belong together, and what the record alone tells."""

import pytest

from cxresearch.ask.question import Absent
from cxresearch.conclude import changed
from cxresearch.conclude.changed import Change, Changes, changes
from cxresearch.conclude.table import Table, as_html
from cxresearch.conclude.verdict import conclude
from cxresearch.conclude.words import changes as words
from cxresearch.publish.changes import compared, pairs
from cxresearch.publish.ledger import Entry
from cxresearch.publish.verify import differences
from tests.conclude import samples_moved

FINDING = {"topic": "NPS", "method": "drivers", "estimate": 20.0, "low": 15.0, "high": 25.0, "unit": "points", "headline": "An NPS of 20."}


def run(name="a", *, period="2025-Q1", finding=None, rows=100, **said):
    manifest = {
        "notebook": "03", "title": "?", "status": "done", "parameters": {"period": period}, "defaults": {"only": None},
        "notebook_fingerprint": "n", "package_fingerprint": "p", "findings": [FINDING | (finding or {})],
        "data": [{"period": period, "source": f"s{rows}", "tables": {"surveys": rows}}],
    } | said  # fmt: skip
    return Entry("", "run", name, "?", "f", "done", "", name, manifest)


def edition(*runs):
    return Entry("", "edition", "m", "Monthly", "f", "done", "", "m", {}, runs)


def verdicts(before, after):
    return [(row.verdict, row.sentence) for row in changes("then", "now", pairs(before, after)).rows]


def test_nothing_changed():
    assert verdicts(run(), run())[0][0] == "same"
    assert changes("then", "now", pairs(run(), run())).finding.headline == "Nothing changed: the one answer is the same."


MOVED = {"estimate": 22.0, "low": 17.0, "high": 27.0}


@pytest.mark.parametrize(
    ("after", "verdict", "told"),
    [
        (run(finding=MOVED, notebook_fingerprint="other"), "definition", "the notebook is another"),
        (run(finding=MOVED, package_fingerprint="other"), "definition", "the package is another"),
        (run(finding=MOVED, parameters={"period": "2025-Q1", "only": "plan=pro"}), "definition", "only is plan=pro, it was left open"),
        (run(finding=MOVED, rows=1300), "data", "1,200 rows more"),
        (run(finding=MOVED), "unknown", "cxresearch verify"),
        (run(finding=MOVED, period="2025-Q2"), "noise", "chance alone"),
        (run(finding={"estimate": 21.0, "low": 20.6, "high": 21.4, "worth": 2.0}, period="2025-Q2"), "small", "but too little to act on"),
        (run(finding={"estimate": 60.0, "low": 55.0, "high": 65.0}, period="2025-Q2"), "real", "more than chance"),
    ],
)  # fmt: skip
def test_the_record_tells_definition_data_and_period_apart(after, verdict, told):
    before = run(finding={"low": 19.6, "high": 20.4}) if verdict == "small" else run()
    found = verdicts(before, after)
    assert [each for each, _ in found] == [verdict] and told in found[0][1]


def test_a_change_that_the_mix_hides_is_not_told_of_the_difference_as_recorded(monkeypatch):
    hidden = conclude(samples_moved.EVERY["moved_hidden"]())
    monkeypatch.setattr(changed, "_moved", lambda pair, studies: hidden)
    monkeypatch.setattr(changed, "_asked_alike", lambda pair: True)
    (verdict, said), *_ = verdicts(run(), run(finding=MOVED, period="2025-Q2"))
    assert verdict == "real" and "The difference of +0.4 points" in said and said.endswith(hidden.headline)


def test_a_wait_is_not_held_against_what_is_worth_acting_on_in_points():
    said = {"method": "dose_response", "unit": "hours", "worth": 2.0}
    before, after = ({"estimate": wait, "low": wait - 0.1, "high": wait + 0.1} | said for wait in (1.0, 2.0))
    assert verdicts(run(finding=before), run(finding=after, period="2025-Q2"))[0][0] == "real"


def test_a_question_that_is_new_or_gone_is_said_to_be():
    found = verdicts(run(), run(finding={"topic": "CSAT"}))
    assert {each for each, _ in found} == {"new", "gone"}


def test_a_month_is_compared_with_the_same_month_and_a_new_one_with_the_last_before():
    before = edition(run("jan", period="2025-01"), run("feb", period="2025-02", finding={"estimate": 21.0}))
    after = edition(run("feb", period="2025-02", finding={"estimate": 21.0}), run("mar", period="2025-03"))
    found = {pair.slug: pair for pair in pairs(before, after)}
    assert not found["feb"].changed and found["mar"].before["estimate"] == 21.0 and len(found) == 2


def test_among_many_comparisons_a_lone_chance_is_not_called_a_change():
    lone = {"topic": "lone", "estimate": 27.5, "low": 22.5, "high": 32.5}
    many = [{**FINDING, "topic": f"t{i}", "headline": "x"} for i in range(20)]
    before = run(findings=[*many, FINDING | {"topic": "lone"}])
    assert verdicts(run(findings=[FINDING | {"topic": "lone"}]), run(finding=lone, period="2025-Q2"))[0][0] == "real"
    now = run(findings=[*({**each, "estimate": 20.5} for each in many), FINDING | lone], period="2025-Q2")
    assert {each for each, _ in verdicts(before, now)} == {"noise"}


def test_without_two_editions_there_is_nothing_to_compare(tmp_path):
    assert isinstance(compared(None, None, reports=tmp_path), Absent)


def test_numbers_are_compared_to_twelve_digits():
    then, now = run().said, run(finding={"estimate": 20.0 * (1 + 1e-14)}).said
    assert differences(then, now)[1] == []
    numbers, found = differences(then, run(finding={"estimate": 20.0000000001}).said)
    assert numbers > 6 and [each[0] for each in found] == ["estimate of NPS (drivers, 1)"]


def test_what_chance_moved_is_not_called_nothing():
    rows = [Change("n", "n", topic, "noise", "Moved.") for topic in ("NPS", "staying", "NPS")]
    assert Changes("then", "now", tuple(rows)).said == ((words.by_little(["NPS", "staying", "NPS"]), "noise"),)
    assert words.by_little(["NPS"]).startswith("One answer differs from the last time") and "of: NPS" in words.by_little(["NPS"])
    assert Changes("then", "now", (Change("n", "n", "NPS", "same", "NPS: the same."),)).said == ()


def test_a_sentence_in_a_table_wraps():
    made = as_html(
        Table("What changed", "", ("Answer", "In words"), (("NPS", "24.3 points (15.6 to 32.9), now 19.7 points (10.7 to 28.7)."),))
    )
    assert '<td class="text">24.3' in made and 'class="n"' not in made
    assert '<th scope="col" class="text">In words</th>' in made and '<th scope="col">Answer</th>' in made
