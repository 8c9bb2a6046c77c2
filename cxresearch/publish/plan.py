"""An edition as it is asked for: read from editions.toml, every combination checked before anything runs."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cxresearch.ask.errors import QuestionError, RunError, nearest
from cxresearch.ask.relative import split
from cxresearch.publish.asked import PERIOD, definite, today
from cxresearch.publish.parameters import coerce
from cxresearch.publish.place import slug
from cxresearch.publish.shelf import Notebook, open_notebook

SUMMARY = "00_summary"
FOLDER = "CXRESEARCH_EDITION"  # where a summary finds the reports that are being made
CHANGED = "application/vnd.cxresearch.changed+json"

KEYS = ("title", "study", "notebooks", "params", "matrix")


@dataclass(frozen=True)
class Planned:
    """One report of an edition.

    Parameters
    ----------
    notebook : Notebook
        What is run.
    params : mapping
        Typed and definite: no period is relative any more.
    slug : str
        Its folder.
    asked : mapping
        Parameter -> what was written, where `params` says it otherwise: ``{"period": "last full month"}``.
    """

    notebook: Notebook
    params: Mapping[str, Any]
    slug: str
    asked: Mapping[str, str] = field(default_factory=dict)

    @property
    def sums(self) -> bool:
        """Whether it reads the other reports of its edition, and so comes after them: its notebook has the parameter ``edition``."""
        return any(parameter.name == "edition" for parameter in self.notebook.parameters)


@dataclass(frozen=True)
class Edition:
    """A set of reports that belong together.

    Parameters
    ----------
    name : str
        Its key in editions.toml, and the folder under ``reports/``.
    title : str
        As people read it.
    reports : tuple of Planned
        In the order of the index page.
    """

    name: str
    title: str
    reports: tuple[Planned, ...] = field(repr=False)


def read_edition(name: str, path: Path, *, now: datetime | None = None) -> Edition:
    """Return the edition of this name, with every combination of notebook and parameters checked.

    Parameters
    ----------
    name : str
        Key in the file.
    path : Path
        ``notebooks/editions.toml``; notebooks are looked for beside it.
    now : datetime, optional
        The instant from which "last full month" is seen; by default now.

    Raises
    ------
    RunError
        For an unknown edition, notebook, parameter or key, a wrong type, an empty matrix, or two reports with one name.
    """
    said = _section(name, path)
    where = f'Edition "{name}" in {path.name}'
    entries = [_entry(entry, path.parent, where) for entry in _list(said, "notebooks", where)]
    shared = {**({"study": said["study"]} if "study" in said else {}), **_table(said, "params", where)}
    matrix = _by_study_first({key: _values(key, values, where) for key, values in _table(said, "matrix", where).items()})
    _someone_takes([*shared, *matrix], [notebook for notebook, _ in entries], where)
    now = now or datetime.now(UTC)
    reports = [planned for notebook, own in entries for planned in _reports(notebook, own, shared, matrix, now)]
    _one_name_each(reports, where)
    return Edition(name, str(said.get("title", name)), tuple(reports))


def edition_names(path: Path) -> list[str]:
    """Return the names of all editions in a file; none where there is no file."""
    return sorted(_editions(path)) if path.is_file() else []


def _section(name: str, path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        raise RunError(f"{path.name} was not found in {path.parent.name}/. It says which notebooks belong to an edition.")
    editions = _editions(path)
    if not name or name not in editions or slug(name) != name:
        raise RunError(f'There is no edition "{name}" in {path.name}; {nearest(name, editions)}')
    said = editions[name]
    for key in said:
        if key not in KEYS:
            raise RunError(f'Edition "{name}" in {path.name} has the unknown key "{key}"; {nearest(key, KEYS)}')
    return said


def _editions(path: Path) -> Mapping[str, Mapping[str, Any]]:
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RunError(f"{path.name} cannot be read: {error}.") from None
    return {name: section for name, section in said.items() if isinstance(section, dict)}


def _list(said: Mapping[str, Any], key: str, where: str) -> Sequence[Any]:
    values = said.get(key)
    if not isinstance(values, list) or not values:
        raise RunError(f'{where}: `{key}` must be a list with at least one entry, for instance {key} = ["03_speed"].')
    return values


def _table(said: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    value = said.get(key, {})
    if not isinstance(value, dict):
        raise RunError(f"{where}: `{key}` must be a table of parameter names and values, but it is {value!r}.")
    return value


def _values(key: str, values: Any, where: str) -> list[Any]:
    values = [values] if key == PERIOD and isinstance(values, str) and " by " in values else values
    if not isinstance(values, list) or not values:
        raise RunError(f"{where}: matrix.{key} is empty or no list, so there is nothing to run. Give at least one value, or leave it out.")
    return values


def _entry(entry: Any, folder: Path, where: str) -> tuple[Notebook, Mapping[str, Any]]:
    name, own = (entry.get("name"), entry.get("params", {})) if isinstance(entry, dict) else (entry, {})
    if not isinstance(name, str) or not isinstance(own, dict):
        raise RunError(f'{where}: {entry!r} is no notebook; write its name, or {{name = "03_speed", params = {{...}}}}.')
    notebook = open_notebook(name, folder=folder)
    coerce(notebook.parameters, own, notebook.name)
    return notebook, own


def _someone_takes(names: Sequence[str], notebooks: Sequence[Notebook], where: str) -> None:
    known = {parameter.name for notebook in notebooks for parameter in notebook.parameters}
    for name in names:
        if name not in known:
            raise RunError(f'{where}: none of its notebooks has a parameter "{name}"; {nearest(name, known)}')


def _by_study_first(matrix: Mapping[str, list[Any]]) -> Mapping[str, list[Any]]:
    """The study decides from which day a period is seen, so it is chosen first."""
    return {key: matrix[key] for key in sorted(matrix, key=lambda key: key != "study")}


def _reports(
    notebook: Notebook, own: Mapping[str, Any], shared: Mapping[str, Any], matrix: Mapping[str, list[Any]], now: datetime
) -> list[Planned]:
    takes = {parameter.name for parameter in notebook.parameters}
    axes = {name: values for name, values in matrix.items() if name in takes and name not in own}
    fixed = {name: value for name, value in {**shared, **own}.items() if name in takes}
    reports = []
    for chosen, said in _combinations(notebook, fixed, axes, now):
        params, asked = definite(notebook, coerce(notebook.parameters, chosen, notebook.name), now)
        label = " ".join([notebook.name, *(str(params[name]) for name in (*own, *axes))])
        reports.append(Planned(notebook, params, slug(label), asked | said))
    return reports


def _combinations(
    notebook: Notebook, fixed: Mapping[str, Any], axes: Mapping[str, list[Any]], now: datetime
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, str]]]:
    """Give every combination of values, and a period as it was written where it was cut or is relative."""
    if not axes:
        yield fixed, {}
        return
    (name, values), *rest = axes.items()
    for value in values:
        parts = _parts(notebook, fixed, value, now) if name == PERIOD and isinstance(value, str) else [value]
        said = {name: value} if parts != [value] else {}
        for part in parts:
            for chosen, more in _combinations(notebook, {**fixed, name: part}, dict(rest), now):
                yield chosen, said | more


def _parts(notebook: Notebook, fixed: Mapping[str, Any], text: str, now: datetime) -> list[str]:
    try:
        return split(text, today(notebook, fixed, now))
    except QuestionError as error:
        raise RunError(f"{notebook.name}: {error}") from None


def _one_name_each(reports: Sequence[Planned], where: str) -> None:
    names = [report.slug.lower() for report in reports]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RunError(f'{where}: two reports would be written to the same folder "{twice[0]}". Remove one, or make their values differ.')
