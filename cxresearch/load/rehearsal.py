"""A query about nothing, written and not sent: what ibis looks up only once is looked up then."""

import ibis


def query() -> str:
    """Return a query with the parts that most have, as text; no engine is opened.

    Examples
    --------
    >>> query().split()[0]
    'SELECT'
    """
    table = ibis.table({"name": "string", "number": "float64", "at": "timestamp"}, name="rehearsal")
    known = table.filter(table.number.notnull()).mutate(later=table["at"] + ibis.interval(days=1), twice=2 * table.number)
    last = known.mutate(rank=ibis.row_number().over(ibis.window(group_by="name", order_by=known["at"].desc())))
    both = last.filter(last["rank"] == 0).left_join(table.select("name", own="number"), "name")
    found = both.group_by("name").aggregate(n=both.count(), mean=both.twice.mean(), share=ibis.ifelse(both.own > 0, 1, 0).sum())
    return str(ibis.to_sql(found.order_by("name"), dialect="duckdb"))
