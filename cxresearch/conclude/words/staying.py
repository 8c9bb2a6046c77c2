"""Sentences about who stays: `retention`."""

import pandas as pd

from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import difference
from cxresearch.conclude.words.display import listed, lower_first, upper_first
from cxresearch.conclude.words.numbers import count, number, span
from cxresearch.relate.relation import Check, Relation

NOT_YET = "not yet answered"
SMALL = 100


def gap(relation: Relation) -> tuple[float, float, float] | None:
    """Return first group less last, of 100 customers, with its interval; None where there is one group."""
    rows = compared(relation)
    if len(rows) < 2:
        return None
    first, last = (tuple(100 * float(row[name]) for name in ("estimate", "low", "high")) for _, row in rows.iloc[[0, -1]].iterrows())
    return difference(first, last)


def compared(relation: Relation) -> pd.DataFrame:
    """Return the groups that have an exposure; those still waiting are shown, but are neither end of a comparison."""
    rows = relation.estimates[relation.estimates["term"] == "kept"]
    return rows[(rows["level"] != NOT_YET) & rows["estimate"].notna()]


def spell(relation: Relation) -> str:
    """Return the time at which staying is read: "90 days"."""
    return f"{relation.facts['days']:g} {clock_unit(relation)}"


def clock_unit(relation: Relation) -> str:
    """Return the unit that staying is counted in."""
    unit = plain(relation.facts.get("unit", "days"))
    return unit if unit in ("hours", "days", "weeks") else "days"


def drawn(relation: Relation) -> list[str]:
    """Return the groups that a picture shows: those of 100 customers or more, and all where none has so many."""
    rows = relation.estimates[relation.estimates["term"] == "kept"]
    large = rows[rows["n"] >= SMALL]
    return list((large if len(large) else rows)["level"])


def drawn_note(relation: Relation) -> str:
    """Return which groups a picture leaves out."""
    rows = relation.estimates[(relation.estimates["term"] == "kept") & ~relation.estimates["level"].isin(drawn(relation))]
    left = listed([f"{group(row['level'])} ({_few(relation, row)})" for _, row in rows.iterrows()])
    return f"Not drawn, with fewer than {SMALL} customers: {left}." if left else ""


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return how many more of 100 the first group keeps than the last."""
    rows, apart = compared(relation), gap(relation)
    if apart is None:
        return f"Of 100 customers, {number(100 * rows.iloc[0]['estimate'])} were still here after {spell(relation)}."
    first, last = (group(rows.iloc[place]["level"]) for place in (0, -1))
    if strength == "inconclusive":
        return f"Whether more customers stay in “{first}” than in “{last}”, these data cannot say."
    if strength == "negligible":
        return f"Between “{first}” and “{last}” there is no difference in staying worth acting on."
    more = "more" if apart[0] > 0 else "fewer"
    stay = f"{number(abs(apart[0]))} {more} of every 100 customers stay {spell(relation)}"
    return f"As recorded, nothing held equal, {stay} in “{first}” than in “{last}”."


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the share kept in each group, the interval of the difference and the landmark."""
    apart, facts = gap(relation), relation.facts
    parts = []
    if apart:
        parts.append(f"95% interval {span(apart[1], apart[2])} of 100; n = {count(relation.estimates['n'].sum())} customers.")
    since = plain(facts.get("landmark") or "the landmark date")
    parts.append(f"Counted from {since}; what came before decides the group, what came after counts as staying.")
    return " ".join(parts)


def groups(relation: Relation) -> str:
    """Return the share kept in each group that is large enough to show."""
    keep = shown_rows(relation.estimates, limit_of(relation))
    rows = relation.estimates[[ok and term == "kept" for ok, term in zip(keep, relation.estimates["term"], strict=True)]]
    return "; ".join(f"{group(row['level']) or 'all'}: {_kept(row)}" for _, row in rows.iterrows())


def group(label: str) -> str:
    """Return the name of a group without its bounds."""
    return lower_first(label.partition(":")[0])


def title(relation: Relation) -> str:
    """Return what the step curves say."""
    apart, p = gap(relation), relation.facts.get("logrank_p")
    if apart is None:
        return f"{number(100 * relation.estimates.iloc[0]['estimate'])} of 100 customers are still here after {spell(relation)}"
    rows = compared(relation)
    first, last = (_named(rows.iloc[place]["level"]) for place in (0, -1))
    if p is None or not p < 0.05 or apart[1] <= 0 <= apart[2]:
        return f"Whether more customers stay in {first} than in {last}, these data cannot say"
    kept = [number(100 * rows.iloc[place]["estimate"], 0) for place in (0, -1)]
    return f"Of 100 customers in {first} {kept[0]} are still here after {spell(relation)}, of 100 in {last} {kept[1]}"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the curves."""
    since = plain(relation.facts.get("landmark") or "the landmark date")
    rows = compared(relation)
    ends = [f"{group(row['level'])} {span(100 * row['low'], 100 * row['high'])}" for _, row in rows.iloc[[0, -1]].iterrows()]
    after = f"; after {spell(relation)}: {', '.join(ends)}" if len(rows) > 1 else ""
    return f"Customers still here, of 100, by {clock_unit(relation)} since {since}, as recorded, with 95% intervals{after}"


def alt(relation: Relation) -> str:
    """Return message and numbers of the curves."""
    return f"{title(relation)}. After {spell(relation)}, of 100 customers: {groups(relation)}."


def short(relation: Relation, strength: str, worth: float | None, headline: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    apart = gap(relation)
    if apart is None or strength not in ("clear", "suggestive"):
        return "Do customers stay?", "Not known" if apart else "As recorded", headline
    return "Do customers stay?", "Unequally, as recorded", f"{title(relation)}."


def more(relation: Relation) -> tuple[Check, ...]:
    """Return the share kept in each group."""
    return (Check("groups", "passed", f"{upper_first(groups(relation))}."),)


def _named(label: str) -> str:
    name = group(label)
    return f"the {name}" if ":" in label else f"“{name}”"


def _few(relation: Relation, row: pd.Series) -> str:
    return count(row["n"]) if row["n"] >= limit_of(relation) else f"fewer than {limit_of(relation)}"


def _kept(row: pd.Series) -> str:
    return f"{number(100 * row['estimate'])} ({span(100 * row['low'], 100 * row['high'])})"
