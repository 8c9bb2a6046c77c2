"""What a mix is made of: the rows of two periods in one table, with segment, plan, channel and what else a study declares as context."""

from collections.abc import Mapping

import ibis
import pandas as pd

from cxresearch.ask.metrics import Column, Metric
from cxresearch.load.data import Data
from cxresearch.load.opened import tables_of

USUAL = ("segment", "plan", "channel")


def side_by_side(first: Data, second: Data) -> tuple[ibis.Table, list[Metric]]:
    """Return the rows of both periods in one table, with the context of each, and what it is."""
    parts, names = [], []
    for data, period in ((first, "before"), (second, "after")):
        table, names = _with_context(data)
        parts.append(table.mutate(period=ibis.literal(period)))
    one, other = parts[0], parts[1].select(*parts[0].columns)
    if one.get_backend() is other.get_backend():
        return one.union(other).cache(), [Column(name, category=True) for name in names]
    frame = pd.concat([one.execute(), other.execute()], ignore_index=True)
    return ibis.duckdb.connect().create_table("rows", frame), [Column(name, category=True) for name in names]


def _with_context(data: Data) -> tuple[ibis.Table, list[str]]:
    """Return the rows with segment, plan, channel and whatever else the study declares as context."""
    table, study = data.table, data.study
    names = [] if data.question.by is None else [data.question.by]
    if names:
        table = table.mutate(**{f"a_{names[0]}": table.by})
    if study is None or data.unit == "row":
        return table, names
    taken = {metric.name for metric in data.adjust_for} | set(names)
    clean = tables_of(study).clean
    wanted = [*dict.fromkeys((*USUAL, *(name for name, role in study.roles.items() if role == "context")))]
    for source, key, own in (("customers", "customer_id", "customer"), ("contacts", "contact_id", "_contact")):
        table = _with_contact(table, data.unit, clean) if source == "contacts" else table
        held = [name for name in wanted if name not in taken and source in clean and name in clean[source].columns and own in table.columns]
        if held:
            values = {f"a_{name}": ibis.coalesce(clean[source][name].cast("string"), "(missing)") for name in held}
            right = clean[source].select(_key=clean[source][key].cast("string"), **values)
            right = _here(right, table)
            table = table.left_join(right, table[own] == right["_key"]).drop("_key")
            table = table.mutate(**{name: ibis.coalesce(table[name], "(missing)") for name in values})
            names, taken = [*names, *held], taken | set(held)
    return table.drop("_contact") if "_contact" in table.columns else table, names


def _with_contact(table: ibis.Table, unit: str, clean: Mapping[str, ibis.Table]) -> ibis.Table:
    if unit == "contact":
        return table.mutate(_contact=table.unit_id)
    if unit not in ("answer", "invitation") or not {"response_id", "contact_id"} <= set(clean["surveys"].columns):
        return table
    about = clean["surveys"].select(_unit=clean["surveys"].response_id.cast("string"), _contact=clean["surveys"].contact_id.cast("string"))
    about = _here(about, table)
    return table.left_join(about, table.unit_id == about["_unit"]).drop("_unit")


def _here(right: ibis.Table, table: ibis.Table) -> ibis.Table:
    """Return the columns where the rows are: a warehouse is opened anew each time, and two connections cannot be joined."""
    return right if right.get_backend() is table.get_backend() else ibis.memtable(right.execute())
