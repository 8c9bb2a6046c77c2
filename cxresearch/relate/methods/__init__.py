"""One method, one file, one reference: ``method(data, *, settings) -> Relation``."""

import sys as _sys
from types import ModuleType as _ModuleType
from typing import Any as _Any

from cxresearch.load.voice import themed
from cxresearch.relate.methods.added import added
from cxresearch.relate.methods.aggregators import aggregators
from cxresearch.relate.methods.asymmetry import asymmetry
from cxresearch.relate.methods.audit import audit
from cxresearch.relate.methods.chain import chain
from cxresearch.relate.methods.change import change
from cxresearch.relate.methods.claims import claims
from cxresearch.relate.methods.compare import compare
from cxresearch.relate.methods.definitions import definitions
from cxresearch.relate.methods.dose_response import dose_response
from cxresearch.relate.methods.drivers import drivers
from cxresearch.relate.methods.effect import effect
from cxresearch.relate.methods.hazard import hazard
from cxresearch.relate.methods.hazard_ratio import hazard_ratio
from cxresearch.relate.methods.importance import importance
from cxresearch.relate.methods.journey import journey
from cxresearch.relate.methods.journey_map import journey_map
from cxresearch.relate.methods.jump import jump
from cxresearch.relate.methods.lifetime import lifetime
from cxresearch.relate.methods.measure import measure
from cxresearch.relate.methods.mediation import mediation
from cxresearch.relate.methods.moved import moved
from cxresearch.relate.methods.negative_controls import negative_controls
from cxresearch.relate.methods.ordinal import ordinal
from cxresearch.relate.methods.recovery import recovery
from cxresearch.relate.methods.repeat import repeat
from cxresearch.relate.methods.retention import retention
from cxresearch.relate.methods.scorecard import scorecard
from cxresearch.relate.methods.segments import segments
from cxresearch.relate.methods.sensitivity import sensitivity
from cxresearch.relate.methods.slopes import slopes
from cxresearch.relate.methods.value import value
from cxresearch.relate.methods.voice import voice
from cxresearch.relate.methods.what_if import what_if
from cxresearch.relate.methods.who_answers import who_answers

__all__ = [
    "added",
    "aggregators",
    "asymmetry",
    "audit",
    "chain",
    "change",
    "claims",
    "compare",
    "definitions",
    "dose_response",
    "drivers",
    "effect",
    "hazard",
    "hazard_ratio",
    "importance",
    "journey",
    "journey_map",
    "jump",
    "lifetime",
    "measure",
    "mediation",
    "moved",
    "negative_controls",
    "ordinal",
    "recovery",
    "repeat",
    "retention",
    "scorecard",
    "segments",
    "sensitivity",
    "slopes",
    "themed",
    "value",
    "voice",
    "what_if",
    "who_answers",
]


class _Methods(_ModuleType):
    """A method and its file share a name: importing the file never hides the method."""

    def __setattr__(self, name: str, value: _Any) -> None:
        if not (name in __all__ and isinstance(value, _ModuleType)):
            super().__setattr__(name, value)


_sys.modules[__name__].__class__ = _Methods
