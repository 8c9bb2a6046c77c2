"""Is every planted lever found by its method? Twenty simulated companies, the truth of each written beside them.

    python benchmarks/levers.py               twenty companies, two processes
    python benchmarks/levers.py --times 3     fewer
    python benchmarks/levers.py --claims      the register of claims as well

Each line: the lever, the truth, the mean of the estimates, and how many of the intervals hold the truth.
"""

import argparse
import sys
import tomllib
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import cxresearch as cx
from cxresearch.load.simulate import simulate
from cxresearch.load.simulate_service import CHANNEL_SHARE, CHANNEL_SLOWER, MIDDLE_WAIT, WAIT_NOISE

YEAR, BEFORE, WHOLE = "2024-Q3..2025-Q2", "2024-Q3..2025-Q1", "2024-Q3..2025-Q4"
HELD = ("difficulty", "channel")
PLANTED = {"supported": ("C1", "C3", "C4", "C5", "C6", "C8", "C10", "C11"), "not supported": ("C2", "C9", "C12")}
NPS = partial(cx.Question, outcome="nps", adjust_for=HELD)


def effect(question: cx.Question, period: str = YEAR, level: str = "", contrast: Any = 1.0) -> Callable:
    """The adjusted effect of a question."""
    return lambda study: cx.effect(cx.link(study, question, period=period), contrast=contrast).row("adjusted", level)


def topic(name: str) -> Callable:
    """The adjusted effect of halving the wait, for a topic of the study."""
    return lambda study: cx.effect(cx.link(study, cx.pose(study, name), period=YEAR), contrast="halving").row("adjusted")


def journey(study: Any) -> Any:
    """A failed journey, service equally good."""
    data = cx.link(study, NPS(exposure="first_response_hours", by="journey"), period=YEAR)
    return cx.methods.journey(data).row("contrast", "short of")


def policy(study: Any) -> Any:
    """Difference in differences of the policy."""
    data = cx.link(study, cx.Question(outcome="nps", by="team"), period=WHOLE)
    return cx.methods.change(data, at="2025-04-01", treated=("team 0", "team 1", "team 2")).row("difference")


def through(study: Any) -> Any:
    """What goes with halving the wait by way of the NPS answer."""
    question = cx.Question(outcome="kept_90d", exposure="first_response_hours", mediator="said_nps", adjust_for=HELD, window="90D")
    return cx.methods.mediation(cx.link(study, question, period=YEAR), contrast="halving", draws=400).row("indirect")


def fast_enough(study: Any) -> Any:
    """The longest wait that is fast enough."""
    return cx.dose_response(cx.link(study, cx.pose(study, "speed"), period=YEAR), draws=300).row("fast_enough")


def capped(study: Any) -> Any:
    """A first response within eight hours at most."""
    return cx.methods.what_if(cx.link(study, cx.pose(study, "speed"), period=YEAR), change={"cap": 8.0}).row("difference")


def team(study: Any) -> Any:
    """Team 5 against team 0."""
    return cx.compare(cx.link(study, cx.Question(outcome="nps", by="team"), period=BEFORE)).row("raw", "team 0 less team 5")


def capped_truth(truth: dict[str, Any], cap: float = 8.0) -> float:
    """Points gained where no wait is longer than the cap, over the planted distribution of waits."""
    random = np.random.default_rng(0)
    channel = random.choice(len(CHANNEL_SHARE), 4_000_000, p=CHANNEL_SHARE)
    hard = truth["difficulty_on_wait"] * (random.random(len(channel)) - 0.5)
    wait = MIDDLE_WAIT + hard + np.array(CHANNEL_SLOWER)[channel] + WAIT_NOISE * random.standard_normal(len(channel))
    over = lambda x: np.maximum(x - np.log2(truth["bend_hours"]), 0)  # noqa: E731
    return truth["nps_per_doubling"] * float(np.mean(over(wait) - over(np.minimum(wait, np.log2(cap)))))


LEVERS: dict[str, tuple[Callable, Callable]] = {
    "NPS, half the wait (effect)": (topic("speed"), lambda t: t["nps_per_halving"]),
    "share kept, half the wait (effect)": (topic("staying"), lambda t: t["kept_per_halving"]),
    "fast enough, hours (dose_response)": (fast_enough, lambda t: t["bend_hours"] * 2 ** (2.0 / t["nps_per_doubling"])),
    "NPS, waits of 8 h at most (what_if)": (capped, capped_truth),
    "NPS, one more hand-off (effect)": (effect(NPS(exposure="transfers")), lambda t: -t["nps_per_transfer"]),
    "NPS, one more reopening (effect)": (effect(NPS(exposure="reopens")), lambda t: -t["nps_per_reopen"]),
    "NPS, the company wrote first (effect)": (
        effect(NPS(exposure="direction"), level="proactive against inbound"), lambda t: t["nps_proactive"]
    ),
    "NPS, a failed journey (journey)": (journey, lambda t: -t["nps_journey_failed"]),
    "NPS, team 0 less team 5 (compare)": (team, lambda t: t["nps_teams"][0] - t["nps_teams"][5]),
    "NPS, the policy (change)": (policy, lambda t: t["nps_policy"]),
    "share kept, half the wait, by way of NPS (mediation)": (through, lambda t: t["kept_per_halving_through_nps"]),
}  # fmt: skip


def company(claims: bool, seed: int) -> dict[str, Any]:
    """One company: estimate, interval and truth of every lever; verdicts of the claims."""
    warnings.simplefilter("ignore")
    with TemporaryDirectory() as folder:
        made = simulate(Path(folder) / "demo", seed=seed)
        truth, study = tomllib.loads((made / "truth.toml").read_text())["truth"], cx.open_study(made)
        found: dict[str, Any] = {}
        for name, (look, planted) in LEVERS.items():
            row = look(study)
            found[name] = (row.estimate, row.low, row.high, planted(truth))
        if claims:
            told = cx.methods.claims(study, period=YEAR)
            found["claims"] = dict(zip(told.estimates["term"], told.estimates["verdict"], strict=True))
        return found


def main() -> int:
    """Run, print the table, return 1 where too few intervals hold the truth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20, help="companies, seeds 1, 2, ...")
    parser.add_argument("--claims", action="store_true", help="the register of claims as well")
    asked = parser.parse_args()
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(partial(company, asked.claims), range(1, asked.times + 1)))
    print(f"{asked.times} simulated companies of 20,000 customers, seeds 1 to {asked.times}")
    least, missed = asked.times - max(3, asked.times // 7), 0
    for name in LEVERS:
        rows = np.array([one[name] for one in found], dtype=float)
        covered = int(((rows[:, 1] <= rows[:, 3]) & (rows[:, 3] <= rows[:, 2])).sum())
        missed += covered < least
        print(f"{name:<54} truth {rows[0, 3]:9.4f}  mean {np.nanmean(rows[:, 0]):9.4f}  holds it {covered:3d} of {asked.times}")
    if asked.claims:
        missed += told([one["claims"] for one in found])
    return 1 if missed else 0


def told(verdicts: list[dict[str, str]]) -> int:
    """Print how often each claim got which verdict; return how many missed what was planted."""
    missed = 0
    for name in verdicts[0]:
        words = [one[name] for one in verdicts]
        counts = ", ".join(f"{words.count(word)} {word}" for word in ("supported", "contradicted", "cannot tell"))
        planted = next((word for word, names in PLANTED.items() if name in names), "")
        right = sum((word == "supported") == (planted == "supported") for word in words)
        missed += bool(planted) and right < len(words) - 2
        print(f"{name:<5} planted: {planted or 'not stated':<14} {counts}")
    return missed


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())
