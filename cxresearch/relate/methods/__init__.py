"""One method, one file, one reference: ``method(data, *, settings) -> Relation``.

=========================================  ===========================================================================================
Where do we stand, and who says so?
=========================================  ===========================================================================================
audit                                      What data is here, and what was set aside?
scorecard, measure, compare                Where do we stand? Is the difference real?
who_answers                                Are those who answer the customers?
voice, themed                              What do comments speak of? Themes and tone as drivers.
=========================================  ===========================================================================================

=========================================  ===========================================================================================
What goes with the outcome?
=========================================  ===========================================================================================
effect, ordinal, over_months               How much goes with it; on the answers as they are; month added to month.
dose_response, jump                        How fast is fast enough? Is there a jump at the promise?
drivers, added, importance, asymmetry      What explains the outcome? What does a block add? Where would effort pay? Do failures weigh more?
journey, journey_map, recovery             Does good service outweigh a bad journey? Where does it fail, and what follows?
aggregators                                Which summary of a customer's contacts counts?
segments, slopes                           Where does it differ beyond chance, in level or in what goes with the exposure?
=========================================  ===========================================================================================

=========================================  ===========================================================================================
Who stays, and what is it worth?
=========================================  ===========================================================================================
retention, hazard, hazard_ratio            Who stays?
repeat, value, lifetime                    Who buys again, and what is that worth?
mediation, chain                           By way of what? Service, satisfaction, staying and value in a row.
what_if                                    What would go with a change, if the association held?
=========================================  ===========================================================================================

=========================================  ===========================================================================================
How sure is it?
=========================================  ===========================================================================================
change, moved                              Did a policy work? What moved between two periods, and with what?
sensitivity, definitions                   What would overturn it: a hidden reason, another definition?
negative_controls                          Is something found where there can be nothing?
claims                                     Which beliefs of the field hold here?
=========================================  ===========================================================================================

Each takes Data from `cx.link` (a few take a Study and link for themselves), hands an Absent on, and gives a Relation for `cx.plot` and
`cx.conclude`. ``cx.methods.hazard?`` reads like a manual.
"""

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
from cxresearch.relate.over_months import over_months

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
    "over_months",
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
