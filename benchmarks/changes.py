"""Does "what changed since the last run" tell noise, a real change and another mix apart? Pairs of editions with known truth.

    python benchmarks/changes.py               100 pairs of each kind, two processes
    python benchmarks/changes.py --times 10    fewer

A pair is two monthly editions of one company with 4,000 customers; 2,000 answer in each month, about half of them in both. Compared is
NPS, and where nothing differs also how much NPS goes with halving the wait, so that chance has two ways to be taken for a change. The
smallest difference worth acting on is 4 points.

    noise   nothing differs between the months
    real    everybody's NPS is 8 points higher in the second month (twice what is worth acting on), the mix as before
    simpson NPS of Small is 60 points below that of Large, and Small goes from 30 to 55 of 100 answers: every segment is 4 points
            better, and the whole is about 11 points worse

"Called a change": any of the two answers is said to differ. "Named rightly": NPS is said to differ, and by the right name.
"""

import argparse
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

import cxresearch as cx
from cxresearch.ask.written import written
from cxresearch.conclude.changed import Changes, Pair, changes

PERIODS = {"2025-05": "2025-05-02", "2025-06": "2025-06-02"}
PEOPLE, MONTHLY, GAP, STEP = 4000, 2000, 60.0, 8.0
KINDS = {"noise": "noise", "real": "real", "simpson": "mix"}
STUDY = """\
name = "pair"
title = "Two months"
customer = "column"
worth = { nps = 4.0 }
roles = { segment = "context" }
scales.nps = { low = 0, high = 10 }
observed_until = 2025-12-31
ask.speed = { outcome = "nps", exposure = "first_response_hours" }
[tables.contacts]
file = "contacts.parquet"
[tables.surveys]
file = "surveys.parquet"
[tables.customers]
file = "customers.parquet"
keep = ["segment"]
"""


def company(folder: Path, kind: str, seed: int) -> Path:
    """Write two months of one company."""
    random = np.random.default_rng(seed)
    small = np.arange(PEOPLE) % 2 == 0
    mood, contacts, surveys = random.normal(0, 0.6, PEOPLE), [], []
    for month, (period, day) in enumerate(PERIODS.items()):
        share = 0.55 if kind == "simpson" and month else 0.3
        many = round(share * MONTHLY)
        sides = ((small, many), (~small, MONTHLY - many))
        who = np.concatenate([random.choice(np.flatnonzero(side), size, replace=False) for side, size in sides])
        wait = np.exp(random.normal(1.0, 0.8, MONTHLY))
        better = (STEP if kind == "real" else STEP / 2 if kind == "simpson" else 0.0) * month
        score = answered(random, np.where(small[who], 20.0 - GAP, 20.0) - 5.0 * np.log2(wait / np.e) + better, mood[who])
        opened = pd.Timestamp(day) + pd.to_timedelta(random.uniform(0, 26 * 24, MONTHLY), unit="h")
        names = [f"{period}-{i}" for i in range(MONTHLY)]
        responded = opened + pd.to_timedelta(wait, unit="h")
        contacts.append(pd.DataFrame({"contact_id": names, "customer_id": who.astype(str), "opened_at": opened,
                                      "first_response_at": responded}))  # fmt: skip
        said = {"response_id": names, "contact_id": names, "customer_id": who.astype(str), "kind": "nps", "score": score}
        surveys.append(pd.DataFrame({**said, "invited_at": responded, "answered_at": responded + pd.Timedelta(minutes=30)}))
    pd.concat(contacts).to_parquet(folder / "contacts.parquet", index=False)
    pd.concat(surveys).to_parquet(folder / "surveys.parquet", index=False)
    people = pd.DataFrame({"customer_id": np.arange(PEOPLE).astype(str), "segment": np.where(small, "Small", "Large")})
    people.assign(joined_at=pd.Timestamp("2024-01-01")).to_parquet(folder / "customers.parquet", index=False)
    (folder / "study.toml").write_text(STUDY)
    return folder


def answered(random: np.random.Generator, nps: np.ndarray, mood: np.ndarray) -> np.ndarray:
    """Return 0-10 scores with this expected NPS: promoters and detractors share what passives (30 of 100) leave."""
    up = np.clip((70.0 + np.clip(nps, -68, 68)) / 200, 0.01, 0.69)
    chance = 1 / (1 + np.exp(-(1.3 * mood + random.logistic(0, 1, len(nps)))))
    rank = pd.Series(chance).rank(pct=True).to_numpy()
    return np.where(rank > 1 - up, random.integers(9, 11, len(nps)), np.where(rank < 0.7 - up, random.integers(0, 7, len(nps)), 8))


def compared(folder: Path, *, both: bool) -> Changes:
    """Return what changed between the two editions; their own numbers stand in the sentences only and are left out."""
    study = cx.open_study(folder)
    params = tuple({"study": str(folder), "period": period} for period in PERIODS)
    asked = {"measure": cx.Question(outcome="nps"), "effect": cx.pose(study, "speed")}
    pairs = []
    for method, question in asked.items() if both else [("measure", asked["measure"])]:
        then, now = ({"headline": period, "worth": None, "facts": {"asked": written(question)}} for period in PERIODS)
        pairs.append(Pair("02_scorecard", "02", method, method, then, now, params, {"period": "another"}))
    return changes("May", "June", pairs)


def one(job: tuple[str, int]) -> tuple[str, str, bool]:
    """Return kind, the verdict on NPS, and whether anything was called a change."""
    warnings.simplefilter("ignore")
    kind, seed = job
    with TemporaryDirectory() as folder:
        found = compared(company(Path(folder), kind, seed), both=kind == "noise")
    verdict = next(row.verdict for row in found.rows if row.topic == "measure")
    return kind, verdict, any(row.verdict in ("real", "mix") for row in found.rows)


def main() -> None:
    """Print one line for each kind."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--times", type=int, default=100)
    asked.add_argument("--workers", type=int, default=2)
    given = asked.parse_args()
    jobs = [(kind, 1000 * place + i) for place, kind in enumerate(KINDS) for i in range(given.times)]
    with ProcessPoolExecutor(given.workers) as pool:
        found = list(pool.map(one, jobs))
    print(f"{'planted':<10}{'pairs':>6}{'called a change':>17}{'named rightly':>15}  verdicts on NPS")
    for kind, right in KINDS.items():
        own = [each for each in found if each[0] == kind]
        named = sum(verdict == right for _, verdict, _ in own)
        told = Counter(verdict for _, verdict, _ in own)
        print(f"{kind:<10}{len(own):>6}{sum(called for *_, called in own):>17}{named:>15}  {dict(sorted(told.items()))}")


if __name__ == "__main__":
    main()
