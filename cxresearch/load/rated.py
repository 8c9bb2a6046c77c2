"""Ratings: bare columns whose scale study.toml declares have points as their unit, a better side, and the study's name for them."""

from dataclasses import replace

from cxresearch.ask.check import Check
from cxresearch.ask.metrics import Metric
from cxresearch.ask.study import Study
from cxresearch.load.data import Parts


def rated(parts: Parts, study: Study) -> Parts:
    """Return the parts of a question with exposure and mediator read as ratings, where they are."""
    exposure, mediator = (_rated(metric, study) if metric else None for metric in (parts.exposure, parts.mediator))
    return replace(parts, exposure=exposure, mediator=mediator)


def one_sheet(parts: Parts, study: Study, unit: str) -> list[Check]:
    """Return the doubt where exposure and outcome are answers that a customer gave at once."""
    exposure = parts.exposure
    if unit != "answer" or exposure is None or not all(item in study.scales for item in study.means.get(exposure.name, (exposure.name,))):
        return []
    said = "What is compared and the outcome were given on the same questionnaire: one mood colours both, so part of this is no more."
    return [Check("one questionnaire", "doubt", said, "suggestive")]


def _rated(metric: Metric, study: Study) -> Metric:
    """Return a bare column by the study's name for it; a rating with its unit and better side, a 0/1 column as what is there or not."""
    items = study.means.get(metric.name, (metric.name,))
    if metric.unit != "units":
        return metric
    label = study.labels.get(metric.name, metric.label)
    phrase = label[:1].lower() + label[1:] if metric.name in study.labels else metric.phrase
    if metric.name in study.shares:
        return replace(metric, label=label, phrase=phrase, unit="each", better=study.shares[metric.name])
    if not all(item in study.scales for item in items):
        return replace(metric, label=label, phrase=phrase)
    phrase = phrase if metric.name in study.labels else f"the rating of {phrase}"
    return replace(metric, label=label, phrase=phrase, unit="points", better="higher")
