"""Tables: the numbers of a relation, in the words of the page."""

from collections.abc import Callable, Sequence

import pandas as pd

from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.table import TAB, Table
from cxresearch.conclude.words import association, enough, importance, levels
from cxresearch.conclude.words.display import Display, exposure_unit, finite, outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, number, percent, span
from cxresearch.relate.relation import Relation

THINGS = {
    "source": "in the source", "rows": "rows kept", "quarantined": "set aside", "blank": "coded as blank", "missing": "empty",
    "answered": "answered", "orphan": "without a match",
}  # fmt: skip
SIDES = {"service": "Service: what the company does", "experience": "Experience: what customers perceive and do"}


def tables(relation: Relation) -> tuple[Table, ...]:
    """Return the tables of a relation, small groups suppressed.

    Parameters
    ----------
    relation : Relation
        What a method found.
    """
    return _MADE.get(relation.method, _plain)(relation)


def _effect(relation: Relation) -> tuple[Table, ...]:
    shown, rows = outcome_of(relation.facts), []
    held = association.adjusted_words(relation.facts)
    how = {
        "naive": "as recorded, nothing held equal",
        "adjusted": f"comparable customers: same {held}",
        "within": f"same customer at different times{f', same {held}' if held else ''}",
    }
    names = {"naive": "Naive", "adjusted": "Adjusted", "within": "Within-customer"}
    for _, row in association.ways(relation).iterrows():
        level = f", {plain(row['level'])}" if row["level"] else ""
        rows.append((f"{names.get(row['term'], row['term'])}{level}\n{how.get(row['term'], '')}", *_ends(shown, row), count(row["n"])))
    unit = plain(relation.facts.get("row_unit", "answer"))
    return (Table(association.step_words(relation), "", ("Compared", "Difference", "95% interval", f"{upper_first(unit)}s"), tuple(rows)),)


def _compare(relation: Relation) -> tuple[Table, ...]:
    shown, keep, rows = outcome_of(relation.facts), shown_rows(relation.estimates, limit_of(relation)), []
    for (_, row), ok in zip(relation.estimates.iterrows(), keep, strict=True):
        how = "same mix" if row["term"] == "adjusted" else "as recorded"
        chance = _chance(row.get("p_holm")) if ok else ""
        rows.append(
            (
                f"{plain(row['level'])}\n{how}",
                *(_ends(shown, row) if ok else ("not shown", "")),
                chance,
                count(row["n"]) if ok else _few(relation),
            )
        )
    head = ("Compared", "Difference", "95% interval", "Stands out", "n")
    return (Table(f"Differences in {shown.label}", shown.unit, head, tuple(rows)),)


def _dose(relation: Relation) -> tuple[Table, ...]:
    shown, estimates = outcome_of(relation.facts), relation.estimates
    held = bool(relation.facts.get("adjusted_for"))
    terms = [term for term in ("adjusted", "raw") if (estimates["term"] == term).any()]
    names = {"adjusted": "Comparable customers" if held else "Fitted, nothing held equal", "raw": "As recorded"}
    unit, first = exposure_unit(relation.facts), estimates[estimates["term"] == (terms[0] if terms else "")]
    rows = []
    for _, row in first.iterrows():
        others = [estimates[(estimates["term"] == term) & (estimates["level"] == row["level"])] for term in terms]
        rows.append((enough.level_words(row, unit), *(levels.value(shown, other.iloc[0]) if len(other) else "" for other in others)))
    caption = f"Predicted {shown.label} by {plain(relation.facts.get('exposure_phrase', 'exposure'))}"
    return (
        Table(
            caption,
            f"{_unit(shown)}with 95% intervals",
            (plain(relation.facts.get("exposure_label", "Exposure")), *(names[t] for t in terms)),
            tuple(rows),
        ),
    )


def _drivers(relation: Relation) -> tuple[Table, ...]:
    rows, johnson = [], relation.estimates[relation.estimates["level"] == "johnson"].set_index("term")["estimate"]
    owners = relation.estimates["owner"].fillna("").astype(str).str.len().any() if "owner" in relation.estimates else False
    for under, row in importance.in_blocks(relation):
        other = number(100 * johnson[row["term"]]) if row["term"] in johnson.index else ""
        ends = span(100 * row["low"], 100 * row["high"])
        cells = (
            TAB * under + f"{upper_first(plain(row['label']))}",
            *(number(100 * row["estimate"]), ends, number(100 * row["noise"]), percent(row["p_top"]), other),
        )
        rows.append((*cells, plain(row["owner"] or "")) if owners else cells)
    left = relation.estimates[relation.estimates["level"] == "unexplained"]
    rows += [
        ("Unexplained", number(100 * row["estimate"]), _range(100 * row["low"], 100 * row["high"]), *[""] * (4 if owners else 3))
        for _, row in left.iterrows()
    ]
    head = (
        "Driver",
        "Explained, of 100",
        "95% interval",
        "By chance alone",
        "Comes first",
        "Johnson weight",
        *(["Owner"] if owners else []),
    )
    shown = outcome_of(relation.facts)
    return (
        Table(
            f"What explains the differences in {shown.label}",
            f"R² {number(relation.facts['r2'], 2)}; the rest is unexplained",
            head,
            tuple(rows),
        ),
    )


