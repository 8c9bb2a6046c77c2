"""How `measure` is judged, tabled and drawn: levels, or months."""

import pandas as pd

from cxresearch.conclude.cells import few
from cxresearch.conclude.charts import rows, series
from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, size_of
from cxresearch.conclude.words import levels, scope
from cxresearch.conclude.words.display import Display, finite, upper_first
from cxresearch.conclude.words.numbers import count, number
from cxresearch.relate.relation import Relation


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Give the main number with its interval; nothing is compared."""
    row = levels.lead_row(relation)
    if not levels.may_show(relation, row):
        return Verdict("described", n=0)
    if levels.has_months(relation):
        return Verdict("described", n=int(row["n"]), facts={"outside": int(relation.curve["outside"].sum()), "months": len(relation.curve)})
    shown = levels.display_of(relation, row)
    bounds = (shown.shown(row[name]) for name in ("estimate", "low", "high"))
    low, high = {"nps": (-100.0, 100.0), "share": (0.0, 100.0)}.get(shown.kind, (None, None))
    facts = {"outcome_label": shown.label, "scale": {"low": low, "high": high, "log": False} if high else None}
    return Verdict("described", *bounds, shown.unit, None, *size_of(row), (), facts)


def _tables(relation: Relation) -> tuple[Table, ...]:
    keep, made = shown_rows(relation.estimates, limit_of(relation)), []
    many = relation.estimates["term"].nunique() > 1
    for (_, row), ok in zip(relation.estimates.iterrows(), keep, strict=True):
        shown = levels.display_of(relation, row)
        name = (f"{shown.label}\n{plain(row['level']) or shown.unit}" if many else plain(row["level"]) or "All").rstrip("\n")
        value, _, bounds = levels.value(shown, row).partition(" (") if ok else ("not shown", "", "")
        made.append((name, value, bounds.rstrip(")"), *unweighted(shown, row, ok), count(row["n"]) if ok else few(relation)))
    label = upper_first(levels.by_label(relation)) or "Group"
    shown = levels.display_of(relation, relation.estimates.iloc[0])
    return (
        Table(
            f"{shown.label} by {label.lower()}" if levels.by_label(relation) else shown.label,
            shown.unit,
            (label, "Value", "95% interval", *(["Without weights"] if "unweighted" in relation.estimates else []), "n"),
            tuple(made),
        ),
        *_months(relation),
    )


def unweighted(shown: Display, row: pd.Series, ok: bool) -> tuple[str, ...]:
    """Return the cell that says what the number is with every row counting alike; none where rows have no weights."""
    if "unweighted" not in row.index:
        return ()
    return (number(shown.shown(row["unweighted"]), 2) if ok and finite(float(row["unweighted"])) else "",)


def _months(relation: Relation) -> tuple[Table, ...]:
    if not levels.has_months(relation):
        return ()
    shown, made = levels.display_of(relation, relation.estimates.iloc[0]), []
    for _, row in relation.curve.iterrows():
        band = "outside" if row["outside"] else "inside"
        cells = (levels.value(shown, row), band, count(row["n"])) if row["n"] >= limit_of(relation) else ("not shown", "", few(relation))
        made.append((f"{row['x']:%B %Y}", *cells))
    note = "; ".join(filter(None, ["with 95% intervals", scope.months(relation)]))
    return (Table(f"{shown.label} by month", note, ("Month", "Value", "Control band", "n"), tuple(made)),)


def _trend(name: str, relation: Relation, width: int) -> str:
    return series.trend(name, relation, width, levels.alt(relation))


def _picture(relation: Relation) -> Picture:
    if levels.has_months(relation):
        return Picture(levels.title, scope.subtitle, levels.alt, _trend, kind="trend")
    return Picture(levels.title, levels.subtitle, levels.alt, rows.by_level)


VOICE = Voice(judge, scope.headline, levels.detail, _tables, levels.topic, short=levels.short, picture=_picture)
