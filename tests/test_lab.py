"""A researcher's path: JupyterLab in a real browser, with real clicks."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from cxresearch.load.simulate import simulate

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[1]
TOKEN = "a-researcher"
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
CELL = ".jp-Notebook .jp-CodeCell"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the notebooks with a small company beside them."""
    home = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "notebooks", home / "notebooks", ignore=shutil.ignore_patterns(".*"))
    simulate(home / "data" / "demo", customers=3000)
    return home


@pytest.fixture(scope="module")
def lab(project, tmp_path_factory):
    """The address of the server that `cxresearch lab` starts."""
    own = tmp_path_factory.mktemp("jupyter")
    (own / "jupyter_server_config.json").write_text(json.dumps({"ServerApp": {"allow_root": True}}))
    for name, values in SETTINGS.items():
        path = own / "lab" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    around = {**os.environ, "PYTHONPATH": str(ROOT), "JUPYTER_TOKEN": TOKEN, "JUPYTER_CONFIG_DIR": str(own)}
    around |= {"JUPYTERLAB_SETTINGS_DIR": str(own / "lab"), "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces")}
    port = _free_port()
    words = [sys.executable, "-m", "cxresearch.cli", "lab", "--no-browser", "--port", str(port)]
    with (own / "log.txt").open("w") as log:
        server = subprocess.Popen(words, cwd=project, env=around, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait(f"http://127.0.0.1:{port}/api?token={TOKEN}", server, own / "log.txt")
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)


@pytest.fixture(scope="module")
def page(lab):
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is missing: `make test-all` installs it."
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        opened = browser.new_page(viewport={"width": 1400, "height": 1000})
        opened.set_default_timeout(60_000)
        opened.goto(f"{lab}/?token={TOKEN}")
        yield opened
        browser.close()


def test_a_researcher_runs_the_report_and_changes_the_window(page, lab):
    page.locator(".jp-DirListing-itemText", has_text="03_speed.ipynb").dblclick()
    page.wait_for_selector(CELL)
    wait_for_kernel(page, lab)
    first = run_all(page)
    assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']").count() == 0, errors(page)
    assert page.locator(f"{CELL} .cxr .lead").count() >= 6 and page.locator(f"{CELL} svg.chart").count() >= 6
    assert page.locator(f"{CELL} .cxr table").count() >= 3 and "Among comparable customers" in first
    line = page.locator(".cm-line", has_text="window: str | None")
    line.scroll_into_view_if_needed()
    line.click()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    page.keyboard.type('window: str | None = "14D"')
    assert line.inner_text() == 'window: str | None = "14D"'
    second = run_all(page)
    assert errors(page) == [] and numbers(second) != numbers(first)
    for theme in ("Light", "Dark"):
        wear(page, theme)
        ink, ground = page.eval_on_selector(f"{CELL} .cxr .lead", COLOURS)
        assert abs(bright(ink) - bright(ground)) > 120, theme
        _keep(page, theme)


def test_a_new_notebook_runs_and_its_rows_can_be_searched(page, lab, project):
    words = [sys.executable, "-m", "cxresearch.cli", "new", "notebook", "14_staffing", "--question", "Does a fuller team answer sooner?"]
    done = subprocess.run(words, cwd=project, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{lab}/lab/tree/notebooks/14_staffing.ipynb?token={TOKEN}&reset")
    page.wait_for_selector(CELL)
    wait_for_kernel(page, lab)
    assert "goes with" in run_all(page)
    page.locator(".jp-Notebook .jp-MarkdownCell").last.click()
    for key in ("Escape", "b", "Enter"):
        page.keyboard.press(key)
    page.keyboard.type("data.explore()")
    page.keyboard.press("Shift+Enter")
    sheet = page.locator(f"{CELL} .dt-container")
    sheet.locator("tbody tr").first.wait_for()
    heads = sheet.locator("thead").first.inner_text()
    assert "NPS (points)" in heads and "Time to first response (hours)" in heads and "Comment" not in heads
    before = sheet.locator(".dt-info").inner_text()
    sheet.locator(".dt-search input").fill("phone")
    page.wait_for_function("said => document.querySelector('.dt-info').innerText !== said", arg=before)
    shown = sheet.locator("tbody").first.locator("tr").all_inner_texts()
    assert shown and all("phone" in row for row in shown) and "found among" in sheet.locator(".dt-info").inner_text()
    for theme in ("Light", "Dark"):
        wear(page, theme)
        ink, ground = page.eval_on_selector(f"{CELL} .dt-container tbody td", COLOURS)
        assert abs(bright(ink) - bright(ground)) > 120, theme
    assert [url for url in asked if not url.startswith((lab, lab.replace("http", "ws"), "data:", "blob:"))] == []


COLOURS = """element => {
    let behind = element;
    while (/rgba\\(.*, 0\\)|transparent/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
    return [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor];
}"""


def run_all(page):
    """Click Run, Run All Cells; wait until the last cell is done; return what all cells show."""
    prompts = page.locator(f"{CELL} .jp-InputPrompt")
    done = number_of(prompts.last)
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
    until = time.monotonic() + 240
    while time.monotonic() < until:
        said = prompts.all_inner_texts()
        if errors(page) or number_of(prompts.last) >= done + len(said):
            break
        time.sleep(0.5)
    assert errors(page) == []
    assert number_of(prompts.last) >= done + prompts.count(), f"not every cell was run in time: {said}"
    return "\n".join(page.locator(f"{CELL} .jp-OutputArea").all_inner_texts())


def wait_for_kernel(page, lab):
    """Wait until the page talks to a kernel that has nothing to do: earlier, JupyterLab asks which kernel to take."""
    for _ in range(240):
        kernels = page.request.get(f"{lab}/api/kernels?token={TOKEN}").json()
        if any(each["connections"] and each["execution_state"] == "idle" for each in kernels):
            return page.wait_for_timeout(1000)
        page.wait_for_timeout(500)
    raise AssertionError("no kernel was ready within two minutes")


def number_of(prompt):
    """Return how often the kernel had run a cell when it came to this one."""
    return int(re.sub(r"\D", "", prompt.inner_text()) or 0)


def errors(page):
    return page.locator(f"{CELL} .jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']").all_inner_texts() + [
        text for text in page.locator(f"{CELL} .jp-RenderedText").all_inner_texts() if "Traceback" in text
    ]


def numbers(text):
    return re.findall(r"\d[\d,.]*", text)


def wear(page, theme):
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Settings$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Theme$")).hover()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^JupyterLab {theme}$")).click()
    page.wait_for_selector(f"body[data-jp-theme-light='{'true' if theme == 'Light' else 'false'}']", state="attached")


def bright(colour):
    return sum(float(part) for part in re.findall(r"[\d.]+", colour)[:3]) / 3


def _keep(page, theme):
    """Keep a picture where somebody asked for it."""
    if folder := os.environ.get("CXRESEARCH_PICTURES"):
        for number, cell in enumerate((5, 8)):
            page.locator(CELL).nth(cell).scroll_into_view_if_needed()
            page.screenshot(path=Path(folder) / f"lab-{theme.lower()}-{number}.png")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(address, server, log):
    for _ in range(240):
        assert server.poll() is None, log.read_text()
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(address, timeout=5).close()
            return
        time.sleep(0.5)
    raise AssertionError(f"JupyterLab did not answer within two minutes: {log.read_text()[-2000:]}")
