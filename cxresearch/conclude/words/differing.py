"""Sentences about where it differs: `segments` and `slopes`."""

import pandas as pd

from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import needed_n
from cxresearch.conclude.words.association import basis, observed
from cxresearch.conclude.words.display import Display, finite, listed, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, number, percent, span
from cxresearch.relate.relation import Relation

NAMED = 4


def topic(relation: Relation) -> str:
    """Return what a finding is about: "NPS by team"."""
    about = "exposure_label" if relation.method == "slopes" else "outcome_label"
    return f"{lower_first(relation.facts.get(about, 'the outcome'))} by {unit(relation)}"


def unit(relation: Relation) -> str:
    """Return what a level is: "team"."""
    return lower_first(relation.facts.get("by_label") or relation.facts.get("by") or "level")


def plural(word: str) -> str:
    """Return a word for many.

    Examples
    --------
    >>> plural("team"), plural("country")
    ('teams', 'countries')
    """
    return word if word.endswith("s") else f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else f"{word}s"


def tested_term(relation: Relation) -> str:
    """Return the rows whose gaps were tested: like with like where a mix is held alike."""
    return "adjusted" if "adjusted" in set(relation.estimates["term"]) else "raw"


def levels_of(relation: Relation, term: str) -> pd.DataFrame:
    """Return the levels of one term that may be shown: best first where an order can be given, else by the alphabet."""
    keep = shown_rows(relation.estimates, limit_of(relation))
    rows = relation.estimates[keep]
    rows = rows[(rows["term"] == term) & (rows["level"] != "")]
    if not relation.facts.get("ranked"):
        return rows.sort_values("level", kind="stable")
    order = relation.estimates[relation.estimates["term"] == "pooled"].set_index("level")["estimate"]
    worst_first = outcome_of(relation.facts).sign < 0
    return rows.assign(_at=rows["level"].map(order)).sort_values("_at", ascending=worst_first, kind="stable").drop(columns="_at")


def standing_out(relation: Relation) -> pd.DataFrame:
    """Return the shown levels that stand out beyond chance, the surest first."""
    rows = levels_of(relation, tested_term(relation))
    return rows[rows["flag"].isin(("above", "below"))].sort_values("p", kind="stable")


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return who stands out, or that levels differ, or not, or that it cannot be said."""
    shown, many = outcome_of(relation.facts), plural(unit(relation))
    if strength == "inconclusive":
        return f"Whether {many} differ in {shown.noun}, these data cannot say."
    if strength == "negligible":
        return upper_first(f"{_among(relation)}{many} do not differ in {shown.noun} by anything worth acting on.")
    rows = standing_out(relation)
    if rows.empty:
        return upper_first(f"{_among(relation)}{many} differ in {shown.noun}, typically by {_spread(relation)}; none stands out by itself.")
    verb = "stands" if len(rows) == 1 else "stand"
    of = f"of {count(relation.facts['units'])} {many}, {len(rows)} {verb} out in {shown.noun}"
    return upper_first(f"{_among(relation)}{of}: {_named(relation, rows)}.")


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the surest level with its interval, how much levels truly differ, and the basis."""
    shown, rows, one = outcome_of(relation.facts), standing_out(relation), unit(relation)
    parts = []
    if len(rows):
        row = rows.iloc[0]
        side = "above" if row["gap"] > 0 else "below"
        whole = f"the average of all {plural(one)}" if relation.method == "slopes" else f"all {plural(one)}"
        parts.append(f"{upper_first(_called(relation, row))}: {_gap(row, shown)} {side} {whole} (95% interval {_gap_span(row, shown)}).")
    parts.append(
        f"True spread between {plural(one)}: {_spread(relation)} ({_spread_span(relation)}); {basis(_whole(relation), relation.facts)}."
    )
    if relation.facts.get("ranked") is False:
        parts.append(f"No league table: the order of {plural(one)} would be partly chance.")
    if strength == "inconclusive" and worth:
        parts.append(_enough(relation, worth, shown))
    return " ".join(part for part in parts if part)


