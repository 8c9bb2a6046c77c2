"""The simulated company's service: customers, contacts, and how long a first response takes."""

from dataclasses import dataclass
from math import log2

import numpy as np

DAY = 86400
CHANNELS = ("chat", "e-mail", "phone")
CHANNEL_SHARE = (0.45, 0.40, 0.15)
CHANNEL_SLOWER = (-0.8, 0.6, 0.0)
PLANS = ("basic", "plus", "pro")
PLAN_SHARE = (0.5, 0.35, 0.15)
PRICE = (12.0, 29.0, 79.0)
MARKETS = ("DE", "FR", "UK", "US")
SEGMENTS = ("consumer", "business")
REASONS = ("billing", "delivery", "fault", "how to", "account")
PRIORITIES = ("high", "normal", "low")
TARGET_HOURS = (4.0, 8.0, 24.0)
POLICY_FROM, POLICY_TEAMS = 1_743_465_600, 3  # 2025-04-01, teams 0 to 2


@dataclass(frozen=True)
class Truth:
    """What is planted.

    Parameters
    ----------
    nps_per_doubling : float
        NPS points that go with a doubling of the first response time, above the bend (a loss; written positive).
    bend_hours : float
        Up to here a faster answer makes no difference: the true "fast enough".
    kept_per_doubling : float
        Share of customers lost within 90 days per doubling of the last first response time.
    kept_per_point : float
        Share of customers kept per NPS point of the answer to the last contact: -100, 0 or 100. It comes on top of
        `kept_per_doubling`, so that part of what goes with a wait goes through satisfaction.
    nps_per_transfer, nps_per_reopen : float
        Points lost per hand-off and per reopening.
    nps_journey_failed : float
        Points lost where a touch failed in the 90 days before the contact; good service does not make up for it.
    nps_proactive : float
        Points gained where the company wrote first.
    nps_teams : tuple of float
        Points by which the six teams differ.
    nps_policy : float
        Points gained by contacts of teams 0, 1 and 2 from 2025-04-01 on.
    difficulty_on_wait : float
        Doublings of the wait from the easiest to the hardest: what makes hard tickets slow.
    difficulty_on_nps, difficulty_on_leaving : float
        Spread between the easiest and the hardest ticket, in points and as a share of customers: what makes them unsatisfying.
    """

    nps_per_doubling: float = 8.0
    bend_hours: float = 2.0
    kept_per_doubling: float = 0.016
    kept_per_point: float = 0.001
    nps_per_transfer: float = 3.0
    nps_per_reopen: float = 5.0
    nps_journey_failed: float = 12.0
    nps_proactive: float = 8.0
    nps_teams: tuple[float, ...] = (-4.0, -2.0, 0.0, 0.0, 2.0, 4.0)
    nps_policy: float = 6.0
    difficulty_on_wait: float = 3.1
    difficulty_on_nps: float = 60.0
    difficulty_on_leaving: float = 0.12

    @property
    def bend(self) -> float:
        """The bend on the scale of doublings."""
        return log2(self.bend_hours)


MIDDLE_WAIT = 1.9
WAIT_NOISE = 1.5


@dataclass(frozen=True)
class People:
    """Customers of one chunk; times in seconds since 1970, UTC; `left` is 0 where nobody left."""

    number: np.ndarray
    joined: np.ndarray
    plan: np.ndarray
    market: np.ndarray
    segment: np.ndarray
    leaning: np.ndarray


@dataclass(frozen=True)
class Contacts:
    """Contacts of one chunk, ordered by customer and time; `wait` is log2 hours to the first response."""

    who: np.ndarray
    opened: np.ndarray
    difficulty: np.ndarray
    channel: np.ndarray
    wait: np.ndarray
    responded: np.ndarray
    resolved: np.ndarray
    transfers: np.ndarray
    reopens: np.ndarray
    replies: np.ndarray
    priority: np.ndarray
    reason: np.ndarray
    proactive: np.ndarray
    agent: np.ndarray

    @property
    def team(self) -> np.ndarray:
        """Number of the team, from 0."""
        return self.agent % 6

    def only(self, rows: np.ndarray) -> "Contacts":
        """Return the contacts where `rows` is true."""
        return Contacts(**{name: getattr(self, name)[rows] for name in self.__dataclass_fields__})


def people(rng: np.random.Generator, first: int, count: int, span: tuple[int, int]) -> People:
    """Return customers; six in ten were there before observation began, the others join in its course.

    Parameters
    ----------
    rng : numpy.random.Generator
        The chunk's own stream.
    first, count : int
        Number of the first customer, and how many.
    span : tuple of int
        Start and end of observation, seconds since 1970.
    """
    start, end = span
    before = rng.random(count) < 0.6
    joined = np.where(before, start - rng.random(count) * 3 * 365 * DAY, start + rng.random(count) * (end - start) * 0.9)
    return People(
        number=np.arange(first, first + count),
        joined=joined.astype("int64"),
        plan=rng.choice(len(PLANS), count, p=PLAN_SHARE),
        market=rng.choice(len(MARKETS), count, p=(0.35, 0.25, 0.25, 0.15)),
        segment=(rng.random(count) < 0.3).astype(int),
        leaning=rng.uniform(-6, 6, count),
    )


def contacts(rng: np.random.Generator, company: People, span: tuple[int, int], truth: Truth) -> Contacts:
    """Return every contact that the customers would make if none left.

    Waits are lognormal: log2(hours) = 1.9 + difficulty + channel + noise, the noise of the same spread for everybody, so that
    the least-squares slope given difficulty and channel is exact (Stein's lemma).
    """
    start, end = span
    begin = np.maximum(company.joined, start)
    who = np.repeat(np.arange(len(begin)), rng.poisson(np.maximum(end - begin, 0) / (30.4375 * DAY) * 0.42))
    opened = begin[who] + (rng.random(len(who)) * (end - begin[who])).astype("int64")
    order = np.lexsort((opened, who))
    who, opened = who[order], opened[order]
    count = len(who)
    difficulty, channel = rng.random(count), rng.choice(len(CHANNELS), count, p=CHANNEL_SHARE)
    wait = (
        MIDDLE_WAIT
        + truth.difficulty_on_wait * (difficulty - 0.5)
        + np.array(CHANNEL_SLOWER)[channel]
        + WAIT_NOISE * rng.standard_normal(count)
    )
    responded = opened + np.maximum(np.rint(2**wait * 3600), 1).astype("int64")
    work = 2 ** (2.0 + 1.7 * (difficulty - 0.5) + 1.2 * rng.standard_normal(count)) * 3600
    transfers, reopens = rng.poisson(0.2 + 0.35 * difficulty), rng.random(count) < 0.08 + 0.06 * difficulty
    urgency = 3.5 * (difficulty - 0.5) + rng.standard_normal(count)
    return Contacts(
        who, opened, difficulty, channel, wait, responded,
        np.where(rng.random(count) < 0.02, end + DAY, responded + work.astype("int64")),
        transfers, reopens * (1 + (rng.random(count) < 0.2)), 1 + rng.poisson(1.5, count),
        np.digitize(-urgency, (-1.6, 0.9)), rng.choice(len(REASONS), count, p=(0.3, 0.2, 0.2, 0.2, 0.1)),
        rng.random(count) < 0.25, rng.integers(0, 60, count),
    )  # fmt: skip
