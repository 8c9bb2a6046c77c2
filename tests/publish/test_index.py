"""The page of an edition, from runs that need no kernel: what stands first, what is found again, what nobody can slip in."""

from dataclasses import replace

import pytest
from runs import DATA, FOUND, monthly, run_of

from cxresearch.ask.check import Check
from cxresearch.publish import cards, first, made
from cxresearch.publish.export import finder, fingerprint
from cxresearch.publish.gate import faults
from cxresearch.publish.index import index_page


def test_the_first_screen_says_whether_how_sure_and_what_it_would_bring_before_all_else():
    enough = replace(FOUND, method="dose_response", short=("How fast is fast enough?", "About 2 h", "Up to there."))
    brings = replace(FOUND, method="what_if", short=("What would go with 2 h at most?", "+3 points", "If it held."))
    staying = replace(FOUND, method="effect", short=("Do customers stay?", "Yes", "They do."))
    said = first.short_answers([run_of("speed", enough, staying, FOUND), run_of("what", brings)])
    assert [question for question, _, _ in said] == [
        "Does speed matter here?", first.SURE, first.BRINGS, "How fast is fast enough?"
    ]  # fmt: skip
    assert said[1] == (first.SURE, "Clear", "The interval is 2.4 to 3.6.")
    without = first.short_answers([run_of("speed", enough, staying, FOUND)])
    assert [question for question, _, _ in without][-1] == "Do customers stay?"


def test_one_finding_of_each_notebook_matters_most_by_strength_then_size_and_a_wait_has_no_size():
    wait = replace(FOUND, estimate=90.0, unit="hours", facts={"scale": {"low": 1, "high": 99}})
    wait = replace(wait, headline="Soon enough.", topic="enough")
    larger = replace(FOUND, headline="Larger.", topic="larger", estimate=9.0)
    runs = [run_of("a", wait), run_of("b", FOUND, larger), run_of("c", replace(FOUND, headline="Open.", strength="inconclusive"))]
    runs += [run_of("y", larger), run_of("z", replace(FOUND, strength="described"))]
    runs += [run_of(name, replace(FOUND, headline=f"{name}.", topic=name, strength="negligible")) for name in "def"]
    shown = first.matter_most(runs)
    assert [each.run.notebook for each in shown] == ["b", "a", "d", "e", "f"] and shown[0].answer.finding.estimate == 9.0
    assert first.most_title(shown) == "Five findings that matter most"


def test_of_many_reports_the_broadest_speaks_not_the_strongest():
    runs = monthly()
    shown = first.matter_most(runs)
    assert len(shown) == 1 and shown[0].run.params["only"] is None
    question, answer, sentence = first.short_answers(runs)[0]
    assert question == "Speed?" and answer.startswith("Clear in") and answer.endswith("of 18 reports")
    assert sentence.startswith("In the middle of 18 reports the estimate is ") and "With the most rows (" in sentence and "all" in sentence


def one_of(at, value, word, unit="points"):
    lead = replace(FOUND, estimate=value, strength=word, unit=unit, n=100 + at)
    return replace(run_of("speed", lead), slug=f"speed-{at}", params={"only": f"m={at}"})


def test_many_reports_are_told_by_their_middle_and_their_reach_not_by_one_of_them():
    runs = [one_of(0, 10.7, "clear"), one_of(1, -0.3, "inconclusive"), one_of(2, 5.1, "suggestive"), one_of(3, 14.0, "clear")]
    ((_, answer, sentence),) = first.short_answers([*runs, one_of(4, 4.4, "inconclusive")])
    assert answer == "Clear in 2, suggestive in 1, inconclusive in 2 of 5 reports"
    assert sentence.startswith(
        "In the middle of 5 reports the estimate is +5.1 points; they reach from \u22120.3 to +14.0. With the most rows (4):"
    )
    assert "middle" not in first.short_answers([*runs, one_of(4, 4.4, "clear", unit="of 100")])[0][2]


def test_many_reports_of_one_notebook_become_a_table_of_periods_and_segments():
    singles, groups = cards.shelves([*monthly(), run_of("audit", replace(FOUND, strength="described"))])
    assert [card.title for card in singles] == ["Audit?"] and groups[0].columns == ("Home", "Business", "all")
    assert groups[0].rows[0][0] == "2025-01" and len(groups[0].rows) == 6
    cell = groups[0].rows[0][1][0]
    assert (cell.word, cell.number, cell.interval, cell.size) == ("Suggestive", "+3.0", "2.4 to 3.6", "100 answers from 400 customers")
    assert cards.filters(monthly())[0] == ("strength", "Strength", ["Clear", "Suggestive", "Negligible", "Inconclusive"])
    assert [name for name, _, _ in cards.filters(monthly())] == ["strength", "only", "period"]


