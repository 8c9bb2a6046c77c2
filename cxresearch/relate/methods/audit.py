"""What data is here, what was set aside, what is missing."""

from typing import Any

import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.question import Question
from cxresearch.ask.study import Study
from cxresearch.load.opened import tables_of
from cxresearch.relate.method import of_study
from cxresearch.relate.relation import Relation


@of_study
def audit(study: Study) -> Relation:
    """Count what was read, what broke a rule and was quarantined, and what is blank or missing.

    Parameters
    ----------
    study : Study
        From `open_study`.

    Returns
    -------
    Relation
        `estimates`: term = table, level = rows | quarantined | blank | missing, `detail` = rule or column, `estimate` = share of the
        table's rows, `n` = count. Nothing is estimated, so `low` and `high` are missing.
    """
    tables = tables_of(study)
    found = tables.audit
    estimates = pd.DataFrame({
        "term": found["table"], "level": found["thing"], "estimate": found["n"] / found["of"].where(found["of"] > 0),
        "low": np.nan, "high": np.nan, "n": found["n"], "detail": found["detail"],
    })  # fmt: skip
    facts: dict[str, Any] = {
        "study": study.title,
        "tables": {row.table: int(row.n) for row in found.itertuples() if row.thing == "rows"},
        "fingerprint": tables.fingerprint,
    }
    facts |= {
        "quarantined": int(found.loc[found["thing"] == "quarantined", "n"].sum()),
        "read": int(found.loc[found["thing"] == "rows", "of"].sum()),
    }
    return Relation("audit", Question(outcome="rows", design=study.design), estimates, None, (_set_aside(facts),), {}, facts)


def _set_aside(facts: dict[str, Any]) -> Check:
    share = facts["quarantined"] / facts["read"] if facts["read"] else 0.0
    status = "failed" if share > 0.3 else "doubt" if share > 0.05 else "passed"
    return Check("quarantine", status, f"{facts['quarantined']:,} of {facts['read']:,} rows broke a rule and were set aside ({share:.2%}).")
