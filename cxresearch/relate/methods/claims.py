"""The claims register: beliefs of the field, each a test stated beforehand, run on a study's own data.

References
----------
Berger (1982), Multiparameter hypothesis testing and acceptance sampling, Technometrics 24 (all parts must hold: intersection-union);
Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15 (an interval against the smallest size that counts);
Holm (1979), Scandinavian Journal of Statistics 6.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxresearch.ask.among import Where
from cxresearch.ask.claims import FILE, Claim, read_claims
from cxresearch.ask.errors import LeakageError, QuestionError, ResearchError, StudyError
from cxresearch.ask.question import Absent, Question, name_of
from cxresearch.ask.study import Study
from cxresearch.load.chosen import agreed
from cxresearch.load.link import link
from cxresearch.relate.method import of_study
from cxresearch.relate.multiplicity import adjust
from cxresearch.relate.relation import Relation
from cxresearch.relate.tails import normal_above, normal_quantile

SUPPORTED, CONTRADICTED, CANNOT_TELL = "supported", "contradicted", "cannot tell"


@of_study
def claims(
    study: Study, *, period: str | None = None, where: Where = None, register: str | Path = FILE, only: Sequence[str] = ()
) -> Relation | Absent:
    """Test the claims that the study's tables allow.

    Parameters
    ----------
    study : Study
        From `open_study`.
    period : str, optional
        As in `cx.link`; staying is read after its end.
    where : mapping or str, optional
        As in `cx.link`.
    register : str or Path
        The claims: a TOML file.
    only : sequence of str
        Names of claims to run; all where empty.

    Returns
    -------
    Relation or Absent
        `estimates`: term = claim, level = the part of the answer that decides, estimate and interval signed so that the claim says
        "above zero", with `verdict`, `worth`, `statement`, `unit`, `reason`. `facts`: claims that cannot be asked here, and why.

    Raises
    ------
    StudyError
        Where the register cannot be read, or names a method that does not exist.

    Notes
    -----
    Supported: the interval of every part lies above zero and not wholly below `worth`, also when the intervals are widened for the number
    of claims (Holm), and no check failed. Contradicted: the interval of one part lies wholly below `worth`: what is there is nothing, too
    small to act on, or the opposite. Otherwise the data cannot tell. A p-value alone decides nothing.

    Examples
    --------
    >>> verdict(0.5, 3.0, 2.0), verdict(-1.0, 1.0, 2.0), verdict(-1.0, 4.0, 2.0)
    ('supported', 'contradicted', 'cannot tell')
    """
    rows, absent, rules = [], [], []
    choice = {"period": period, "where": agreed(study, where)}
    for claim in (claim for claim in read_claims(register) if not only or claim.name in only):
        found = _tested(study, claim, choice)
        if isinstance(found, Absent):
            absent.append([claim.name, claim.statement, found.reason])
        else:
            rows.append(found)
            rules.append([claim.name, claim.supported, claim.contradicted])
    if not rows:
        return Absent(f'The study "{study.title}" has the tables for none of the claims. {absent[0][2] if absent else ""}'.strip())
    facts = {"study": study.title, "period": period, "absent": absent, "rules": rules}
    facts |= {"design": study.design, "disclosure_limit": study.disclosure_limit}
    rows = _among_many(rows)
    question = Question(outcome="claims", design=study.design)
    return Relation("claims", question, pd.DataFrame(rows), None, (), choice | {"register": str(register)}, facts)


def verdict(low: float, high: float, worth: float) -> str:
    """Return the verdict of one interval, signed so that the claim says "above zero"."""
    if high < worth:
        return CONTRADICTED
    return SUPPORTED if low > 0 else CANNOT_TELL


def _among_many(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Take back what is supported only because many claims were looked at (Holm over the claims that have an interval)."""
    spread = np.array([(row["high"] - row["low"]) / (2 * normal_quantile(0.975)) for row in rows])
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * normal_above(np.abs(np.array([row["estimate"] for row in rows])) / spread)
    kept = adjust(p)
    many = "Among so many claims it does not stand out (Holm)."
    return [
        row | {"p_holm": p} | ({"verdict": CANNOT_TELL, "reason": many} if row["verdict"] == SUPPORTED and not p < 0.05 else {})
        for row, p in zip(rows, kept, strict=True)
    ]


