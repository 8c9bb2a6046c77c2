"""Figure, and the verb `plot`: the picture of a relation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cxresearch.ask.errors import MethodError
from cxresearch.conclude.charts import curves, intervals, rows, series, shares
from cxresearch.conclude.charts.ink import NARROW, WIDE
from cxresearch.conclude.escape import slug
from cxresearch.conclude.words import association, enough, importance, levels, staying
from cxresearch.conclude.words.display import outcome_of
from cxresearch.relate.relation import Relation


@dataclass(frozen=True)
class Figure:
    """A picture with its message.

    Parameters
    ----------
    name : str
        Name, safe for ids and files.
    title : str
        The message, in one line.
    subtitle : str
        Quantity, unit, interval.
    alt : str
        Message and numbers in words.
    wide, narrow : str
        Two drawings as SVG, 782 and 320 pixels wide: text never shrinks on a phone.
    note : str
        What the picture leaves out, "" where nothing.
    """

    name: str
    title: str
    subtitle: str
    alt: str
    wide: str
    narrow: str
    note: str = ""


@dataclass(frozen=True)
class Words:
    """The three sentences of a picture."""

    title: Callable[[Relation], str]
    subtitle: Callable[[Relation], str]
    alt: Callable[[Relation], str]


def plot(relation: Any) -> Any:
    """Return the picture of a relation; an absent one is passed on.

    Parameters
    ----------
    relation : Relation or Absent
        What a method found.

    Returns
    -------
    Figure or Absent
        The picture in two widths, with title, subtitle and alternative text.

    Raises
    ------
    MethodError
        Where the method has no picture.
    """
    if not isinstance(relation, Relation):
        return relation
    kind = "trend" if relation.method == "measure" and levels.has_months(relation) else relation.method
    if kind not in _DRAWN:
        raise MethodError(
            f'no picture is known for "{relation.method}"; plot takes: {", ".join(sorted(_DRAWN))}. The table is shown without it.'
        )
    words, draw = _DRAWN[kind]
    alt = words.alt(relation)
    name = slug(f"{kind} {relation.facts.get('outcome_label', '')} {relation.facts.get('exposure_label', '')}")
    both = (draw(f"{name}-{size}", relation, width) for size, width in (("wide", WIDE), ("narrow", NARROW)))
    return Figure(name, words.title(relation), words.subtitle(relation), alt, *both, _note(relation))


def _effect(name: str, relation: Relation, width: int) -> str:
    shown, worth = outcome_of(relation.facts), relation.facts.get("worth")
    ways = association.ways(relation)
    known = ways[ways["estimate"].notna() & ways["low"].notna()]
    lines = [(association.ROWS.get(row["term"], (row["term"],))[0], association.sorted_ends(row, shown)) for _, row in known.iterrows()]
    unit = shown.amount(worth) if worth else shown.unit
    return intervals.forest(name, association.alt(relation), lines, width=width, worth=worth, unit=unit)


def _compare(name: str, relation: Relation, width: int) -> str:
    shown, worth = outcome_of(relation.facts), relation.facts.get("worth")
    both = relation.estimates["term"].nunique() > 1
    lines = []
    for _, row in relation.estimates.iterrows():
        how = f", {'same mix' if row['term'] == 'adjusted' else 'as recorded'}" if both else ""
        lines.append((f"{' against '.join(levels.sides(row['level']))}{how}", association.sorted_ends(row, shown)))
    return intervals.forest(
        name, levels.compare_alt(relation), lines, width=width, worth=worth, unit=shown.amount(worth) if worth else shown.unit
    )


def _trend(name: str, relation: Relation, width: int) -> str:
    return series.trend(name, relation, width, levels.alt(relation))


def _note(relation: Relation) -> str:
    said = {"dose_response": enough.drawn_note, "retention": staying.drawn_note, "drivers": importance.drawn_note}
    return said[relation.method](relation) if relation.method in said else ""


_DRAWN: dict[str, tuple[Words, Callable[[str, Relation, int], str]]] = {
    "effect": (Words(association.title, association.subtitle, association.alt), _effect),
    "compare": (Words(levels.compare_title, levels.compare_subtitle, levels.compare_alt), _compare),
    "dose_response": (Words(enough.title, enough.subtitle, enough.alt), curves.dose),
    "drivers": (Words(importance.title, importance.subtitle, importance.alt), shares.drivers),
    "retention": (Words(staying.title, staying.subtitle, staying.alt), series.retention),
    "measure": (Words(levels.title, levels.subtitle, levels.alt), rows.by_level),
    "trend": (Words(levels.title, levels.subtitle, levels.alt), _trend),
}
