"""Sentences about the claims register: `claims`."""

import pandas as pd

from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import needed_n
from cxresearch.conclude.words.display import finite, listed, upper_first
from cxresearch.conclude.words.numbers import count, digits_for, number, short, span
from cxresearch.relate.relation import Relation

VERDICTS = ("supported", "contradicted", "cannot tell")
FARTHEST = 6.0
SAID = {"supported": "supported", "contradicted": "contradicted", "cannot tell": "left open by these data"}


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return how many of the claims were supported, contradicted and left open."""
    rows = relation.estimates
    many = [(int((rows["verdict"] == verdict).sum()), SAID[verdict]) for verdict in VERDICTS]
    told = listed([f"{number} {'is' if number == 1 else 'are'} {said}" for number, said in many if number])
    return f"Of {len(rows)} claim{'' if len(rows) == 1 else 's'} that these data can be asked about, {told}."


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the claims by verdict, and those that could not be asked."""
    rows, absent = relation.estimates, relation.facts.get("absent", ())
    named = [(verdict, list(rows.loc[rows["verdict"] == verdict, "term"])) for verdict in VERDICTS]
    parts = [f"{upper_first(verdict)}: {listed(terms)}." for verdict, terms in named if terms]
    if absent:
        parts.append(f"Not asked, for want of data or of such a question: {listed([plain(name) for name, *_ in absent])}.")
    parts.append("Observed data: a supported claim says what goes together, not why.")
    return " ".join(parts)


def size(row: pd.Series) -> str:
    """Return estimate and interval, and what counts."""
    if not finite(row["estimate"]):
        return ""
    digits = digits_for(row["low"], row["high"])
    unit = f" {plain(row['unit'])}" if row["unit"] else ""
    counts = f", against {short(row['worth'], 3)} that counts" if finite(row["worth"]) else ""
    return f"{number(row['estimate'], digits)} ({span(row['low'], row['high'], digits)}){unit}{counts}"


def needed(row: pd.Series) -> str:
    """Return how many rows would tell, "" where more of the same kind would not help."""
    if row["verdict"] != "cannot tell" or row["reason"] or not finite(row["worth"]) or not finite(row["low"]):
        return ""
    wanted = needed_n(row["low"], row["high"], int(row["n"]), row["worth"])
    return count(wanted) if wanted > row["n"] else ""


def title(relation: Relation) -> str:
    """Return what the picture says."""
    return headline(relation, "described", None).rstrip(".")


def subtitle(relation: Relation) -> str:
    """Return quantity and interval."""
    return "In multiples of the smallest size that counts, with 95% intervals; to the right: as the claim says"


def alt(relation: Relation) -> str:
    """Return every claim with its verdict and numbers."""
    lines = [", ".join(filter(None, [f"{row['term']}: {row['verdict']}", size(row)])) for _, row in relation.estimates.iterrows()]
    return " ".join(f"{line}." for line in [title(relation), *lines])


def note(relation: Relation) -> str:
    """Return what the picture leaves out, and what lies beyond its ends."""
    rows = [row for _, row in relation.estimates.iterrows()]
    left = [row["term"] for row in rows if not finite(row["low"]) or not finite(row["worth"])]
    ends = {row["term"]: max(abs(row["low"]), abs(row["high"])) / row["worth"] for row in rows if row["term"] not in left}
    beyond = [term for term, end in ends.items() if end > FARTHEST]
    said = [f"Not drawn, for want of an interval: {listed(left)}."] if left else []
    said += [f"An arrow points to what lies beyond {FARTHEST:g} times what counts: {listed(beyond)}."] if beyond else []
    return " ".join(said)
