"""The journey map: stages in order, what went well there, what customers say after them, and where they are lost.

References
----------
Lemon & Verhoef (2016), Understanding customer experience throughout the customer journey, Journal of Marketing 80; Wilson (1927), JASA 22.
"""

from typing import Any

import numpy as np
import pandas as pd

from cxresearch.ask.among import Where, conditions
from cxresearch.ask.catalog import CATALOG
from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.metrics import Metric
from cxresearch.ask.question import Absent, Question
from cxresearch.ask.study import Study
from cxresearch.load.path import Path, answers_after, contacts_after, flow, path_of
from cxresearch.load.rated import on_scale
from cxresearch.relate.doubts import FEW, few_clusters
from cxresearch.relate.method import of_study
from cxresearch.relate.relation import Relation
from cxresearch.relate.standing import believed, level_sums, wilson
from cxresearch.relate.tails import normal_quantile, t_quantile

OUTCOMES = ("nps", "csat", "ces", "score")


@of_study
def journey_map(
    study: Study,
    *,
    period: str | None = None,
    where: Where = None,
    stages: tuple[str, ...] | None = None,
    outcome: str = "nps",
    days: int = 30,
) -> Relation | Absent:
    """Map the customers' path, stage by stage.

    Parameters
    ----------
    study : Study
        With a table of touches that have stages.
    period : str, optional
        Touches that count; without it all on record.
    where : mapping or str, optional
        As in `cx.link`: the touches of these customers only. A column of the touches themselves chooses touches.
    stages : tuple of str, optional
        Their order; without it the study's own (``[ask.path]``), or the order in which customers first meet them.
    outcome : str
        ``nps``, ``csat``, ``ces`` or ``score``.
    days : int
        An answer or a contact belongs to the stages touched in so many days before it.

    Returns
    -------
    Relation or Absent
        `estimates`, level = stage in order: term "ok" (share of touches that went as they should), "satisfaction", "next" (share of its
        customers who met the next stage later), "lost" (share whose last touch of all it was and who left), "contacts" (a touch; without
        interval). Absent where there are no touches with stages, or neither they nor customers have a column of `where`.

    Raises
    ------
    QuestionError
        Where a stage or outcome is unknown, or a name or a value in `where`.

    Notes
    -----
    Touches and answers by customer: linearised errors with t(G - 1). Shares of customers: Wilson. Customers who have not met the next stage
    yet count as not having reached it; those who will leave later count as still there.

    Examples
    --------
    >>> import cxresearch as cx
    >>> cx.methods.journey_map(cx.Absent("no touches")).reason
    'no touches'
    """
    if outcome not in OUTCOMES or days < 1:
        raise QuestionError(f'outcome is "{outcome}" and days {days}; outcome can be {", ".join(OUTCOMES)}, days 1 or more.')
    asked = study.ask.get("path", {})
    where = {**asked.get("where", {}), **conditions(where)}
    order = tuple(stages or asked.get("stages", ()))
    path = path_of(study, period, order, where)
    if isinstance(path, Absent):
        return path
    metric = on_scale(CATALOG[outcome], study)
    estimates = pd.DataFrame([*_ok(path), *_satisfaction(path, metric, days), *_flow(path), *_contacts(path, days)])
    estimates["_at"] = estimates["level"].map({stage: place for place, stage in enumerate(path.stages)})
    estimates = estimates.sort_values(["_at", "term"], kind="stable").drop(columns="_at").reset_index(drop=True)
    facts = {
        "study": study.title, "period": path.label, "where": where, "stages": list(path.stages), "days": days, "design": study.design,
        "outcome_label": study.labels.get(outcome, metric.label), "outcome_phrase": metric.phrase, "outcome_kind": metric.kind,
        "unit": metric.unit, "better": metric.better, "worth": study.worth.get(outcome), "disclosure_limit": study.disclosure_limit,
        "row_unit": "answer",
    }  # fmt: skip
    least = min((int(n) for n in estimates.loc[estimates["term"] == "ok", "customers"] if n), default=0)
    settings = {"period": period, "where": where, "stages": list(stages) if stages else None, "outcome": outcome, "days": days}
    checks = (few_clusters(least, "customers at the rarest stage"), *_unmet(order, path), *_silent(estimates, path), *_untold(path))
    return Relation("journey_map", Question(outcome=outcome, design=study.design), estimates, None, checks, settings, facts)


