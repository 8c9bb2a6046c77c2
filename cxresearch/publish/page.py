"""An executed notebook as the parts of a page: the answer, how sure, the sections, the definitions."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import mistune
from markupsafe import Markup
from nbformat import NotebookNode

from cxresearch.publish.outputs import Answer, Evidence, collect, fragment

LIMITS = "What this cannot tell you"
NO_HEADING = "What the data show"
STANDARD_TERMS = (
    ("95% interval", "The values that fit these data. A method that makes such intervals misses the true value in 5 of 100 uses."),
    ("Comparable", "Alike in everything that the comparison holds equal; what was not measured may still differ."),
    ("Goes with", "Is seen together with. It does not say that one brings about the other."),
    ("Clear", "The whole interval lies beyond what is worth acting on."),
    ("Suggestive", "The interval leaves out zero, but not everything that is too small to act on."),
    ("Negligible", "The whole interval is too small to act on."),
    ("Inconclusive", "The interval holds zero and differences worth acting on: these data cannot say."),
)
_REFERENCES = r'(?:\bid|\bhref|\bxlink:href|\bfor|\baria-labelledby|\baria-describedby|\baria-controls|\bheaders)="[^"]*"|url\(#[^)]*\)'


@dataclass(frozen=True)
class Section:
    """A part of the page under one h2."""

    title: str
    anchor: str
    blocks: tuple[Markup, ...] = ()


@dataclass(frozen=True)
class Page:
    """Everything that one report shows, ready for the template.

    Parameters
    ----------
    title : str
        The h1.
    asked : Markup
        The rest of the first text cell: who asks, what hangs on it.
    evidence : Evidence
        Findings, checks, data descriptions.
    sections : tuple of Section
        The notebook's own, "What this cannot tell you" last.
    terms : tuple of pairs
        Term and sentence, each term once.
    facts : tuple of pairs
        Label and value of each parameter, for people.
    provenance : tuple of pairs
        Label and text for the foot of the page.
    edition : str
        Title of the edition that the report belongs to; empty for a single one.
    """

    title: str
    asked: Markup
    evidence: Evidence
    sections: tuple[Section, ...]
    terms: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()
    edition: str = ""

    @property
    def lead(self) -> Answer | None:
        """The first finding."""
        return self.evidence.answers[0] if self.evidence.answers else None


def build(notebook: NotebookNode) -> Page:
    """Return the page of an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
        Executed; hidden cells already taken out.
    """
    evidence = collect(notebook)
    title, asked, sections = _sections(notebook)
    used = {answer.anchor for answer in evidence.answers} | {"answer", "h-answer", "h-more", "h-sure", "h-terms", "h-foot"}
    return Page(title, asked, evidence, _distinct(sections, used), _terms(evidence.data))


def text_to_html(source: str) -> Markup:
    """Return Markdown written by a person as HTML: no raw HTML, no pictures from elsewhere, no heading above h2.

    Examples
    --------
    >>> text_to_html("a <script>x</script> *b*")
    Markup('<p>a &lt;script&gt;x&lt;/script&gt; <em>b</em></p>')
    """
    return Markup(str(_MARKDOWN(source)).strip())


class _Renderer(mistune.HTMLRenderer):
    def image(self, text: str, url: str, title: str | None = None) -> str:
        return str(Markup.escape(text))

    def heading(self, text: str, level: int, **attributes: Any) -> str:
        level = min(max(level, 2), 3)
        return f"<h{level}>{text}</h{level}>\n"

    def list(self, text: str, ordered: bool, **attributes: Any) -> str:
        return super().list(text, ordered, **attributes).replace("<ul>", '<ul class="plain">', 1)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        allowed = re.match(r"(?i)https?://|mailto:|#", url)
        return str(Markup('<a href="{}">{}</a>').format(url, Markup(text))) if allowed else text


_MARKDOWN = mistune.create_markdown(renderer=_Renderer(escape=True), plugins=["table"])


@dataclass
class _Draft:
    title: str
    blocks: list[Markup] = field(default_factory=list)


def _sections(notebook: NotebookNode) -> tuple[str, Markup, tuple[Section, ...]]:
    title, asked = "", Markup()
    drafts = [_Draft(NO_HEADING)]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            drafts[-1].blocks += filter(None, map(fragment, cell.outputs))
            continue
        if cell.cell_type != "markdown":
            continue
        source = cell.source
        if not title and (found := re.match(r"\s*# +(.+)\n?", source)):
            title = found.group(1).strip()
            opening, *rest = re.split(r"(?m)^(?=## )", source[found.end() :], maxsplit=1)
            asked, source = text_to_html(opening), "".join(rest)
        _add_text(source, drafts)
    kept = [draft for draft in drafts if draft.blocks or draft.title != NO_HEADING]
    kept.sort(key=lambda draft: draft.title.strip(" .?").lower() == LIMITS.lower())
    return title, asked, tuple(Section(draft.title, f"part-{place}", tuple(draft.blocks)) for place, draft in enumerate(kept, start=1))


def _add_text(source: str, drafts: list[_Draft]) -> None:
    for part in re.split(r"(?m)^(?=## )", source):
        if found := re.match(r"## +(.+)\n?", part):
            drafts.append(_Draft(found.group(1).strip()))
            part = part[found.end() :]
        if part.strip():
            drafts[-1].blocks.append(text_to_html(part))


def _distinct(sections: Iterable[Section], used: set[str]) -> tuple[Section, ...]:
    """Return the sections with every id on the page used once; two outputs may bring the same."""
    done = []
    for section in sections:
        used.add(section.anchor)
        done.append(replace(section, blocks=tuple(_renamed(block, used) for block in section.blocks)))
    return tuple(done)


def _renamed(block: Markup, used: set[str]) -> Markup:
    own = re.findall(r'\bid="([^"]*)"', block)
    names = {name: _free(name, used) for name in dict.fromkeys(own) if name in used}
    used.update(own)
    used.update(names.values())
    if not names:
        return block
    pattern = re.compile(r'(?<=["#\s])(' + "|".join(map(re.escape, sorted(names, key=len, reverse=True))) + r')(?=["\s)])')
    return Markup(re.sub(_REFERENCES, lambda found: pattern.sub(lambda name: names[name.group(1)], found.group(0)), block))


def _free(name: str, used: set[str]) -> str:
    number = 2
    while f"{name}-{number}" in used:
        number += 1
    return f"{name}-{number}"


def _terms(data: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    said = [(str(label), str(sentence)) for each in data for label, sentence in each.get("definitions", ())]
    terms = dict(said)
    return tuple({**terms, **{term: text for term, text in STANDARD_TERMS if term not in terms}}.items())
