"""From service to value, link by link: what was found about each, side by side. A chain is not stronger than its weakest link.

References
----------
Heskett, Jones, Loveman, Sasser & Schlesinger (1994), Putting the service-profit chain to work, Harvard Business Review 72.
"""

from typing import Any

import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.question import Absent, Question
from cxresearch.relate.relation import Relation

LEAST = 2
MAIN = {"effect": ("adjusted", "naive"), "mediation": ("indirect",), "lifetime": ("lifetime",), "value": ("experience to value",)}


def chain(*links: Relation | Absent) -> Relation | Absent:
    """Put the links of a chain side by side, in order.

    Use it to say how far it is shown that service goes with value, where every link was asked about on its own.

    Parameters
    ----------
    *links : Relation or Absent
        In the order of the chain: what `effect`, `mediation`, `lifetime` or `value` found. Absent ones are counted as missing.

    Returns
    -------
    Relation or Absent
        `estimates`: term "link", level its number, with the main estimate of each link in its own unit. `facts`: `links`, the relations
        themselves, and `missing`, why others are not there. Absent where fewer than two links are there: the reason of the first missing.

    Raises
    ------
    QuestionError
        Where a link is none of these.

    Notes
    -----
    Nothing is multiplied: links are measured on different rows, and an association times an association is no longer one.

    Examples
    --------
    >>> import cxresearch as cx
    >>> frame = pd.DataFrame({"who": range(60), "wait": [1.0, 2, 3] * 20, "score": [9.0, 7, 6, 8, 8, 5] * 10})
    >>> frame["stay"] = [1.0, 1, 0, 1, 0, 0] * 10
    >>> first = cx.effect(cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure="wait"), customer="who"))
    >>> second = cx.effect(cx.from_frame(frame, cx.Question(outcome=cx.Mean("stay"), exposure="score"), customer="who"))
    >>> cx.methods.chain(first, second).estimates["level"].tolist()
    ['1', '2']
    """
    for link in links:
        if not (isinstance(link, Absent) or (isinstance(link, Relation) and link.method in MAIN)):
            given = f"a relation of {link.method}" if isinstance(link, Relation) else type(link).__name__
            raise QuestionError(f"chain takes what {', '.join(MAIN)} found, link by link; it was given {given}.")
    held = tuple(link for link in links if isinstance(link, Relation))
    missing = [link.reason for link in links if isinstance(link, Absent)]
    if len(held) < LEAST:
        reason = missing[0] if missing else f"it was given {len(held)} of them"
        return next((link for link in links if isinstance(link, Absent)), Absent(f"A chain needs {LEAST} links: {reason}."))
    first, last = held[0].question, held[-1]
    question = Question(outcome=last.question.outcome, exposure=first.exposure, design=first.design)
    rows = pd.DataFrame([_row(at, link) for at, link in enumerate(held, 1)])
    facts = {name: held[0].facts.get(name) for name in ("study", "period", "design", "disclosure_limit")}
    return Relation("chain", question, rows, None, tuple(_checks(held, missing)), {}, facts | {"links": held, "missing": missing})


def main_of(link: Relation) -> pd.Series:
    """Return the estimate that stands for a link."""
    terms = set(link.estimates["term"])
    term = next(name for name in MAIN[link.method] if name in terms)
    return link.estimates[link.estimates["term"] == term].iloc[0]


def _row(at: int, link: Relation) -> dict[str, Any]:
    row = main_of(link)
    return {"term": "link", "level": str(at), **{name: row[name] for name in ("estimate", "low", "high", "n")}, "method": link.method}


def _checks(held: tuple[Relation, ...], missing: list[str]) -> list[Check]:
    if missing:
        return [Check("missing link", "doubt", reason, "suggestive") for reason in dict.fromkeys(missing)]
    return [Check("links", "passed", f"All {len(held)} links could be asked about.")]
