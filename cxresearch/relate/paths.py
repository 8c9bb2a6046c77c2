"""The path from an exposure by way of a mediator to an outcome, and a hidden reason behind the last two.

References
----------
Imai, Keele & Yamamoto (2010), Identification, inference and sensitivity analysis for causal mediation effects, Statistical Science 25.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxresearch.relate.bootstrap import percentile
from cxresearch.relate.fit import Fit, partial_r2, slopes
from cxresearch.relate.moments import Total

RHO = np.round(np.linspace(-0.9, 0.9, 37), 2)


@dataclass(frozen=True)
class Paths:
    """Slopes along the path, each a number or one number per draw.

    Parameters
    ----------
    first, second : numpy.ndarray
        Mediator on exposure; outcome on mediator, exposure held alike.
    direct : numpy.ndarray
        Outcome on exposure, mediator held alike.
    back : numpy.ndarray
        Mediator on outcome, exposure held alike: with `second` it gives what the two leave unexplained in common.
    """

    first: np.ndarray
    second: np.ndarray
    direct: np.ndarray
    back: np.ndarray

    @property
    def indirect(self) -> np.ndarray:
        """What goes with the exposure by way of the mediator."""
        return self.first * self.second

    @property
    def rho(self) -> np.ndarray:
        """The correlation of what mediator and outcome leave unexplained at which the indirect part vanishes."""
        return np.sign(self.second) * np.sqrt(np.clip(self.second * self.back, 0, 1))

    def indirect_at(self, rho: float) -> np.ndarray:
        """Return the indirect part, were so much of the correlation a hidden reason's (Imai, Keele & Yamamoto 2010, theorem 4)."""
        ratio = np.sqrt(np.where(self.back * self.second > 0, self.second / np.where(self.back == 0, 1, self.back), 0.0))
        return self.first * (self.second - rho * ratio * np.sqrt((1 - self.rho**2) / (1 - rho**2)))


def found(first: Fit, direct: Fit, mediator: str) -> Paths:
    """Return the paths of two fits: mediator on exposure, and outcome on exposure and mediator."""
    second = direct.coef[1]
    back = partial_r2(direct, mediator) / second if second else np.zeros(())
    return Paths(first.coef[0], second, direct.coef[0], back)


def repeated(draws: Total, names: tuple[str, str, list[str]]) -> Paths:
    """Return the paths of every draw; names of exposure, mediator and what is held alike."""
    exposure, mediator, others = names
    both = slopes(draws, "y", [exposure, mediator, *others])
    first, back = slopes(draws, mediator, [exposure, *others]), slopes(draws, mediator, ["y", exposure, *others])
    return Paths(first[:, 0], both[:, 1], both[:, 0], back[:, 0])


def hidden(point: Paths, drawn: Paths, factor: float, n: int) -> pd.DataFrame:
    """The indirect part, were rho of the common rest a hidden reason's."""
    rows = []
    for rho in RHO:
        low, high = percentile(drawn.indirect_at(rho) * factor)
        estimate = float(point.indirect_at(rho) * factor)
        rows.append({"term": "indirect", "x": float(rho), "estimate": estimate, "low": low, "high": high, "n": n})
    return pd.DataFrame(rows)
