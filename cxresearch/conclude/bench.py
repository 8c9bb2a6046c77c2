"""How the nouns that only a researcher meets show themselves: Study, Question, Metric, Check, Sheet, Run, Published."""

import os
from collections.abc import Sequence
from typing import Any

import pandas as pd

from cxresearch.ask.catalog import named
from cxresearch.conclude.card import STYLE, card, check_line, check_text
from cxresearch.conclude.escape import html, plain
from cxresearch.conclude.table import Table, as_html, as_text
from cxresearch.conclude.words.display import upper_first
from cxresearch.conclude.words.numbers import count, short

Bundle = dict[str, Any]

ANSWERED_BY = {
    "score": "measure, compare, methods.segments",
    "answered": "methods.who_answers",
    "silent": "methods.who_answers",
    "speed": "effect, dose_response, methods.sensitivity",
    "what_if": "methods.what_if",
    "staying": "retention, effect, methods.hazard",
    "satisfaction": "effect",
    "through": "methods.mediation",
    "path": "methods.mediation, methods.chain",
    "drivers": "drivers, methods.importance, methods.added",
    "brand": "drivers, effect",
    "scorecard": "scorecard",
    "journey": "methods.journey, methods.journey_map",
    "recovery": "methods.recovery",
    "sum": "methods.aggregators",
    "repeat": "methods.repeat, effect",
    "value": "methods.value, methods.lifetime",
    "teams": "methods.segments",
    "everywhere": "methods.slopes",
    "change": "methods.change",
    "promise": "methods.jump",
    "voice": "methods.voice",
    "proactive": "effect",
    "channels": "effect",
    "placebo": "methods.negative_controls",
}
"""Topic of ``[ask.<topic>]`` -> the verbs that answer it."""

_SHEET = """
:root,:host{--dt-html-background:transparent}
.dt-container{color:var(--jp-ui-font-color1,inherit);font:13px/1.5 var(--jp-ui-font-family,system-ui,sans-serif)}
.dt-container,.dt-container div,.dt-container table.dataTable,.dt-container table.dataTable tr,.dt-container table.dataTable tr:hover,
.dt-container table.dataTable>thead>tr>th,.dt-container table.dataTable>tbody>tr>td{color:inherit;background:none!important}
.dt-container input,.dt-container select{color:inherit!important;background:var(--jp-layout-color1,transparent)!important;
border:1px solid var(--jp-border-color1,#9aa4ad)!important;border-radius:2px;padding:3px 6px}
.dt-container thead input{width:100%;min-width:3em;box-sizing:border-box;font-weight:400}
.dt-container table.dataTable{border-collapse:collapse!important;font-variant-numeric:tabular-nums}
.dt-container table.dataTable>thead>tr>th,.dt-container table.dataTable>tbody>tr>td{box-shadow:none!important;border:0!important;
border-top:1px solid var(--jp-border-color2,#c9cfd4)!important;padding:.3em .9em .3em 0;text-align:left}
.dt-container table.dataTable>thead>tr>th.dt-type-numeric,.dt-container table.dataTable>tbody>tr>td.dt-type-numeric{text-align:right}
.dt-container table.dataTable>thead>tr>th{font-weight:600}
.dt-container svg{color:inherit;stroke:currentColor}
.dt-container .dtcc-dropdown,.dtcc-dropdown{color:var(--jp-ui-font-color1,inherit);background:var(--jp-layout-color1,#fff)!important}
.dt-container .dt-paging .dt-paging-button,.dt-container .dt-paging .dt-paging-button:hover{color:inherit!important;
background:none!important;border:0!important}
.dt-container .dt-paging .dt-paging-button.current{font-weight:700;text-decoration:underline!important}
"""


