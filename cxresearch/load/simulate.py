"""A subscription company with planted truth: the demo, and the self-test."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cxresearch.ask.errors import ResearchError
from cxresearch.load.simulate_experience import RATINGS, Surveys, answers, leaving, mean_nps, nps_per_halving, share_above_bend, surveys
from cxresearch.load.simulate_journey import STAGES, TOUCHPOINTS, frustrated, orders, touches
from cxresearch.load.simulate_service import (
    CHANNELS,
    DAY,
    MARKETS,
    PLANS,
    PRICE,
    PRIORITIES,
    REASONS,
    SEGMENTS,
    TARGET_HOURS,
    Contacts,
    People,
    Truth,
    contacts,
    people,
)  # fmt: skip

__all__ = ["Truth", "simulate"]
CHUNK = 50_000
FIRST_YEAR = 2024
ONE_IN = 4000


def simulate(folder: str | Path, *, seed: int = 1, customers: int = 20_000, months: int = 24, truth: Truth = Truth()) -> Path:  # noqa: B008
    """Write a simulated company as a study: Parquet tables, study.toml and truth.toml.

    Use it to see every report at work, and to test a method against what is known to be true. Difficulty makes contacts slow
    *and* unsatisfying, so the naive slope is wrong; given difficulty and channel it is right.

    Parameters
    ----------
    folder : str or Path
        Where to write; made if it does not exist. Files of an earlier simulation are replaced.
    seed : int
        Same seed, same company.
    customers : int
        How many customers; written in chunks of 50,000, so memory does not grow.
    months : int
        Months of observation from 2024-01-01.
    truth : Truth
        What is planted.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ResearchError
        Where customers or months are fewer than one.

    Examples
    --------
    >>> import tempfile
    >>> sorted(file.name for file in simulate(tempfile.mkdtemp(), customers=50, months=6).iterdir())[-2:]
    ['touches.parquet', 'truth.toml']
    """
    if customers < 1 or months < 1:
        raise ResearchError(f"simulate: customers is {customers} and months is {months}; both must be at least 1.")
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    cuts = []
    with _Tables(place) as tables:
        for chunk, first in enumerate(range(0, customers, CHUNK)):
            rng = np.random.default_rng([seed, chunk])
            cuts.append(_chunk(rng, tables, (first, min(CHUNK, customers - first)), months, truth))
    (place / "study.toml").write_text(_study(months), encoding="utf-8")
    (place / "truth.toml").write_text(
        _told(truth, {"seed": seed, "customers": customers, "months": months}, float(np.mean(cuts))), encoding="utf-8"
    )
    return place


class _Tables:
    """Parquet files that grow by row groups."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.writers = folder, {}

    def __enter__(self) -> "_Tables":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for writer in self.writers.values():
            writer.close()

    def write(self, name: str, columns: dict[str, Any]) -> None:
        table = pa.table(columns)
        if name not in self.writers:
            self.writers[name] = pq.ParquetWriter(self.folder / f"{name}.parquet", table.schema, compression="zstd")
        self.writers[name].write_table(table, row_group_size=200_000)


