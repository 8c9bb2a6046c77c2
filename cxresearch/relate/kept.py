"""People kept: predicted for every row without and with a contrast, with errors in which rows and coefficients vary.

References
----------
Robins (1986), Mathematical Modelling 7 (g-computation); Gail & Byar (1986), Biometrical Journal 28 (adjusted survival curves).
"""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.load.data import Data
from cxresearch.relate.doubts import assigned, few_clusters, sides
from cxresearch.relate.influence import spread
from cxresearch.relate.method import cluster_columns, cluster_word, facts_of
from cxresearch.relate.predicted import Case, said

FEW_EVENTS = 10


class Model(Protocol):
    """What tells the share kept over time for rows of columns."""

    def kept(self, x: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the share kept of each row at each time, and how far each row pulls their mean through the coefficients, both (n, T)."""
        ...


def columns_of(case: Case, term: str) -> list[str]:
    """Return the columns of a way of comparing: the exposure, "not yet", and if adjusted the confounders."""
    return [*case.own, *case.columns.always, *(case.columns.adjust_for if term == "adjusted" else ())]


def differences(case: Case, models: Mapping[str, Model], times: np.ndarray, at_risk: np.ndarray) -> tuple[list[dict], pd.DataFrame]:
    """Return the difference in the share kept at the last time, and at every time, for each way of comparing and each contrast.

    Returns
    -------
    list of dict, and pandas.DataFrame
        Rows of `estimates` (with ``kept_without, kept_with``); the curve, ``term, level, x, estimate, low, high, n`` (n = at risk).
    """
    rows, lines = [], []
    for term, model in models.items():
        for column, label in case.columns.exposure:
            first, second, weight = case.pair(column)
            others = case.frame[columns_of(case, term)].to_numpy(dtype=float)[:, len(case.own) :]
            share = weight / weight.sum()
            without, pull = model.kept(np.hstack([first, others]), share)
            with_it, pulled = model.kept(np.hstack([second, others]), share)
            mean = share @ (with_it - without)
            variance, groups = spread(share[:, None] * (with_it - without - mean) + pulled - pull, case.clusters)
            each = [said(term, label, float(gap), (float(np.sqrt(v)), groups), case) for gap, v in zip(mean, variance, strict=True)]
            rows.append(each[-1] | {"kept_without": float(share @ without[:, -1]), "kept_with": float(share @ with_it[:, -1])})
            start = {"term": term, "level": label, "x": 0.0, "estimate": 0.0, "low": 0.0, "high": 0.0, "n": len(case.frame)}
            lines += [start, *({**start, **{name: one[name] for name in ("estimate", "low", "high")}, "x": float(x), "n": int(n)}
                               for one, x, n in zip(each, times, at_risk, strict=True))]  # fmt: skip
    return rows, pd.DataFrame(lines)


def case_from(frame: pd.DataFrame, data: Data, columns: Any, factor: float) -> Case:
    """Return the rows with the columns asked about and the clusters that carry the errors."""
    clusters = tuple(frame[name].to_numpy() for name in cluster_columns(data))
    return Case(frame, columns, factor, clusters, int(frame["customer"].nunique()))


def wanted(data: Data, columns: Any) -> list[str]:
    """Return the columns that any look at people kept takes from the engine."""
    return ["unit_id", "customer", *cluster_columns(data), *(name for name, _ in columns.exposure), *columns.always, *columns.adjust_for]


def named(data: Data, names: list[str]) -> list[str]:
    """Return names of columns as an error message says them."""
    return [data.exposure.name if name.startswith("x_") and data.exposure else name for name in names]


def facts_about(data: Data, days: float, contrast: tuple[str, str], rows: list[dict]) -> dict[str, Any]:
    """Return the facts of people kept: labels, contrast, and the share kept without and with it among comparable customers."""
    main = rows[-1]
    return facts_of(data) | {
        "days": days, "landmark": data.landmark, "contrast": contrast[0], "contrast_words": contrast[1], "outcome_kind": "kept",
        "outcome_label": f"Customers kept {days:g} {data.outcome.unit}", "outcome_phrase": f"customers kept {days:g} {data.outcome.unit}",
        "outcome_unit": data.outcome.unit, "unit": "of 1,000", "clusters": int(main["clusters"]), "cluster_word": cluster_word(data),
        "kept_without": main["kept_without"], "kept_with": main["kept_with"],
    }  # fmt: skip


def doubts(data: Data, case: Case, events: int, *, held: bool) -> list[Check]:
    """Return the checks on clusters, confounders, events per column and assignment."""
    clusters = min(len(np.unique(way)) for way in case.clusters)
    found = [few_clusters(clusters, cluster_word(data))]
    if not held and data.question.design == "observed":
        found.append(Check("confounders", "doubt", "No confounder is declared: what lies behind both cannot be told apart.", "suggestive"))
    columns = len(columns_of(case, "adjusted"))
    if events < FEW_EVENTS * columns:
        said_so = f"{events} customers left, for {columns} columns: fewer than {FEW_EVENTS} each carry intervals that are too narrow."
        found.append(Check("events", "doubt", said_so, "suggestive"))
    return [*found, *filter(None, [assigned(data)]), *sides(data)]
