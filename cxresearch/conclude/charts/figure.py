"""Figure, and the verb `plot`: the picture of a relation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cxresearch.ask.errors import MethodError
from cxresearch.ask.question import Absent
from cxresearch.conclude.behind import tables_of
from cxresearch.conclude.charts.ink import NARROW, WIDE
from cxresearch.conclude.escape import slug
from cxresearch.conclude.evidence import capped
from cxresearch.conclude.table import Table
from cxresearch.conclude.verdict import claims, mark, p_of
from cxresearch.conclude.voice import spoken, voice_of
from cxresearch.conclude.words.many import open_title
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
    of : str
        Names the relation that is drawn.
    p : float or None
        Two-sided p-value of what the title says; None where nothing is compared.
    modest : mapping
        Every text that claims something, title and alt first, and what it says where the claim is taken back; else empty.
    tables : tuple of Table
        The numbers behind it, with rows and customers.
    """

    name: str
    title: str
    subtitle: str
    alt: str
    wide: str
    narrow: str
    note: str = ""
    of: str = ""
    p: float | None = None
    modest: Mapping[str, str] = field(default_factory=dict)
    tables: tuple[Table, ...] = field(default=(), repr=False)


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

    Examples
    --------
    >>> import pandas as pd
    >>> import cxresearch as cx
    >>> frame = pd.DataFrame({"who": list("aabbccdd"), "wait": [1.0, 2, 3, 4, 1, 2, 3, 5], "score": [9.0, 8, 6, 5, 9, 9, 6, 4]})
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure="wait"), customer="who")
    >>> cx.plot(cx.effect(data)).wide.startswith("<svg")
    True
    """
    if not isinstance(relation, Relation):
        return relation
    voice = voice_of(relation.method)
    if voice.picture is None:
        known = [method for method in spoken() if voice_of(method).picture is not None]
        raise MethodError(f'no picture is known for "{relation.method}"; plot takes: {", ".join(known)}. The table is shown without it.')
    picture = voice.picture(relation)
    if isinstance(picture, Absent):
        return picture
    name = slug(
        " ".join([picture.kind or relation.method, *(str(relation.facts.get(f"{part}_label", "")) for part in ("outcome", "exposure"))])
    )
    both = (picture.draw(f"{name}-{size}", relation, width) for size, width in (("wide", WIDE), ("narrow", NARROW)))
    said = (picture.title(relation), picture.subtitle(relation), picture.alt(relation))
    verdict = voice.judge(relation, relation.facts.get("worth"))
    p, word = p_of(verdict), capped(verdict.strength, (*relation.checks, *verdict.limits))
    modest = _modest(relation, said[0], said[2]) if claims(word, p, verdict) else {}
    return Figure(name, *said, *both, picture.note(relation), mark(relation), p, modest, tables_of(relation))


def _modest(relation: Relation, title: str, alt: str) -> dict[str, str]:
    """Return every text of the picture that claims, and what stands there where the claim is taken back."""
    voice = voice_of(relation.method)
    instead = open_title(voice.topic(relation))
    rest = alt.removeprefix(title) if alt.startswith(title) else "."
    for word, modest in voice.withdrawn.items():
        rest = rest.replace(word, modest)
    return {alt: f"{instead}{rest}", title: instead, **voice.withdrawn}
