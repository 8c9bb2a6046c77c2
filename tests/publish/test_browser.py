"""An edition in a real browser: accessible, silent, closed to the network, no wider than a phone, found through, and one page on paper."""

import shutil
from pathlib import Path

import pytest
from making import notebook, whole
from runs import monthly

from cxresearch.publish.edition import publish

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
AXE = ROOT / ".tools" / "node_modules" / "axe-core" / "axe.min.js"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NOTHING = {"sideways": False, "violations": [], "console": [], "requests": []}
MILLIMETRE = 96 / 25.4
SMALLEST = """() => Math.min(...[...document.querySelectorAll(".top *, #findings *, .key *")].filter(
    each => [...each.childNodes].some(part => part.nodeType == 3 && part.data.trim())).map(each => {
        const svg = each.closest("svg"), scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1
        return Math.round(parseFloat(getComputedStyle(each).fontSize) * scale * 7.5) / 10
    }))"""
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    """Pages made here, and those of the default edition where they were made before."""
    home = tmp_path_factory.mktemp("project")
    whole(home)
    png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    picture = f'Shown({{"image/png": "{png}"}}, {{"image/png": {{"alt": "A dot"}}}})'
    notebook(
        home / "notebooks" / "04_many.ipynb",
        "data()",
        "finding()",
        "finding('Second, ' + 'very ' * 20, 'suggestive')",
        picture,
        "print('x' * 300)",
    )
    notebook(home / "notebooks" / "05_bad.ipynb", "1/0", title="Does it break?")
    notebook(home / "notebooks" / "06_journey.ipynb", "absent('Needs the table of touchpoints.')")
    names = '["speed", "many", "bad", "journey"]'
    (home / "notebooks" / "editions.toml").write_text(f'[default]\ntitle = "Service"\nnotebooks = {names}\n')
    made = publish("default", editions=home / "notebooks" / "editions.toml", reports=home / "reports")
    return [*_pages(made.page.parent), *_pages(ROOT / "reports" / "default")]


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium")
    assert chromium and AXE.is_file(), "Chromium or axe-core is missing: `make test-all` installs both."
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium, args=QUIET)
        yield opened
        opened.close()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_silent_and_closed(edition, browser, scheme, width):
    # axe is put in from outside the page; the page's own policy would refuse it.
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True)
    for path in edition:
        assert _looked_at(context, path) == NOTHING, path
    context.close()


def test_the_policy_of_the_page_refuses_what_a_gate_might_miss(edition, browser, tmp_path):
    path = tmp_path / "index.html"
    path.write_text(
        edition[0].read_text().replace("</main>", "<script>document.title = 'run'</script><img src='http://127.0.0.1:9/a.png'></main>")
    )
    page = browser.new_page()
    failed = []
    page.on("requestfailed", lambda request: failed.append(request.failure))
    page.goto(path.as_uri())
    assert page.title() != "run" and all("csp" in reason for reason in failed)
    page.close()


def test_reports_are_found_by_strength_and_question_with_keyboard_and_screen_reader(edition, browser):
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(edition[0].as_uri())
    shown = "[...document.querySelectorAll('.reports > li')].filter(one => one.checkVisibility()).map(one => one.dataset.strength)"
    assert page.evaluate(shown) == ["Clear", "Clear", "Failed", "Not applicable"]
    page.get_by_label("Strength").select_option("Failed")
    assert page.evaluate(shown) == ["Failed"] and page.get_by_role("status").text_content() == "1 of 4 reports shown."
    page.get_by_label("Question").select_option("Does speed matter?")
    assert page.evaluate(shown) == [] and page.get_by_role("status").text_content() == "0 of 4 reports shown."
    page.get_by_role("button", name="Show all").press("Enter")
    assert len(page.evaluate(shown)) == 4 and page.get_by_role("status").text_content() == ""
    page.close()


def test_without_a_script_everything_stands_and_the_controls_are_not_there(edition, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(edition[0].as_uri())
    assert not page.locator("#find").is_visible() and page.locator(".reports > li").count() == 4
    assert all(one.is_visible() for one in page.locator(".reports > li").all())
    context.close()


def test_a_table_of_many_reports_leaves_out_rows_and_columns_that_nobody_looks_for(browser, tmp_path):
    from cxresearch.publish.index import index_page

    (tmp_path / "index.html").write_text(index_page("monthly", "Monthly", monthly()))
    context = browser.new_context(viewport={"width": 360, "height": 740}, bypass_csp=True)
    assert _looked_at(context, tmp_path / "index.html") == NOTHING
    page = context.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    page.get_by_label("Segment").select_option("Home")
    page.get_by_label("Period").select_option("2025-03")
    assert page.locator(".matrix tbody tr:visible").count() == 1 and page.locator(".matrix thead th:visible").count() == 2
    assert page.get_by_role("status").text_content() == "1 of 18 reports shown."
    context.close()


def test_the_first_screen_answers_and_the_first_sheet_of_paper_holds_all_that_matters(edition, browser):
    bottom = "name => document.getElementById(name).closest('section').getBoundingClientRect().bottom"
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(edition[0].as_uri())
    assert page.evaluate(bottom, "h-answer") < 800
    page.set_viewport_size({"width": int(182 * MILLIMETRE), "height": int(277 * MILLIMETRE)})
    page.emulate_media(media="print")
    for path in (each for each in edition if each.parent.name == "default"):
        page.goto(path.as_uri())
        assert page.evaluate(bottom, "h-words") < 277 * MILLIMETRE and not page.locator("#find").is_visible(), path
        assert page.evaluate(SMALLEST) >= 9, path
    assert page.evaluate("getComputedStyle(document.getElementById('h-changed').closest('section')).breakBefore") == "page"
    page.close()


def test_on_paper_nothing_is_folded(browser, tmp_path):
    from cxresearch.publish.export import sheet

    folded = "<details><summary>More</summary><p id='in'>Inside</p></details>"
    (tmp_path / "index.html").write_text(f"<!doctype html><style>{sheet()}</style>{folded}")
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    seen = "document.getElementById('in').checkVisibility({contentVisibilityAuto: true, visibilityProperty: true})"
    assert not page.evaluate(seen)
    page.emulate_media(media="print")
    # Content that was skipped is laid out with the next frame, not with the change of media.
    page.wait_for_function(seen, timeout=5000)
    page.close()


def _looked_at(context, path):
    page, console, requests = context.new_page(), [], []
    page.on("console", lambda message: console.append(message.text))
    page.on("pageerror", lambda error: console.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())
    sideways = page.evaluate(SIDEWAYS)
    requests = [url for url in requests if url != path.as_uri() and not url.startswith("data:")]
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    page.close()
    violations = [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found["violations"]]
    return {"sideways": sideways, "violations": violations, "console": console, "requests": requests}


def _pages(folder):
    return [folder / "index.html", *sorted(folder.glob("*/index.html"))] if (folder / "index.html").is_file() else []
