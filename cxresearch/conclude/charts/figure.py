"""Figure, and the verb `plot`: the picture of a relation."""

from dataclasses import dataclass
from typing import Any

from cxresearch.ask.errors import MethodError
from cxresearch.conclude.charts.ink import NARROW, WIDE
from cxresearch.conclude.escape import slug
from cxresearch.conclude.voice import spoken, voice_of
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
    voice = voice_of(relation.method)
    if voice.picture is None:
        known = [method for method in spoken() if voice_of(method).picture is not None]
        raise MethodError(f'no picture is known for "{relation.method}"; plot takes: {", ".join(known)}. The table is shown without it.')
    picture = voice.picture(relation)
    name = slug(
        " ".join([picture.kind or relation.method, *(str(relation.facts.get(f"{part}_label", "")) for part in ("outcome", "exposure"))])
    )
    both = (picture.draw(f"{name}-{size}", relation, width) for size, width in (("wide", WIDE), ("narrow", NARROW)))
    return Figure(name, picture.title(relation), picture.subtitle(relation), picture.alt(relation), *both, picture.note(relation))
