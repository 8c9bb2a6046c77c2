"""The time-ordered join, against the same join written out in pandas, and everything that it refuses."""

import shutil

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.errors import DataError, LeakageError, QuestionError
from cxresearch.load.simulate import simulate

PERIOD = "2025-Q2"
START, END = pd.Timestamp("2025-04-01"), pd.Timestamp("2025-07-01")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("company") / "demo", seed=5, customers=1500)


@pytest.fixture(scope="module")
def study(folder):
    return cx.open_study(folder)


@pytest.fixture(scope="module")
def frames(folder):
    return {name: pd.read_parquet(folder / f"{name}.parquet") for name in ("contacts", "surveys", "customers")}


def hours(contacts, known):
    wait = (contacts["first_response_at"] - contacts["opened_at"]).dt.total_seconds() // 1 / 3600
    return wait.where(contacts["first_response_at"] <= known)


def sound(contacts):
    return contacts[~(contacts["resolved_at"] < contacts["opened_at"])]


def test_an_answer_meets_its_own_contact(study, frames):
    data = cx.link(study, cx.pose(study, "speed"), period=PERIOD)
    surveys = frames["surveys"].query("kind == 'nps'")
    surveys = surveys[(surveys["answered_at"] >= START) & (surveys["answered_at"] < END)]
    joined = surveys.merge(sound(frames["contacts"]).drop(columns="customer_id"), on="contact_id").sort_values("response_id")
    found = data.frame().sort_values("unit_id")
    assert data.rows == len(joined) == len(found)
    np.testing.assert_array_equal(found["unit_id"], joined["response_id"])
    np.testing.assert_allclose(found["first_response_hours"], hours(joined, joined["answered_at"]), rtol=1e-9, equal_nan=True)
    np.testing.assert_array_equal(found["nps"], np.select([joined["score"] >= 9, joined["score"] <= 6], [100.0, -100.0], 0.0))
    np.testing.assert_array_equal(found["difficulty"], joined["difficulty"])


def test_a_window_takes_the_last_contact_before_the_answer(study, frames):
    data = cx.link(study, cx.pose(study, "speed", window="14D"), period=PERIOD)
    surveys = frames["surveys"].query("kind == 'nps'")
    surveys = surveys[(surveys["answered_at"] >= START) & (surveys["answered_at"] < END)]
    pairs = surveys[["response_id", "customer_id", "answered_at"]].merge(sound(frames["contacts"]), on="customer_id")
    within = (pairs["opened_at"] < pairs["answered_at"]) & (pairs["opened_at"] >= pairs["answered_at"] - pd.Timedelta("14D"))
    last = pairs[within].sort_values(["opened_at", "contact_id"]).groupby("response_id").tail(1).sort_values("response_id")
    found = data.frame().sort_values("unit_id")
    np.testing.assert_array_equal(found["unit_id"], last["response_id"])
    np.testing.assert_allclose(found["first_response_hours"], hours(last, last["answered_at"]), rtol=1e-9, equal_nan=True)


def test_two_answers_of_one_moment_meet_the_same_contact(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "study")
    surveys = pd.read_parquet(folder / "surveys.parquet")
    again = surveys[surveys["kind"] == "nps"].assign(response_id=lambda rows: "again-" + rows["response_id"])
    pd.concat([surveys, again]).to_parquet(tmp_path / "study" / "surveys.parquet")
    once, twice = (
        cx.link(cx.open_study(path), cx.pose(cx.open_study(path), "speed", window="14D"), period=PERIOD)
        for path in (folder, tmp_path / "study")
    )
    columns = ["customer", "first_response_hours", "nps", "difficulty"]
    found = twice.frame()
    repeated = found["unit_id"].str.startswith("again-")
    assert twice.rows == 2 * once.rows and repeated.sum() == once.rows
    for half in (found[repeated], found[~repeated]):
        pd.testing.assert_frame_equal(half[columns].reset_index(drop=True), once.frame()[columns].reset_index(drop=True))


def test_a_customer_is_read_before_the_landmark_and_followed_after_it(study, frames):
    data = cx.link(study, cx.pose(study, "staying"), period=PERIOD)
    people = frames["customers"]
    here = people[(people["joined_at"] <= END) & ~(people["left_at"] <= END)]
    recent = sound(frames["contacts"])
    recent = recent[(recent["opened_at"] < END) & (recent["opened_at"] >= END - pd.Timedelta("90D"))]
    last = recent.sort_values(["opened_at", "contact_id"]).groupby("customer_id").tail(1)
    joined = here.merge(last, on="customer_id").sort_values("customer_id")
    found = data.frame().sort_values("unit_id")
    np.testing.assert_array_equal(found["unit_id"], joined["customer_id"])
    np.testing.assert_allclose(found["first_response_hours"], hours(joined, END), rtol=1e-9, equal_nan=True)
    np.testing.assert_array_equal(found["kept_90d"], (~(joined["left_at"] <= END + pd.Timedelta("90D"))).astype(float))
    assert data.landmark == "1 July 2025"


