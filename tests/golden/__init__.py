"""Our numbers beside those of others: every case yields its lines, the tests hold them, docs/validation.py prints them."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules


@dataclass(frozen=True)
class Line:
    """One number of ours and its reference.

    `absolute` where the tolerance is of the difference itself: p-values under 1e-12, tests of proportional hazards.
    """

    case: str
    quantity: str
    ours: float
    reference: float
    tolerance: float
    source: str
    absolute: bool = False

    @property
    def difference(self) -> float:
        apart = abs(float(self.ours) - float(self.reference))
        return apart if self.absolute else apart / max(abs(float(self.reference)), 1e-12)

    @property
    def holds(self) -> bool:
        return self.difference <= self.tolerance


def cases() -> list[str]:
    """Names of the case files beside this one; each has ``lines() -> Iterator[Line]``."""
    return sorted(module.name for module in iter_modules(__path__))


def lines(case: str) -> Iterator[Line]:
    """The lines of one case file."""
    return import_module(f"golden.{case}").lines()
