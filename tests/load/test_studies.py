"""The real studies, as their publishers' numbers have them. They need the raw files: CXRESEARCH_SHARED, or the folder ../shared."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from references import shared

import cxresearch as cx
from cxresearch.ask.errors import DataError
from cxresearch.ask.study import open_study
from cxresearch.load.contracts import read
from cxresearch.load.fetch import SETS, fetch

HOME = Path(__file__).parents[2]


def fetched(name: str, folder: Path):
    raw = shared("data", SETS[name][0]).parent
    (folder / name).mkdir(exist_ok=True)
    shutil.copy(HOME / "data" / name / "study.toml", folder / name)
    return read(open_study(fetch(name, source=raw, into=folder)))


def counted(made, thing: str) -> dict[str, int]:
    rows = made.audit[made.audit["thing"] == thing]
    return dict(zip(rows["detail"], rows["n"], strict=True))


def test_sfo(tmp_path):
    made = fetched("sfo", tmp_path)
    blank = counted(made, "blank")
    assert (blank["score: coded 11"], blank["score: empty"]) == (84, 1)
    frame = made.clean["surveys"].execute().dropna(subset="score")
    class_ = np.select([frame["score"] >= 9, frame["score"] <= 6], [100, -100], 0)
    assert len(frame) == 2746
    assert round(class_.mean(), 1) == 39.8
    assert round(np.average(class_, weights=frame["weight"]), 1) == 40.4
    assert round(class_[frame["problem"] == "no"].mean(), 1) == 43.6
    assert round(class_[frame["problem"] == "yes"].mean(), 1) == 18.8
    assert counted(made, "quarantined") == {}


@pytest.mark.slow
def test_sfo_weighted_and_as_the_answers_came(tmp_path):
    study = fetched("sfo", tmp_path).study
    found = cx.measure(cx.link(study, cx.pose(study, "score")))
    said = {
        level: (round(found.row("nps", level).estimate, 2), round(found.row("nps", level).unweighted, 2)) for level in ("", "no", "yes")
    }
    assert said[""] == (40.4, 39.84) and (said["no"][1], said["yes"][1]) == (43.65, 18.77)
    assert "NPS is 40.40 with them and 39.84 without." in " ".join(check.detail for check in found.checks)
    silent = cx.link(study, cx.Question(outcome="response_rate"))
    assert isinstance(silent, cx.Absent) and "Only answers are on record" in silent.reason


def test_incidents(tmp_path):
    made = fetched("incidents", tmp_path)
    assert counted(made, "source") == {"rows read; the latest of each is kept": 141_712}
    assert made.audit.query("thing == 'rows'")[["n", "of"]].to_numpy().tolist() == [[24_915, 24_918]]
    assert counted(made, "quarantined") == {"customer_id missing": 3}
    contacts = made.clean["contacts"].execute()
    still = contacts["resolved_at"].isna()
    assert still.sum() == 1_556 and contacts.loc[still, "closed_at"].notna().all()
    assert contacts["transfers"].max() == 27 and contacts["reopens"].max() == 8


@pytest.mark.filterwarnings("ignore:.*not the file that the study was written for")
def test_olist(tmp_path):
    made = fetched("olist", tmp_path)
    orders, reviews = made.clean["contacts"].execute(), made.clean["surveys"].execute()
    assert len(orders) == 8_135 and orders["customer_id"].nunique() == 8_016
    delivered = orders[orders["status"] == "delivered"]
    joined = reviews.drop(columns="customer_id").merge(delivered, on="contact_id")
    assert (len(delivered), len(joined)) == (5_172, 5_240)
    assert round(joined["score"].mean(), 3) == 4.138
    assert (joined["answered_at"] < joined["resolved_at"]).sum() == 281
    late = (joined[["resolved_at", "answered_at"]].min(axis=1) - joined["due_at"]).dt.total_seconds() / 86400
    assert joined["score"][late < 0].mean() > 4 and joined["score"][late >= 3].mean() < 2


def test_every_study_is_fetched_by_its_name_only():
    with pytest.raises(DataError, match='"ofo" is no study to fetch; did you mean "sfo"'):
        fetch("ofo")
