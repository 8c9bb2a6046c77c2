"""A look ahead: periods without data and selections without rows are named before anything runs."""

from collections.abc import Sequence
from pathlib import Path

from cxresearch.ask.errors import ResearchError, RunError
from cxresearch.publish.asked import PERIOD, study_of
from cxresearch.publish.forks import will_read
from cxresearch.publish.plan import Planned

ONLY, NAMED = "only", 4


def look_ahead(todo: Sequence[Planned]) -> None:
    """Raise an error that names every period and selection of which a study holds nothing.

    Parameters
    ----------
    todo : sequence of Planned
        The reports that are to be made. A study that cannot be read is left to its reports: they will say why.

    Raises
    ------
    RunError
        Where a report would have nothing to look at.
    """
    said = [reason for group in _by_study(todo) if _asks(group) for reason in _empty(group)]
    if said:
        shown = list(dict.fromkeys(said))
        more = f" And {len(shown) - NAMED} more." if len(shown) > NAMED else ""
        raise RunError(f"Nothing was run: {' '.join(_sentence(each) for each in shown[:NAMED])}{more} Change period or selection.")


def _by_study(todo: Sequence[Planned]) -> list[list[Planned]]:
    groups: dict[tuple[Path, str], list[Planned]] = {}
    for planned in todo:
        groups.setdefault((planned.notebook.home, str(_used(planned, "study"))), []).append(planned)
    return list(groups.values())


def _asks(group: Sequence[Planned]) -> bool:
    return any(_used(planned, name) for planned in group for name in (PERIOD, ONLY))


def _empty(group: Sequence[Planned]) -> list[str]:
    study = study_of(group[0].notebook, group[0].params)
    if study is None:
        return []
    asked = [(_used(planned, PERIOD), _used(planned, ONLY)) for planned in group]
    found = will_read(study.folder, asked)
    if found is not None:
        return list(found.values())
    from cxresearch.load.ahead import nothing_in

    try:
        return list(nothing_in(study, asked).values())
    except ResearchError:
        return []


def _used(planned: Planned, name: str) -> str | None:
    default = next((each.default for each in planned.notebook.parameters if each.name == name), None)
    value = planned.params.get(name, default)
    return str(value) if value is not None else None


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
