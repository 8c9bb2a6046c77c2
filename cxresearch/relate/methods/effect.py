"""How much goes with it: naive, adjusted and within-customer, side by side.

References
----------
Cameron & Miller (2015), JHR 50 (clustered errors); Cinelli & Hazlett (2020), Making sense of sensitivity, JRSS B 82 (robustness value).
"""

from collections.abc import Sequence

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.load.data import Data
from cxresearch.relate.design import Design, contrast_for, design
from cxresearch.relate.doubts import compared
from cxresearch.relate.fit import clustered, solve
from cxresearch.relate.method import cluster_columns, method
from cxresearch.relate.moments import Total, summed
from cxresearch.relate.relation import Relation
from cxresearch.relate.ways import Way, told
from cxresearch.relate.within import moving, own_differences, spent, within_errors


@method
def effect(data: Data, *, contrast: float | str = 1.0) -> Relation:
    """Estimate how much of the outcome goes with the exposure, per stated contrast.

    Parameters
    ----------
    data : Data
        With an exposure. Rows of one customer may repeat.
    contrast : float or str
        So many units of the exposure (default +1); "halving" or "doubling" of a wait; "auto": the question's own, else halving
        for a wait and +1 for the rest.

    Returns
    -------
    Relation
        `estimates`: naive (nothing held equal), adjusted (confounders held equal), within (the same customer at different
        times), in the outcome's unit; with `std_error`, `df`, `customers`. `facts`: robustness value, what was adjusted for.

    Raises
    ------
    QuestionError
        Where there is no exposure, or the outcome is a duration (see `retention`).
    MethodError
        Where the exposure is constant, columns carry the same information, or too few rows are left.

    Notes
    -----
    Least squares on the outcome (NPS: on -100/0/100, with the fit of the 0-10 score beside it), CR1 errors by cluster with t(G - 1).

    Examples
    --------
    >>> import pandas as pd
    >>> import cxresearch as cx
    >>> frame = pd.DataFrame({"who": list("aabbccdd"), "wait": [1.0, 2, 3, 4, 1, 2, 3, 5], "score": [9.0, 8, 6, 5, 9, 9, 6, 4]})
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure="wait"), customer="who")
    >>> round(float(cx.effect(data).row("naive").estimate), 3)
    -1.369

    References
    ----------
    Cameron and Miller (2015), A practitioner's guide to cluster-robust inference, Journal of Human Resources 50. Cinelli and Hazlett
    (2020), Making sense of sensitivity, Journal of the Royal Statistical Society B 82.
    """
    if data.exposure is None:
        raise QuestionError('effect needs an exposure: Question(outcome=..., exposure="first_response_hours").')
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens, and some have not ended: ask `retention` about it.')
    columns = design(data, log=contrast_for(data, contrast)[0])
    outcomes = ["y", "y_score"] if data.outcome.kind == "nps" else ["y"]
    ways, notes, moments = _ways(data, columns, outcomes)
    notes = [*data.checks, *columns.checks, *notes, *compared(data, ways[1].errors["y"].clusters, moments)]
    return told(data, ways, columns, moments, (notes, contrast))


def _ways(data: Data, columns: Design, outcomes: Sequence[str]) -> tuple[list[Way], list[Check], Total]:
    exposure = [name for name, _ in columns.exposure]
    naive, adjusted = [*exposure, *columns.always], [*exposure, *columns.always, *columns.adjust_for]
    moments = summed(columns.table, [*outcomes, *adjusted])
    fits = {(way, y): solve(moments, y, names) for way, names in (("naive", naive), ("adjusted", adjusted)) for y in outcomes}
    errors = dict(zip(fits, clustered(columns.table, list(fits.values()), cluster_columns(data)), strict=True))
    ways = [Way(w, {y: fits[w, y] for y in outcomes}, {y: errors[w, y] for y in outcomes}, data.customers) for w in ("naive", "adjusted")]
    try:
        if data.rows == data.customers:
            raise MethodError("no customer stands in the rows more than once.")
        ways.append(_within(data, columns, outcomes, moments))
    except MethodError as error:
        return ways, [Check("within-customer", "passed", f"The same customer at different times was looked for: {error}")], moments
    return ways, [], moments


def _within(data: Data, columns: Design, outcomes: Sequence[str], moments: Total) -> Way:
    """Compare each customer with themselves; single rows cannot take part."""
    own, customers = own_differences(columns.table, moments)
    exposure = [name for name, _ in columns.exposure]
    names = moving(own, moments, [*exposure, *columns.always, *columns.adjust_for])
    if not set(exposure) <= set(names):
        raise MethodError("the exposure never differs between two rows of one customer.")
    fits, nested = {y: solve(own, y, names) for y in outcomes}, data.question.cluster is None
    errors = dict(zip(fits, within_errors(columns.table, list(fits.values()), cluster_columns(data), nested=nested), strict=True))
    if not nested:
        errors = {y: spent(each, fits[y], customers) for y, each in errors.items()}
    return Way("within", fits, errors, customers)
