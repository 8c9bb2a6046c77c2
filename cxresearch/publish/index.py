"""The index page of an edition: findings first, then every report, whatever became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from cxresearch.ask.check import Check
from cxresearch.conclude.finding import Finding
from cxresearch.publish.export import STRENGTHS, TEMPLATES, passed, prepared
from cxresearch.publish.manifest import versions
from cxresearch.publish.outputs import Answer
from cxresearch.publish.page import STANDARD_TERMS
from cxresearch.publish.run import Run

SHORT_ANSWERS = 4
SHORT_ORDER = ("effect", "dose_response", "retention", "drivers", "scorecard", "measure")
SURE = "How sure is that?"


@dataclass(frozen=True)
class Shown:
    """A finding on the index page, with the report that it stands in."""

    answer: Answer
    run: Run

    @property
    def link(self) -> str:
        """Address of the finding from the index page."""
        return f"{self.run.slug}/index.html#{self.answer.anchor}"


@dataclass(frozen=True)
class Card:
    """A report on the index page: what became of it, in a word and a sentence."""

    run: Run
    title: str
    word: str
    sentence: str

    @property
    def sign(self) -> str:
        """Class of the sign before the word."""
        return {"Failed": "failed", "Not applicable": "none"}.get(self.word, self.word.lower())


def index_page(name: str, title: str, runs: Sequence[Run]) -> str:
    """Return the index page of an edition as HTML.

    Parameters
    ----------
    name, title : str
        Of the edition.
    runs : sequence of Run
        All reports, in the order of the edition.
    """
    environment = prepared(Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True))
    data = _once([each for run in runs for each in run.evidence.data])
    ranked = rank(runs)
    html = environment.get_template("index.html.j2").render(
        title=title,
        facts=_facts(runs, data),
        answers=short_answers(runs),
        findings=[shown for shown in ranked if shown.answer.finding.strength in STRENGTHS],
        described=[shown for shown in ranked if shown.answer.finding.strength not in STRENGTHS],
        key=[(word, text, key_strip(word.lower())) for word, text in STANDARD_TERMS if word.lower() in STRENGTHS],
        cards=[card(run, title_among(run, runs)) for run in runs],
        counted=counted(runs),
        tables=_tables(data),
        checks=_checks(runs),
        provenance=_provenance(name, runs, data),
    )
    return passed(html, title)


def rank(runs: Sequence[Run]) -> list[Shown]:
    """Return all findings, strongest first, then by size against what is worth acting on."""
    shown = [Shown(answer, run) for run in runs if run.status == "done" for answer in run.answers]
    return sorted(shown, key=_weight)


def short_answers(runs: Sequence[Run]) -> list[tuple[str, str, str]]:
    """Return question, answer and sentence for the first screen: whether it matters, how sure, how fast is enough, who stays.

    Where several reports ask the same (other segments, other periods), or none says so, each report gives its first answer instead.
    """
    done = [run for run in runs if run.status == "done"]
    findings = [answer.finding for run in done for answer in run.answers if answer.finding.short]
    if len({run.notebook for run in done}) < len(done) or not findings:
        shown = [each for each in sorted(_leads(runs), key=_weight) if findings or each.answer.finding.strength in STRENGTHS]
        leads = [(title_among(each.run, runs), each.answer.finding) for each in shown]
        return [(title, finding.strength.capitalize(), finding.headline) for title, finding in leads][:SHORT_ANSWERS]
    findings.sort(key=lambda finding: SHORT_ORDER.index(finding.method) if finding.method in SHORT_ORDER else len(SHORT_ORDER))
    said: dict[str, tuple[str, str, str]] = {}
    for finding in findings:
        question, answer, sentence = finding.short
        said.setdefault(question, (question, answer, sentence))
        if finding.method == "effect" and finding.sure and SURE not in said:
            said[SURE] = (SURE, finding.strength.capitalize(), finding.sure)
    staying = [each for question, each in said.items() if question.startswith("Do customers")]
    others = [each for question, each in said.items() if not question.startswith("Do customers")]
    return [*others[: SHORT_ANSWERS - len(staying[:1])], *staying[:1]]


def card(run: Run, title: str) -> Card:
    """Return what the list of reports says about a run."""
    if run.status == "failed":
        return Card(run, title, "Failed", f"{run.reason} No number from it is used on this page.")
    if run.status == "not applicable":
        return Card(run, title, "Not applicable", run.reason)
    if not run.findings:
        return Card(run, title, "Described", "It describes what is there; it draws no conclusion.")
    return Card(run, title, run.findings[0].strength.capitalize(), run.findings[0].headline)


def title_among(run: Run, runs: Sequence[Run]) -> str:
    """Return the title of a run with the parameter values that tell it from other runs of its notebook.

    Examples
    --------
    >>> first, second = Run("a", "Why?", "a-x", "done", params={"by": "x"}), Run("a", "Why?", "a-y", "done", params={"by": "y"})
    >>> title_among(first, [first, second])
    'Why? (x)'
    """
    others = [other for other in runs if other.notebook == run.notebook]
    differing = [str(value) for name, value in run.params.items() if any(other.params.get(name) != value for other in others)]
    return f"{run.title} ({', '.join(differing)})" if differing else run.title


def counted(runs: Sequence[Run]) -> str:
    """Return how many reports came to what end.

    Examples
    --------
    >>> counted([Run("a", "A", "a", "done"), Run("b", "B", "b", "failed")])
    '2 reports: 1 answered, 1 failed.'
    """
    words = {"done": "answered", "not applicable": "not applicable", "failed": "failed"}
    ends = [f"{number} {word}" for status, word in words.items() if (number := sum(run.status == status for run in runs))]
    return f"{len(runs)} report{'s' if len(runs) != 1 else ''}: {', '.join(ends)}."


def key_strip(word: str) -> Markup:
    """Return the small picture that shows what a word of strength means."""
    from cxresearch.conclude.charts.intervals import key

    return Markup(key(word))


def _weight(shown: Shown) -> tuple[int, float]:
    finding = shown.answer.finding
    place = STRENGTHS.index(finding.strength) if finding.strength in STRENGTHS else len(STRENGTHS)
    return place, -abs(finding.estimate or 0.0) / (finding.worth or 1.0)


def _leads(runs: Sequence[Run]) -> list[Shown]:
    return [Shown(run.answers[0], run) for run in runs if run.status == "done" and run.answers]


def _once(items: Sequence[Any]) -> list[Any]:
    return [item for place, item in enumerate(items) if item not in items[:place]]


def _facts(runs: Sequence[Run], data: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    worth = _once([_worth(finding) for run in runs for finding in run.findings if finding.worth and finding.method == "effect"])
    said = [
        ("Data", _once([str(each.get("title", "")) for each in data])),
        ("Period", _once([str(each.get("period", "")) for each in data])),
    ]
    said += [("Worth acting on", worth), ("Reports", [str(len(runs))])]
    return [(label, "; ".join(filter(None, values[:3]))) for label, values in said if any(values)]


def _worth(finding: Finding) -> str:
    """Return the smallest difference worth acting on as people say it: "2 NPS points", "1 in 100 customers kept"."""
    what = str(finding.facts.get("outcome_phrase") or "").removeprefix("the ")
    if finding.unit == "of 100":
        return f"{finding.worth:g} in 100 {what}".strip()
    return f"{finding.worth:g} {finding.unit}" if what != "NPS" else f"{finding.worth:g} NPS {finding.unit}"


def _tables(data: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, int]]:
    found = _once([(str(each.get("title", "")), table, rows) for each in data for table, rows in each.get("tables", {}).items()])
    return found if len({title for title, _, _ in found}) > 1 else [("", table, rows) for _, table, rows in found]


def _checks(runs: Sequence[Run]) -> tuple[Check, ...]:
    """Return every doubt with the report that it stands in, worst first."""
    said: dict[Check, list[str]] = {}
    for run in runs:
        doubts = [check for check in (*run.checks, *(one for finding in run.findings for one in finding.more)) if check.status != "passed"]
        for check in dict.fromkeys(doubts) if run.status == "done" else ():
            said.setdefault(check, []).append(title_among(run, runs))
    named = [replace(check, detail=f"{check.detail.partition(chr(10))[0]}\n{', '.join(titles)}") for check, titles in said.items()]
    return tuple(sorted(named, key=lambda check: check.status != "failed"))


def _provenance(name: str, runs: Sequence[Run], data: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    titles = _once([str(each.get("title")) for each in data])
    shown = {title: _once([str(each.get("fingerprint")) for each in data if str(each.get("title")) == title]) for title in titles}
    prints = [f"{title}, fingerprint{'s' * (len(each) > 1)} {', '.join(each)}" for title, each in shown.items()]
    notebooks = _once([run.notebook for run in runs])
    return [
        ("Edition", name),
        *(("Data", text) for text in prints),
        ("Notebooks", ", ".join(notebooks)),
        ("Made with", f"cxresearch {versions()['cxresearch']}"),
        ("To repeat", f"cxresearch publish {name}: the same input gives the same page, byte for byte"),
    ]
