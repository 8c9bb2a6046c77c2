"""Service and experience on one card, each number with the interval that fits it."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from cxresearch.ask.among import Where, conditions
from cxresearch.ask.catalog import CATALOG
from cxresearch.ask.check import Check
from cxresearch.ask.errors import DataError
from cxresearch.ask.question import Absent, Question
from cxresearch.ask.study import Study
from cxresearch.load.data import Data
from cxresearch.load.link import link
from cxresearch.relate.method import of_study
from cxresearch.relate.methods.measure import measure
from cxresearch.relate.relation import Relation

SERVICE = ("contacts",)
DEFAULT = ("nps", "csat", "ces", "kept_90d", "first_response_hours", "resolution_hours", "sla_met", "reopens", "transfers")


@of_study
def scorecard(study: Study, *, period: str | None = None, by: str | None = None, where: Where = None) -> Relation | Absent:
    """Measure every metric that the study's tables allow.

    Parameters
    ----------
    study : Study
        From `open_study`; ``[ask.scorecard] metrics`` names the metrics, without it the usual ones.
    period : str, optional
        As in `cx.link`.
    by : str, optional
        Column whose levels are shown apart.
    where : mapping or str, optional
        As in `cx.link`.

    Returns
    -------
    Relation or Absent
        `estimates`: term = metric, level = "" or level of `by`, with label, unit, kind, better side, and side: service or experience.
        Waits are medians, with open ones censored.

    Examples
    --------
    >>> import tempfile
    >>> import cxresearch as cx
    >>> from cxresearch.load.simulate import simulate
    >>> study = cx.open_study(simulate(tempfile.mkdtemp(), customers=300))
    >>> cx.scorecard(study, period="2025").estimates["term"].unique()[:2].tolist()
    ['first_response_hours', 'resolution_hours']
    """
    asked = study.ask.get("scorecard", {})
    wanted = asked.get("metrics") or DEFAULT
    parts, absent = [], []
    chosen = {**asked.get("where", {}), **conditions(where)}
    for name in wanted:
        found = _one(study, name, {"period": period, "where": chosen}, by or asked.get("by"))
        parts.append(found) if isinstance(found, tuple) else absent.append(found.reason)
    if not parts:
        return Absent(f'No metric of the scorecard can be computed from the study "{study.title}". {absent[0]}')
    estimates = pd.concat([frame for frame, _ in parts], ignore_index=True)
    data = parts[0][1]
    facts = {
        "study": study.title,
        "period": data.period_label,
        "by": by or asked.get("by"),
        "by_label": study.labels.get(by or asked.get("by"), ""),
        "absent": absent,
        "disclosure_limit": study.disclosure_limit,
        "design": study.design,
    }
    return Relation(
        "scorecard",
        Question(outcome="scorecard", by=by, design=study.design),
        estimates,
        None,
        tuple(_all_checks(parts)),
        {"period": period, "by": by},
        facts,
    )


def _one(study: Study, name: str, choice: Mapping[str, Any], by: str | None) -> tuple[pd.DataFrame, Data] | Absent:
    try:
        data = link(study, Question(outcome=name, by=by), **choice)
    except DataError as error:
        return Absent(f"{CATALOG[name].label if name in CATALOG else name}: {error}")
    if isinstance(data, Absent):
        return data
    outcome = data.outcome
    side = "service" if outcome.table in SERVICE or data.unit == "contact" else "experience"
    frame = measure(data).estimates.assign(
        label=study.labels.get(name, outcome.label), unit=outcome.unit, kind=outcome.kind, better=outcome.better, side=side
    )
    return frame, data


def _all_checks(parts: Iterable[tuple[pd.DataFrame, Data]]) -> list[Check]:
    seen: dict[str, Check] = {}
    for _, data in parts:
        for check in data.checks:
            if check.status != "passed":
                named = Check(f"{data.outcome.label}: {check.name}", check.status, f"{data.outcome.label}: {check.detail}", check.cap)
                seen[named.detail] = named
    return list(seen.values()) or [Check("complete", "passed", "Every metric of the card has nine in ten of its rows, or more.")]
