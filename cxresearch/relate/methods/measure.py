"""Where do we stand: NPS, shares, means and medians, each with the interval that fits it (`cxresearch.relate.standing`).

References
----------
Shewhart (1931), Economic Control of Quality of Manufactured Product (control band). Nelson (1984), The Shewhart control chart: tests for
special causes, Journal of Quality Technology 16 (months in a row on one side).
"""

import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError
from cxresearch.load.clock import month_of
from cxresearch.load.data import Data
from cxresearch.relate.doubts import few_clusters
from cxresearch.relate.method import cluster_columns, cluster_word, facts_of, method
from cxresearch.relate.relation import Absent, Relation
from cxresearch.relate.standing import bounds_of, estimate_by, level_sums, weighted
from cxresearch.relate.tails import normal_quantile

RUN = 9  # months in a row on one side of the mean


@method
def measure(data: Data, *, every: str | None = None) -> Relation | Absent:
    """Measure the outcome: overall, by level, and over time.

    Parameters
    ----------
    data : Data
        From `cx.link` or `cx.from_frame`.
    every : str, optional
        ``"month"``: also month by month, against a control band.

    Returns
    -------
    Relation or Absent
        Absent with `every` where the rows have no dates, or the outcome is a wait.
        `estimates`: row 0 is overall (`level` ""), then the levels of `by`. NPS in points, shares 0 to 1, durations as medians (open
        waits censored); `unweighted` beside it where rows have weights. `curve` (with `every`): month, estimate, interval, control
        band, outside or not.

    Raises
    ------
    QuestionError
        Where `every` is not "month".

    Notes
    -----
    Counts: t on the log scale. A mean of answers that are all alike has no interval.
    NPS: the estimate is the raw NPS; adjusted-Wald bounds where nobody answers twice and there are no weights, otherwise
    linearised errors by cluster with t(G - 1). Shares: Wilson, with the effective sample size where rows repeat.

    Examples
    --------
    >>> import cxresearch as cx
    >>> frame = pd.DataFrame({"who": list("abcdef"), "recommend": [10, 9, 9, 7, 3, 10]})
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Nps("recommend")), customer="who")
    >>> round(float(cx.measure(data).row("recommend").estimate), 1)
    50.0

    References
    ----------
    Rocks (2016), Interval estimation for the net promoter score, The American Statistician 70.
    """
    if every not in (None, "month"):
        raise QuestionError(f'every is "{every}"; it can be "month".')
    overall = estimate_by(data, None)
    levels = [overall] + ([estimate_by(data, "by")] if data.question.by else [])
    estimates = pd.concat(levels, ignore_index=True)
    estimates.insert(0, "term", data.outcome.name)
    checks = [*data.checks, few_clusters(int(overall["clusters"].iloc[0]), cluster_word(data)), *weighted(data.outcome, overall.iloc[0])]
    curve = None
    if every:
        trend = _trend(data)
        if isinstance(trend, Absent):
            return trend
        curve, steady = trend
        checks.append(steady)
    return Relation("measure", data.question, estimates, curve, tuple(checks), {"every": every}, facts_of(data))


def _trend(data: Data) -> tuple[pd.DataFrame, Check] | Absent:
    """Month by month, each against the band that the other months' mean and its own error give."""
    if "at" not in data.table.columns or data.outcome.elapsed or data.outcome.kind == "duration":
        return Absent("These rows have no dates, or the outcome is a wait: there is no trend to draw.")
    zone = data.study.timezone if data.study else "UTC"
    dated = data.table.filter(data.table["at"].notnull())
    sums = level_sums(dated.mutate(_month=month_of(dated["at"], zone)), "_month", cluster_columns(data))
    if sums.empty:
        return Absent("These rows have no dates: there is no trend to draw.")
    simple = (sums["most"] == 1) & ("weight" not in data.table.columns)
    low, high = bounds_of(data.outcome, sums, np.sqrt(sums["variance"]), simple)
    per_answer = np.average((sums["variance"] * sums["n"]).fillna(0), weights=sums["n"])
    centre = np.average(sums["estimate"], weights=sums["w"])
    half = normal_quantile(1 - 0.0027 / 2) * np.sqrt(per_answer / sums["n"])
    curve = pd.DataFrame({
        "term": "trend", "x": pd.to_datetime(sums["level"] + "-01"), "estimate": sums["estimate"], "low": low, "high": high, "n": sums["n"],
        "band_low": centre - half, "band_high": centre + half,
    })  # fmt: skip
    curve["outside"] = (curve["estimate"] < curve["band_low"]) | (curve["estimate"] > curve["band_high"])
    out, run = int(curve["outside"].sum()), _longest(np.sign(curve["estimate"].to_numpy() - centre))
    word = f"{out} of {len(curve)} months lie outside the control band (three standard errors about the mean of all months)."
    if run >= RUN:
        word = f"{word} {run} months in a row lie on one side of the mean: something has moved, though no single month shows it."
    return curve, Check("trend", "doubt" if out or run >= RUN else "passed", word)


def _longest(side: np.ndarray) -> int:
    """Return the longest run of neighbours on one side."""
    places = np.flatnonzero(np.r_[True, side[1:] != side[:-1], True])
    return int(np.diff(places).max())
