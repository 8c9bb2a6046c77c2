"""study.toml: what it says is read, and every mistake names file, key and what is allowed."""

from pathlib import Path

import pytest

from cxresearch.ask.errors import StudyError
from cxresearch.ask.study import Scale, open_study

MINIMAL = '[tables.contacts]\nfile = "tickets.csv"\n'


def study_of(folder: Path, text: str):
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return open_study(folder)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(StudyError) as caught:
        study_of(folder, text)
    message = str(caught.value)
    assert str(folder / "study.toml") in message
    return message


def test_defaults_are_the_plainest_study(tmp_path):
    study = study_of(tmp_path, MINIMAL)
    assert (study.name, study.engine, study.timezone, study.customer, study.disclosure_limit) == (
        tmp_path.name,
        "duckdb://",
        "UTC",
        "column",
        5,
    )
    assert study.worth == {} and study.observed_until is None
    assert study.tables["contacts"].format.delimiter == ","


def test_one_scale_serves_several_columns(tmp_path):
    study = study_of(tmp_path, MINIMAL + '[scales.rating]\nlow = 1\nhigh = 5\nblank = [0, 6, "Blank"]\ncolumns = ["food", "signs"]\n')
    assert study.scales == dict.fromkeys(("food", "signs"), Scale(1, 5, ("0", "6", "Blank")))


def test_missing_codes_may_differ_by_column(tmp_path):
    text = '[tables.contacts]\nfile = "a.csv"\n[tables.contacts.missing]\nreason = ["NA"]\nteam = "?"\n'
    assert study_of(tmp_path, text).tables["contacts"].format.missing == {"reason": ("NA",), "team": ("?",)}
    assert study_of(tmp_path, '[tables.contacts]\nfile = "a.csv"\nmissing = ["?"]\n').tables["contacts"].format.missing == {"*": ("?",)}


def test_a_composite_id_and_a_lookup(tmp_path):
    text = """
[tables.surveys]
file = "reviews.csv"
columns = { response_id = ["review", "order"], score = "stars" }
[tables.surveys.lookup]
file = "people.csv"
key = "order"
columns = { customer_id = "who" }
"""
    spec = study_of(tmp_path, text).tables["surveys"]
    assert spec.columns["response_id"] == ("review", "order")
    assert spec.lookup.key == "order" and spec.lookup.columns == {"customer_id": ("who",)}


def test_a_relative_path_is_found_from_a_folder_below(tmp_path, monkeypatch):
    home = tmp_path / "data" / "mine"
    home.mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    (home / "study.toml").write_text(MINIMAL)
    monkeypatch.chdir(tmp_path / "notebooks")
    assert open_study("data/mine").folder == home
    assert open_study("data/mine/study.toml").folder == home


def test_an_unknown_study_names_those_that_are_there(tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "study.toml").write_text(MINIMAL)
    with pytest.raises(StudyError, match=r'No study at ".*dmeo".*Studies there: demo\.'):
        open_study(tmp_path / "dmeo")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time_zone = 'UTC'\n" + MINIMAL, 'time_zone is not a known key; did you mean "timezone"?'),
        ("currency = 'EUR 12'\n" + MINIMAL, 'currency is "EUR 12"; write what stands behind an amount, such as "EUR"'),
        ("timezone = 'Mars/Olympus'\n" + MINIMAL, 'timezone is "Mars/Olympus"; write a zone such as "UTC"'),
        ("customer = 'rows'\n" + MINIMAL, 'customer is "rows"; did you mean "row"? Known: column, row.'),
        ("design = 'trial'\n" + MINIMAL, 'design is "trial"; known: experiment, observed, quasi-experiment.'),
        ("disclosure_limit = 0\n" + MINIMAL, "disclosure_limit is 0; it must be a whole number from 1 up."),
        ("disclosure_limit = '5'\n" + MINIMAL, "disclosure_limit is '5'; it must be a number without quotes."),
        ("observed_until = 'today'\n" + MINIMAL, "observed_until is 'today'; write a date or time without quotes"),
        ("engine = 'duckdb'\n" + MINIMAL, 'engine is "duckdb"; write an address'),
        ("engine = 'postgres://me:secret@host/db'\n" + MINIMAL, "engine holds a password"),
        ("engine = 'pyspark://yarn?spark.hadoop.fs.s3a.secret.key=x'\n" + MINIMAL, "engine holds a password"),
        ("worth = 2\n" + MINIMAL, "worth is 2; it must be a table ([worth])."),
        (MINIMAL + "[worth]\nnps = '2'\n", "worth.nps is '2'; it must be a number without quotes."),
        (MINIMAL + "[roles]\ndifficulty = 'confunder'\n", 'roles.difficulty is "confunder"; did you mean "confounder"?'),
        (MINIMAL + "[scales.nps]\nlow = 0\n", "scales.nps.high is missing; it must be a number."),
        (MINIMAL + "[scales.nps]\nlow = 10\nhigh = 0\n", "scales.nps.high is 0; it must be more than low, which is 10."),
        (MINIMAL + "[scales.csat]\nlow = 1\nhigh = 5\ntop_box = 9\n", "scales.csat.top_box is 9; it must lie between 1 and 5."),
        (MINIMAL + "[scales.nps]\nlow = 0\nhigh = 10\nblanks = 11\n", 'scales.nps.blanks is not a known key; did you mean "blank"?'),
        (MINIMAL + "[ask.sped]\noutcome = 'nps'\n", 'ask.sped is not a topic; did you mean "speed"?'),
        (MINIMAL + "[ask.speed]\nexposur = 'x'\n", 'ask.speed.exposur is not a known key; did you mean "exposure"?'),
        ("title = 'x'\n", "tables is missing; declare at least one of contacts, surveys"),
        (
            "[tables.tickets]\nfile = 'a.csv'\n",
            "tables.tickets is not a canonical table; known: contacts, customers, orders, surveys, touches.",
        ),
        ("[tables.contacts]\n", "tables.contacts.file is missing; name a file"),
        ("[tables.contacts]\nfile = 7\n", "tables.contacts.file is 7; it must be a text or a list of texts."),
        (MINIMAL + "delimeter = ';'\n", 'tables.contacts.delimeter is not a known key; did you mean "delimiter"?'),
        (MINIMAL + "delimiter = ', '\n", 'tables.contacts.delimiter is ", "; it must be one character.'),
        (MINIMAL + "decimal = 'comma'\n", 'tables.contacts.decimal is "comma"; known: ,, ..'),
        (MINIMAL + "types = { a = 'float' }\n", 'tables.contacts.types.a is "float"; known: boolean, integer, number, text, timestamp.'),
        (MINIMAL + "latest = { per = 'id' }\n", "tables.contacts.latest.order is missing; it must be a text."),
    ],
)
def test_every_mistake_names_the_key_and_what_is_allowed(tmp_path, text, said):
    assert said in refusal(tmp_path, text)


def test_broken_toml_is_said_to_be_broken(tmp_path):
    assert "is not valid TOML" in refusal(tmp_path, "title = \n")
