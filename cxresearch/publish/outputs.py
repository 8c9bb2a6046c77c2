"""What an executed notebook brought out, sorted into what the page trusts and what it only quotes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from nbformat import NotebookNode

from cxresearch.ask.check import Check
from cxresearch.conclude.finding import MIME as FINDING
from cxresearch.conclude.finding import Finding
from cxresearch.conclude.points import OPENING
from cxresearch.publish.gate import faults

PAGE = "application/vnd.cxresearch.page+html"
CHECKS = "application/vnd.cxresearch.checks+json"
DATA = "application/vnd.cxresearch.data+json"
ABSENT = "application/vnd.cxresearch.absent+json"
NO_ALT = "No description has been provided for this image"


def _file(path: re.Match) -> str:
    """Return the name of a file without its folders, which are those of one machine; a folder has no name."""
    name = path.group(1)
    return f"[path]/{name}" if "." in name.strip(".") else "[path]"


_MASKS = (
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"(?<![\w.,])(?:\+|00)\d[\d ()/-]{6,}\d"), "[phone]"),
    (re.compile(r"(?<![\w/.:])/(?:[\w.@+-]+/)+([\w.@+-]*)"), _file),
    (re.compile(r"\b[A-Za-z]:\\(?:[^\s\"'\\]+\\)*([^\s\"'\\]*)"), _file),
)
_WARNING = re.compile(r"^(?:.*?:\d+: )?(\w*Warning): (.+)$", re.MULTILINE)
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Answer:
    """A finding with its picture and its place on the page."""

    finding: Finding
    strip: Markup
    anchor: str


@dataclass(frozen=True)
class Evidence:
    """Everything that a run brought out, in the order of the notebook.

    Parameters
    ----------
    answers : tuple of Answer
        One for each finding.
    checks : tuple of Check
        All checks, each once: failed first, then doubts, then passed.
    data : tuple of mapping
        What each linked data set said about itself, each once.
    absent : tuple of str
        Reasons why a question does not apply to this study.
    """

    answers: tuple[Answer, ...]
    checks: tuple[Check, ...]
    data: tuple[Mapping[str, Any], ...]
    absent: tuple[str, ...]


def collect(notebook: NotebookNode) -> Evidence:
    """Return what the outputs of a notebook say in the project's own formats."""
    bundles = [output.data for output in _outputs(notebook) if "data" in output]
    answers = [_answer(bundle[FINDING], place) for place, bundle in enumerate((b for b in bundles if FINDING in b), start=1)]
    checks = [Check(**{key: each.get(key) for key in ("name", "status", "detail", "cap")}) for b in bundles for each in b.get(CHECKS, ())]
    checks += [check for answer in answers for check in answer.finding.checks]
    checks += [Check("warning", "doubt", text) for text in _warnings(notebook)]
    data: list[Mapping[str, Any]] = [b[DATA] for b in bundles if DATA in b]
    return Evidence(
        answers=_apart(answers),
        checks=tuple(sorted(dict.fromkeys(checks), key=lambda check: ("failed", "doubt", "passed").index(check.status))),
        data=tuple(each for place, each in enumerate(data) if each not in data[:place]),
        absent=tuple(dict.fromkeys(str(b[ABSENT].get("reason", "")) for b in bundles if ABSENT in b)),
    )


def opening(notebook: NotebookNode) -> str:
    """Return the sentence that answers the question of a report without findings of its own; empty where there is none."""
    said = [output.data[OPENING] for output in _outputs(notebook) if OPENING in output.get("data", {})]
    return str(said[0].get("said", "")) if said else ""


def fragment(output: NotebookNode) -> Markup:
    """Return one output as HTML for the page; empty where it belongs elsewhere on the page.

    Only the project's own page format is taken as HTML. A picture needs a description. All else is quoted as plain text.
    """
    if output.output_type == "stream":
        return _quoted(output.text) if output.name == "stdout" else Markup()
    bundle = output.get("data", {})
    if FINDING in bundle:
        return Markup()
    if PAGE in bundle:
        return Markup(text_of(bundle[PAGE]))
    if ABSENT in bundle:
        return Markup('<p><span class="is none">Not applicable</span>: {}</p>').format(str(bundle[ABSENT].get("reason", "")))
    if DATA in bundle or CHECKS in bundle:
        return Markup()
    if "image/png" in bundle:
        return _picture(bundle["image/png"], output.get("metadata", {}).get("image/png", {}).get("alt", ""))
    return _quoted(text_of(bundle.get("text/plain", "")))


def masked(text: str) -> str:
    """Return text without terminal colours, and with e-mail addresses, telephone numbers and local folders made unreadable.

    Examples
    --------
    >>> masked("ask ann@example.org, +49 30 1234567, see /data/ann/x.csv")
    'ask [e-mail], [phone], see [path]/x.csv'
    """
    text = _ANSI.sub("", text)
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text


def text_of(value: Any) -> str:
    """Return a MIME value as one text; notebooks keep long ones as lists of lines."""
    return value if isinstance(value, str) else "".join(value)


def _outputs(notebook: NotebookNode) -> Iterator[NotebookNode]:
    return (output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs)


def _answer(payload: Mapping[str, Any], place: int) -> Answer:
    strip = str(payload.get("strip", ""))
    finding = Finding.from_json({key: value for key, value in payload.items() if key not in ("strip", "anchor")})
    return Answer(finding, Markup("" if faults(strip) else strip), str(payload.get("anchor") or f"finding-{place}"))


def _apart(answers: list[Answer]) -> tuple[Answer, ...]:
    """Give each finding an anchor of its own, and leave out one that was shown twice."""
    seen: dict[str, Answer] = {}
    for answer in answers:
        if any(other.finding.to_json() == answer.finding.to_json() for other in seen.values()):
            continue
        anchor, number = answer.anchor, 2
        while anchor in seen:
            anchor, number = f"{answer.anchor}-{number}", number + 1
        seen[anchor] = Answer(answer.finding, answer.strip, anchor)
    return tuple(seen.values())


def _warnings(notebook: NotebookNode) -> Iterator[str]:
    for output in _outputs(notebook):
        if output.output_type == "stream" and output.name == "stderr":
            for kind, text in _WARNING.findall(_ANSI.sub("", output.text)):
                yield f"While the notebook ran, a {kind} was raised: {masked(text)[:300]}"


def _quoted(text: str) -> Markup:
    text = masked(text).strip("\n")
    return Markup('<pre class="small scroll" tabindex="0">{}</pre>').format(text) if text.strip() else Markup()


def _picture(png: Any, alt: str) -> Markup:
    if not alt.strip() or alt.strip().startswith(NO_ALT):
        return Markup('<p class="note">A picture without a description was left out here.</p>')
    data = re.sub(r"[^A-Za-z0-9+/=]", "", text_of(png))
    return Markup('<figure class="wide"><img class="chart" src="data:image/png;base64,{}" alt="{}"></figure>').format(data, escape(alt))
