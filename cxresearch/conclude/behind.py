"""What stands behind a table or a picture: the rows and customers of every number in it."""

from dataclasses import replace

import pandas as pd

from cxresearch.conclude.cells import few
from cxresearch.conclude.disclosure import limit_of
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import voice_of
from cxresearch.conclude.words.display import finite
from cxresearch.conclude.words.numbers import count, rests_on
from cxresearch.relate.relation import Relation

CUSTOMERS = "Customers"


def tables_of(relation: Relation) -> tuple[Table, ...]:
    """Return the tables of a relation; each says how many rows and customers its numbers rest on.

    Where the rows of a table have customers of their own they get a column; where all numbers rest on the same rows, a line below says so.

    Parameters
    ----------
    relation : Relation
        What a method found.
    """
    made = tuple(_with_customers(table, relation) for table in voice_of(relation.method).tables(relation))
    return tuple(table if CUSTOMERS in table.head else replace(table, base=base(relation)) for table in made)


def base(relation: Relation) -> str:
    """Return how many rows and customers all of it rests on; "" where that is not known or too few to be said."""
    facts, n = relation.facts, relation.estimates["n"].max()
    rows, customers = facts.get("rows"), facts.get("customers_used") or facts.get("customers")
    if not rows or not customers or min(rows, customers) < limit_of(relation):
        return ""
    used = int(facts.get("n_used") or (n if finite(n) and 0 < n <= rows else rows))
    return rests_on(used, int(rows), int(customers), str(facts.get("row_unit", "row")))


def _with_customers(table: Table, relation: Relation) -> Table:
    """Return the table with a column for customers, where each count in it belongs to one number of customers."""
    known = _customers(relation)
    if CUSTOMERS in table.head or not known:
        return table
    at = next((place for place in range(len(table.head) - 1, 0, -1) if _counts(table, place, known, relation)), None)
    if at is None or all(known.get(row[at], row[at]) == row[at] for row in table.rows):
        return table
    rows = tuple((*row[: at + 1], known.get(row[at], row[at]), *row[at + 1 :]) for row in table.rows)
    return replace(table, head=(*table.head[: at + 1], CUSTOMERS, *table.head[at + 1 :]), rows=rows)


def _counts(table: Table, place: int, known: dict[str, str], relation: Relation) -> bool:
    cells = [row[place] for row in table.rows if row[place]]
    named = table.head[place].lower() in ("n", "rows", f"{relation.facts.get('row_unit', 'row')}s")
    return named and bool(cells) and all(cell in known or cell == few(relation) for cell in cells)


def _customers(relation: Relation) -> dict[str, str]:
    """Return customers by count of rows, as written; {} where one count has several."""
    rows: pd.DataFrame = relation.estimates
    if "customers" not in rows:
        return {}
    known = rows[rows["customers"].notna() & rows["n"].notna()]
    pairs = set(zip(known["n"].astype(int), known["customers"].astype(int), strict=True))
    if len({n for n, _ in pairs}) < len(pairs):
        return {}
    limit = limit_of(relation)
    return {count(n): count(customers) if customers >= limit else few(relation) for n, customers in pairs}
