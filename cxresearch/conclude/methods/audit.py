"""How `audit` is judged and tabled."""

from cxresearch.conclude.escape import plain
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Verdict, Voice
from cxresearch.conclude.words import levels
from cxresearch.conclude.words.display import finite, upper_first
from cxresearch.conclude.words.numbers import count, percent
from cxresearch.relate.relation import Relation

THINGS = {
    "source": "in the source", "rows": "rows kept", "quarantined": "set aside", "blank": "coded as blank", "missing": "empty",
    "answered": "answered", "orphan": "without a match", "duplicate": "repeated",
}  # fmt: skip


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Count the rows; nothing is estimated."""
    rows = relation.estimates
    return Verdict("described", n=int(rows.loc[rows["level"] == "rows", "n"].sum()))


def _tables(relation: Relation) -> tuple[Table, ...]:
    rows, seen = [], ""
    for _, row in relation.estimates.sort_values("term", key=lambda terms: terms.map(_order(relation)), kind="stable").iterrows():
        what = f"{THINGS.get(row['level'], plain(row['level']))}: {plain(row.get('detail') or '').replace('_', ' ')}".removesuffix(": ")
        share = percent(row["estimate"]) if finite(row["estimate"]) and row["level"] != "rows" else ""
        if row["level"] == "rows" or row["term"] != seen:
            rows.append((f"{upper_first(plain(row['term']))}\n{what}", count(row["n"]), share))
        else:
            rows.append((f"\t{upper_first(what)}", count(row["n"]), share))
        seen = row["term"]
    return (Table("What was read, set aside and is missing", "", ("Table", "Rows", "Share"), tuple(rows)),)


def _order(relation: Relation) -> dict[str, int]:
    return {term: place for place, term in enumerate(dict.fromkeys(relation.estimates["term"]))}


VOICE = Voice(judge, levels.audit_headline, levels.audit_detail, _tables, lambda relation: "the data")
