"""How every noun shows itself in a notebook, and on a report page."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from cxresearch.conclude.charts.figure import Figure
from cxresearch.conclude.charts.intervals import strip
from cxresearch.conclude.escape import html, plain, slug
from cxresearch.conclude.finding import MIME, Finding
from cxresearch.conclude.table import as_html, as_text
from cxresearch.conclude.voice import voice_of
from cxresearch.conclude.words.display import upper_first
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Check, Relation

PAGE = "application/vnd.cxresearch.page+html"
CHECKS = "application/vnd.cxresearch.checks+json"
DATA = "application/vnd.cxresearch.data+json"
ABSENT = "application/vnd.cxresearch.absent+json"
Bundle = dict[str, Any]

_LIGHT = "--paper:#fdfdfb;--ink:#1c2228;--quiet:#58626c;--rule:#c9cfd4;--band:#e4e8ea;--mark:#1a5a96;--point:#a4470c"
_DARK = "--paper:#14181c;--ink:#e6e8e8;--quiet:#a3adb5;--rule:#3d464e;--band:#2b333a;--mark:#85b8e8;--point:#eda06a"
CARD = f"""<style>
.cxr{{{_LIGHT};color:var(--jp-ui-font-color1,var(--ink));font:14px/1.5 var(--jp-ui-font-family,system-ui,sans-serif);
max-width:800px;padding:.4em 0}}
[data-jp-theme-light=false] .cxr,.vscode-dark .cxr{{{_DARK}}}
.cxr p{{margin:.3em 0}}.cxr .lead{{font-size:17px;font-weight:600}}
.cxr .quiet,.cxr caption span{{color:var(--quiet);font-weight:400;display:block}}
.cxr .chart{{display:block;width:100%;height:auto;overflow:visible}}.cxr table{{border-collapse:collapse;margin:.6em 0;font-size:13px}}
.cxr caption{{text-align:left;font-weight:600;padding-bottom:.4em;caption-side:top}}
.cxr th,.cxr td{{text-align:right;padding:.35em 0 .35em 1.4em;border-top:1px solid var(--rule);font-weight:400;background:none}}
.cxr th:first-child{{text-align:left;padding-left:0}}.cxr tbody th{{font-weight:600}}
.cxr th.sub{{padding-left:1.4em!important;font-weight:400!important}}.cxr tbody th span{{display:block;color:var(--quiet);font-weight:400}}
.cxr .failed,.cxr .doubt{{color:var(--point);font-weight:600}}.cxr .passed{{font-weight:600}}
</style>"""


def mimebundle(noun: Any) -> Bundle:
    """Return everything that a noun shows: plain text, a card for JupyterLab, a fragment for the page, and data for the exporter.

    Parameters
    ----------
    noun : Study, Data, Relation, Finding, Figure or Absent
        What the last line of a cell gave.

    Raises
    ------
    TypeError
        Where it is none of these.
    """
    for kind in type(noun).__mro__:
        if kind.__name__ in _SHOWN:
            return _SHOWN[kind.__name__](noun)
    raise TypeError(f"{type(noun).__name__} is not a noun of cxresearch; it shows itself.")


def _relation(relation: Relation) -> Bundle:
    made = voice_of(relation.method).tables(relation)
    fragment = "\n".join(map(as_html, made))
    text = "\n\n".join([*map(as_text, made), *(_check_text(check) for check in relation.checks if check.status != "passed")])
    card = fragment + "".join(_check_line(check) for check in relation.checks)
    return {"text/plain": text, "text/html": _card(card), PAGE: fragment, CHECKS: [asdict(check) for check in relation.checks]}


def _finding(finding: Finding) -> Bundle:
    anchor = slug(f"{finding.topic} {finding.method}")
    picture, said = strip(finding), f"{upper_first(finding.strength)}: {finding.detail}"
    words = f"<p>{html(finding.headline)} <strong>{html(upper_first(finding.strength))}</strong>: {html(finding.detail)}</p>"
    card = f'<p class="lead">{html(finding.headline)}</p>{_sized(picture)}<p>{html(said)}</p>{"".join(map(_check_line, finding.more))}'
    return {
        "text/plain": "\n".join([finding.headline, said, *map(_check_text, finding.more)]),
        "text/html": _card(card),
        PAGE: f'<div class="finding">{words}</div>',
        MIME: {**finding.to_json(), "strip": picture, "anchor": anchor},
    }


def _figure(figure: Figure) -> Bundle:
    below = f'\n<p class="note">{html(figure.note)}</p>' if figure.note else ""
    caption = f'<figcaption><b>{html(figure.title)}</b>\n<span class="quiet">{html(figure.subtitle)}</span></figcaption>'
    both = f'<div class="broad">{figure.wide}</div>\n<div class="narrow">{figure.narrow}</div>'
    card = f'<p class="lead">{html(figure.title)}</p><p class="quiet">{html(figure.subtitle)}</p>{figure.wide}{below}'
    return {
        "text/plain": f"{figure.title}\n{figure.alt}",
        "text/html": _card(card),
        PAGE: f'<figure class="wide">\n{caption}\n{both}{below}\n</figure>',
    }


def _data(data: Any) -> Bundle:
    facts = data.describe()
    sentence = _rows_sentence(facts)
    checks = [asdict(check) for check in data.checks]
    card = f'<p class="lead">{html(facts["title"])}, {html(facts["period"])}</p><p>{html(sentence)}</p>' + "".join(
        map(_check_line, data.checks)
    )
    text = "\n".join([sentence, *(_check_text(check) for check in data.checks)])
    return {"text/plain": text, "text/html": _card(card), PAGE: f'<p class="quiet">{html(sentence)}</p>', DATA: facts, CHECKS: checks}


def _rows_sentence(facts: Mapping[str, Any]) -> str:
    unit, rows, eligible = plain(facts["unit"]), facts["rows"], facts["eligible"]
    where = "; ".join(f"{plain(column).replace('_', ' ')}: {plain(value)}" for column, value in facts.get("where", {}).items())
    used = f"{count(rows)} {unit}{'' if rows == 1 else 's'}"
    if eligible and eligible != rows:
        used = f"{count(rows)} of {count(eligible)} {unit}s that could be used"
    people = f" from {count(facts['customers'])} customers" if facts["customers"] != rows else ""
    return f"{upper_first(plain(facts['period']))}: {used}{people}{f' ({where})' if where else ''}."


def _absent(absent: Any) -> Bundle:
    sentence = f"Not applicable: {plain(absent.reason)}"
    page = f'<p><span class="is none">Not applicable</span>: {html(absent.reason)}</p>'
    card = f'<p class="lead">Not applicable</p><p>{html(absent.reason)}</p>'
    return {"text/plain": sentence, "text/html": _card(card), PAGE: page, ABSENT: {"reason": plain(absent.reason)}}


def _study(study: Any) -> Bundle:
    held = f"Tables: {', '.join(map(plain, study.tables))}." if study.tables else "No table is declared."
    card = f'<p class="lead">{html(study.title)}</p><p>{html(held)}</p>'
    return {
        "text/plain": f"{plain(study.title)}\n{held}",
        "text/html": _card(card),
        PAGE: f'<p class="quiet">{html(study.title)}. {html(held)}</p>',
    }


def _check_line(check: Check) -> str:
    said, _, more = check.detail.partition("\n")
    quiet = f'<span class="quiet">{html(more)}</span>' if more else ""
    return f'<p><span class="{html(check.status)}">{html(upper_first(check.status))}</span>: {html(said)}{quiet}</p>'


def _check_text(check: Check) -> str:
    return f"{upper_first(check.status)}: {plain(check.detail)}"


def _card(inner: str) -> str:
    return f'{CARD}<div class="cxr">{inner}</div>'


def _sized(picture: str) -> str:
    return f'<div style="max-width:340px">{picture}</div>' if picture else ""


_SHOWN: dict[str, Callable[[Any], Bundle]] = {
    "Relation": _relation, "Finding": _finding, "Figure": _figure, "Data": _data, "Absent": _absent, "Study": _study,
}  # fmt: skip
