"""The parameters cell as a typed schema: what it reads, what it refuses, what it says."""

import datetime

import nbformat
import pytest
from making import PARAMETERS

from cxresearch.ask.errors import RunError
from cxresearch.publish.parameters import coerce, read_parameters


def schema(source=PARAMETERS, tags=("parameters",)):
    cells = [nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})]
    return read_parameters(nbformat.v4.new_notebook(cells=cells), "03_speed")


def test_names_types_defaults_and_help_come_from_the_cell():
    shown = [(each.name, each.type, each.default, each.help) for each in schema()]
    assert shown[0] == ("study", "str", "data/demo", "folder with a study.toml")
    assert shown[2] == ("by", "str | None", None, "segment")
    assert shown[4] == ("seed", "int", 1, "")


def test_a_hash_inside_a_text_is_no_comment():
    assert schema('mark: str = "a # b"  # sign')[0].help == "sign"


def test_without_a_tagged_cell_there_are_no_parameters():
    assert schema(tags=()) == ()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("worth", "2", 2.0),
        ("worth", "None", None),
        ("by", "none", None),
        ("by", "segment", "segment"),
        ("seed", "007", 7),
        ("seed", 3, 3),
        ("worth", 3, 3.0),
    ],
)
def test_text_becomes_the_declared_type(name, text, value):
    typed = coerce(schema(), {name: text}, "03_speed")[name]
    assert typed == value and type(typed) is type(value)


def test_a_toml_date_becomes_text_and_a_truth_value_is_read():
    read = schema('day: str = "2025-01-01"\nstrict: bool = False')
    assert coerce(read, {"day": datetime.date(2025, 4, 1), "strict": "yes"}, "x") == {"day": "2025-04-01", "strict": True}


def test_a_misspelt_parameter_names_the_nearest():
    with pytest.raises(
        RunError, match=r'03_speed has no parameter "perod"; did you mean "period"\? Known: by, period, seed, study, worth\.'
    ):
        coerce(schema(), {"perod": "2025-Q2"}, "03_speed")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seed", "x"),
        ("seed", "1.5"),
        ("seed", True),
        ("seed", 1.5),
        ("worth", "nan"),
        ("worth", "inf"),
        ("worth", [1]),
        ("study", None),
        ("study", 3),
    ],
)
def test_a_wrong_type_is_refused_with_what_was_expected(name, value):
    with pytest.raises(RunError, match=rf"03_speed: {name} must be (int|float \| None|str), but it was given"):
        coerce(schema(), {name: value}, "03_speed")


@pytest.mark.parametrize("name", ["seed = 1\nimport os", "seed; import os", "__import__('os')", "", "a" * 500])
def test_a_hostile_name_never_gets_through_and_is_shown_on_one_line(name):
    with pytest.raises(RunError, match="has no parameter") as told:
        coerce(schema(), {name: "1"}, "03_speed")
    assert "\n" not in str(told.value) and len(str(told.value)) < 200


@pytest.mark.parametrize("name", ["password", "API_KEY", "auth_token", "db_passwd", "client_secret"])
def test_a_secret_is_refused_by_its_name(name):
    with pytest.raises(RunError, match=r"looks like a secret.*environment"):
        coerce(schema(), {name: "x"}, "03_speed")
    with pytest.raises(RunError, match="looks like a secret"):
        schema(f'{name}: str = "x"')


def test_a_password_inside_an_address_is_refused():
    with pytest.raises(RunError, match="looks like a secret") as told:
        coerce(schema(), {"study": "postgresql://ann:pw123@db/cx"}, "03_speed")
    assert "pw123" not in str(told.value)


@pytest.mark.parametrize(
    "line",
    [
        "import os",
        "seed = 1",
        "seed: int",
        "seed: int = 1 + 1",
        "when: date = None",
        "seed: list[int] = [1]",
        "seed: None = None",
        "seed: int =",
    ],
)
def test_anything_but_annotated_literals_is_refused(line):
    with pytest.raises(RunError, match="must read `name: type = value"):
        schema(line)


def test_a_default_of_another_type_and_a_second_cell_are_refused():
    with pytest.raises(RunError, match="seed is declared int but its default is 'x'"):
        schema('seed: int = "x"')
    cells = [nbformat.v4.new_code_cell("a: int = 1", metadata={"tags": ["parameters"]}) for _ in range(2)]
    with pytest.raises(RunError, match="2 cells tagged"):
        read_parameters(nbformat.v4.new_notebook(cells=cells), "x")
