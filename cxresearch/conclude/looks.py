"""Many looks: what may still be said of one finding when an edition looks at many.

References
----------
Benjamini & Hochberg (1995), Controlling the false discovery rate, JRSS B 57. Where nothing at all is there, the chance of any claim in a
whole edition stays at 5%; where much is there, 5 of 100 claims are expected to be false.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from cxresearch.ask.check import Check
from cxresearch.conclude.words import many
from cxresearch.relate.multiplicity import adjust

CHANCE = 0.05
LOOKS = "application/vnd.cxresearch.looks+json"


@dataclass(frozen=True)
class Looks:
    """How many looks were taken, and how sure a finding must be to stand out among them.

    Parameters
    ----------
    count : int
        Comparisons of the edition; the same relation shown twice counts once.
    cut : float
        The largest p-value that stands out among them; 0 where none does.
    found : int
        How many stand out by themselves (p under 5%).
    kept : int
        How many of them stand out among all.
    """

    count: int = 0
    cut: float = 0.0
    found: int = 0
    kept: int = 0

    @property
    def expected(self) -> float:
        """How many looks would stand out by themselves where nothing is there."""
        return CHANCE * self.count

    @property
    def sentence(self) -> str:
        """How many looks, how many would stand out by chance, how many do."""
        return many.counted(self.count, self.expected, self.found, self.kept)

    def keep(self, p: float | None) -> bool:
        """Return whether a finding with this p-value stands out; one without compares nothing and stays, and so do all uncounted ones."""
        return p is None or not self.count or p <= self.cut

    def check(self) -> Check:
        """Return the doubt that a finding carries that does not stand out."""
        return Check("looks", "doubt", many.not_beyond(self.count, self.expected), cap="inconclusive")

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> "Looks":
        """Return the Looks that `to_json` wrote."""
        return cls(**payload)


def looks_at(p: Iterable[float]) -> Looks:
    """Return what stands out among comparisons with these p-values: Benjamini-Hochberg at 5%.

    Parameters
    ----------
    p : iterable of float
        One p-value for each comparison. NaN does not count as a look.

    Examples
    --------
    >>> looks_at([0.001, 0.02, 0.04, 0.2, 0.9])
    Looks(count=5, cut=0.02, found=3, kept=2)
    """
    raw = np.array(list(p), dtype=float)
    raw = raw[~np.isnan(raw)]
    kept = raw[adjust(raw, "bh") <= CHANCE]
    return Looks(len(raw), float(kept.max()) if len(kept) else 0.0, int((raw < CHANCE).sum()), len(kept))
