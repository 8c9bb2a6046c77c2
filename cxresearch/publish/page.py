"""An executed notebook as the parts of a page: the answer, how sure, the sections, the definitions."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import mistune
from markupsafe import Markup
from nbformat import NotebookNode

from cxresearch.ask.check import Check
from cxresearch.conclude.finding import MIME as FINDING
from cxresearch.conclude.finding import STRENGTHS
from cxresearch.publish.folded import linked
from cxresearch.publish.outputs import Answer, Evidence, collect, fragment, opening

SHORT_BLOCK, NOT_APPLICABLE = "<p", 'class="is none">Not applicable<'
LIMITS = "What this cannot tell you"
NO_HEADING = "What the data show"
SHOWN = re.compile(r"<(?:figure|table|svg)\b")
STANDARD_TERMS = (
    ("95% interval", "The values that fit these data. A method that makes such intervals misses the true value in 5 of 100 uses."),
    ("Comparable", "Alike in everything that the comparison holds equal; what was not measured may still differ."),
    ("Goes with", "Is seen together with. It does not say that one brings about the other."),
    ("Halving", "Half the wait: 4 hours rather than 8, or 1 rather than 2."),
    ("Control band", "The range in which chance alone would keep almost every month if nothing moved."),
    ("Landmark date", "The date between what is compared and what is counted: service before it, staying or leaving after it."),
    ("R²", "The share of the differences between answers that goes with the drivers together: 0 is none, 1 is all."),
    ("Clear", "The whole interval lies beyond what is worth acting on."),
    ("Suggestive", "The interval leaves out zero, but not everything too small to act on; or a doubt about the data holds it down."),
    ("Negligible", "The whole interval is too small to act on."),
    (
        "Inconclusive",
        "These data cannot say: the interval holds zero and differences worth acting on, the data are too few or too doubtful, "
        "or it does not stand out among all that was looked at.",
    ),
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
    checks : tuple of Check
        What was looked at, doubts first, what passed once under each name.
    looked : tuple of Markup
        Short lines that stood before the first heading: which data, how many rows.
    terms : tuple of pairs
        Term and sentence, each term once.
    facts : tuple of pairs
        Label and value of each parameter, for people.
    provenance : tuple of pairs
        Label and text for the foot of the page.
    edition : str
        Title of the edition that the report belongs to; empty for a single one.
    opening : str
        The sentence that stands as the answer where the report has no finding of its own; empty where it describes.
    """

    title: str
    asked: Markup
    evidence: Evidence
    sections: tuple[Section, ...]
    terms: tuple[tuple[str, str], ...]
    checks: tuple[Check, ...] = ()
    looked: tuple[Markup, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()
    edition: str = ""
    opening: str = ""

    @property
    def lead(self) -> Answer | None:
        """The first finding."""
        return self.evidence.answers[0] if self.evidence.answers else None

    @property
    def compared(self) -> tuple[Answer, ...]:
        """The findings that say how sure they are."""
        return tuple(answer for answer in self.evidence.answers if answer.finding.sure or answer.finding.more)


def build(notebook: NotebookNode) -> Page:
    """Return the page of an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
        Executed; hidden cells already taken out.
    """
    evidence = collect(notebook)
    title, asked, sections = _sections(notebook, evidence.answers)
    used = {answer.anchor for answer in evidence.answers} | {"answer", "h-answer", "h-more", "h-sure", "h-terms", "h-foot"}
    sections = _distinct(linked(sections), used)
    looked: tuple[Markup, ...] = ()
    if sections and sections[0].title == NO_HEADING and all(block.startswith(SHORT_BLOCK) for block in sections[0].blocks):
        looked, sections = sections[0].blocks, sections[1:]
    if evidence.absent and not evidence.answers and not any(SHOWN.search(block) for section in sections for block in section.blocks):
        looked, sections = (), ()
    page = Page(title, asked, evidence, sections, (), _once(evidence.checks), looked, opening=opening(notebook))
    strengths = {answer.finding.strength for answer in evidence.answers}
    strengths |= {word for answer in evidence.answers for word in STRENGTHS if f": {word}." in answer.finding.sure}
    return replace(page, terms=_terms(evidence.data, _text(page), strengths))


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
    told: list[Markup] = field(default_factory=list)

    def whole(self) -> tuple[Markup, ...]:
        """All blocks; findings stand at the top of the page, so a section that shows nothing else says where."""
        shown = any("<figure" in block or "<table" in block for block in self.blocks)
        return (*self.blocks, *(() if shown else self.told))


def _sections(notebook: NotebookNode, answers: Sequence[Answer]) -> tuple[str, Markup, tuple[Section, ...]]:
    title, asked = "", Markup()
    drafts = [_Draft(NO_HEADING)]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            said = [block for draft in drafts for block in draft.blocks if NOT_APPLICABLE in block]
            drafts[-1].blocks += [block for block in map(fragment, cell.outputs) if block and block not in said]
            drafts[-1].told += _told(cell.outputs, answers)
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
    return title, asked, tuple(Section(draft.title, f"part-{place}", draft.whole()) for place, draft in enumerate(kept, start=1))


def _told(outputs: Iterable[NotebookNode], answers: Sequence[Answer]) -> list[Markup]:
    headlines = [output.data[FINDING].get("headline") for output in outputs if FINDING in output.get("data", {})]
    line = Markup('<p>{} <a href="#{}">The evidence, above</a></p>')
    return [line.format(answer.finding.headline, answer.anchor) for answer in answers if answer.finding.headline in headlines]


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


def _once(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Return every doubt, and what passed once under each name."""
    kept: dict[str, Check] = {}
    for check in checks:
        kept.setdefault(check.name if check.status == "passed" else f"{check.name}: {check.detail}", check)
    return tuple(kept.values())


def _text(page: Page) -> str:
    """Return all that the page says before its definitions, as plain text."""
    said = [block for section in page.sections for block in (section.title, *section.blocks)]
    for answer in page.evidence.answers:
        finding = answer.finding
        said += [finding.headline, finding.detail, finding.strength, finding.sure, *(check.detail for check in finding.more)]
    said += [page.title, page.asked, *(check.detail for check in page.checks), *page.looked]
    return " ".join(str(Markup(part).striptags()) for part in said)


def _terms(data: Sequence[Mapping[str, Any]], text: str, strengths: set[str]) -> tuple[tuple[str, str], ...]:
    """Return the terms that the page uses, the study's own first; each once."""
    said = [(str(label), str(sentence)) for each in data for label, sentence in each.get("definitions", ())]
    terms = dict(said) | {term: meaning for term, meaning in STANDARD_TERMS if term not in dict(said)}
    stem = {term: re.escape(term.lower().removesuffix(" interval")) for term in terms}
    words = {term for term in terms if term.lower() in STRENGTHS}
    terms = {term: meaning for term, meaning in terms.items() if term not in words or term.lower() in strengths}
    used = {term: meaning for term, meaning in terms.items() if term in words or re.search(rf"(?<!\w){stem[term]}(?!\w)", text.lower())}
    return tuple((term, re.sub(r"(?<!\w)-(?=\d)", "\u2212", meaning)) for term, meaning in used.items())
