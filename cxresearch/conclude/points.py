"""Points: sentences that are listed rather than concluded, as the summary of an edition shows them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cxresearch.conclude.escape import html, plain
from cxresearch.conclude.words.display import upper_first

_MARK = re.compile(r'(\bid="|url\(#|href="#)')
OPENING = "application/vnd.cxresearch.opening+json"


@dataclass(frozen=True)
class Point:
    """One sentence with what stands behind it.

    Parameters
    ----------
    said : str
        The sentence.
    word : str
        A strength or a status: "clear", "failed"; "" where there is none.
    detail : str
        The interval, n, or the reason; quieter.
    link : str
        Where the evidence stands, from a page of the same edition; "" where there is none.
    picture : str
        Its interval as SVG; "" where there is none.
    """

    said: str
    word: str = ""
    detail: str = ""
    link: str = ""
    picture: str = ""


@dataclass(frozen=True)
class Points:
    """Several sentences, and what is said where there is none.

    Parameters
    ----------
    points : tuple of Point
        In the order in which they are read.
    empty : str
        What is said where there is none.
    opening : str
        The sentence that answers the question of the report; "" where these points do not.
    data : mapping
        What the runner takes from it, by MIME type.
    """

    points: tuple[Point, ...] = ()
    empty: str = ""
    opening: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    def as_text(self) -> str:
        """Return one line for each point."""
        return "\n".join(plain(f"{upper_first(each.word)}: {each.said}" if each.word else each.said) for each in self.points) or self.empty

    def as_html(self) -> str:
        """Return a list with pictures where there are some, else paragraphs."""
        if not self.points:
            return f'<p class="quiet">{html(self.empty)}</p>' if self.empty else ""
        if any(each.picture for each in self.points):
            return f'<ol class="findings" role="list">{"".join(map(_pictured, range(len(self.points)), self.points))}</ol>'
        return "".join(map(_plain, self.points))


def _pictured(place: int, point: Point) -> str:
    """Return one line of the list; the same picture may stand in two of them, so its marks get names of their own."""
    picture = _MARK.sub(rf"\g<1>point-{place}-", point.picture)
    said = f'<a href="{html(point.link)}">{html(point.said)}</a>' if point.link else html(point.said)
    return f"<li><div><h3>{said}</h3><p>{_word(point)}{html(point.detail)}</p></div>{picture}</li>"


def _plain(point: Point) -> str:
    quiet = f'<span class="quiet">{html(point.detail)}</span>' if point.detail else ""
    separate = " " if quiet else ""
    return f"<p>{_word(point)}{html(point.said)}{separate}{quiet}</p>"


def _word(point: Point) -> str:
    known = ("clear", "suggestive", "negligible", "inconclusive", "failed", "doubt", "passed")
    sign = point.word if point.word in known else "none"
    return f'<span class="is {sign}">{html(upper_first(point.word))}</span>: ' if point.word else ""
