"""Customers kept with an exposure, in words: of 1,000, never a bare ratio in the headline."""

from cxresearch.conclude.charts.figure import plot
from cxresearch.conclude.verdict import conclude
from tests.conclude import samples, samples_staying


def test_the_headline_counts_customers_of_a_thousand():
    for made in (samples_staying.hazard(), samples_staying.hazard_ratio()):
        finding = conclude(made)
        assert finding.headline == (
            "Among comparable customers, halving the wait for a first response goes with 21 more customers kept 90 days in every 1,000."
        )
        assert (finding.unit, finding.worth, finding.strength) == ("of 1,000", 10.0, "clear")
        assert "Predicted to be here after 90 days: 880 of 1,000 without, 901 with." in finding.detail
    assert "Hazard ratio 0.80 (0.70 to 0.91)" in finding.detail


def test_worth_is_given_of_a_hundred_as_in_the_study():
    assert conclude(samples_staying.hazard(), worth=2.0).strength == "suggestive"
    assert conclude(samples.retention(), worth=1.0).worth == 10.0


def test_no_difference_is_not_called_one():
    made = samples_staying.hazard((0.001, -0.011, 0.013))
    assert conclude(made).headline.endswith("these data cannot say.")
    assert "no difference in customers kept 90 days stands out" in plot(made).title
    assert conclude(samples_staying.hazard((0.001, -0.004, 0.006))).strength == "negligible"


def test_who_is_still_observed_stands_under_the_curve():
    assert "Customers observed:" in plot(samples.retention()).wide
    assert "Customers observed:" in plot(samples_staying.hazard_ratio()).narrow
