"""Sentences about who buys again: `repeat`."""

import pandas as pd

from cxresearch.conclude.disclosure import limit_of
from cxresearch.conclude.escape import plain
from cxresearch.conclude.words import scope
from cxresearch.conclude.words.numbers import count, number, span
from cxresearch.relate.relation import Check, Relation

WHO = "customers with an order on record"


def months(k: object) -> str:
    """Return so many months: "1 month", "12 months"."""
    return f"{int(float(str(k)))} month{'' if int(float(str(k))) == 1 else 's'}"


def lead(relation: Relation) -> pd.Series:
    """Return the row that the headline speaks of: the longest time that customers are seen, else everything on record."""
    rows = relation.estimates[relation.estimates["term"] == "within"]
    usable = rows[rows["n"] >= limit_of(relation)]
    full = usable[usable["n"] >= 0.5 * relation.facts["customers"]]
    if full.empty and usable.empty:
        return relation.row("ever")
    return (usable if full.empty else full).iloc[-1]


def topic(relation: Relation) -> str:
    """Return what the finding is about."""
    return "who orders again"


def value(row: pd.Series, digits: int = 1) -> str:
    """Return a share of 100 with its interval."""
    return f"{number(100 * row['estimate'], digits)} ({span(100 * row['low'], 100 * row['high'], digits)})"


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return how many of 100 order again, and within which time."""
    row = lead(relation)
    if row["n"] < limit_of(relation):
        return f"Who orders again is not shown: it rests on fewer than {limit_of(relation)} customers."
    if strength == "inconclusive":
        return "How many customers order again, these data cannot say."
    when = f"within {months(row['level'])} after the month of their first order" if row["term"] == "within" else "so far"
    whose = WHO if scope.everything(relation) else "customers"
    return f"Of 100 {whose}, {number(100 * row['estimate'])} ordered again {when}."


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the interval, whom it rests on, and what counts."""
    row = lead(relation)
    if row["n"] < limit_of(relation):
        return "Small groups are not shown."
    seen = " seen for so long" if row["term"] == "within" else ""
    said = f"95% interval {span(100 * row['low'], 100 * row['high'])} of 100; n = {count(row['n'])} customers{seen}, "
    said += f"of {scope.whom(relation, WHO, 'first ordered')}. "
    return said + "Orders on the day of the first one count as one purchase; nothing is compared."


def more(relation: Relation) -> tuple[Check, ...]:
    """Return the first month, and whether cohorts differ."""
    rows = relation.estimates[relation.estimates["term"] == "within"]
    found = []
    if len(rows) > 1 and rows.iloc[0]["n"] >= limit_of(relation):
        said = f"Within {months(rows.iloc[0]['level'])}: {value(rows.iloc[0])} of 100."
        found.append(Check("first month", "passed", said))
    return tuple(found)


def short(relation: Relation, strength: str, worth: float | None, said: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    row = lead(relation)
    if row["n"] < limit_of(relation):
        return "Do customers order again?", "Not shown", said
    return "Do customers order again?", f"{number(100 * row['estimate'], 0)} of 100", said


def too_few(relation: Relation) -> str:
    """Return what stands in place of a curve of too few customers."""
    return f"Not shown: fewer than {limit_of(relation)} customers."


def title(relation: Relation) -> str:
    """Return what the curve says."""
    return headline(relation, "described", None).rstrip(".")


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the curve."""
    many = relation.curve["term"].nunique() > 2
    lines = "; thin lines: months of first order" if many else ""
    return f"Customers who ordered again, of 100, by months after the month of the first order, with 95% intervals{lines}"


def alt(relation: Relation) -> str:
    """Return message and numbers of the curve."""
    rows = relation.estimates[relation.estimates["term"] == "within"]
    told = [row for _, row in rows.iterrows() if int(row["level"]) in (1, 3, 6, 12, 24, 36) and row["n"] >= limit_of(relation)]
    said = "; ".join(f"{months(row['level'])} {value(row)}" for row in told)
    return f"{title(relation)}. {f'Within {said}.' if said else ''}".strip()


def drawn_cohorts(relation: Relation) -> list[str]:
    """Return the cohorts that a picture shows as thin lines: those that are large enough, the largest twelve."""
    sizes = relation.estimates[relation.estimates["term"] == "cohort"]
    large = sizes[sizes["n"] >= max(limit_of(relation), 30)].nlargest(12, "n", keep="first")
    return sorted(plain(level) for level in large["level"])


def drawn_note(relation: Relation) -> str:
    """Return which cohorts a picture leaves out."""
    left = int((relation.estimates["term"] == "cohort").sum()) - len(drawn_cohorts(relation))
    return f"Not drawn: {count(left)} months of first order, the smaller ones; the table has them." if left else ""
