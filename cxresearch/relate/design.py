"""From the parts of a question to numeric columns: logs, categories, "not yet", splines.

References
----------
Harrell (2015), Regression Modeling Strategies, section 2.4 (restricted cubic splines, default knots).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import numpy as np
from ibis import ifelse

from cxresearch.ask.check import Check
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.ask.metrics import SECONDS, Metric
from cxresearch.ask.values import number
from cxresearch.load.data import Data
from cxresearch.load.rows import held
from cxresearch.relate.method import cluster_word
from cxresearch.relate.sides import enough, needed

CONTRASTS = ("auto", "halving", "doubling")
MOST_LEVELS, FEWEST_ROWS = 30, 10
KNOTS = {3: (0.1, 0.5, 0.9), 4: (0.05, 0.35, 0.65, 0.95), 5: (0.05, 0.275, 0.5, 0.725, 0.95)}


@dataclass(frozen=True)
class Design:
    """Numeric columns, still in the engine.

    Parameters
    ----------
    table : ibis.Table
        `cluster`, `customer`, `weight` if any, `y`, and the columns named below.
    exposure : tuple of (str, str)
        Column and label of each exposure contrast.
    adjust_for : tuple of str
        Columns of the confounders.
    always : tuple of str
        Columns that stand in every fit: the indicator "not yet".
    checks : tuple of Check
        What was pooled.
    """

    table: ibis.Table
    exposure: tuple[tuple[str, str], ...]
    adjust_for: tuple[str, ...]
    always: tuple[str, ...]
    checks: tuple[Check, ...] = ()


def design(data: Data, *, log: bool, levels: Mapping[str, Sequence[str]] | None = None) -> Design:
    """Return the numeric columns of exposure and confounders.

    Parameters
    ----------
    data : Data
        With an exposure.
    log : bool
        Take the exposure's base-2 logarithm.
    levels : mapping of str to sequence of str, optional
        Levels that stand alone, by confounder, the reference first; without it the rows decide.

    Raises
    ------
    QuestionError
        Where the question has no exposure.
    """
    table, exposure, checks, always = data.table, data.exposure, [], ()
    if exposure is None:
        raise QuestionError("the question names no exposure: there is nothing to go with the outcome.")
    if exposure.kind == "category":
        table, least, aside = _told(data, exposure)
        table, columns, found = categories(table, "x", exposure, "x_", least=least)
        checks += [*aside, *found]
    else:
        known = log2(table.x, exposure) if log else table.x
        table = table.mutate(x_not_yet=number(ifelse(table.x.isnull(), 1, 0)), x_value=ibis.coalesce(known, number(ibis.literal(0))))
        columns = (("x_value", ""),)
        always = ("x_not_yet",) if any_not_yet(data) else ()
    table, adjust, found = covariates(table, data.adjust_for, levels=levels)
    return Design(held(table, data.rows), columns, adjust, always, (*checks, *found))


def _told(data: Data, exposure: Metric) -> tuple[ibis.Table, int, list[Check]]:
    """Return the rows of levels that can be compared, how many clusters each has at least, and the check on those set aside.

    Rare levels stand together as "other" where these are enough; else their rows are left out: of one customer they would look certain.
    """
    table, least = data.table, needed(data)
    kept, rest = levels_of(table, "x", exposure, least)
    others = table.filter(table.x.isnull() | ~table.x.isin(kept))
    counts = others.aggregate(rows=others.count(), clusters=others.cluster.nunique()).execute().iloc[0] if rest else {"clusters": least}
    if counts["clusters"] >= least:
        return table, least, []
    what = f"{rest} rare level{'' if rest == 1 else 's'} of {exposure.label} ({int(counts['clusters'])} {cluster_word(data)})"
    said = f"{what}: too few to be compared, their {int(counts['rows']):,} row{'' if counts['rows'] == 1 else 's'} set aside."
    return table.filter(table.x.isin(kept)), least, [Check("rare levels", "doubt", said)]


def covariates(
    table: ibis.Table, metrics: Sequence[Metric], prefix: str = "a_", *, levels: Mapping[str, Sequence[str]] | None = None
) -> tuple[ibis.Table, tuple[str, ...], list[Check]]:
    """Return the table with numeric columns for these metrics, their names, and checks."""
    names: list[str] = []
    checks: list[Check] = []
    plain = [prefix + metric.name for metric in metrics if metric.kind != "category"]
    other = {column: table[column].cast("float64") for column in plain if not table[column].type().is_float64()}
    table = table.mutate(**other) if other else table
    for metric in metrics:
        column = prefix + metric.name
        if metric.kind == "category":
            table, columns, found = categories(table, column, metric, column + "=", (levels or {}).get(metric.name))
            names += [name for name, _ in columns]
            checks += found
        else:
            names.append(column)
    return table, tuple(names), checks


def categories(
    table: ibis.Table, column: str, metric: Metric, prefix: str, given: Sequence[str] | None = None, *, least: int = FEWEST_ROWS
) -> tuple[ibis.Table, tuple[tuple[str, str], ...], list[Check]]:
    """Return 0/1 columns for all levels but the commonest, which is what they are compared with; or but the first of those given.

    A level stands alone that has at least so many clusters.

    Raises
    ------
    MethodError
        Where there is only one level.
    """
    kept, rest = (list(given), -1) if given else levels_of(table, column, metric, least)
    reference, *levels = kept
    columns = {f"{prefix}{i}": number(ifelse(table[column] == level, 1, 0)) for i, level in enumerate(levels)}
    labels = tuple((f"{prefix}{i}", f"{level} against {reference}") for i, level in enumerate(levels))
    if not rest:
        return table.mutate(**columns), labels, []
    other = f"{prefix}other"
    table = table.mutate(**columns, **{other: number(ifelse(table[column].isin(kept), 0, 1))})
    return table, (*labels, (other, f"other against {reference}")), [pooled(metric, rest, least)] if rest > 0 else []


def levels_of(table: ibis.Table, column: str, metric: Metric, least: int = FEWEST_ROWS) -> tuple[list[str], int]:
    """Return the levels that stand alone, with so many clusters at least, the commonest first, and how many are too rare for that.

    Raises
    ------
    MethodError
        Where there is only one level.
    """
    counts = table.group_by(level=table[column]).aggregate(n=table.cluster.nunique()).execute()
    counts = counts.sort_values(["n", "level"], ascending=[False, True])
    kept = counts[enough(counts["n"], least)].head(MOST_LEVELS)
    if len(kept) < 2:
        raise MethodError(f'"{metric.name}" has one level with {FEWEST_ROWS} customers or more: nothing can be compared.')
    return list(kept["level"]), len(counts) - len(kept)


def pooled(metric: Metric, rest: int, least: int = FEWEST_ROWS) -> Check:
    """Return the check that says which levels are held together."""
    said = f"{rest} rare levels of {metric.label} (fewer than {least} customers each) are held together as one."
    return Check("rare levels", "passed", said)


def any_not_yet(data: Data) -> bool:
    """Return whether some waits have no end yet."""
    return any(check.name == "not yet" for check in data.checks)


def log2(column: ibis.Value, metric: Metric) -> ibis.Value:
    """Return the base-2 logarithm of a wait; waits under a minute count as a minute."""
    return ibis.greatest(column, shortest(metric)).ln() / float(np.log(2))


def shortest(metric: Metric) -> float:
    """Return one minute in the unit of a duration."""
    return 60 / SECONDS.get(metric.unit, 3600)


def is_wait(metric: Metric) -> bool:
    """Return whether a metric is a positive duration, best read on a log scale."""
    return metric.kind == "duration"


def contrast_for(data: Data, contrast: float | str) -> tuple[bool, float, str, str]:
    """Return `contrast_of` for the exposure of these data; "auto" takes the question's own first, and a category has but its levels.

    Raises
    ------
    QuestionError
        Where the question has no exposure, or the contrast does not fit it.
    """
    if data.exposure is None:
        raise QuestionError("the question names no exposure: there is nothing to go with the outcome.")
    if data.exposure.kind == "category":
        return False, 1.0, "level", data.exposure.phrase
    return contrast_of(data.exposure, data.question.contrast if contrast == "auto" and data.question.contrast is not None else contrast)


def contrast_of(metric: Metric, contrast: float | str) -> tuple[bool, float, str, str]:
    """Return log or not, the factor on the slope, the contrast's name, and how to say it.

    Parameters
    ----------
    metric : Metric
        The exposure.
    contrast : float or str
        So many units; or "halving", "doubling"; or "auto": halving for a wait, one unit otherwise.

    Raises
    ------
    QuestionError
        Where the contrast is not one of these, or a signed quantity is to be halved.
    """
    if contrast == "auto":
        contrast = "halving" if is_wait(metric) else 1.0
    if isinstance(contrast, str):
        if contrast not in CONTRASTS:
            raise QuestionError(f'contrast is "{contrast}"; it can be a number of units, or one of {", ".join(CONTRASTS)}.')
        if not is_wait(metric):
            raise QuestionError(f'"{metric.name}" is not a wait: it cannot be halved. Give a number of units as contrast.')
        return True, -1.0 if contrast == "halving" else 1.0, contrast, f"{contrast} {metric.phrase}"
    if contrast == 0:
        raise QuestionError("contrast is 0: there is nothing to compare.")
    return False, float(contrast), f"{contrast:+g}", _units(metric, float(contrast))


def _units(metric: Metric, contrast: float) -> str:
    """Say so many units: "7 days more past the promise", "1 more hand-off", "2 points more on ease"."""
    size, more = f"{abs(contrast):g}", "more" if contrast > 0 else "less"
    unit = metric.unit.removesuffix("s") if abs(contrast) == 1 else metric.unit
    if metric.unit == "each":
        return metric.phrase if contrast == 1 else f"{size} {more} {metric.name}"
    if metric.unit in SECONDS:
        of = metric.phrase.removeprefix(f"{metric.unit} ")
        return f"{size} {unit} {more} {of}" if of != metric.phrase else f"{size} {unit} {more} of {of}"
    if metric.unit == "points":
        return f"{size} {unit} {more} on {metric.phrase}"
    return f"{size} {metric.phrase} {more}" if metric.phrase.endswith("s") and abs(contrast) != 1 else f"{size} {more} of {metric.phrase}"


def knots_of(table: ibis.Table, column: str, count: int = 5) -> np.ndarray:
    """Return Harrell's default knots: fixed quantiles of the column.

    Raises
    ------
    MethodError
        Where the quantiles do not differ.
    """
    quantiles = {f"k{i}": table[column].quantile(share) for i, share in enumerate(KNOTS[count])}
    found = table.aggregate(values=table[column].nunique(), **quantiles).execute().iloc[0]
    knots = np.unique(found.drop("values").to_numpy(dtype=float))
    if len(knots) < 3 or found["values"] <= len(knots):
        raise MethodError("the exposure takes too few values for a curve; compare levels instead.")
    return knots


def spline(table: ibis.Table, column: str, knots: np.ndarray, prefix: str) -> tuple[ibis.Table, tuple[str, ...]]:
    """Return the table with the restricted cubic spline of a column: linear beyond the outer knots.

    Returns
    -------
    ibis.Table and names
        The first name is the straight line; the others bend.
    """
    bends = {f"{prefix}{i + 1}": _bend_expression(table[column], knots, i) for i in range(len(knots) - 2)}
    return table.mutate(**{f"{prefix}0": table[column]}, **bends), tuple(f"{prefix}{i}" for i in range(len(knots) - 1))


def spline_at(x: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Return the spline's columns at these values, shape (len(x), len(knots) - 1).

    Examples
    --------
    >>> spline_at(np.array([0.0, 4.0]), np.array([1.0, 2.0, 3.0])).tolist()
    [[0.0, 0.0], [4.0, 3.0]]
    """
    x = np.asarray(x, dtype=float)
    cube = lambda knot: np.clip(x - knot, 0, None) ** 3  # noqa: E731
    last, before, scale = knots[-1], knots[-2], (knots[-1] - knots[0]) ** 2
    bends = [
        (cube(k) - cube(before) * (last - k) / (last - before) + cube(last) * (before - k) / (last - before)) / scale for k in knots[:-2]
    ]
    return np.column_stack([x, *bends])


def _bend_expression(x: ibis.Value, knots: np.ndarray, at: int) -> ibis.Value:
    knot, last, before = float(knots[at]), float(knots[-1]), float(knots[-2])
    scale = float((knots[-1] - knots[0]) ** 2)

    def cube(value: float) -> ibis.Value:
        over = ibis.greatest(x - value, number(ibis.literal(0)))
        return over * over * over

    return (cube(knot) - cube(before) * ((last - knot) / (last - before)) + cube(last) * ((before - knot) / (last - before))) / scale
