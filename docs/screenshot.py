"""Picture of the default edition for the README: `python docs/screenshot.py`, after `make report`. Needs Chromium and playwright.

Two pages side by side, as a reader sees them: the index, and the report on speed.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
EDITION = ROOT / "reports" / "default"
PAGES = (EDITION / "index.html", EDITION / "03_speed" / "index.html")
PICTURE = ROOT / "docs" / "reports.png"
WIDTH, HEIGHT, GAP = 1120, 1400, 32
LARGEST = 300_000


def main() -> None:
    """Write docs/reports.png."""
    chromium = shutil.which("chromium")
    missing = [page for page in PAGES if not page.is_file()]
    if chromium is None or missing:
        sys.exit(f"Nothing to show: {'Chromium is not installed' if chromium is None else f'{missing[0]} is not there; run make report'}.")
    with sync_playwright() as started, tempfile.TemporaryDirectory() as folder:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        shots = [shot(browser, page, Path(folder) / f"{number}.png") for number, page in enumerate(PAGES)]
        beside(browser, shots)
        browser.close()
    size = PICTURE.stat().st_size
    print(f"{PICTURE.relative_to(ROOT)}: {size // 1000} kB")
    if size > LARGEST:
        sys.exit("The picture is too large for a README.")


def shot(browser: Browser, page: Path, target: Path) -> Path:
    """Write what stands on the first screen of a page."""
    sheet = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
    sheet.goto(page.as_uri())
    sheet.screenshot(path=target)
    sheet.close()
    return target


def beside(browser: Browser, shots: list[Path]) -> None:
    """Write the shots side by side, smaller."""
    sheet = browser.new_page(viewport={"width": 2 * WIDTH + 3 * GAP, "height": HEIGHT + 2 * GAP}, device_scale_factor=0.6)
    frames = "".join(f'<img src="{path.as_uri()}" style="width:{WIDTH}px;border:1px solid #c9cfd4">' for path in shots)
    whole = shots[0].with_name("both.html")
    whole.write_text(f'<body style="margin:0;background:#e4e8ea;display:flex;gap:{GAP}px;padding:{GAP}px;box-sizing:border-box">{frames}')
    sheet.goto(whole.as_uri())
    sheet.screenshot(path=whole.with_suffix(".png"))
    with Image.open(whole.with_suffix(".png")) as picture:
        picture.convert("RGB").quantize(160, Image.Quantize.MAXCOVERAGE).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
