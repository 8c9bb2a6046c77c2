"""What counts more than the period of a page says so in words: in its headline, its detail and under its picture."""

from cxresearch.ask.period import EVERYTHING
from cxresearch.conclude.verdict import conclude
from cxresearch.conclude.voice import voice_of
from tests.conclude import samples, samples_journey

PERIOD = "1 January to 31 March 1997"
ALL = "all months on record, January 2024 to June 2025"


def test_customers_are_all_on_record_unless_something_else_was_asked_for():
    every, some, begun = (conclude(samples_journey.EVERY[f"repeat{name}"]()) for name in ("", "_some", "_period"))
    assert every.headline.startswith("Of 100 customers with an order on record, ")
    assert ", of all customers with an order on record, 1 January 1997 to 30 June 1998. " in every.detail
    assert "on record (only market DE or FR), 1 January 1997 to 30 June 1998. " in some.detail
    assert begun.headline.startswith("Of 100 customers, ") and f"on record who first ordered in the period {PERIOD}. " in begun.detail


def test_lives_are_all_on_record_unless_something_else_was_asked_for():
    every, some, bought = (conclude(samples_journey.EVERY[f"lifetime{name}"]()) for name in ("", "_some", "_orders_only"))
    assert "a customer on record is worth" in every.headline and "a customer on record is worth" in every.short[2]
    assert "n = 4,000: all customers on record, 1 January 1997 to 30 June 1998. " in every.detail
    assert "on record (only segment " in some.detail
    begun = conclude(samples_journey.lifetime(period=PERIOD))
    assert "a customer is worth" in begun.headline and f"on record who joined in the period {PERIOD}. " in begun.detail
    assert "all customers on record, " in bought.detail


def test_a_trend_over_everything_says_so_and_one_of_a_period_does_not():
    every, part = samples.trend(odd=(), period=EVERYTHING), samples.trend(odd=(), period="2024")
    assert conclude(every).headline == f"Over {ALL}, all 18 months of NPS lie inside the control band."
    assert conclude(part).headline == "All 18 months of NPS lie inside the control band."
    voice = voice_of("measure")
    assert voice.picture(every).subtitle(every).endswith(f"; {ALL}") and ALL not in voice.picture(part).subtitle(part)
    assert voice.tables(every)[1].under == f"with 95% intervals; {ALL}" and voice.tables(part)[1].under == "with 95% intervals"
    assert "Over all months on record, January 2024, the one month of NPS" in conclude(samples.trend(1, odd=(), period=EVERYTHING)).headline
    assert "on record" not in conclude(samples.measure(period=EVERYTHING)).headline
