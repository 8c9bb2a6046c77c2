"""Table: rows of text, as plain HTML with caption, scopes and a scroll region, or as text."""

import hashlib
from dataclasses import dataclass

from cxresearch.conclude.escape import html, slug

TAB, SENTENCE = "\t", 48
TEXT = ' class="text"'  # of a column with sentences: they and its head stand to the left


@dataclass(frozen=True)
class Table:
    """A table as text, before it becomes HTML.

    Parameters
    ----------
    caption, under : str
        What it shows, and unit and interval in a second line.
    head : tuple of str
        Column headers; the first names what stands in the rows.
    rows : tuple of tuple of str
        Cells; the first is the row header. What follows a line break in a row header is its quieter second line; a row header that
        begins with a tab stands under the one before.
    base : str
        How many rows and customers all of it rests on; "" where the rows say so themselves.
    """

    caption: str
    under: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    base: str = ""

    @property
    def name(self) -> str:
        """Its id on a page: the same text has the same."""
        return f"t-{slug(self.caption)}-{hashlib.sha256(repr(self).encode()).hexdigest()[:6]}"


def as_html(table: Table) -> str:
    """Return a table as HTML; every text is escaped here.

    Examples
    --------
    >>> "&lt;b&gt;" in as_html(Table("<b>", "", ("Level",), (("a",),)))
    True
    """
    name = table.name
    base = f'\n<p class="base">{html(table.base)}</p>' if table.base else ""
    under = f"<span>{html(table.under)}</span>" if table.under else ""
    wordy = {place for cells in table.rows for place, text in enumerate(cells) if place and _is_sentence(text)}
    head = "".join(f'<th scope="col"{TEXT * (place in wordy)}>{html(text)}</th>' for place, text in enumerate(table.head))
    rows = ((cells[0], "".join(_cell(text, place in wordy) for place, text in enumerate(cells) if place)) for cells in table.rows)
    body = "\n".join(f"<tr>{_row_head(first)}{others}</tr>" for first, others in rows)
    return (
        f'<div class="scroll" role="region" aria-labelledby="{name}" tabindex="0">\n<table>\n'
        f'<caption id="{name}">{html(table.caption)}{under}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>{base}"
    )


def as_text(table: Table) -> str:
    """Return a table as plain text in columns."""
    lines = [tuple(cell.replace("\n", ", ").replace("\t", "  ") for cell in row) for row in (table.head, *table.rows)]
    widths = [max(len(row[i]) for row in lines) for i in range(len(table.head))]
    body = [
        row[0].ljust(widths[0]) + "".join(f"  {cell.rjust(width)}" for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in lines
    ]
    return "\n".join([table.caption, *body, *([table.base] if table.base else [])])


def _row_head(text: str) -> str:
    name, _, more = text.strip("\t").partition("\n")
    under = ' class="sub"' if text.startswith("\t") else ""
    return f'<th scope="row"{under}>{html(name)}{f"<span>{html(more)}</span>" if more else ""}</th>'


def _is_sentence(text: str) -> bool:
    return len(text) > SENTENCE and text.endswith(".")


def _cell(text: str, wordy: bool) -> str:
    if wordy:
        return f'<td class="text">{html(text)}</td>'
    return f'<td class="n">{html(text)}</td>' if " to " in text and "(" not in text else f"<td>{_with_interval(text)}</td>"


def _with_interval(text: str) -> str:
    value, bracket, rest = text.partition(" (")
    return f'{html(value)} <span class="n">({html(rest)}</span>' if bracket else html(value)
