"""Finding: what a report collects."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cxresearch.ask.check import Check

if TYPE_CHECKING:
    from cxresearch.conclude.looks import Looks

MIME = "application/vnd.cxresearch.finding+json"
MODEST = "application/vnd.cxresearch.modest+json"
STRENGTHS = ("clear", "suggestive", "negligible", "inconclusive", "described")


@dataclass(frozen=True)
class Finding:
    """One answer: a sentence, its interval, its strength.

    Parameters
    ----------
    topic : str
        What it is about, in two or three words ("first response and NPS").
    headline : str
        One sentence, no stronger than the evidence.
    detail : str
        The interval, n and what it rests on, in a second sentence.
    strength : str
        ``clear``, ``suggestive``, ``negligible``, ``inconclusive``, or ``described`` where nothing is compared.
    estimate, low, high : float or None
        In display units, with the sign of the sentence: more of the outcome is above zero, better or not.
    unit : str
        Unit of the estimate as people read it ("points", "of 100").
    worth : float or None
        The smallest effect worth acting on, in the same unit.
    n, customers : int
        Rows and customers used.
    method : str
        The method behind it.
    checks : tuple of Check
        All checks, doubts included.
    facts : mapping
        Anything else that the page or the ledger needs; JSON values only.
    sure : str
        How sure it is, in plain words; "" where nothing is compared.
    more : tuple of Check
        What else was compared, each in a line of its own. What follows a line break in `detail` is quieter.
    short : tuple of str
        Question, answer and sentence for the first screen of an edition; empty where there is none.
    p : float or None
        Two-sided p-value against "no difference"; None where nothing is compared. Never shown: it places the finding among many.
    modest : mapping
        ``headline``, ``detail``, ``sure`` and ``short`` as they read where the claim is taken back; empty where nothing is claimed.
    of : str
        Names the relation that it was concluded from, so that one relation shown twice is one look.
    """

    topic: str
    headline: str
    detail: str
    strength: str
    estimate: float | None
    low: float | None
    high: float | None
    unit: str
    worth: float | None
    n: int
    customers: int
    method: str
    checks: tuple[Check, ...]
    facts: Mapping[str, Any]
    sure: str = ""
    more: tuple[Check, ...] = ()
    short: tuple[str, ...] = ()
    p: float | None = None
    modest: Mapping[str, Any] = field(default_factory=dict)
    of: str = ""

    def among(self, looks: "Looks") -> "Finding":
        """Return the finding as it may be said among many looks.

        Parameters
        ----------
        looks : Looks
            How many looks were taken, and how sure a finding must be to stand out among them.

        Returns
        -------
        Finding
            Itself where it stands out or claims nothing; else "inconclusive", with the reason in a check.
        """
        if not self.modest or looks.keep(self.p):
            return self
        check = looks.check()
        short = (*self.short[:1], *self.modest["short"]) if self.short else ()
        return replace(
            self,
            headline=self.modest["headline"],
            detail=f"{self.modest['detail']} {check.detail}",
            sure=f"{self.modest['sure']} {check.detail}".strip(),
            strength="inconclusive",
            checks=(*self.checks, check),
            facts={**self.facts, "capped": True, "before": self.strength},
            more=(),
            short=short,
            modest={},
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        lists = {name: [asdict(check) for check in getattr(self, name)] for name in ("checks", "more")}
        return {**asdict(self), **lists, "facts": dict(self.facts), "short": list(self.short), "modest": dict(self.modest)}

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> "Finding":
        """Return the Finding that `to_json` wrote."""
        lists = {name: tuple(Check(**check) for check in payload.get(name, ())) for name in ("checks", "more")}
        return cls(**{**payload, **lists, "short": tuple(payload.get("short", ()))})
