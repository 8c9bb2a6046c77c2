"""Then and now: two findings that answer one question, and what lies between: noise, too little, a real change, mix, definition, data."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from math import isclose
from typing import Any

import numpy as np

from cxresearch.ask.errors import ResearchError
from cxresearch.ask.question import Absent
from cxresearch.ask.study import Study, open_study
from cxresearch.ask.written import read
from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import difference, strength, too_small, two_sided
from cxresearch.conclude.finding import Finding
from cxresearch.conclude.table import Table
from cxresearch.conclude.verdict import conclude
from cxresearch.conclude.words import changes as words
from cxresearch.relate.methods.moved import moved
from cxresearch.relate.multiplicity import adjust

MIME = "application/vnd.cxresearch.changes+json"
TESTED = ("measure", "effect")
OTHER_UNIT = ("dose_response",)  # its number is a wait, and what is worth acting on are points
LIKELY = 0.05
MOST = 3


@dataclass(frozen=True)
class Pair:
    """The same question, answered twice.

    Parameters
    ----------
    notebook, slug, topic, method : str
        Where it is answered, and what about.
    before, after : mapping or None
        The findings as JSON; None where it was not answered then, or is not now.
    params : pair of mapping
        Parameters then and now, defaults included.
    changed : mapping
        ``definition``, ``period`` and ``data``, where these differ, each with the words for it.
    """

    notebook: str
    slug: str
    topic: str
    method: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    params: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {})
    changed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """What became of one answer.

    Parameters
    ----------
    notebook, slug, topic : str
        Where it stands, and what it is about.
    verdict : str
        ``same``, ``noise``, ``small``, ``real``, ``mix``, ``definition``, ``data``, ``new``, ``gone``, or ``unknown``: nothing that is
        recorded differs, but the number does.
    sentence : str
        In one sentence.
    estimate, low, high : float or None
        Of the difference, where it was tested.
    p : float or None
        Of the test; never shown.
    unit : str
        Unit of the difference.
    """

    notebook: str
    slug: str
    topic: str
    verdict: str
    sentence: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class Changes:
    """What changed between two runs or editions, each answer in one sentence: what stands out first."""

    before: str
    after: str
    rows: tuple[Change, ...]

    @property
    def told(self) -> tuple[Change, ...]:
        """Those that differ by more than chance, and not by too little to act on."""
        return tuple(row for row in self.rows if row.verdict not in ("same", "noise", "small"))

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """Sentence and verdict of those that differ by more than chance, for a page; what is too small or chance stands in one line."""
        said: dict[str, list[Change]] = {}
        for row in self.told:
            said.setdefault(row.verdict, []).append(row)
        lines = [line for verdict, rows in said.items() for line in _lines(verdict, rows)]
        for verdict, how in (("small", words.BY_LITTLE), ("noise", words.BY_CHANCE)):
            topics = [row.topic for row in self.rows if row.verdict == verdict]
            lines += [(words.by_little(topics, how), verdict)] if topics else []
        return tuple(lines)

    @property
    def finding(self) -> Finding:
        """All of it in one sentence."""
        counts = {verdict: sum(row.verdict == verdict for row in self.rows) for verdict in words.ORDER}
        headline, detail = words.headline(counts), words.detail(counts)
        listed = [asdict(row) for row in self.rows]
        return Finding("what changed", headline, detail, "described", None, None, None, "", None, 0, 0, "changes", (), {"changes": listed})

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"before": self.before, "after": self.after, "changes": [asdict(row) for row in self.rows]}


def _lines(verdict: str, rows: Sequence[Change]) -> list[tuple[str, str]]:
    if verdict in ("real", "mix") or len(rows) <= MOST:
        return [(row.sentence, verdict) for row in rows]
    return [(words.together(verdict, [row.topic for row in rows]), verdict)]


def changes(before: str, after: str, pairs: Sequence[Pair]) -> Changes:
    """Judge every pair; a change counts where it stands out among all that were tested (Benjamini-Hochberg).

    Parameters
    ----------
    before, after : str
        Names of the two runs or editions, for the title.
    pairs : sequence of Pair
        The answers, then and now.
    """
    studies: dict[str, Study] = {}
    rows = [judge(pair, studies) for pair in pairs]
    p = adjust(np.array([np.nan if row.p is None else row.p for row in rows], dtype=float), "bh")
    rows = [_among(row, float(each)) for row, each in zip(rows, p, strict=True)]
    return Changes(before, after, tuple(sorted(rows, key=lambda row: words.ORDER.index(row.verdict))))


def changes_table(found: Changes) -> Table:
    """Return every answer with what became of it."""
    rows = tuple((plain(row.topic), words.VERDICTS[row.verdict], row.sentence.partition(": ")[2] or row.sentence) for row in found.rows)
    return Table(words.title(found.before, found.after), "", ("Answer", "What became of it", "Then and now"), rows)


def judge(pair: Pair, studies: dict[str, Study]) -> Change:
    """Return what became of one answer: told by what differs in the record, and by a test where the period does."""
    base = Change(pair.notebook, pair.slug, pair.topic, "same", "")
    if pair.before is None or pair.after is None:
        verdict = "new" if pair.before is None else "gone"
        return replace(base, verdict=verdict, sentence=words.alone(pair.topic, verdict))
    then_now = words.then_now(pair.topic, pair.before, pair.after)
    if _same_numbers(pair.before, pair.after):
        return _said_alike(pair, base)
    if pair.changed.get("period") and not (pair.changed.get("definition") and not _asked_alike(pair)):
        return _tested(pair, base, then_now, studies)
    for verdict in ("definition", "data"):
        if pair.changed.get(verdict):
            return replace(base, verdict=verdict, sentence=words.recorded(then_now, verdict, pair.changed[verdict]))
    return replace(base, verdict="unknown", sentence=words.recorded(then_now, "unknown", ""))


def _same_numbers(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Return whether estimate and interval are the same to 10 digits; without an interval, whether the sentence is."""
    ends = [(before.get(name), after.get(name)) for name in ("estimate", "low", "high")]
    if any(value is None for pair in ends for value in pair):
        return ends == [(now, now) for _, now in ends] and before.get("headline") == after.get("headline")
    return all(isclose(then, now, rel_tol=1e-10, abs_tol=1e-12) for then, now in ends)


