"""Does a report claim anything where nothing is there, and is a lever of twice `worth` called? Whole default editions, in process.

    python benchmarks/nulls.py                 200 companies without any effect, two processes
    python benchmarks/nulls.py --times 20      fewer
    python benchmarks/nulls.py --levers        companies with levers of twice `worth` instead

A company without any effect is a simulated one in which every planted effect is zero and all that is said (answers, ratings, comments) is
drawn anew, apart from the waits, teams, journeys, orders, plans and from each other. Customers still lean to high or low answers, so that
answers of one customer are alike; hard requests are still slow; the silent still differ in plan. So every comparison of the default
edition is null. Each edition is the code cells of its notebooks, run one after the other with the parameters of the edition, then
looked at among all looks as `publish` does.

A false claim is any sentence or picture of an edition that is still "clear" or "suggestive" after that, any claim of the register that is
"supported", and any title of a picture of levels that says that one stands out. That nothing worth acting on is there ("negligible") is
true here and counts as no claim; so do rows, levels and months that are described, and what the register calls contradicted.
"""

import argparse
import ast
import gc
import sys
import time
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cxresearch.ask.errors import ResearchError
from cxresearch.conclude.finding import Finding
from cxresearch.conclude.looks import Looks, looks_at
from cxresearch.load.simulate import simulate
from cxresearch.load.simulate_experience import MIDDLE_NPS, _graded, answers
from cxresearch.load.simulate_service import Truth

HOME = Path(__file__).parents[1]
NOTHING = Truth(
    nps_per_doubling=0.0, kept_per_doubling=0.0, kept_per_point=0.0, nps_per_transfer=0.0, nps_per_reopen=0.0, nps_journey_failed=0.0,
    nps_proactive=0.0, nps_teams=(0.0,) * 6, nps_policy=0.0, difficulty_on_nps=0.0, difficulty_on_leaving=0.0,
)  # fmt: skip
CUSTOMERS, MOST, PERIOD = 2_000, 17, "2024-Q3..2025-Q2"
# Levers of twice what is worth acting on (2 points of NPS, 1 of 100 customers kept), and what their reports must claim.
LEVERS = Truth(nps_per_doubling=6.06, kept_per_doubling=0.02, kept_per_point=0.0, nps_policy=4.0)
CALLED = {
    "03_speed": ("halving the wait goes with NPS", "effect", "NPS"),
    "07_retention": ("halving the wait goes with customers kept", "hazard", "kept"),
    "11_change": ("the policy of 1 April", "change", "NPS"),
}
RATINGS = ("agent_kind", "agent_skill", "product_works", "product_easy", "process_simple", "process_clear")


def speechless(folder: Path, seed: int) -> Path:
    """Draw anew what is said, so that it goes with nothing but who says it."""
    rng, path = np.random.default_rng([seed, 77]), folder / "surveys.parquet"
    table = pq.read_table(path)
    kind, answered = table["kind"].to_numpy(zero_copy_only=False), pc.is_valid(table["score"]).to_numpy(zero_copy_only=False)
    who = np.unique(table["customer_id"].to_numpy(zero_copy_only=False), return_inverse=True)[1]
    mean = MIDDLE_NPS + rng.uniform(-6, 6, who.max() + 1)[who]
    score = np.select([kind == "nps", kind == "csat"], [answers(rng, mean), _graded(rng, mean, 5)], _graded(rng, mean, 7))
    made = {"score": pa.array(score.astype(float), mask=~answered)}
    spoke = np.flatnonzero((kind == "nps") & answered)
    for name in (*RATINGS, "comment"):
        values = table[name].to_numpy(zero_copy_only=False).copy()
        values[spoke] = values[rng.permutation(spoke)]
        blank = np.array([value is None or value != value for value in values])
        made[name] = pa.array(values, table[name].type, mask=blank)
    for name, values in made.items():
        table = table.set_column(table.schema.get_field_index(name), name, values.cast(table[name].type))
    pq.write_table(table, path)
    return folder


def shown(path: Path, params: dict[str, Any]) -> list[Any]:
    """Run the code cells of a notebook in this process and return what their last lines show."""
    space: dict[str, Any] = {}
    nouns = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        body = ast.parse(cell.source).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), str(path), "exec"), space)
        if "parameters" in cell.metadata.get("tags", []):
            space |= {name: value for name, value in params.items() if name in space}
        if last is not None:
            nouns.append(eval(compile(ast.Expression(last.value), str(path), "eval"), space))
    return nouns


def edition(study: Path) -> tuple[list[tuple[str, Any]], list[str]]:
    """Return notebook and noun of everything that the default edition shows, and the notebooks that failed."""
    said, failed = [], []
    for path in sorted((HOME / "notebooks").glob("[01]*.ipynb")):
        if path.stem == "00_summary":
            continue
        try:
            said += [(path.stem, noun) for noun in shown(path, {"study": str(study), "period": PERIOD})]
        except ResearchError as error:
            failed.append(f"{path.stem}: {error}")
    return said, failed


