"""Times, numbers and codes as people and programs write them: read as they are meant, or set aside and counted."""

import pandas as pd
import pytest

from cxresearch.ask.study import open_study
from cxresearch.load.contracts import read

BERLIN = 'timezone = "Europe/Berlin"'
SCALES = "[scales.nps]\nlow = 0\nhigh = 10\nblank = [11]\n"


def tables(folder, *, top="", more="", **given):
    """A study of files: text becomes <name>.csv, a frame <name>.parquet."""
    declared = f"{top}\n"
    for name, content in given.items():
        file = folder / f"{name}.{'csv' if isinstance(content, str) else 'parquet'}"
        file.write_text(content) if isinstance(content, str) else content.to_parquet(file)
        declared += f'[tables.{name}]\nfile = "{file.name}"\n{more}\n'
    (folder / "study.toml").write_text(declared)
    return read(open_study(folder))


def counted(made, thing="quarantined"):
    rows = made.audit[made.audit["thing"] == thing]
    return dict(zip(rows["detail"], rows["n"], strict=True))


def opened(made):
    return made.clean["contacts"].order_by("contact_id").execute()["opened_at"].astype(str).tolist()


def contacts(*times):
    return "contact_id,customer_id,opened_at\n" + "".join(f"{place},a,{time}\n" for place, time in enumerate(times))


ZONED = {
    "2025-07-01 10:00:00": "2025-07-01 08:00:00",
    "2025-07-01T10:00:00.250": "2025-07-01 08:00:00.250000",
    "2025/7/1 9:05": "2025-07-01 07:05:00",
    "2025-07-01": "2025-06-30 22:00:00",
    "2025-07-01 10:00:00 UTC": "2025-07-01 10:00:00",
    "2025-07-01 10:00:00UTC": "2025-07-01 10:00:00",
    "2025-07-01 10:00:00 GMT": "2025-07-01 10:00:00",
    "2025-07-01T10:00:00Z": "2025-07-01 10:00:00",
    "2025-07-01T10:00:00z": "2025-07-01 10:00:00",
    "2025-07-01T10:00:00.000Z": "2025-07-01 10:00:00",
    "2025-07-01 10:00:00 Z": "2025-07-01 10:00:00",
    "2025-07-01T10:00Z": "2025-07-01 10:00:00",
    "2025-07-01 10:00:00 +0000": "2025-07-01 10:00:00",
    "2025-07-01 10:00:00+02": "2025-07-01 08:00:00",
    "2025-07-01 10:00:00+0200": "2025-07-01 08:00:00",
    "2025-07-01 10:00:00 +0200": "2025-07-01 08:00:00",
    "2025-07-01 10:00:00 +02:00": "2025-07-01 08:00:00",
    "2025-07-01T10:00+02:00": "2025-07-01 08:00:00",
    "2025/07/01 10:00:00 -03:30": "2025-07-01 13:30:00",
    "2025-07-01 10:00:00-05": "2025-07-01 15:00:00",
}


def test_a_time_written_with_a_zone_is_an_instant_and_one_without_is_local(tmp_path):
    made = tables(tmp_path, top=BERLIN, contacts=contacts(*ZONED))
    found = made.stages["contacts"].table.order_by(made.stages["contacts"].table.contact_id.cast("int64")).execute()["opened_at"]
    assert dict(zip(ZONED, pd.to_datetime(found), strict=True)) == {said: pd.Timestamp(utc) for said, utc in ZONED.items()}
    assert counted(made) == {}


@pytest.mark.parametrize(
    "time",
    [
        "2025-07-01 03:15:00 PM", "2025-07-01 10:00 EST", "2025-07-01 10:00:00 foo", "2025-07-01 10:00:00 Europe/Berlin",
        "2025-07-01 10:00:00 - cancelled", "2025-07-01T10:00:00+02:00[Europe/Berlin]", "2025-07-01 10:00:00+99:00", "2025-07-01 UTC",
        "2025-02-31 10:00:00", "2025-02-31 10:00:00 UTC", "20250701",
    ],
)  # fmt: skip
def test_a_time_that_says_more_than_can_be_read_is_set_aside(tmp_path, time):
    assert counted(tables(tmp_path, contacts=contacts("2025-07-01", time))) == {"date not readable: opened_at": 1}


@pytest.mark.parametrize(
    ("pattern", "time", "utc"),
    [
        ("%d/%m/%Y %H:%M:%S %z", "01/07/2025 10:00:00 +0000", "2025-07-01 10:00:00"),
        ("%d/%m/%Y %H:%M:%S %z", "01/07/2025 10:00:00 +0200", "2025-07-01 08:00:00"),
        ("%d/%m/%Y %H:%M:%S %Z", "01/07/2025 10:00:00 UTC", "2025-07-01 10:00:00"),
        ("%d/%m/%Y %H:%M UTC", "01/07/2025 10:00 UTC", "2025-07-01 10:00:00"),
        ("%Y%m%dT%H%M%SZ", "20250701T100000Z", "2025-07-01 10:00:00"),
        ("%d/%m/%Y %I:%M %p", "01/07/2025 03:15 PM", "2025-07-01 13:15:00"),
    ],
)
def test_a_declared_format_with_a_zone_gives_instants(tmp_path, pattern, time, utc):
    assert opened(tables(tmp_path, top=BERLIN, more=f'date_format = "{pattern}"', contacts=contacts(time))) == [utc]


