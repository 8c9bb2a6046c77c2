"""The simulated company's journeys: what else customers touch, what they order, and what they write."""

import numpy as np

from cxresearch.load.simulate_service import DAY, Contacts, People

STAGES, TOUCHPOINTS = ("buy", "start", "use", "renew"), ("shop", "guide", "app", "invoice")
STAGE_SHARE, STAGE_WORKS = (0.1, 0.2, 0.55, 0.15), (0.95, 0.80, 0.88, 0.92)
TOUCHED, ORDERED = 0.5, 0.4
ORDERS_IF = {"detractor": 0.15, "other": 0.55, "promoter": 0.95}
REMEMBERED = 90 * DAY
WRITES = 0.4
COMMENTS = {
    "waiting": "waited far too long for an answer;slow reply, hours of waiting;the response took ages;still waiting for an answer",
    "agent": "the agent was rude and unhelpful;agent did not know the answer;terrible advice from the agent;agent seemed bored",
    "product": "the app keeps crashing;login in the app is broken again;app is confusing and slow to load;app update broke it",
    "billing": "the invoice is wrong;charged twice on my invoice;refund missing on the invoice;unclear invoice and a late refund",
    "praise": "great help, very friendly;quick and kind, excellent service;problem solved, very happy;wonderful support, thank you",
}
ENDS = ("", "", " again", " this month", ", as so often", ", really", ", to be honest")


def scattered(rng: np.random.Generator, company: People, end: int, start: int, monthly: float) -> tuple[np.ndarray, np.ndarray]:
    """Return who does something, and when: so many times a month, ordered by customer and time."""
    begin = np.maximum(company.joined, start)
    length = np.maximum(end - begin, 0)
    who = np.repeat(np.arange(len(begin)), rng.poisson(length / (30.4375 * DAY) * monthly))
    at = begin[who] + (rng.random(len(who)) * length[who]).astype("int64")
    order = np.lexsort((at, who))
    return who[order], at[order]


def touches(rng: np.random.Generator, company: People, end: int, start: int) -> dict[str, np.ndarray]:
    """Return every touch that customers would have if none left: who, when, at which stage, and whether it worked."""
    who, at = scattered(rng, company, end, start, TOUCHED)
    stage = rng.choice(len(STAGES), len(who), p=STAGE_SHARE)
    return {"who": who, "at": at, "stage": stage, "ok": (rng.random(len(who)) < np.array(STAGE_WORKS)[stage]).astype("int64")}


def frustrated(service: Contacts, journey: dict[str, np.ndarray]) -> np.ndarray:
    """Return for every contact whether a touch failed in the 90 days before it."""
    failed = journey["ok"] == 0
    key = journey["who"][failed].astype("int64") * (1 << 33) + journey["at"][failed]
    own = service.who.astype("int64") * (1 << 33) + service.opened
    return np.searchsorted(key, own) > np.searchsorted(key, own - REMEMBERED)


def orders(
    rng: np.random.Generator, company: People, service: Contacts, score: np.ndarray, span: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return who orders, and when: oftener after a contact that was rated 9 or 10, more rarely after one rated 0 to 6."""
    who, at = scattered(rng, company, span[1], span[0], ORDERED)
    key = service.who.astype("int64") * (1 << 33) + service.responded
    order = np.argsort(key, kind="stable")
    last = np.searchsorted(key[order], who.astype("int64") * (1 << 33) + at) - 1
    last = np.where(last >= 0, order[np.maximum(last, 0)], -1)
    known = (last >= 0) & (service.who[last] == who) & (service.responded[last] >= at - 2 * REMEMBERED)
    rated = np.where(known, score[last], 7)
    chance = np.select([rated >= 9, rated <= 6], [ORDERS_IF["promoter"], ORDERS_IF["detractor"]], ORDERS_IF["other"])
    kept = rng.random(len(who)) < chance
    return who[kept], at[kept]


def comments(rng: np.random.Generator, service: Contacts, about: np.ndarray, score: np.ndarray, skill: np.ndarray) -> np.ndarray:
    """Return what is written with an answer, "" where nothing: about what went wrong, and with high scores praise."""
    size = len(about)
    happy = np.select([score >= 9, score >= 7], [6.0, 1.0], 0.0)
    unskilled = np.maximum(3.5 - np.nan_to_num(skill, nan=3.5), 0)
    late, billed = np.maximum(service.wait[about] - 1, 0), service.reason[about] == 0
    weight = np.column_stack([0.3 + late, 0.4 + 0.8 * unskilled, 0.6 + service.difficulty[about], 0.3 + 2.0 * billed, happy])
    share = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)
    theme = np.minimum((rng.random(size)[:, None] > share).sum(axis=1), len(COMMENTS) - 1)
    words, ends = rng.integers(0, 4, size), rng.integers(0, len(ENDS), size)
    phrases = np.array([phrase.split(";") for phrase in COMMENTS.values()])
    said = np.char.add(phrases[theme, words], np.array(ENDS)[ends])
    return np.where(rng.random(size) < WRITES, np.char.capitalize(said), "")