def _retention(relation: Relation) -> tuple[Table, ...]:
    keep, rows = shown_rows(relation.estimates, limit_of(relation)), []
    for (_, row), ok in zip(relation.estimates.iterrows(), keep, strict=True):
        cells = (
            (number(100 * row["estimate"]), span(100 * row["low"], 100 * row["high"]), count(row["n"]))
            if ok
            else ("not shown", "", _few(relation))
        )
        rows.append((upper_first(plain(row["level"])) or "All", *cells))
    caption = f"Customers still here {relation.facts['days']} days after the landmark date"
    return (Table(caption, "of 100, as recorded", ("Group", "Still here", "95% interval", "Customers"), tuple(rows)),)


def _levels(relation: Relation) -> tuple[Table, ...]:
    keep, rows = shown_rows(relation.estimates, limit_of(relation)), []
    many = relation.estimates["term"].nunique() > 1
    for (_, row), ok in zip(relation.estimates.iterrows(), keep, strict=True):
        shown = levels.display_of(relation, row)
        name = (f"{shown.label}\n{plain(row['level']) or shown.unit}" if many else plain(row["level"]) or "All").rstrip("\n")
        value, _, ends = levels.value(shown, row).partition(" (") if ok else ("not shown", "", "")
        rows.append((name, value, ends.rstrip(")"), count(row["n"]) if ok else _few(relation)))
    label = upper_first(levels.by_label(relation)) or "Group"
    shown = levels.display_of(relation, relation.estimates.iloc[0])
    return (
        Table(
            f"{shown.label} by {label.lower()}" if levels.by_label(relation) else shown.label,
            shown.unit,
            (label, "Value", "95% interval", "n"),
            tuple(rows),
        ),
        *_months(relation),
    )


def _months(relation: Relation) -> tuple[Table, ...]:
    if not levels.has_months(relation):
        return ()
    shown, rows = levels.display_of(relation, relation.estimates.iloc[0]), []
    for _, row in relation.curve.iterrows():
        band = "outside" if row["outside"] else "inside"
        cells = (levels.value(shown, row), band, count(row["n"])) if row["n"] >= limit_of(relation) else ("not shown", "", _few(relation))
        rows.append((f"{row['x']:%B %Y}", *cells))
    return (Table(f"{shown.label} by month", "with 95% intervals", ("Month", "Value", "Control band", "n"), tuple(rows)),)


def _scorecard(relation: Relation) -> tuple[Table, ...]:
    made, sides = [], relation.estimates.get("side")
    for side in dict.fromkeys(sides) if sides is not None else [None]:
        part = relation.estimates if side is None else relation.estimates[sides == side]
        keep, rows = shown_rows(part, limit_of(relation)), []
        for (_, row), ok in zip(part.iterrows(), keep, strict=True):
            shown = levels.display_of(relation, row)
            value, _, ends = levels.value(shown, row).partition(" (") if ok else ("not shown", "", "")
            unit = "" if shown.kind in ("duration", "nps") else shown.unit
            name = f"\t{plain(row['level'])}" if row["level"] else f"{shown.label}{_median(shown)}\n{unit}".rstrip("\n")
            rows.append((name, value, ends.rstrip(")"), count(row["n"]) if ok else _few(relation)))
        made.append(Table(SIDES.get(side, "Scorecard"), "with 95% intervals", ("Measure", "Value", "95% interval", "n"), tuple(rows)))
    return tuple(made)


def _audit(relation: Relation) -> tuple[Table, ...]:
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


def _median(shown: Display) -> str:
    return ", median" if shown.kind == "duration" else ""


def _plain(relation: Relation) -> tuple[Table, ...]:
    shown, keep, rows = outcome_of(relation.facts), shown_rows(relation.estimates, limit_of(relation)), []
    for (_, row), ok in zip(relation.estimates.iterrows(), keep, strict=True):
        name = f"{plain(row['term'])}\n{plain(row['level'])}".rstrip("\n")
        rows.append((name, *(_ends(shown, row) if ok else ("not shown", "")), count(row["n"]) if ok else _few(relation)))
    return (Table(upper_first(relation.method.replace("_", " ")), shown.unit, ("Term", "Estimate", "95% interval", "n"), tuple(rows)),)


def _ends(shown: Display, row: pd.Series) -> tuple[str, str]:
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    digits = shown.digits(low, high)
    return number(shown.shown(row["estimate"]), digits), _range(low, high, digits)


def _range(low: float, high: float, digits: int = 1) -> str:
    return span(low, high, digits) if finite(low) and finite(high) else ""


def _chance(p: object) -> str:
    return ("yes" if p <= 0.05 else "no") if finite(p) else ""


def _few(relation: Relation) -> str:
    return f"fewer than {limit_of(relation)}"


def _unit(shown: Display) -> str:
    return f"{shown.unit}, " if shown.unit else ""


Made = Callable[[Relation], Sequence[Table]]
_MADE: dict[str, Made] = {
    "effect": _effect, "compare": _compare, "dose_response": _dose, "drivers": _drivers, "retention": _retention,
    "measure": _levels, "scorecard": _scorecard, "audit": _audit,
}  # fmt: skip
