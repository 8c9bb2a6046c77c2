"""What would overturn it: how strong a hidden reason would have to be, and how strong the strongest measured one is.

References
----------
Cinelli & Hazlett (2020), Making sense of sensitivity, JRSS B 82; VanderWeele & Ding (2017), Annals of Internal Medicine 167 (E-value).
"""

from typing import Any

import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.load.data import Data
from cxresearch.relate.adjusted import Adjusted, adjusted
from cxresearch.relate.bounds import Rival, e_values, robustness_value, strongest, weakened
from cxresearch.relate.method import facts_of, method
from cxresearch.relate.relation import Relation
from cxresearch.relate.tails import t_quantile

TIMES = {1: "as strong as", 2: "twice as strong as", 3: "three times as strong as"}


@method
def sensitivity(data: Data, *, contrast: float | str = "auto") -> Relation:
    """Say how strong a hidden reason would have to be to explain the adjusted difference away.

    Use it beside `effect`, before anybody acts on an adjusted difference: reasons that nobody measured cannot be held equal.

    Parameters
    ----------
    data : Data
        With an exposure that is a number or a wait; with `adjust_for` there is something to compare with.
    contrast : float or str
        As in `effect`; "auto": the question's own, else halving for a wait and +1 for the rest.

    Returns
    -------
    Relation
        `estimates`: the adjusted difference, then `bound`: what would be left of it, at worst, under a hidden reason as strong as the
        strongest measured confounder, twice and three times as strong (up to the first that would turn it round), with
        `with_exposure` and `with_outcome`, the shares of what is left unexplained that it would explain. `facts`: `robustness_value`
        (for the estimate), `robustness_value_limit` (until the interval reaches zero), `e_value`, `e_value_limit`, `strongest_measured`.

    Raises
    ------
    QuestionError
        Where there is no exposure or one with levels, or the outcome is a duration.
    MethodError
        Where columns carry the same information, or too few rows are left.

    Notes
    -----
    Bias and bounds come from the classical fit, whatever the errors; the intervals keep the clustered error's ratio to the classical one.
    E-values are on the risk-ratio scale: a share as (share + difference) / share, every other outcome as exp(0.91 d) with d the
    difference in standard deviations.

    Examples
    --------
    >>> import cxresearch as cx
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> hard = rng.normal(size=400)
    >>> wait = hard + rng.normal(size=400)
    >>> frame = pd.DataFrame({"who": range(400), "hard": hard, "wait": wait, "score": 5 - wait - hard + rng.normal(size=400)})
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure="wait", adjust_for="hard"), customer="who")
    >>> round(cx.methods.sensitivity(data).facts["robustness_value"], 1)
    0.6

    References
    ----------
    Cinelli and Hazlett (2020), Making sense of sensitivity, Journal of the Royal Statistical Society B 82. VanderWeele and Ding (2017),
    Sensitivity analysis in observational research: introducing the E-value, Annals of Internal Medicine 167.
    """
    found = adjusted(data, contrast)
    row, (error, df) = found.row("adjusted"), found.plain_error
    inflation = row["std_error"] / error if error > 0 else 1.0
    rival = strongest(found.fit, found.columns, data, found.moments)
    rows, impossible = _bounds(found, rival, inflation)
    t = row["estimate"] / error if error > 0 else float("inf")
    ends = (row["estimate"], row["low"], row["high"])
    point, limit = e_values(ends, mean=found.fit.mean_y, deviation=found.deviation, share=data.outcome.kind == "share")
    facts = facts_of(data) | found.facts() | {
        "robustness_value": robustness_value(t, df), "robustness_value_limit": robustness_value(t, df, alpha=0.05, inflation=inflation),
        "e_value": point, "e_value_limit": limit, "strongest_measured": vars(rival) if rival else None,
    }  # fmt: skip
    checks = (*found.checks(), *impossible, *_enough(rows, rival))
    estimates = pd.DataFrame([{**row, "with_exposure": float("nan"), "with_outcome": float("nan")}, *rows])
    return Relation("sensitivity", data.question, estimates, None, checks, {"contrast": contrast}, facts)


def _bounds(found: Adjusted, rival: Rival | None, inflation: float) -> tuple[list[dict[str, Any]], list[Check]]:
    if rival is None:
        return [], []
    base, (error, df) = found.row("adjusted"), found.plain_error
    half, rows, beyond = float(t_quantile(0.975, found.errors.df)), [], []
    for times, words in TIMES.items():
        if rows and rows[-1]["estimate"] * base["estimate"] <= 0:
            break
        explained = rival.times(times)
        if explained is None:
            beyond.append(words.removesuffix(" as"))
            continue
        left, after = weakened(base["estimate"], error, df, explained)
        after *= inflation
        rows.append(
            {**base, "term": "bound", "level": f"{words} {rival.label}", "estimate": left, "low": left - half * after,
             "high": left + half * after, "std_error": after, "with_exposure": explained[0], "with_outcome": explained[1]}
        )  # fmt: skip
    said = f"{rival.label} explains so much of the exposure that no hidden reason can be {' or '.join(beyond)}."
    return rows, [Check("bounds", "passed", said)] if beyond else []


def _enough(rows: list[dict[str, Any]], rival: Rival | None) -> list[Check]:
    """Doubt an interval that one more reason like the strongest measured one would take across zero."""
    if rival is None or not rows:
        return []
    like = rows[0]
    if like["low"] <= 0 <= like["high"]:
        return [Check("hidden reason", "doubt", f"Under one more reason like {rival.label} no difference could be told.", "suggestive")]
    return [Check("hidden reason", "passed", f"Under one more reason like {rival.label} a difference would still be told.")]
