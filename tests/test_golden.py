"""Every number of ours that somebody else has computed too."""

import golden
import pytest


@pytest.mark.parametrize("case", golden.cases())
def test_ours_is_theirs(case):
    found = list(golden.lines(case))
    assert found
    wrong = [f"{line.case}, {line.quantity}: {line.ours!r} against {line.reference!r}" for line in found if not line.holds]
    assert not wrong, "\n".join(wrong)
