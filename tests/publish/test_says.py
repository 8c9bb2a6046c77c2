"""What a page says about its run: parameters as people write them, with and without linked rows."""

from pathlib import Path

import pytest

from cxresearch.publish.says import facts, repeat
from cxresearch.publish.shelf import open_notebook

CLAIMS = Path(__file__).parents[2] / "notebooks" / "13_claims.ipynb"


@pytest.mark.parametrize(
    ("given", "said"), [("2024-Q3..2025-Q2", "1 July 2024 to 30 June 2025"), ("2025-06", "1 June to 30 June 2025"), ("soon", "soon")]
)
def test_a_period_is_written_out_where_no_rows_were_linked(given, said):
    assert dict(facts(open_notebook(CLAIMS), {"study": "nowhere", "period": given}, ()))["Period"] == said


def test_linked_rows_say_their_period_themselves():
    linked = {"title": "A company", "period": "all of it", "worth": 2.0, "worth_unit": "points"}
    said = dict(facts(open_notebook(CLAIMS), {"period": "2025"}, [linked]))
    assert (said["Data"], said["Period"]) == ("A company", "all of it")


def test_the_command_that_makes_it_again_quotes_what_has_blanks():
    assert repeat("13_claims", {"only": "market=DE, FR"}) == (
        'cxresearch run 13_claims -p only="market=DE, FR": the same input gives the same page, byte for byte'
    )
