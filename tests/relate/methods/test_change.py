import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.relate import before_after
from cxresearch.relate.panel import Panel
from cxresearch.relate.series import RHO, interrupted, sides

AT, TREATED = "2025-04-01", ("t0", "t1", "t2")


def company(seed=1, n=6000, teams=6, policy=1.0, people=1500):
    random = np.random.default_rng(seed)
    team = random.integers(0, teams, n)
    at = pd.Timestamp("2024-07-01") + pd.to_timedelta(random.integers(0, 18 * 30 * 24, n), unit="h")
    frame = pd.DataFrame({"who": random.integers(0, people, n), "at": at, "team": [f"t{i}" for i in team], "hard": random.normal(size=n)})
    frame["on"] = ((team < teams // 2) & (frame["at"] >= AT)).astype(float)
    frame["score"] = 7 + 0.2 * team - 0.5 * frame["hard"] + policy * frame["on"] + random.normal(0, 2, n)
    return frame


def asked(frame, weight=None, **more):
    question = cx.Question(**{"outcome": cx.Mean("score"), "by": "team", **more})
    return cx.from_frame(frame, question, customer="who", weight=weight)


def by_hand(fit, contrast, who):
    """Jackknife over clusters, from rows and dummies: estimate, error, and Satterthwaite's degrees of freedom of independent rows."""
    x, y, own = fit.model.exog, fit.model.endog, pd.factorize(who)[0]
    whole, moved = np.linalg.inv(x.T @ x), []
    for i in range(own.max() + 1):
        kept = own != i
        without = np.linalg.pinv(x[kept].T @ x[kept], hermitian=True)
        moved.append(np.where(kept, x @ (without @ contrast), 0.0) - x @ (whole @ contrast))
    moved, count = np.array(moved), len(moved)
    between = moved @ moved.T
    error = np.sqrt((count - 1) / count * ((moved @ y) ** 2).sum())
    return contrast @ whole @ x.T @ y, error, np.trace(between) ** 2 / (between**2).sum()


def dated(frame):
    return frame.assign(month=frame["at"].dt.to_period("M").astype(str))


def test_difference_in_differences_is_least_squares_on_the_rows():
    frame = company()
    found = cx.methods.change(asked(frame, cluster="who"), at=AT, treated=TREATED)
    fit = smf.ols("score ~ on + C(team) + C(month)", dated(frame)).fit(cov_type="cluster", cov_kwds={"groups": frame["who"]})
    row = found.row("difference")
    assert row.estimate == pytest.approx(fit.params["on"], rel=1e-9)
    # More than 1,024 customers are summed in buckets first: the error is then that of the buckets.
    assert row.std_error == pytest.approx(fit.bse["on"], rel=0.05)
    few = frame[frame["who"] < 300]
    exact = smf.ols("score ~ on + C(team) + C(month)", dated(few)).fit()
    own = cx.methods.change(asked(few, cluster="who"), at=AT, treated=TREATED).row("difference")
    assert (own.estimate, own.std_error, own.df) == pytest.approx(
        by_hand(exact, np.array(exact.params.index == "on", float), few["who"]), rel=1e-7
    )


@pytest.mark.parametrize("treated", [TREATED, ("t0", "t1")])
def test_errors_by_team_are_the_jackknife_over_teams(treated):
    frame = company(n=3000)
    months = dated(frame).assign(on=(frame["team"].isin(treated) & (frame["at"] >= AT)).astype(float))
    exact = smf.ols("score ~ on + C(team) + C(month)", months).fit()
    found = cx.methods.change(asked(frame), at=AT, treated=treated)
    row = found.row("difference")
    assert (row.estimate, row.std_error, row.df) == pytest.approx(
        by_hand(exact, np.array(exact.params.index == "on", float), frame["team"]), rel=1e-7
    )
    assert row.p == pytest.approx(2 * stats.t.sf(row.estimate / row.std_error, row.df))
    assert cx.conclude(found, worth=0.2).strength == "inconclusive", "six teams carry no error that can be trusted"


def alike(random, teams, periods=6):
    """Teams of equal size, whose changes are normal and alike."""
    weight, own = np.zeros((teams, teams, 2 * periods)), np.arange(teams)
    weight[own, own] = 50
    noise = random.normal(size=(teams, 1)) + random.normal(size=2 * periods) + random.normal(size=(teams, 2 * periods))
    names = tuple(map(str, own))
    return Panel(names, np.arange(-periods, periods), weight, weight * noise, np.full((teams, 2 * periods), 50.0), teams)


@pytest.mark.parametrize(("teams", "few"), [(12, 2), (60, 2), (60, 5), (20, 10)])
def test_degrees_of_freedom_are_those_of_two_means(teams, few):
    """Where all teams are alike the difference is one of two means, and what each team moves is known in closed form."""
    a, b = few - 1, teams - few - 1
    df = before_after._step(alike(np.random.default_rng(1), teams), (np.arange(teams) < few).astype(float), 0)[4]
    assert df == pytest.approx((1 / a + 1 / b) ** 2 / (1 / a**3 + 1 / b**3), rel=1e-9)


@pytest.mark.parametrize(("teams", "few"), [(12, 2), (12, 5), (20, 3), (60, 2), (60, 3), (60, 5)])
def test_the_interval_covers_where_few_are_treated(teams, few):
    """With t(G - 1), and CR1 above 40 teams, the interval of 2 of 60 covered 67 of 100, of 5 of 60 87."""
    random, on, times = np.random.default_rng(7), (np.arange(teams) < few).astype(float), 120
    found = [before_after._step(alike(random, teams), on, 0) for _ in range(times)]
    assert stats.binom.cdf(sum(low <= 0 <= high for _, _, low, high, _ in found), times, 0.95) > 0.01


@pytest.mark.parametrize(("few", "said"), [(2, "can hardly be seen in 2"), (5, "Only 5 teams are on one side"), (12, "")])
def test_few_treated_teams_are_said(few, said):
    treated = tuple(f"t{i}" for i in range(few))
    frame = company(teams=24, n=6000)
    frame["score"] += 9 * (frame["team"].isin(treated) & (frame["at"] >= AT))
    found = cx.methods.change(asked(frame), at=AT, treated=treated)
    checks = {check.name: check for check in found.checks}
    assert ("smaller side" in checks) is bool(said)
    if said:
        assert said in checks["smaller side"].detail and checks["smaller side"].cap == "suggestive"
        assert cx.conclude(found, worth=0.2).strength != "clear"
    assert cx.conclude(found).p == pytest.approx(found.row("difference").p, rel=1e-5), "p by its own degrees of freedom"


@pytest.mark.parametrize(("teams", "word", "status"), [(6, "inconclusive", "failed"), (24, "suggestive", "doubt")])
def test_a_finer_cluster_buys_no_strength(teams, word, status):
    """The policy was given to teams: errors by person cannot allow for what moved a whole team, and six teams cannot show it."""
    treated = tuple(f"t{i}" for i in range(teams // 2))
    found = cx.methods.change(asked(company(teams=teams, n=9000), cluster="who"), at=AT, treated=treated)
    assert found.row("difference").low > 0.2 and cx.conclude(found, worth=0.2).strength == word
    checks = {check.name: check for check in found.checks}
    assert checks["assignment"].status == status and ("clusters" in checks) is (status == "doubt")


def test_months_before_that_lie_apart_are_counted():
    frame = company(teams=24, n=12000)
    off = (frame["at"] < "2025-04-01") & frame["at"].dt.month.isin([9, 11, 1, 3]) & frame["team"].isin([f"t{i}" for i in range(12)])
    moved = frame.assign(score=frame["score"] + 3 * off)
    found = cx.methods.change(asked(moved), at=AT, treated=tuple(f"t{i}" for i in range(12)))
    check = next(check for check in found.checks if check.name == "before")
    event = found.curve[found.curve["period"] < 0]
    lone = int(((event["low"] > 0) | (event["high"] < 0)).sum())
    assert lone >= 4 and check.detail.startswith(f"{lone} of {len(event)} months") and check.cap == "suggestive"


def test_the_planted_policy_is_found_and_said_by_design():
    frame = company(teams=40, n=12000)
    treated = tuple(f"t{i}" for i in range(20))
    found = cx.methods.change(asked(frame, adjust_for=("hard",)), at=AT, treated=treated)
    row = found.row("difference")
    assert row.low <= 1.0 <= row.high and row.low > 0
    assert {check.name: check.status for check in found.checks}["placebo dates"] == "passed"
    event = found.curve.query("term == 'event'").set_index("x")
    assert (event["estimate"][event.index >= AT] > 0.3).all() and (event["estimate"][event.index < AT].abs() < 0.5).all()
    assert "goes with" in cx.conclude(found, worth=0.2).headline
    tried = cx.methods.change(asked(frame, design="quasi-experiment"), at=AT, treated=treated)
    assert " changes " in cx.conclude(tried, worth=0.2).headline


def test_every_month_is_held_against_the_average_of_those_before():
    frame = company(n=3000, people=90)
    months = dated(frame).assign(here=frame["team"].isin(TREATED).astype(int))
    names = sorted(months["month"].unique())
    dummies = pd.DataFrame({f"m{i}": months["here"] * (months["month"] == name) for i, name in enumerate(names) if i}).astype(float)
    fit = smf.ols(f"score ~ C(team) + C(month) + {' + '.join(dummies)}", months.join(dummies)).fit()
    two = months[months["at"] < AT].groupby(["month", "here"]).size().unstack()
    share = (two[0] * two[1] / (two[0] + two[1])).pipe(lambda each: each / each.sum()).reindex(names).fillna(0.0)
    event = cx.methods.change(asked(frame, cluster="who"), at=AT, treated=TREATED).curve
    own = {name: place for place, name in enumerate(fit.params.index)}
    for i, row in enumerate(event.itertuples()):
        contrast = np.zeros(len(own))
        for j, name in enumerate(names[1:], 1):
            contrast[own[f"m{j}"]] = (i == j) - share[name]
        value, error, df = by_hand(fit, contrast, frame["who"])
        half = stats.t.ppf(0.975, df) * error
        assert (row.estimate, row.low, row.high) == pytest.approx((value, value - half, value + half), abs=1e-7)
    assert (event["low"] < event["high"]).all()
    assert float(share.to_numpy() @ event["estimate"]) == pytest.approx(0, abs=1e-9)


def test_a_single_month_before_is_zero_by_definition():
    found = cx.methods.change(asked(company().query("at >= '2025-03-01'"), cluster="who"), at=AT, treated=TREATED)
    assert found.curve.loc[0, ["estimate", "low", "high"]].tolist() == [0, 0, 0]
    assert "The month before is what the others are compared with" in cx.plot(found).note


def test_weights_are_those_of_least_squares():
    frame = company(n=3000).assign(light=lambda rows: 1 + rows["who"] % 3)
    months = frame.assign(month=frame["at"].dt.to_period("M").astype(str))
    fit = smf.wls("score ~ on + C(team) + C(month)", months, weights=frame["light"]).fit()
    found = cx.methods.change(asked(frame, weight="light"), at=AT, treated=TREATED)
    assert found.row("difference").estimate == pytest.approx(fit.params["on"], rel=1e-9)


def test_a_trend_apart_before_is_seen():
    frame = company(teams=40, n=12000, policy=0.0)
    treated = tuple(f"t{i}" for i in range(20))
    drift = (frame["at"] - pd.Timestamp("2024-07-01")).dt.days / 100 * frame["team"].isin(treated)
    found = cx.methods.change(asked(frame.assign(score=frame["score"] + drift)), at=AT, treated=treated)
    assert {check.name: check.status for check in found.checks}["pre-trend"] == "failed"
    assert cx.conclude(found, worth=0.2).strength == "inconclusive"


def test_a_series_at_one_correlation_is_generalised_least_squares():
    random, t = np.random.default_rng(3), np.arange(-12, 9)
    y, w = random.normal(size=21) + (t >= 0), random.uniform(1, 3, 21)
    found, at = interrupted(t, y, w), 40
    size = np.sqrt(w.mean() / w)
    sigma = np.sign(RHO[at]) ** np.abs(t[:, None] - t) * np.abs(RHO[at]) ** np.abs(t[:, None] - t) * np.outer(size, size)
    fit = sm.GLS(y, sides(t), sigma=sigma).fit()
    assert found.coef[at] == pytest.approx(fit.params, rel=1e-8)
    assert np.sqrt(np.diag(found.spread[at])) == pytest.approx(fit.bse, rel=1e-8)
    assert found.share.sum() == pytest.approx(1)


@pytest.mark.slow
@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_the_interval_of_a_step_covers_when_neighbours_are_alike(rho):
    random, inside, t = np.random.default_rng(11), 0, np.arange(-9, 9)
    for _ in range(60):
        noise = random.normal(size=60)
        for i in range(1, 60):
            noise[i] = rho * noise[i - 1] + noise[i]
        _, low, high = interrupted(t, noise[-18:], np.ones(18)).interval(np.array([0, 0, 1.0, 0]))
        inside += bool(low[0] <= 0 <= high[0])
    assert inside >= 51


def test_a_series_on_its_own_is_at_most_suggestive():
    frame = company(policy=3.0).query("team in @TREATED")
    found = cx.methods.change(asked(frame, by=None), at=AT)
    row = found.row("level")
    assert row.low <= 3.0 <= row.high and row.low > 0
    assert cx.conclude(found, worth=0.2).strength == "suggestive"
    assert set(found.curve["term"]) == {"seen", "fitted", "expected"}


@pytest.mark.parametrize(
    ("more", "settings", "error", "said"),
    [
        ({}, {"at": None}, QuestionError, "give the first day"),
        ({}, {"at": "April"}, QuestionError, "give the first day"),
        ({}, {"at": AT, "every": "year"}, QuestionError, 'it can be "month" or "week"'),
        ({}, {"at": "2025-03-31"}, QuestionError, "months cannot begin on day 31"),
        ({}, {"at": "2030-01-01"}, MethodError, "no rows from it on"),
        ({}, {"at": "2020-01-01"}, MethodError, "no rows before"),
        ({}, {"at": AT, "treated": ("t9",)}, QuestionError, 'has no level "t9"'),
        ({}, {"at": AT, "treated": ()}, QuestionError, "treated is empty"),
        ({}, {"at": AT, "treated": tuple(f"t{i}" for i in range(6))}, QuestionError, "nobody is left to compare with"),
        ({"by": None}, {"at": AT, "treated": ("t1",)}, QuestionError, "names levels of `by`"),
        ({"cluster": ("who", "team")}, {"at": AT}, QuestionError, "clusters by one column"),
        ({}, {"at": "2025-12-01"}, MethodError, "3 on each side"),
    ],
)
def test_what_cannot_be_asked_is_said(more, settings, error, said):
    with pytest.raises(error, match=said):
        cx.methods.change(asked(company(n=600), **more), **settings)


def test_rows_without_dates_are_refused():
    with pytest.raises(QuestionError, match="change needs dates"):
        cx.methods.change(asked(company(n=90).drop(columns="at")), at=AT)


def test_one_treated_team_is_not_told_from_its_own_luck():
    found = cx.methods.change(asked(company()), at=AT, treated="t0")
    assert {check.name: check.status for check in found.checks}["assignment"] == "failed"
