"""The last look at a page before it may be called a report."""

import re
from html.parser import HTMLParser

_ACTIVE = {
    "script",
    "iframe",
    "object",
    "embed",
    "link",
    "base",
    "form",
    "foreignobject",
    "applet",
    "frame",
    "audio",
    "video",
    "animate",
    "set",
}
_ADDRESS = {"src", "srcset", "href", "xlink:href", "action", "formaction", "poster", "data", "background"}
_OUTSIDE_STYLE = re.compile(r"(?i)@import|url\(\s*['\"]?(?!#|data:)|expression\(")


class _Reader(HTMLParser):
    def __init__(self, script: str) -> None:
        super().__init__(convert_charrefs=True)
        self.allowed, self.script = script, None
        self.found: list[str] = []
        self.ids: set[str] = set()
        self.level = 0
        self.style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "script" and not attrs and self.allowed:
            self.script = ""
        elif tag in _ACTIVE:
            self.found.append(f"an active element <{tag}>")
        self.found += [found for name, value in values.items() if (found := _attribute(tag, name, value))]
        self._identity(values.get("id"))
        self._heading(tag)
        self.style = tag == "style"
        if tag == "img" and not values.get("alt", "").strip():
            self.found.append("a picture without a description")
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            self.found.append("a page that moves on by itself")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.style = False
        if self.script is not None:
            self._scripted()

    def close(self) -> None:
        super().close()
        if self.script is not None:
            self._scripted()

    def handle_data(self, data: str) -> None:
        if self.script is not None:
            self.script += data
        if self.style and _OUTSIDE_STYLE.search(data):
            self.found.append("a style sheet that loads from outside")

    def _scripted(self) -> None:
        """Take the one script that is known, once."""
        if self.script != self.allowed:
            self.found.append("a script that is not ours")
        self.script, self.allowed = None, ""

    def _identity(self, name: str | None) -> None:
        if name is not None and name in self.ids:
            self.found.append(f'the id "{name[:40]}" twice')
        self.ids.add(name or "")

    def _heading(self, tag: str) -> None:
        if re.fullmatch(r"h[1-6]", tag):
            level = int(tag[1])
            if self.level and level > self.level + 1:
                self.found.append(f"a heading that skips from h{self.level} to h{level}")
            self.level = level


def faults(html: str, *, script: str = "") -> tuple[str, ...]:
    """Return what a page or fragment holds that a report must not: active content, outside addresses, broken structure.

    Parameters
    ----------
    html : str
        A whole page or a part of one.
    script : str
        The one script that it may carry, once and letter for letter; by default none.

    Returns
    -------
    tuple of str
        Empty where nothing is wrong.

    Examples
    --------
    >>> faults("<p onclick='x()'>a</p>")
    ('the event handler onclick',)
    """
    reader = _Reader(script)
    reader.feed(html)
    reader.close()
    return tuple(dict.fromkeys(reader.found))


def _attribute(tag: str, name: str, value: str) -> str | None:
    address = re.sub(r"[\x00-\x20]", "", value).lower()
    if name.startswith("on"):
        return f"the event handler {name}"
    if name == "style" and _OUTSIDE_STYLE.search(value):
        return "a style that loads from outside"
    if name not in _ADDRESS:
        return None
    if tag == "a" and name == "href":
        return None if re.match(r"(https?://|mailto:|#|\.\./|[\w-]+[/.][\w./#-]*$|[\w-]+$)", address) else f"a link to {value[:40]!r}"
    inside = address.startswith("#") or (tag == "img" and name == "src" and address.startswith("data:image/"))
    return None if inside else f"<{tag}> that loads {value[:40]!r}"
