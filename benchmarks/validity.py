"""Do the intervals hold? Simulations with known truth, through the same verbs that a notebook uses.

    python benchmarks/validity.py                 all scenarios, 2,000 repetitions, two processes
    python benchmarks/validity.py S2 --times 200  one scenario, fewer

Each line: what was measured, the figure, the band it must lie in, and whether it does. Seeds are fixed and printed.
The generators S1-S8 are those of the project's scenarios, written again here so that the file stands alone.
"""

import argparse
import sys
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist

import ibis
import numpy as np
import pandas as pd

import cxresearch as cx
from cxresearch.relate.buckets import bucketed
from cxresearch.relate.fit import solve
from cxresearch.relate.moments import collect, total

SEED = 20261121
ASIDE = 200  # what is not an interval's coverage is looked at in so many repetitions
NAIVE_LIMIT = -0.9 * 0.6 / 0.61
PLANS = {0.5: (0.0, 0.0), 0.3: (0.7, 0.5), 0.2: (-1.2, -0.9)}  # S4: share of a plan -> shift of its score, and of its odds to answer
ASKED_NPS = 100 * sum(
    share / 2 * (NormalDist(6.6 + old + shift, 2.2).cdf(2 * (6.6 + old + shift) - 8.5) - NormalDist(6.6 + old + shift, 2.2).cdf(6.5))
    for share, (shift, _) in PLANS.items() for old in (0, 1)
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One figure and its band, in percent unless said."""

    scenario: str
    what: str
    value: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        return bool(self.low <= self.value <= self.high)


def rated(random, n, p=(0.27, 0.31, 0.42)):
    """S1: 0-10 answers with these shares of detractors, passives, promoters."""
    kind = random.choice(3, size=n, p=p)
    return np.where(kind == 0, random.integers(0, 7, n), np.where(kind == 1, random.integers(7, 9, n), random.integers(9, 11, n)))


def s1(n, seed):
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"score": np.concatenate([rated(random, n), rated(random, n)]), "side": ["a"] * n + ["b"] * n})
    data = cx.from_frame(frame, cx.Question(outcome=cx.Nps("score"), by="side"), customer="row")
    return {"answers": frame["score"][:n].to_numpy(), "difference": cx.compare(data).estimates["p"].iloc[0] < 0.05}


def covered(samples):
    """Whether the interval of each sample holds 15: all samples are levels of one frame."""
    frame = pd.DataFrame({"score": np.concatenate(samples), "sample": np.repeat(np.arange(len(samples)), len(samples[0])).astype(str)})
    rows = cx.measure(cx.from_frame(frame, cx.Question(outcome=cx.Nps("score"), by="sample"), customer="row")).estimates.iloc[1:]
    return 100 * float(((rows["low"] <= 15) & (rows["high"] >= 15)).mean())


def s2(slope, seed):
    random = np.random.default_rng(seed)
    hard = random.normal(size=500)
    wait = 1 + 0.6 * hard + random.normal(0, 0.5, 500)
    frame = pd.DataFrame({"hard": hard, "wait": wait, "score": 8 + slope * wait - 0.9 * hard + random.normal(0, 1.5, 500)})
    ask = partial(cx.Question, outcome=cx.Mean("score"), exposure="wait")
    found = cx.effect(cx.from_frame(frame, ask(adjust_for=("hard",)), customer="row"))
    naive, adjusted = found.row("naive"), found.row("adjusted")
    return {
        "modest": _modest(cx.effect(cx.from_frame(frame, ask(), customer="row"))) if seed[-1] < ASIDE else None,
        "covered": adjusted.low <= slope <= adjusted.high, "naive": naive.low <= slope + NAIVE_LIMIT <= naive.high,
        "fooled": naive.low <= slope <= naive.high,
    }  # fmt: skip


def s2_large(slope, seed, customers=50_000):
    """S2 with customers who come back and are alike, and errors from 1,024 buckets of them."""
    random = np.random.default_rng(seed)
    who, trait, mood = random.integers(0, customers, 2 * customers), *random.normal(size=(2, customers))
    hard = 0.5**0.5 * (trait[who] + random.normal(size=len(who)))
    wait = 1 + 0.6 * hard + random.normal(0, 0.5, len(who))
    score = 8 + slope * wait - 0.9 * hard + mood[who] + random.normal(0, 1.1, len(who))
    frame = pd.DataFrame({"who": who, "hard": hard, "wait": wait, "score": score})
    question = cx.Question(outcome=cx.Mean("score"), exposure="wait", adjust_for=("hard",))
    data = cx.from_frame(frame, question, customer="who")
    moments = collect(data.table, ["y", "x", "a_hard"])
    fit = solve(total(moments), "y", ["x", "a_hard"])
    _, low, high = bucketed(moments, fit).interval(float(fit.coef[0]), np.array([0.0, 1.0, 0.0]))
    return {"covered": low <= slope <= high, "buckets": len(moments.rows) == 1024}


def _modest(withheld):
    """Whether the words of a fit without the confounder stay associational, capped, with the sensitivity value."""
    finding = cx.conclude(withheld, worth=0.2)
    said = " ".join([finding.headline, finding.detail, *(one.detail for one in finding.more)])
    return finding.strength in ("suggestive", "inconclusive") and " goes with " in said and "would have to explain" in said


def s3(agents, cluster, seed):
    random = np.random.default_rng(seed)
    own = random.normal(0, 0.1**0.5, agents)
    who = np.repeat(np.arange(agents), 50)
    frame = pd.DataFrame({"agent": [f"a{i}" for i in who], "trained": (who % 2).astype(float)})
    frame["score"] = 7 + own[who] + random.normal(0, 0.9**0.5, len(who))
    question = cx.Question(outcome=cx.Mean("score"), exposure="trained", cluster=cluster)
    found = cx.effect(cx.from_frame(frame, question, customer="row"))
    row = found.row("adjusted")
    checks = {check.name: check.status for check in found.checks}
    return {
        "rejected": not row.low <= 0 <= row.high, "strength": cx.conclude(found, worth=0.1).strength == "inconclusive",
        "warned": checks["clusters"] in ("failed", "doubt"), "assignment": checks.get("assignment") == "failed",
    }  # fmt: skip


def s4(hidden, seed, n=2000):
    random = np.random.default_rng(seed)
    old, plan = random.random(n) < 0.5, random.choice(3, size=n, p=list(PLANS))
    shift = np.array([one for one, _ in PLANS.values()])[plan]
    score = np.clip(np.floor(6.6 + old + shift + random.normal(0, 2.2, n) + 0.5), 0, 10)
    odds = -1.4 + 1.1 * old + np.array([one for _, one in PLANS.values()])[plan] + hidden * (score - 7)
    score = np.where(random.random(n) < 1 / (1 + np.exp(-odds)), score, np.nan)
    frame = pd.DataFrame({"score": score, "old": np.where(old, "yes", "no"), "plan": [f"p{one}" for one in plan]})
    question = cx.Question(outcome=cx.Nps("score"), adjust_for=("old", "plan"))
    found = cx.methods.who_answers(cx.from_frame(frame, question, customer="row"))
    weighted, alone = found.row("weighted"), found.row("respondents")
    said = cx.conclude(found, worth=2.0).detail if hidden else ""
    return {
        "covered": weighted.low <= ASKED_NPS <= weighted.high, "alone": alone.low <= ASKED_NPS <= alone.high,
        "bounded": found.row("bound_low").estimate <= ASKED_NPS <= found.row("bound_high").estimate,
        "tipping": "for NPS of all invited to be zero" in said.replace(found.facts["outcome_label"], "NPS"),
    }  # fmt: skip


def s5(n, seed):
    random = np.random.default_rng(seed)
    time = random.exponential(50, n)
    until, left = np.minimum(time, 52), (time <= 52).astype(int)
    early = random.poisson(0.15 * np.minimum(until, 4))
    frame = pd.DataFrame({"weeks": until - 4, "left": left, "met": np.where(early > 0, "yes", "no")})[until > 4]
    question = cx.Question(outcome=cx.Survival(duration="weeks", event="left", unit="weeks"), by="met")
    return {"rejected": cx.retention(cx.from_frame(frame, question, customer="row"), days=26).facts["logrank_p"] < 0.05}


def s6(gap, seed, n=1000):
    random = np.random.default_rng(seed)
    chat = random.random(n) < 0.5
    hours = np.where(chat, random.gamma(4, 0.5, n), random.gamma(16, 0.5, n))
    frame = pd.DataFrame({"channel": np.where(chat, "chat", "phone"), "hours": hours})
    frame["score"] = np.where(chat, 6.0, 6.0 + gap) - 0.35 * hours + random.normal(0, 1.5, n)
    question = cx.Question(outcome=cx.Mean("score"), exposure="hours", adjust_for=("channel",))
    found = cx.effect(cx.from_frame(frame, question, customer="row"))
    row = found.row("adjusted")
    flagged = any(check.name == "sign reversal" and check.status == "doubt" for check in found.checks)
    return {"flagged": flagged, "covered": row.low <= -0.35 <= row.high}


def s7(seed, agents=40):
    random = np.random.default_rng(seed)
    n = np.maximum(random.poisson(12, agents), 1)
    frame = pd.DataFrame({"agent": np.repeat([f"a{i:02d}" for i in range(agents)], n), "score": rated(random, int(n.sum()))})
    found = cx.methods.segments(cx.from_frame(frame, cx.Question(outcome=cx.Nps("score"), by="agent"), customer="row"))
    levels = found.estimates[found.estimates["level"] != ""]
    raw, pooled = (levels[levels["term"] == term] for term in ("raw", "pooled"))
    error = [float(((each["estimate"] - 15) ** 2).mean()) for each in (pooled, raw)]
    wald = np.abs(raw["estimate"] - found.facts["whole"]) / raw["std_error"] > 3.2272
    return {
        "flagged": bool((raw["flag"] != "").any()), "shrunken": error[0] < error[1], "ratio": error[0] / error[1],
        "covered": float(((pooled["low"] <= 15) & (pooled["high"] >= 15)).mean()), "tau": found.row("tau").low <= 0,
        "ranked": found.facts["ranked"], "wald": bool((wald | ~(raw["std_error"] > 0)).any()),
    }  # fmt: skip


def s8(bend, seed, n=1000):
    random = np.random.default_rng(seed)
    hours = np.exp(random.normal(1.2, 0.9, n))
    truth = lambda x: 8 - (1.2 * np.maximum(0, x - 2) if bend else 0.5 * x)  # noqa: E731
    frame = pd.DataFrame({"hours": hours, "score": truth(np.log2(hours)) + random.normal(0, 1.8, n)})
    data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure=cx.Duration("hours")), customer="row")
    found = cx.dose_response(data, worth=0.6 if seed[-1] < ASIDE else None, draws=200)
    curve = found.curve[found.curve["term"] == "adjusted"].set_index("x")
    at = [curve.iloc[np.abs(np.log2(curve.index) - x).argmin()] for x in (0.5, 1.73, 3.0)]
    inside = [row.low <= truth(np.log2(row.name)) <= row.high for row in at]
    off = curve.iloc[np.abs(np.log2(curve.index) - 2).argmin()]
    fast = found.row("fast_enough")
    planted = 2 ** (2 + 0.6 / 1.2) if bend else found.facts["range_low"] * 2 ** (0.6 / 0.5)
    return {
        "rejected": found.facts["p_nonlinear"] < 0.05, "covered": float(np.mean(inside)), "bias": off.estimate - truth(np.log2(off.name)),
        "fast": fast.low <= planted <= fast.high if fast.low == fast.low else None,
        "early": fast.estimate < planted if fast.low == fast.low else None,
    }  # fmt: skip


def share(results: list[dict], key: str) -> float:
    """Mean of one measure over the repetitions that looked at it, in percent."""
    return 100 * float(np.mean([result[key] for result in results if result[key] is not None]))


def repeat(one: Callable, times: int, pool: ProcessPoolExecutor, offset: int) -> list[dict]:
    """Run one repetition so many times, each with its own seed."""
    seeds = [[SEED, offset, i] for i in range(times)]
    return list(pool.map(one, seeds, chunksize=max(1, times // 40)))


def run_s1(run) -> list[Line]:
    lines = []
    for place, (n, low, high) in enumerate(((30, 93, 97.5), (100, 93.5, 96.5), (400, 93.5, 96.5))):
        found = run(partial(s1, n), 10 + place)
        lines += [Line("S1", f"NPS interval covers 15, n = {n}", covered([one["answers"] for one in found]), low, high),
                  Line("S1", f"difference of two samples called, none there, n = {n}", share(found, "difference"), 3.5, 6.5)]  # fmt: skip
    return lines


def run_s2(run) -> list[Line]:
    lines = []
    for place, slope in enumerate((0.0, -0.4)):
        found = run(partial(s2, slope), 20 + place)
        lines += [Line("S2", f"adjusted interval covers the truth, b = {slope:g}", share(found, "covered"), 93.5, 96.5),
                  Line("S2", f"naive interval covers the truth, b = {slope:g}", share(found, "fooled"), 0, 1),
                  Line("S2", f"difficulty withheld: modest words, sensitivity shown, b = {slope:g}",
                       share(found, "modest"), 100, 100)]  # fmt: skip
    return lines


def run_s2_large(run) -> list[Line]:
    found = run(partial(s2_large, -0.4), 25)
    assert share(found, "buckets") == 100
    return [Line("S2L", "50,000 customers who come back, errors from 1,024 buckets: covers, b = -0.4", share(found, "covered"), 93.5, 96.5)]


def run_s3(run) -> list[Line]:
    forty, eight, wrong = run(partial(s3, 40, "agent"), 30), run(partial(s3, 8, "agent"), 31), run(partial(s3, 40, None), 32)
    return [
        Line("S3", "40 agents, clustered by agent: called, nothing there", share(forty, "rejected"), 3.5, 6.5),
        Line("S3", "8 agents, clustered by agent: called, nothing there", share(eight, "rejected"), 0, 8.8),
        Line(
            "S3", "8 agents: warned, and strength capped at inconclusive", min(share(eight, "warned"), share(eight, "strength")), 100, 100
        ),
        Line(
            "S3", "clustered by customer instead: failed check, capped", min(share(wrong, "assignment"), share(wrong, "strength")), 100, 100
        ),
        Line("S3", "clustered by customer instead: interval excludes 0 (why it is refused)", share(wrong, "rejected"), 36, 48),
    ]


def run_s4(run) -> list[Line]:
    there, hidden = run(partial(s4, 0.0), 40), run(partial(s4, 0.3), 41)
    return [
        Line("S4", f"at random: weighted interval covers {ASKED_NPS:.1f}", share(there, "covered"), 93, 97),
        Line("S4", "at random: interval of the answers alone covers (why they are weighted)", share(there, "alone"), 0, 10),
        Line("S4", "not at random: worst and best case hold the truth", share(hidden, "bounded"), 100, 100),
        Line("S4", "not at random: the tipping point is said", share(hidden, "tipping"), 100, 100),
        Line("S4", "not at random: weighted interval covers (why the tipping point is said)", share(hidden, "covered"), 0, 5),
    ]


def run_s5(run) -> list[Line]:
    return [Line("S5", "landmark: groups told apart, nothing there, n = 1,000", share(run(partial(s5, 1000), 50), "rejected"), 3.5, 6.5)]


def run_s6(run) -> list[Line]:
    there, absent = run(partial(s6, 4.5), 60), run(partial(s6, 0.0), 61)
    return [
        Line("S6", "sign reversal flagged, channel matters", share(there, "flagged"), 99, 100),
        Line("S6", "sign reversal flagged, channel does not matter", share(absent, "flagged"), 0, 5),
        Line("S6", "adjusted interval covers -0.35", share(there, "covered"), 93.5, 96.5),
    ]


def run_s7(run) -> list[Line]:
    found = run(s7, 70)
    return [
        Line("S7", "any of 40 identical agents flagged (family-wise error)", share(found, "flagged"), 0, 6.5),
        Line("S7", "shrunken error below raw error", share(found, "shrunken"), 99, 100),
        Line("S7", "shrunken error of 100 raw", share(found, "ratio"), 0, 50),
        Line("S7", "shrunken intervals cover the truth, mean over agents", share(found, "covered"), 95, 100),
        Line("S7", "interval of the true spread reaches zero", share(found, "tau"), 93.5, 100),
        Line("S7", "a league table is given", share(found, "ranked"), 0, 1),
        Line("S7", "Wald after Bonferroni: any flagged (why it is not used)", share(found, "wald"), 40, 70),
    ]


def run_s8(run) -> list[Line]:
    straight, bent = run(partial(s8, False), 80), run(partial(s8, True), 81)
    return [
        Line("S8", "bend called, straight line there", share(straight, "rejected"), 3.5, 6.5),
        Line("S8", "bend called, bend there (power)", share(bent, "rejected"), 95, 100),
        Line("S8", "curve's interval covers a straight truth, mean of three places", share(straight, "covered"), 93, 97),
        Line("S8", "fast enough: interval covers the planted point, straight truth", share(straight, "fast"), 92, 100),
        Line("S8", "fast enough: interval covers the planted point, kink", share(bent, "fast"), 0, 100),
        Line("S8", "fast enough: estimate lies before the planted point, straight truth", share(straight, "early"), 0, 100),
        Line("S8", "bias of the curve at the kink, in hundredths of a point (reported)", share(bent, "bias"), -100, 100),
    ]


SCENARIOS = {
    "S1": run_s1, "S2": run_s2, "S2L": run_s2_large, "S3": run_s3, "S4": run_s4, "S5": run_s5, "S6": run_s6, "S7": run_s7, "S8": run_s8,
}  # fmt: skip


def main() -> int:
    """Run, print the table, return 1 where a figure lies outside its band."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", default=list(SCENARIOS), help="S1 S2 ...; default all")
    parser.add_argument("--times", type=int, default=2000, help="repetitions of each")
    asked = parser.parse_args()
    print(
        f"seed {SEED}, {asked.times:,} repetitions; Monte-Carlo error of a 95% figure {100 * (0.95 * 0.05 / asked.times) ** 0.5:.2f} points"
    )
    missed = 0
    with ProcessPoolExecutor(2) as pool:
        for name in asked.scenarios:
            for line in SCENARIOS[name](lambda one, offset: repeat(one, asked.times, pool, offset)):
                missed += not line.holds
                mark = "inside" if line.holds else "OUTSIDE"
                print(f"{line.scenario}  {line.what:<78} {line.value:6.2f}  [{line.low:g}, {line.high:g}]  {mark}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    ibis.options.sql.fuse_selects = False  # a third of the time goes into joining SELECTs, of no use on tables so small
    sys.exit(main())
