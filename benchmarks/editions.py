"""How long does an edition of reports take, beside the usual way? And one report alone, beside the barest way?

    python benchmarks/editions.py               24 reports; the usual way makes all of them too, which takes a quarter of an hour
    python benchmarks/editions.py --usual 4     the usual way for so many only; its time is then told for 24

A demonstration company of its own; one notebook, 03_speed, for twelve months and two markets. Ours is `cxresearch publish` with two
workers, from the command to its end: index page, ledger and summary included. The usual way is the command papermill and then the command
nbconvert for each report, two reports at a time, with the same notebook and parameters. "The cells alone" are the code cells of the same
24 reports, one after the other in a process that has imported everything, without kernel and page; half of their time is what two workers
cannot be quicker than. One report alone: `cxresearch run --cold` against a process that runs the same notebook with nbclient in a new
kernel and exports it once with nbconvert's own template; both from the start of the process to its end.
"""

import argparse
import ast
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from results import child, section, this

HOME = Path(__file__).parents[1]
MONTHS = [f"2025-{month:02d}" for month in range(1, 7)] + [f"2024-{month:02d}" for month in range(7, 13)]
MARKETS = ("market=DE", "market=FR")
EDITION = """\
[typical]
title = "Twenty-four reports"
study = "data/demo"
notebooks = ["03_speed"]
[typical.matrix]
period = {months}
only = {markets}
"""
BARE = """
import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter
notebook = nbformat.read("notebooks/03_speed.ipynb", as_version=4)
NotebookClient(notebook, timeout=600).execute()
body, _ = HTMLExporter(exclude_input=True).from_notebook_node(notebook)
open("bare.html", "w").write(body)
"""


def ready(home: str) -> None:
    """Make a project of its own: the notebooks, an edition, a company."""
    from cxresearch.load.simulate import simulate

    shutil.copytree(HOME / "notebooks", Path(home) / "notebooks")
    (Path(home) / "notebooks" / "editions.toml").write_text(EDITION.format(months=json.dumps(MONTHS), markets=json.dumps(MARKETS)))
    simulate(Path(home) / "data" / "demo", seed=1)
    print("{}")


def command(home: str, *words: str) -> None:
    """Time a command in the project."""
    began = perf_counter()
    done = subprocess.run([str(Path(sys.executable).parent / words[0]), *words[1:]], cwd=home, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stdout[-1000:] + done.stderr[-2000:])
    print(json.dumps({"seconds": perf_counter() - began}))


def usual(home: str, many: str) -> None:
    """Time papermill and nbconvert, one command after the other, two reports at a time."""
    wanted = [(month, market) for month in MONTHS for market in MARKETS][: int(many)]
    tools, out = Path(sys.executable).parent, Path(home) / "usual"
    out.mkdir(exist_ok=True)

    def one(asked: tuple[str, str]) -> None:
        month, market = asked
        made = str(out / f"{month}-{market}.ipynb")
        first = [
            str(tools / "papermill"),
            "notebooks/03_speed.ipynb",
            made,
            "-p",
            "period",
            month,
            "-p",
            "only",
            market,
            "--no-progress-bar",
        ]
        second = [str(tools / "jupyter"), "nbconvert", "--to", "html", "--no-input", made]
        for words in (first, second):
            subprocess.run(words, cwd=home, check=True, capture_output=True)

    began = perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, wanted))
    print(json.dumps({"seconds": perf_counter() - began, "reports": len(wanted)}))


def cells(home: str) -> None:
    """Time the code cells alone, in one process; what the last line of a cell returns is shown as a notebook would show it."""
    import os

    import nbformat

    from cxresearch.conclude.show import mimebundle
    from cxresearch.publish.warm import _import_all

    _import_all()
    os.chdir(home)
    notebook, space = nbformat.read("notebooks/03_speed.ipynb", as_version=4), {}
    parsed = []
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        body = ast.parse(cell.source).body
        parsed.append((body, "parameters" in cell.metadata.get("tags", [])))

    def report(params: dict[str, Any]) -> None:
        space.clear()
        for body, first in parsed:
            *head, last = body
            shown = isinstance(last, ast.Expr)
            exec(compile(ast.Module(head if shown else body, []), "cell", "exec"), space)
            if shown:
                mimebundle(eval(compile(ast.Expression(last.value), "cell", "eval"), space))
            space.update(params if first else {})

    seconds = 0.0
    for month in MONTHS:
        for market in MARKETS:
            began = perf_counter()
            report({"period": month, "only": market})
            seconds += perf_counter() - began
    print(json.dumps({"seconds": seconds}))


def row(what: str, found: dict[str, Any], against: str = "") -> dict[str, str]:
    """Return a row of the table."""
    return {"what": what, "seconds": f"{found['seconds']:.1f}", "ratio": against, "peak MB": f"{found['peak']:,.0f}"}


def main() -> None:
    """Measure, print and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--usual", type=int, default=24, help="reports that the usual way makes")
    asked = parser.parse_args()
    with TemporaryDirectory() as home:
        child(*this(__file__, "ready", home))
        ours = child(*this(__file__, "command", home, "cxresearch", "publish", "typical"))
        again = child(*this(__file__, "command", home, "cxresearch", "publish", "typical"))
        alone = child(*this(__file__, "cells", home))
        peer = child(*this(__file__, "usual", home, str(asked.usual)))
        single = [
            child(*this(__file__, "command", home, "cxresearch", "run", "speed", "--cold", "--out", f"reports/{i}")) for i in range(3)
        ]
        bare = [child(*this(__file__, "bare", home)) for _ in range(3)]
    whole = peer["seconds"] * 24 / peer["reports"]
    one, least = (sorted(found, key=lambda each: each["seconds"])[1] for found in (single, bare))
    told = "" if asked.usual == 24 else f" (told from {asked.usual})"
    share = 2 * ours["seconds"] / alone["seconds"]
    rows = [
        row(f"usual way: papermill, then nbconvert, two at a time{told}", {**peer, "seconds": whole}),
        row("ours: `cxresearch publish`, two workers", ours, f"{whole / ours['seconds']:.1f} times faster"),
        row("ours, again: nothing has changed", again),
        row("the cells alone, halved", {**alone, "seconds": alone["seconds"] / 2}, f"ours takes {share:.2f} times as long"),
        row("one report: nbclient and one export", least),
        row("one report: `cxresearch run --cold`", one, f"{one['seconds'] / least['seconds']:.2f} times as long"),
    ]
    section(
        "Reports", rows, "`benchmarks/editions.py`: 24 reports of 03_speed, twelve months and two markets of a company of 20,000 customers."
    )


def bare(home: str) -> None:
    """Time the barest way from a notebook to a page."""
    began = perf_counter()
    subprocess.run([sys.executable, "-c", BARE], cwd=home, check=True, capture_output=True)
    print(json.dumps({"seconds": perf_counter() - began}))


if __name__ == "__main__":
    parts = {"ready": ready, "command": command, "usual": usual, "cells": cells, "bare": bare}
    parts[sys.argv[1]](*sys.argv[2:]) if sys.argv[1:2] and sys.argv[1] in parts else main()
