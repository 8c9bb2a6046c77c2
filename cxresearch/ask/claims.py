"""Claim: a belief of the field, stated with its test, its decision rule and what would contradict it, before any data is read."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxresearch.ask.errors import StudyError
from cxresearch.ask.question import Absent, Question, name_of, pose
from cxresearch.ask.study import Study
from cxresearch.ask.study_schema import Section

FILE = "notebooks/claims.toml"
KEYS = ("statement", "topic", "question", "method", "settings", "parts", "side", "worth", "unit", "supported", "contradicted")
FIELDS = ("outcome", "exposure", "adjust_for", "drivers", "by", "window", "cluster", "where", "contrast", "mediator")
SIDES = ("higher", "lower")


@dataclass(frozen=True)
class Claim:
    """A belief, and how it is tested.

    Parameters
    ----------
    name : str
        "C1", "C2", ...
    statement : str
        What is believed, in one sentence.
    topic : str
        Topic of study.toml (``[ask.speed]``) whose question is asked; "" where `question` alone says it.
    question : mapping
        Fields of the question where the study declares nothing for the topic. ``adjust_for = "confounders"`` takes the
        confounders of the study.
    method : str
        The method that answers.
    settings : mapping
        Its settings.
    parts : tuple of str
        Terms (or "term/level") of the answer that must all hold; "term/*" stands for every level.
    side : str
        ``higher`` or ``lower``: the side of zero on which the claim lies.
    worth : float or None
        Smallest size that counts, in `unit`, shares of 100; None: that of the outcome in study.toml.
    unit : str
        Unit of the answer where it is not the outcome's.
    supported, contradicted : str
        The decision rule in words: what supports the claim and what contradicts it.
    """

    name: str
    statement: str
    method: str
    parts: tuple[str, ...]
    supported: str
    contradicted: str
    topic: str = ""
    question: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    side: str = "higher"
    worth: float | None = None
    unit: str = ""

    def asked(self, study: Study) -> Question | Absent:
        """Return the question that the claim puts to a study."""
        own = dict(self.question)
        if "adjust_for" in own:
            own["adjust_for"] = tuple(self._held_equal(study))
        declared = pose(study, self.topic) if self.topic else Absent("")
        if isinstance(declared, Question):
            return declared
        return Question(design=study.design, **own) if "outcome" in own else declared

    def _held_equal(self, study: Study) -> Iterator[str]:
        """Names to hold equal; "confounders" stands for those of the study."""
        named = self.question["adjust_for"]
        playing = {name_of(self.question[part]) for part in ("outcome", "exposure", "mediator") if part in self.question}
        for name in [named] if isinstance(named, str) else named:
            if name == "confounders":
                yield from (other for other, role in study.roles.items() if role == "confounder" and other not in playing)
            else:
                yield name


def read_claims(path: str | Path = FILE) -> tuple[Claim, ...]:
    r"""Read a register of claims.

    Parameters
    ----------
    path : str or Path
        A TOML file with one table per claim; looked for here and in the folders above.

    Returns
    -------
    tuple of Claim
        In the order of the file.

    Raises
    ------
    StudyError
        Where there is no such file, or a key or value in it cannot be.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "claims.toml"
    >>> text = 'statement = "Faster is better."\ntopic = "speed"\nmethod = "effect"\nparts = "adjusted"\n'
    >>> text += 'supported = "a"\ncontradicted = "b"'
    >>> _ = file.write_text("[C1]\n" + text)
    >>> read_claims(file)[0].statement
    'Faster is better.'
    """
    places = [Path(path)] if Path(path).is_absolute() else [base / path for base in (Path.cwd(), *Path.cwd().parents)]
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        raise StudyError(f'No register of claims at "{path}", here or above.')
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(f"{file} is not valid TOML: {error}.") from None
    return tuple(_claim(name, section) for name, section in Section(file, "", values).sections().items())


def _claim(name: str, section: Section) -> Claim:
    section.only(KEYS)
    question = section.section("question")
    question.only(FIELDS)
    worth = section.number("worth") if "worth" in section.values else None
    if worth is not None and worth <= 0:
        raise section.refuse("worth", f"is {worth}; it must be a positive number.")
    if not section.texts("parts"):
        raise section.refuse("parts", 'is missing; name the terms of the answer that must hold, for instance ["adjusted"].')
    if "topic" not in section.values and "outcome" not in question.values:
        raise section.refuse("question", "names no outcome, and there is no topic: nothing is asked.")
    return Claim(
        name, section.text("statement"), section.text("method"), section.texts("parts"), section.text("supported"),
        section.text("contradicted"), section.text("topic", ""), dict(question.values), dict(section.section("settings").values),
        section.text("side", "higher", SIDES), worth, section.text("unit", ""),
    )  # fmt: skip