def study(noun: Any) -> Bundle:
    """Return the plain text and card of a Study: its tables, what can be asked and how, what is worth acting on, roles and scales."""
    held = f"Tables: {', '.join(map(plain, noun.tables))}." if noun.tables else "No table is declared."
    asked = _topics(noun)
    first = next(iter(noun.ask), "")
    how = f'<p class="quiet">To ask: <code>cx.link(study, cx.pose(study, "{html(first)}"))</code></p>' if first else ""
    under = f"{upper_first(noun.design)} data; times in {noun.timezone}; fewer than {noun.disclosure_limit} people are never shown."
    known = [_known(noun, *each) for each in (("Roles", _roles), ("Scales", _scales), ("Labels", lambda s: s.labels))]
    body = [f'<p class="lead">{html(noun.title)}</p><p class="quiet">{html(under)}</p>', _said(_tables(noun)), _said(asked), how]
    worth = [f"{_named(noun, name)} {short(value)}" for name, value in noun.worth.items()]
    body.append(f"<p>Worth acting on from: {html(', '.join(worth))}, each in its own unit.</p>" if worth else "")
    text = "\n".join([plain(noun.title), held, *([as_text(asked)] if asked.rows else [])])
    return {"text/plain": text, "text/html": card("".join([*body, *known]))}


def question(noun: Any) -> Bundle:
    """Return the plain text and card of a Question: every part that is asked about."""
    parts = [("Outcome", _name(noun.outcome)), ("Exposure", _name(noun.exposure)), ("Held alike", _names(noun.adjust_for))]
    parts += [(f"Drivers{f', {block}' if block else ''}", _names(members)) for block, members in noun.drivers]
    parts += [("On the way", _name(noun.mediator)), ("Shown by", noun.by), ("Window", noun.window), ("Contrast", noun.contrast)]
    parts += [("Counted together", _names(noun.cluster) if noun.cluster else ""), ("Design", noun.design)]
    parts += [("Among", "; ".join(f"{column}: {value}" for column, value in noun.where))]
    rows = tuple((part, plain(value)) for part, value in parts if value)
    return _listed(Table("What is asked", "", ("Part", "Quantity"), rows))


def metric(noun: Any) -> Bundle:
    """Return the plain text and card of a Metric: what it is, its unit, its better side, what it is computed from."""
    rows = (("Name", noun.name), ("Unit", noun.unit), ("Better", noun.better), ("Computed from", ", ".join(noun.needs)))
    rows += (("Definition", noun.definition),) if noun.definition else ()
    return _listed(Table(noun.label, "", ("What", "Said"), tuple((what, plain(said)) for what, said in rows if said)))


def check(noun: Any) -> Bundle:
    """Return the plain text and card of one Check."""
    return {"text/plain": check_text(noun), "text/html": card(check_line(noun))}


def sheet(noun: Any) -> Bundle:
    """Return the rows to search, sort and filter. Plain text, which is all that a report keeps, says how many and holds none."""
    from cxresearch.load.explore import interactive

    clean = noun.frame.rename(columns=plain)
    texts = [name for name in clean if pd.api.types.is_string_dtype(clean[name])]
    times = clean.select_dtypes("datetime").columns
    numbers = clean.select_dtypes("floating").columns
    clean = clean.assign(**{name: clean[name].map(plain, na_action="ignore").fillna("") for name in texts})
    clean = clean.assign(**{name: clean[name].dt.strftime("%Y-%m-%d %H:%M") for name in times})
    clean = clean.assign(**{name: clean[name].round(3) for name in numbers})
    said = "".join(f'<p class="quiet">{html(note)}</p>' for note in noun.notes)
    head = f'<p class="lead">{html(upper_first(noun.title))}</p>{said}'
    return {
        "text/plain": "\n".join([f"{upper_first(plain(noun.title))}. JupyterLab shows them to search, sort and filter.", *noun.notes]),
        "text/html": f'{STYLE}<div class="cxr">{head}</div>{interactive(clean, css=_SHEET)}',
    }


def run(noun: Any) -> Bundle:
    """Return the plain text and card of a Run: what became of it, its findings, its page."""
    status = f"{upper_first(noun.status)} in {noun.seconds:.0f} s" if noun.seconds else upper_first(noun.status)
    lines = [f"{each.headline} ({upper_first(each.strength)})" for each in noun.findings]
    why = [noun.reason] if noun.reason else []
    said = f'<p><span class="{_mark(noun.status)}">{html(status)}</span>{"".join(f": {html(each)}" for each in why)}</p>'
    body = "".join(f"<p>{html(line)}</p>" for line in lines)
    text = "\n".join(map(plain, [f"{noun.title} {status}.", *why, *lines])) + (f"\n{noun.page}" if noun.page else "")
    return {"text/plain": text, "text/html": card(f'<p class="lead">{html(noun.title)}</p>{said}{body}{_link(noun.page)}')}


