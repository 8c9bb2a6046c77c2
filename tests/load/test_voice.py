"""Comments: themes found in small planted corpora, tone of sentences made by hand, and what is never shown."""

import numpy as np
import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.errors import DataError, QuestionError, StudyError
from cxresearch.load.comments import words_of
from cxresearch.load.voice import read_voices, themed

ENGLISH = {
    "billing": (
        "the invoice was wrong again", "I was charged twice on this invoice", "wrong invoice and no refund", "my refund was charged twice",
    ),
    "waiting": (
        "waiting hours for an answer", "the answer took hours", "still waiting for my answer", "hours of waiting on the line",
    ),
    "agent": (
        "a friendly agent and very kind", "the agent was kind", "kind and friendly agent", "my agent was friendly and quick",
    ),
}  # fmt: skip
GERMAN = {
    "billing": (
        "die Rechnung war wieder falsch", "doppelt abgebucht und die Rechnung falsch", "falsche Rechnung, keine Erstattung",
        "die Erstattung der Rechnung fehlt",
    ),
    "waiting": (
        "ewig auf eine Antwort gewartet", "die Antwort dauerte Stunden", "Stunden gewartet ohne Antwort", "gewartet und gewartet, Stunden",
    ),
    "agent": (
        "sehr freundlicher Mitarbeiter", "der Mitarbeiter war nett und freundlicher als erwartet", "netter Mitarbeiter, freundlicher Ton",
        "der Mitarbeiter war netter als sonst",
    ),
}  # fmt: skip


def corpus(phrases, size=240, seed=4, **columns):
    """Comments about one planted theme each, and a score that goes with it."""
    draw = np.random.default_rng(seed)
    truth = draw.integers(0, len(phrases), size)
    said = [list(phrases.values())[theme][at] for theme, at in zip(truth, draw.integers(0, 4, size), strict=True)]
    score = np.clip(np.round(np.array([3, 5, 9])[truth] + draw.normal(0, 1.2, size)), 0, 10)
    return pd.DataFrame({"who": np.arange(size) // 2, "score": score, "comment": said, "truth": np.array(list(phrases))[truth], **columns})


def asked(frame, **question):
    return cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), **question), customer="who")


@pytest.mark.parametrize("phrases", [ENGLISH, GERMAN], ids=["english", "german"])
def test_planted_themes_are_found_in_any_language(phrases):
    frame = corpus(phrases)
    found = read_voices(asked(frame), themes=3)
    columns = [f"theme_{i}" for i in range(1, len(found.themes) + 1)]
    belongs = found.rows[columns].groupby(frame["truth"].to_numpy()).mean()
    assert len(found.themes) == 3 and len(set(belongs.idxmax(axis=1))) == 3
    assert belongs.max(axis=1).min() > 0.95
    assert (belongs.sum(axis=1) - belongs.max(axis=1)).max() < 0.35  # a comment may be about two things


def test_common_words_are_left_to_the_corpus_and_short_ones_name_no_theme():
    words = {word for theme in read_voices(asked(corpus(ENGLISH)), themes=3).themes for word in theme.key.split()}
    assert not words & {"the", "was", "and", "my", "an"}
    assert "waiting" in words and words & {"invoice", "refund", "charged"} and words & {"friendly", "agent", "kind"}


def test_the_order_of_rows_changes_nothing():
    frame = corpus(ENGLISH).assign(unit=lambda each: range(len(each)))
    one = read_voices(asked(frame), themes=3)
    mixed = frame.sample(frac=1, random_state=9)
    other = read_voices(asked(mixed), themes=3)
    assert one.themes == other.themes
    back = other.rows.assign(unit=mixed["unit"].to_numpy()).sort_values("unit").reset_index(drop=True)
    pd.testing.assert_frame_equal(one.rows.drop(columns="unit_id"), back.drop(columns=["unit_id", "unit"]))


@pytest.mark.parametrize(
    "said, sign",
    [
        ("The agent was kind and very helpful.", 1),
        ("Great, excellent, thank you!", 1),
        ("Terrible. The worst service ever.", -1),
        ("I am disappointed and it was awful.", -1),
        ("I wrote on Monday.", 0),
        ("Not good.", -1),
    ],
)
def test_tone_of_sentences_made_by_hand(said, sign):
    frame = corpus(ENGLISH)
    frame.loc[0, "comment"] = said
    found = read_voices(asked(frame), themes=3)
    assert np.sign(found.rows["tone"].iloc[0]) == sign


def test_what_tone_cannot_do_is_said_and_other_languages_have_none():
    checks = {check.name: check for check in read_voices(asked(corpus(ENGLISH)), themes=3).checks}
    assert all(word in checks["tone"].detail for word in ("English lexicon", "irony", "negation", "other texts"))
    german = read_voices(asked(corpus(GERMAN)), themes=3)
    assert "tone" not in german.rows.columns
    assert next(check for check in german.checks if check.name == "tone").detail.startswith(
        "No tone is given: the comments are not in English"
    )
    assert "tone" not in read_voices(asked(corpus(ENGLISH)), themes=3, language="other").rows.columns


