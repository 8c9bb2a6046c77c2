"""How `audit` is judged, tabled and drawn."""

from collections.abc import Mapping

import pandas as pd

from cxresearch.ask.question import Absent
from cxresearch.conclude.charts import months
from cxresearch.conclude.escape import plain
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice
from cxresearch.conclude.words import counted
from cxresearch.conclude.words.display import finite
from cxresearch.conclude.words.numbers import count, percent
from cxresearch.relate.relation import Relation

READ = {"source": "In the source", "duplicate": "Repeated", "rows": "Kept", "answered": "Answered"}
LOOKS = (
    (("quarantined",), "Set aside, rule by rule", "", "Rule that was broken"),
    (("linked", "orphan"), "What finds its match", "rows that name a contact or customer who is on record", "Rows"),
    (("blank",), "What is coded as blank", "codes and empty answers that the study declares to be no answer", "Column"),
    (("missing",), "What is empty", "columns in which a row has no value, most often empty first", "Column"),
)
CODED = {"blank": "", "missing": "", "orphan": "without a match"}


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Count the rows; nothing is estimated."""
    rows = relation.estimates
    return Verdict("described", n=int(rows.loc[rows["level"] == "rows", "n"].sum()))


def _tables(relation: Relation) -> tuple[Table, ...]:
    rows = relation.estimates
    known = [level for levels, *_ in LOOKS for level in levels]
    made = [_table(rows[~rows["level"].isin(known)], "What was read", "", "Table")]
    rows = _named(rows, relation.facts.get("labels", {}))
    made += [_table(rows[rows["level"].isin(levels)], caption, under, head) for levels, caption, under, head in LOOKS]
    return tuple(table for table in made if table.rows)


def _table(rows: pd.DataFrame, caption: str, under: str, head: str) -> Table:
    made, seen = [], None
    order = {term: place for place, term in enumerate(dict.fromkeys(rows["term"]))}
    largest = head == "Column"
    rows = rows.assign(_table=rows["term"].map(order), _size=-rows["estimate"].astype(float) if largest else 0.0)
    for _, row in rows.sort_values(["_table", "_size"], kind="stable").iterrows():
        share = percent(row["estimate"]) if finite(row["estimate"]) and row["level"] != "rows" else ""
        what = _what(row)
        name = f"{counted.table_name(row['term'])}\n{what}" if row["term"] != seen else f"\t{what[:1].upper()}{what[1:]}"
        made.append((name.rstrip("\n"), count(row["n"]), share))
        seen = row["term"]
    return Table(caption, under, (head, "Rows", "Share"), tuple(made))


def _named(rows: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return the rows with columns called as the study calls them."""
    columns = rows["level"].isin(("blank", "missing"))
    return rows.assign(detail=rows["detail"].where(~columns, rows["detail"].map(lambda detail: _label(str(detail), labels))))


def _label(detail: str, labels: Mapping[str, str]) -> str:
    column, colon, rest = detail.partition(":")
    return f"{labels.get(column, column)}{colon}{rest}"


def _what(row: pd.Series) -> str:
    detail = plain(row.get("detail") or "").replace("_", " ")
    word = CODED.get(row["level"], READ.get(row["level"], "") if row["level"] in READ else "")
    return ": ".join(filter(None, [word.lower() if detail else word, detail])) if word else detail


def _picture(relation: Relation) -> Picture | Absent:
    if relation.curve is None:
        return Absent("No table of this study has dates: there are no months to look at.")
    return Picture(counted.title, counted.subtitle, counted.alt, months.months, counted.note, "months")


VOICE = Voice(judge, counted.headline, counted.detail, _tables, lambda relation: "the data", picture=_picture)
