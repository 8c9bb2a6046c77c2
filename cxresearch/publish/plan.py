"""An edition as it is asked for: read from editions.toml, every combination checked before anything runs."""

import itertools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxresearch.ask.errors import RunError, nearest
from cxresearch.publish.parameters import coerce
from cxresearch.publish.place import slug
from cxresearch.publish.shelf import Notebook, open_notebook

KEYS = ("title", "study", "notebooks", "params", "matrix")


@dataclass(frozen=True)
class Planned:
    """One report of an edition: notebook, parameters, folder name."""

    notebook: Notebook
    params: Mapping[str, Any]
    slug: str


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


def read_edition(name: str, path: Path) -> Edition:
    """Return the edition of this name, with every combination of notebook and parameters checked.

    Parameters
    ----------
    name : str
        Key in the file.
    path : Path
        ``notebooks/editions.toml``; notebooks are looked for beside it.

    Raises
    ------
    RunError
        For an unknown edition, notebook, parameter or key, a wrong type, an empty matrix, or two reports with one name.
    """
    said = _section(name, path)
    where = f'Edition "{name}" in {path.name}'
    entries = [_entry(entry, path.parent, where) for entry in _list(said, "notebooks", where)]
    shared = {**({"study": said["study"]} if "study" in said else {}), **_table(said, "params", where)}
    matrix = {key: _values(key, values, where) for key, values in _table(said, "matrix", where).items()}
    _someone_takes([*shared, *matrix], [notebook for notebook, _ in entries], where)
    reports = [planned for notebook, own in entries for planned in _combinations(notebook, own, shared, matrix)]
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


def _combinations(notebook: Notebook, own: Mapping[str, Any], shared: Mapping[str, Any], matrix: Mapping[str, list[Any]]) -> list[Planned]:
    takes = {parameter.name for parameter in notebook.parameters}
    axes = [name for name in matrix if name in takes and name not in own]
    fixed = {name: value for name, value in {**shared, **own}.items() if name in takes}
    reports = []
    for values in itertools.product(*(matrix[name] for name in axes)):
        chosen = dict(zip(axes, values, strict=True))
        params = coerce(notebook.parameters, {**fixed, **chosen}, notebook.name)
        label = " ".join([notebook.name, *(str(params[name]) for name in (*own, *axes))])
        reports.append(Planned(notebook, params, slug(label)))
    return reports


def _one_name_each(reports: Sequence[Planned], where: str) -> None:
    names = [report.slug.lower() for report in reports]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RunError(f'{where}: two reports would be written to the same folder "{twice[0]}". Remove one, or make their values differ.')