def test_what_is_private_is_never_read_and_what_few_write_is_never_shown():
    assert words_of("call +49 30 1234567, ann@example.org or https://x.example/ann?id=77, order A123") == ["call", "or", "order"]
    frame = corpus(ENGLISH)
    frame.loc[:7, "comment"] += " canary"  # 8 comments of 4 customers
    frame.loc[100:109, "comment"] += " parrot"  # 10 comments of 5 customers
    found = read_voices(asked(frame), themes=3)
    words = {word for theme in found.themes for word in theme.words}
    everything = str(found.themes) + str(list(found.rows.columns))
    assert "canary" not in everything
    assert words


def test_a_name_survives_a_rerun_and_two_themes_of_one_name_become_one(tmp_path):
    data = asked(corpus(ENGLISH))
    plain = read_voices(data, themes=3)
    key = plain.themes[0].key
    again = read_voices(data, themes=3, names={" ".join(reversed(key.split())): "Mine"})
    assert again.themes[0].name == "Mine" and again.themes[0].key == key
    more = asked(corpus(ENGLISH, size=400, seed=8))
    assert "Mine" in {theme.name for theme in read_voices(more, themes=3, names={key: "Mine"}).themes}
    both = read_voices(data, themes=3, names={plain.themes[0].key: "Service", plain.themes[1].key: "Service"})
    assert len(both.themes) == 2
    assert both.rows["theme_1"].sum() == ((plain.rows["theme_1"] == 1) | (plain.rows["theme_2"] == 1)).sum()
    lost = read_voices(data, themes=3, names={"no such words": "Lost"})
    assert any(check.name == "names" and '"Lost"' in check.detail for check in lost.checks)


def test_too_few_comments_teach():
    frame = corpus(ENGLISH, size=60)
    frame.loc[20:, "comment"] = ""
    with pytest.raises(DataError, match=r"20 of 60 rows have a comment; themes need 40 or more\. Take a longer period"):
        read_voices(asked(frame))
    with pytest.raises(DataError, match=r"words are used by 5 customers or more.*too few to tell themes apart"):
        read_voices(asked(corpus(dict.fromkeys(ENGLISH, ("wrong",) * 4))))
    few = read_voices(asked(corpus(ENGLISH, size=80)), themes=8)
    assert [check.detail for check in few.checks if check.name == "themes"] == ["5 themes instead of 8: a theme needs 15 comments."]


def test_rows_without_comments_teach():
    with pytest.raises(QuestionError, match='the frame needs a column "comment"'):
        read_voices(asked(corpus(ENGLISH).drop(columns="comment")))
    with pytest.raises(QuestionError, match="themes is 1"):
        read_voices(asked(corpus(ENGLISH)), themes=1)
    with pytest.raises(QuestionError, match='language is "de"; it can be one of auto, en, other'):
        read_voices(asked(corpus(ENGLISH)), language="de")


def test_themes_and_tone_are_drivers_beside_others():
    frame = corpus(ENGLISH)
    frame["ease"] = frame["score"] + np.random.default_rng(1).normal(0, 3, len(frame))
    frame.loc[200:, "comment"] = None
    data = themed(asked(frame, drivers={"process": ("ease",)}), themes=3)
    assert list(data.question.blocks) == ["process", "comments"]
    assert data.rows == 200 and any(check.name == "who writes" and "200 of 240 rows" in check.detail for check in data.checks)
    found = cx.drivers(data, draws=50).estimates
    shares = found[found["level"] == "block"].set_index("term")["estimate"]
    assert shares["comments"] > shares["process"] > 0
    assert any(label.startswith("Comment on ") for label in found["label"]) and "Tone of the comment" in set(found["label"])
    assert themed(cx.Absent("no surveys")).reason == "no surveys"


STUDY = """
[scales.nps]
low = 0
high = 10
[voice.names]
{names}
[tables.surveys]
file = "surveys.csv"
constants = {{ kind = "nps" }}
{columns}
"""


def study(folder, names="", columns=""):
    frame = corpus(ENGLISH)
    frame = pd.DataFrame({"response_id": [f"r{i:04d}" for i in range(len(frame))], "customer_id": frame["who"], "score": frame["score"],
                          "comment": frame["comment"]})  # fmt: skip
    frame.to_csv(folder / "surveys.csv", index=False)
    (folder / "study.toml").write_text(STUDY.format(names=names, columns=columns))
    return cx.open_study(folder)


def test_a_study_gives_comments_and_names_and_no_row_carries_the_text(tmp_path):
    key = read_voices(cx.link(study(tmp_path), cx.Question(outcome="nps")), themes=3).themes[0].key
    data = cx.link(study(tmp_path, f'"{key}" = "Mine"'), cx.Question(outcome="nps"))
    assert read_voices(data, themes=3).themes[0].name == "Mine"
    assert "comment" not in data.frame().columns
    assert "comment" not in themed(data, themes=3).frame().columns


def test_names_that_cannot_be(tmp_path):
    with pytest.raises(StudyError, match=r'voice.names."one two" has 2 words; a theme is named by its 3 top words'):
        study(tmp_path, '"one two" = "X"')
    unmapped = 'columns = { response_id = "response_id", customer_id = "customer_id", score = "score" }'
    data = cx.link(study(tmp_path, columns=unmapped), cx.Question(outcome="nps"))
    with pytest.raises(QuestionError, match="the surveys have no comments; map the column"):
        read_voices(data)
