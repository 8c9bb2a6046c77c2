"""Wilson's interval and quantiles: MASS::birthwt."""

from collections.abc import Iterator

import numpy as np
from engine import rows_of
from references import case
from scipy import stats

from cxresearch.relate.standing import wilson
from golden import Line

NAME, SOURCE = "proportions_ranks", "R 4.2.2 prop.test, quantile (type 7)"


def lines() -> Iterator[Line]:
    frame, expected = case(NAME)
    for key in ("low_overall", "zero_of_12", "small_3_of_7"):
        values = expected[key]
        bounds = wilson(np.array([values["k"] / values["n"]]), np.array([values["n"]]), stats.norm.ppf(0.975))
        for side, ours, theirs in zip(("low", "high"), bounds, values["wilson"], strict=True):
            yield Line(NAME, f"Wilson {side}, {values['k']} of {values['n']}", ours[0], theirs, 1e-8, SOURCE, absolute=theirs == 0)
    rows = rows_of(frame, cluster=None)
    for share, theirs in expected["quantiles_bwt_type7"].items():
        ours = rows.aggregate(q=rows.bwt.quantile(float(share.rstrip("%")) / 100)).execute().iloc[0, 0]
        yield Line(NAME, f"quantile {share}", ours, theirs, 1e-8, SOURCE)
