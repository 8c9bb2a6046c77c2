"""Reference values: inputs and answers computed outside this project."""

import json
import os
from pathlib import Path

import pandas as pd
import pytest

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("CXRESEARCH_SHARED", HERE.parent.parent / "shared"))


def case(name):
    """Input frame and expected values of one case."""
    folder = HERE / "reference" / name
    return pd.read_csv(folder / "input.csv"), json.loads((folder / "expected.json").read_text())["values"]


def shared(*parts):
    """A file or folder beside the project; where it is not there a skip that names it, and in CI a failure."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        missing = f"{'/'.join(parts)} is not beside the project (set CXRESEARCH_SHARED to its folder)"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return path


def near(found, expected, relative=1e-8):
    """Assert relative nearness as the references define it."""
    found, expected = float(found), float(expected)
    assert abs(found - expected) <= relative * max(abs(expected), 1e-12), f"{found!r} against {expected!r}"


def same(one, other, tolerance):
    """Two relations with the same numbers, within a tolerance, and the same checks, word for word."""
    pd.testing.assert_frame_equal(one.estimates, other.estimates, rtol=tolerance, atol=tolerance)
    if one.curve is not None:
        pd.testing.assert_frame_equal(one.curve, other.curve, rtol=tolerance, atol=tolerance)
    assert [check.detail for check in one.checks] == [check.detail for check in other.checks]


def reordered(folder, into):
    """Write the study of a folder into another, its rows in another order."""
    for table in sorted(folder.glob("*.parquet")):
        pd.read_parquet(table).sample(frac=1, random_state=3).to_parquet(into / table.name, index=False)
    (into / "study.toml").write_text((folder / "study.toml").read_text())
    return into
