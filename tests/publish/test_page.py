"""From an executed notebook to a page: order, trust, escaping, structure."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cxresearch.ask.check import Check
from cxresearch.conclude.finding import MIME, Finding
from cxresearch.publish.export import ReportExporter, export
from cxresearch.publish.outputs import ABSENT, CHECKS, DATA, NO_ALT, PAGE, masked
from cxresearch.publish.page import build, text_to_html

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"
STRIP = '<svg viewBox="0 0 9 9" role="img" aria-label="a"></svg>'


def finding(headline="NPS is higher.", strength="clear", **more):
    made = Finding(
        "speed",
        headline,
        "2.4 to 3.5.",
        strength,
        2.9,
        2.4,
        3.5,
        "points",
        2.0,
        9,
        9,
        "effect",
        (Check("order", "passed", "In order."),),
        {},
    )
    return {MIME: {**made.to_json(), "strip": STRIP, "anchor": "speed", **more}}


def shown(data, metadata=None):
    return new_output("display_data", data=data, metadata=metadata or {})


def page_of(*cells):
    made = [new_markdown_cell("# Does it?\n\nAsked by us.")]
    made += [new_markdown_cell(cell) if isinstance(cell, str) else new_code_cell("secret_code()", outputs=list(cell)) for cell in cells]
    node = new_notebook(cells=made)
    return export(node, build(node))


def body(html):
    return html[html.index("<body") :]


def test_the_page_begins_with_the_answer_and_ends_with_what_it_cannot_tell():
    html = page_of(
        "## What this cannot tell you\n\nMuch.", "## Pictures\n\nHere.", [shown(finding()), shown(finding("Second.", "suggestive"))]
    )
    order = [
        "<h1>Does it?</h1>",
        "The answer",
        "NPS is higher.",
        "Asked by us.",
        "Also found",
        "<h3>Second.</h3>",
        "How sure we are",
        "Pictures",
        "What this cannot tell you",
        "Definitions",
        "Provenance",
    ]
    places = [body(html).index(text) for text in order]
    assert places == sorted(places)


def test_no_code_reaches_the_page():
    assert "secret_code" not in page_of([shown({"text/plain": "1"})])


@pytest.mark.parametrize(
    "output",
    [
        shown({"text/plain": HOSTILE}),
        shown({"text/html": HOSTILE}),
        shown({"text/html": HOSTILE, "text/plain": HOSTILE}),
        shown({"text/markdown": HOSTILE}),
        shown({"image/svg+xml": HOSTILE, "text/plain": "a"}),
        shown({"application/javascript": "alert(1)"}),
        shown({"text/latex": HOSTILE}),
        new_output("stream", name="stdout", text=HOSTILE),
        new_output("stream", name="stderr", text=HOSTILE),
        shown({ABSENT: {"reason": HOSTILE}}),
        shown(finding(HOSTILE)),
        shown(finding(strip=HOSTILE)),
        shown(finding(anchor='a"><script>')),
        shown({CHECKS: [{"name": "a", "status": "doubt", "detail": HOSTILE}]}),
        shown({DATA: {"title": HOSTILE, "definitions": [[HOSTILE, HOSTILE]], "tables": {HOSTILE: 1}}}),
        shown({"image/png": 'AA"><script>'}, {"image/png": {"alt": HOSTILE}}),
    ],
)
def test_text_from_data_is_only_text(output):
    html = body(page_of([output]))
    assert "<script" not in html and "<img src=x" not in html


@pytest.mark.parametrize(
    "text",
    [HOSTILE, "[a](javascript:alert(1))", "![a](https://e.org/a.png)", "<b onclick=x>a</b>", "[a](data:text/html,x)", "[a](//e.org)"],
)
def test_markdown_of_a_person_carries_no_script_and_loads_nothing(text):
    html = body(page_of("## Part\n\n" + text))
    for live in ("<script", "<img", "<b ", 'href="javascript', 'href="data', 'href="//'):
        assert live not in html


def test_a_link_to_a_source_stays_a_link():
    assert '<a href="https://doi.org/10.1/x">paper</a>' in text_to_html("[paper](https://doi.org/10.1/x)")


def test_stderr_and_paths_and_personal_data_stay_off_the_page():
    html = page_of(
        [
            new_output("stream", name="stderr", text="CANARY-ERR"),
            shown({"text/plain": "ann.canary@example.org +49 170 1234567 /home/canary/data.csv"}),
        ]
    )
    assert "CANARY" not in html and "canary" not in html and "1234567" not in html


def test_numbers_and_dates_are_not_taken_for_telephones():
    assert (
        masked("2025-04-01 12:00 24,318 0.00123456789 -100/0/100 1 / 2 km/h")
        == "2025-04-01 12:00 24,318 0.00123456789 -100/0/100 1 / 2 km/h"
    )


def test_a_picture_needs_a_description_of_its_own():
    with_alt = page_of([shown({"image/png": "iVBORw0KGgo="}, {"image/png": {"alt": "NPS falls"}})])
    assert '<img class="chart" src="data:image/png;base64,iVBORw0KGgo=" alt="NPS falls">' in with_alt
    for alt in ("", " ", NO_ALT):
        html = page_of([shown({"image/png": "iVBORw0KGgo="}, {"image/png": {"alt": alt}})])
        assert "<img" not in html and "A picture without a description was left out" in html and NO_ALT not in html


def test_checks_are_shown_once_worst_first():
    checks = [{"name": "a", "status": "passed", "detail": "Fine."}, {"name": "b", "status": "failed", "detail": "Broken."}]
    html = body(page_of([shown({CHECKS: checks}), shown({CHECKS: checks})]))
    assert html.count("Broken.") == 1 and html.index("Broken.") < html.index("Fine.")


def test_two_outputs_with_the_same_ids_get_ids_of_their_own():
    picture = '<svg><clipPath id="c"></clipPath><path style="clip-path: url(#c)"/></svg>'
    block = f'<div role="region" aria-labelledby="t-a"><p id="t-a">A</p>{picture}</div>'
    html = body(page_of([shown({PAGE: block}), shown({PAGE: block})]))
    assert 'aria-labelledby="t-a-2"' in html and 'id="t-a-2"' in html and "url(#c-2)" in html


def test_headings_hold_their_order_whatever_a_person_writes():
    html = body(page_of("# Second h1\n\n#### Deep\n\ntext", "## Part\n\n##### Deeper"))
    assert html.count("<h1") == 1 and "<h4" not in html and "<h5" not in html


def test_short_lines_before_the_first_heading_stand_under_how_sure_we_are():
    html = body(page_of([shown({PAGE: "<p>9 answers</p>"}), shown(finding())], "## Pictures", [shown({PAGE: "<p>b</p>"})]))
    assert "What the data show" not in html and html.index("How sure we are") < html.index("9 answers") < html.index("Pictures")


def test_a_table_before_the_first_heading_gets_a_heading():
    assert "What the data show" in page_of([shown({PAGE: "<table><caption>a</caption></table>"})])


def test_what_passed_is_said_once_under_each_name_and_doubts_always():
    checks = [
        {"name": "clusters", "status": status, "detail": f"{n} customers."} for n, status in ((9, "passed"), (8, "passed"), (7, "doubt"))
    ]
    html = body(page_of([shown({CHECKS: checks})]))
    assert "9 customers." in html and "8 customers." not in html and "7 customers." in html


def test_only_the_terms_that_the_page_uses_are_defined():
    html = body(page_of([shown(finding("Halving the wait goes with more."))]))
    terms = html[html.index("Definitions") :]
    assert all(f"<dt>{term}</dt>" in terms for term in ("Goes with", "Halving", "Clear"))
    assert not any(f"<dt>{term}</dt>" in terms for term in ("Negligible", "Control band", "Comparable", "R²"))


def test_what_else_was_compared_stands_in_lines_with_their_status():
    more = [{"name": "as recorded", "status": "doubt", "detail": "As recorded: 5.\nNot the answer.", "cap": None}]
    html = body(page_of([shown(finding(sure="The interval is narrow.", more=more))]))
    assert "</span>: The interval is narrow." in html and 'As recorded: 5.<span class="quiet">Not the answer.</span>' in html


def test_the_page_is_whole_english_and_closed_to_the_network():
    html = page_of([shown(finding())])
    assert html.startswith("<!doctype html>") and '<html lang="en">' in html
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in html
    assert "http://" not in html and "https://" not in html and "src=" not in body(html)


def test_jupyter_s_own_converter_makes_the_same_page():
    node = nbformat.v4.new_notebook(cells=[new_markdown_cell("# A"), new_code_cell("x", outputs=[shown(finding())])])
    html, _ = ReportExporter().from_notebook_node(node)
    assert "NPS is higher." in html and ">x<" not in html
