"""The verdicts of the register, and a company whose truth is known."""

import pytest

import cxresearch as cx
from cxresearch.ask.errors import StudyError
from cxresearch.load.simulate import Truth, simulate
from cxresearch.relate.methods.claims import verdict

PERIOD = "2024-Q3..2025-Q2"
FAST = ["C1", "C8"]


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (2.5, 4.0, "supported"), (0.1, 4.0, "supported"), (0.1, 1.9, "contradicted"), (-1.0, 1.0, "contradicted"),
        (-9.0, -3.0, "contradicted"), (-1.0, 3.0, "cannot tell"), (0.0, 3.0, "cannot tell"), (-9.0, 9.0, "cannot tell"),
    ],
)  # fmt: skip
def test_the_interval_against_worth_decides(low, high, word):
    assert verdict(low, high, 2.0) == word


@pytest.mark.slow
def test_planted_effects_are_supported_and_planted_nothing_never_is(tmp_path):
    there = cx.methods.claims(cx.open_study(simulate(tmp_path / "there", seed=5, customers=8000)), period=PERIOD, only=FAST).estimates
    assert list(there["verdict"]) == ["supported", "supported"]
    nothing = Truth(nps_per_doubling=0, kept_per_doubling=0)
    absent = cx.methods.claims(
        cx.open_study(simulate(tmp_path / "absent", seed=5, customers=8000, truth=nothing)), period=PERIOD, only=FAST
    ).estimates
    assert "supported" not in set(absent["verdict"])


def test_a_claim_without_its_tables_is_named_and_not_run(tmp_path):
    folder = simulate(tmp_path / "demo", seed=2, customers=2000)
    text = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(text[: text.index("[tables.customers]")] + '[tables.touches]\nfile = "touches.parquet"\n')
    found = cx.methods.claims(cx.open_study(folder), only=FAST)
    assert list(found.estimates["term"]) == ["C1"]
    assert found.facts["absent"][0][0] == "C8" and "customers" in found.facts["absent"][0][2]


def test_too_little_data_is_said_and_no_verdict(tmp_path):
    found = cx.methods.claims(cx.open_study(simulate(tmp_path, seed=2, customers=60)), only=["C1"])
    assert found.estimates["verdict"].item() == "cannot tell"


def test_a_method_that_does_not_exist(tmp_path):
    study = cx.open_study(simulate(tmp_path / "demo", seed=2, customers=60))
    lines = 'statement = "x"\ntopic = "speed"\nmethod = "efect"\nparts = "adjusted"\nsupported = "a"\ncontradicted = "b"'
    (tmp_path / "claims.toml").write_text("[C1]\n" + lines)
    with pytest.raises(StudyError, match='claim C1 names the method "efect", which does not exist'):
        cx.methods.claims(study, register=tmp_path / "claims.toml")
