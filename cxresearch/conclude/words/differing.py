"""Sentences about where it differs: `segments` and `slopes`."""

import pandas as pd

from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import needed_n
from cxresearch.conclude.words.association import basis, observed
from cxresearch.conclude.words.display import Display, finite, listed, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, number, percent, span
from cxresearch.relate.relation import Relation

NAMED, MORE = 4, 5


def own_head(relation: Relation) -> str:
    """Return the head over the levels' own estimates: slopes are adjusted wherever something is held equal."""
    return "Comparable customers" if relation.method == "slopes" and relation.facts.get("adjusted_for") else "As recorded"


def whole_word(relation: Relation) -> str:
    """Return what stands before the row of the whole."""
    return "average" if relation.method == "slopes" else "all"


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
        return upper_first(f"{among(relation)}{many} do not differ in {shown.noun} by anything worth acting on.")
    rows = standing_out(relation)
    if rows.empty:
        return upper_first(f"{among(relation)}{many} differ in {shown.noun}, typically by {spread(relation)}; none stands out by itself.")
    verb = "stands" if len(rows) == 1 else "stand"
    of = f"of {count(relation.facts['units'])} {many}, {len(rows)} {verb} out in {shown.noun}"
    return upper_first(f"{among(relation)}{of}: {named(relation, rows)}.")


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the surest level with its interval, how much levels truly differ, and the basis."""
    shown, rows, one = outcome_of(relation.facts), standing_out(relation), unit(relation)
    rests = f"{basis(_whole(relation), relation.facts)}."
    if len(rows):
        parts = [_surest(relation, rows.iloc[0], worth)]
        parts.append(f"True spread between {plural(one)}: {spread(relation)} ({_spread_span(relation)}); {rests}")
    else:
        parts = [f"{_apart(relation, worth)}; {rests}"]
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
        f"{title(relation)}. All together {whole}{f'; {said}' if said else ''}. True spread {spread(relation)} ({_spread_span(relation)})."
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
    """Return in which order the levels stand, and why; of slopes what their average is."""
    if relation.method == "slopes":
        return f"the average counts each {unit(relation)} alike"
    limit = f"{relation.facts.get('reliability_limit', 0.7):g}"
    if relation.facts.get("ranked"):
        return f"best first; every reliability reaches {limit}"
    few = f"{count(relation.facts.get('unreliable', 0))} of {count(relation.facts['units'])}"
    return f"in the order of the alphabet: reliability is below {limit} for {few}, so an order of values would be partly chance"


def contrast(relation: Relation) -> str:
    """Return the contrast as the subject of a sentence."""
    return plain(relation.facts.get("contrast_words", "a difference of one unit"))


def among(relation: Relation) -> str:
    """Return how levels are compared, before a sentence."""
    if relation.facts.get("adjusted_for"):
        return "like with like, " if relation.method == "segments" else "among comparable customers, "
    return "as recorded, nothing held equal, " if observed(relation) else ""


def called(relation: Relation, row: pd.Series) -> str:
    """Return a level as a sentence names it: a bare number or letter with what it is, "age group 2"."""
    level = plain(row["level"])
    return f"{unit(relation)} {level}" if level.isdigit() or len(level) == 1 else level


def named(relation: Relation, rows: pd.DataFrame) -> str:
    """Return the levels that stand out, the first few by name, each with its side."""
    first = [f"{called(relation, row)} ({row['flag']})" for _, row in rows.head(NAMED).iterrows()]
    return listed(first) if len(rows) <= NAMED else f"{', '.join(first)} and {len(rows) - NAMED} more"


def told(relation: Relation) -> str:
    """Return the levels that the sentence is about: "the 4 markets", "the 3 age groups that can be told"."""
    some = " that can be told" if relation.facts.get("set_aside") else ""
    return f"the {count(relation.facts['units'])} {plural(unit(relation))}{some}"


def digits_of(row: pd.Series, shown: Display, worth: float | None) -> int:
    """Return decimals with which a level, the average and the one less the other agree as they are printed."""
    value, gap = shown.shown(row["estimate"]), shown.shown(row["gap"])
    ends = [shown.digits(shown.shown(row[f"{of}low"]), shown.shown(row[f"{of}high"]), worth if not of else None) for of in ("", "gap_")]
    agree = (abs(round(value, at) - round(value - gap, at) - round(gap, at)) < 10.0**-at / 2 for at in range(max(ends), max(ends) + MORE))
    return max(ends) + next((i for i, fits in enumerate(agree) if fits), 0)


def _surest(relation: Relation, row: pd.Series, worth: float | None) -> str:
    """Return the level that stands out most, and by how much."""
    shown, low, high = outcome_of(relation.facts), *(outcome_of(relation.facts).shown(row[name]) for name in ("gap_low", "gap_high"))
    slopes = relation.method == "slopes"
    digits = digits_of(row, shown, worth) if slopes else shown.digits(low, high)
    size = f"{number(abs(shown.shown(row['gap'])), digits)} {shown.unit}".strip()
    side = f"{'above' if row['gap'] > 0 else 'below'} {f'the average of {told(relation)}' if slopes else f'all {plural(unit(relation))}'}"
    return f"{upper_first(called(relation, row))}: {size} {side} (95% interval {span(low, high, digits)})."


def _apart(relation: Relation, worth: float | None) -> str:
    """Return the largest difference between two levels, and the bound that it does not exceed."""
    shown, row = outcome_of(relation.facts), relation.row("range")
    high = shown.shown(row["high"])
    digits = shown.digits(shown.shown(row["low"]), high, worth)
    size = f"{number(shown.shown(row['estimate']), digits)} {shown.unit}".strip()
    return f"Largest difference between two {plural(unit(relation))}: {size}, at most {number(high, digits)}"


def ends_of(row: pd.Series, shown: Display) -> str:
    """Return an estimate with its interval."""
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    digits = shown.digits(low, high)
    return f"{number(shown.shown(row['estimate']), digits)} ({span(low, high, digits)})"


def spread(relation: Relation) -> str:
    """Return the true spread between levels, with its unit."""
    shown = outcome_of(relation.facts)
    row = relation.row("tau")
    digits = shown.digits(shown.shown(row["low"]), shown.shown(row["high"]))
    return f"{number(shown.shown(row['estimate']), digits)} {shown.unit}".strip()


def _spread_span(relation: Relation) -> str:
    shown, row = outcome_of(relation.facts), relation.row("tau")
    low, high = shown.shown(row["low"]), shown.shown(row["high"])
    return span(low, high, shown.digits(low, high, relation.facts.get("worth")))


def spread_rows(relation: Relation) -> list[tuple[str, str, str]]:
    """Return the true spread, the share of the differences seen that it makes up, and how far two are apart, with intervals."""
    facts = relation.facts
    share = f"{percent(facts['i2_low'])} to {percent(facts['i2_high'])}"
    shown, row = outcome_of(relation.facts), relation.row("range")
    ends = tuple(shown.shown(row[name]) for name in ("low", "high"))
    digits = shown.digits(*ends, relation.facts.get("worth"))
    widest = f"{number(shown.shown(row['estimate']), digits)} {shown.unit}".strip()
    return [
        (f"True spread of {plural(unit(relation))} such as these", spread(relation), _spread_span(relation)),
        ("Share of the differences seen", percent(facts["i2"]), share),
        ("Largest difference between two", widest, span(*ends, digits)),
    ]


def _whole(relation: Relation) -> pd.Series:
    return relation.row("raw")


def _enough(relation: Relation, worth: float, shown: Display) -> str:
    row = relation.row("range")
    high = shown.shown(row["high"])
    if not finite(high) or high <= worth:
        return ""
    wanted = needed_n(0.0, high, int(row["n"]), worth)
    return f"About {count(wanted)} {relation.facts.get('row_unit', 'row')}s would be needed to tell." if wanted > row["n"] else ""
