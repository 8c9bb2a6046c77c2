"""A question written down, so that it can be asked again of other data: JSON values there and back."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from cxresearch.ask.metrics import Metric
from cxresearch.ask.question import Question


def written(question: Question) -> dict[str, Any]:
    """Return a question as JSON values; empty where a metric was built on the spot, for then it cannot be asked again by name.

    Examples
    --------
    >>> written(Question(outcome="nps", adjust_for=("channel",)))
    {'outcome': 'nps', 'adjust_for': ['channel']}
    >>> read(written(Question(outcome="nps", adjust_for=("channel",)))) == Question(outcome="nps", adjust_for=("channel",))
    True
    """
    said = {each.name: getattr(question, each.name) for each in fields(question)}
    if _has_metric(list(said.values())):
        return {}
    said["where"] = [[name, _listed(value)] for name, value in question.where]
    usual = {each.name: each.default for each in fields(question)}
    return {name: _listed(value) for name, value in said.items() if value not in (usual[name], [])}


def read(said: Mapping[str, Any]) -> Question:
    """Return the question that `written` wrote."""
    blocks = tuple((block, tuple(members)) for block, members in said.get("drivers", ()))
    return Question(**{**said, **({"drivers": blocks} if blocks else {}), "where": dict(said.get("where", ()))})


def _listed(value: Any) -> Any:
    return [_listed(part) for part in value] if isinstance(value, list | tuple | set | frozenset) else value


def _has_metric(value: Any) -> bool:
    return isinstance(value, Metric) or (isinstance(value, list | tuple) and any(map(_has_metric, value)))
