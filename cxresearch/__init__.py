"""cxresearch: relate service to experience, in order of time, with honest uncertainty.

The names stand in the order in which a notebook uses them: open a study, pose a question, link, measure, plot, conclude, run, publish.
One more is there that few need: `Survival`, for an outcome of two columns of a frame of your own.
Each is loaded when it is first used. The nouns that verbs return (Study, Data, Relation, Check, Finding) are made by nobody by hand;
they are found where they are defined.
"""

import sys as _sys
from importlib import import_module as _import_module
from types import ModuleType as _ModuleType
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

if _TYPE_CHECKING:
    from cxresearch.ask.metrics import Duration, Mean, Nps, Rate, Survival, TopBox  # noqa: F401
    from cxresearch.ask.question import Absent, Question, pose
    from cxresearch.ask.study import open_study
    from cxresearch.conclude.charts.figure import plot
    from cxresearch.conclude.verdict import conclude
    from cxresearch.load.frame import from_frame
    from cxresearch.load.link import link
    from cxresearch.publish.edition import publish
    from cxresearch.publish.run import run
    from cxresearch.publish.summary import summarize
    from cxresearch.relate import methods
    from cxresearch.relate.methods import audit, compare, dose_response, drivers, effect, measure, retention, scorecard

__version__ = "0.1.0"
__all__ = [
    "open_study", "pose", "Question", "Nps", "TopBox", "Mean", "Rate", "Duration", "link", "from_frame", "Absent",
    "audit", "scorecard", "measure", "compare", "effect", "dose_response", "drivers", "retention", "methods",
    "plot", "conclude", "run", "publish", "summarize",
]  # fmt: skip

_HOME = {
    "ask.study": "open_study",
    "ask.question": "pose Question Absent",
    "ask.metrics": "Nps TopBox Mean Rate Duration Survival",
    "load.link": "link",
    "load.frame": "from_frame",
    "relate": "methods",
    "conclude.charts.figure": "plot",
    "conclude.verdict": "conclude",
    "publish.run": "run",
    "publish.edition": "publish",
    "publish.summary": "summarize",
}
_METHODS = ("audit", "scorecard", "measure", "compare", "effect", "dose_response", "drivers", "retention")
_MODULE_OF = {name: f"{__name__}.{module}" for module, names in _HOME.items() for name in names.split()}
_MODULE_OF |= {name: f"{__name__}.relate.methods.{name}" for name in _METHODS}
_SHOWN = {
    "Study": "ask.study",
    "Metric": "ask.metrics",
    "Question": "ask.question",
    "Absent": "ask.question",
    "Check": "ask.check",
    "Data": "load.data",
    "Sheet": "load.explore",
    "Relation": "relate.relation",
    "Figure": "conclude.charts.figure",
    "Finding": "conclude.finding",
    "Run": "publish.run",
    "Published": "publish.edition",
    "Changes": "conclude.changed",
    "Points": "conclude.points",
    "Summary": "publish.summary",
}


def __getattr__(name: str) -> _Any:
    """Load a public name when it is first used."""
    if name not in _MODULE_OF:
        raise AttributeError(f"cxresearch has no name {name!r}. It has: {', '.join(__all__)}.")
    module = _import_module(_MODULE_OF[name])
    value = _import_module(f"{module.__name__}.{name}") if name == "methods" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


class _Face(_ModuleType):
    """Keeps the verbs `conclude` and `publish`: Python puts a folder of the same name in their place when it is imported."""

    def __setattr__(self, name: str, value: _Any) -> None:
        if not (name in __all__ and isinstance(value, _ModuleType)):
            super().__setattr__(name, value)


def _mimebundle(noun: _Any, include: _Any = None, exclude: _Any = None) -> dict[str, _Any]:
    from cxresearch.conclude.show import mimebundle

    return mimebundle(noun)


def _show_nouns_in(shell: _Any) -> None:
    """Teach an IPython shell how the nouns show themselves, by name, so that nothing is loaded before it is needed."""
    formatter = shell.display_formatter.mimebundle_formatter
    for noun, module in _SHOWN.items():
        formatter.for_type_by_name(f"{__name__}.{module}", noun, _mimebundle)


_sys.modules[__name__].__class__ = _Face
if "IPython" in _sys.modules and (_shell := _sys.modules["IPython"].get_ipython()) is not None:
    _show_nouns_in(_shell)
