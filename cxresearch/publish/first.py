"""What an executive reads first: the short answer, and the few findings that matter most."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from cxresearch.conclude.finding import Finding
from cxresearch.conclude.words.many import middle
from cxresearch.publish.export import STRENGTHS
from cxresearch.publish.outputs import Answer
from cxresearch.publish.run import Run

SHORT_ANSWERS = 4
SHORT_ORDER = ("effect", "what_if", "dose_response", "retention", "drivers", "scorecard", "measure")
SURE, BRINGS, STAYS = "How sure is that?", "What would it bring?", ("Do customers", "Does staying")
MOST, NUMBERS = 5, ("No", "One", "Two", "Three", "Four", "Five")


@dataclass(frozen=True)
class Shown:
    """A finding on the index page, with the report that it stands in."""

    answer: Answer
    run: Run

    @property
    def link(self) -> str:
        """Address of the finding from the index page."""
        return f"{self.run.slug}/index.html#{self.answer.anchor}"


def rank(runs: Sequence[Run]) -> list[Shown]:
    """Return all findings, strongest first, then by size against what is worth acting on."""
    return sorted((Shown(answer, run) for run in runs if run.status == "done" for answer in run.answers), key=_weight)


def matter_most(runs: Sequence[Run]) -> list[Shown]:
    """Return the findings for the top of the page: one of each notebook that compares, strongest first, five at most.

    Where a notebook ran more than once the report with the most rows speaks for it, not the one with the strongest word.
    """
    first: dict[str, Shown] = {}
    for shown in rank(list(_broadest(runs).values())):
        said = {each.answer.finding.headline for each in first.values()}
        if shown.answer.finding.strength in STRENGTHS and shown.answer.finding.headline not in said:
            first.setdefault(shown.run.notebook, shown)
    return list(first.values())[:MOST]


def most_title(shown: Sequence[Shown]) -> str:
    """Return the heading over the findings that matter most.

    Examples
    --------
    >>> most_title([])
    'What was found'
    """
    if not shown:
        return "What was found"
    return f"{NUMBERS[len(shown)]} findings that matter most" if len(shown) > 1 else "The finding that matters most"


def short_answers(runs: Sequence[Run]) -> list[tuple[str, str, str]]:
    """Return question, answer and sentence for the first screen: does it matter, how sure, how fast is enough, what would it bring.

    Where several reports ask the same (other segments, other periods) each question gets the words of all its reports instead.
    """
    done = [run for run in runs if run.status == "done"]
    findings = [answer.finding for run in done for answer in run.answers if answer.finding.short]
    if len({run.notebook for run in done}) < len(done):
        return _of_all(done)
    if not findings:
        return _of_each(done)
    findings.sort(key=lambda finding: SHORT_ORDER.index(finding.method) if finding.method in SHORT_ORDER else len(SHORT_ORDER))
    said: dict[str, tuple[str, str, str]] = {}
    for finding in findings:
        question, answer, sentence = finding.short
        question = BRINGS if finding.method == "what_if" else question
        said.setdefault(question, (question, answer, sentence))
        if finding.method == "effect" and finding.sure and SURE not in said and not question.startswith(STAYS):
            said[SURE] = (SURE, finding.strength.capitalize(), finding.sure)
    staying = [] if BRINGS in said else [each for question, each in said.items() if question.startswith(STAYS)]
    others = [each for question, each in said.items() if not question.startswith(STAYS)]
    return [*others[: SHORT_ANSWERS - len(staying[:1])], *staying[:1]]


def title_among(run: Run, runs: Sequence[Run]) -> str:
    """Return the title of a run with the parameter values that tell it from other runs of its notebook.

    Examples
    --------
    >>> first, second = Run("a", "Why?", "a-x", "done", params={"by": "x"}), Run("a", "Why?", "a-y", "done", params={"by": "y"})
    >>> title_among(first, [first, second])
    'Why? (x)'
    """
    values = values_among(run, runs)
    return f"{run.title} ({values})" if values else run.title


def values_among(run: Run, runs: Sequence[Run]) -> str:
    """Return the parameter values that tell a run from other runs of its notebook; "" where it is the only one."""
    return ", ".join(value_of(run, name) for name in apart_by([other for other in runs if other.notebook == run.notebook]))


def apart_by(runs: Sequence[Run]) -> list[str]:
    """Return the parameters in which these runs differ."""
    names = dict.fromkeys(name for run in runs for name in run.params)
    return [name for name in names if len({repr(run.params.get(name)) for run in runs}) > 1]


def value_of(run: Run, name: str) -> str:
    """Return a parameter value as people read it: "Business" for segment=Business, "all" where nothing is chosen.

    Examples
    --------
    >>> value_of(Run("a", "A", "a", "done", params={"only": "segment=Business"}), "only")
    'Business'
    """
    value = run.params.get(name)
    text = "all" if value is None else str(value)
    if name == "study":
        return str(run.evidence.data[0].get("title") or text) if run.evidence.data else text.rpartition("/")[2]
    return text.partition("=")[2] if name == "only" and "=" in text else text


def alike(runs: Sequence[Run]) -> list[Run]:
    """Return the runs with each study called by its title, also where a report came to no data that would say it."""
    titles = {run.params["study"]: run.evidence.data[0].get("title") for run in runs if run.evidence.data and run.params.get("study")}
    known = {study: str(title) for study, title in titles.items() if title}
    named = {run.slug: known.get(run.params.get("study", "")) for run in runs}
    return [replace(run, params={**run.params, "study": named[run.slug]}) if named[run.slug] else run for run in runs]


def _broadest(runs: Sequence[Run]) -> dict[str, Run]:
    """Return for each notebook the report whose first answer rests on the most rows."""
    best: dict[str, Run] = {}
    for run in runs:
        if run.status == "done" and run.findings:
            before = best.get(run.notebook)
            best[run.notebook] = run if before is None or run.findings[0].n > before.findings[0].n else before
    return best


def _of_each(done: Sequence[Run]) -> list[tuple[str, str, str]]:
    leads = sorted((Shown(run.answers[0], run) for run in done if run.answers), key=_weight)
    shown = [each for each in leads if each.answer.finding.strength in STRENGTHS][:SHORT_ANSWERS]
    return [(each.run.title, each.answer.finding.strength.capitalize(), each.answer.finding.headline) for each in shown]


def _of_all(done: Sequence[Run]) -> list[tuple[str, str, str]]:
    """Return for each question how many of its reports came to which word, the middle of what they say, and what the broadest says."""
    said: dict[str, tuple[str, str, str]] = {}
    for notebook, broadest in _broadest(done).items():
        leads = [run.findings[0] for run in done if run.notebook == notebook and run.findings]
        words = [lead.strength for lead in leads]
        told = [f"{word} in {words.count(word)}" for word in STRENGTHS if word in words]
        if told and broadest.findings[0].headline not in said:
            counted = f"{', '.join(told)} of {len(words)} reports".capitalize() if len(words) > 1 else words[0].capitalize()
            said[broadest.findings[0].headline] = (broadest.title, counted, _spoken(broadest, leads, title_among(broadest, done)))
    return list(said.values())[:SHORT_ANSWERS]


def _spoken(broadest: Run, leads: Sequence[Finding], title: str) -> str:
    """Return the middle of many findings before the one that rests on the most rows, each named for what it is."""
    headline, which = broadest.findings[0].headline, title.removeprefix(broadest.title).strip(" ()")
    told = [lead for lead in leads if lead.strength in STRENGTHS and lead.estimate is not None]
    alike = len({(lead.method, lead.unit) for lead in told}) == 1
    common = middle([lead.estimate for lead in told if lead.estimate is not None], told[0].unit) if alike else ""
    if common:
        return f"{common} With the most rows ({which}): {headline}"
    return f"{headline} ({which})" if which else headline


def _weight(shown: Shown) -> tuple[int, float]:
    finding = shown.answer.finding
    return (STRENGTHS.index(finding.strength) if finding.strength in STRENGTHS else len(STRENGTHS)), -_size(finding)


def _size(finding: Finding) -> float:
    """Return the size in multiples of what is worth acting on; 0 where the number stands on another scale, as a wait does."""
    scale: Any = finding.facts.get("scale")
    return 0.0 if scale or not finding.worth else abs(finding.estimate or 0.0) / finding.worth
