"""An edition in a real browser: accessible, silent, closed to the network, and no wider than a phone."""

import shutil
from pathlib import Path

import pytest
from making import notebook, whole

from cxresearch.publish.edition import publish

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
AXE = ROOT / ".tools" / "node_modules" / "axe-core" / "axe.min.js"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
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
        assert _looked_at(context, path) == {"sideways": False, "violations": [], "console": [], "requests": []}, path
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
