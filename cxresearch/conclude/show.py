"""How every noun shows itself in a notebook, and on a report page."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from cxresearch.conclude import bench, full
from cxresearch.conclude.behind import tables_of
from cxresearch.conclude.card import card, check_line, check_text
from cxresearch.conclude.changed import MIME as CHANGES
from cxresearch.conclude.changed import Changes, changes_table
from cxresearch.conclude.charts.figure import Figure
from cxresearch.conclude.charts.intervals import strip
from cxresearch.conclude.escape import html, plain, slug
from cxresearch.conclude.finding import MIME, MODEST, Finding
from cxresearch.conclude.points import OPENING, Points
from cxresearch.conclude.table import as_html, as_text
from cxresearch.conclude.verdict import mark, p_of
from cxresearch.conclude.voice import voice_of
from cxresearch.conclude.words.display import upper_first
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Relation

PAGE = "application/vnd.cxresearch.page+html"
CHECKS = "application/vnd.cxresearch.checks+json"
DATA = "application/vnd.cxresearch.data+json"
ABSENT = "application/vnd.cxresearch.absent+json"
BEHIND = "The numbers behind this picture"
Bundle = dict[str, Any]


def mimebundle(noun: Any) -> Bundle:
    """Return everything that a noun shows: plain text, a card for JupyterLab, a fragment for the page, and data for the exporter.

    Parameters
    ----------
    noun : Study, Question, Data, Relation, Finding, Figure, Absent, ...
        What the last line of a cell gave. Those that only a researcher meets have no fragment for the page.

    Raises
    ------
    TypeError
        Where it is none of these.
    """
    for kind in type(noun).__mro__:
        if kind.__name__ in _SHOWN:
            return _SHOWN[kind.__name__](noun) | _taken_back(noun)
    raise TypeError(f"{type(noun).__name__} is not a noun of cxresearch; it shows itself.")


def _taken_back(noun: Any) -> Bundle:
    """Return what a picture or table says where its claim does not stand out among many looks."""
    if isinstance(noun, Figure) and noun.p is not None:
        return {MODEST: {"of": noun.of, "p": noun.p, "modest": dict(noun.modest)}}
    if isinstance(noun, Relation) and (words := voice_of(noun.method).withdrawn):
        return {MODEST: {"of": mark(noun), "p": p_of(voice_of(noun.method).judge(noun, noun.facts.get("worth"))), "modest": dict(words)}}
    return {}


def _relation(relation: Relation) -> Bundle:
    made = tables_of(relation)
    fragment = "\n".join(map(as_html, made))
    text = "\n\n".join([*map(as_text, made), *(check_text(check) for check in relation.checks if check.status != "passed")])
    shown = fragment + "".join(check_line(check) for check in relation.checks)
    bundle = {"text/plain": text, "text/html": card(shown), PAGE: fragment, CHECKS: [asdict(check) for check in relation.checks]}
    return bundle | ({full.MIME: full.full_table(relation, made[0].caption)} if made else {})


def _finding(finding: Finding) -> Bundle:
    anchor = slug(f"{finding.topic} {finding.method}")
    picture, said = strip(finding), f"{upper_first(finding.strength)}: {finding.detail}"
    words = f"<p>{html(finding.headline)} <strong>{html(upper_first(finding.strength))}</strong>: {html(finding.detail)}</p>"
    shown = f'<p class="lead">{html(finding.headline)}</p>{_sized(picture)}<p>{html(said)}</p>{"".join(map(check_line, finding.more))}'
    return {
        "text/plain": "\n".join([finding.headline, said, *map(check_text, finding.more)]),
        "text/html": card(shown),
        PAGE: f'<div class="finding">{words}</div>',
        MIME: {**finding.to_json(), "strip": picture, "anchor": anchor},
    }


def _figure(figure: Figure) -> Bundle:
    below = f'\n<p class="note">{html(figure.note)}</p>' if figure.note else ""
    caption = f'<figcaption><b>{html(figure.title)}</b>\n<span class="quiet">{html(figure.subtitle)}</span></figcaption>'
    both = f'<div class="broad">{figure.wide}</div>\n<div class="narrow">{figure.narrow}</div>'
    shown = f'<p class="lead">{html(figure.title)}</p><p class="quiet">{html(figure.subtitle)}</p>{both}{below}'
    return {
        "text/plain": f"{figure.title}\n{figure.alt}",
        "text/html": card(shown),
        PAGE: f'<figure class="wide">\n{caption}\n{both}{below}{_numbers(figure)}\n</figure>',
    }


def _numbers(figure: Figure) -> str:
    """Return the tables behind a picture, folded; the page puts a link here where they stand on it anyway."""
    held = "\n".join(map(as_html, figure.tables))
    return f'\n<details class="numbers"><summary>{BEHIND}</summary>\n{held}\n</details>' if held else ""


def _data(data: Any) -> Bundle:
    facts = data.describe()
    sentence = _rows_sentence(facts)
    checks = [asdict(check) for check in data.checks]
    shown = f'<p class="lead">{html(facts["title"])}, {html(facts["period"])}</p><p>{html(sentence)}</p>' + "".join(
        map(check_line, data.checks)
    )
    text = "\n".join([sentence, *(check_text(check) for check in data.checks)])
    return {"text/plain": text, "text/html": card(shown), PAGE: f'<p class="quiet">{html(sentence)}</p>', DATA: facts, CHECKS: checks}


def _rows_sentence(facts: Mapping[str, Any]) -> str:
    unit, rows, eligible = plain(facts["unit"]), facts["rows"], facts["eligible"]
    where = "; ".join(f"{plain(column).replace('_', ' ')}: {_values(value)}" for column, value in facts.get("where", {}).items())
    used = f"{count(rows)} {unit}{'' if rows == 1 else 's'}"
    if eligible and eligible != rows:
        used = f"{count(rows)} of {count(eligible)} {unit}s that could be used"
    people = f" from {count(facts['customers'])} customers" if facts["customers"] != rows else ""
    return f"{upper_first(plain(facts['period']))}: {used}{people}{f' ({where})' if where else ''}."


def _values(value: Any) -> str:
    return " or ".join(map(plain, value)) if isinstance(value, list | tuple) else plain(value)


def _absent(absent: Any) -> Bundle:
    sentence = f"Not applicable: {plain(absent.reason)}"
    page = f'<p><span class="is none">Not applicable</span>: {html(absent.reason)}</p>'
    shown = f'<p class="lead">Not applicable</p><p>{html(absent.reason)}</p>'
    return {"text/plain": sentence, "text/html": card(shown), PAGE: page, ABSENT: {"reason": plain(absent.reason)}}


def _study(study: Any) -> Bundle:
    shown = bench.study(study)
    held = f"Tables: {', '.join(map(plain, study.tables))}." if study.tables else "No table is declared."
    return {**shown, PAGE: f'<p class="quiet">{html(study.title)}. {html(held)}</p>'}


def _points(points: Points) -> Bundle:
    opening = {OPENING: {"said": points.opening}} if points.opening else {}
    page = points.as_html()
    return {"text/plain": points.as_text(), "text/html": card(page), PAGE: page, **opening, **points.data}


def _summary(summary: Any) -> Bundle:
    parts = [_points(part) for part in (summary.most, summary.looks, summary.changed, summary.unanswered)]
    page = "\n".join(part[PAGE] for part in parts)
    return {"text/plain": "\n".join(filter(None, (part["text/plain"] for part in parts))), "text/html": card(page), PAGE: page}


def _changes(found: Changes) -> Bundle:
    made = changes_table(found)
    lead = f'<p class="lead">{html(found.finding.headline)}</p>'
    return {"text/plain": as_text(made), "text/html": card(lead + as_html(made)), PAGE: as_html(made), CHANGES: found.to_json()}


def _sized(picture: str) -> str:
    return f'<div style="max-width:340px">{picture}</div>' if picture else ""


_SHOWN: dict[str, Callable[[Any], Bundle]] = {
    "Relation": _relation, "Finding": _finding, "Figure": _figure, "Data": _data, "Absent": _absent, "Study": _study, "Changes": _changes,
    "Question": bench.question, "Metric": bench.metric, "Check": bench.check, "Sheet": bench.sheet, "Run": bench.run,
    "Published": bench.published, "Points": _points, "Summary": _summary,
}  # fmt: skip
