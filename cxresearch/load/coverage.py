"""How the tables of a study hang together, and how many rows each month has: what is looked at before anything is believed."""

from collections.abc import Mapping

import ibis
import pandas as pd

from cxresearch.load.clock import month_of
from cxresearch.load.contracts import Tables

DATES = {
    "contacts": ("opened_at",), "surveys": ("invited_at", "answered_at"), "customers": ("joined_at",), "orders": ("ordered_at",),
    "touches": ("at",),
}  # fmt: skip
KEYS = (("contact_id", "contacts", "contact"), ("customer_id", "customers", "customer"))


def links(clean: Mapping[str, ibis.Table]) -> pd.DataFrame:
    """Return how many rows of each table find what they name in the table it stands in.

    Returns
    -------
    pandas.DataFrame
        ``table``, ``thing`` (linked), ``detail``, ``n``, ``of``: all rows, those that name nobody too.
    """
    found = [
        (name, "linked", f"with a {what} on record", *_known(table, clean[home], key))
        for key, home, what in KEYS
        for name, table in clean.items()
        if home in clean and name != home and key in table.columns
    ]
    return pd.DataFrame(found, columns=["table", "thing", "detail", "n", "of"])


def months(tables: Tables) -> pd.DataFrame:
    """Return how many rows each table has in each month of the study's own time zone, months without rows between others too.

    Returns
    -------
    pandas.DataFrame
        ``term`` (table), ``x`` (first of the month), ``n``; a table without dates has no rows here.
    """
    parts = []
    for name, table in tables.clean.items():
        dated = next((column for column in DATES[name] if column in table.columns), None)
        if dated is None:
            continue
        some = table.filter(table[dated].notnull())
        counted = some.group_by(month=month_of(some[dated], tables.study.timezone)).aggregate(n=some.count()).execute()
        if len(counted):
            counts = pd.Series(counted["n"].to_numpy(), index=pd.PeriodIndex(counted["month"], freq="M")).sort_index()
            every = counts.reindex(pd.period_range(counts.index[0], counts.index[-1], freq="M"), fill_value=0)
            parts.append(pd.DataFrame({"term": name, "x": every.index.to_timestamp(), "n": every.to_numpy()}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["term", "x", "n"])


def _known(table: ibis.Table, other: ibis.Table, key: str) -> tuple[int, int]:
    matched = table.filter(table[key].notnull()).semi_join(other, key)
    return int(matched.count().execute()), int(table.count().execute())
