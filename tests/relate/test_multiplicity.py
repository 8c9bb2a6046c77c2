"""Adjusted p-values against R's p.adjust."""

import numpy as np
import pytest
from references import case

from cxresearch.ask.errors import QuestionError
from cxresearch.relate.multiplicity import adjust


def test_holm_and_bh_equal_r():
    frame, expected = case("padjust_bh1995")
    np.testing.assert_allclose(adjust(frame["p"].to_numpy(), "holm"), expected["holm"], atol=1e-12)
    np.testing.assert_allclose(adjust(frame["p"].to_numpy(), "bh"), expected["BH"], atol=1e-12)


def test_nan_is_no_look():
    p = np.array([0.01, np.nan, 0.04])
    np.testing.assert_allclose(adjust(p, "bh"), [0.02, np.nan, 0.04])


def test_unknown_way():
    with pytest.raises(QuestionError, match='how is "bonferroni"'):
        adjust(np.array([0.1]), "bonferroni")
