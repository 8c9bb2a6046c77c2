"""From many contacts to a speed curve on one machine: link, effect, curve and drivers, beside the same link by pandas and polars.

    python benchmarks/scale.py                      1, 10 and 100 million contacts
    python benchmarks/scale.py --contacts 1000      so many million (1,000: about 31 GB of Parquet; the disk is asked first)
    python benchmarks/scale.py --contacts 1 10 --no-peers

A company is written to Parquet by DuckDB, in files of five million contacts: one customer for every ten contacts, one survey for every
twenty. Answers follow the last contact of the thirty days before them. Ours opens the study (contracts included: every row of every
table is held against its rules), links with the window of thirty days, and fits effect, curve and drivers. The peers do the link only:
the last contact of each customer in the thirty days before the answer, from the same files.

Files that were just written lie in memory, as long as they fit: a billion contacts do not. So ours is timed twice, with the files as they
are and after the system was told to forget them; only the second compares across all sizes.
"""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter

from results import child, environment, section, this

STUDY = """\
name = "scale"
title = "A company of {contacts} contacts"
timezone = "UTC"
observed_until = 2026-01-01

[worth]
nps = 2.0

[roles]
difficulty = "confounder"
weekend = "confounder"

[scales.nps]
low = 0
high = 10

[scales.rating]
low = 1
high = 5
columns = ["polite", "skilled", "works", "easy"]

[blocks]
people = ["polite", "skilled"]
product = ["works", "easy"]

[ask.speed]
outcome = "nps"
exposure = "first_response_hours"
adjust_for = ["difficulty", "weekend"]
window = "30D"

[ask.drivers]
outcome = "nps"
drivers = ["polite", "skilled", "works", "easy"]

[tables.contacts]
file = "contacts/*.parquet"
keep = ["difficulty", "weekend"]

[tables.surveys]
file = "surveys/*.parquet"
keep = ["polite", "skilled", "works", "easy"]
"""
CONTACTS = """
COPY (SELECT 'k' || i AS contact_id, 'c' || (hash(i) % {customers}) AS customer_id,
    TIMESTAMP '2025-01-01' + INTERVAL 1 SECOND * (hash(i + 7) % 31000000) AS opened_at,
    opened_at + INTERVAL 1 SECOND * (600 + hash(i + 11) % 90000) AS first_response_at,
    (hash(i + 13) % 1000) / 1000.0 AS difficulty, (hash(i + 17) % 7 > 4)::INTEGER AS weekend
  FROM range({first}, {last}) t(i)) TO '{file}' (FORMAT PARQUET)
"""
SURVEYS = """
COPY (SELECT 's' || i AS response_id, 'c' || (hash(i + 23) % {customers}) AS customer_id, 'nps' AS kind,
    TIMESTAMP '2025-02-01' + INTERVAL 1 SECOND * (hash(i + 29) % 28000000) AS invited_at, invited_at + INTERVAL 1 HOUR AS answered_at,
    1 + hash(i + 31) % 5 AS polite, 1 + hash(i + 37) % 5 AS skilled, 1 + hash(i + 41) % 5 AS works, 1 + hash(i + 43) % 5 AS easy,
    least(10, greatest(0, 3 + polite / 2 + works + (hash(i + 47) % 400) / 100.0 - 1))::INTEGER AS score
  FROM range({first}, {last}) t(i)) TO '{file}' (FORMAT PARQUET)
"""
CHUNK = 5_000_000
ROOM = 50e9  # bytes of disk for a billion contacts, and for what does not fit into memory
MEMORY = 300  # million contacts whose files stay in it
PANDAS = """
import json, sys
from time import perf_counter
import pandas as pd
began = perf_counter()
contacts = pd.read_parquet(sys.argv[1] + "/contacts").sort_values("opened_at")
surveys = pd.read_parquet(sys.argv[1] + "/surveys").sort_values("answered_at")
linked = pd.merge_asof(surveys, contacts, left_on="answered_at", right_on="opened_at", by="customer_id",
    tolerance=pd.Timedelta("30D"), allow_exact_matches=False).dropna(subset=["opened_at"])
print(json.dumps({"seconds": perf_counter() - began, "rows": len(linked)}))
"""
POLARS = """
import json, sys
from time import perf_counter
import polars as pl
began = perf_counter()
contacts = pl.scan_parquet(sys.argv[1] + "/contacts/*.parquet").sort("opened_at")
surveys = pl.scan_parquet(sys.argv[1] + "/surveys/*.parquet").sort("answered_at")
linked = surveys.join_asof(contacts, left_on="answered_at", right_on="opened_at", by="customer_id", strategy="backward",
    tolerance="30d", allow_exact_matches=False).filter(pl.col("opened_at").is_not_null()).select(pl.len()).collect(engine="streaming")
print(json.dumps({"seconds": perf_counter() - began, "rows": linked.item()}))
"""


