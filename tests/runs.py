"""Runs for tests, made without a kernel."""

from dataclasses import replace
from pathlib import Path

from markupsafe import Markup

from cxresearch.conclude.finding import Finding
from cxresearch.publish.outputs import Answer, Evidence
from cxresearch.publish.run import Run

FOUND = Finding(
    "speed and NPS", "Halving goes with more.", "2 to 4 points.", "clear", 3.0, 2.4, 3.6, "points", 2.0, 900, 400, "effect", (), {},
    sure="The interval is 2.4 to 3.6.", short=("Does speed matter here?", "Yes", "Halving goes with more."),
)  # fmt: skip
DATA = {
    "title": "Demo & sons", "period": "2025", "unit": "answer", "rows": 900, "customers": 400, "fingerprint": "ab",
    "tables": {"contacts": 1000}, "study": "demo",
}  # fmt: skip


def run_of(notebook, *findings, checks=(), status="done", reason="", **params):
    answers = tuple(Answer(each, Markup(""), f"f-{place}") for place, each in enumerate(findings))
    slug = "-".join([notebook, *(str(value).replace("=", "-") for value in params.values())])
    page = None if status == "failed" else Path("index.html")
    evidence = Evidence(answers, tuple(checks), (DATA,) if status == "done" else (), ())
    return Run(notebook, f"{notebook.title()}?", slug, status, reason, params, evidence, page)


def monthly():
    words = ("clear", "suggestive", "negligible", "inconclusive")
    return [
        run_of("speed", replace(FOUND, strength=words[(month + place) % 4], n=100 * (place + 1)), period=f"2025-{month:02}", only=only)
        for month in range(1, 7)
        for place, only in enumerate(("segment=Home", "segment=Business", None))
    ]