def test_a_decimal_comma_lets_points_stand_between_groups_alone(tmp_path):
    rows = ["19,99", "19.99", "1.234,50", "7.5", "-1.234.567", "1.2345", "12", "1.234.5"]
    content = "order_id;customer_id;ordered_at;amount\n" + "".join(f"{place};a;2025-01-01;{row}\n" for place, row in enumerate(rows))
    made = tables(tmp_path, more='delimiter = ";"\ndecimal = ","', orders=content)
    stage = made.stages["orders"].table.order_by("order_id").execute()
    assert stage["amount"].fillna(0).tolist() == [19.99, 0, 1234.5, 0, -1234567.0, 0, 12, 0]
    assert counted(made) == {"text in a numeric column: amount": 4, "negative: amount": 1}


def answers(**columns):
    given = {"response_id": [1, 2, 3], "customer_id": [7.0, 8.0, 9.0], "contact_id": [1, None, 3], "kind": "nps", "score": [9.0, 8, 3]}
    return pd.DataFrame(given | columns)


def test_an_id_stored_as_a_float_is_the_id_without_a_point(tmp_path):
    about = pd.DataFrame({"contact_id": [1, 2, 3], "customer_id": [7, 8, 9], "opened_at": pd.to_datetime(["2025-01-01"] * 3)})
    made = tables(tmp_path, top=SCALES, contacts=about, surveys=answers())
    found = made.clean["surveys"].order_by("response_id").execute()
    assert found["contact_id"].fillna("").tolist() == ["1", "", "3"]
    assert found["customer_id"].tolist() == ["7", "8", "9"]
    assert counted(made, "orphan") == {}


def test_codes_and_labels_of_whole_numbers_stored_as_floats(tmp_path):
    more = 'missing = [999]\nkeep = ["ease", "region"]\ntypes = { ease = "number", region = "text" }'
    given = answers(ease=[1.0, 999, None], region=[2.0, 999, 3.0], score=[9.0, 11, 3])
    for content in (given, given.to_csv(index=False)):
        made = tables(tmp_path, top=SCALES + '[values.region]\n2 = "north"', more=more, surveys=content)
        found = made.clean["surveys"].order_by("response_id").execute()
        assert found["ease"].fillna(-1).tolist() == [1, -1, -1]
        assert found["region"].fillna("").str.removesuffix(".0").tolist() == ["north", "", "3"]
        assert counted(made, "blank") == {"score: coded 11": 1}
        assert counted(made) == {}


def test_in_a_text_file_an_id_is_compared_as_text_alone(tmp_path):
    made = tables(tmp_path, more="missing = [999]", contacts="contact_id,customer_id,opened_at\n999,a,2025-01-01\n999.0,a,2025-01-01\n")
    assert made.clean["contacts"].execute()["contact_id"].tolist() == ["999.0"]
    assert counted(made) == {"contact_id missing": 1}


@pytest.mark.parametrize("amount", ["1e999", "inf", "-1e400", "9" * 400])
def test_a_number_without_end_is_no_number(tmp_path, amount):
    head = "order_id,customer_id,ordered_at,amount\n1,a,2025-01-01,5\n"
    made = tables(tmp_path, orders=f"{head}2,a,2025-01-01,{amount}\n")
    assert counted(made) == {"text in a numeric column: amount": 1}


def test_infinity_in_a_parquet_file_is_set_aside_and_not_a_number_is_missing(tmp_path):
    day = pd.to_datetime(["2025-01-01"] * 4)
    amount = [5.0, float("inf"), float("-inf"), float("nan")]
    made = tables(tmp_path, orders=pd.DataFrame({"order_id": list("abcd"), "customer_id": "a", "ordered_at": day, "amount": amount}))
    assert counted(made) == {"text in a numeric column: amount": 2}
    assert counted(made, "missing") == {"amount": 1}


def test_a_whole_number_too_long_for_its_column_is_set_aside(tmp_path):
    content = "contact_id,customer_id,opened_at,replies\n1,a,2025-01-01,99999999999999999999\n2,a,2025-01-01,2\n"
    assert counted(tables(tmp_path, contacts=content)) == {"text in a numeric column: replies": 1}
    day = pd.to_datetime(["2025-01-01"] * 2)
    frame = pd.DataFrame(
        {"contact_id": ["1", "2"], "customer_id": "a", "opened_at": day, "replies": pd.array([2**63 + 5, 2], dtype="uint64")}
    )
    (tmp_path / "contacts.csv").unlink()
    made = tables(tmp_path, contacts=frame)
    assert counted(made) == {"text in a numeric column: replies": 1}
