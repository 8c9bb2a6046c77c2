"""Sentences about who stays: `retention`, in customers of 1,000."""

import pandas as pd

from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import difference
from cxresearch.conclude.words.display import listed, lower_first, upper_first
from cxresearch.conclude.words.numbers import count, digits_for, number, span
from cxresearch.relate.relation import Check, Relation

ASIDE = ("not yet answered", "(missing)")
SMALL = 100
THOUSAND = 1000


def gap(relation: Relation) -> tuple[float, float, float] | None:
    """Return first group less last, of 1,000 customers, with its interval; None where there is one group."""
    rows = compared(relation)
    if len(rows) < 2:
        return None
    first, last = (tuple(THOUSAND * float(row[name]) for name in ("estimate", "low", "high")) for _, row in rows.iloc[[0, -1]].iterrows())
    return difference(first, last)


def compared(relation: Relation) -> pd.DataFrame:
    """Return the groups that are compared; those still waiting, or of nobody knows which level, are shown but are neither end."""
    rows = relation.estimates[(relation.estimates["term"] == "kept") & relation.estimates["estimate"].notna()]
    named, pair = rows[~rows["level"].isin(ASIDE)], relation.facts.get("compared")
    return named[named["level"].isin(pair)] if pair else named if len(named) else rows


def place(relation: Relation, label: str) -> int:
    """Return where a group stands in a picture: between the two that are compared, or after them."""
    pair = relation.facts.get("compared") or ("", "")
    return 3 if label in ASIDE else 2 * pair.index(label) if label in pair else 1


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
    """Return how many more of 1,000 the first group keeps than the last."""
    rows, apart = compared(relation), gap(relation)
    if apart is None:
        return f"Of 1,000 customers, {_of(rows.iloc[0])} were still here after {spell(relation)}."
    first, last = (group(rows.iloc[place]["level"]) for place in (0, -1))
    if strength == "inconclusive":
        return f"Whether more customers stay in “{first}” than in “{last}”, these data cannot say."
    if strength == "negligible":
        return f"Between “{first}” and “{last}” there is no difference in staying worth acting on."
    more = "more" if apart[0] > 0 else "fewer"
    size = number(abs(apart[0]), digits_for(apart[1], apart[2], usual=0, marks=(0.0, worth, -worth) if worth else (0.0,)))
    stay = f"{size} {more} of every 1,000 customers stay {spell(relation)}"
    return f"As recorded, nothing held equal, {stay} in “{first}” than in “{last}”."


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the share kept in each group, the interval of the difference and the landmark."""
    apart, facts = gap(relation), relation.facts
    parts = []
    if apart:
        digits = digits_for(apart[1], apart[2], usual=0, marks=(0.0, worth, -worth) if worth else (0.0,))
        parts.append(f"95% interval {span(apart[1], apart[2], digits)} of 1,000; n = {count(people(relation))} customers.")
        parts += [f"Of {facts['largest_of']} groups the two largest are compared."] if facts.get("largest_of") else []
    since = plain(facts.get("landmark") or "the landmark date")
    parts.append(f"Counted from {since}; what came before decides the group, what came after counts as staying.")
    return " ".join(parts)


def value(row: pd.Series) -> tuple[str, str]:
    """Return the share kept of one group, of 1,000, and its interval."""
    return _of(row), _span(row)


def people(relation: Relation) -> int:
    """Return how many customers are looked at."""
    return int(relation.estimates.loc[relation.estimates["term"] == "kept", "n"].sum())


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
        return f"{_of(compared(relation).iloc[0])} of 1,000 customers are still here after {spell(relation)}"
    rows = compared(relation)
    first, last = (_named(rows.iloc[place]["level"]) for place in (0, -1))
    if p is None or not p < 0.05 or apart[1] <= 0 <= apart[2]:
        return f"Whether more customers stay in {first} than in {last}, these data cannot say"
    kept = [_of(rows.iloc[place]) for place in (0, -1)]
    return f"Of 1,000 customers in {first} {kept[0]} are still here after {spell(relation)}, of 1,000 in {last} {kept[1]}"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the curves."""
    since = plain(relation.facts.get("landmark") or "the landmark date")
    rows = compared(relation)
    ends = [f"{group(row['level'])} {_span(row)}" for _, row in rows.iloc[[0, -1]].iterrows()]
    after = f"; after {spell(relation)}: {', '.join(ends)}" if len(rows) > 1 else ""
    return f"Customers still here, of 1,000, by {clock_unit(relation)} since {since}, as recorded, with 95% intervals{after}"


def alt(relation: Relation) -> str:
    """Return message and numbers of the curves."""
    return f"{title(relation)}. After {spell(relation)}, of 1,000 customers: {groups(relation)}."


def short(relation: Relation, strength: str, worth: float | None, headline: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    apart = gap(relation)
    if apart is None or strength not in ("clear", "suggestive"):
        return "Do customers stay?", "Not known" if apart else "As recorded", headline
    return "Do customers stay?", "Unequally, as recorded", f"{title(relation)}."


def more(relation: Relation) -> tuple[Check, ...]:
    """Return the share kept in each group, and how much longer the first group stayed than the last."""
    found = [Check("groups", "passed", f"{upper_first(groups(relation))}, of 1,000.")]
    rows = relation.estimates[relation.estimates["term"] == "stayed_difference"]
    for _, row in rows[rows["low"].notna()].iterrows():
        digits = digits_for(float(row["low"]), float(row["high"]))
        first, _, last = row["level"].partition(" less ")
        longer = f"{number(abs(row['estimate']), digits)} {clock_unit(relation)} {'more' if row['estimate'] > 0 else 'less'}"
        said = f"Of the first {spell(relation)}, “{group(first)}” stayed {longer} than “{group(last)}”, on average"
        status = "doubt" if row["low"] <= 0 <= row["high"] else "passed"
        end = ", no difference included" if status == "doubt" else ""
        found.append(Check("time stayed", status, f"{said} (95% interval {span(row['low'], row['high'], digits)}{end})."))
    return tuple(found)


def _named(label: str) -> str:
    name = group(label)
    return f"the {name}" if ":" in label else f"“{name}”"


def _few(relation: Relation, row: pd.Series) -> str:
    return count(row["n"]) if row["n"] >= limit_of(relation) else f"fewer than {limit_of(relation)}"


def _kept(row: pd.Series) -> str:
    return f"{_of(row)} ({_span(row)})"


def _of(row: pd.Series) -> str:
    return number(THOUSAND * row["estimate"], _digits(row))


def _span(row: pd.Series) -> str:
    return span(THOUSAND * row["low"], THOUSAND * row["high"], _digits(row))


def _digits(row: pd.Series) -> int:
    return 1 if THOUSAND * (row["high"] - row["low"]) < 4 else 0
