"""Every notebook of the suite runs on a small company, in a kernel, and finds what it is there to find."""

from pathlib import Path

import pytest

import cxresearch as cx
from cxresearch.load.simulate import simulate

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

# The methods behind the findings, in the order of the page: the first one answers the question of the title.
FINDS = {
    "05_who_answers": ["who_answers"],
    "06_journey": ["journey", "recovery", "journey_map", "aggregators"],
    "07_retention": ["hazard", "repeat", "lifetime"],
    "08_chain": ["chain", "effect", "effect", "mediation", "lifetime", "value"],
    "09_what_if": ["what_if", "what_if"],
    "10_segments": ["segments", "slopes"],
    "11_change": ["change", "jump"],
    "12_voice": ["voice", "drivers"],
    "13_claims": ["claims"],
}  # fmt: skip
AT_ONCE = ("05_who_answers",)


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("company") / "demo", seed=5, customers=1500)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A study that has nothing but orders."""
    folder = tmp_path_factory.mktemp("shop")
    rows = [f"c{at % 40},2024-{1 + at % 12:02d}-{1 + at % 28:02d},{10 + at % 7}" for at in range(400)]
    (folder / "orders.csv").write_text("\n".join(["customer_id,ordered_at,amount", *rows]))
    (folder / "study.toml").write_text('name = "shop"\n[tables.orders]\nfile = "orders.csv"\n')
    return folder


def params(names):
    return [name if name in AT_ONCE else pytest.param(name, marks=pytest.mark.slow) for name in names]


@pytest.mark.parametrize("name", params(FINDS))
def test_a_notebook_finds_what_it_is_there_to_find(name, company, tmp_path):
    made = cx.run(NOTEBOOKS / f"{name}.ipynb", params={"study": str(company)}, out=tmp_path / "runs")
    assert (made.status, made.reason) == ("done", "")
    assert [finding.method for finding in made.findings] == FINDS[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in FINDS if name != "07_retention"])
def test_a_notebook_says_what_is_missing(name, shop, tmp_path):
    made = cx.run(NOTEBOOKS / f"{name}.ipynb", params={"study": str(shop)}, out=tmp_path / "runs")
    assert made.status == ("done" if made.findings else "not applicable"), made.reason
    assert {finding.method for finding in made.findings} <= {"lifetime"}
    assert made.page is not None