def make(folder: str, millions: str) -> None:
    """Write the company."""
    import duckdb

    home, contacts = Path(folder), int(float(millions) * 1e6)
    customers, surveys = contacts // 10, contacts // 20
    connection = duckdb.connect()
    for name, text, many in (("contacts", CONTACTS, contacts), ("surveys", SURVEYS, surveys)):
        (home / name).mkdir(parents=True)
        for part, first in enumerate(range(0, many, CHUNK)):
            file = home / name / f"{part:04d}.parquet"
            said = text.format(customers=customers, first=first, last=min(first + CHUNK, many), file=file)
            connection.execute(said)
    (home / "study.toml").write_text(STUDY.format(contacts=f"{contacts:,}"))
    print(json.dumps({"bytes": sum(path.stat().st_size for path in home.rglob("*.parquet"))}))


def ours(folder: str) -> None:
    """Time the parts of the whole way."""
    import cxresearch as cx

    began = perf_counter()
    parts: dict[str, float] = {}

    def lap(name: str) -> None:
        parts[name] = perf_counter() - began - sum(parts.values())

    study = cx.open_study(folder)
    data = cx.link(study, cx.pose(study, "speed"))
    lap("open and link")
    speed = cx.effect(data, contrast="halving")
    lap("effect")
    cx.dose_response(data)
    lap("curve")
    cx.drivers(cx.link(study, cx.pose(study, "drivers")))
    lap("drivers")
    print(json.dumps({"seconds": perf_counter() - began, "rows": int(speed.row("adjusted").n), "parts": parts}))


def forgotten(folder: Path) -> None:
    """Have the system forget what it holds of the files in memory."""
    os.sync()
    for path in folder.rglob("*.parquet"):
        handle = os.open(path, os.O_RDONLY)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


def measured(millions: float, peers: dict[str, tuple[str, str]]) -> list[dict[str, str]]:
    """Return the rows of the table for one size; its files are gone afterwards."""
    folder = Path(mkdtemp(prefix="cxresearch-scale-"))
    if shutil.disk_usage(folder).free < ROOM * millions / 1000:
        raise SystemExit(
            f"{millions:g} million contacts need {ROOM * millions / 1e12:.1f} GB of disk in {folder.parent}: free some, or ask for fewer."
        )
    try:
        made = child(*this(__file__, "make", str(folder / "study"), str(millions)))
        rows = []
        for what in ("ours: link, effect, curve, drivers", "ours, from disk")[millions > MEMORY :]:
            if what.endswith("disk"):
                forgotten(folder)
            own = child(*this(__file__, "ours", str(folder / "study")))
            told = ", ".join(f"{name} {seconds:.1f}" for name, seconds in own["parts"].items())
            rows.append(_row(millions, what, own, f"{told}; {made['bytes'] / 1e9:.1f} GB of Parquet"))
        for name, (python, program) in peers.items():
            try:
                found = child(python, "-c", program, str(folder / "study"))
                rows.append(_row(millions, f"{name}: the link alone", found, ""))
            except SystemExit as error:
                rows.append(
                    _row(
                        millions,
                        f"{name}: the link alone",
                        None,
                        str(error).strip().splitlines()[-1][:80] if str(error).strip() else "died",
                    )
                )
        return rows
    finally:
        shutil.rmtree(folder)


def _row(millions: float, what: str, found: dict | None, note: str) -> dict[str, str]:
    said = {"seconds": f"{found['seconds']:.1f}", "peak MB": f"{found['peak']:,.0f}", "linked": f"{found['rows']:,}"} if found else {}
    return {
        "million contacts": f"{millions:g}",
        "what": what,
        **{key: said.get(key, "failed") for key in ("seconds", "peak MB", "linked")},
        "note": note,
    }


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=float, nargs="+", default=[1, 10, 100], help="millions")
    parser.add_argument("--no-peers", action="store_true", help="ours alone")
    asked = parser.parse_args()
    home = Path(mkdtemp(prefix="cxresearch-peers-"))
    try:
        peers = {}
        if not asked.no_peers:
            python = environment(home, ("pandas", "pyarrow", "polars"))
            peers = {"pandas": (python, PANDAS), "polars": (python, POLARS)}
        rows = [row for millions in asked.contacts for row in measured(millions, peers)]
    finally:
        shutil.rmtree(home)
    section("Scale: from contacts to a curve" + ("" if asked.contacts != [1000] else ", a billion"), rows, "`benchmarks/scale.py`.")


if __name__ == "__main__":
    {"make": make, "ours": ours}.get(sys.argv[1] if len(sys.argv) > 1 else "", lambda *_: main())(*sys.argv[2:])