def month_start(month: int) -> int:
    """Return the first instant of a month counted from 2024-01, in seconds since 1970.

    Examples
    --------
    >>> month_start(12) - month_start(0) == 366 * 86400
    True
    """
    return int(datetime(FIRST_YEAR + month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp())


def _chunk(rng: np.random.Generator, tables: _Tables, block: tuple[int, int], months: int, truth: Truth) -> float:
    span = (month_start(0), month_start(months))
    company = people(rng, *block, span)
    service = contacts(rng, company, span, truth)
    landmarks = [month_start(month) for month in range(3, months, 3)]
    journey = touches(rng, company, span[1], span[0])
    mean = mean_nps(company, service, frustrated(service, journey), truth)
    score = answers(rng, mean)
    left, cut = leaving(rng, company, service, score, landmarks, truth)
    there = (left[service.who] == 0) | (service.opened < left[service.who])
    service, mean, score = service.only(there), mean[there], score[there]
    tables.write("customers", _customers(company, left, span[1]))
    tables.write("contacts", _contacts(rng, company, service, span[1], block[0]))
    for survey in surveys(rng, company, service, (mean, score), span[1]):
        tables.write("surveys", _surveys(company, service, survey, block[0], left))
    tables.write("orders", _orders(rng, company, left, orders(rng, company, service, score, span)))
    tables.write("touches", _touches(company, left, journey))
    return cut


def _customers(company: People, left: np.ndarray, end: int) -> dict[str, Any]:
    return {
        "customer_id": _ids("C", company.number, 8),
        "joined_at": _times(company.joined),
        "left_at": _times(left, (left > 0) & (left < end)),
        "observed_until": _times(np.full(len(left), end)),
        "plan": _named(PLANS, company.plan),
        "segment": _named(SEGMENTS, company.segment),
        "market": _named(MARKETS, company.market),
        "value": np.array(PRICE)[company.plan],
    }


def _contacts(rng: np.random.Generator, company: People, service: Contacts, end: int, first: int) -> dict[str, Any]:
    count = len(service.who)
    damaged = rng.random(count) < 1 / ONE_IN
    target, answered = np.array(TARGET_HOURS)[service.priority], service.responded < end
    resolved = np.where(damaged, service.opened - DAY, service.resolved)
    human = _named(("human", "bot", "hybrid"), np.where(service.channel == 0, service.agent % 3, 0))
    return {
        "contact_id": _ids(f"T{first // CHUNK:03d}-", np.arange(count), 8),
        "customer_id": _ids("C", company.number[service.who], 8),
        "opened_at": _times(service.opened),
        "first_response_at": _times(service.responded, answered),
        "resolved_at": _times(resolved, resolved < end),
        "channel": _named(CHANNELS, service.channel),
        "reason": _named(REASONS, service.reason),
        "priority": _named(PRIORITIES, service.priority),
        "agent": _ids("agent ", service.agent, 2),
        "team": _ids("team ", service.team, 1),
        "handler": human,
        "direction": _named(("inbound", "proactive"), service.proactive.astype(int)),
        "reopens": service.reopens.astype("int64"),
        "transfers": service.transfers.astype("int64"),
        "replies": service.replies.astype("int64"),
        "sla_target": target,
        "sla_met": pa.array((service.responded - service.opened <= target * 3600).astype("int64"), mask=~answered),
        "difficulty": np.round(10 * service.difficulty, 5),
    }


def _surveys(company: People, service: Contacts, survey: Surveys, first: int, left: np.ndarray) -> dict[str, Any]:
    there = (left[service.who[survey.about]] == 0) | (survey.invited < left[service.who[survey.about]])
    about, silent = survey.about[there], (survey.answered == 0)[there]
    rated = {name: survey.ratings.get(name, np.full(len(there), np.nan))[there] for name in RATINGS}
    return {
        "response_id": _ids(f"R-{survey.kind}-{first // CHUNK:03d}-", about, 8),
        "customer_id": _ids("C", company.number[service.who[about]], 8),
        "contact_id": _ids(f"T{first // CHUNK:03d}-", about, 8),
        "invited_at": _times(survey.invited[there]),
        "answered_at": _times(survey.answered[there], ~silent),
        "kind": pa.array([survey.kind] * len(about), pa.string()),
        "score": pa.array(survey.score[there], mask=silent),
        **{name: pa.array(values, mask=silent | np.isnan(values)) for name, values in rated.items()},
        "comment": pa.array(survey.comment[there].astype(str), mask=silent | (survey.comment[there] == "")),
    }


def _orders(rng: np.random.Generator, company: People, left: np.ndarray, made: tuple[np.ndarray, np.ndarray]) -> dict[str, Any]:
    who, at = (part[_still(left, *made)] for part in made)
    amount = np.round(np.array(PRICE)[company.plan[who]] * 2 ** rng.normal(0, 0.6, len(who)), 2)
    return {"customer_id": _ids("C", company.number[who], 8), "ordered_at": _times(at), "amount": amount}


def _touches(company: People, left: np.ndarray, journey: dict[str, np.ndarray]) -> dict[str, Any]:
    still = _still(left, journey["who"], journey["at"])
    who, at, stage, ok = (journey[name][still] for name in ("who", "at", "stage", "ok"))
    return {
        "customer_id": _ids("C", company.number[who], 8),
        "at": _times(at),
        "stage": _named(STAGES, stage),
        "touchpoint": _named(TOUCHPOINTS, stage),
        "ok": ok,
    }


def _still(left: np.ndarray, who: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return what customers did before they left."""
    return (left[who] == 0) | (at < left[who])


def _ids(prefix: str, numbers: np.ndarray, digits: int) -> pa.Array:
    padded = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), digits, "0")
    return pc.binary_join_element_wise(prefix, padded, "")


def _times(seconds: np.ndarray, known: np.ndarray | None = None) -> pa.Array:
    mask = None if known is None else ~known
    return pa.array(np.asarray(seconds, "int64") * 1_000_000, mask=mask).cast(pa.timestamp("us"))


def _named(names: tuple[str, ...], codes: np.ndarray) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.asarray(codes, "int32")), pa.array(names)).cast(pa.string())


def _told(truth: Truth, settings: dict[str, int], cut: float) -> str:
    through = truth.kept_per_point * nps_per_halving(truth)
    planted = {**asdict(truth), "nps_per_halving": nps_per_halving(truth), "kept_per_halving": truth.kept_per_doubling + through}
    planted |= {"kept_per_halving_through_nps": through, "share_above_bend": share_above_bend(truth), "share_of_chances_cut": cut}
    lines = [
        "# What is planted. Nothing in cxresearch reads this file; tests and people do.",
        *_lines(settings),
        "",
        "[truth]",
        *_lines(planted),
    ]
    return "\n".join([*lines, "", "[truth.drivers]", *_lines({name: slope for name, (_, slope) in RATINGS.items()}), ""])


def _lines(values: dict[str, Any]) -> Iterator[str]:
    return (f"{name} = {list(value) if isinstance(value, tuple) else round(value, 6)}" for name, value in values.items())


def _study(months: int) -> str:
    template = Path(__file__).with_name("simulate_study.toml").read_text(encoding="utf-8")
    last = datetime.fromtimestamp(month_start(months) - 1, UTC)
    return template.replace("{observed_until}", f"{last:%Y-%m-%d}")
