"""What does one more month cost, where twenty-four are kept?

    python benchmarks/months.py                 a company with 5 million contacts in 25 months
    python benchmarks/months.py --contacts 25   so many million

The study is opened before anything is timed: contracts and fingerprints of whole tables are the same for every way. "All at once" is link
and `effect` over 25 months; "from nothing" the same by `over_months`, which keeps every month; "one more" what it takes where 24 are kept.
"""

import argparse
import json
import shutil
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter

from results import child, section, this

STUDY = """\
name = "months"
title = "A company of many months"
timezone = "Europe/Berlin"
observed_until = 2026-02-01
worth = { nps = 2.0 }
scales.nps = { low = 0, high = 10 }
roles = { difficulty = "confounder", weekend = "confounder" }

[ask.speed]
outcome = "nps"
exposure = "first_response_hours"
adjust_for = ["difficulty", "weekend"]
window = "30D"

[tables.contacts]
file = "contacts.parquet"
keep = ["difficulty", "weekend"]

[tables.surveys]
file = "surveys.parquet"
"""
CONTACTS = """
COPY (SELECT 'k' || i AS contact_id, 'c' || (hash(i) % {customers}) AS customer_id,
    TIMESTAMP '2023-12-01' + INTERVAL 1 SECOND * (hash(i + 7) % 68000000) AS opened_at,
    opened_at + INTERVAL 1 SECOND * (600 + hash(i + 11) % 90000) AS first_response_at,
    (hash(i + 13) % 1000) / 1000.0 AS difficulty, (hash(i + 17) % 7 > 4)::INTEGER AS weekend
  FROM range({many}) t(i) ORDER BY opened_at) TO '{file}' (FORMAT PARQUET)
"""
SURVEYS = """
COPY (SELECT 's' || i AS response_id, 'c' || (hash(i + 23) % {customers}) AS customer_id, 'nps' AS kind,
    TIMESTAMP '2024-01-01' + INTERVAL 1 SECOND * (hash(i + 29) % 65000000) AS invited_at, invited_at + INTERVAL 1 HOUR AS answered_at,
    least(10, greatest(0, 4 + (hash(i + 47) % 700) / 100.0))::INTEGER AS score
  FROM range({many}) t(i) ORDER BY answered_at) TO '{file}' (FORMAT PARQUET)
"""
FIRST, ALL = "2024-01..2025-12", "2024-01..2026-01"


def make(folder: str, millions: str) -> None:
    """Write the company: one customer for every ten contacts, one survey for every ten."""
    import duckdb

    home, contacts = Path(folder), int(float(millions) * 1e6)
    home.mkdir(parents=True)
    for name, text, many in (("contacts", CONTACTS, contacts), ("surveys", SURVEYS, contacts // 10)):
        duckdb.execute(text.format(customers=contacts // 10, many=many, file=home / f"{name}.parquet"))
    (home / "study.toml").write_text(STUDY)
    print("{}")


def ours(folder: str) -> None:
    """Time the three ways; the answers must be equal."""
    import cxresearch as cx

    study, kept = cx.open_study(folder), Path(folder) / "kept"
    question = cx.pose(study, "speed")

    def timed(work):
        began = perf_counter()
        found = work()
        return perf_counter() - began, found

    over = lambda period, folder: cx.methods.over_months(study, question, period=period, contrast="halving", folder=folder)  # noqa: E731
    opened, _ = timed(lambda: cx.link(study, question, period="2024-01"))
    whole, one = timed(lambda: cx.effect(cx.link(study, question, period=ALL), contrast="halving"))
    nothing, two = timed(lambda: over(ALL, None))
    first, _ = timed(lambda: over(FIRST, kept))
    more, three = timed(lambda: over(ALL, kept))
    rows = [found.row("adjusted") for found in (one, two, three)]
    apart = max(abs(float(row.estimate) / float(rows[0].estimate) - 1) for row in rows)
    ratio = float(rows[2].std_error) / float(rows[0].std_error)
    told = {"opened": opened, "whole": whole, "nothing": nothing, "first": first, "more": more}
    print(json.dumps({**told, "rows": int(rows[0].n), "apart": apart, "ratio": ratio}))


def main() -> None:
    """Measure, print and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=float, default=5, help="millions")
    asked = parser.parse_args()
    folder = Path(mkdtemp(prefix="cxresearch-months-"))
    try:
        child(*this(__file__, "make", str(folder / "study"), str(asked.contacts)))
        found = child(*this(__file__, "ours", str(folder / "study")))
    finally:
        shutil.rmtree(folder)
    ways = (
        ("the study opened and its first month linked", "opened"),
        ("all at once: link and `effect` over 25 months", "whole"),
        ("from nothing: `over_months`, 25 months", "nothing"),
        ("24 months kept", "first"),
        ("one more month, 24 are kept", "more"),
    )
    share = lambda key, of: f"{found[key] / found[of]:.1%}"  # noqa: E731
    rows = [
        {"what": what, "seconds": f"{found[key]:.2f}", "of all at once": share(key, "whole"), "of nothing": share(key, "nothing")}
        for what, key in ways
    ]
    notes = f"""
`benchmarks/months.py`: {asked.contacts:g} million contacts, {found["rows"]:,} linked answers. The estimates of all ways differ by
{found["apart"]:.0e} at most; the error from buckets is {found["ratio"]:.3f} of the exact one. Peak {found["peak"]:,.0f} MB.
"""
    section("One more month", rows, notes)


if __name__ == "__main__":
    import sys

    parts = {"make": make, "ours": ours}
    parts[sys.argv[1]](*sys.argv[2:]) if sys.argv[1:2] and sys.argv[1] in parts else main()
