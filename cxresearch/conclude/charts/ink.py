"""The drawing board: one viewBox unit is one CSS pixel, text stays text, colours are the page's tokens."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cxresearch.conclude.escape import html, plain

INK, QUIET, RULE, BAND, MARK, POINT, PAPER = "#1c2228", "#58626c", "#c9cfd4", "#e4e8ea", "#1a5a96", "#a4470c", "#fdfdfb"
TOKENS = {INK: "ink", QUIET: "quiet", RULE: "rule", BAND: "band", MARK: "mark", POINT: "point", PAPER: "paper"}
SIZE = 12
# DejaVu Sans is wider than any system font: what fits here fits on the reader's screen.
STYLE = {
    "svg.fonttype": "none", "font.family": "DejaVu Sans", "font.size": SIZE, "text.color": INK, "figure.facecolor": "none",
    "axes.facecolor": "none", "axes.labelcolor": QUIET, "axes.labelsize": SIZE, "xtick.color": QUIET, "ytick.color": QUIET,
    "xtick.labelsize": SIZE, "ytick.labelsize": SIZE, "axes.grid": False, "lines.solid_capstyle": "round", "text.parse_math": False,
    "axes.unicode_minus": True, "xtick.major.size": 0, "ytick.major.size": 0, "svg.image_inline": True, "path.simplify": True,
    "axes.axisbelow": True, "axes.edgecolor": ".15", "patch.edgecolor": "w", "patch.force_edgecolor": True, "xtick.bottom": False,
    "ytick.left": False, **{f"axes.spines.{side}": False for side in ("top", "right", "left", "bottom")},
}  # fmt: skip
WIDE, NARROW = 782, 320


@dataclass(frozen=True)
class Margins:
    """Space around the axes, in pixels."""

    left: float = 0
    bottom: float = 0
    right: float = 0
    top: float = 0


@contextmanager
def style(name: str) -> Iterator[None]:
    """Draw in the style of the page; nothing outside changes."""
    import matplotlib

    with matplotlib.rc_context({**STYLE, "svg.hashsalt": name}):
        yield


def canvas(width: float, height: float, margins: Margins = Margins()) -> tuple[Any, Any]:
    """Return a figure of so many pixels with one set of axes inside the margins."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 72, height / 72))
    inner = (width - margins.left - margins.right) / width, (height - margins.bottom - margins.top) / height
    axes = figure.add_axes((margins.left / width, margins.bottom / height, *inner))
    axes.set(xticks=[], yticks=[])
    return figure, axes


def drawn(name: str, message: str, draw: Callable[[], Any]) -> str:
    """Return what `draw` draws, as inline SVG that says `message` to those who do not see it."""
    with style(f"{name}: {message}"):
        figure = draw()
        for artist in figure.findobj():
            artist.set_clip_on(False)
        raw = io.StringIO()
        figure.savefig(raw, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    width, height = figure.get_size_inches() * 72
    return (
        f'<svg class="chart" viewBox="0 0 {width:.0f} {height:.0f}" style="max-width:{width:.0f}px" role="img" '
        f'aria-label="{html(message)}">{_body(raw.getvalue())}</svg>'
    )


def hexed(svg: str) -> str:
    """Return the SVG as a file of its own: plain colours instead of the page's tokens.

    Examples
    --------
    >>> hexed('<svg fill="var(--mark)">')
    '<svg xmlns="http://www.w3.org/2000/svg" fill="#1a5a96">'
    """
    for colour, token in TOKENS.items():
        svg = svg.replace(f"var(--{token})", colour)
    return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def note(axes: Any, text: str, spot: tuple[float, float], shift: tuple[float, float] = (0, 0), **look: Any) -> None:
    """Write text at a spot of the data, moved by so many pixels."""
    axes.annotate(text, spot, shift, textcoords="offset points", **look)


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = SIZE, weight: int = 400) -> float:
    """Return the width of the longest line in pixels, as laid out in the widest font.

    Examples
    --------
    >>> 20 < text_width("NPS 42") < 60
    True
    """
    from matplotlib.font_manager import FontProperties, findfont, get_font
    from matplotlib.ft2font import LoadFlags

    font = get_font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))
    font.set_size(size, 72)
    widest = 0
    for line in filter(str.strip, text.split("\n")):
        font.set_text(line, 0.0, flags=LoadFlags.NO_HINTING)
        widest = max(widest, font.get_width_height()[0])
    return widest / 64


def fitted(label: object, width: float, *, lines: int = 2, weight: int = 400) -> str:
    r"""Return a label broken into lines of at most `width` pixels; what does not fit ends in an ellipsis.

    Examples
    --------
    >>> fitted("Skill of the agent", 80)
    'Skill of the\nagent'
    """
    done: list[str] = []
    for word in plain(label).split(" "):
        longer = f"{done[-1]} {word}" if done else word
        if done and text_width(longer, weight=weight) <= width:
            done[-1] = longer
        else:
            done.append(word)
    rest = done[:lines]
    if len(done) > lines:
        rest[-1] += "\u2026"
    return "\n".join(_shortened(line, width, weight) for line in rest)


def _shortened(line: str, width: float, weight: int) -> str:
    if text_width(line, weight=weight) <= width:
        return line
    short = line.rstrip("\u2026")
    while short and text_width(f"{short}\u2026", weight=weight) > width:
        short = short[:-1]
    return f"{short.rstrip()}\u2026"


def _body(raw: str) -> str:
    """Tidy the tags of matplotlib's SVG; text between tags is never touched."""
    raw = re.sub(r"<defs>\s*<style.*?</defs>|<!--.*?-->|<metadata.*?</metadata>", "", raw, flags=re.S)
    raw = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$|<path [^>]*style=\"fill: none\"\s*/>", "", raw, flags=re.S)
    parts = re.split(r"(<[^>]*>)", raw)
    body = "".join(_tag(part) if part.startswith("<") else ("" if not part.strip() else part) for part in parts)
    while "<g></g>" in body:
        body = body.replace("<g></g>", "")
    return body.replace("<g/>", "").strip()


def _tag(tag: str) -> str:
    tag = tag.replace("xlink:href", "href")
    tag = re.sub(r' id="[\w.]+_\d+"| transform="rotate\(-0 [^"]*"', "", tag)
    tag = re.sub(r"font-family: [^;\"]*;?|font: ([\d ]*\d+)px [^;\"]*;?|stroke-linecap: round|; (?=\")", _font, tag)
    tag = re.sub(r"-?\d+\.\d{2,}", lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), tag)
    for colour, token in TOKENS.items():
        tag = tag.replace(colour, f"var(--{token})")
    return re.sub(r"\s*\n\s*", " ", tag)


def _font(found: re.Match) -> str:
    if not found[1]:
        return ""
    weight, _, size = found[1].strip().rpartition(" ")
    return f"font-size: {size}px;{f' font-weight: {weight};' if weight else ''}"
