"""Ratings on the scales that study.toml declares: where the top box begins, what NPS can be made of, and names for bare columns."""

from dataclasses import replace

import ibis

from cxresearch.ask.catalog import CATALOG
from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError, StudyError
from cxresearch.ask.metrics import Metric, TopBox
from cxresearch.ask.study import Study
from cxresearch.load.data import Parts
from cxresearch.load.rules import scored_kinds


def rated(parts: Parts, study: Study) -> Parts:
    """Return the parts of a question on the scales of the study, exposure and mediator read as ratings, where they are.

    Raises
    ------
    QuestionError, StudyError
        As `on_scale`.
    """
    exposure, mediator = (_rated(on_scale(metric, study), study) if metric else None for metric in (parts.exposure, parts.mediator))
    adjust_for, drivers = (tuple(on_scale(metric, study) for metric in metrics) for metrics in (parts.adjust_for, parts.drivers))
    return Parts(on_scale(parts.outcome, study), exposure, adjust_for, drivers, mediator)


def on_scale(metric: Metric, study: Study) -> Metric:
    """Return a metric as the scale that study.toml declares for it has it.

    Parameters
    ----------
    metric : Metric
        ``csat`` of the catalog takes the cut that the scale names as `top_box`; what was built on the spot keeps its own.
    study : Study
        With its scales.

    Raises
    ------
    QuestionError
        Where NPS is asked of answers on another scale than 0 to 10.
    StudyError
        Where CSAT is asked of answers on another scale than 1 to 5, and no top box is named.

    Examples
    --------
    >>> from pathlib import Path
    >>> from cxresearch.ask.table_spec import Scale
    >>> ten = Study("s", "S", Path(), scales={"csat": Scale(1, 10, top_box=8)})
    >>> on_scale(CATALOG["csat"], ten).definition
    'Of 100 answers to score, those of 8 or more.'
    """
    if metric.kind == "nps":
        _zero_to_ten("nps" if metric is CATALOG["said_nps"] else metric.only[1] if metric.only else metric.needs[0], study)
    scale = study.scales.get("csat")
    if metric is not CATALOG["csat"] or scale is None or (scale.top_box is None and (scale.low, scale.high) == (1, 5)):
        return metric
    if scale.top_box is None:
        raise StudyError(
            f"{study.file}: scales.csat runs from {scale.low:g} to {scale.high:g} and names no top_box: from which answer on a customer "
            f"counts as satisfied is not known. Add it, for instance top_box = {scale.high - 1:g}."
        )
    box = TopBox("score", cut=scale.top_box)
    return replace(metric, value=box.value, definition=box.definition)


def one_kind(table: ibis.Table, parts: Parts, study: Study, unit: str) -> ibis.Table:
    """Return the rows as they are; refuse a bare score where they hold answers of several kinds of survey, each on its own scale.

    Parameters
    ----------
    table : ibis.Table
        The chosen rows.
    parts, study, unit
        What is asked; only of answers can a score be of several kinds.

    Raises
    ------
    QuestionError
        Where kinds are mixed, or NPS is made of a kind that is not declared as 0 to 10.
    """
    asked = [metric for metric in (parts.outcome, parts.exposure, parts.mediator, *parts.adjust_for, *parts.drivers) if metric]
    bare = [metric for metric in asked if "score" in metric.needs and metric.only is None]
    if unit != "answer" or not bare or parts.outcome.only or not {"kind", "score"} <= set(table.columns):
        return table
    kinds = sorted(table.filter(table.score.notnull()).select("kind").distinct().execute()["kind"].dropna())
    if len(kinds) > 1:
        named = [f"{kind} ({study.scales[kind].low:g} to {study.scales[kind].high:g})" if kind in study.scales else kind for kind in kinds]
        raise QuestionError(
            f'"{bare[0].name}" would mix the answers to {len(kinds)} kinds of survey, each on its own scale: {", ".join(named)}. '
            f'Choose one with where, for instance "kind={kinds[0]}", or ask about a metric of one kind, such as "{kinds[0]}".'
        )
    if kinds and any(metric.kind == "nps" for metric in bare):
        _zero_to_ten(kinds[0], study)
    return table


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


def _zero_to_ten(item: str, study: Study) -> None:
    scale = study.scales.get(item)
    if scale is not None and (scale.low, scale.high) != (0, 10):
        mean = f'outcome="score" with where="kind={item}"' if item in scored_kinds(study) else f'cx.Mean("{item}")'
        raise QuestionError(
            f'NPS is made of answers from 0 to 10, and study.toml declares "{item}" from {scale.low:g} to {scale.high:g}: '
            f"who would answer 9 or 10 cannot be told. Ask about their mean, {mean}, or correct scales in study.toml."
        )
