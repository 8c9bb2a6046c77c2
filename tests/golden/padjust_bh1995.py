"""Adjusted p-values: Benjamini & Hochberg's example."""

from collections.abc import Iterator

from references import case

from cxresearch.relate.multiplicity import adjust
from golden import Line

NAME, SOURCE = "padjust_bh1995", "R 4.2.2 p.adjust"


def lines() -> Iterator[Line]:
    frame, expected = case(NAME)
    for how, key in (("holm", "holm"), ("bh", "BH")):
        for place, (ours, theirs) in enumerate(zip(adjust(frame["p"].to_numpy(), how), expected[key], strict=True), 1):
            yield Line(NAME, f"{how} of the p-value in place {place}", ours, theirs, 1e-12, SOURCE)
