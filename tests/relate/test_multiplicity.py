"""Adjusted p-values against R's p.adjust."""

import numpy as np
import pytest

from cxresearch.ask.errors import QuestionError
from cxresearch.relate.multiplicity import adjust


def test_nan_is_no_look():
    p = np.array([0.01, np.nan, 0.04])
    np.testing.assert_allclose(adjust(p, "bh"), [0.02, np.nan, 0.04])


def test_unknown_way():
    with pytest.raises(QuestionError, match='how is "bonferroni"'):
        adjust(np.array([0.1]), "bonferroni")
