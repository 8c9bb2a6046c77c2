import numpy as np
import pandas as pd
import pytest
from scipy import stats

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError


def company(seed=1, n=4000, teams=6, shift=(0,) * 6, people=1500):
    random = np.random.default_rng(seed)
    team = random.integers(0, teams, n)
    frame = pd.DataFrame(
        {"who": random.integers(0, people, n), "team": [f"t{i}" for i in team], "hard": random.normal(size=n) + 0.3 * team}
    )
    own = random.normal(0, 0.6, people)
    frame["score"] = 7 + np.array(shift)[team] - 0.8 * frame["hard"] + own[frame["who"]] + random.normal(0, 1.5, n)
    frame["light"] = random.uniform(0.5, 2, n)
    return frame


def own_number(frame):
    return frame["team"].str[1].astype(float)


def asked(frame, customer="who", weight=None, **more):
    question = cx.Question(**{"outcome": cx.Mean("score"), "by": "team", **more})
    return cx.from_frame(frame, question, customer=customer, weight=weight)


def test_the_score_test_is_the_one_by_hand():
    """Nobody repeats: each level less the whole, in the spread of everybody, n of N drawn without replacement."""
    frame = company(n=600)
    found = cx.methods.segments(asked(frame, customer="row")).estimates.query("term == 'raw' and level != ''").set_index("level")
    y, own = frame["score"], frame.groupby("team")["score"]
    z = (own.mean() - y.mean()) / np.sqrt(y.var(ddof=1) * (1 / own.size() - 1 / len(y)))
    assert found["z"].to_numpy() == pytest.approx(z.to_numpy(), rel=1e-10)
    assert found["p"].to_numpy() == pytest.approx(2 * stats.norm.sf(np.abs(z)), rel=1e-9)
    assert found["effective"].to_numpy() == pytest.approx(own.size().to_numpy())


def test_repeats_and_weights_by_brute_force():
    """Two answers of one customer are alike, in one level or in two: the variance as a full quadratic form."""
    frame = company(n=400, people=120)
    found = cx.methods.segments(asked(frame, weight="light"))
    w, y = frame["light"].to_numpy(), frame["score"].to_numpy()
    mean = w @ y / w.sum()
    e, same = y - mean, frame["who"].to_numpy()[:, None] == frame["who"].to_numpy()[None, :]
    pair = same & (frame["team"].to_numpy()[:, None] == frame["team"].to_numpy()[None, :]) & ~np.eye(len(y), dtype=bool)
    sigma2 = w @ e**2 / w.sum() * len(y) / (len(y) - 1)
    cross, size = np.outer(w * e, w * e)[pair].sum(), np.outer(w, w)[pair].sum()
    alike = np.clip(cross / (size * sigma2), 0, 1)
    covariance = sigma2 * np.where(np.eye(len(y), dtype=bool), 1.0, alike * same)
    for level, row in found.estimates.query("term == 'raw' and level != ''").set_index("level").iterrows():
        here = (frame["team"] == level).to_numpy() * w
        less = here / here.sum() - w / w.sum()
        assert row["z"] == pytest.approx((less @ y) / np.sqrt(less @ covariance @ less), rel=1e-9)
    assert found.facts["alike"] == pytest.approx(alike)


