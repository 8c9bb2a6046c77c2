"""A report made again from what the ledger recorded, and held against it number by number."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxresearch.ask.errors import RunError
from cxresearch.conclude.words.changes import rows_words, verified
from cxresearch.publish import ledger
from cxresearch.publish.ledger import Entry
from cxresearch.publish.run import TIMEOUT_SECONDS, run
from cxresearch.publish.shelf import open_notebook

NUMBERS = ("estimate", "low", "high", "n", "customers", "worth")
DIGITS = 12


@dataclass(frozen=True)
class Verified:
    """What came of making one report again: whether every number is the same, and the sentence for it."""

    name: str
    same: bool
    sentence: str


def verify(entry: Entry, *, timeout: float = TIMEOUT_SECONDS) -> Iterator[Verified]:
    """Make a run, or each run of an edition, again in a folder that is thrown away, and compare every number to 12 digits.

    Parameters
    ----------
    entry : Entry
        From the ledger.
    timeout : float
        Seconds that one cell may take.

    Yields
    ------
    Verified
        One for each report that has findings or data.

    Raises
    ------
    RunError
        Where the notebook is gone or no longer takes the recorded parameters.
    """
    for each in entry.runs or (entry,):
        if each.status == "done" and (each.said.get("data") or each.said.get("findings")):
            with tempfile.TemporaryDirectory() as folder:
                yield _verified(each, _again(each, Path(folder), timeout))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[int, list[tuple[str, str, str]]]:
    """Return how many numbers two manifests have, and those that differ: what, then, now."""
    first, second = dict(_numbers(before)), dict(_numbers(after))
    names = list(dict.fromkeys([*first, *second]))
    differing = [(name, first.get(name, "missing"), second.get(name, "missing")) for name in names if first.get(name) != second.get(name)]
    return len(names), differing


def _again(entry: Entry, folder: Path, timeout: float) -> Entry:
    notebook = open_notebook(str(entry.said["notebook"]))
    known = {parameter.name for parameter in notebook.parameters}
    used = {**entry.said.get("defaults", {}), **entry.said.get("parameters", {})}
    lost = sorted(name for name in entry.said.get("parameters", {}) if name not in known)
    if lost:
        raise RunError(f"{notebook.name} no longer takes the parameter {', '.join(lost)} that {entry.id or entry.name} was made with.")
    given = {name: value for name, value in used.items() if name in known and value is not None}
    done = run(notebook.path, params=given, out=folder, slug="again", timeout=timeout)
    if done.status == "failed":
        raise RunError(f"{entry.id or entry.name} could not be made again. {done.reason}")
    return ledger.read_folder(folder / "again", folder)


def _verified(then: Entry, now: Entry) -> Verified:
    numbers, differing = differences(then.said, now.said)
    name = f"{then.id} {then.name}".strip()
    return Verified(name, not differing, verified(name, numbers, differing, list(_since(then.said, now.said))))


def _since(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is not what it was: data, notebook, package, and the packages below it."""
    sources = [[str(each.get("source") or each.get("fingerprint")) for each in said.get("data", ())] for said in (then, now)]
    if sources[0] != sources[1]:
        counts = [sum(sum(each.get("tables", {}).values()) or each.get("rows", 0) for each in said.get("data", ())) for said in (then, now)]
        yield f"the data ({rows_words(*counts)})"
    for name, what in (("notebook_fingerprint", "the notebook"), ("package_fingerprint", "cxresearch")):
        if then.get(name) != now.get(name):
            yield what
    first, second = (said.get("packages", {}) for said in (then, now))
    yield from (f"{name} {first.get(name)} to {version}" for name, version in second.items() if first.get(name) != version)


def _numbers(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for place, finding in enumerate(said.get("findings", ())):
        topic = f"{finding.get('topic')} ({finding.get('method')}, {place + 1})"
        yield from ((f"{name} of {topic}", _digits(finding.get(name))) for name in NUMBERS)
        facts = {name: value for name, value in finding.get("facts", {}).items() if name not in ("capped", "before", "asked")}
        yield from ((f"{name} of {topic}", text) for name, text in _leaves(facts, ""))
    for place, data in enumerate(said.get("data", ())):
        yield from ((f"{name} of data {place + 1}", _digits(data.get(name))) for name in ("rows", "customers", "eligible"))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _leaves(part, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _leaves(part, f"{path}[{place}]")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, _digits(value)


def _digits(value: Any) -> str:
    return f"{value:.{DIGITS}g}" if isinstance(value, int | float) else str(value)
