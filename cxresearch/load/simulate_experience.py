"""The simulated company's experience: who is asked, who answers, what they say, who leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from cxresearch.load.simulate_journey import comments
from cxresearch.load.simulate_service import (
    CHANNEL_SHARE,
    CHANNEL_SLOWER,
    DAY,
    MIDDLE_WAIT,
    POLICY_FROM,
    POLICY_TEAMS,
    WAIT_NOISE,
    Contacts,
    People,
    Truth,
)

PASSIVE = 0.25
MIDDLE_NPS = 29.0
ANSWERS = {"basic": 0.26, "plus": 0.33, "pro": 0.42}
FOLLOWED = 90 * DAY
RATINGS: Mapping[str, tuple[str, float]] = {
    "agent_kind": ("people", 0.35),
    "agent_skill": ("people", 0.60),
    "product_works": ("product", 0.55),
    "product_easy": ("product", 0.25),
    "process_simple": ("process", 0.40),
    "process_clear": ("process", 0.0),
}
"""Rating -> block and slope on the standardised 0-10 answer; a slope of 0 is pure noise."""
SHARE_ASKED = {"nps": 0.90, "csat": 0.25, "ces": 0.20}


@dataclass(frozen=True)
class Surveys:
    """Invitations of one kind; `answered` is 0 where nobody answered."""

    kind: str
    about: np.ndarray
    invited: np.ndarray
    answered: np.ndarray
    score: np.ndarray
    ratings: Mapping[str, np.ndarray]
    comment: np.ndarray


def mean_nps(company: People, service: Contacts, frustrated: np.ndarray, truth: Truth) -> np.ndarray:
    """Return the mean on -100/0/100 of everybody's answer, in points: flat up to the bend, then falling per doubling."""
    plan = np.array((-2.0, 0.0, 4.0))[company.plan[service.who]]
    tenure = np.clip((service.opened - company.joined[service.who]) / (365 * DAY), 0, 3)
    lost = truth.nps_per_doubling * np.maximum(0, service.wait - truth.bend)
    lost = lost + truth.difficulty_on_nps * (service.difficulty - 0.5)
    lost = lost + truth.nps_per_transfer * service.transfers + truth.nps_per_reopen * service.reopens
    lost = lost + truth.nps_journey_failed * frustrated - truth.nps_proactive * service.proactive
    policy = (service.team < POLICY_TEAMS) & (service.opened >= POLICY_FROM)
    team = np.array(truth.nps_teams)[service.team] + truth.nps_policy * policy
    channel = np.array((2.0, 0.0, 3.0))[service.channel]
    return np.clip(MIDDLE_NPS + plan + tenure + channel + team + company.leaning[service.who] - lost, -74, 74)


def nps_per_halving(truth: Truth) -> float:
    """Return the exact least-squares slope per halving, given difficulty and channel.

    By Stein's lemma it is the loss per doubling times the share of contacts above the bend.

    Examples
    --------
    >>> round(nps_per_halving(Truth()), 2)
    5.28

    References
    ----------
    Stein (1981), Estimation of the mean of a multivariate normal distribution, Annals of Statistics 9(6).
    """
    return truth.nps_per_doubling * share_above_bend(truth)


def share_above_bend(truth: Truth) -> float:
    """Return the share of contacts whose first response takes longer than the bend."""
    difficulty = (np.arange(2000) + 0.5) / 2000 - 0.5
    middles = [MIDDLE_WAIT + slower + truth.difficulty_on_wait * difficulty for slower in CHANNEL_SLOWER]
    below = [np.mean([NormalDist(middle, WAIT_NOISE).cdf(truth.bend) for middle in each]) for each in middles]
    return float(sum(share * (1 - part) for share, part in zip(CHANNEL_SHARE, below, strict=True)))


def answers(rng: np.random.Generator, mean: np.ndarray) -> np.ndarray:
    """Return everybody's 0-10 answer, asked or not."""
    promoter, draw = (1 - PASSIVE + mean / 100) / 2, rng.random(len(mean))
    within = rng.random(len(mean))
    high = 9 + (within < 0.5)
    low = np.searchsorted(np.cumsum((0.04, 0.03, 0.05, 0.10, 0.13, 0.30)), within)
    return np.where(draw < promoter, high, np.where(draw < promoter + PASSIVE, 7 + (within < 0.55), low)).astype(float)


