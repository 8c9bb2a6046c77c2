"""Question: what is asked, stated before any data is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxresearch.ask.errors import QuestionError
from cxresearch.ask.metrics import Metric, Quantity

DESIGNS = ("observed", "experiment", "quasi-experiment")
# Where a study declares nothing for the first topic, it is the question of the second, but for this.
OTHERWISE: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "journey": ("speed", {"by": "journey"}),
    "recovery": ("speed", {"by": "recovery", "exposure": None}),
    "through": ("staying", {"mediator": "said_nps"}),
    "what_if": ("speed", {}),
}


@dataclass(frozen=True)
class Absent:
    """A question that this study cannot be asked: a table or column is not there. Not a failure.

    Every verb that takes Data or a Relation hands an Absent on unchanged.

    Examples
    --------
    >>> Absent("This study has no table of contacts.").reason
    'This study has no table of contacts.'
    """

    reason: str


@dataclass(frozen=True)
class Question:
    """What goes with what, among whom, measured when.

    Parameters
    ----------
    outcome : str or Metric
        Catalog name ("nps") or a metric built on the spot (``cx.Nps("recommend")``).
    exposure : str or Metric, optional
        The service quantity; a bare column name means its values unchanged (text = categories).
    adjust_for : sequence of str or Metric
        Confounders held alike in the adjusted comparison.
    drivers : sequence, or mapping of block to sequence
        What may explain the outcome, by block if a mapping: ``{"people": ("a",), "product": ("b",)}``.
    by : str, optional
        Column whose levels are shown apart.
    window : str, optional
        "30D": the last contact in the 30 days before the outcome; None: the contact that the survey is about.
    cluster : str or pair of str, optional
        Level at which rows belong together; default the customer.
    design : str
        ``observed``, ``experiment`` or ``quasi-experiment``: decides the verb in every sentence.
    where : mapping
        Among whom: column to value, or to a list of values.
    contrast : float or str, optional
        The difference in exposure that people would act on: so many units, "halving" or "doubling".
    mediator : str or Metric, optional
        What may lie on the way from exposure to outcome, measured between the two.

    Raises
    ------
    QuestionError
        Where a field has no sense, or a quantity plays two parts.

    Examples
    --------
    >>> Question(outcome="nps", exposure="first_response_hours", adjust_for=("difficulty",)).window is None
    True
    """

    outcome: Quantity
    exposure: Quantity | None = None
    adjust_for: tuple[Quantity, ...] = ()
    drivers: Any = ()
    by: str | None = None
    window: str | None = None
    cluster: str | tuple[str, str] | None = None
    design: str = "observed"
    where: Any = ()
    contrast: float | str | None = None
    mediator: Quantity | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "adjust_for", _tuple(self.adjust_for, "adjust_for"))
        object.__setattr__(self, "drivers", _blocks(self.drivers))
        object.__setattr__(self, "where", tuple(dict(self.where).items()))
        if isinstance(self.cluster, list):
            object.__setattr__(self, "cluster", tuple(self.cluster))
        if isinstance(self.cluster, tuple) and len(self.cluster) != 2:
            raise QuestionError(f"cluster names {len(self.cluster)} columns; it takes one, or two for two-way errors.")
        if self.design not in DESIGNS:
            raise QuestionError(f"design is {self.design!r}; it must be one of {', '.join(DESIGNS)}.")
        if self.window is not None:
            window_days(self.window)
        _one_part_each(self)

    @property
    def driver_names(self) -> tuple[str, ...]:
        """Names of all drivers, in order."""
        return tuple(name_of(driver) for _, members in self.drivers for driver in members)

    @property
    def blocks(self) -> dict[str, tuple[str, ...]]:
        """Block name to driver names; empty where no blocks were declared."""
        return {block: tuple(map(name_of, members)) for block, members in self.drivers if block}


def pose(study: Any, topic: str, *, outcome: Quantity | None = None, exposure: Quantity | None = None, by: str | None = None,
         window: str | None = None) -> "Question | Absent":  # fmt: skip
    r"""Return the question that a study declares for a topic (``[ask.speed]`` in study.toml), with what is given here instead.

    Parameters
    ----------
    study : Study
        From `open_study`.
    topic : str
        "speed", "drivers", "staying", ...
    outcome, exposure, by, window
        Given: used instead of the study's. None: the study's.

    Returns
    -------
    Question or Absent
        Absent where the study declares nothing for the topic and no outcome is given. Four topics are those of another topic where the
        study does not declare them: journey, recovery and what_if are asked as speed is, through as staying is.

    Raises
    ------
    QuestionError
        Where what is given has no sense together with what the study declares.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import cxresearch as cx
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "study.toml").write_text('tables.surveys.file = "s.csv"\nask.speed = { outcome = "nps", exposure = "wait" }')
    >>> pose(cx.open_study(folder), "speed", window="30D").exposure
    'wait'
    """
    given = {"outcome": outcome, "exposure": exposure, "by": by, "window": window}
    fields = {"outcome", "exposure", "adjust_for", "drivers", "by", "window", "cluster", "where", "contrast", "mediator"}
    asked = {name: value for name, value in _declared(study, topic).items() if name in fields}
    asked |= {name: value for name, value in given.items() if value is not None}
    if topic == "drivers":
        asked.setdefault("drivers", study.blocks)
    if "outcome" not in asked:
        return Absent(f'The study "{study.title}" does not ask this: its study.toml has no [ask.{topic}].')
    return Question(design=study.design, **asked)


def _declared(study: Any, topic: str) -> Mapping[str, Any]:
    """Return what a study says about a topic, or about the one that stands for it."""
    if topic in study.ask or topic not in OTHERWISE:
        return study.ask.get(topic, {})
    other, but = OTHERWISE[topic]
    return {**study.ask[other], **but} if other in study.ask else {}


def name_of(quantity: Quantity) -> str:
    """Return the name of a metric or the name itself."""
    return quantity if isinstance(quantity, str) else quantity.name


def window_days(window: str) -> int:
    """Return the days in a window such as "30D" or "14 days".

    Raises
    ------
    QuestionError
        Where the text is not a positive whole number of days.

    Examples
    --------
    >>> window_days("30D")
    30
    """
    digits = window.strip().upper().removesuffix("DAYS").removesuffix("D").strip()
    if not digits.isdigit() or int(digits) == 0:
        raise QuestionError(f'window is "{window}"; write a number of days, for instance "30D".')
    return int(digits)


def _tuple(value: Any, field: str) -> tuple[Quantity, ...]:
    if isinstance(value, str | Metric):
        return (value,)
    if not isinstance(value, Sequence):
        raise QuestionError(f"{field} is {value!r}; give a name, a metric, or a sequence of them.")
    return tuple(value)


def _blocks(value: Any) -> tuple[tuple[str, tuple[Quantity, ...]], ...]:
    if isinstance(value, Mapping):
        return tuple((str(block), _tuple(members, "drivers")) for block, members in value.items())
    if value and isinstance(value, tuple) and isinstance(value[0], tuple):
        return value
    members = _tuple(value or (), "drivers")
    return (("", members),) if members else ()


def _one_part_each(question: Question) -> None:
    parts: dict[str, str] = {name_of(question.outcome): "the outcome"}
    single = [(part, (one,) if one else ()) for part, one in (("the exposure", question.exposure), ("the mediator", question.mediator))]
    named = [*single, ("a confounder (adjust_for)", question.adjust_for)]
    for part, quantities in named:
        for name in map(name_of, quantities):
            if name in parts:
                raise QuestionError(f'"{name}" is both {parts[name]} and {part}. A quantity can play one part in a question.')
            parts[name] = part
    if question.mediator and not question.exposure:
        raise QuestionError(f'"{name_of(question.mediator)}" is the mediator, but there is no exposure that could work through it.')
    for name in question.driver_names:
        if name == name_of(question.outcome):
            raise QuestionError(f'"{name}" is both the outcome and a driver: it would explain itself.')
    if len(set(question.driver_names)) != len(question.driver_names):
        raise QuestionError("a driver stands in two blocks; each driver belongs to one.")
