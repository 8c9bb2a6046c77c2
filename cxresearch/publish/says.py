"""What a page says about its run: parameters for people, and where the numbers come from."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cxresearch.ask.errors import QuestionError
from cxresearch.ask.period import parse_period
from cxresearch.publish.asked import study_of
from cxresearch.publish.manifest import versions
from cxresearch.publish.outputs import masked
from cxresearch.publish.page import Page
from cxresearch.publish.shelf import Notebook

LABELS = {"by": "Shown by", "worth": "Worth acting on", "study": "Data", "period": "Period"}


def dressed(page: Page, source: Notebook, params: Mapping[str, Any], *, edition: str) -> Page:
    """Return a page with what is known about its run: edition, parameters for people, where the numbers come from."""
    data = page.evidence.data
    page = replace(page, edition=edition, title=page.title or source.title)
    return replace(page, facts=facts(source, params, data), provenance=provenance(source, params, data))


def facts(source: Notebook, params: Mapping[str, Any], data: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """Return label and value of each parameter, in the notebook's order; what was left open is left out.

    Parameters
    ----------
    source : Notebook
        The notebook, with its defaults.
    params : mapping
        What was given.
    data : sequence of mapping
        What the linked data said: the first supplies title, period and worth as people write them.
    """
    study = None if data else study_of(source, params)
    known = (
        _known(data[0], params.get("worth")) if data else {"period": _period(params.get("period")), "study": study.title if study else ""}
    )
    values = {
        parameter.name: known.get(parameter.name) or _shown(params.get(parameter.name, parameter.default))
        for parameter in source.parameters
    }
    said = [(label(name), value) for name, value in values.items() if value]
    said += [(label(column), _shown(value)) for column, value in (data[0].get("where", {}) if data else {}).items() if column not in values]
    return tuple(said)


def provenance(source: Notebook, params: Mapping[str, Any], data: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """Return label and text of what stands at the foot of a page."""
    studies = dict.fromkeys(_source(each) for each in data)
    used = {parameter.name: params.get(parameter.name, parameter.default) for parameter in source.parameters}
    said = [("Notebook", f"{source.name}, fingerprint {source.fingerprint}")]
    said += [("Data", text) for text in studies]
    said += [("Rows used", text) for text in dict.fromkeys(_rows(each) for each in data)]
    if used:
        said.append(("Parameters", masked(", ".join(f"{name} = {value!r}" for name, value in used.items()))))
    return (*said, ("Made with", f"cxresearch {versions()['cxresearch']}"), ("To repeat", repeat(source.name, params)))


def repeat(name: str, params: Mapping[str, Any]) -> str:
    """Return the command that makes the page again.

    Examples
    --------
    >>> repeat("03_speed", {"period": "2025-Q2"})
    'cxresearch run 03_speed -p period=2025-Q2: the same input gives the same page, byte for byte'
    """
    given = "".join(f" -p {key}={_quoted(value)}" for key, value in params.items())
    return f"cxresearch run {name}{masked(given)}: the same input gives the same page, byte for byte"


def label(name: str) -> str:
    """Return a parameter or column name as people read it.

    Examples
    --------
    >>> label("worth"), label("minimum_answers")
    ('Worth acting on', 'Minimum answers')
    """
    return LABELS.get(name, name.replace("_", " ").capitalize())


def _known(data: Mapping[str, Any], worth: float | None) -> dict[str, str]:
    worth = data.get("worth") if worth is None else worth
    said = f"{worth:g} {data.get('worth_unit') or ''}".strip() if worth is not None else ""
    return {"study": str(data.get("title") or ""), "period": str(data.get("period") or ""), "worth": said}


def _period(text: Any) -> str:
    """Return a period as people write it; what names none stands as it was given."""
    try:
        return parse_period(text).label if isinstance(text, str) else ""
    except QuestionError:
        return ""


def _shown(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return " or ".join(map(_shown, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _source(data: Mapping[str, Any]) -> str:
    tables = ", ".join(f"{rows:,} {name}" for name, rows in data.get("tables", {}).items())
    return f"{data.get('title') or data.get('study')}{': ' if tables else ''}{tables}"


def _rows(data: Mapping[str, Any]) -> str:
    rows, customers, unit = data.get("rows", 0), data.get("customers", 0), data.get("unit", "row")
    people = "" if unit == "customer" else f" from {customers:,} customers"
    return f"{rows:,} {unit}s{people}, fingerprint {data.get('fingerprint', '')}"


def _quoted(value: Any) -> str:
    text = str(value)
    return f'"{text}"' if any(letter.isspace() for letter in text) else text
