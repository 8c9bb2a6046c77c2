"""Sentences about who stays: `retention`."""

import pandas as pd

from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import difference
from cxresearch.conclude.words.display import lower_first, upper_first
from cxresearch.conclude.words.numbers import count, number, span
from cxresearch.relate.relation import Relation

NOT_YET = "not yet answered"


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
    return rows[rows["level"] != NOT_YET]


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return how many more of 100 the first group keeps than the last."""
    rows, apart = compared(relation), gap(relation)
    days = relation.facts["days"]
    if apart is None:
        return f"Of 100 customers, {number(100 * rows.iloc[0]['estimate'])} were still here after {days} days."
    first, last = (group(rows.iloc[place]["level"]) for place in (0, -1))
    if strength == "inconclusive":
        return f"Whether more customers stay in “{first}” than in “{last}”, these data cannot say."
    if strength == "negligible":
        return f"Between “{first}” and “{last}” there is no difference in staying worth acting on."
    more = "more" if apart[0] > 0 else "fewer"
    stay = f"{number(abs(apart[0]))} {more} of every 100 customers stay {days} days"
    return f"As recorded, nothing held equal, {stay} in “{first}” than in “{last}”."


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the share kept in each group, the interval of the difference and the landmark."""
    apart, facts = gap(relation), relation.facts
    parts = []
    if apart:
        parts.append(f"95% interval {span(apart[1], apart[2])} of 100; n = {count(relation.estimates['n'].sum())} customers.")
    parts.append(f"{upper_first(groups(relation))}.")
    since = plain(facts.get("landmark", "the landmark"))
    parts.append(f"Counted from {since}; what came before decides the group, what came after counts as staying.")
    return " ".join(parts)


def groups(relation: Relation) -> str:
    """Return the share kept in each group."""
    rows = relation.estimates[relation.estimates["term"] == "kept"]
    return "; ".join(f"{group(row['level']) or 'all'}: {_kept(row)}" for _, row in rows.iterrows())


def group(label: str) -> str:
    """Return the name of a group without its bounds."""
    return lower_first(label.partition(":")[0])


def title(relation: Relation) -> str:
    """Return what the step curves say."""
    apart, p = gap(relation), relation.facts.get("logrank_p")
    if apart is None:
        return f"{number(100 * relation.estimates.iloc[0]['estimate'])} of 100 customers are still here after {relation.facts['days']} days"
    rows = compared(relation)
    if p is None or not p < 0.05 or apart[1] <= 0 <= apart[2]:
        return "The groups are not told apart"
    more = "more" if apart[0] > 0 else "fewer"
    first, last = (group(rows.iloc[place]["level"]) for place in (0, -1))
    return f"{upper_first(first)}: {number(abs(apart[0]))} {more} of 100 still here than {last}"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the curves."""
    since = plain(relation.facts.get("landmark", "the landmark"))
    return f"Customers still here, of 100, by days since {since}, with 95% intervals; as recorded"


def alt(relation: Relation) -> str:
    """Return message and numbers of the curves."""
    return f"{title(relation)}. After {relation.facts['days']} days, of 100 customers: {groups(relation)}."


def _kept(row: pd.Series) -> str:
    return f"{number(100 * row['estimate'])} ({span(100 * row['low'], 100 * row['high'])})"
