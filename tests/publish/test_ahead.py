"""What has nothing to look at is named before anything runs."""

import pytest
from making import notebook

from cxresearch.ask.errors import RunError
from cxresearch.load.simulate import simulate
from cxresearch.publish.ahead import look_ahead
from cxresearch.publish.edition import publish
from cxresearch.publish.plan import read_edition

PARAMETERS = 'study: str = "data/demo"  # folder\nperiod: str | None = None  # period\nonly: str | None = None  # "segment=business"'


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("project")
    simulate(home / "data" / "demo", customers=300)
    notebook(home / "notebooks" / "03_speed.ipynb", "1", parameters=PARAMETERS)
    return home


def edition(home, text):
    (home / "notebooks" / "editions.toml").write_text(f'[m]\nnotebooks = ["speed"]\n{text}')
    return home / "notebooks" / "editions.toml"


def test_what_has_rows_passes(home):
    both = 'matrix = {period = "2025-01..2025-12 by quarter", only = ["segment=business", "segment=consumer"]}'
    look_ahead(read_edition("m", edition(home, both)).reports)
    look_ahead(read_edition("m", edition(home, 'params = {study = "data/none", period = "1999"}')).reports)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            'matrix = {period = ["2025-Q1", "1999-Q1"]}',
            r"Nothing was run: The study .* has no row in 1999-Q1 .1 January to 31 March 1999",
        ),
        ('params = {only = "segment=busines"}', 'Nothing was run: .*no row has segment "busines".*business'),
        ('params = {only = "segmnt=business"}', 'no column "segmnt".*segment'),
        ('params = {period = "1999", only = "segment=business"}', "no row with segment=business in 1999"),
        ('matrix = {period = "1990..1999 by year"}', r"And 6 more\. Change period"),
    ],
)
def test_what_has_none_is_named_before_anything_runs(home, text, told):
    with pytest.raises(RunError, match=told):
        publish("m", editions=edition(home, text), reports=home / "reports")
    assert not (home / "reports" / "m").exists()
