"""Who leaves sooner: the ratio of hazards, and how many more customers are kept.

References
----------
Cox (1972), JRSS B 34; Efron (1977), JASA 72 (ties); Lin & Wei (1989), JASA 84 (robust errors); Grambsch & Therneau (1994),
Biometrika 81 (proportionality).
"""

from dataclasses import dataclass, replace
from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError, nearest
from cxresearch.ask.metrics import plain
from cxresearch.ask.values import indicator
from cxresearch.load.data import Data
from cxresearch.relate.cox import Cox, baseline, cox, proportional
from cxresearch.relate.design import contrast_for, design
from cxresearch.relate.follow_up import landmark, observed, staying_only
from cxresearch.relate.influence import joint
from cxresearch.relate.kept import case_from, columns_of, differences, doubts, facts_about, named, wanted
from cxresearch.relate.method import method
from cxresearch.relate.multiplicity import adjust
from cxresearch.relate.predicted import Case
from cxresearch.relate.relation import Relation
from cxresearch.relate.sample import codes, rows_of
from cxresearch.relate.separated import comparable
from cxresearch.relate.tails import t_quantile

STEPS, ALIKE = 12, 0.05


@dataclass(frozen=True)
class Fitted:
    """A proportional-hazards fit with its baseline at some times: cumulative hazards by stratum, and how far each row pulls them."""

    fit: Cox
    stratum: np.ndarray
    hazards: list[tuple[np.ndarray, np.ndarray]]

    def kept(self, x: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the share kept at each time, and the pulls through coefficients and baseline."""
        apart = x - self.fit.centre
        risk = np.exp(np.clip(apart @ self.fit.coef, -300, 300))
        moved = self.fit.pulls()
        there, pulls = [], []
        for hazard, pulled in self.hazards:
            kept = np.exp(-hazard[self.stratum] * risk)
            slope = -share * kept * risk
            through = np.bincount(self.stratum, slope, minlength=len(hazard))
            there.append(kept)
            pulls.append(moved @ (apart.T @ (slope * hazard[self.stratum])) + pulled @ through)
        return np.column_stack(there), np.column_stack(pulls)


@method
def hazard_ratio(
    data: Data, *, days: float = 90, strata: str | None = None, ties: str = "efron", contrast: float | str = "auto"
) -> Relation:
    """Estimate how much sooner customers leave with the exposure, and how many more are kept, if hazards are proportional.

    Parameters
    ----------
    data : Data
        With a survival outcome ("retention" on a linked study, or `cx.Survival`) and an exposure.
    days : float
        After how long the share kept is compared, in the unit of the duration.
    strata : str, optional
        A confounder of the question, its `by`, or agent, team or store: each level has a baseline of its own.
    ties : str
        ``efron`` or ``breslow``.
    contrast : float or str
        As in `effect`; "auto": the question's own, else halving for a wait and +1 for the rest.

    Returns
    -------
    Relation
        `estimates`: naive and adjusted, difference in the share kept after `days` for the contrast; "hazard_ratio" (and
        "hazard_ratio_naive") for the same contrast, `std_error` on the log scale. `curve`: the difference over time. `facts`: the test of
        proportional hazards.

    Raises
    ------
    QuestionError
        Where the outcome is no survival, there is no exposure, or strata or ties are unknown.
    LeakageError
        Where the exposure is known only after the landmark.
    MethodError
        Where nobody left, nobody is observed for so long, or the likelihood has no maximum.

    Notes
    -----
    Errors from score residuals (Efron) summed by cluster, G/(G - 1), t(G - 1). Kept: averaged over the customers as they are, each with the
    baseline of their stratum (g-computation). A group in which nobody left is set aside and counted. Where hazards are not proportional
    (score test, Kaplan-Meier time) the word is capped.

    Examples
    --------
    >>> import cxresearch as cx
    >>> draw = np.random.default_rng(1)
    >>> frame = pd.DataFrame({"who": range(400), "met": draw.integers(0, 2, 400), "left": 1})
    >>> frame["weeks"] = draw.exponential(20 + 20 * frame["met"])
    >>> question = cx.Question(outcome=cx.Survival(duration="weeks", event="left", unit="weeks"), exposure="met")
    >>> found = cx.methods.hazard_ratio(cx.from_frame(frame, question, customer="who"), days=20)
    >>> 0.4 < float(found.row("hazard_ratio").estimate) < 0.6
    True

    References
    ----------
    Cox (1972), Regression models and life-tables, Journal of the Royal Statistical Society B 34. Efron (1977), The efficiency of Cox's
    likelihood function for censored data, Journal of the American Statistical Association 72.
    """
    staying_only(data, "hazard_ratio", repeats=True)
    log, factor, *words = contrast_for(data, contrast)
    columns = design(data, log=log)
    table, columns = _stratified(data, columns, strata)
    frame, notes = rows_of(table, [*wanted(data, columns), "y_elapsed", "_event", "_stratum"])
    frame, columns, aside = comparable(frame, data, columns, one_row=True)
    observed(frame["y_elapsed"], frame["_event"].sum(), days, data.outcome.unit)
    case = case_from(frame, data, columns, factor)
    times = np.linspace(0, float(days), STEPS + 1)[1:]
    models = {term: _fitted(data, case, term, (times, ties)) for term in ("naive", "adjusted")}
    counts = np.array([(frame["y_elapsed"] >= time).sum() for time in times])
    rows, curve = differences(case, models, times, counts)
    ratios = [row for term, model in models.items() for row in _ratios(case, term, model.fit)]
    test = proportional(models["adjusted"].fit)
    checks = (
        *data.checks,
        *columns.checks,
        *notes,
        *aside,
        *doubts(data, case, int(frame["_event"].sum()), held=bool(data.adjust_for or strata)),
        _alike(test, case),
        *landmark(data),
    )
    facts = facts_about(data, days, (words[0], words[1]), rows)
    facts |= {"events": int(frame["_event"].sum()), "strata": strata or "", "ties": ties} | _tested(test, case)
    facts["adjusted_for"] += [plain(strata)] if strata and strata not in [metric.name for metric in data.adjust_for] else []
    settings = {"days": days, "strata": strata, "ties": ties, "contrast": contrast}
    return Relation("hazard_ratio", data.question, pd.DataFrame([*rows, *ratios]), curve, checks, settings, facts)


def _stratified(data: Data, columns: Any, strata: str | None) -> tuple[ibis.Table, Any]:
    """Return the rows with event and stratum; what makes the strata is no column any more."""
    table = columns.table.mutate(_event=indicator(columns.table.y.notnull()), _stratum=ibis.literal(""))
    table = table.filter(table.weight > 0) if "weight" in table.columns else table
    if strata is None:
        return table, columns
    known = {name[2:]: name for name in data.table.columns if name[:2] in ("a_", "g_")}
    known |= {data.question.by: "by"} if data.question.by else {}
    if strata not in known:
        raise QuestionError(f'strata: there is no "{strata}" among confounders, groups and `by`; {nearest(strata, known)}')
    own = [name for name in columns.adjust_for if name == f"a_{strata}" or name.startswith(f"a_{strata}=")]
    kept = tuple(name for name in columns.adjust_for if name not in own)
    return table.mutate(_stratum=table[known[strata]].cast("string")), replace(columns, adjust_for=kept)


def _fitted(data: Data, case: Case, term: str, how: tuple[np.ndarray, str]) -> Fitted:
    """Return the fit of one way of comparing; as recorded nothing is held equal, strata neither."""
    frame, names, (times, ties) = case.frame, columns_of(case, term), how
    stratum = frame["_stratum"] if term == "adjusted" else pd.Series("", index=frame.index)
    marks = pd.DataFrame({"weight": case.weight, "stratum": stratum})
    time, event = (frame[name].to_numpy(dtype=float) for name in ("y_elapsed", "_event"))
    fit = cox(time, event, frame[names].to_numpy(dtype=float), named(data, names), marks=marks, ties=ties)
    return Fitted(fit, codes(stratum)[0], [baseline(fit, time) for time in times])


def _ratios(case: Case, term: str, fit: Cox) -> list[dict[str, Any]]:
    """Return the hazard ratio for the contrast."""
    error, groups = np.sqrt(np.diag(joint(fit.pulls(), case.clusters)).clip(0)), min(len(np.unique(way)) for way in case.clusters)
    found = []
    for at, (column, label) in enumerate(case.columns.exposure):
        factor = case.factor if column == "x_value" else 1.0
        value, half = factor * fit.coef[at], abs(factor) * error[at] * t_quantile(0.975, groups - 1)
        name = "hazard_ratio" if term == "adjusted" else "hazard_ratio_naive"
        found.append({"term": name, "level": label, "estimate": np.exp(value), "low": np.exp(value - half), "high": np.exp(value + half),
                      "n": len(case.frame), "customers": case.customers, "std_error": abs(factor) * error[at], "df": groups - 1,
                      "clusters": groups})  # fmt: skip
    return found


def _tested(test: pd.DataFrame, case: Case) -> dict[str, float]:
    own = adjust(test["p"].to_numpy()[: len(case.own)], "holm")
    return {"proportional_p": float(own.min()), "proportional_p_all": float(test["p"].iloc[-1])}


def _alike(test: pd.DataFrame, case: Case) -> Check:
    """Return the check on proportional hazards: of the exposure, and of all columns together."""
    found = _tested(test, case)
    if found["proportional_p"] < ALIKE:
        said = "The hazard ratio changes over time (score test of proportional hazards): one ratio is an average; read the curve."
        return Check("proportional hazards", "doubt", said, "suggestive")
    if found["proportional_p_all"] < ALIKE:
        said = "For what is held equal the hazard ratios change over time (score test of all columns together); try it as strata."
        return Check("proportional hazards", "doubt", said, "suggestive")
    return Check("proportional hazards", "passed", "Nothing speaks against one hazard ratio over the whole time (score test).")
