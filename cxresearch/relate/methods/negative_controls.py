"""What cannot matter must not seem to: the wait of a later contact, and an outcome that service cannot touch.

References
----------
Lipsitch, Tchetgen Tchetgen & Cohen (2010), Negative controls, Epidemiology 21; Flanders, Strickland & Klein (2017), A new method for
partial correction of residual confounding in time-series and other observational studies, American Journal of Epidemiology 185.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ibis
import pandas as pd

from cxresearch.ask.among import Where, conditions
from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.ask.metrics import Quantity
from cxresearch.ask.question import Absent, Question, name_of, pose
from cxresearch.ask.study import Study
from cxresearch.load.data import Data
from cxresearch.load.link import link
from cxresearch.load.repeats import with_next
from cxresearch.relate.adjusted import Adjusted, adjusted, counted
from cxresearch.relate.design import log2
from cxresearch.relate.method import facts_of, linking
from cxresearch.relate.relation import Relation

LATER, PLACEBO = "later contact", "placebo outcome"


@linking
def negative_controls(
    study: Study, question: Question, *, period: str | None = None, where: Where = None,
    contrast: float | str = "auto", placebo: Quantity | None = None,
) -> Relation | Absent:  # fmt: skip
    """Look for a difference where there can be none: what is found there would be at work in the answer too.

    Use it beside `effect`. A later ticket cannot move an earlier score, and some outcomes service does not touch at all.

    Parameters
    ----------
    study : Study
        It is linked anew for the placebo outcome.
    question : Question
        With an exposure that is a number or a wait.
    period, where
        As in `link`.
    contrast : float or str
        As in `effect`.
    placebo : str or Metric, optional
        An outcome that the exposure cannot touch; default: ``outcome`` under ``[ask.placebo]`` in study.toml.

    Returns
    -------
    Relation or Absent
        `estimates`: ``as asked``, then ``later contact`` and ``placebo outcome`` where they can be had; `margin` is the smallest
        difference worth acting on in the unit of `estimate`, `verdict` is ``nothing`` (interval wholly within the margin), ``something``
        (zero lies outside) or ``open``; `kind` is that of the outcome. One check for each.

    Raises
    ------
    QuestionError
        Where the question has no exposure or one with levels, or the placebo plays another part.
    MethodError
        Where neither control can be had.

    Notes
    -----
    Later contact: the exposure of the first contact that the customer opened after the answer, in place of the one before it, with the
    same confounders held equal and the exposure itself too, so that two waits of one customer that are alike are not taken for each other.
    It is no control where a score decides how the customer is served next. "Nothing" is said from equivalence to zero, never from
    a test that failed to find a difference. A placebo without a `worth` of its own is judged by the outcome's, in standard deviations.

    Examples
    --------
    >>> import tempfile
    >>> import cxresearch as cx
    >>> from cxresearch.load.simulate import simulate
    >>> study = cx.open_study(simulate(tempfile.mkdtemp(), customers=400, months=12))
    >>> list(cx.methods.negative_controls(study, cx.pose(study, "speed")).estimates["term"])[:2]
    ['as asked', 'later contact']

    References
    ----------
    Lipsitch, Tchetgen Tchetgen and Cohen (2010), Negative controls: a tool for detecting confounding and bias in observational studies,
    Epidemiology 21.
    """
    data = link(study, question, period=period, where=where)
    if isinstance(data, Absent):
        return data
    base = adjusted(data, contrast)
    declared = pose(study, "placebo")
    placebo = placebo if placebo is not None or isinstance(declared, Absent) else declared.outcome
    margin = _raw(data)
    rows, checks, missing = [{**base.row("as asked"), "margin": margin, "verdict": "", "kind": data.outcome.kind}], [], []
    for term, found in ((LATER, _later(data, base)), (PLACEBO, _placebo(data, base, placebo, (period, where)))):
        if isinstance(found, str):
            missing.append(found)
            continue
        within = margin if term == LATER else _margin(found, base, margin)
        row = found.row(term, "" if term == LATER else found.data.outcome.label)
        verdict = _verdict(row, within)
        rows.append({**row, "margin": within, "verdict": verdict, "kind": found.data.outcome.kind})
        checks.append(_check(term, verdict, row["level"]))
    if not checks:
        raise MethodError(f"there is no control to look at: {' '.join(missing)}")
    checks += [Check("further controls", "passed", " ".join(missing))] if missing else []
    facts = facts_of(data) | base.facts()
    if placebo is not None and not isinstance(placebo, str):
        placebo = name_of(placebo)
    settings = {"period": period, "where": conditions(where), "contrast": contrast, "placebo": placebo}
    return Relation("negative_controls", question, pd.DataFrame(rows), None, (*base.checks(), *checks), settings, facts)


def _later(data: Data, base: Adjusted) -> Adjusted | str:
    """Return the comparison by the exposure of the customer's next contact, or why there is none."""
    exposure = data.exposure
    if data.unit != "answer" or exposure is None:
        return f"A later contact is a control for answers only, not for each {data.unit}."
    own = log2(data.table.x, exposure) if base.step[0] else data.table.x.cast("float64")
    own = ibis.ifelse(data.table.x.isnull(), ibis.null("float64"), own)
    held = f"a_{exposure.name}"
    later = with_next(data, exposure, {held: own})
    if later is None:
        return f"{exposure.label} cannot be read from a later contact."
    parts = replace(data.parts, adjust_for=(*data.adjust_for, replace(exposure, kind="number")))
    later = replace(later, table=later.table.filter(later.table[held].notnull()), parts=parts)
    try:
        return adjusted(counted(later), base.contrast)
    except MethodError as error:
        return f"Too few customers came again: {error}"


def _placebo(data: Data, base: Adjusted, placebo: Quantity | None, asked: tuple[str | None, Mapping[str, Any] | None]) -> Adjusted | str:
    if placebo is None:
        return "No placebo outcome is declared ([ask.placebo] in study.toml)."
    if name_of(placebo) == data.outcome.name:
        raise QuestionError(f'"{name_of(placebo)}" is the outcome itself; a placebo is something else, which the exposure cannot touch.')
    held = tuple(part for part in data.question.adjust_for if name_of(part) != name_of(placebo))
    other = replace(data.question, outcome=placebo, adjust_for=held)
    found = link(data.study, other, period=asked[0], where=asked[1])  # type: ignore[arg-type]  # only studies come here
    if isinstance(found, Absent):
        return found.reason
    return adjusted(found, base.contrast)


def _raw(data: Data) -> float:
    """Return the smallest difference worth acting on in the unit of the estimates; NaN where none is declared."""
    if data.worth is None:
        return float("nan")
    return data.worth / 100 if data.outcome.kind == "share" else data.worth


def _margin(found: Adjusted, base: Adjusted, margin: float) -> float:
    own = _raw(found.data)
    return own if own == own else margin * found.deviation / base.deviation


def _verdict(row: Mapping[str, Any], margin: float) -> str:
    if -margin < row["low"] and row["high"] < margin:
        return "nothing"
    return "something" if row["low"] > 0 or row["high"] < 0 else "open"


def _check(term: str, verdict: str, level: str) -> Check:
    what = f"The {term}{f' ({level})' if level else ''}"
    if verdict == "nothing":
        return Check(term, "passed", f"{what} goes with no difference worth acting on, as it should be.")
    if verdict == "something":
        said = "goes with a difference, where there can be none: hidden reasons are at work."
        return Check(term, "doubt", f"{what} {said}", "suggestive")
    return Check(term, "doubt", f"{what} leaves open whether hidden reasons are at work: its interval is too wide.")
