"""Where does the time of a report go, and that of a large study?

    python benchmarks/hotspots.py

The report is 03_speed of a demonstration company, its code cells run in one process that has imported everything, twice; the second time is
profiled. Every function's own time is counted for the library it stands in; what DuckDB does is the time spent inside its call. The large
study is that of scale.py with ten million contacts: each step is timed beside the least that the machine could do it in, which is DuckDB
reading the same columns from the same files and adding them up.
"""

import argparse
import ast
import json
import shutil
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from time import perf_counter

from results import child, section, this

HOME = Path(__file__).parents[1]
ROOMS = ("duckdb", "ibis", "sqlglot", "matplotlib", "pandas", "numpy", "scipy", "cxresearch")
LEAST = {
    "read the columns of the link": "SELECT count(customer_id), sum(epoch(opened_at)), sum(epoch(first_response_at)), sum(difficulty) FROM "
    "'{folder}/contacts/*.parquet'",
    "read every column": "SELECT bit_xor(hash(COLUMNS(*))) FROM '{folder}/contacts/*.parquet'",
    "count distinct ids": "SELECT count(DISTINCT contact_id) FROM '{folder}/contacts/*.parquet'",
}


def report(folder: str) -> None:
    """Profile the cells of a report."""
    import cProfile
    import pstats

    import nbformat

    from cxresearch.conclude.show import mimebundle
    from cxresearch.load.simulate import simulate

    study = simulate(Path(folder) / "demo", seed=1)
    notebook = nbformat.read(HOME / "notebooks" / "03_speed.ipynb", as_version=4)
    cells = [ast.parse(cell.source).body for cell in notebook.cells if cell.cell_type == "code"]

    def run() -> float:
        space: dict = {}
        began = perf_counter()
        for body in cells:
            shown = isinstance(body[-1], ast.Expr)
            exec(compile(ast.Module(body[:-1] if shown else body, []), "cell", "exec"), space)
            if "study" in space and "source" not in space:
                space["study"] = str(study)
            if shown:
                mimebundle(eval(compile(ast.Expression(body[-1].value), "cell", "eval"), space))
        return perf_counter() - began

    run()
    seconds, profile = run(), cProfile.Profile()
    profile.runcall(run)
    own = Counter()
    for (file, _, name), (_, _, spent, _, _) in pstats.Stats(profile).stats.items():
        room = next((each for each in ROOMS if f"/{each}/" in file), "Python itself")
        own["duckdb" if "duckdb" in name else room] += spent
    whole = sum(own.values())
    print(json.dumps({"seconds": seconds, "shares": {name: spent / whole for name, spent in own.most_common()}}))


def large(folder: str) -> None:
    """Time the steps of a large study, and the least for each."""
    import duckdb

    import cxresearch as cx
    from cxresearch.load.opened import tables_of

    steps: dict[str, float] = {}

    def timed(name: str, work):
        began = perf_counter()
        found = work()
        steps[name] = perf_counter() - began
        return found

    for name, text in LEAST.items():
        timed(f"least: {name}", lambda text=text: duckdb.execute(text.format(folder=folder)).fetchall())
    study = cx.open_study(folder)
    timed("open: types, rules, ids once each, fingerprint", lambda: tables_of(study))
    data = timed("link, thirty days before each answer", lambda: cx.link(study, cx.pose(study, "speed")))
    timed("effect", lambda: cx.effect(data, contrast="halving"))
    timed("curve", lambda: cx.dose_response(data))
    print(json.dumps({"steps": steps}))