def test_a_card_says_the_number_with_the_sign_of_its_sentence():
    lost = replace(FOUND, headline="Five failed calls more go with 6.1 more customers lost in every 100.", estimate=6.1, low=5.1, high=7.1,
                   unit="of 100", facts={"better": "lower"})  # fmt: skip
    shown = cards.card(run_of("speed", lost), "Speed?")
    assert (shown.number, shown.interval) == ("+6.1", "5.1 to 7.1")


def test_the_page_is_whole_without_its_script_and_the_script_is_the_one_that_the_policy_names():
    html = index_page(
        "monthly", "Service <&> experience", monthly(), looks="Of 18 looks, 0.9 by chance.", changed=[("Less.\nBy 2.", "real")]
    )
    assert html.count("<script>") == 1 and f"<script>{finder()}</script>" in html
    assert f"style-src 'unsafe-inline'; script-src '{fingerprint(finder())}'\"" in html
    assert '<fieldset class="find" id="find" hidden>' in html and "Service &lt;&amp;&gt; experience" in html
    assert "Of 18 looks, 0.9 by chance." in html and '<span class="is real">Real</span></dt><dd><p>Less.<span class="quiet">By 2.' in html
    assert html.count('data-strength="') == 18 and 'href="speed-2025-01-segment-Home/index.html"' in html
    assert html == index_page(
        "monthly", "Service <&> experience", monthly(), looks="Of 18 looks, 0.9 by chance.", changed=[("Less.\nBy 2.", "real")]
    )
    assert faults(html, script=finder()) == () and faults(html) == ("an active element <script>",)


def test_one_report_needs_no_filter():
    html = index_page("one", "One", [run_of("speed", FOUND)])
    assert "<script" not in html and "script-src" not in html and "This is the first run of this edition." in html
    assert "Nothing is different from the last run." in index_page("one", "One", [run_of("speed", FOUND)], changed=[])


@pytest.mark.parametrize(
    "html",
    [
        "<script>other()</script>",
        "<script>ours()</script><script>ours()</script>",
        "<script src=x>ours()</script>",
        "<script type=module>ours()</script>",
        "<script>ours() </script>",
        "<script>ours()",
        "<SCRIPT/>",
        "<svg><script>other()</script></svg>",
    ],
)
def test_the_gate_takes_no_other_script(html):
    assert faults(html, script="ours()")


def test_the_gate_takes_ours_once():
    assert faults("<p>a</p><script>ours()</script>", script="ours()") == ()


def test_what_was_left_out_and_what_is_in_doubt_name_their_reports():
    waiting, low = Check("not yet", "passed", "For 10 answers the wait had not ended."), Check("sample", "doubt", "Few.")
    runs = [run_of("a", FOUND, checks=[waiting, low]), run_of("b", FOUND, checks=[waiting, Check("sign", "passed", "Fine.")])]
    assert made.left_out(runs) == [("Still waiting", [replace(waiting, detail=f"{waiting.detail}\nA?; B?")])]
    assert made.doubts(runs) == (replace(low, detail="Few.\nA?"),)
    many = [run_of("a", FOUND, checks=[replace(low, detail=f"{number} rows.")], period=f"20{number}") for number in range(10, 40)]
    assert [check.detail for check in made.doubts(many)] == ["10 rows.\nA? (2010); the like in 29 other reports"]
    assert made.provenance("x", many, [DATA])[1] == ("Data", "Demo & sons, fingerprint ab")


def test_failed_and_not_applicable_stand_in_their_place_with_the_reason():
    runs = [run_of("a", FOUND), run_of("b", status="failed", reason="Broke."), run_of("c", status="not applicable", reason="No table.")]
    html = index_page("x", "X", runs)
    assert html.index("A?</a>") < html.index("Broke. No number from it") < html.index("No table.")
    assert cards.counted(runs) == "3 reports: 1 answered, 1 not applicable, 1 failed."


def test_many_periods_are_told_by_their_first_and_last():
    months = [{"title": "A company", "period": f"month {at}"} for at in range(1, 13)]
    backwards = [{"period": f"1 {month} to 30 {month} {year}"} for year in (2025, 2024) for month in ("April", "June", "September")]
    assert "first 1 April to 30 April 2024, the last 1 September to 30 September 2025" in dict(made.facts(backwards))["Period"]
    assert made.facts([*months, *months]) == [("Data", "A company"), ("Period", "12 periods, the first month 1, the last month 12")]
    assert made.facts(months[:2]) == [("Data", "A company"), ("Period", "month 1; month 2")] and made.facts([]) == []
