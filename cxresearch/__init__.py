"""cxresearch: relate service to experience, in order of time, with honest uncertainty.

The names below stand in the order in which a notebook uses them.
"""

from cxresearch.ask.study import Study, open_study
from cxresearch.ask.metrics import Duration, Mean, Metric, Nps, Rate, Survival, TopBox
from cxresearch.ask.question import Absent, Question, pose
from cxresearch.load.data import Data, from_frame
from cxresearch.load.link import link
from cxresearch.relate import methods
from cxresearch.relate.relation import Check, Relation
from cxresearch.relate.methods import audit, compare, dose_response, drivers, effect, measure, retention, scorecard

__version__ = "0.1.0"
