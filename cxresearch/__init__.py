"""cxresearch: relate service to experience, in order of time, with honest uncertainty.

The names stand in the order in which a notebook uses them: open a study, pose a question, link, measure, conclude, plot.
"""

import sys as _sys

from cxresearch.ask.metrics import Duration, Mean, Nps, Rate, Survival, TopBox
from cxresearch.ask.question import Absent, Question, pose
from cxresearch.ask.study import Study, open_study
from cxresearch.conclude.charts.figure import plot
from cxresearch.conclude.finding import Finding
from cxresearch.conclude.verdict import conclude
from cxresearch.load.data import Data, from_frame
from cxresearch.load.link import link
from cxresearch.relate import methods
from cxresearch.relate.methods import audit, compare, dose_response, drivers, effect, measure, retention, scorecard
from cxresearch.relate.relation import Check, Relation

__version__ = "0.1.0"
__all__ = [
    "open_study", "Study", "pose", "Question", "Absent", "Nps", "TopBox", "Mean", "Rate", "Duration", "Survival", "link", "from_frame", "Data",
    "audit", "scorecard", "measure", "compare", "effect", "dose_response", "drivers", "retention", "methods", "Relation", "Check",
    "plot", "conclude", "Finding",
]  # fmt: skip


def _shown_in(shell: object) -> None:
    """Teach a running IPython shell how the nouns show themselves."""
    from cxresearch.conclude.show import register

    register(shell)


if "IPython" in _sys.modules and (_shell := _sys.modules["IPython"].get_ipython()) is not None:
    _shown_in(_shell)
