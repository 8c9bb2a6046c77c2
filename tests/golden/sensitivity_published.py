"""E-values of three published examples, robustness values and benchmark bounds of the Darfur study."""

from collections.abc import Iterator

from references import case
from scipy import stats

from cxresearch.relate.bounds import Rival, e_value, e_value_limit, robustness_value, weakened
from golden import Line

CASE, DING, HAZLETT = "sensitivity_published", "VanderWeele & Ding 2017, R 4.2.2", "Cinelli & Hazlett 2020, R 4.2.2"
TESTS = "Cinelli & Hazlett 2020, tests of sensemakr"
EXPLAINED = (0.00916428667504862, 0.12464092303637), (0.0183285733500972, 0.249324064199975), (0.0274928600251459, 0.374050471038094)
ESTIMATES = (0.0752202712144491, 0.0529151723844518, 0.0303960234641548)
ERRORS = (0.0218733277437572, 0.0203500620779637, 0.0186700648170924)
ENDS = (0.032282966, 0.11815758), (0.012968035, 0.09286231), (-0.006253282, 0.06704533)
DIGITS = 5e-7  # the published estimate has seven digits, and so has what follows from it


def lines() -> Iterator[Line]:
    frame, values = case(CASE)
    for row in frame.itertuples():
        expected = values["evalues"][row.example]
        yield Line(CASE, f"E-value, {row.example}", e_value(row.est), expected["evalue_point"], 1e-8, DING)
        yield Line(CASE, f"E-value of the limit, {row.example}", e_value_limit(row.lo, row.hi), expected["evalue_ci"], 1e-8, DING)
    darfur = values["robustness_darfur"]
    t, df, published = darfur["estimate"] / darfur["se"], darfur["df"], darfur["published"]
    found = {"q1": robustness_value(t, df), "q1_alpha05": robustness_value(t, df, alpha=0.05)}
    yield Line(CASE, "t, Darfur", t, darfur["t"], 1e-8, HAZLETT)
    yield Line(CASE, "partial R2, Darfur", t**2 / (t**2 + df), darfur["partial_r2"], 1e-8, HAZLETT)
    yield Line(CASE, "partial R2, Darfur, as published", t**2 / (t**2 + df), published["partial_r2"], 0.005, HAZLETT, absolute=True)
    for name, told in (("q1", "rv_q"), ("q1_alpha05", "rv_qa")):
        yield Line(CASE, f"robustness value {name}, Darfur", found[name], darfur[f"rv_{name}"], 1e-8, HAZLETT)
        yield Line(CASE, f"robustness value {name}, Darfur, as published", found[name], published[told], 0.005, HAZLETT, absolute=True)
    yield from _bounds(darfur["estimate"], darfur["se"], df)


def _bounds(estimate: float, error: float, df: int) -> Iterator[Line]:
    """A hidden reason one, two and three times as strong as sex; what sex itself explains follows from the first bound."""
    d = EXPLAINED[0][0] / (1 + EXPLAINED[0][0])
    shared = d**2 / (1 - d) ** 2
    f2 = EXPLAINED[0][1] * (1 - shared) / (1 + shared**0.5) ** 2
    sex = Rival("sex", d, f2 / (1 + f2))
    for k, (explained, told, wrong, ends) in enumerate(zip(EXPLAINED, ESTIMATES, ERRORS, ENDS, strict=True), 1):
        for name, ours, theirs in zip(("exposure", "outcome"), sex.times(k) or (), explained, strict=True):
            yield Line(CASE, f"bound {k}x sex, explained of {name}", ours, theirs, 1e-8, TESTS)
        left, after = weakened(estimate, error, df, explained)
        half = after * stats.t.ppf(0.975, df)
        yield Line(CASE, f"bound {k}x sex, estimate", left, told, DIGITS, TESTS)
        yield Line(CASE, f"bound {k}x sex, error", after, wrong, DIGITS, TESTS)
        yield Line(CASE, f"bound {k}x sex, low", left - half, ends[0], 2e-6, TESTS)
        yield Line(CASE, f"bound {k}x sex, high", left + half, ends[1], DIGITS, TESTS)
