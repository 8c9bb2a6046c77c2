"""Sentences about what was counted before anything is compared: `audit`."""

import pandas as pd

from cxresearch.conclude.disclosure import limit_of
from cxresearch.conclude.escape import plain
from cxresearch.conclude.words.display import listed, lower_first, upper_first
from cxresearch.conclude.words.numbers import count, number, percent
from cxresearch.relate.relation import Relation

NAMED = 3


def headline(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return how much was set aside."""
    rows = relation.estimates
    kept, aside = (rows.loc[rows["level"] == level, "n"].sum() for level in ("rows", "quarantined"))
    if not aside:
        return f"All {count(kept)} rows read keep the rules of the study."
    read = kept + aside
    broke = "breaks a rule and is set aside, with its reason" if aside == 1 else "break a rule and are set aside, each with its reason"
    return f"{count(aside)} of {count(read)} rows read ({percent(aside / read)}) {broke}."


def detail(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return the share answered and the largest reasons."""
    rows = relation.estimates
    answered = rows[rows["level"] == "answered"]
    parts = [
        f"{number(100 * row['estimate'])} of 100 invitations were answered ({count(row['n'])} invited)."
        for _, row in answered.head(1).iterrows()
    ]
    aside = rows[(rows["level"] == "quarantined") & (rows["n"] > 0)].sort_values("n", ascending=False, kind="stable").head(3)
    if len(aside):
        named = [(plain(row["term"]), plain(row.get("detail") or ""), count(row["n"])) for _, row in aside.iterrows()]
        reasons = "; ".join(f"{table}, {rule} ({many})" if rule else f"{table} ({many})" for table, rule, many in named)
        parts.append(f"Most often: {reasons}.")
    twins = int(rows.loc[rows["level"] == "duplicate", "n"].sum())
    if twins:
        parts.append(f"{count(twins)} rows are alike in every column to another; there is no id to tell them apart, so they are kept.")
    return " ".join(parts) or "Nothing was set aside."


def title(relation: Relation) -> str:
    """Return what the picture of months says."""
    odd = _odd(relation)
    if odd.empty:
        return "No month has far fewer or far more rows than those around it"
    tables = [lower_first(table_name(term)) for term in dict.fromkeys(odd["term"])]
    many = "1 month stands" if len(odd) == 1 else f"{len(odd)} months stand"
    return f"{many} out of line in {listed(tables)}"


def subtitle(relation: Relation) -> str:
    """Return what is drawn."""
    return "Rows by month, each table on its own scale; marked: less than half or more than twice the middle of the months around"


def alt(relation: Relation) -> str:
    """Return message and numbers of the picture of months."""
    said = []
    for term, rows in relation.curve.groupby("term", sort=False):
        inner = rows.iloc[1:-1] if len(rows) > 2 else rows
        low, high = (few_rows(value, limit(relation)) for value in (inner["n"].min(), inner["n"].max()))
        said.append(f"{table_name(term)}: {len(rows)} months, {low} to {high} rows")
    odd = _odd(relation)
    named = [f"{lower_first(table_name(row['term']))} in {row['x']:%B %Y}" for _, row in odd.head(NAMED).iterrows()]
    rest = f" and {len(odd) - NAMED} more" if len(odd) > NAMED else ""
    return f"{title(relation)}. {'; '.join(said)}.{f' Out of line: {listed(named)}{rest}.' if named else ''}"


def note(relation: Relation) -> str:
    """Return how the ends of the picture are to be read."""
    return "The first and the last month may be cut short by the record; they are never marked."


def table_name(term: object) -> str:
    """Return the name of a table as people read it.

    Examples
    --------
    >>> table_name("contacts")
    'Contacts'
    """
    return upper_first(plain(term).replace("_", " "))


def few_rows(value: float, least: int) -> str:
    """Return a count, or that it is small.

    Examples
    --------
    >>> few_rows(3, 5), few_rows(0, 5), few_rows(94, 5)
    ('under 5', '0', '94')
    """
    return f"under {least}" if 0 < value < least else count(value)


def limit(relation: Relation) -> int:
    """Return the count below which no number is given."""
    return limit_of(relation)


def _odd(relation: Relation) -> pd.DataFrame:
    return relation.curve[relation.curve["odd"] != ""]
