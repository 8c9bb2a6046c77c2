"""Did the policy work: before and after, against those it did not reach, or against the series' own past.

References
----------
Angrist & Pischke (2009), Mostly Harmless Econometrics, chapter 5 (difference in differences); Bertrand, Duflo & Mullainathan (2004),
QJE 119 (placebo laws, serial correlation); MacKinnon, Nielsen & Webb (2023), Journal of Econometrics 232 (few clusters);
Hansen (2025), Journal of Applied Econometrics 40 (few treated);
Wagner et al. (2002), Journal of Clinical Pharmacy and Therapeutics 27 (interrupted series).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import ibis
import pandas as pd

from cxresearch.ask.errors import QuestionError
from cxresearch.load.data import Data
from cxresearch.relate import before_after
from cxresearch.relate.boundary import Boundary, boundary_of
from cxresearch.relate.doubts import few_clusters
from cxresearch.relate.method import cluster_columns, cluster_word, facts_of, method
from cxresearch.relate.mix import like_with_like
from cxresearch.relate.panel import Panel, dated, panel_of
from cxresearch.relate.relation import Relation
from cxresearch.relate.standing import estimate_by


@method
def change(data: Data, *, at: str | None = None, treated: str | Sequence[str] | None = None, every: str | None = None) -> Relation:
    """Estimate what goes with a policy that began on a day.

    Parameters
    ----------
    data : Data
        Rows with dates (`at`), from before and after. With `treated`: `by` names the groups.
    at : str, optional
        First day of the policy, "2025-04-01"; without it that of ``[ask.change]`` in study.toml, with its `treated` and `every`.
    treated : str or sequence of str, optional
        Levels of `by` that the policy reached; the others are the comparison group. None: the series alone, before against after.
    every : str
        "month" (from that day of each month on, the usual) or "week".

    Returns
    -------
    Relation
        With `treated`: term difference (after less before in the treated, less the same in the others), treated and comparison
        (levels before and after, as recorded), pre-trend (per period), placebo (level: an earlier date). `curve`: term event, period by
        period, against the average of those before. Without: term level and slope (step and bend at the boundary), after (mean gap to
        the old trend), placebo; `curve`: seen, fitted, expected.

    Raises
    ------
    QuestionError
        Where `at` is no day, a level does not exist, nobody is left to compare with, rows have no dates, or the outcome is a wait.
    MethodError
        Where there are too few periods, or no rows on one side of the day.

    Notes
    -----
    Least squares with group and period effects; errors by the groups that the policy was given to, by `cluster` where the question names
    one, by customers where a side has one group: jackknife (CV3), Satterthwaite's degrees of freedom, so that few groups on one side
    count as few. Slopes of `adjust_for` compare rows within group and
    period and count as known. Series: generalised least squares averaged over the correlation of neighbouring periods, t(T - 4).

    Examples
    --------
    >>> import cxresearch as cx
    >>> days = pd.date_range("2025-01-01", periods=240, freq="D").repeat(4)
    >>> frame = pd.DataFrame({"who": range(960), "at": days, "team": list("abcd") * 240})
    >>> late = (frame["at"] >= "2025-05-01") & frame["team"].isin(["a", "b"])
    >>> frame["score"] = 7.0 + frame["who"] % 7 / 3 + late
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), by="team"), customer="who")
    >>> round(float(cx.methods.change(data, at="2025-05-01", treated=("a", "b")).row("difference").estimate), 1)
    1.0
    """
    at, treated, every = _declared(data, at, treated, every)
    boundary, settings = _asked(data, at, every), {"at": at, "treated": treated, "every": every}
    table = dated(data.table.filter(data.table["at"].notnull()), boundary.day, every, data.study.timezone if data.study else "UTC")
    both = table.aggregate(before=(table.period < 0).sum(), after=(table.period >= 0).sum()).execute().iloc[0].fillna(0)
    boundary.on_both_sides(int(both["before"]), int(both["after"]))
    if treated is None:
        return _alone(data, table, boundary, settings)
    if not data.question.by:
        raise QuestionError('`treated` names levels of `by`: Question(outcome=..., by="team").')
    table = table.filter(table.by != "(missing)")
    levels = list(table.select("by").distinct().order_by("by").execute()["by"])
    chosen = before_after.sides_of(levels, treated, str(data.question.by))
    return _compared(data, table, (boundary, chosen, levels), settings)


def _declared(data: Data, *given: Any) -> tuple[Any, Any, str]:
    """Return day, levels and periods: as given; where no day is, as the study declares them."""
    own = data.study.ask.get("change", {}) if data.study and given[0] is None else {}
    at, treated, every = (one if one is not None else own.get(name) for one, name in zip(given, ("at", "treated", "every"), strict=True))
    return None if at is None else str(at), treated, every or "month"


def _asked(data: Data, at: str | None, every: str) -> Boundary:
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens: ask `retention` about it.')
    if "at" not in data.table.columns:
        raise QuestionError("change needs dates: these rows have no column `at` that says when the outcome was measured.")
    if len(cluster_columns(data)) == 2:
        raise QuestionError("change clusters by one column: the level at which the policy was given.")
    return boundary_of(at, every)


def _compared(data: Data, table: ibis.Table, parts: tuple[Boundary, tuple[str, ...], list[str]], settings: dict[str, Any]) -> Relation:
    boundary, treated, levels = parts
    plain, notes = table, []
    if data.adjust_for:
        cell = table.mutate(_cell=table.by.concat("\x1f", table.period.cast("string")))
        mix = like_with_like(cell, data.adjust_for, "_cell")
        table, notes = mix.table, list(mix.checks)
    cluster, word, given = before_after.clusters_of(data, treated, levels)
    panel = panel_of(table, "by", cluster)
    panel, gone = before_after.two_sided(panel, treated, boundary)
    found = before_after.difference(panel, treated, boundary)
    side = ibis.ifelse(plain.by.isin(treated), ibis.literal("treated"), ibis.literal("comparison"))
    when = ibis.ifelse(plain.period >= 0, ibis.literal("after"), ibis.literal("before"))
    four = estimate_by(replace(data, table=plain.mutate(by=side.concat(" ", when))), "by")
    four = four.assign(term=four["level"].str.split(" ").str[0], level=four["level"].str.split(" ").str[1])
    whole = {"n": int(panel.rows.sum()), "customers": int(plain.customer.nunique().execute())}
    estimates = pd.concat([found.estimates.assign(**whole), four.drop(columns="clusters")], ignore_index=True)
    facts = facts_of(data) | found.facts | boundary.facts(panel.periods) | {
        "kind": "difference", "treated": treated, "others": tuple(level for level in levels if level not in treated),
        "clusters": panel.clusters, "cluster_word": word,
    }  # fmt: skip
    carried = [few_clusters(panel.clusters, word), *before_after.few_on_a_side(panel, treated, word)]
    carried = [] if any(check.status == "failed" for check in given) else carried
    checks = (*data.checks, *notes, *gone, *carried, *given, *found.checks)
    return Relation("change", data.question, estimates, found.curve, checks, settings, facts)


def _alone(data: Data, table: ibis.Table, boundary: Boundary, settings: dict[str, Any]) -> Relation:
    notes = []
    if data.adjust_for:
        cell = table.mutate(_cell=table.period.cast("string"))
        mix = like_with_like(cell, data.adjust_for, "_cell")
        table, notes = mix.table, list(mix.checks)
    panel: Panel = panel_of(table.mutate(_all=ibis.literal("all")), "_all", "cluster")
    found = before_after.series(panel, boundary)
    months = estimate_by(replace(data, table=table.mutate(by=table.period.cast("string"))), "by")
    seen = months.assign(term="seen", x=[boundary.starts(int(level)) for level in months["level"]]).sort_values("x")
    curve = pd.concat([seen[["term", "x", "estimate", "low", "high", "n"]], found.curve], ignore_index=True)
    whole = {"n": int(panel.rows.sum()), "customers": int(table.customer.nunique().execute())}
    facts = facts_of(data) | found.facts | boundary.facts(panel.periods) | {
        "kind": "series", "treated": (), "others": (), "clusters": panel.clusters, "cluster_word": cluster_word(data)}  # fmt: skip
    checks = (*data.checks, *notes, few_clusters(panel.clusters, cluster_word(data)), *found.checks)
    return Relation("change", data.question, found.estimates.assign(**whole), curve, checks, settings, facts)
