"""What if: g-computation by hand, planted truth, money, and where the data end."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import cxresearch as cx
from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.relate.bootstrap import draws_of
from cxresearch.relate.design import spline_at
from cxresearch.relate.lever import change_in

WAIT = cx.Question(outcome=cx.Mean("y"), exposure=cx.Duration("x"), adjust_for=("z",))
STEPS = cx.Question(outcome=cx.Mean("y"), exposure="x", adjust_for=("z",))


def waits(seed, customers=400, most=3):
    """Log-normal waits; above two hours every doubling goes with one point less, harder cases wait longer and score worse."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(customers), rng.integers(1, most + 1, customers))
    z, own = rng.normal(size=len(who)), rng.normal(size=customers)[who] / 2
    log = 1.5 + 0.7 * z + 1.5 * rng.normal(size=len(who))
    y = 8 - np.maximum(log - 1, 0) - 0.5 * z + own + rng.normal(size=len(who))
    return pd.DataFrame({"who": who, "x": np.exp2(log), "z": z, "y": y})


def steps(seed, customers=400):
    rng = np.random.default_rng(seed)
    who, x = np.arange(customers), rng.poisson(1.0, customers).astype(float)
    z = rng.normal(size=customers) + 0.3 * x
    return pd.DataFrame({"who": who, "x": x, "z": z, "y": 7 - 0.8 * x - 0.5 * z + rng.normal(size=customers)})


def asked(frame, question=WAIT, weight=None, **settings):
    return cx.methods.what_if(cx.from_frame(frame, question, customer="who", weight=weight), **settings)


@pytest.fixture(scope="module")
def frame():
    return waits(1)


def by_hand(frame, target, counts=None):
    """Fit the spline with statsmodels, predict every row twice, average."""
    counts = np.ones(len(frame)) if counts is None else counts
    log = np.log2(np.maximum(frame.x, 1 / 60))
    knots = np.quantile(log, (0.05, 0.275, 0.5, 0.725, 0.95))
    basis = lambda at: np.column_stack([np.ones(len(at)), spline_at(np.asarray(at), knots), frame.z])  # noqa: E731
    fit = sm.WLS(frame.y, basis(log), weights=counts).fit()
    return float(np.average((basis(np.log2(target)) - basis(log)) @ fit.params, weights=counts))


def test_a_cap_is_the_mean_of_predictions_made_twice(frame):
    made = asked(frame, change={"cap": 4})
    assert made.row("difference").estimate == pytest.approx(by_hand(frame, np.minimum(frame.x, 4)), rel=1e-6)
    assert made.row("then").estimate == pytest.approx(frame.y.mean() + made.row("difference").estimate)
    assert made.facts["moved"] == pytest.approx((frame.x > 4).mean())


def test_a_shorter_wait_stays_inside_the_data(frame):
    low, high = np.quantile(frame.x, [0.025, 0.975])
    to = frame.x * 0.7
    inside = (to >= low) & (to <= high)
    made = asked(frame, change={"scale": 0.7})
    assert made.row("difference").estimate == pytest.approx(by_hand(frame, np.where(inside, to, frame.x)), rel=1e-6)
    assert made.facts["left"] == pytest.approx((~inside).mean())
    assert any("stay as they are" in check.detail for check in made.checks)


def test_the_error_is_that_of_a_bootstrap_of_customers(frame):
    drawn = [by_hand(frame, np.minimum(frame.x, 4), counts) for counts in draws_of(frame.who.to_numpy(), 400, 1)]
    assert asked(frame, change={"cap": 4}).row("difference").std_error == pytest.approx(np.std(drawn), rel=0.12)


def test_a_step_is_the_slope_and_half_as_many_go_half_the_way():
    frame = steps(2)
    slope = cx.effect(cx.from_frame(frame, STEPS, customer="who")).row("adjusted")
    halved = asked(frame, STEPS, change={"scale": 0.5}).row("difference")
    low, high = np.quantile(frame.x, [0.025, 0.975])
    moved = np.where((frame.x / 2 >= low) & (frame.x / 2 <= high), -frame.x / 2, 0).mean()
    assert halved.estimate == pytest.approx(slope.estimate * moved, rel=1e-9)
    more = asked(frame, STEPS, change={"floor": 1}).row("difference")
    assert more.estimate == pytest.approx(slope.estimate * np.maximum(1 - frame.x, 0).mean(), rel=1e-9)


@pytest.mark.slow
def test_planted_truth_is_covered():
    population = waits(99, 60_000)
    log = np.log2(population.x)
    truth = float((np.maximum(log - 1, 0) - np.maximum(np.minimum(log, 2) - 1, 0)).mean())
    hit = 0
    for seed in range(16):
        row = asked(waits(200 + seed, 150), change={"cap": 4}).row("difference")
        hit += row.low <= truth <= row.high
    assert hit >= 13


def test_weights_count_as_rows(frame):
    heavy = frame.assign(w=np.where(np.arange(len(frame)) % 4 == 0, 2.0, 1.0))
    slope = {"change": {"cap": 1.0}}
    weighted = asked(steps(4).assign(w=2.0), STEPS, weight="w", **slope).row("difference")
    assert weighted.estimate == pytest.approx(asked(steps(4), STEPS, **slope).row("difference").estimate, rel=1e-9)
    assert asked(heavy, weight="w", change={"cap": 4}).facts["moved"] == pytest.approx(np.average(heavy.x > 4, weights=heavy.w))


