"""Every report on the index page: a card each, or a table where one notebook ran for many periods and segments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cxresearch.conclude.finding import Finding
from cxresearch.conclude.words.numbers import MINUTES, clock, count, digits_for, fine_for, number, span, times
from cxresearch.publish.export import STRENGTHS
from cxresearch.publish.first import apart_by, value_of
from cxresearch.publish.plan import SUMMARY
from cxresearch.publish.run import Run
from cxresearch.publish.says import label

FEW = 6
DESCRIBES, SHORT = "It describes what is there; it draws no conclusion.", "What matters most in all reports of this edition, in short."
SIGNS = {"Failed": "failed", "Not applicable": "none"}
SEGMENT, PERIOD, DATA = "only", "period", "study"
FILTERS = {SEGMENT: "Segment", PERIOD: "Period", DATA: "Data"}
AXES = (PERIOD, DATA, SEGMENT)


@dataclass(frozen=True)
class Card:
    """A report on the index page: what became of it, in a word and a sentence.

    Parameters
    ----------
    run : Run
        The report.
    title : str
        Its question, with what tells it from other reports of its notebook.
    word, sentence : str
        What became of it.
    marks : mapping
        What it can be found by: strength, topic, and the parameters that differ within the edition.
    mixed : bool
        Whether it stands in one table with numbers of another unit: then it says its own.
    """

    run: Run
    title: str
    word: str
    sentence: str
    marks: Mapping[str, str] = field(default_factory=dict)
    mixed: bool = False

    @property
    def sign(self) -> str:
        """Class of the sign before the word."""
        return SIGNS.get(self.word, self.word.lower())

    @property
    def lead(self) -> Finding | None:
        """The first finding."""
        return self.run.findings[0] if self.run.status == "done" and self.run.findings else None

    @property
    def size(self) -> str:
        """Rows and customers behind the first finding."""
        return basis(self.lead, self.run) if self.lead else ""

    @property
    def number(self) -> str:
        """The estimate of the first finding, as a table cell shows it."""
        said = estimate(self.lead) if self.lead else ""
        own = self.lead.unit if said and self.lead and self.mixed and self.lead.unit not in MINUTES else ""
        return f"{said} {own}".strip()

    @property
    def interval(self) -> str:
        """Its interval."""
        return interval(self.lead) if self.lead else ""


@dataclass(frozen=True)
class Group:
    """The reports of one notebook, where it ran more than once.

    Parameters
    ----------
    title, under : str
        The notebook's question, and what stands in the cells.
    corner : str
        What the rows are.
    columns : tuple of str
        Column heads; one empty where there is a single column.
    rows : tuple of pairs
        Row head and one card (or None) for each column.
    """

    title: str
    under: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Card | None, ...]], ...]


def card(run: Run, title: str, marks: Mapping[str, str] | None = None) -> Card:
    """Return what the list of reports says about a run."""
    if run.status == "failed":
        return Card(run, title, "Failed", f"{run.reason} No number from it is used on this page.", marks or {})
    if run.status == "not applicable":
        return Card(run, title, "Not applicable", run.reason, marks or {})
    if not run.findings:
        return Card(run, title, "Described", SHORT if run.notebook == SUMMARY else DESCRIBES, marks or {})
    return Card(run, title, run.findings[0].strength.capitalize(), run.findings[0].headline, marks or {})


def shelves(runs: Sequence[Run]) -> tuple[tuple[Card, ...], tuple[Group, ...]]:
    """Return single cards for notebooks that ran once, and a table for each that ran more often.

    Few reports of one notebook are cards too, in a row, unless the edition as a whole is large.
    """
    names = list(dict.fromkeys(run.notebook for run in runs))
    many = len(runs) > len(names) + FEW
    cards, groups = [], []
    for name in names:
        own = [run for run in runs if run.notebook == name]
        if many and len(own) > 1:
            groups.append(_group(own, runs))
        else:
            cards += [card(run, _titled(run, own), marks(run, runs)) for run in own]
    return tuple(cards), tuple(groups)


def marks(run: Run, runs: Sequence[Run]) -> dict[str, str]:
    """Return what a report can be found by."""
    found = {"strength": card(run, "").word, "topic": run.title}
    return found | {name: value_of(run, name) for name in _differing(runs)}


def filters(runs: Sequence[Run]) -> list[tuple[str, str, list[str]]]:
    """Return name, label and choices of every filter that leaves a choice."""
    order = [*(word.capitalize() for word in STRENGTHS), "Described", "Not applicable", "Failed"]
    all_marks = [marks(run, runs) for run in runs]
    words = [word for word in order if any(each["strength"] == word for each in all_marks)]
    said = [("strength", "Strength", words), ("topic", "Question", _values(all_marks, "topic"))]
    said += [(name, FILTERS[name], _values(all_marks, name)) for name in _differing(runs)]
    return [each for each in said if len(each[2]) > 1]


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


def estimate(finding: Finding) -> str:
    """Return the estimate of a finding, signed where it is a difference; "" where there is none."""
    if finding.estimate is None:
        return ""
    if finding.unit in MINUTES:
        return clock(finding.estimate, finding.unit, fine_for(finding.low, finding.high, finding.unit))
    return number(finding.estimate, _digits(finding), sign=finding.worth is not None and not finding.facts.get("scale"))


def interval(finding: Finding) -> str:
    """Return the interval of a finding, "" where it has none: "2.4 to 3.6", "40 min to 2 h 10 min"."""
    if finding.low is None or finding.high is None:
        return ""
    if finding.unit in MINUTES:
        return times(finding.low, finding.high, finding.unit)
    return span(finding.low, finding.high, _digits(finding))


def basis(finding: Finding, run: Run) -> str:
    """Return rows and customers behind a finding: "15,146 answers from 9,064 customers"."""
    if not finding.n:
        return ""
    unit = str(run.evidence.data[0].get("unit", "row")) if run.evidence.data else "row"
    if finding.customers in (0, finding.n):
        return f"n = {count(finding.n)}"
    return f"{count(finding.n)} {unit}s from {count(finding.customers)} customers"


def _digits(finding: Finding) -> int:
    return digits_for(finding.low or 0.0, finding.high or 0.0, usual=1 if finding.unit in ("points", "of 100") else None)


def _group(own: Sequence[Run], runs: Sequence[Run]) -> Group:
    apart = apart_by(own)
    across = next((name for name in (SEGMENT, *reversed(apart)) if name in apart and len(apart) > 1), "")
    down = [name for name in sorted(apart, key=lambda name: AXES.index(name) if name in AXES else len(AXES)) if name != across]
    columns = list(dict.fromkeys(value_of(run, across) if across else "" for run in own))
    cells: dict[str, dict[str, Card]] = {}
    mixed = len(_units(own)) > 1
    for run in own:
        at = ", ".join(value_of(run, name) for name in down) or run.slug
        cells.setdefault(at, {})[value_of(run, across) if across else ""] = replace(card(run, run.title, marks(run, runs)), mixed=mixed)
    rows = tuple((head, tuple(found.get(column) for column in columns)) for head, found in cells.items())
    corner = " and ".join(FILTERS.get(name, label(name)) for name in down) or "Report"
    return Group(own[0].title, _under(own), corner, tuple(columns), rows)


def _under(own: Sequence[Run]) -> str:
    """Return what the numbers of a table are: of the finding that the notebook puts first."""
    lead: Any = next((run.findings[0] for run in own if run.status == "done" and run.findings), None)
    if lead is None or lead.estimate is None:
        return "the word for what came of each report"
    if len(_units(own)) > 1:
        return "What each report finds first: estimate, 95% interval, and how many it rests on"
    unit = f", {lead.unit}" if lead.unit else ""
    return f"{lead.topic[:1].upper()}{lead.topic[1:]}{unit}: estimate, 95% interval, and how many it rests on"


def _units(own: Sequence[Run]) -> set[str]:
    return {run.findings[0].unit for run in own if run.status == "done" and run.findings and run.findings[0].estimate is not None}


def _titled(run: Run, own: Sequence[Run]) -> str:
    values = [value_of(run, name) for name in apart_by(own)]
    return f"{run.title} ({', '.join(values)})" if values else run.title


def _differing(runs: Sequence[Run]) -> list[str]:
    return [name for name in FILTERS if len({repr(run.params[name]) for run in runs if name in run.params}) > 1]


def _values(found: Sequence[Mapping[str, str]], name: str) -> list[str]:
    return list(dict.fromkeys(each[name] for each in found if name in each))