def test_a_later_contact_cannot_change_an_earlier_answer(study, folder, tmp_path):
    contacts = pd.read_parquet(folder / "contacts.parquet")
    late = contacts["opened_at"] >= END
    contacts.loc[late, "difficulty"] = 9.0
    contacts.loc[late, "first_response_at"] = contacts.loc[late, "opened_at"] + pd.Timedelta("3D")
    other = moved(folder, tmp_path, contacts=contacts)
    for topic, window in (("speed", None), ("speed", "30D"), ("staying", None)):
        one, two = (cx.link(each, cx.pose(each, topic, window=window), period=PERIOD).frame() for each in (study, other))
        pd.testing.assert_frame_equal(one, two)


def moved(folder, into, **frames):
    for file in folder.iterdir():
        (into / file.name).write_bytes(file.read_bytes())
    for name, frame in frames.items():
        frame.to_parquet(into / f"{name}.parquet", index=False)
    return cx.open_study(into)


def test_single_answers_before_their_contact_are_set_aside_and_counted(folder, tmp_path):
    surveys = pd.read_parquet(folder / "surveys.parquet")
    contacts = pd.read_parquet(folder / "contacts.parquet").set_index("contact_id")
    asked = surveys[(surveys["kind"] == "nps") & (surveys["answered_at"] >= START) & (surveys["answered_at"] < END)].index[:7]
    opened = contacts.loc[surveys.loc[asked, "contact_id"], "opened_at"].to_numpy()
    surveys.loc[asked, "answered_at"] = np.maximum(opened - np.timedelta64(1, "m"), np.datetime64(START))
    surveys.loc[asked, "invited_at"] = surveys.loc[asked, "answered_at"] - pd.Timedelta("1min")
    other = moved(folder, tmp_path, surveys=surveys)
    checks = {check.name: check for check in cx.link(other, cx.pose(other, "speed"), period=PERIOD).checks}
    assert checks["order in time"].status == "doubt"
    assert checks["order in time"].detail.startswith("Order in time: 7 of ")


def test_a_mapping_that_turns_time_round_is_refused(folder, tmp_path):
    surveys = pd.read_parquet(folder / "surveys.parquet")
    for column in ("invited_at", "answered_at"):
        surveys[column] = surveys[column] - pd.Timedelta("200D")
    other = moved(folder, tmp_path, surveys=surveys)
    with pytest.raises(LeakageError, match=r"[\d,]+ of [\d,]+ answers were given before their contact \(\"opened_at\"\) was opened"):
        cx.link(other, cx.pose(other, "speed"))


@pytest.mark.parametrize(
    ("question", "error", "message"),
    [
        (
            {"outcome": "nps", "exposure": "first_response_hours", "adjust_for": ("transfers",)},
            QuestionError,
            '"transfers" is declared a mediator',
        ),
        ({"outcome": "kept_90d", "exposure": "nps"}, LeakageError, '"nps" is declared an outcome in study.toml'),
        ({"outcome": "resolution_hours", "exposure": "ces"}, LeakageError, '"ces" is measured after "resolution_hours"'),
        ({"outcome": "nps", "exposure": "score"}, LeakageError, "the same rating stands on both sides"),
        ({"outcome": "nps", "exposure": "frist_response_hours"}, QuestionError, 'did you mean "first_response_hours"'),
        ({"outcome": "npss"}, QuestionError, 'did you mean "nps"'),
        ({"outcome": "nps", "by": "segmnt"}, QuestionError, 'did you mean "segment"'),
    ],
)  # fmt: skip
def test_what_a_question_may_not_ask(study, question, error, message):
    with pytest.raises(error, match=message):
        cx.link(study, cx.Question(**question), period=PERIOD)


def test_where_and_period_choose_rows_and_mistakes_are_named(study):
    question = cx.pose(study, "speed")
    whole = cx.link(study, question, period=PERIOD)
    parts = [cx.link(study, question, period=PERIOD, where={"plan": plan}).rows for plan in ("basic", "plus", "pro")]
    assert sum(parts) == whole.rows
    assert cx.link(study, question, period=PERIOD, where={"plan": ["basic", "plus"]}).rows == parts[0] + parts[1]
    with pytest.raises(QuestionError, match='where: there is no column "pln"; did you mean "plan"'):
        cx.link(study, question, where={"pln": "basic"})
    with pytest.raises(QuestionError, match='period is "2025-Q5"; write "2025"'):
        cx.link(study, question, period="2025-Q5")
    with pytest.raises(DataError, match=r"there is not one answer to look at \(1 January to 31 December 2019\)"):
        cx.link(study, question, period="2019")
    with pytest.raises(QuestionError, match=r'where: no row has plan "gold"; known: basic, plus, pro\.'):
        cx.link(study, question, where={"plan": "gold"})
    for period in ("2026", "2025-11", "2025-Q4"):
        assert "who stays cannot be seen yet" in cx.link(study, cx.pose(study, "staying"), period=period).reason
    assert cx.link(study, cx.pose(study, "staying"), period="2025-Q3").rows > 100