def _said_alike(pair: Pair, base: Change) -> Change:
    """Return the change of an answer whose numbers are the same: none, unless another word is said of them."""
    then, now = ((finding or {}).get("strength") for finding in (pair.before, pair.after))
    if then == now:
        return replace(base, sentence=words.same(pair.topic, pair.after or {}))
    why = pair.changed.get("definition") or pair.changed.get("data") or ""
    return replace(base, verdict="definition", sentence=words.said_otherwise(pair.topic, str(then), str(now), why))


def _asked_alike(pair: Pair) -> bool:
    """Return whether both findings come from one question: then a test counts both periods in today's way."""
    return pair.method in TESTED and bool(_asked(pair.after)) and _asked(pair.before) == _asked(pair.after)


def _asked(finding: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return (finding or {}).get("facts", {}).get("asked") or {}


def _tested(pair: Pair, base: Change, then_now: str, studies: dict[str, Study]) -> Change:
    found, note = _moved(pair, studies) if _asked_alike(pair) else None, ""
    if isinstance(found, Finding):
        verdict, ends = str(found.facts["verdict"]), (found.estimate, found.low, found.high)
        parts, p, unit = found.facts, found.p, found.unit
    else:
        ends, p, unit = _apart(pair), None, str((pair.after or {}).get("unit", ""))
        if ends is None:
            return replace(base, verdict="unknown", sentence=words.recorded(then_now, "untested", found or ""))
        worth = None if pair.method in OTHER_UNIT else (pair.after or {}).get("worth")
        p, parts, note = two_sided(ends), {}, words.APART
        verdict = "small" if too_small(*ends[1:], worth) else "noise"
        verdict = "real" if strength(ends[1], ends[2], worth) in ("clear", "suggestive") else verdict
    sentence = words.told_by_test(then_now, verdict, (ends, unit, parts), note)
    if isinstance(found, Finding) and parts.get("hidden"):
        sentence = words.told_by_test(then_now, "noise", (tuple(parts["total"]), unit, parts), found.headline)
    return replace(base, verdict=verdict, sentence=sentence, estimate=ends[0], low=ends[1], high=ends[2], p=p, unit=unit)


def _moved(pair: Pair, studies: dict[str, Study]) -> Finding | str | None:
    """Ask the question anew of both periods; or return why that cannot be done."""
    first, second = pair.params
    where = str(second.get("study", ""))
    try:
        study = studies.get(where) or open_study(where)
        studies[where] = study
        question = read(_asked(pair.after))
        question = replace(question, exposure=None, drivers=()) if pair.method == "measure" else question
        found = moved(study, question, before=str(first.get("period")), after=str(second.get("period")), where=second.get("only"))
        return found.reason if isinstance(found, Absent) else conclude(found, worth=second.get("worth"))
    except (ResearchError, TypeError, OSError) as error:
        return str(error)


def _apart(pair: Pair) -> tuple[float, float, float] | None:
    """Return the difference of the two numbers, as if no customer stood in both; None where there are not two intervals."""
    ends = [tuple((finding or {}).get(name) for name in ("estimate", "low", "high")) for finding in (pair.after, pair.before)]
    known = all(isinstance(value, int | float) for one in ends for value in one)
    return difference(*ends) if known and (pair.before or {}).get("unit") == (pair.after or {}).get("unit") else None  # type: ignore[arg-type]


def _among(row: Change, p: float) -> Change:
    if row.verdict not in ("real", "mix", "small") or not p > LIKELY:
        return row
    return replace(row, verdict="noise", sentence=words.among_many(row.sentence))