def test_gaps_by_brute_force():
    """Unit less whole as a sum over customers, some of whom stand in several teams: the spread is each team's own."""
    frame = company(n=1500, people=400)
    frame["score"] = frame["score"].where(frame["team"] != "t0", 5 * frame["score"])
    found = cx.methods.segments(asked(frame, weight="light"))
    w, y = frame["light"].to_numpy(), frame["score"].to_numpy()
    mean = (frame["score"] * w).groupby(frame["team"]).sum() / frame["light"].groupby(frame["team"]).sum()
    rest = pd.Series(w * (y - frame["team"].map(mean).to_numpy()))
    for level, row in found.estimates.query("term == 'raw' and level != ''").set_index("level").iterrows():
        here = (frame["team"] == level).to_numpy()
        apart = 1 / w[here].sum() - 1 / w.sum()
        moved = (rest * np.where(here, apart, -1 / w.sum())).groupby(frame["who"]).sum()
        own, clusters = (rest[here].groupby(frame["who"][here]).sum() ** 2).sum(), frame["who"][here].nunique()
        error = np.sqrt((moved**2).sum() + own * apart**2 / (clusters - 1))
        assert row["gap"] == pytest.approx(mean[level] - w @ y / w.sum())
        assert row["gap_high"] - row["gap"] == pytest.approx(stats.t.ppf(0.975, clusters - 1) * error, rel=1e-8)


def one_apart(seed, share=0.6, n=60):
    """Nine teams that hardly ever fail, and one that does: only its answers spread."""
    random, team = np.random.default_rng(seed), np.repeat([f"t{i}" for i in range(10)], [n] + [300] * 9)
    ok = random.random(len(team)) < np.where(team == "t0", share, 0.97)
    frame = pd.DataFrame({"who": range(len(team)), "team": team, "ok": ok.astype(int)})
    return cx.methods.segments(cx.from_frame(frame, cx.Question(outcome=cx.Rate("ok"), by="team"), customer="who"))


def test_the_interval_of_the_level_that_stands_out_is_its_own():
    """In the spread of all teams together, the interval of its gap covered 52 of 100."""
    found, times = [one_apart(seed) for seed in range(12)], 12
    gap = 0.6 - (60 * 0.6 + 2700 * 0.97) / 2760
    for term, low, high, truth in (("raw", "gap_low", "gap_high", gap), ("pooled", "low", "high", 0.6)):
        inside = sum(each.row(term, "t0")[low] <= truth <= each.row(term, "t0")[high] for each in found)
        assert stats.binom.cdf(inside, times, 0.95) > 0.01, term
    assert all(each.row("raw", "t0").flag == "below" for each in found)


def test_a_small_level_whose_answers_are_all_alike_is_not_certain():
    found = one_apart(1, share=1.0, n=8)
    row, many = found.row("raw", "t0"), found.row("raw", "t1")
    assert row.gap_high - row.gap_low > 2 * (many.gap_high - many.gap_low)


def test_planted_teams_stand_out_and_case_mix_is_held_alike():
    frame = company(n=12000, shift=(-0.6, 0, 0, 0, 0, 0.6))
    found = cx.methods.segments(asked(frame, adjust_for=("hard",)))
    assert found.facts["stands_above"] == ("t5",) and found.facts["stands_below"] == ("t0",)
    assert abs(found.row("adjusted", "t5").gap - 0.6) < 0.2
    unfair = cx.methods.segments(asked(frame))
    assert unfair.row("raw", "t5").gap < 0.2, "hard cases hide the good team"
    tau = found.row("tau")
    assert tau.low <= np.std([-0.6, 0, 0, 0, 0, 0.6], ddof=1) <= tau.high
    assert found.facts["ranked"] and cx.conclude(found, worth=0.2).strength == "clear"


def test_no_league_table_below_the_limit():
    found = cx.methods.segments(asked(company(n=300)))
    assert not found.facts["ranked"]
    said = next(check for check in found.checks if check.name == "reliability")
    assert said.status == "doubt" and "no league table" in said.detail
    assert "No league table" in cx.conclude(found, worth=0.5).detail


def test_pooled_estimates_lie_between_own_and_common_and_sum_up():
    found = cx.methods.segments(asked(company(shift=(-1, 0, 0, 0, 0, 1))))
    rows = found.estimates[found.estimates["level"] != ""]
    raw, pooled = (rows[rows["term"] == term].set_index("level") for term in ("raw", "pooled"))
    middle = found.row("pooled").estimate
    assert (np.sign(raw["estimate"] - middle) * (raw["estimate"] - pooled["estimate"]) > -1e-2).all()
    assert ((pooled["high"] - pooled["low"]) < 1.2 * (raw["high"] - raw["low"])).all()


