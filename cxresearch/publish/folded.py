"""The numbers behind a picture: a link where they stand on the page anyway, folded under it where they do not."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup

_DETAILS = re.compile(r'<details class="numbers"><summary>(.*?)</summary>\n(.*?)\n</details>', re.S)
_CAPTION = re.compile(r'<caption id="([^"]+)"')


def linked(sections: Sequence[Any]) -> tuple[Any, ...]:
    """Return the sections with the tables under each picture left out where the page shows the same tables elsewhere.

    Parameters
    ----------
    sections : sequence of Section
        With ids as the outputs brought them: the same table has the same id.
    """
    standing = {name for section in sections for block in section.blocks for name in _CAPTION.findall(_DETAILS.sub("", block))}

    def once(found: re.Match[str]) -> str:
        names = _CAPTION.findall(found[2])
        if not names or not standing.issuperset(names):
            standing.update(names)
            return found[0]
        return str(Markup('<p class="to-numbers small"><a href="#{}">{}</a></p>').format(names[0], Markup(found[1])))

    return tuple(replace(section, blocks=tuple(Markup(_DETAILS.sub(once, block)) for block in section.blocks)) for section in sections)