def test_what_a_study_lacks_is_absent_not_an_error(study, folder, tmp_path):
    for name in ("surveys.parquet", "study.toml"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    text = (tmp_path / "study.toml").read_text()
    head, *tables = text.split("[tables.")
    (tmp_path / "study.toml").write_text(head + "[tables." + next(table for table in tables if table.startswith("surveys")))
    alone = cx.open_study(tmp_path)
    missing = cx.link(alone, cx.Question(outcome="nps", exposure="first_response_hours"))
    assert isinstance(missing, cx.Absent)
    assert 'needs "opened at", "first response at"' in missing.reason
    assert isinstance(cx.link(alone, cx.Question(outcome="kept_90d")), cx.Absent)
    assert cx.pose(study, "nothing").reason.endswith("study.toml has no [ask.nothing].")


def test_the_fingerprint_names_rows_question_and_period(study):
    one = cx.link(study, cx.pose(study, "speed"), period=PERIOD)
    assert one.fingerprint == cx.link(study, cx.pose(study, "speed"), period=PERIOD).fingerprint
    assert one.fingerprint != cx.link(study, cx.pose(study, "speed"), period="2025-Q1").fingerprint
    assert one.fingerprint != cx.link(study, cx.pose(study, "speed", window="14D"), period=PERIOD).fingerprint


def test_an_unanswered_contact_is_not_yet_and_never_lost(study):
    data = cx.link(study, cx.Question(outcome="resolution_hours"), period="2025-Q4")
    frame = data.frame()
    still = frame["resolution_hours"].isna()
    assert 0 < still.sum() < len(frame)
    assert (frame.loc[still, "y_elapsed"] > 0).all()
    assert data.rows == len(frame)


def test_a_column_of_the_study_called_late_is_a_column_like_any_other(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "own")
    contacts = pd.read_parquet(tmp_path / "own" / "contacts.parquet")
    contacts.assign(late=(contacts.index % 2).astype(float)).to_parquet(tmp_path / "own" / "contacts.parquet")
    text = (tmp_path / "own" / "study.toml").read_text()
    (tmp_path / "own" / "study.toml").write_text(text.replace('keep = ["difficulty"]', 'keep = ["difficulty", "late"]'))
    own, before = (cx.link(cx.open_study(place), cx.Question("nps", exposure=name)) for place, name in
                   ((tmp_path / "own", "late"), (folder, "first_response_hours")))  # fmt: skip
    assert own.rows == before.rows and set(own.table.x.execute().unique()) == {0.0, 1.0}


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"exposure": "reopens"}, "“Reopens” is read as it stands"),
        ({"drivers": ("first_response_hours", "reopens", "transfers")}, "“Reopens” and “Transfers” are read as they stand"),
        ({"exposure": "mean_reopens_90d"}, "“Reopens” is read as it stands"),
        ({"outcome": "kept_90d", "exposure": "worst_reopens_90d"}, "“Reopens” is read as it stands"),
        ({"outcome": "resolution_hours", "exposure": "last_transfers_90d"}, "“Transfers” is read as it stands"),
        ({"exposure": "first_response_hours", "adjust_for": ("sla_met",)}, "“Promise kept (SLA met)” is read as it stands"),
        ({"exposure": cx.Rate("sla_met"), "drivers": ("replies", "sum_replies_90d", "transfers")},
         "“Promise kept (SLA met)”, “Replies” and “Transfers” are read as they stand"),
        ({"by": "transfers"}, "“Transfers” is read as it stands"),
        ({"by": "recovery"}, "“Reopens” is read as it stands"),
    ],
)  # fmt: skip
def test_what_is_not_dated_is_doubted_in_every_place(study, asked, named):
    data = cx.link(study, cx.Question(**{"outcome": "nps", **asked}), period=PERIOD)
    (found,) = (check for check in data.checks if check.name == "not dated")
    assert (found.status, found.cap) == ("doubt", "suggestive")
    part = "them" if " are " in named else "it"
    assert found.detail == f"{named} in the record today; part of {part} may have happened after the outcome was measured."


@pytest.mark.parametrize("asked", [
    {"exposure": "first_response_hours", "adjust_for": ("difficulty",), "by": "plan"},
    {"exposure": "mean_first_response_hours_90d", "drivers": ("contacts_90d", "mean_score_90d")},
    {"outcome": "resolution_hours", "exposure": "reopens"},
])  # fmt: skip
def test_what_is_dated_or_measured_with_the_outcome_is_not_doubted(study, asked):
    data = cx.link(study, cx.Question(**{"outcome": "nps", **asked}), period=PERIOD)
    assert "not dated" not in {check.name for check in data.checks}
