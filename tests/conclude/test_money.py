"""Money has its currency, where the study names one, wherever an amount is said."""

import re

from cxresearch.conclude.verdict import conclude
from tests.conclude import samples_journey, samples_path


def words(relation):
    finding = conclude(relation)
    return " ".join([finding.headline, finding.detail, *(check.detail for check in finding.more)])


def test_the_currency_stands_behind_every_amount():
    life = words(samples_journey.lifetime(currency="EUR"))
    assert re.search(r"a customer on record is worth [\d.]+ EUR on average", life) and re.search(
        r"95% interval [\d.]+ to [\d.]+ in EUR;", life
    )
    assert (
        "it would be worth 1,725 EUR (600 to 2,775), each counted with 28.3 EUR. "
        "Less the cost of 500 EUR that is 1,225 EUR (100 to 2,275)." in words(samples_path.worth_it(currency="EUR"))
    )


def test_without_one_nothing_is_invented():
    life = words(samples_journey.lifetime())
    assert "in the money of the orders" in life and "EUR" not in life