def _tested(study: Study, claim: Claim, choice: dict[str, Any]) -> dict[str, Any] | Absent:
    question = claim.asked(study)
    if isinstance(question, Absent):
        return Absent(_briefly(question.reason, study))
    try:
        found = [part for one in _questions(question, claim) for part in _parts(study, one, claim, choice)]
    except _NotHere as reason:
        return Absent(_briefly(str(reason), study))
    except (QuestionError, LeakageError) as unasked:
        return Absent(_first(str(unasked)))
    except StudyError:
        raise
    except ResearchError as error:
        return _row(claim, None, CANNOT_TELL, str(error))
    return _decided(claim, found)


def _briefly(reason: str, study: Study) -> str:
    """Return a reason without the name of the study, which stands above it."""
    return reason.removesuffix(f' The study is "{study.title}".').replace(f'The study "{study.title}"', "The study")


def _first(mistake: str) -> str:
    """Return what was wrong with a question, without what to write instead."""
    return f"{re.split(r'; |[.] |: Question', mistake)[0].rstrip('.')}."


def _questions(question: Question, claim: Claim) -> Iterator[Question]:
    """One question; or, for the effect of several drivers, one for each with the others held equal."""
    if claim.method != "effect" or not question.drivers:
        yield question
        return
    members = [member for _, block in question.drivers for member in block]
    for member in members:
        others = tuple(one for one in members if name_of(one) != name_of(member))
        yield replace(question, exposure=member, drivers=(), adjust_for=(*question.adjust_for, *others))


class _NotHere(Exception):
    """The study lacks what the claim needs."""


def _parts(study: Study, question: Question, claim: Claim, choice: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        method = getattr(import_module(f"cxresearch.relate.methods.{claim.method}"), claim.method)
    except ModuleNotFoundError:
        raise StudyError(f'claim {claim.name} names the method "{claim.method}", which does not exist.') from None
    relation = method(link(study, question, **choice), **claim.settings)
    if isinstance(relation, Absent):
        raise _NotHere(relation.reason)
    factor = 100.0 if relation.facts.get("outcome_kind") == "share" and not claim.unit else 1.0
    worth = claim.worth if claim.worth is not None else relation.facts.get("worth")
    sign = -1.0 if claim.side == "lower" else 1.0
    unit = claim.unit or ("of 100" if factor > 1 else str(relation.facts.get("unit", "")))
    failed = [check.detail for check in relation.checks if check.status == "failed" or check.cap == "inconclusive"]
    why = failed[0] if failed else "" if worth is not None else "No smallest size that counts was declared."
    found = []
    for part, row in _rows(relation, claim.parts):
        ends = sorted(sign * factor * float(row[end]) for end in ("low", "high"))
        found.append({
            "level": part, "estimate": sign * factor * float(row["estimate"]), "low": ends[0], "high": ends[1], "n": int(row["n"]),
            "worth": worth, "unit": unit, "verdict": CANNOT_TELL if why else verdict(*ends, worth), "reason": why,
        })  # fmt: skip
    return found


def _rows(relation: Relation, parts: Sequence[str]) -> Iterator[tuple[str, pd.Series]]:
    for part in parts:
        term, _, level = part.partition("/")
        here = list(relation.estimates.loc[relation.estimates["term"] == term, "level"])
        if level != "*" and level not in here:
            raise _NotHere("The quantity asked about has levels of its own here, and the claim is about one difference.")
        levels = here if level == "*" else [level]
        yield from ((f"{term}/{one}" if one else term, relation.row(term, one)) for one in levels)


def _decided(claim: Claim, found: list[dict[str, Any]]) -> dict[str, Any]:
    """All parts must hold; one that is contradicted decides, then one that cannot be told, then the weakest."""
    order = {CONTRADICTED: 0, CANNOT_TELL: 1, SUPPORTED: 2}
    part = min(found, key=lambda one: (order[one["verdict"]], one["low"] / (one["worth"] or 1.0)))
    return _row(claim, part, part["verdict"], part["reason"])


def _row(claim: Claim, part: dict[str, Any] | None, word: str, reason: str) -> dict[str, Any]:
    unknown = {"level": "", "estimate": float("nan"), "low": float("nan"), "high": float("nan"), "n": 0, "worth": claim.worth, "unit": ""}
    return {"term": claim.name, **(part or unknown), "verdict": word, "reason": reason, "statement": claim.statement}
