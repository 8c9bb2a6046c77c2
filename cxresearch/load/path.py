"""The customers' path: touches by stage, and the answers, contacts and leaving that follow them, in the engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import pandas as pd
from ibis import ifelse

from cxresearch.ask.among import worded
from cxresearch.ask.errors import QuestionError, nearest
from cxresearch.ask.metrics import Metric
from cxresearch.ask.period import label_of, parse_period
from cxresearch.ask.question import Absent
from cxresearch.ask.study import Study
from cxresearch.ask.values import indicator, number
from cxresearch.load.chosen import NotInTheseRows, chosen_with_customers
from cxresearch.load.opened import tables_of


@dataclass(frozen=True)
class Path:
    """A customer path.

    Parameters
    ----------
    touches : ibis.Table
        `customer`, `cluster`, `at`, `stage` and `y`: 1 where the touch went as it should, missing where nobody noted it.
    stages : tuple of str
        Those that were met, in the order asked for, or in that in which customers first meet them.
    final : ibis.Table
        `customer_id` and `final`: when each customer's last touch of all came, in the period or after it.
    tables : mapping
        Canonical tables.
    label : str
        Period of the touches, as people write it.
    """

    touches: ibis.Table
    stages: tuple[str, ...]
    final: ibis.Table
    tables: Mapping[str, ibis.Table]
    label: str


def path_of(study: Study, period: str | None, stages: tuple[str, ...], where: Mapping[str, Any]) -> Path | Absent:
    """Return the touches of a study that conditions choose, by their own columns or those of their customers, stages in order.

    Raises
    ------
    QuestionError
        Where `stages` names one that is not there, no table has a column to choose by, or no row the value.
    """
    tables = tables_of(study).clean
    touches = tables.get("touches")
    if touches is None or "stage" not in touches.columns or study.customer == "row":
        return Absent(f'A journey map needs a table of touches with stages, which the study "{study.title}" does not have.')
    touches = every = touches.filter(touches.stage.notnull())
    final = touches.group_by("customer_id").aggregate(final=touches["at"].max())
    try:
        touches = chosen_with_customers(touches, where, tables)
    except NotInTheseRows as elsewhere:
        return Absent(str(elsewhere))
    ok = touches.ok if "ok" in touches.columns else ibis.literal(True)
    good = ifelse(ok.isnull(), ibis.null("int64"), ifelse(ok if ok.type().is_boolean() else ok == 1, 1, 0))
    who = touches.customer_id.cast("string")
    rows = touches.select("at", "stage", "customer_id", customer=who, cluster=who, y=number(good))
    if period:
        start, end = (ibis.literal(edge).cast("timestamp") for edge in parse_period(period).bounds(study.timezone))
        rows = rows.filter((rows["at"] >= start) & (rows["at"] < end))
    found = _met(rows, every, stages)
    if not found:
        among = f" and {worded(where)}" if where else ""
        return Absent(f'No touch with a stage{among} lies in {period or "the record"} of the study "{study.title}".')
    label = label_of(period)
    return Path(rows.filter(rows.stage.isin(list(found))) if stages else rows, found, final, tables, label)


def _met(rows: ibis.Table, every: ibis.Table, stages: tuple[str, ...]) -> tuple[str, ...]:
    """Return the stages that were met in these rows, in the order given; else in that in which customers first meet them."""
    found = _ordered(rows)
    missing = [stage for stage in stages if stage not in found]
    known = list(every.select("stage").distinct().order_by("stage").execute()["stage"]) if missing else found
    for stage in missing:
        if stage not in known:
            raise QuestionError(f'there is no stage "{stage}"; {nearest(stage, known)}')
    return tuple(stage for stage in stages if stage in found) if stages else tuple(found)


def _ordered(rows: ibis.Table) -> list[str]:
    """Return the stages by how long after the first touch of all customers meet them, on average."""
    first = rows.group_by("customer", "stage").aggregate(first=rows["at"].min().epoch_seconds())
    begun = first.mutate(since=first.first - first.first.min().over(ibis.window(group_by=first.customer)))
    order = begun.group_by("stage").aggregate(since=begun.since.mean()).order_by("since", "stage").execute()
    return list(order["stage"])


def answers_after(path: Path, metric: Metric, days: int) -> ibis.Table | None:
    """Return answers by stage of the touches in so many days before; one answer may follow several stages."""
    surveys = path.tables.get("surveys")
    if surveys is None or not {"customer_id", "answered_at"} <= set(surveys.columns):
        return None
    asked = surveys.filter(surveys.answered_at.notnull() & surveys.score.notnull())
    if metric.only:
        asked = asked.filter(asked[metric.only[0]] == metric.only[1])
    carried = ["weight"] if "weight" in asked.columns else []
    asked = asked.select("response_id", "answered_at", *carried, _whose="customer_id", y=metric.value(asked))
    touches = path.touches.select("customer_id", "customer", "cluster", "stage", _at="at")
    near = (asked.answered_at > touches._at) & (asked.answered_at <= touches._at + ibis.interval(days=days))
    met = touches.join(asked, (touches.customer_id == asked._whose) & near)
    return met.select("response_id", "customer", "cluster", "stage", "y", *carried).distinct()


def contacts_after(path: Path, days: int) -> pd.DataFrame | None:
    """Return contacts by the stage of the last touch in so many days before: columns ``stage, n, customers``."""
    contacts = path.tables.get("contacts")
    if contacts is None:
        return None
    right = contacts.select("contact_id", "opened_at", _whose="customer_id")
    touches = path.touches.select("customer_id", "stage", _at="at")
    near = (right.opened_at > touches._at) & (right.opened_at <= touches._at + ibis.interval(days=days))
    met = touches.join(right, (touches.customer_id == right._whose) & near)
    order = ibis.window(group_by=met.contact_id, order_by=[met._at.desc(), met.stage.desc()])
    last = met.mutate(_rank=ibis.row_number().over(order))
    last = last.filter(last._rank == 0)
    return last.group_by("stage").aggregate(n=last.count(), customers=last.customer_id.nunique()).order_by("stage").execute()


def flow(path: Path) -> pd.DataFrame:
    """Return, by stage: ``customers`` who met it, who of them met the ``next`` one later, and who left with it as last touch (``lost``)."""
    rows, following = path.touches, dict(zip(path.stages, path.stages[1:], strict=False))
    by = rows.group_by("customer_id", "stage").aggregate(first=rows["at"].min(), final=rows["at"].max())
    later = by.select("customer_id", _next="stage", _final="final").rename(_whose="customer_id")
    place = ibis.cases(*((by.stage == one, two) for one, two in following.items()), else_="") if following else ibis.literal("")
    by, last = by.mutate(wanted=place), path.final.rename(_of="customer_id", _last="final")
    both = by.left_join(later, (by.customer_id == later._whose) & (by.wanted == later._next))
    both = both.left_join(last, both.customer_id == last._of)
    people = path.tables.get("customers")
    if people is not None and "left_at" in people.columns:
        gone = people.select(_who="customer_id", _gone=people.left_at)
        both = both.left_join(gone, both.customer_id == gone._who)
        lost = indicator(ibis.coalesce(both._gone.notnull() & (both.final == both._last), False))
    else:
        lost = ibis.null("float64")
    reached = indicator(ibis.coalesce(both._final > both.first, False))
    made = both.select("stage", reached=reached, lost=lost)
    return (
        made.group_by("stage").aggregate(customers=made.count(), next=made.reached.sum(), lost=made.lost.sum()).order_by("stage").execute()
    )
