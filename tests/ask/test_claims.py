"""The register of claims: read with care, every mistake names file and key."""

import pytest

from cxresearch.ask.claims import read_claims
from cxresearch.ask.errors import StudyError
from cxresearch.ask.question import Absent
from cxresearch.ask.study import open_study

WHOLE = {
    "statement": '"Faster is better."', "question": '{ outcome = "nps", exposure = "wait", adjust_for = ["confounders", "plan"] }',
    "method": '"effect"', "parts": '["adjusted"]', "supported": '"above zero"', "contradicted": '"within worth"',
}  # fmt: skip


def register(folder, **changed):
    lines = {name: value for name, value in {**WHOLE, **changed}.items() if value}
    (folder / "claims.toml").write_text("[C1]\n" + "\n".join(f"{name} = {value}" for name, value in lines.items()), encoding="utf-8")
    return folder / "claims.toml"


def study(folder, more=""):
    folder.mkdir()
    (folder / "study.toml").write_text(f'roles = {{ hard = "confounder" }}\n{more}\n[tables.contacts]\nfile = "a.csv"\n', encoding="utf-8")
    return open_study(folder)


def test_a_claim_asks_with_the_confounders_of_the_study(tmp_path):
    (claim,) = read_claims(register(tmp_path))
    assert claim.asked(study(tmp_path / "a")).adjust_for == ("hard", "plan")


def test_the_question_of_the_study_goes_first(tmp_path):
    (claim,) = read_claims(register(tmp_path, topic='"speed"'))
    asked = claim.asked(study(tmp_path / "a", 'ask.speed = { outcome = "csat", exposure = "wait" }'))
    assert (asked.outcome, asked.adjust_for) == ("csat", ())


def test_a_claim_that_only_a_study_can_ask_is_absent_elsewhere(tmp_path):
    (claim,) = read_claims(register(tmp_path, topic='"brand"', question=""))
    assert isinstance(claim.asked(study(tmp_path / "a")), Absent)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"statemant": '"x"'}, r'C1\.statemant is not a known key; did you mean "statement"\?'),
        ({"side": '"above"'}, r'C1\.side is "above"; known: higher, lower\.'),
        ({"worth": "-1"}, r"C1\.worth is -1; it must be a positive number\."),
        ({"parts": "[]"}, r"C1\.parts is missing; name the terms"),
        ({"question": '{ exposure = "wait" }'}, r"C1\.question names no outcome, and there is no topic"),
        ({"question": '{ outcom = "nps" }'}, r'C1\.question\.outcom is not a known key; did you mean "outcome"\?'),
        ({"supported": ""}, r"C1\.supported is missing; it must be a text\."),
        ({"statement": '"x'}, r"claims\.toml is not valid TOML"),
    ],
)
def test_every_mistake_names_file_and_key(tmp_path, changed, message):
    with pytest.raises(StudyError, match=message):
        read_claims(register(tmp_path, **changed))


def test_no_register():
    with pytest.raises(StudyError, match=r'No register of claims at "nowhere\.toml", here or above\.'):
        read_claims("nowhere.toml")
