"""voice: what goes with writing about a theme, against plain least squares and a planted truth."""

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.errors import DataError, MethodError, QuestionError
from cxresearch.load.voice import read_voices
from tests.load.test_voice import ENGLISH, asked, corpus


def found(frame, **settings):
    return cx.methods.voice(asked(frame), themes=3, **settings)


def test_means_and_differences_are_those_of_plain_arithmetic():
    frame = corpus(ENGLISH)
    relation, rows = found(frame), read_voices(asked(frame), themes=3).rows
    for i, theme in enumerate(read_voices(asked(frame), themes=3).themes, 1):
        about = rows[f"theme_{i}"].to_numpy() == 1
        assert relation.row("theme", theme.name).estimate == pytest.approx(frame["score"][about].mean(), rel=1e-10)
        gap = frame["score"][about].mean() - frame["score"][~about].mean()
        assert relation.row("difference", theme.name).estimate == pytest.approx(gap, rel=1e-10)
        assert relation.row("theme", theme.name).n == about.sum()
        assert relation.row("theme", theme.name).share == pytest.approx(about.mean())


def test_errors_are_those_of_clustered_least_squares():
    import statsmodels.api as sm

    frame = corpus(ENGLISH)
    relation, voices = found(frame), read_voices(asked(frame), themes=3)
    about = voices.rows["theme_1"].to_numpy()
    fit = sm.OLS(frame["score"], sm.add_constant(about)).fit(cov_type="cluster", cov_kwds={"groups": frame["who"]}, use_t=True)
    row = relation.row("difference", voices.themes[0].name)
    assert row.std_error == pytest.approx(fit.bse.iloc[1], rel=1e-9)
    assert (row.low, row.high) == pytest.approx(tuple(fit.conf_int().iloc[1]), rel=1e-9)


@pytest.mark.slow
def test_the_planted_differences_are_recovered_and_noise_stands_out_seldom():
    inside, false = [], 0
    for seed in range(12):
        frame = corpus(ENGLISH, seed=seed)
        relation = found(frame)
        rows = relation.estimates.query("term == 'difference'")
        bills = rows[rows["words"].str.contains("invoice")].iloc[0]
        truth = frame.loc[frame["truth"] == "billing", "score"].mean() - frame.loc[frame["truth"] != "billing", "score"].mean()
        inside.append(abs(bills["estimate"] - truth) < 1.0)
        noise = frame.assign(score=np.random.default_rng(seed).normal(5, 2, len(frame)))
        false += int((found(noise).estimates["p_holm"] < 0.05).any())
    assert np.mean(inside) > 0.9
    assert false <= 3


def test_weights_count():
    frame = corpus(ENGLISH)
    frame["w"] = np.where(frame["truth"] == "agent", 3.0, 1.0)
    data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score")), customer="who", weight="w")
    mean = cx.methods.voice(data, themes=3).row("comments").estimate
    assert mean == pytest.approx(np.average(frame["score"], weights=frame["w"]), rel=1e-10)
    assert mean > frame["score"].mean()


def test_those_who_write_nothing_are_shown_beside():
    frame = corpus(ENGLISH)
    frame.loc[180:, "comment"] = ""
    row = found(frame).row("comments", "no comment")
    assert row.n == 60 and row.estimate == pytest.approx(frame["score"][180:].mean())


def test_a_theme_of_few_customers_is_not_compared():
    frame = corpus(ENGLISH).query("truth != 'agent'").head(160)
    few = frame.head(12).assign(comment=list(ENGLISH["agent"]) * 3, who=range(900, 912))
    few.loc[few.index[:6], "who"] = 900
    rows = found(pd.concat([frame, few], ignore_index=True)).estimates
    small = rows[(rows["term"] == "difference") & (rows["clusters"] < 10)]
    assert small["estimate"].isna().all()


def test_bad_input_teaches():
    frame = corpus(ENGLISH)
    with pytest.raises(QuestionError, match="is a time until something happens"):
        cx.methods.voice(cx.from_frame(frame.assign(wait=1.0), cx.Question(outcome=cx.Duration("wait")), customer="who"))
    with pytest.raises(MethodError, match="is the same for everybody who wrote a comment"):
        found(frame.assign(score=7.0))
    with pytest.raises(DataError, match="themes need 40 or more"):
        found(frame.head(30))


def test_what_is_said_stays_below_clear():
    finding = cx.conclude(found(corpus(ENGLISH)), worth=0.5)
    assert finding.strength == "suggestive"
    assert finding.headline.startswith("Writing about “") and "goes with a mean score" in finding.headline
    assert "Comment and score come from the same person" in finding.detail
