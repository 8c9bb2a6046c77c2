"""What a block of drivers adds over all others, for customers who were left out of the fit.

References
----------
Stone (1974), Cross-validatory choice and assessment of statistical predictions, JRSS B 36; `cxresearch.relate.held_out`.
"""

import pandas as pd

from cxresearch.ask.check import Check, percent_of
from cxresearch.ask.errors import QuestionError
from cxresearch.load.data import Data
from cxresearch.relate.design import covariates
from cxresearch.relate.doubts import few_clusters
from cxresearch.relate.held_out import held_out
from cxresearch.relate.method import cluster_word, customers_behind, facts_of, method
from cxresearch.relate.moments import collect
from cxresearch.relate.multiplicity import adjust
from cxresearch.relate.relation import Relation


@method
def added(data: Data, *, folds: int = 10) -> Relation:
    """Show what each block of drivers adds over the others, and the others over it, for customers left out of the fit.

    Parameters
    ----------
    data : Data
        With drivers in two blocks or more: ``drivers={"people": ("kind",), "product": ("works",)}``.
    folds : int
        Parts into which the customers are cut; each is predicted from the others.

    Returns
    -------
    Relation
        `estimates`, in units of held-out R2: term "added", level a block: what it explains over all other drivers; "rest": what all
        others explain over the block; "alone": the block by itself; with `p` and `p_holm` over the blocks. `facts`: r2_held_out.

    Raises
    ------
    QuestionError
        Where there are fewer than two blocks, or the outcome is a duration.
    MethodError
        Where columns carry the same information, or there are too few customers for so many folds.

    Notes
    -----
    A block that goes with nothing adds less than nothing here, for it costs what it must learn: zero is the benchmark. Complete cases
    over all drivers; least squares; linearised over buckets of customers, the fits held as they are.

    Examples
    --------
    >>> import cxresearch as cx
    >>> import numpy as np
    >>> draw = np.random.default_rng(1).normal(size=(400, 3))
    >>> frame = pd.DataFrame({"who": range(400), "kind": draw[:, 0], "idle": draw[:, 1], "score": draw[:, 0] + draw[:, 2]})
    >>> asked = cx.Question(outcome=cx.Mean("score"), drivers={"people": ("kind",), "noise": ("idle",)})
    >>> found = cx.methods.added(cx.from_frame(frame, asked, customer="who"))
    >>> bool(found.row("added", "people").low > 0), bool(found.row("added", "noise").low > 0)
    (True, False)
    """
    blocks = data.question.blocks
    if len(blocks) < 2:
        raise QuestionError('added compares blocks of drivers: Question(outcome=..., drivers={"people": (...), "product": (...)}).')
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens: drivers explain scores and shares.')
    table, columns, notes = data.table, {}, []
    for metric in data.drivers:
        table = table.filter(table["d_" + metric.name].notnull())
    for metric in data.drivers:
        table, names, found = covariates(table, (metric,), "d_")
        columns[metric.name], notes = names, [*notes, *found]
    every = [name for names in columns.values() for name in names]
    own = {block: [name for member in members for name in columns[member]] for block, members in blocks.items()}
    rest = {block: [name for name in every if name not in names] for block, names in own.items()}
    moments = collect(table, ["y", *every])
    sets = (
        {"all": every, "nothing": []}
        | {f"own {block}": names for block, names in own.items()}
        | {f"rest {block}": names for block, names in rest.items()}
    )
    losses = held_out(moments, "y", sets, folds)
    rows = [_row(term, block, losses.gain(*pair)) for block in blocks for term, pair in _pairs(block)]
    estimates = pd.DataFrame(rows).assign(n=int(moments.rows.sum()))
    estimates["p_holm"] = estimates.groupby("term")["p"].transform(lambda p: adjust(p.to_numpy()))
    whole, _, low, high, _ = losses.gain("all", "nothing")
    facts = facts_of(data) | {
        "r2_held_out": whole, "r2_held_out_low": low, "r2_held_out_high": high, "clusters": moments.clusters, "claim_unit": "of R²",
        "n_used": int(moments.rows.sum()), "customers_used": customers_behind(data, moments.clusters),
    }  # fmt: skip
    checks = (*data.checks, *notes, few_clusters(moments.clusters, cluster_word(data)), _lost(data, int(moments.rows.sum())))
    return Relation("added", data.question, estimates, None, checks, {"folds": folds}, facts)


def _pairs(block: str) -> list[tuple[str, tuple[str, str]]]:
    return [("added", ("all", f"rest {block}")), ("rest", ("all", f"own {block}")), ("alone", (f"own {block}", "nothing"))]


def _row(term: str, block: str, found: tuple[float, float, float, float, float]) -> dict[str, float | str]:
    estimate, error, low, high, p = found
    return {"term": term, "level": block, "estimate": estimate, "low": low, "high": high, "n": 0, "std_error": error, "p": p}


def _lost(data: Data, used: int) -> Check:
    lost = 1 - used / data.rows
    status = "failed" if lost > 0.3 else "doubt" if lost > 0.1 else "passed"
    return Check("all drivers answered", status, f"{used:,} of {data.rows:,} rows have every driver ({percent_of(lost)} left out).")
