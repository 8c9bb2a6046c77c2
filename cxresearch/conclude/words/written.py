"""Sentences about what customers write: `voice`."""

import pandas as pd

from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.words.association import enough, interval
from cxresearch.conclude.words.display import Display, finite, listed, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, number, percent, span
from cxresearch.relate.relation import Check, Relation

NOTHING = "No theme is written about by enough customers to be compared."


def topic(relation: Relation) -> str:
    """Return what a finding is about."""
    return f"comments and {lower_first(relation.facts.get('outcome_label') or 'the outcome')}"


def differences(relation: Relation) -> pd.DataFrame:
    """Return the comparisons that may be shown and could be made, the surest first."""
    rows = relation.estimates[[*shown_rows(_counted(relation), limit_of(relation))]]
    rows = rows[(rows["term"] == "difference") & rows["estimate"].notna() & rows["low"].notna()]
    size = rows["estimate"].abs() / rows["std_error"]
    return rows.assign(_size=size).sort_values(["p_holm", "_size", "level"], ascending=[True, False, True]).drop(columns="_size")


def lead(relation: Relation) -> pd.Series | None:
    """Return the comparison that the headline speaks of: of those that stand out the surest on the worse side, else the surest of all.

    The word allows for the whole family, so that any of its members may be the one.
    """
    rows, worse = differences(relation), -outcome_of(relation.facts).sign
    out = rows[(rows["p_holm"] <= 0.05) & (rows["estimate"] * worse > 0)]
    rows = out if len(out) and outcome_of(relation.facts).better != "neither" else rows
    return None if rows.empty else rows.iloc[0]


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the sentence for the theme whose difference is surest."""
    row, shown = lead(relation), outcome_of(relation.facts)
    if row is None:
        return NOTHING
    about = f"writing about {_quoted(row)}"
    if strength == "inconclusive":
        return f"Whether {about} goes with {shown.direction(known=False)}, these data cannot say."
    if strength == "negligible":
        return f"{upper_first(about)} goes with no difference in {shown.noun} worth acting on."
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    said = shown.difference(shown.shown(row["estimate"]), shown.digits(low, high, worth))
    return f"{upper_first(about)} goes with {said} than writing about other things."


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the interval, how many write about it, and how many themes were compared."""
    row, shown, facts = lead(relation), outcome_of(relation.facts), relation.facts
    written = f"{count(facts['comments'])} comments of {count(facts['writers'])} customers"
    if row is None:
        return f"n = {written}."
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    parts = [f"{interval(shown, low, high, worth)}; {percent(row['share'])} of {written} are about it."]
    many = int((relation.estimates["term"] == "difference").sum())
    parts += [f"{many} themes were compared; the word allows for that (Holm)."] if many > 1 else []
    parts += [f"Lower is better for {shown.noun}."] if shown.better == "lower" else []
    if strength == "inconclusive" and worth:
        parts.append(enough(low, high, int(facts["comments"]), worth, {"row_unit": "comment"}))
    return " ".join(part for part in parts if part)


def same_source() -> Check:
    """Return what stands between a comment and a score of the same person."""
    said = "Comment and score come from the same person at the same time: neither shows what lies behind the other."
    return Check("same source", "doubt", said, cap="suggestive")


def more(relation: Relation) -> tuple[Check, ...]:
    """Return which other themes stand out."""
    rows, first = differences(relation), lead(relation)
    rows = rows[rows["p_holm"] <= 0.05]
    rows = rows[rows["level"] != first["level"]] if first is not None else rows
    shown = outcome_of(relation.facts)
    if rows.empty:
        return ()
    named = [f"{_quoted(row)} ({_signed(row, shown)})" for _, row in rows.head(4).iterrows()]
    return (Check("other themes", "passed", f"Also standing out: {listed(named)}{' and others' if len(rows) > 4 else ''}."),)


def title(relation: Relation) -> str:
    """Return what the picture says, never more than the intervals allow."""
    rows = differences(relation)
    out = rows[rows["p_holm"] <= 0.05]
    if out.empty:
        return "No theme stands out"
    shown = outcome_of(relation.facts)
    low, high = (out[side] for side in (out["estimate"] < 0, out["estimate"] > 0))
    parts = [
        f"{word} for {_quoted(part.iloc[0])}" for word, part in (("lower", low), ("higher", high)) if len(part)
    ]  # fmt: skip
    return f"{upper_first(shown.level)} is {' and '.join(parts)}"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the picture."""
    shown = outcome_of(relation.facts)
    unit = f", {shown.unit}" if shown.unit else ""
    return f"Difference in {shown.noun} from comments about other things{unit}, with 95% intervals{shown.side}"


def alt(relation: Relation) -> str:
    """Return message and numbers of the picture."""
    shown = outcome_of(relation.facts)
    named = [f"{_quoted(row)} {_signed(row, shown)}" for _, row in differences(relation).iterrows()]
    return f"{title(relation)}. {'; '.join(named)}." if named else NOTHING


def drawn_note(relation: Relation) -> str:
    """Return where the names of the themes come from."""
    return "A theme is a group of words that stand together in comments; without a name it is called by its three most telling words."


def _signed(row: pd.Series, shown: Display) -> str:
    estimate, low, high = (shown.shown(row[name]) for name in ("estimate", "low", "high"))
    digits = shown.brief_digits(low, high)
    return f"{number(estimate, digits)}, {span(low, high, digits)}"


def _quoted(row: pd.Series) -> str:
    return f"“{plain(row['level'])}”"


def _counted(relation: Relation) -> pd.DataFrame:
    """Return the estimates where a difference counts the comments that are about the theme, not all of them."""
    rows = relation.estimates
    about = rows[rows["term"] == "theme"].set_index("level")
    compared = rows["term"] == "difference"
    fixed = rows.copy()
    for name in ("n", "customers"):
        fixed[name] = fixed[name].astype(float)
        fixed.loc[compared, name] = [float(about[name].get(level, 0)) for level in rows.loc[compared, "level"]]
    return fixed


def shown_themes(relation: Relation) -> list[bool]:
    """Return which rows may be shown."""
    return shown_rows(_counted(relation), limit_of(relation))


def tone_of(row: pd.Series) -> str:
    """Return the mean tone of a theme, "" where there is none."""
    return number(row["tone"], 2, sign=True) if finite(row.get("tone")) else ""
