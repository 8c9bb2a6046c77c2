"""How the data of an edition was made, what was left out, and what is in doubt."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from cxresearch.ask.check import Check
from cxresearch.conclude.finding import Finding
from cxresearch.publish.first import title_among
from cxresearch.publish.manifest import versions
from cxresearch.publish.run import Run

LEFT_OUT = {
    "quarantine": "Set aside", "coverage": "Linked", "who answered": "Who answered", "complete": "Complete rows",
    "all drivers answered": "Complete rows", "not yet": "Still waiting", "still waiting": "Still waiting", "order in time": "Order in time",
}  # fmt: skip
MANY, NAMED = 12, 3


def once(items: Sequence[Any]) -> list[Any]:
    """Return each item once, in order.

    Examples
    --------
    >>> once(["a", "b", "a"])
    ['a', 'b']
    """
    return [item for place, item in enumerate(items) if item not in items[:place]]


def facts(data: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return whose data and which period, for the head of the page."""
    titles, periods = ([value for value in once([str(each.get(name) or "") for each in data]) if value] for name in ("title", "period"))
    periods.sort(key=_ends_on)
    many = f"{len(periods)} periods, the first {periods[0]}, the last {periods[-1]}" if len(periods) > NAMED else _some(periods)
    return [(label, said) for label, said in (("Data", _some(titles)), ("Period", many)) if said]


def _ends_on(label: str) -> date:
    """Return the last day of a period as its label says it: "1 April to 30 June 2025"; everything on record comes last."""
    said = re.findall(r"\d{1,2} [A-Z][a-z]+ \d{4}", label)
    return datetime.strptime(said[-1], "%d %B %Y").date() if said else date.max


def worth_acting_on(runs: Sequence[Run]) -> str:
    """Return the smallest differences worth acting on as people say them: "2 NPS points; 1 in 100 customers kept"."""
    return "; ".join(
        once([_worth(finding) for run in runs for finding in run.findings if finding.worth and finding.method == "effect"])[:3]
    )


def tables(data: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, int]]:
    """Return study, table and rows read; the study only where there are several."""
    found = once([(str(each.get("title", "")), table, rows) for each in data for table, rows in each.get("tables", {}).items()])
    return found if len({title for title, _, _ in found}) > 1 else [("", table, rows) for _, table, rows in found]


def left_out(runs: Sequence[Run]) -> list[tuple[str, list[Check]]]:
    """Return what the reports say about rows that are not in their numbers, by kind, each once, with the reports that say it."""
    order = list(LEFT_OUT).index
    found = _said(runs, lambda check: check.name in LEFT_OUT and check.status == "passed", order)
    return [(kind, [check for check in found if LEFT_OUT[check.name] == kind]) for kind in once([LEFT_OUT[check.name] for check in found])]


def doubts(runs: Sequence[Run]) -> tuple[Check, ...]:
    """Return every doubt with the report that it stands in, worst first."""
    found = _said(runs, lambda check: check.status != "passed", lambda name: 0)
    return tuple(sorted(found, key=lambda check: check.status != "failed"))


def provenance(name: str, runs: Sequence[Run], data: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return label and text for the foot of the page."""
    titles = once([str(each.get("title")) for each in data])
    shown = {title: once([str(each.get("fingerprint")) for each in data if str(each.get("title")) == title]) for title in titles}
    return [
        ("Edition", name),
        *(("Data", f"{title}, {_prints(each)}") for title, each in shown.items()),
        ("Notebooks", ", ".join(once([run.notebook for run in runs]))),
        ("Made with", f"cxresearch {versions()['cxresearch']}"),
        ("To repeat", f"cxresearch publish {name}: the same input gives the same page, byte for byte"),
    ]


def _said(runs: Sequence[Run], which: Any, place: Any) -> tuple[Check, ...]:
    said: dict[Check, list[str]] = {}
    for run in runs:
        checks = [check for check in (*run.checks, *(one for finding in run.findings for one in finding.more)) if which(check)]
        for check in dict.fromkeys(checks) if run.status == "done" else ():
            said.setdefault(check, []).append(title_among(run, runs))
    if len(said) > MANY:
        return _by_name(said, place)
    named = [replace(check, detail=f"{check.detail.partition(chr(10))[0]}\n{_some(titles)}") for check, titles in said.items()]
    return tuple(sorted(named, key=lambda check: place(check.name)))


def _by_name(said: Mapping[Check, list[str]], place: Any) -> tuple[Check, ...]:
    """Return one line for each kind of check where there are many: the first as an example, and how many reports say the like."""
    kinds: dict[tuple[str, str], list[tuple[Check, list[str]]]] = {}
    for check, titles in said.items():
        kinds.setdefault((check.status, check.name), []).append((check, titles))
    found = []
    for each in kinds.values():
        check, titles = each[0]
        number = len(once([title for _, others in each for title in others]))
        also = f"{titles[0]}; the like in {number - 1} other report{'s' * (number != 2)}" if number > 1 else titles[0]
        found.append(replace(check, detail=f"{check.detail.partition(chr(10))[0]}\n{also}"))
    return tuple(sorted(found, key=lambda check: place(check.name)))


def _some(names: Sequence[str]) -> str:
    rest = len(names) - NAMED
    return "; ".join(names) if rest <= 1 else f"{'; '.join(names[:NAMED])} and {rest} more"


def _prints(prints: Sequence[str]) -> str:
    if len(prints) > NAMED:
        return f"{len(prints)} selections; the fingerprint of each stands in its report"
    return f"fingerprint{'s' * (len(prints) > 1)} {', '.join(prints)}"


def _worth(finding: Finding) -> str:
    what = str(finding.facts.get("outcome_phrase") or "").removeprefix("the ")
    if finding.unit == "of 100":
        return f"{finding.worth:g} in 100 {what}".strip()
    return f"{finding.worth:g} {finding.unit}" if what != "NPS" else f"{finding.worth:g} NPS {finding.unit}"
