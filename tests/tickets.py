"""Six tickets of a warehouse, broken in five ways: what study.toml says of them, and what must come of them in every engine."""

import pandas as pd

COLUMNS = """\
keep = ["happy"]
[tables.contacts.columns]
contact_id = "id"
customer_id = "account"
opened_at = "created"
resolved_at = "solved"
transfers = "hands"
sla_met = "met"
"""
COUNTED = [
    ["contacts", "rows", "", 3],
    ["contacts", "quarantined", "text in a numeric column: happy", 1],
    ["contacts", "quarantined", "resolved before opened", 1],
    ["contacts", "quarantined", "contact_id repeated (one row kept)", 1],
    ["contacts", "blank", "happy: coded 6", 2],
    ["contacts", "blank", "happy: empty", 1],
]


def typed(made):
    """Assert that the sound tickets are typed, with times in UTC, from an instant as from what a clock in Berlin showed."""
    contacts = made.clean["contacts"].order_by("contact_id").execute()
    assert contacts["contact_id"].tolist() == ["1", "3", "4"]
    first = contacts.iloc[0]
    assert first["opened_at"] == pd.Timestamp("2024-05-01 08:00"), "an instant"
    assert first["resolved_at"] == pd.Timestamp("2024-05-02 08:00"), "what a clock in the study's zone showed"
    assert (first["transfers"], first["happy"], first["sla_met"]) == (0, 4.0, 1)


def counted(made):
    """Return what was counted, but for what is missing."""
    return made.audit[made.audit["thing"] != "missing"][["table", "thing", "detail", "n"]].to_numpy().tolist()
