"""The mediator on its way through the link: between the exposure and the outcome, or not at all."""

import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.errors import LeakageError, QuestionError
from cxresearch.load.simulate import simulate

PERIOD = "2024-Q3..2025-Q2"
ASKED = {"outcome": "kept_90d", "exposure": "first_response_hours", "mediator": "said_nps", "adjust_for": ("difficulty",)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("company") / "demo", seed=5, customers=1500)


@pytest.fixture(scope="module")
def study(folder):
    return cx.open_study(folder)


def test_the_answer_about_the_last_contact_is_joined_as_pandas_joins_it(study, folder):
    data = cx.link(study, cx.Question(**ASKED), period=PERIOD)
    mark = pd.Timestamp("2025-07-01")
    contacts, surveys = (pd.read_parquet(folder / f"{name}.parquet") for name in ("contacts", "surveys"))
    before = contacts[(contacts.opened_at < mark) & (contacts.opened_at >= mark - pd.Timedelta(days=90))]
    last = before.sort_values(["opened_at", "contact_id"]).groupby("customer_id").tail(1)
    said = surveys[(surveys.kind == "nps") & (surveys.answered_at < mark)].merge(last[["contact_id", "opened_at"]], on="contact_id")
    said = said[said.answered_at > said.opened_at].sort_values(["answered_at", "response_id"]).groupby("contact_id").head(1)
    expected = said.set_index("customer_id").score.map(lambda score: 100.0 if score >= 9 else -100.0 if score <= 6 else 0.0)
    found = data.frame().set_index("customer").said_nps
    assert len(found) > 50
    assert (found == expected[found.index]).all()
    assert "had answered the survey about it by then" in next(check.detail for check in data.checks if check.name == "who answered")


def test_service_is_known_up_to_the_answer(study, folder):
    """A first response that came after the answer is "not yet" for a question about what the answer carries on."""
    frame = cx.link(study, cx.Question(**ASKED), period=PERIOD).frame().set_index("customer")
    surveys, contacts = (pd.read_parquet(folder / f"{name}.parquet") for name in ("surveys", "contacts"))
    both = surveys[surveys.kind == "nps"].merge(contacts[["contact_id", "first_response_at", "opened_at"]], on="contact_id")
    late = both[(both.first_response_at > both.answered_at) & (both.answered_at < "2025-07-01") & (both.opened_at > "2025-04-02")]
    hit = frame.index.intersection(late.customer_id)
    assert frame.loc[hit, "first_response_hours"].isna().all()


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        ({"mediator": "kept_90d"}, QuestionError, '"kept_90d" is both the outcome and the mediator'),
        ({"mediator": "difficulty"}, QuestionError, '"difficulty" is both the mediator and a confounder'),
        ({"exposure": None}, QuestionError, "there is no exposure that could work through it"),
        ({"mediator": "nps"}, QuestionError, '"nps" is declared outcome in study.toml and cannot be the mediator'),
        ({"mediator": "channel"}, QuestionError, '"channel" is declared confounder'),
        ({"exposure": "said_nps", "mediator": "transfers"}, LeakageError, '"transfers" is measured before "said_nps"'),
        ({"outcome": "nps"}, LeakageError, '"said_nps" is measured after "nps"'),
        ({"outcome": "nps", "mediator": cx.Mean("score")}, LeakageError, "the same rating stands on both sides"),
        ({"outcome": "said_nps", "mediator": None}, QuestionError, 'as an outcome ask about "nps"'),
    ],
)
def test_a_mediator_that_cannot_be_one(study, fields, error, message):
    with pytest.raises(error, match=message):
        cx.link(study, cx.Question(**ASKED | fields), period=PERIOD)


def test_a_study_without_surveys_cannot_be_asked(folder, tmp_path):
    text = (folder / "study.toml").read_text()
    head, _, rest = text.partition("[tables.surveys]")
    text = f"{head.partition('[scales')[0]}[tables.contacts]{head.partition('[tables.contacts]')[2]}[tables.customers]"
    text = (text + rest.partition("[tables.customers]")[2]).replace('file = "', f'file = "{folder}/')
    (tmp_path / "study.toml").write_text(text)
    assert isinstance(cx.link(cx.open_study(tmp_path), cx.Question(**ASKED), period=PERIOD), cx.Absent)


def test_a_frame_carries_its_mediator():
    frame = pd.DataFrame({"who": range(4), "x": [1.0, 2, 3, 4], "m": [1.0, None, 2, 3], "y": [2.0, 3, 4, 5]})
    data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("y"), exposure="x", mediator="m"), customer="who")
    assert data.rows == 3
    assert data.mediator.name == "m"
    assert list(data.frame().m) == [1.0, 2.0, 3.0]
