"""One method, one file, one reference: ``method(data, *, settings) -> Relation``."""

import sys as _sys
from cxresearch.relate.methods.audit import audit
from cxresearch.relate.methods.claims import claims
from cxresearch.relate.methods.compare import compare
from cxresearch.relate.methods.dose_response import dose_response
from cxresearch.relate.methods.drivers import drivers
from cxresearch.relate.methods.effect import effect
from cxresearch.relate.methods.journey import journey
from cxresearch.relate.methods.jump import jump
from cxresearch.relate.methods.measure import measure
from cxresearch.relate.methods.ordinal import ordinal
from cxresearch.relate.methods.retention import retention
from cxresearch.relate.methods.scorecard import scorecard
from cxresearch.relate.methods.segments import segments
from types import ModuleType as _ModuleType
from typing import Any as _Any

__all__ = [
    "audit",
    "claims",
    "compare",
    "dose_response",
    "drivers",
    "effect",
    "journey",
    "jump",
    "measure",
    "ordinal",
    "retention",
    "scorecard",
    "segments",
]
