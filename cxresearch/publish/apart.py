"""Reports of one edition seen together: none may give away, less another, what neither shows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.period import parse_period
from cxresearch.conclude.subtraction import USUAL_LIMIT, Counted, given_away
from cxresearch.conclude.words.subtracted import few_left
from cxresearch.publish.asked import study_of
from cxresearch.publish.plan import Edition
from cxresearch.publish.run import Run


def watched(runs: Sequence[Run], limit: int = USUAL_LIMIT) -> tuple[Run, ...]:
    """Return the runs with a doubt where the rows of one, less those of others, would be too few to be shown.

    Parameters
    ----------
    runs : sequence of Run
        All of an edition.
    limit : int
        Fewer rows than this are not shown.
    """
    counts = [counted for run in runs if run.status == "done" for counted in _counts(run)]
    doubts = {
        wide.report: few_left(wide.rows - sum(part.rows for part in parts), limit, len(parts)) for wide, *parts in given_away(counts, limit)
    }
    return tuple(_doubted(run, doubts[run.slug]) if run.slug in doubts else run for run in runs)


def limit_of(edition: Edition) -> int:
    """Return the strictest disclosure limit of the studies of an edition."""
    told = {(planned.notebook.home, str(planned.params.get("study"))): planned for planned in edition.reports}
    studies = [study_of(planned.notebook, planned.params) for planned in told.values()]
    return max((study.disclosure_limit for study in studies if study), default=USUAL_LIMIT)


def _doubted(run: Run, doubt: Check) -> Run:
    return replace(run, evidence=replace(run.evidence, checks=(doubt, *run.evidence.checks)))


def _counts(run: Run) -> list[Counted]:
    span = _span(run.params.get("period"))
    return [
        Counted(
            (run.notebook, number, said.get("study"), said.get("unit")), run.slug, span, said.get("where", {}), int(said.get("rows", 0))
        )
        for number, said in enumerate(run.evidence.data)
    ]


def _span(period: object) -> tuple[date, date] | None:
    try:
        found = parse_period(str(period)) if period else None
    except QuestionError:
        return None
    return (found.first, found.last) if found else None
