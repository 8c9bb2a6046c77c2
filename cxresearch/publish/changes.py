"""Which answers of two runs or editions belong together, and what differs in their record: definition, period or data."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cxresearch.ask.errors import RunError
from cxresearch.ask.question import Absent
from cxresearch.conclude.changed import Changes, Pair, changes
from cxresearch.conclude.points import Point, Points
from cxresearch.conclude.words.changes import NOTHING_SAID, definition_words, rows_words
from cxresearch.publish import ledger
from cxresearch.publish.ledger import Entry

REPORTS = Path("reports")


def compared(before: str | None, after: str | None = None, *, reports: str | Path = REPORTS) -> Changes | Absent:
    """Return what changed between two runs or editions; the tests run here, so this is called in a notebook.

    Parameters
    ----------
    before, after : str or None
        Ids of the ledger ("e12"), or folders. None: the newest edition, and the last of its name that was made from something else.
    reports : str or Path
        Folder of all reports.

    Returns
    -------
    Changes or Absent
        Absent where nothing was named and the ledger knows no two editions that differ.

    Raises
    ------
    RunError
        Where one of them is not known, or a run is to be compared with an edition.
    """
    root = Path(reports)
    newest = ledger.entries(root, kind="edition", limit=1)
    second = ledger.find(root, after) if after else newest[0] if newest else None
    first = ledger.find(root, before) if before else ledger.last_different(root, second.name, second.fingerprint) if second else None
    if first is None or second is None:
        return Absent("The ledger knows no two editions that differ: there is nothing to compare.")
    if first.kind != second.kind:
        names = f"{first.id or before} ({first.kind}) and {second.id or after} ({second.kind})"
        raise RunError(f"{names} cannot be compared. Name two runs, or two editions.")
    return changes(_named(first, before or ""), _named(second, after or ""), pairs(first, second))


def earlier(metric: str, *, reports: str | Path = REPORTS) -> Points:
    """Return what earlier runs said about a metric, the newest first, each sentence once."""
    said: dict[tuple[str, str], Point] = {}
    for entry in ledger.entries(Path(reports), kind="run"):
        for finding in entry.said.get("findings", ()):
            if finding.get("facts", {}).get("asked", {}).get("outcome") == metric:
                detail = f"{entry.id}, {entry.title} {entry.period}".strip()
                said.setdefault((finding["headline"], entry.period), Point(finding["headline"], str(finding.get("strength", "")), detail))
    return Points(tuple(said.values()), NOTHING_SAID)


def since_last(folder: str | Path) -> Changes | Absent:
    """Return what changed since the last edition of this name that was made from something else.

    Parameters
    ----------
    folder : str or Path
        Of the edition, finished or still being made; the ledger lies in a folder above it.

    Returns
    -------
    Changes or Absent
        Absent where the ledger knows no earlier edition that differs.
    """
    root = next((above for above in Path(folder).absolute().parents if (above / ledger.FILE).is_file()), None)
    now = ledger.read_folder(Path(folder), root or Path(folder).parent)
    last = ledger.last_different(root, now.name, now.fingerprint) if root else None
    if last is None:
        return Absent("This is the first edition of its kind: there is nothing to compare it with.")
    return changes("the last edition", "this one", pairs(last, now))


def pairs(before: Entry, after: Entry) -> tuple[Pair, ...]:
    """Return the answers of two runs or editions, each with the one that answers the same question.

    Reports belong together that come from one notebook with the same parameters, but for the period: the same period where there is one,
    else the last one before it.
    """
    first, second = (entry.runs or ((entry,) if entry.kind == "run" else ()) for entry in (before, after))
    matched = [(_partner(run, first, second), run) for run in second]
    kept = {_key(run) for run in second} | {_key(old) for old, _ in matched if old}
    gone = [(run, None) for run in first if _key(run) not in kept]
    return tuple(pair for old, new in (*matched, *gone) for pair in _answers(old, new))


def _partner(run: Entry, others: Sequence[Entry], own: Sequence[Entry]) -> Entry | None:
    alike = [other for other in others if _key(other) == _key(run)]
    if not alike:
        same = [other for other in others if other.said.get("notebook") == run.said.get("notebook")]
        alone = sum(each.said.get("notebook") == run.said.get("notebook") for each in own) == 1
        return same[0] if len(same) == 1 and alone else None
    period = _period(run)
    exact = [other for other in alike if _period(other) == period]
    earlier = sorted((other for other in alike if _period(other) <= period), key=_period)
    return (exact or earlier[-1:] or alike)[-1]


def _answers(old: Entry | None, new: Entry | None) -> Iterator[Pair]:
    first, second = (_findings(entry) if entry else {} for entry in (old, new))
    known = new or old
    params = (_used(old) if old else {}, _used(new) if new else {})
    changed = _changed(old, new) if old and new else {}
    for name in dict.fromkeys([*second, *first]):
        topic, method = name[1], name[0]
        notebook, slug = (str(known.said.get("notebook")), known.name) if known else ("", "")
        yield Pair(notebook, slug, topic, method, first.get(name), second.get(name), params, changed)


def _findings(entry: Entry) -> dict[tuple[str, str, int], Mapping[str, Any]]:
    found: dict[tuple[str, str, int], Mapping[str, Any]] = {}
    for finding in entry.said.get("findings", ()):
        method, topic, number = str(finding.get("method")), str(finding.get("topic")), 0
        while (method, topic, number) in found:
            number += 1
        found[method, topic, number] = finding
    return found


def _changed(old: Entry, new: Entry) -> dict[str, str]:
    """Return what differs in the record of two runs, each with the words for it."""
    found, first, second = {}, _used(old), _used(new)
    other = {name: (first.get(name), second.get(name)) for name in (*first, *second) if first.get(name) != second.get(name)}
    if "period" in other or _labels(old) != _labels(new):
        found["period"] = f"{other.pop('period', ('', ''))}"
    things = [name for name, keys in (("the notebook", ("notebook_fingerprint",)), ("the package", ("package_fingerprint", "cxresearch")))
              if any(_read(old, key) != _read(new, key) for key in keys)]  # fmt: skip
    if other or things:
        found["definition"] = definition_words(other, things)
    if not found.get("period") and _sources(old) != _sources(new):
        found["data"] = rows_words(_rows(old), _rows(new))
    return found


def _read(entry: Entry, key: str) -> Any:
    return entry.said.get("packages", {}).get(key) if key == "cxresearch" else entry.said.get(key)


def _used(entry: Entry) -> dict[str, Any]:
    return {**entry.said.get("defaults", {}), **entry.said.get("parameters", {})}


def _key(entry: Entry) -> tuple[Any, ...]:
    used = {name: value for name, value in _used(entry).items() if name != "period"}
    return entry.said.get("notebook"), tuple(sorted((name, repr(value)) for name, value in used.items()))


def _period(entry: Entry) -> str:
    return str(_used(entry).get("period") or "")


def _labels(entry: Entry) -> list[Any]:
    return [each.get("period") for each in entry.said.get("data", ())]


def _sources(entry: Entry) -> list[Any]:
    return sorted({str(each.get("source") or each.get("fingerprint")) for each in entry.said.get("data", ())})


def _rows(entry: Entry) -> int:
    tables: dict[str, int] = {}
    for each in entry.said.get("data", ()):
        tables |= each.get("tables") or {"rows": int(each.get("rows", 0))}
    return sum(tables.values())


def _named(entry: Entry, given: str) -> str:
    return f"{entry.title} ({entry.id or given})"