def surveys(rng: np.random.Generator, company: People, service: Contacts, felt: tuple[np.ndarray, np.ndarray], end: int) -> list[Surveys]:
    """Return the invitations: after resolution, or a week after opening if that takes longer; answering depends on plan and tenure only.

    `felt` holds the mean and the 0-10 answer of every contact.
    """
    return [_survey(rng, kind, company, service, felt, end) for kind in SHARE_ASKED]


def _survey(
    rng: np.random.Generator, kind: str, company: People, service: Contacts, felt: tuple[np.ndarray, np.ndarray], end: int
) -> Surveys:
    mean, answer = felt
    moment = np.minimum(service.resolved + 3600, service.opened + 7 * DAY)
    about = np.flatnonzero((rng.random(len(mean)) < SHARE_ASKED[kind]) & (moment < end))
    who = service.who[about]
    tenured = moment[about] - company.joined[who] > 365 * DAY
    answers = rng.random(len(about)) < np.array(list(ANSWERS.values()))[company.plan[who]] + 0.03 * tenured - 0.02
    answered = moment[about] + (3600 + rng.exponential(1.2 * DAY, len(about))).astype("int64")
    answered = np.where(answers & (answered < end), answered, 0)
    if kind != "nps":
        score = _graded(rng, mean[about], (5, 7)[kind == "ces"])
        return Surveys(kind, about, moment[about], answered, score, {}, np.full(len(about), ""))
    score = answer[about]
    ratings = _ratings(rng, score)
    return Surveys(kind, about, moment[about], answered, score, ratings, comments(rng, service, about, score, ratings["agent_skill"]))


def _graded(rng: np.random.Generator, mean: np.ndarray, top: int) -> np.ndarray:
    latent = (mean - 20) / 45 + rng.standard_normal(len(mean))
    return np.clip(np.rint((top + 1) / 2 + top / 7 + top / 5 * latent), 1, top)


def _ratings(rng: np.random.Generator, score: np.ndarray) -> dict[str, np.ndarray]:
    standard, halo = (score - 7.2) / 2.7, rng.standard_normal(len(score))
    rated = {}
    for name, (_, slope) in RATINGS.items():
        noise = rng.standard_normal(len(score))
        latent = slope * standard + (0.3 * halo if slope else 0) + 0.75 * noise
        answer = np.clip(np.rint(3.7 + latent), 1, 5)
        rated[name] = np.where(rng.random(len(score)) < 0.01, np.nan, answer)
    return rated


def leaving(
    rng: np.random.Generator, company: People, service: Contacts, score: np.ndarray, landmarks: Sequence[int], truth: Truth
) -> tuple[np.ndarray, float]:
    """Return when each customer leaves (0: stays), and the share of draws in which the chance had to be cut at 0 or 1.

    At the end of each quarter, who is still there leaves within 90 days with a chance that rises with the wait for the first
    response on the last contact in the 90 days before, with that contact's difficulty, and with a low answer about it.
    """
    left, cut, drawn = np.zeros(len(company.joined), "int64"), 0, 0
    key = service.who.astype("int64") * (1 << 33) + service.opened
    for landmark in landmarks:
        last = np.searchsorted(key, np.arange(len(left), dtype="int64") * (1 << 33) + landmark) - 1
        valid = (last >= 0) & (service.who[last] == np.arange(len(left))) & (service.opened[last] >= landmark - FOLLOWED)
        chance = _chance(company, service, score, (np.where(valid, last, -1), landmark), truth)
        here = (company.joined <= landmark) & (left == 0)
        goes = here & (rng.random(len(left)) < chance)
        left = np.where(goes, landmark + 1 + (rng.random(len(left)) * (FOLLOWED - 2)).astype("int64"), left)
        cut, drawn = cut + np.sum(here & ((chance < 0) | (chance > 1))), drawn + here.sum()
    return left, float(cut / max(drawn, 1))


def _chance(company: People, service: Contacts, score: np.ndarray, met: tuple[np.ndarray, int], truth: Truth) -> np.ndarray:
    last, landmark = met
    known = (last >= 0) & (service.responded[last] < landmark)
    wait = np.where(known, service.wait[last] - MIDDLE_WAIT, 0.0)
    points = np.where(known, np.select([score[last] >= 9, score[last] <= 6], [100.0, -100.0], 0.0), 0.0)
    plan = np.array((0.006, 0.0, -0.006))[company.plan]
    tenure = -0.004 * np.clip((landmark - company.joined) / (365 * DAY), 0, 2)
    service_met = truth.kept_per_doubling * wait + truth.difficulty_on_leaving * service.difficulty[last]
    contacted = 0.175 + service_met - truth.kept_per_point * points
    return np.where(last >= 0, contacted, 0.04) + plan + tenure
