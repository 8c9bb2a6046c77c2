"""What data is here, what was set aside, what is missing, and whether the months look as months should."""

from typing import Any

import numpy as np
import pandas as pd

from cxresearch.ask.check import Check, percent_of
from cxresearch.ask.question import Question
from cxresearch.ask.study import Study
from cxresearch.load.coverage import links, months
from cxresearch.load.opened import tables_of
from cxresearch.relate.method import of_study
from cxresearch.relate.relation import Relation

NEAR, FEWEST, NAMED = 2, 6, 3


@of_study
def audit(study: Study) -> Relation:
    """Count what was read, what broke a rule and was quarantined, what is blank or missing, what finds its match, and rows by month.

    Parameters
    ----------
    study : Study
        From `open_study`.

    Returns
    -------
    Relation
        `estimates`: term = table, level = rows | quarantined | blank | missing | linked, `detail` = rule or column, `estimate` = share of
        the table's rows, `n` = count. Nothing is estimated, so `low` and `high` are missing. `curve`: rows by month, term = table, `odd` =
        "" | few | many: less than half, or more than twice, the middle of the months around it. None where no table has dates.

    Examples
    --------
    >>> monthly = pd.DataFrame({"term": "contacts", "x": pd.period_range("2025-01", periods=8, freq="M").to_timestamp()})
    >>> odd_months(monthly.assign(n=[90, 100, 110, 20, 100, 95, 105, 10]))["odd"].tolist()
    ['', '', '', 'few', '', '', '', '']
    """
    tables = tables_of(study)
    found = pd.concat([tables.audit, links(tables.clean)], ignore_index=True)
    estimates = pd.DataFrame({
        "term": found["table"], "level": found["thing"], "estimate": found["n"] / found["of"].where(found["of"] > 0),
        "low": np.nan, "high": np.nan, "n": found["n"], "detail": found["detail"],
    })  # fmt: skip
    facts: dict[str, Any] = {
        "study": study.title,
        "labels": dict(study.labels),
        "disclosure_limit": study.disclosure_limit,
        "tables": {row.table: int(row.n) for row in found.itertuples() if row.thing == "rows"},
        "fingerprint": tables.fingerprint,
    }
    facts |= {
        "quarantined": int(found.loc[found["thing"] == "quarantined", "n"].sum()),
        "read": int(found.loc[found["thing"] == "rows", "of"].sum()),
    }
    curve = odd_months(months(tables))
    checks = [_set_aside(facts), *_unmatched(found), *_odd(curve)]
    question = Question(outcome="rows", design=study.design)
    return Relation("audit", question, estimates, curve if len(curve) else None, tuple(checks), {}, facts)


def odd_months(counted: pd.DataFrame) -> pd.DataFrame:
    """Return months with a mark where one has far fewer or far more rows than those around it; the first and the last may be cut short."""
    parts = []
    for _, rows in counted.groupby("term", sort=False):
        n, odd = rows["n"].to_numpy(dtype=float), [""] * len(rows)
        for at in range(1, len(n) - 1):
            around = np.delete(n[max(0, at - NEAR) : at + NEAR + 1], min(at, NEAR))
            middle = float(np.median(around))
            if len(n) >= FEWEST and n[at] + middle >= 20:
                odd[at] = "few" if n[at] < middle / 2 else "many" if n[at] > 2 * middle else ""
        parts.append(rows.assign(estimate=n, low=np.nan, high=np.nan, odd=odd))
    return pd.concat(parts, ignore_index=True) if parts else counted


def _odd(curve: pd.DataFrame) -> list[Check]:
    if not len(curve):
        return []
    out = curve[curve["odd"] != ""]
    if out.empty:
        return [Check("months", "passed", "No month has far fewer or far more rows than those around it.")]
    named = [f"{row['term']} in {row['x']:%B %Y} ({int(row['n']):,} rows)" for _, row in out.head(NAMED).iterrows()]
    rest = f" and {len(out) - NAMED} more" if len(out) > NAMED else ""
    said = f"Far fewer or far more rows than in the months around: {', '.join(named)}{rest}. Ask whether the record is whole there."
    return [Check("months", "doubt", said)]


def _unmatched(found: pd.DataFrame) -> list[Check]:
    checks = []
    for row in found[found["thing"] == "linked"].itertuples():
        share = 1 - row.n / row.of if row.of else 0.0
        if share > 0.05:
            said = f"{row.table.capitalize()}: {row.of - row.n:,} of {row.of:,} rows are not {row.detail} ({percent_of(share)})."
            checks.append(Check(f"{row.table} linked", "doubt", said.replace("are not with a", "have no")))
    return checks


def _set_aside(facts: dict[str, Any]) -> Check:
    share = facts["quarantined"] / facts["read"] if facts["read"] else 0.0
    status = "failed" if share > 0.3 else "doubt" if share > 0.05 else "passed"
    said = f"{facts['quarantined']:,} of {facts['read']:,} rows broke a rule and were set aside ({percent_of(share)})."
    return Check("quarantine", status, said)