def claimed(said: list[tuple[str, Any]]) -> tuple[list[str], Looks]:
    """Return what the edition still claims among all its looks."""
    marks = {noun.of: noun.p for _, noun in said if getattr(noun, "of", "") and noun.p is not None}
    looks = looks_at(marks.values())
    found = []
    for name, noun in said:
        if isinstance(noun, Finding):
            told = noun.among(looks)
            supported = told.method == "claims" and told.strength == "described" and "supported" in str(told.facts["verdicts"])
            if told.strength in ("clear", "suggestive") or supported:
                found.append(f"{name} {told.method} {told.strength}: {told.headline}")
        elif type(noun).__name__ == "Figure":
            level = noun.p is None and "stands out" not in noun.title and " than for " in noun.title
            if level or (noun.modest and looks.keep(noun.p)):
                found.append(f"{name} figure: {noun.title}")
    return found, looks


def called(said: list[tuple[str, Any]]) -> list[str]:
    """Return which levers the edition still calls, clear or suggestive, among all its looks."""
    looks = looks_at({noun.of: noun.p for _, noun in said if getattr(noun, "of", "") and noun.p is not None}.values())
    found = []
    for name, (lever, method, outcome) in CALLED.items():
        told = [noun.among(looks) for place, noun in said if place == name and isinstance(noun, Finding) and noun.method == method]
        right = [one for one in told if outcome in one.headline and (one.estimate or 0) > 0]
        found += [lever] if any(one.strength in ("clear", "suggestive") for one in right) else []
    return found


def company(truth: Truth, silent: bool, seed: int) -> dict[str, Any]:
    """One company: what its edition claims."""
    warnings.simplefilter("ignore")
    gc.set_threshold(100_000, 50, 100)
    began = time.process_time()
    with TemporaryDirectory() as folder:
        made = simulate(Path(folder) / "demo", seed=seed, customers=CUSTOMERS if silent else 10 * CUSTOMERS, truth=truth)
        said, failed = edition(speechless(made, seed) if silent else made)
        found, looks = claimed(said)
        single = [f"{name} {noun.method}" for name, noun in said if isinstance(noun, Finding) and noun.modest]
    return {
        "claims": found,
        "called": called(said),
        "looks": looks,
        "failed": failed,
        "single": single,
        "seconds": time.process_time() - began,
        "seed": seed,
    }


def nulls(times: int, first: int) -> int:
    """Print how many editions of companies without effects claim something; return 1 where they are too many."""
    with ProcessPoolExecutor(2) as pool:
        made = []
        for one in pool.map(partial(company, NOTHING, True), range(first, first + times)):
            made.append(one)
            print(one["seed"], one["looks"], f"{one['seconds']:.0f} s", one["claims"], one["single"], file=sys.stderr, flush=True)
    false = [one for one in made if one["claims"]]
    for one in false:
        print(f"company {one['seed']}: {'; '.join(dict.fromkeys(one['claims']))}")
    for text, number in Counter(text for one in made for text in one["failed"]).items():
        print(f"did not run in {number}: {text}")
    single = Counter(text for one in made for text in one["single"])
    looks = np.mean([one["looks"].count for one in made])
    print(f"{times} simulated companies of {CUSTOMERS:,} customers without any effect, seeds {first} to {first + times - 1}")
    print(f"{looks:.1f} looks each; {sum(bool(one['single']) for one in made)} would claim something if each look stood alone: "
          + ", ".join(f"{name} {number}" for name, number in single.most_common()))  # fmt: skip
    print(f"editions with any false claim: {len(false)} of {times} (5 of 100 expected at most; at most {MOST} of 200)")
    print(f"{np.mean([one['seconds'] for one in made]):.0f} s of one processor each")
    return int(len(false) > MOST * times / 200 + (2 if times < 100 else 0))


def levers(times: int, first: int) -> int:
    """Print how often each lever of twice `worth` is called; return 1 where one is missed too often."""
    with ProcessPoolExecutor(2) as pool:
        made = list(pool.map(partial(company, LEVERS, False), range(first, first + times)))
    print(f"{times} simulated companies of {10 * CUSTOMERS:,} customers with levers of twice what is worth acting on")
    missed = 0
    for lever, *_ in CALLED.values():
        number = sum(lever in one["called"] for one in made)
        missed += number < 0.8 * times
        print(f"{lever:<50} called in {number} of {times}")
    return int(missed > 0)


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=200, help="companies")
    parser.add_argument("--first", type=int, default=1, help="first seed")
    parser.add_argument("--levers", action="store_true", help="companies with levers of twice worth instead")
    asked = parser.parse_args()
    return (levers if asked.levers else nulls)(asked.times, asked.first)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())