def published(noun: Any) -> Bundle:
    """Return the plain text and card of what was published: how many reports, what became of each, the index page."""
    counts = {status: sum(each.status == status for each in noun.runs) for status in ("done", "not applicable", "failed")}
    said = ", ".join(f"{count(number)} {status}" for status, number in counts.items() if number)
    rows = tuple((plain(each.slug), each.status, plain(each.reason or _first(each))) for each in noun.runs)
    made = Table(f"{count(len(noun.runs))} reports: {said}", "", ("Report", "Status", "First finding, or why not"), rows)
    body = f'<p class="lead">{html(noun.title)}</p>{_said(made)}{_link(noun.page)}'
    return {"text/plain": f"{plain(noun.title)}\n{as_text(made)}\n{noun.page}", "text/html": card(body)}


def _listed(table: Table) -> Bundle:
    return {"text/plain": as_text(table), "text/html": card(_said(table))}


def _said(table: Table) -> str:
    """Return a table of words, aligned left; nothing where it has no rows."""
    return f'<div class="said">{as_html(table)}</div>' if table.rows else ""


def _tables(noun: Any) -> Table:
    rows = tuple((name, plain(", ".join(spec.files) or spec.table), _columns(spec)) for name, spec in noun.tables.items())
    return Table("Tables", "Rows are read when a question is linked; cx.audit(study) counts them.", ("Table", "From", "Columns"), rows)


def _columns(spec: Any) -> str:
    named = [*spec.columns, *spec.constants, *spec.keep]
    kept = f", and {', '.join(map(plain, spec.keep))}" if spec.keep else ""
    return ", ".join(map(plain, named)) if spec.columns else f"the usual ones, under their own names{kept}"


def _topics(noun: Any) -> Table:
    rows = tuple(
        (topic, plain(_asked(noun, fields)), ", ".join(f"cx.{verb}" for verb in ANSWERED_BY.get(topic, "").split(", ") if verb))
        for topic, fields in noun.ask.items()
    )
    return Table("What can be asked", "Topics of study.toml.", ("Topic", "Asks", "Answered by"), rows)


def _asked(noun: Any, fields: Any) -> str:
    if "metrics" in fields:
        return ", ".join(_named(noun, name) for name in fields["metrics"])
    said = _named(noun, fields.get("outcome", "")) or "the outcome that you name"
    said += f" and {_named(noun, fields['exposure'])}" if "exposure" in fields else ""
    alike = fields.get("adjust_for", ())
    said += f", {_names([_named(noun, name) for name in ([alike] if isinstance(alike, str) else alike)])} held alike" if alike else ""
    return said + (f", by {_named(noun, fields['by'])}" if "by" in fields else "")


def _named(noun: Any, name: str) -> str:
    known = None if name in noun.labels else named(name)
    return known.label if known else noun.labels.get(name, name.replace("_", " "))


def _roles(noun: Any) -> dict[str, str]:
    return {_named(noun, column): role for column, role in noun.roles.items()}


def _scales(noun: Any) -> dict[str, str]:
    return {_named(noun, item): f"{short(scale.low)} to {short(scale.high)}" for item, scale in noun.scales.items()}


def _known(noun: Any, title: str, pairs: Any) -> str:
    rows = tuple((plain(name), plain(value)) for name, value in pairs(noun).items())
    inner = _said(Table(title, "", ("Name", "Declared"), rows))
    return f"<details><summary>{title} ({count(len(rows))})</summary>{inner}</details>" if rows else ""


def _name(quantity: Any) -> str:
    return "" if quantity is None else quantity if isinstance(quantity, str) else f"{quantity.label} ({quantity.name})"


def _names(quantities: Any) -> str:
    each: Sequence[Any] = (quantities,) if isinstance(quantities, str) else quantities
    return ", ".join(map(_name, each))


def _first(noun: Any) -> str:
    return noun.findings[0].headline if noun.findings else ""


def _mark(status: str) -> str:
    return {"done": "done", "failed": "failed"}.get(status, "none")


def _link(page: Any) -> str:
    return f'<p><a href="{html(os.path.relpath(page).replace(os.sep, "/"))}" target="_blank">Open the page</a></p>' if page else ""
