"""Sentences about whom and which time a number covers, where that is not the period that a page is about."""

from cxresearch.ask.among import worded
from cxresearch.ask.period import EVERYTHING
from cxresearch.conclude.escape import plain
from cxresearch.conclude.words import levels
from cxresearch.relate.relation import Relation


def everything(relation: Relation) -> bool:
    """Return whether everything on record counts, and not only a period of it."""
    return relation.facts.get("period") == EVERYTHING


def whom(relation: Relation, who: str, began: str) -> str:
    """Return which customers count: "all customers on record (only market DE), 1 January 2024 to 31 December 2025".

    Parameters
    ----------
    relation : Relation
        With facts `period`, `where` and `record`.
    who : str
        As far as nothing is asked for: "customers on record".
    began : str
        What the period is of: "joined", "first ordered".
    """
    facts = relation.facts
    among = f" (only {plain(worded(facts['where']))})" if facts.get("where") else ""
    when = f", {facts['record']}" if facts.get("record") else ""
    return f"all {who}{among}{when}" if everything(relation) else f"all {who}{among} who {began} in the period {plain(facts['period'])}"


def months(relation: Relation) -> str:
    """Return which months a series shows: "all months on record, January 2024 to December 2025"; "" where a period was asked for."""
    if not levels.has_months(relation) or not everything(relation):
        return ""
    ends = dict.fromkeys(f"{relation.curve['x'].iloc[at]:%B %Y}" for at in (0, -1))
    return f"all months on record, {' to '.join(ends)}"


def headline(relation: Relation, strength: str, worth: float | None = None) -> str:
    """Return the headline of `levels`; of all months on record it says that they are."""
    which = months(relation)
    if not which or not levels.may_show(relation, levels.lead_row(relation)):
        return levels.headline(relation, strength, worth)
    return f"Over {which}, {levels.months(relation)}."


def subtitle(relation: Relation) -> str:
    """Return the line of `levels` under a picture, with the months that it shows."""
    return "; ".join(filter(None, [levels.subtitle(relation), months(relation)]))
