"""Event logs: the last row of each thing, by number or by the clock, and none that does not say what it is about."""

import pytest

from cxresearch.ask.errors import StudyError
from cxresearch.ask.study import open_study
from cxresearch.load.contracts import read

HEAD = "contact_id,customer_id,opened_at,transfers,step\n"
LATEST = '[tables.contacts.latest]\nper = "contact_id"\norder = "step"\n'


def tables(folder, rows, more=""):
    (folder / "c.csv").write_text(HEAD + "\n".join(rows) + "\n")
    (folder / "study.toml").write_text(f'[tables.contacts]\nfile = "c.csv"\n{more}{LATEST}')
    return read(open_study(folder))


def kept(made):
    return made.clean["contacts"].order_by("contact_id").execute()["transfers"].tolist()


@pytest.mark.parametrize("pattern", ["%d/%m/%Y", "%d%m%Y"])
def test_a_declared_format_decides_which_day_is_later(tmp_path, pattern):
    days = ["31/01/2025", "01/02/2025"] if "/" in pattern else ["31012025", "01022025"]
    rows = [f"1,a,{days[0]},0,{days[0]}", f"1,a,{days[0]},5,{days[1]}"]
    assert kept(tables(tmp_path, rows, f'date_format = "{pattern}"\n')) == [5]


def test_times_in_iso_and_numbers_need_nothing_declared(tmp_path):
    assert kept(tables(tmp_path, ["1,a,2025-01-01,0,2025-01-01 09:00", "1,a,2025-01-01,5,2025-01-01 10:00"])) == [5]
    assert kept(tables(tmp_path, ["1,a,2025-01-01,0,9", "1,a,2025-01-01,5,10", "1,a,2025-01-01,7,"])) == [5]


def test_an_order_that_is_neither_is_refused_without_quoting_it(tmp_path):
    with pytest.raises(StudyError, match=r'latest.order is "step": 1 of 2 values are neither a number nor a time .*such as "aa 9 aaa"'):
        tables(tmp_path, ["1,a,2025-01-01,0,on 3 May", "1,a,2025-01-01,5,2025-05-04"])


def test_blanks_are_no_part_of_the_thing_and_rows_without_one_are_counted(tmp_path):
    rows = ["1,a,2025-01-01,0,1", "1 ,a,2025-01-01,5,2", ",b,2025-01-01,0,1", ",c,2025-01-01,0,1", ",d,2025-01-01,0,2"]
    made = tables(tmp_path, rows)
    assert kept(made) == [5]
    quarantined = made.audit[made.audit["thing"] == "quarantined"]
    assert quarantined[["detail", "n"]].to_numpy().tolist() == [["contact_id missing", 3]]