def test_levels_of_a_share_end_where_shares_end():
    """Hardly anybody of one team left: its interval by t went below zero; how far it is below the whole is not cut."""
    frame = company(n=900, people=900)
    frame["left"] = np.random.default_rng(2).uniform(size=len(frame)) < np.where(frame["team"] == "t0", 0.01, 0.3)
    found = cx.methods.segments(asked(frame, outcome=cx.Rate("left", better="lower"), adjust_for=("hard",)))
    levels = found.estimates.query("term in ('raw', 'adjusted', 'pooled')")
    assert levels[["estimate", "low", "high"]].stack().between(0, 1).all()
    uncut = found.row("adjusted", "t0").estimate - 1.96 * np.hypot(found.row("adjusted", "t0").std_error, 0.01)
    assert uncut < 0 and found.row("adjusted", "t0").low == 0
    assert found.row("adjusted", "t0").gap_low < -found.row("raw").estimate
    assert found.curve[["low", "high"]].stack().between(0, 1).all()


def test_levels_are_alike_only_where_no_two_are_further_apart_than_is_worth_acting_on():
    """Two of six teams are 0.9 apart: their spread is below 0.5, and so is its bound."""
    frame = company(n=40000, people=40000, shift=(-0.45, 0, 0, 0, 0, 0.45))
    found = cx.methods.segments(asked(frame, adjust_for=("hard",)))
    rows = found.estimates.query("term == 'adjusted' and level != ''")
    first, last = rows.loc[rows["estimate"].idxmin()], rows.loc[rows["estimate"].idxmax()]
    assert found.row("range").high > last.estimate - first.estimate > 0.8
    assert cx.conclude(found, worth=0.6).strength != "negligible"
    assert cx.conclude(found, worth=1.2).strength == "negligible"


def test_rows_without_a_level_are_counted():
    frame = company(n=500)
    frame.loc[:99, "team"] = None
    found = cx.methods.segments(asked(frame))
    said = next(check for check in found.checks if check.name == "no level")
    assert said.status == "doubt" and "100 of 500" in said.detail and found.facts["units"] == 6


def test_small_levels_are_not_shown():
    frame = company(n=500)
    frame.loc[:1, "team"] = "tiny"
    found = cx.methods.segments(asked(frame, customer="row"))
    from cxresearch.conclude.show import mimebundle

    hidden = (
        cx.conclude(found),
        mimebundle(
            type(found)(
                found.method, found.question, found.estimates, found.curve, found.checks, {}, {**found.facts, "disclosure_limit": 5}
            )
        ),
    )
    assert "fewer than 5" in hidden[1]["text/plain"]


@pytest.mark.parametrize(
    ("frame", "more", "error", "said"),
    [
        (company(n=90), {"by": None}, QuestionError, "needs levels"),
        (company(n=90, teams=2), {}, MethodError, "three or more"),
        (company(n=90).assign(score=7.0), {}, MethodError, "every answer is the same"),
        (company(n=90), {"cluster": "team"}, MethodError, "each level of .* is one cluster"),
        (company(n=90), {"cluster": ("who", "team")}, QuestionError, "clusters by one column"),
        (company(n=90).assign(hard=own_number), {"adjust_for": ("hard",)}, MethodError, "never differs within"),
        (company(n=90).assign(score=own_number), {}, MethodError, "within each level every"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(frame, more, error, said):
    with pytest.raises(error, match=said):
        cx.methods.segments(asked(frame, **more))


@pytest.mark.parametrize("limit", [-0.1, 1.0])
def test_a_reliability_is_a_share(limit):
    with pytest.raises(QuestionError, match="it is a share"):
        cx.methods.segments(asked(company(n=90)), reliability=limit)
