"""Voice: how one method is judged, said, tabled and drawn, and where it is found."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any

import pandas as pd

from cxresearch.ask.errors import MethodError
from cxresearch.ask.question import Absent
from cxresearch.conclude.table import Table
from cxresearch.conclude.words.display import finite
from cxresearch.relate.relation import Check, Relation

HOME = "cxresearch.conclude.methods"
NOTHING_HELD = Check("confounders", "doubt", "No confounder was declared, so nothing is held equal.", cap="suggestive")
Sentence = Callable[[Relation, str, float | None], str]


@dataclass(frozen=True)
class Verdict:
    """What a method allows to be said: the word before checks, and the interval of the finding.

    Parameters
    ----------
    strength : str
        The word that the interval allows; checks may lower it.
    estimate, low, high : float or None
        In display units, with the sign of the sentence: more of the outcome is above zero, better or not.
    unit : str
        Their unit.
    worth : float or None
        Smallest difference worth acting on, in the same unit; None where nothing is compared.
    n, customers : int
        Rows and customers behind them.
    limits : tuple of Check
        What lowers the word beside the checks of the relation.
    facts : mapping
        What page and ledger need of it; ``scale`` gives the range that the interval is drawn on.
    p : float, optional
        Two-sided p-value against "no difference", where the method has one of its own. Default: the one of the interval.
    family : tuple of int and float
        From how many estimates this one was chosen, and the degrees of freedom of its interval.
    claims : bool
        False where nothing is claimed that could be taken back, whatever the p-value.
    """

    strength: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    worth: float | None = None
    n: int = 0
    customers: int = 0
    limits: tuple[Check, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    p: float | None = None
    family: tuple[int, float] = (1, math.inf)
    claims: bool = True


@dataclass(frozen=True)
class Picture:
    """The sentences of a picture, how it is drawn (``draw(name, relation, width) -> svg``), and its kind where a method has several."""

    title: Callable[[Relation], str]
    subtitle: Callable[[Relation], str]
    alt: Callable[[Relation], str]
    draw: Callable[[str, Relation, int], str]
    note: Callable[[Relation], str] = lambda relation: ""
    kind: str = ""


@dataclass(frozen=True)
class Voice:
    """How one method is judged, said, tabled and drawn.

    Parameters
    ----------
    judge : callable
        ``(relation, worth) -> Verdict``.
    headline, detail, sure : callable
        ``(relation, strength, worth) -> str``: the sentence; its interval and basis; how sure it is in plain words.
    tables : callable
        ``relation -> tables``.
    topic : callable
        What it is about, in two or three words.
    more : callable
        What else was compared, each in a line of its own.
    short : callable
        Question, answer and sentence for the first screen of an edition; empty where there is none.
    picture : callable, optional
        ``relation -> Picture``, or Absent where this relation has none.
    withdrawn : mapping
        Words in tables and pictures that claim something, and what stands there where the claim is taken back.
    """

    judge: Callable[[Relation, float | None], Verdict]
    headline: Sentence
    detail: Sentence
    tables: Callable[[Relation], Sequence[Table]]
    topic: Callable[[Relation], str]
    sure: Sentence = lambda relation, word, worth: ""
    more: Callable[[Relation], tuple[Check, ...]] = lambda relation: ()
    short: Callable[[Relation, str, float | None, str], tuple[str, ...]] = lambda relation, word, worth, headline: ()
    picture: Callable[[Relation], Picture | Absent] | None = None
    withdrawn: Mapping[str, str] = field(default_factory=dict)


def voice_of(method: str) -> Voice:
    """Return the voice of a method: ``VOICE`` in the file of its name.

    Raises
    ------
    MethodError
        Where no sentence is known for the method.
    """
    if not method.isidentifier() or find_spec(f"{HOME}.{method}") is None:
        raise MethodError(f'no sentence is known for "{method}"; known are: {", ".join(spoken())}.')
    return import_module(f"{HOME}.{method}").VOICE


def spoken() -> list[str]:
    """Return the methods that have a voice."""
    return sorted(module.name for module in iter_modules(import_module(HOME).__path__))


def nothing_held(relation: Relation) -> tuple[Check, ...]:
    """Return the check on missing confounders, unless the method has said so itself."""
    said = any(check.name == NOTHING_HELD.name for check in relation.checks)
    return () if relation.facts.get("adjusted_for") or said else (NOTHING_HELD,)


def size_of(row: pd.Series) -> tuple[int, int]:
    """Return rows and customers behind an estimate."""
    customers = row.get("customers")
    return int(row["n"]), int(customers) if finite(customers) else 0


def alone(row: pd.Series) -> tuple[int, float]:
    """Return the family of an estimate that was not chosen from others: one, with the degrees of freedom of its interval.

    Examples
    --------
    >>> alone(pd.Series({"df": 11.0})), alone(pd.Series({"estimate": 1.0}))
    ((1, 11.0), (1, inf))
    """
    return 1, float(row["df"]) if finite(row.get("df")) else math.inf


def own_p(row: pd.Series) -> float | None:
    """Return the p-value of an estimate, by the degrees of freedom of its own interval; None where it has none.

    Examples
    --------
    >>> own_p(pd.Series({"p": 0.03})), own_p(pd.Series({"estimate": 1.0}))
    (0.03, None)
    """
    return float(row["p"]) if finite(row.get("p")) else None