def title(relation: Relation) -> str:
    """Return what the funnel says."""
    shown, rows, many = outcome_of(relation.facts), standing_out(relation), plural(unit(relation))
    if rows.empty:
        return f"No {unit(relation)} stands out in {shown.noun} beyond what chance alone shows"
    verb = "stands" if len(rows) == 1 else "stand"
    return f"{len(rows)} of {count(relation.facts['units'])} {many} {verb} out in {shown.noun} beyond chance"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and limits of the funnel."""
    shown = outcome_of(relation.facts)
    held = ", like with like" if tested_term(relation) == "adjusted" else ", as recorded"
    units = f", {shown.unit}," if shown.unit and shown.kind != "nps" else ""
    one = unit(relation)
    funnel = f"if all were alike, 95 of 100 {plural(one)} would lie in the shaded funnel and nearly always all within the dotted lines"
    return f"{upper_first(shown.label)}{units} of each {one}{held}, by its answers; {funnel}"


def alt(relation: Relation) -> str:
    """Return message and numbers of the funnel."""
    shown, rows = outcome_of(relation.facts), standing_out(relation)
    said = "; ".join(
        f"{plain(row['level'])} {number(shown.shown(row['estimate']), 1)} ({row['flag']}, n = {count(row['n'])})"
        for _, row in rows.iterrows()
    )
    whole = number(shown.shown(relation.facts["whole"]), 1)
    return (
        f"{title(relation)}. All together {whole}{f'; {said}' if said else ''}. True spread {_spread(relation)} ({_spread_span(relation)})."
    )


def note(relation: Relation) -> str:
    """Return what the picture leaves out."""
    hidden = int(relation.facts["units"]) - len(levels_of(relation, tested_term(relation)))
    return f"{count(hidden)} {plural(unit(relation))} with few answers are not drawn." if hidden else ""


def caption(relation: Relation) -> str:
    """Return what the table of levels shows: "NPS by team"."""
    shown = outcome_of(relation.facts)
    what = f"Difference in {shown.noun} for {contrast(relation)}" if relation.method == "slopes" else shown.label
    return f"{what}, by {unit(relation)}"


def order_words(relation: Relation) -> str:
    """Return in which order the levels stand, and why."""
    limit = f"{relation.facts.get('reliability_limit', 0.7):g}"
    if relation.facts.get("ranked"):
        return f"best first; every reliability reaches {limit}"
    few = f"{count(relation.facts.get('unreliable', 0))} of {count(relation.facts['units'])}"
    return f"in the order of the alphabet: reliability is below {limit} for {few}, so an order of values would be partly chance"


def slopes_headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return whether what goes with the exposure differs by level, and where most."""
    shown, one, step = outcome_of(relation.facts), unit(relation), contrast(relation)
    verb = "goes with" if observed(relation) else "changes"
    if strength == "inconclusive":
        what = "more in some" if observed(relation) else f"{shown.noun} more in some"
        return f"Whether {step} {verb} {what} {plural(one)} than in others, these data cannot say."
    if strength == "negligible":
        what = f"the same difference in {shown.noun}" if observed(relation) else f"{shown.noun} alike"
        return upper_first(f"{_among(relation)}{step} {verb} {what} in every {one}, but for less than is worth acting on.")
    rows = standing_out(relation)
    if rows.empty:
        what = f"unlike differences in {shown.noun}" if observed(relation) else f"{shown.noun} unlike"
        return upper_first(f"{_among(relation)}{step} {verb} {what} from {one} to {one}, typically {_spread(relation)} apart.")
    row = rows.iloc[0]
    value = shown.shown(row["estimate"])
    mean = value - shown.shown(row["gap"])
    digits = shown.digits(shown.shown(row["low"]), shown.shown(row["high"]), worth)
    what = shown.difference(value, digits) if observed(relation) else f"{shown.noun} by {number(value, digits, sign=True)} {shown.unit}"
    return upper_first(
        f"{_among(relation)}{step} {verb} {what} in {_called(relation, row)}; the average of all {plural(one)} is {number(mean, digits)}."
    )