def kept(seed=3, customers=2000):
    rng = np.random.default_rng(seed)
    x = rng.poisson(1.0, customers).astype(float)
    return pd.DataFrame({"who": range(customers), "x": x, "stay": (rng.random(customers) < 0.9 - 0.05 * x).astype(int)})


def test_money_is_the_difference_times_customers_times_their_value():
    question = cx.Question(outcome=cx.Rate("stay"), exposure="x")
    made = asked(kept(), question, change={"cap": 1}, price=100, cost=1000)
    gap, gain, net = (made.row(term) for term in ("difference", "gain", "net"))
    assert gain.estimate == pytest.approx(gap.estimate * 2000 * 100)
    assert [net.low, net.high] == pytest.approx([gain.low - 1000, gain.high - 1000])
    assert asked(kept(), question, change={"cap": 1}, price=100, cost=gain.estimate).facts["chance"] == pytest.approx(0.5, abs=1e-6)
    assert asked(kept(), question, change={"cap": 1}, price=100, cost=gain.low).facts["chance"] == pytest.approx(0.975, abs=1e-6)
    assert asked(kept(), question, change={"cap": 1}).facts["value_each"] is None
    assert "The chance that it would be worth more than it costs" in cx.conclude(made).more[0].detail


@pytest.mark.parametrize(
    ("question", "settings", "error", "message"),
    [
        (WAIT, {"change": {}}, QuestionError, "change names nothing; give one of cap, floor, shift, scale"),
        (WAIT, {"change": {"cap": 4, "floor": 1}}, QuestionError, "change names cap, floor"),
        (WAIT, {"change": {"limit": 4}}, QuestionError, "change names limit"),
        (WAIT, {"change": {"scale": 1.0}}, QuestionError, "no change that could be made"),
        (WAIT, {"change": {"shift": float("nan")}}, QuestionError, "no change that could be made"),
        (WAIT, {"change": {"cap": 4000}}, MethodError, r"cap 4000 lies outside the supported range of x, 0.341 to 29.7 hours"),
        (WAIT, {"change": {"scale": 0.05}}, MethodError, r"of the rows outside the supported range of x"),
        (WAIT, {"change": {"cap": 4}, "price": 10}, QuestionError, "only for a share"),
        (WAIT, {"change": {"cap": 4}, "cost": 10}, QuestionError, "a cost needs something to be compared with"),
        (WAIT, {"change": {"cap": 4}, "cost": -1}, QuestionError, "it cannot be negative"),
        (cx.Question(outcome=cx.Mean("y")), {"change": {"cap": 4}}, QuestionError, "needs a numeric exposure"),
        (cx.Question(outcome=cx.Duration("y"), exposure="x"), {"change": {"cap": 4}}, QuestionError, "a time until something happens"),
    ],
)
def test_what_is_refused(frame, question, settings, error, message):
    with pytest.raises(error, match=message):
        asked(frame, question, **settings)


def test_where_nobody_moves_or_nothing_varies():
    flat = steps(5).assign(x=1.0)
    with pytest.raises(MethodError, match="moves nobody"):
        asked(flat, STEPS, change={"cap": 1})
    with pytest.raises(MethodError, match="outside the supported range"):
        asked(flat, STEPS, change={"scale": 0.5})
    with pytest.raises(MethodError, match="one cluster"):
        asked(steps(5).assign(team="a"), cx.Question(outcome=cx.Mean("y"), exposure="x", cluster="team"), change={"cap": 1})


def test_two_ways_of_clustering_are_no_narrower_than_either():
    frame = steps(6).assign(team=lambda rows: rows.who % 40, who=lambda rows: rows.who // 2)
    errors = {}
    for cluster in (None, "team", ("customer_id", "team")):
        question = cx.Question(outcome=cx.Mean("y"), exposure="x", cluster=cluster)
        errors[str(cluster)] = asked(frame, question, change={"cap": 1}).row("difference").std_error
    one, two, both = errors.values()
    assert both >= max(one, two) * (1 - 1e-9)


def test_words_promise_nothing(frame):
    finding = cx.conclude(asked(frame, change={"cap": 4}), worth=0.1)
    assert finding.headline.startswith("If the association among comparable customers held, X of at most 4 h would go with")
    assert " will " not in finding.headline + finding.detail + finding.sure
    assert "a trial could" in finding.sure


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("wait<=4", {"cap": 4.0}), (" wait >= 2 ", {"floor": 2.0}), ("wait-1.5", {"shift": -1.5}), ("+1", {"shift": 1.0}),
        ("*0.8", {"scale": 0.8}),
    ],
)  # fmt: skip
def test_a_change_may_be_written(text, found):
    assert change_in(text, "wait") == found


@pytest.mark.parametrize(("text", "said"), [("wait<4", 'write "wait<=4" for at most 4'), ("speed<=4", 'ask with exposure="speed"')])
def test_a_change_that_cannot_be_read_teaches(text, said):
    with pytest.raises(QuestionError, match=said):
        change_in(text, "wait")
