"""Many looks: p-values adjusted over their family.

References
----------
Holm (1979), Scandinavian Journal of Statistics 6; Benjamini & Hochberg (1995), JRSS B 57.
"""

import numpy as np

from cxresearch.ask.errors import QuestionError


def adjust(p: np.ndarray, how: str = "holm") -> np.ndarray:
    """Return adjusted p-values; NaN stays NaN and does not count as a look.

    Parameters
    ----------
    p : numpy.ndarray, shape (m,)
        Raw p-values.
    how : str
        ``holm`` (chance of any false finding) or ``bh`` (share of false findings).

    Examples
    --------
    >>> adjust(np.array([0.01, 0.04, np.nan]), "holm").tolist()
    [0.02, 0.04, nan]
    """
    if how not in ("holm", "bh"):
        raise QuestionError(f'how is "{how}"; it can be "holm" or "bh".')
    p = np.asarray(p, dtype=float)
    out = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    m = len(order)
    if how == "holm":
        out[order] = np.minimum(np.maximum.accumulate(p[order] * (m - np.arange(m))), 1)
    else:
        out[order[::-1]] = np.minimum(np.minimum.accumulate(p[order[::-1]] * m / (m - np.arange(m))), 1)
    return out