def slopes_title(relation: Relation) -> str:
    """Return what the picture of slopes says."""
    rows, many = standing_out(relation), plural(unit(relation))
    if rows.empty:
        return f"Between {many}, no difference in what goes with {contrast(relation)} stands out"
    return f"What goes with {contrast(relation)} stands out in {_named(relation, rows)}"


def slopes_subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the picture of slopes."""
    shown = outcome_of(relation.facts)
    units = f", {shown.unit}," if shown.unit else ""
    drawn = "each drawn toward the common one as far as its own answers are few"
    return f"Difference in {shown.noun}{units} for {contrast(relation)}, {drawn}, with 95% intervals"


def slopes_alt(relation: Relation) -> str:
    """Return message and numbers of the picture of slopes."""
    shown = outcome_of(relation.facts)
    rows = [f"{plain(row['level'])} {_ends(row, shown)}" for _, row in levels_of(relation, "pooled").iterrows()]
    return f"{slopes_title(relation)}. All together {_ends(relation.row('raw'), shown)}; {'; '.join(rows)}."


def contrast(relation: Relation) -> str:
    """Return the contrast as the subject of a sentence."""
    return plain(relation.facts.get("contrast_words", "a difference of one unit"))


def _among(relation: Relation) -> str:
    if relation.facts.get("adjusted_for"):
        return "like with like, " if relation.method == "segments" else "among comparable customers, "
    return "as recorded, nothing held equal, " if observed(relation) else ""


def _called(relation: Relation, row: pd.Series) -> str:
    """Return a level as a sentence names it: a bare number or letter with what it is, "age group 2"."""
    level = plain(row["level"])
    return f"{unit(relation)} {level}" if level.isdigit() or len(level) == 1 else level


def _named(relation: Relation, rows: pd.DataFrame) -> str:
    named = [f"{_called(relation, row)} ({row['flag']})" for _, row in rows.head(NAMED).iterrows()]
    return listed(named) if len(rows) <= NAMED else f"{', '.join(named)} and {len(rows) - NAMED} more"


def _gap(row: pd.Series, shown: Display) -> str:
    low, high = shown.shown(row["gap_low"]), shown.shown(row["gap_high"])
    return f"{number(abs(shown.shown(row['gap'])), shown.digits(low, high))} {shown.unit}".strip()


def _gap_span(row: pd.Series, shown: Display) -> str:
    low, high = shown.shown(row["gap_low"]), shown.shown(row["gap_high"])
    return span(low, high, shown.digits(low, high))


def _ends(row: pd.Series, shown: Display) -> str:
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    digits = shown.digits(low, high)
    return f"{number(shown.shown(row['estimate']), digits)} ({span(low, high, digits)})"


def _spread(relation: Relation) -> str:
    shown = outcome_of(relation.facts)
    row = relation.row("tau")
    digits = shown.digits(shown.shown(row["low"]), shown.shown(row["high"]))
    return f"{number(shown.shown(row['estimate']), digits)} {shown.unit}".strip()


def _spread_span(relation: Relation) -> str:
    shown, row = outcome_of(relation.facts), relation.row("tau")
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    return span(low, high, shown.digits(low, high, relation.facts.get("worth")))


def spread_rows(relation: Relation) -> list[tuple[str, str, str]]:
    """Return the true spread and the share of the differences seen that it makes up, with intervals."""
    facts = relation.facts
    share = f"{percent(facts['i2_low'])} to {percent(facts['i2_high'])}"
    return [("True spread", _spread(relation), _spread_span(relation)), ("Share of the differences seen", percent(facts["i2"]), share)]


def _whole(relation: Relation) -> pd.Series:
    return relation.row("raw")


def _enough(relation: Relation, worth: float, shown: Display) -> str:
    row = relation.row("tau")
    high = shown.shown(row["high"])
    if not finite(high) or high <= worth:
        return ""
    wanted = needed_n(0.0, high, int(row["n"]), worth)
    return f"About {count(wanted)} {relation.facts.get('row_unit', 'row')}s would be needed to tell." if wanted > row["n"] else ""
