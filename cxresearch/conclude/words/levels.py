"""Sentences about where we stand: `measure`, `scorecard` and `compare`."""

import pandas as pd

from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.words.association import basis, interval
from cxresearch.conclude.words.display import Display, listed, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import MINUTES, clock, count, fine_for, number, span
from cxresearch.relate.relation import Relation


def display_of(relation: Relation, row: pd.Series) -> Display:
    """Return how the quantity of one row is shown: its own columns first, else the facts of the relation."""
    own = {"outcome_label": "label", "outcome_kind": "kind", "unit": "unit", "better": "better"}
    facts = {**relation.facts, **{fact: row[column] for fact, column in own.items() if column in row.index}}
    each = {"unit": f"per {plain(facts.get('row_unit', 'contact'))}"} if facts.get("unit") == "each" else {}
    return outcome_of({**facts, **each})


def topic(relation: Relation) -> str:
    """Return what a finding is about."""
    return lower_first(relation.facts.get("outcome_label") or "where we stand")


def lead_row(relation: Relation) -> pd.Series:
    """Return the row that the headline speaks of: the overall one; on a scorecard the first about experience."""
    rows = relation.estimates
    if "side" in rows.columns and ((rows["side"] == "experience") & (rows["level"] == "")).any():
        rows = rows[(rows["side"] == "experience") & (rows["level"] == "")]
    return rows.iloc[0]


def may_show(relation: Relation, row: pd.Series) -> bool:
    """Return whether a row may be shown."""
    return shown_rows(relation.estimates, limit_of(relation))[list(relation.estimates.index).index(row.name)]


def value(shown: Display, row: pd.Series) -> str:
    """Return an estimate with its interval: "38.5 (37.6 to 39.4)"; durations as on a watch."""
    if shown.kind == "duration":
        narrow = int((row["high"] - row["low"]) * MINUTES.get(shown.unit, 1.0) < 30)
        fine = max(narrow, fine_for(row["low"], row["high"], shown.unit))
        said, low, high = (clock(row[name], shown.unit, fine) for name in ("estimate", "low", "high"))
        return f"{said} ({low} to {high})"
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    digits = shown.brief_digits(low, high)
    return f"{number(shown.shown(row['estimate']), digits)} ({span(low, high, digits)})"


