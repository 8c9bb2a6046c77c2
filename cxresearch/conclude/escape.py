"""The one gate for text from data on its way into HTML, SVG or Markdown."""

import html as stdlib_html
import re
import unicodedata

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$&:=^\"'@/])")
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: object) -> str:
    r"""Return text on one line, without control characters, surrogates or direction marks.

    Examples
    --------
    >>> plain("a\x00b\n c")
    'ab c'
    """
    kept = (" " if letter in "\t\n\r\u2028\u2029" else letter for letter in str(text))
    return re.sub(r" +", " ", "".join(letter for letter in kept if _allowed(letter))).strip()


def html(text: object) -> str:
    """Return text that is only text inside HTML, as content or as a quoted attribute.

    A link is never made from data: what looks like an address stays text.

    Examples
    --------
    >>> html("<b onclick='x'>")
    '&lt;b onclick=&#x27;x&#x27;&gt;'
    """
    return stdlib_html.escape(plain(text), quote=True)


def markdown(text: object) -> str:
    r"""Return text that is only text inside Markdown: every mark is escaped, HTML too.

    Examples
    --------
    >>> markdown("[x](javascript:y)")
    '\\[x\\]\\(javascript\\:y\\)'
    """
    return _MARKDOWN.sub(r"\\\1", plain(text))


def slug(text: object) -> str:
    """Return a name for an anchor: lower-case ASCII letters, digits and hyphens.

    Examples
    --------
    >>> slug("First response & NPS")
    'first-response-nps'
    """
    ascii_only = unicodedata.normalize("NFKD", plain(text)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-") or "unnamed"


def _allowed(letter: str) -> bool:
    return letter not in _DIRECTIONS and unicodedata.category(letter) not in ("Cc", "Cs", "Co", "Cn")
