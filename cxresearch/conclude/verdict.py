"""The verb `conclude`: one relation becomes one finding, no stronger than its evidence."""

import hashlib
import math
from collections.abc import Mapping
from typing import Any

from cxresearch.ask.errors import MethodError
from cxresearch.ask.written import written
from cxresearch.conclude.evidence import binding, capped, two_sided
from cxresearch.conclude.finding import STRENGTHS, Finding
from cxresearch.conclude.voice import Verdict, Voice, voice_of
from cxresearch.conclude.words import levels, many
from cxresearch.conclude.words.display import finite
from cxresearch.conclude.words.sure import ANSWERS
from cxresearch.relate.relation import Relation


def conclude(relation: Any, *, worth: float | None = None) -> Any:
    """Return the one sentence that a relation allows, with its interval and the word for its strength.

    Parameters
    ----------
    relation : Relation or Absent
        What a method found. An absent one is passed on.
    worth : float, optional
        Smallest difference worth acting on, in display units of the outcome (NPS points, of 100). Default: the study's.

    Returns
    -------
    Finding or Absent
        `estimate`, `low` and `high` are in display units, with the sign of the sentence: more of the outcome is above zero, better or not.

    Raises
    ------
    MethodError
        Where `worth` is not positive or not the one that a curve was made with, or no sentence is known for the method.

    Examples
    --------
    >>> import pandas as pd
    >>> import cxresearch as cx
    >>> frame = pd.DataFrame({"who": list("aabbccdd"), "wait": [1.0, 2, 3, 4, 1, 2, 3, 5], "score": [9.0, 8, 6, 5, 9, 9, 6, 4]})
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure="wait"), customer="who")
    >>> cx.conclude(cx.effect(data), worth=0.5).strength  # four customers carry no strong word
    'inconclusive'
    """
    if not isinstance(relation, Relation):
        return relation
    if relation.method == "dose_response" and worth not in (None, relation.facts.get("worth")):
        raise MethodError(
            f"the point was looked for with worth={relation.facts.get('worth')}; give dose_response(data, worth={worth}) the same."
        )
    worth = relation.facts.get("worth") if worth is None else worth
    if worth is not None and not worth > 0:
        raise MethodError(f"worth is {worth}; give the smallest difference worth acting on as a positive number.")
    voice = voice_of(relation.method)
    return _finding(relation, voice.judge(relation, worth), voice)


def _finding(relation: Relation, verdict: Verdict, voice: Voice) -> Finding:
    limits = (*relation.checks, *verdict.limits)
    word = capped(verdict.strength, limits)
    told = [] if word == verdict.strength else [_sentence(check.detail) for check in binding(verdict.strength, limits)]
    headline, detail = voice.headline(relation, word, verdict.worth), voice.detail(relation, word, verdict.worth)
    detail = many.without_need(detail) if told and word == "inconclusive" else detail
    p = p_of(verdict)
    return Finding(
        topic=voice.topic(relation),
        headline=headline,
        detail=" ".join([detail, *dict.fromkeys(told)]),
        strength=word,
        **{name: _clean(getattr(verdict, name)) for name in ("estimate", "low", "high")},
        unit=verdict.unit,
        worth=verdict.worth,
        n=verdict.n,
        customers=verdict.customers,
        method=relation.method,
        checks=relation.checks,
        facts=json_values({**verdict.facts, "capped": word != verdict.strength, "asked": written(relation.question)}),
        sure=" ".join(filter(None, [voice.sure(relation, word, verdict.worth), *dict.fromkeys(told)])),
        more=voice.more(relation),
        short=voice.short(relation, word, verdict.worth, headline),
        p=p,
        modest=_modest(relation, verdict, voice) if claims(word, p, verdict) else {},
        of=mark(relation),
    )


def claims(word: str, p: float | None, verdict: Verdict) -> bool:
    """Return whether something is claimed that could be chance among many looks; that nothing is there is no such claim."""
    return p is not None and verdict.claims and word not in ("negligible", "inconclusive")


def p_of(verdict: Verdict) -> float | None:
    """Return the p-value of a verdict: its own, else that of its interval; None where nothing is compared."""
    p = verdict.p
    if p is None and verdict.strength != "described" and None not in (verdict.estimate, verdict.low, verdict.high):
        p = two_sided((verdict.estimate, verdict.low, verdict.high), *verdict.family)  # type: ignore[arg-type]  # none is None
    return None if p is None or not math.isfinite(p) else float(f"{p:.6g}")


def mark(relation: Relation) -> str:
    """Return what names a relation: the same question, settings and numbers give the same mark.

    Examples
    --------
    >>> import pandas as pd
    >>> from cxresearch.ask.question import Question
    >>> rows = pd.DataFrame({"term": ["nps"], "level": [""], "estimate": [1.0], "low": [0.0], "high": [2.0], "n": [9]})
    >>> len(mark(Relation("measure", Question("nps"), rows)))
    12
    """
    said = [relation.method, repr(relation.question), repr(sorted(relation.settings.items())), relation.estimates.to_csv(index=False)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:12]


def _modest(relation: Relation, verdict: Verdict, voice: Voice) -> dict[str, Any]:
    """Return what may be said where the claim is taken back: the interval, and that the data cannot say."""
    headline = many.open_headline(voice.headline(relation, "inconclusive", verdict.worth), voice.topic(relation))
    detail = many.without_place(voice.detail(relation, "inconclusive", verdict.worth))
    return {"headline": headline, "detail": detail, "sure": "", "short": [ANSWERS["inconclusive"], headline]}


def json_values(value: Any) -> Any:
    """Return plain JSON values: numbers that are not finite become null.

    Examples
    --------
    >>> json_values({"a": float("nan"), "b": (1, 2.5)})
    {'a': None, 'b': [1, 2.5]}
    """
    if isinstance(value, Mapping):
        return {str(name): json_values(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [json_values(part) for part in value]
    if value is None or isinstance(value, bool | str | int):
        return value
    return _clean(value) if finite(value) or isinstance(value, float) else str(value)


def order(finding: Finding) -> tuple[int, float]:
    """Return the place of a finding in a list: strongest first, then by size against what is worth acting on."""
    size = abs(finding.estimate or 0.0) / finding.worth if finding.worth else 0.0
    return STRENGTHS.index(finding.strength), -size


def _clean(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _sentence(text: str) -> str:
    text = levels.plain(text)
    return text if text.endswith((".", "!", "?")) else f"{text}."