def headline(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return where a quantity stands, or for months whether any lies outside the control band."""
    row = lead_row(relation)
    if not may_show(relation, row):
        return f"{display_of(relation, row).label} is not shown: it rests on fewer than {limit_of(relation)} answers."
    if has_months(relation):
        return f"{upper_first(months(relation))}."
    return f"{upper_first(stands(relation, row))}."


def card_headline(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return the main number of experience and the main number of service."""
    return f"{upper_first('; '.join(stands(relation, row) for row in card_rows(relation)))}."


def card_rows(relation: Relation) -> list[pd.Series]:
    """Return the first overall number of each side of a scorecard, experience first, as far as it may be shown."""
    rows = relation.estimates[relation.estimates["level"] == ""]
    sides = [rows[rows["side"] == side].head(1) for side in ("experience", "service")]
    found = [row for side in sides for _, row in side.iterrows()]
    return [row for row in found if may_show(relation, row)] or [lead_row(relation)]


def card_detail(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return what the numbers of the headline rest on."""
    named = [f"{count(row['n'])} ({lower_first(display_of(relation, row).label)})" for row in card_rows(relation)]
    return f"95% intervals in brackets; n = {listed(named)}."


def stands(relation: Relation, row: pd.Series) -> str:
    """Return where one quantity stands: "NPS is 24.7 (23.3 to 26.1)"."""
    shown = display_of(relation, row)
    if not may_show(relation, row):
        return f"{shown.label} is not shown"
    unit = "" if shown.kind in ("nps", "duration") or not shown.unit else f" {shown.unit}"
    name = f"the median {lower_first(shown.label)}" if shown.kind == "duration" else shown.label
    return f"{name} is {value(shown, row).replace(' (', f'{unit} (')}"


def short(relation: Relation, strength: str, worth: float | None, said: str) -> tuple[str, ...]:
    """Return question, answer and sentence for the first screen of an edition; for months none."""
    if has_months(relation) or not may_show(relation, lead_row(relation)):
        return ()
    rows = card_rows(relation) if relation.method == "scorecard" else [lead_row(relation)]
    first, *others = (f"{upper_first(stands(relation, row))}." for row in rows)
    return "Where do we stand?", first.rstrip("."), " ".join(others) or detail(relation, strength)


def detail(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return interval, n, and the months that stand out."""
    row = lead_row(relation)
    shown = display_of(relation, row)
    if not may_show(relation, row):
        return "Small groups are not shown."
    if has_months(relation):
        return f"{_months_named(relation)} {upper_first(stands(relation, row))} over all of them; {basis(row, relation.facts)}."
    return f"95% interval {value(shown, row).partition(' (')[2].rstrip(')')}; {basis(row, relation.facts)}."


def title(relation: Relation) -> str:
    """Return what the picture of levels or months says."""
    if has_months(relation):
        return upper_first(months(relation))
    row = relation.estimates.iloc[0]
    shown = display_of(relation, row)
    label = by_label(relation)
    return f"{shown.label} by {label}: {_overlap(relation)}" if label else headline(relation, "described").rstrip(".")


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval."""
    shown = display_of(relation, relation.estimates.iloc[0])
    band = "; shaded: the range in which chance alone moves it" if has_months(relation) else ""
    each = " by month" if has_months(relation) else ""
    return f"{shown.label}{each}{_unit(shown)}, with 95% intervals{band}"


def alt(relation: Relation) -> str:
    """Return message and numbers of the levels."""
    if has_months(relation):
        return f"{title(relation)}. {detail(relation, 'described')}"
    keep = shown_rows(relation.estimates, limit_of(relation))
    rows = [(plain(row["level"]) or "all", row) for (_, row), ok in zip(relation.estimates.iterrows(), keep, strict=True) if ok]
    return f"{title(relation)}. " + "; ".join(f"{name} {value(display_of(relation, row), row)}" for name, row in rows) + "."


def by_label(relation: Relation) -> str:
    """Return the name of the grouping inside a sentence."""
    by = relation.facts.get("by_label") or relation.facts.get("by") or ""
    return plain(by).replace("_", " ").lower()


def has_months(relation: Relation) -> bool:
    """Return whether there is a series over time."""
    return relation.curve is not None and "outside" in relation.curve.columns and len(relation.curve) > 0


def months(relation: Relation) -> str:
    """Return how many months lie outside the control band."""
    total, out = len(relation.curve), int(relation.curve["outside"].sum())
    label = display_of(relation, relation.estimates.iloc[0]).label
    if out == 0:
        return (
            f"all {total} months of {label} lie inside the control band"
            if total > 1
            else f"the one month of {label} lies inside the control band"
        )
    return f"{out} of {total} months of {label} {'lies' if out == 1 else 'lie'} outside the control band"


def compare_headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the difference between the first two levels."""
    row, shown = compare_row(relation), outcome_of(relation.facts)
    first, last = sides(row["level"])
    if strength == "inconclusive":
        return f"Whether {shown.level} differs between {first} and {last}, these data cannot say."
    if strength == "negligible":
        return f"Between {first} and {last} there is no difference in {shown.noun} worth acting on."
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    size = number(abs(shown.shown(row["estimate"])), shown.digits(low, high, worth))
    more = "higher" if row["estimate"] > 0 else "lower"
    return f"{upper_first(shown.level)} is {size} {shown.unit} {more} for {first} than for {last}{_mix(row)}."


def compare_detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return interval, n, the other comparison, and how many were looked at."""
    row, shown = compare_row(relation), outcome_of(relation.facts)
    parts = [f"{interval(shown, shown.shown(row['low']), shown.shown(row['high']), worth)}; {basis(row, relation.facts)}."]
    raw = relation.estimates[(relation.estimates["term"] == "raw") & (relation.estimates["level"] == row["level"])]
    if row["term"] == "adjusted" and len(raw):
        parts.append(f"As recorded: {value(shown, raw.iloc[0])}.")
    family = relation.estimates["level"].nunique()
    if family > 1:
        parts.append(f"{family} comparisons were made; the word allows for that (Holm).")
    return " ".join(parts)


def compare_row(relation: Relation) -> pd.Series:
    """Return the comparison that the headline speaks of: the mix-adjusted one of the surest pair."""
    rows = relation.estimates
    rows = rows[rows["term"] == "adjusted"] if (rows["term"] == "adjusted").any() else rows
    return rows.sort_values("p_holm", kind="stable").iloc[0] if "p_holm" in rows else rows.iloc[0]


def compare_title(relation: Relation) -> str:
    """Return what the picture of comparisons says."""
    row, shown = compare_row(relation), outcome_of(relation.facts)
    first, last = sides(row["level"])
    if row["low"] <= 0 <= row["high"]:
        return "No difference stands out"
    return f"{upper_first(shown.level)} is {'higher' if row['estimate'] > 0 else 'lower'} for {first} than for {last}"


def compare_subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the comparisons."""
    shown = outcome_of(relation.facts)
    return f"Difference in {shown.noun}{_unit(shown)}, with 95% intervals{shown.side}"


def compare_alt(relation: Relation) -> str:
    """Return message and numbers of the comparisons."""
    shown = outcome_of(relation.facts)
    rows = [
        f"{plain(row['level'])}, {'same mix' if row['term'] == 'adjusted' else 'as recorded'}: {value(shown, row)}"
        for _, row in relation.estimates.iterrows()
    ]
    return f"{compare_title(relation)}. {'; '.join(rows)}."


def sides(level: str) -> tuple[str, str]:
    """Return both sides of "A less B"."""
    first, _, last = plain(level).partition(" less ")
    return first, last or "the others"


def _months_named(relation: Relation) -> str:
    out = relation.curve[relation.curve["outside"]]
    named = [f"{row['x']:%B %Y} ({'above' if row['estimate'] > row['band_high'] else 'below'})" for _, row in out.iterrows()]
    return (
        f"Outside: {listed(named[:6])}{' and others' if len(named) > 6 else ''}."
        if named
        else "No single month lies outside what chance alone moves."
    )


def _overlap(relation: Relation) -> str:
    keep = shown_rows(relation.estimates, limit_of(relation))
    rows = relation.estimates[[ok and level != "" for ok, level in zip(keep, relation.estimates["level"], strict=True)]]
    if len(rows) < 2:
        return "one group" if len(rows) else "no group large enough to show"
    first, last = rows.loc[rows["estimate"].idxmin()], rows.loc[rows["estimate"].idxmax()]
    if first["high"] >= last["low"]:
        return "no difference stands out"
    ends = [f"{value(display_of(relation, row), row).partition(' (')[0]} ({plain(row['level'])})" for row in (first, last)]
    return f"from {ends[0]} to {ends[1]}, and these two intervals lie apart"


def _mix(row: pd.Series) -> str:
    return ", with the same mix" if row["term"] == "adjusted" else ""


def _unit(shown: Display) -> str:
    return f", {shown.unit}" if shown.unit and shown.kind != "duration" else ""