def main() -> None:
    """Measure and write the section."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with TemporaryDirectory() as home:
        one = child(*this(__file__, "report", home))
    folder = Path(mkdtemp(prefix="cxresearch-profile-"))
    try:
        child(*this(str(Path(__file__).with_name("scale.py")), "make", str(folder / "study"), "10"))
        many = child(*this(__file__, "large", str(folder / "study")))
    finally:
        shutil.rmtree(folder)
    rows = [
        {"of": f"a report, {one['seconds']:.1f} s of cells", "where": name, "share or seconds": f"{share:.0%}"}
        for name, share in one["shares"].items()
        if share >= 0.01
    ]
    rows += [{"of": "10 million contacts", "where": name, "share or seconds": f"{spent:.2f} s"} for name, spent in many["steps"].items()]
    section("Profile: where the time goes", rows, NOTES)


NOTES = """
`benchmarks/hotspots.py`. In a report the engine is a small part: most of the time goes into writing queries (ibis builds a tree of objects
for every sum, sqlglot turns it into text) and into drawing. What a query costs grows with how deep the table lies that it asks: linked rows
and designs of up to 500,000 rows are written down, which halved the time of all queries of a report (2.5 to 1.3 s). Also tried and kept:
queries are sent nested as they were built (ibis' fusing of selects took a third), garbage is looked for more rarely, views name what is
long, kernels are forked from a process that has imported everything and has rehearsed a query and a picture, the notebook is saved once (it
was saved forty times, a seventh of a report). Around the reports of an edition: one such process for all workers (each had its own),
workers that import while the edition is planned, pages whose words change exported by them and not by the command, templates read once, a
kernel that is ready when it has answered (jupyter_client waits for a fifth of a second of silence) and is spoken to once it listens (zmq
tries again only after a tenth), a study that a second report reads opened once and taken over by every kernel forked later while its files
stay as they are (0.35 s a report), processes that end without taking Python apart (0.15 s a report, and half a second for the command), no
search for garbage while importing, pages, plans and index that need neither ibis nor pandas, scipy or seaborn, and tails of distributions
from scipy.special (scipy.stats took a third of a second in every process). Not done: SQL written by hand for the sums, which would save
about 0.04 s a fit and cost the other engines; only the columns that a question names in a link (a fifth of its time, and every name would
have to be known before its table is read); whole numbers in place of texts as clusters (a seventh of a fit of 2 million rows, but buckets
must stay the same from month to month). What is left of an edition is its cells: the kernels and all around them take a tenth of a report,
starting and ending a sixth of an edition of 24.

For large data the limit is memory traffic and decoding; hashing and telling apart the ids takes most of opening. Tried and kept: sound
rows, ids and fingerprint in one pass over each table (they were three); ids that rise, as numbers do that are counted up, are known to be
once each in half the time and without memory; others are told apart by their hashes, and by themselves only where two hashes are equal; the
fingerprint hashes values as they are (it wrote them out as text: seven times slower); local times become UTC by comparing with the few
changes of the clock (DuckDB's table of time zones took 0.17 seconds for a million times, evaluated anew in every rule: a link over 5
million contacts in local time went from 6.4 to 1.2 s); linked rows lie in order of their clusters, which halves every sum by customer;
within-customer sums without windows; as much memory as the data have bytes, a quarter of the machine at most (what does not fit goes to
disk); of the answers only customer and time go into the join with all contacts, for the last contact depends on nothing else (with 600 MB
for 100 million contacts the link takes 13 s, it took 18). Of a link to 100 million contacts, half is the join by customers' ids and a
quarter decoding. Tried and left: ids told apart in several passes, each a share of the hashes (twice as slow); a design of millions of rows
written down (costs more than it saves); ASOF joins (twice as slow as the window); hashes in place of ids in the join (24 s for 14 under
pressure: DuckDB then has no Bloom filter of the ids to read the files with); the contacts of all windows written down first (runs out of
memory where the one query does not). From 100 million contacts to a billion, time grows faster than rows, by about a half. It is not the
disk: with files that the system was told to forget, 100 million take as long. It is processor time: a bare sum by 26 million texts, all of
it in memory, takes DuckDB 14 times as long as one by 2.6 million, as tables outgrow what the processor keeps near, and as pages of memory
are given back and taken again. Memory that is kept (`block_allocator_memory`) saves a tenth of that under a limit, and was left: an open
notebook would never give it back.
"""

if __name__ == "__main__":
    parts = {"report": report, "large": large}
    parts[sys.argv[1]](*sys.argv[2:]) if sys.argv[1:2] and sys.argv[1] in parts else main()
