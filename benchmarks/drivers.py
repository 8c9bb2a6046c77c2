"""How long does it take to divide what ten drivers explain? Ours beside `dominance-analysis`, on the same rows.

    python benchmarks/drivers.py            all rows of the table; the peer is installed into a temporary folder

100,000 answers of 20,000 customers, drivers that go together. The peer fits every one of 1,023 subsets to the rows, and gives shares
without intervals. Ours is timed in four parts: the rows taken into the engine (once for all methods); the shares alone, from these rows;
`cx.drivers` as it is used, with all checks and R2 held out, with one draw and with 1,000 draws of the customers. Ours are the middle of
several calls after a first one, which is given apart (imports and first use); the peer's is one call after its imports.
"""

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from results import child, environment, section, this, times

PEER = ("dominance-analysis==1.1.9", "numpy<2", "ipython<9")
BY_PEER = """
import json, sys
from time import perf_counter
import numpy as np, pandas as pd
from dominance_analysis import Dominance
with np.load(sys.argv[1]) as kept:
    frame = pd.DataFrame(kept["x"], columns=[f"d{i}" for i in range(kept["x"].shape[1])]).assign(score=kept["score"])
began = perf_counter()
shares = Dominance(data=frame, target="score", objective=1, top_k=frame.shape[1] - 1).incremental_rsquare()
print()
print(json.dumps({"seconds": perf_counter() - began, "shares": {name: float(share) for name, share in shares.items()}}))
"""
ROWS, CUSTOMERS, CALLS = 100_000, 20_000, 7


def make(file: str, drivers: str) -> None:
    """Write the rows: answers of customers who are in a mood, drivers of falling weight."""
    import numpy as np

    random, many = np.random.default_rng(1), int(drivers)
    who = random.integers(0, CUSTOMERS, ROWS)
    mood, habit = random.normal(size=(2, CUSTOMERS))
    x = random.normal(size=(ROWS, many)) + 0.7 * mood[who, None]
    score = x @ np.linspace(0.5, 0.05, many) + 2 * random.normal(size=ROWS) + 0.5 * habit[who]
    np.savez(file, x=x, score=score, who=who)
    print("{}")


def ours(file: str, part: str, draws: str = "0") -> None:
    """Time one part; print seconds (the middle one), the first call, and what was found."""
    import numpy as np
    import pandas as pd

    import cxresearch as cx
    from cxresearch.relate.board import board_of
    from cxresearch.relate.moments import summed
    from cxresearch.relate.shapley import shapley, subset_r2

    with np.load(file) as kept:
        names = [f"d{i}" for i in range(kept["x"].shape[1])]
        frame = pd.DataFrame(kept["x"], columns=names).assign(score=kept["score"], who=kept["who"])
    question = cx.Question(outcome=cx.Mean("score"), drivers=tuple(names))
    load = lambda: cx.from_frame(frame, question, customer="who")  # noqa: E731
    data = load()
    board, _, _ = board_of(data, 0.8)

    def alone() -> np.ndarray:
        return shapley(subset_r2(summed(board.table, board.order).cross[None], board.players()))[:, 0]

    def whole() -> Any:
        return cx.drivers(data, draws=int(draws))

    work = {"load": load, "alone": alone, "whole": whole}[part]
    seconds, found = [], None
    for _ in range(1 + (CALLS if len(names) <= 10 else 2)):
        began = perf_counter()
        found = work()
        seconds.append(perf_counter() - began)
    print(json.dumps({"first": seconds[0], "seconds": times(seconds[1:]), **told(found, names)}))


def told(found: Any, names: list[str]) -> dict[str, Any]:
    """Return the shares, and where orders were sampled the largest error."""
    if not hasattr(found, "estimates"):
        return {"shares": dict(zip(names, found.tolist(), strict=True))} if hasattr(found, "tolist") else {}
    lmg = found.estimates.query("level == 'lmg'").set_index("term")
    sampled = {"error": float(lmg["order_error"].max()), "orders": found.facts["orders"]} if "order_error" in lmg else {}
    return {"shares": lmg["estimate"].to_dict()} | sampled


def row(what: str, found: dict[str, Any], against: float | None = None) -> dict[str, str]:
    """Return a row of the table."""
    first, ratio = f"{found['first']:.2f}" if "first" in found else "", f"{against / found['seconds']:.0f}" if against else ""
    seconds, peak = f"{found['seconds']:.3f}", f"{found['peak']:.0f}"
    return {"what": what, "seconds": seconds, "times faster": ratio, "first call": first, "peak MB": peak}


def main() -> None:
    """Measure, print and write the section."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = {many: str(folder / f"rows{many}.npz") for many in (10, 15, 20)}
        for many, file in files.items():
            child(*this(__file__, "make", file, str(many)))
        run = lambda many, *words: child(*this(__file__, "ours", files[many], *words))  # noqa: E731
        peer = child(environment(folder / "peer", PEER), "-c", BY_PEER, files[10])
        load, alone, whole, drawn = run(10, "load"), run(10, "alone"), run(10, "whole", "1"), run(10, "whole", "1000")
        fifteen, twenty = run(15, "whole", "200"), run(20, "whole", "200")
    apart = max(abs(alone["shares"][each] - share) for each, share in peer["shares"].items())
    rows = [
        row("`dominance-analysis` 1.1.9, 10 drivers: shares", peer),
        row("ours, 10 drivers: shares alone", alone, peer["seconds"]),
        row("ours: `cx.drivers` with all checks, 1 draw", whole, peer["seconds"]),
        row("ours: `cx.drivers`, 1,000 draws of the customers", drawn, peer["seconds"]),
        row("ours: the frame taken into the engine, once", load),
        row("ours: `cx.drivers`, 15 drivers, 200 draws", fifteen),
        row(f"ours: `cx.drivers`, 20 drivers, 200 draws, {twenty['orders']:,} orders sampled", twenty),
    ]
    notes = f"""
`benchmarks/drivers.py`: {ROWS:,} rows of {CUSTOMERS:,} customers. The peer's shares and ours differ by {apart:.0e} at most. Shares alone:
from rows in the engine to shares, two queries and all subsets. With 20 drivers the orders are sampled; the largest standard error of a
share from that is {100 * twenty["error"]:.3f} of 100.
"""
    section("Drivers: shares of R2", rows, notes)


if __name__ == "__main__":
    parts = {"make": make, "ours": ours}
    parts[sys.argv[1]](*sys.argv[2:]) if sys.argv[1:2] and sys.argv[1] in parts else main()
