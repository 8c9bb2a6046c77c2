"""How many clusters carry a comparison: the smaller side decides, for a side in which something happened to nobody looks certain.

Errors clustered by customer take the residuals of a side for what they are. Of one customer they are zero, and of twelve who all answered
alike they are nearly so, wherever the answers of everybody else lie: the interval then leaves out zero in a fifth of all samples.

References
----------
Carter, Schnepel and Steigerwald (2017), Asymptotic behavior of a t-test robust to cluster heterogeneity, Review of Economics and
Statistics 99 (it is not the number of clusters that counts, but of those that carry the coefficient).
"""

from math import ceil

import ibis
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.values import indicator, number
from cxresearch.load.data import Data
from cxresearch.relate.method import cluster_word

FEW, WARN = 10, 40
MANY = 10_000  # rows: so many beside the commonest value need not be told apart by cluster
CLASSES = {"share": (1.0, 0.0), "nps": (100.0, 0.0, -100.0)}


def commonest(data: Data) -> float:
    """Return the share of the commonest answer, where the outcome has two or three; 0 where it is a number."""
    classes = CLASSES.get(data.outcome.kind, ())
    if not classes:
        return 0.0
    y = number(data.table.y)
    shares = data.table.aggregate(**{f"c{i}": indicator(y == value).mean() for i, value in enumerate(classes)})
    return float(shares.execute().iloc[0].max())


def needed(data: Data) -> int:
    """Return how many clusters a side must have: ten of them expected to answer otherwise than most.

    Examples
    --------
    >>> import cxresearch as cx
    >>> frame = pd.DataFrame({"who": range(100), "wait": range(100), "kept": [0] * 20 + [1] * 80})
    >>> needed(cx.from_frame(frame, cx.Question(outcome=cx.Rate("kept"), exposure="wait"), customer="who"))
    50
    """
    return _needed(commonest(data))


def _needed(most: float) -> int:
    return ceil(round(FEW / max(1 - most, 1e-9), 6))


def enough(counts: pd.Series, least: int) -> pd.Series:
    """Return which levels have so many clusters; where not even two do, those that have ten, which a check then speaks of."""
    return counts >= (least if (counts >= least).sum() > 1 else FEW)


def sides(data: Data) -> list[Check]:
    """Return the check on the smaller side of the exposure: the smallest level that is compared, or all who differ from most."""
    if data.exposure is None or data.exposure.kind != "category":
        return smaller_side(data, data.table, "x")
    counts = data.table.filter(data.table.x.notnull()).group_by("x").aggregate(n=lambda rows: rows.cluster.nunique()).execute()["n"]
    most = commonest(data)
    return _judged(data, int(counts[enough(counts, _needed(most))].min()), most)


def smaller_side(data: Data, table: ibis.Table, column: str) -> list[Check]:
    """Return the check on those who differ from most in a column; nothing where the commonest value is that of a minority.

    Parameters
    ----------
    data : Data
        Its outcome and clusters.
    table : ibis.Table
        Its rows, with the column.
    column : str
        What is compared: of few values, or with one that most rows have.
    """
    known = table.filter(table[column].notnull()).mutate(_v=number(table[column]))
    middle, most = known.aggregate(middle=known._v.quantile(0.5), most=known._v.max()).execute().iloc[0]
    if pd.isna(middle):
        return []
    apart = {name: indicator(known._v != float(value)).sum() for name, value in (("middle", middle), ("most", most))}
    counts = known.aggregate(rows=known.count(), **apart).execute().iloc[0]
    value, off = (middle, counts["middle"]) if counts["middle"] < counts["rows"] else (most, counts["most"])
    if not 0 < 2 * off <= counts["rows"] or off > MANY:
        return []
    return _judged(data, int(known.filter(known._v != float(value)).cluster.nunique().execute()), commonest(data))


def _judged(data: Data, least: int, most: float) -> list[Check]:
    what, only = (
        cluster_word(data),
        f"Only {least} {cluster_word(data)} differ from most in what is compared: they alone carry the comparison.",
    )
    if least < FEW:
        return [Check("smaller side", "failed", only, "inconclusive")]
    expected = least * (1 - most)
    if expected < FEW:
        other = "the rarer value of" if data.outcome.kind == "share" else "another class than most of"
        said = f'Of {least:,} {what} on the smaller side, {expected:.1f} would have {other} "{data.outcome.label}" by chance: '
        return [Check("smaller side", "failed", f"{said}fewer than {FEW} tell nothing.", "inconclusive")]
    return [Check("smaller side", "doubt", only, "suggestive")] if least < WARN else []