def _ok(path: Path) -> list[dict[str, Any]]:
    sums = level_sums(path.touches.filter(path.touches.y.notnull()), "stage")
    share, critical = sums["estimate"].to_numpy(dtype=float), t_quantile(0.975, np.maximum(sums["clusters"] - 1, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = np.where(sums["variance"] > 0, share * (1 - share) / sums["variance"], sums["clusters"])
    low, high = wilson(share, np.minimum(np.maximum(effective, 1), sums["n"]), critical)
    nothing = {"estimate": np.nan, "n": 0, "customers": 0}
    unknown = [_row("ok", {"level": stage, **nothing}, (np.nan, np.nan)) for stage in path.stages if stage not in set(sums["level"])]
    return [*(_row("ok", row, ends) for row, *ends in zip(sums.to_dict("records"), low, high, strict=True)), *unknown]


def _satisfaction(path: Path, outcome: Metric, days: int) -> list[dict[str, Any]]:
    table = answers_after(path, outcome, days)
    if table is None:
        return []
    sums = level_sums(table, "stage")
    if sums.empty:
        return []
    half = t_quantile(0.975, np.maximum(sums["clusters"] - 1, 1)) * np.sqrt(believed(outcome, sums))
    wide = np.where(sums["clusters"] > 1, half, np.nan)
    middle = sums["estimate"]
    return [_row("satisfaction", row, ends) for row, *ends in zip(sums.to_dict("records"), middle - wide, middle + wide, strict=True)]


def _flow(path: Path) -> list[dict[str, Any]]:
    made, rows = flow(path), []
    for term, column in (("next", "next"), ("lost", "lost")):
        known = made[made["stage"] != path.stages[-1]] if term == "next" else made[made["lost"].notna()]
        share, n = (known[column] / known["customers"]).to_numpy(dtype=float), known["customers"].to_numpy(dtype=float)
        low, high = wilson(share, n, float(normal_quantile(0.975))) if len(known) else (share, share)
        for stage, one, count, *ends in zip(known["stage"], share, n, low, high, strict=True):
            rows.append(_row(term, {"level": stage, "estimate": one, "n": int(count), "customers": int(count)}, ends))
    return rows


def _contacts(path: Path, days: int) -> list[dict[str, Any]]:
    found = contacts_after(path, days)
    if found is None:
        return []
    touches = path.touches.group_by("stage").aggregate(n=path.touches.count()).execute().set_index("stage")["n"]
    return [
        _row(
            "contacts",
            {"level": row.stage, "estimate": row.n / touches[row.stage], "n": row.n, "customers": row.customers},
            (np.nan, np.nan),
        )
        for row in found.itertuples()
    ]


def _row(term: str, row: dict[str, Any], ends: Any) -> dict[str, Any]:
    kept = {name: row[name] for name in ("level", "estimate", "n", "customers")}
    return {"term": term, **kept, "low": float(ends[0]), "high": float(ends[1])}


def _unmet(order: tuple[str, ...], path: Path) -> list[Check]:
    left = [stage for stage in order if stage not in path.stages]
    return [Check("stages", "doubt", f"No touch here is of the stage: {', '.join(left)}. The map is without it.")] if left else []


def _silent(estimates: pd.DataFrame, path: Path) -> list[Check]:
    told = estimates[estimates["term"] == "satisfaction"].set_index("level")["customers"].reindex(path.stages).fillna(0)
    few = [stage for stage in path.stages if told[stage] < FEW]
    return [Check("answers", "doubt", f"Fewer than {FEW} customers answered after: {', '.join(few)}.")] if few else []


def _untold(path: Path) -> list[Check]:
    counts = path.touches.aggregate(n=path.touches.count(), untold=path.touches.y.isnull().sum()).execute().iloc[0]
    of = f"Of {int(counts['n']):,} touches {int(counts['untold']):,} do not say whether they went well"
    return [Check("touches", "doubt", f"{of}: these count as neither.")] if counts["untold"] else []
