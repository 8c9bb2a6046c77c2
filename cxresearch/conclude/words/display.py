"""Display: how an outcome is shown: its scale, unit, decimals and the words for more and less."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

from cxresearch.conclude.escape import plain
from cxresearch.conclude.words.numbers import digits_for, number, short, span


@dataclass(frozen=True)
class Display:
    """How one outcome is shown.

    Parameters
    ----------
    label : str
        As a table head: "NPS", "Satisfied (CSAT)".
    phrase : str
        As part of a sentence: "satisfied customers".
    kind : str
        Kind of the metric: ``nps``, ``share``, ``mean``, ``number`` ...
    unit : str
        "points", "of 100", "euros".
    better : str
        ``higher``, ``lower`` or ``neither``.
    """

    label: str
    phrase: str
    kind: str
    unit: str
    better: str

    @property
    def factor(self) -> float:
        """What an estimate is multiplied with to be shown: shares are shown of 100, differences in people kept of 1,000."""
        return {"share": 100.0, "kept": 1000.0}.get(self.kind, 1.0)

    @property
    def usual(self) -> int | None:
        """Decimals that this kind is usually given."""
        return {"nps": 1, "share": 1, "kept": 0}.get(self.kind)

    @property
    def sign(self) -> int:
        """-1 where lower is better: times a difference it tells better from worse. No number that is read is ever turned by it."""
        return -1 if self.better == "lower" else 1

    @property
    def side(self) -> str:
        """Where better lies in a picture, for outcomes of which less is better; "" elsewhere, for there it is as expected."""
        fewer = "fewer" if self.kind in ("share", "kept") else "lower"
        return f"; {fewer} is better: to the left" if self.better == "lower" else ""

    def shown(self, value: float) -> float:
        """Return an estimate in display units."""
        return float(value) * self.factor

    def digits(self, low: float, high: float, worth: float | None = None) -> int:
        """Return decimals for an interval in display units."""
        return digits_for(low, high, usual=self.usual, marks=(0.0,) if worth is None else (0.0, worth, -worth))

    def brief_digits(self, low: float, high: float) -> int:
        """Return decimals for one of many numbers: two at most, and more only where an end would else be taken for zero."""
        return digits_for(low, high, usual=min(2, self.digits(low, high)))

    def range(self, low: float, high: float, worth: float | None = None) -> str:
        """Return an interval in display units, with its unit: "2.4 to 3.5 points"."""
        return f"{span(low, high, self.digits(low, high, worth))} {self.unit}".strip()

    def amount(self, value: float) -> str:
        """Return a declared amount with its unit: "2 points"."""
        unit = self.unit[:-1] if self.unit == "points" and abs(value) == 1 else self.unit
        return f"{short(value)} {unit}".strip()

    def difference(self, value: float, digits: int) -> str:
        """Return a difference in words: "an NPS 2.9 points higher"."""
        size, up = number(abs(value), digits), value > 0
        if self.kind in ("share", "kept"):
            return f"{size} {'more' if up else 'fewer'} {self.phrase} in every {number(self.factor, 0)}"
        return f"{self.one} {size} {self.unit} {'higher' if up else 'lower'}".replace("  ", " ")

    @property
    def one(self) -> str:
        """The outcome with its article: "an NPS", "a mean score"."""
        return (
            "an NPS"
            if self.kind == "nps" and self.label == "NPS"
            else f"a mean {self.noun}"
            if self.kind != "nps"
            else f"an NPS ({self.label})"
        )

    @property
    def noun(self) -> str:
        """The outcome without its article."""
        return self.label if self.kind == "nps" else self.phrase.removeprefix("the ").removeprefix("mean ")

    @property
    def level(self) -> str:
        """The outcome as what is higher or lower: "the share of satisfied customers", "NPS"."""
        return f"the share of {self.phrase}" if self.kind in ("share", "kept") else self.noun

    def direction(self, *, known: bool) -> str:
        """Return what an open question asks for: "a higher NPS", or "a different NPS" where no side is expected."""
        if self.kind in ("share", "kept"):
            return (
                f"{'more' if self.better != 'lower' else 'fewer'} {self.phrase}"
                if known and self.better != "neither"
                else f"a different share of {self.phrase}"
            )
        word = self.better if known and self.better in ("higher", "lower") else "different"
        return f"a {word} {self.noun if self.kind == 'nps' else 'mean ' + self.noun}"


def outcome_of(facts: Mapping[str, Any]) -> Display:
    """Return how the outcome of a relation is shown, from its facts."""
    label = plain(facts.get("outcome_label", "outcome"))
    kind = facts.get("outcome_kind", "mean")
    unit = "of 100" if kind == "share" else plain(facts.get("unit", "")) if facts.get("unit") != "each" else ""
    return Display(label, plain(facts.get("outcome_phrase") or lower_first(label)), kind, unit, facts.get("better", "higher"))


def currency(facts: Mapping[str, Any]) -> str:
    """Return the currency of the study, "" where it names none."""
    return plain(str(facts.get("currency") or ""))


def priced(amount: str, facts: Mapping[str, Any]) -> str:
    """Return an amount with its currency.

    Examples
    --------
    >>> priced("71.6", {"currency": "EUR"}), priced("71.6", {})
    ('71.6 EUR', '71.6')
    """
    return f"{amount} {currency(facts)}".rstrip()


def exposure_unit(facts: Mapping[str, Any]) -> str:
    """Return the unit of the exposure, "" where none was given."""
    return plain(facts.get("exposure_unit") or "")


def lower_first(label: str) -> str:
    """Return a label as it stands inside a sentence; abbreviations stay.

    Examples
    --------
    >>> lower_first("Time to first response"), lower_first("NPS")
    ('time to first response', 'NPS')
    """
    text = plain(label)
    return text if len(text) < 2 or text[1].isupper() else text[:1].lower() + text[1:]


def upper_first(sentence: str) -> str:
    """Return a sentence with a capital."""
    return sentence[:1].upper() + sentence[1:]


def listed(names: list[str]) -> str:
    """Return names as people list them.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def finite(value: Any) -> bool:
    """Return whether this is a usable number."""
    return isinstance(value, Real) and math.isfinite(value)
