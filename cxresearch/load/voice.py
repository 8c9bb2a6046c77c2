"""Comments become columns: themes found by how words go together, and the tone of English words.

Themes need no language: words that nearly everybody writes are left out by how often they stand, not by a list. Tone needs one, and
knows English only. E-mail addresses, links and everything with a digit are taken out before a word is read, and a word that fewer
customers use than the study's disclosure limit is never read at all, so that it can be shown nowhere.

References
----------
Lee & Seung (1999), Learning the parts of objects by non-negative matrix factorization, Nature 401.
Boutsidis & Gallopoulos (2008), SVD based initialization (NNDSVD), Pattern Recognition 41.
Bischof & Airoldi (2012), Summarizing topical content with word frequency and exclusivity, ICML (words that name a theme).
Loria, TextBlob (the lexicon of De Smedt & Daelemans, 2012, Pattern for Python, JMLR 13).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.check import Check
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.metrics import Column, Metric
from cxresearch.ask.question import Absent
from cxresearch.load.comments import NAMING, comments_of, telling, without_private, words_of
from cxresearch.load.data import Data

PER_THEME = 15
BELONGS = 1 / 3
SHOWN = 8
LONG = 4
PLACES = 6
LANGUAGES = ("auto", "en", "other")
ENGLISH = frozenset(
    ["the", "and", "my", "with", "but", "they", "you", "this", "that", "very", "not", "have", "were", "are", "had", "for", "it"]
)
SPEAKS = 0.4
LIMITS = (
    "Tone is counted from words of an English lexicon made on other texts (product reviews). It does not hear irony, loses a negation that "
    "stands far from its word, and knows no trade's own words"
)


@dataclass(frozen=True)
class Theme:
    """One theme of the comments.

    Parameters
    ----------
    key : str
        Its three top words: what a name given by an analyst is attached to.
    name : str
        As people read it: given, else the top words.
    words : tuple of str
        Top words, the most telling first.
    """

    key: str
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Voices:
    """What the comments of some rows say.

    Parameters
    ----------
    themes : tuple of Theme
        The one with most comments first.
    rows : pandas.DataFrame
        One row per comment, in the order of `unit_id`: ``unit_id``, ``theme_1`` ... (1.0 where a comment is about it), ``tone`` (-1 to 1).
    checks : tuple of Check
        What was looked at.
    """

    themes: tuple[Theme, ...]
    rows: pd.DataFrame
    checks: tuple[Check, ...]


def read_voices(data: Data, *, themes: int = 8, names: Mapping[str, str] | None = None, language: str = "auto", seed: int = 1) -> Voices:
    """Find themes and tone in the comments of these rows.

    Parameters
    ----------
    data : Data
        Answers of a study whose surveys have comments, or a frame of the researcher's own with a column ``comment``.
    themes : int
        Themes to look for; fewer where there are fewer than 15 comments for each.
    names : mapping, optional
        Three top words -> name; without it ``[voice.names]`` of study.toml.
    language : str
        ``en``, ``other`` or ``auto``: tone is given for English only.
    seed : int
        Seed of the factorisation.

    Raises
    ------
    QuestionError
        Where these rows have no comments, or a setting cannot be.
    DataError
        Where there are too few comments, or too few words that several customers use.
    """
    if themes < 2:
        raise QuestionError(f"themes is {themes}; comments are sorted into two themes or more.")
    if language not in LANGUAGES:
        raise QuestionError(f'language is "{language}"; it can be one of {", ".join(LANGUAGES)}.')
    limit = data.study.disclosure_limit if data.study else 5
    said = comments_of(data)
    spoken = [words_of(text) for text in said["comment"]]
    words = telling(spoken, said["customer"], limit)
    used = max(2, min(themes, len(said) // PER_THEME, len(words) - 1))
    weights, parts = _factorised(spoken, words, used, seed)
    belongs, found = _themes(weights, parts, words)
    given = dict(names) if names is not None else dict(data.study.themes if data.study else {})
    named, lost = _named(found, given)
    belongs, named = _merged(belongs, named)
    columns = {f"theme_{i}": belongs[:, i - 1] for i in range(1, len(named) + 1)}
    tone, heard = _tone(said["comment"], language)
    rows = pd.DataFrame({"unit_id": said["unit_id"].to_numpy(), **columns, **({"tone": tone} if tone is not None else {})})
    none = float((belongs.sum(axis=1) == 0).mean())
    return Voices(named, rows, tuple(_checks(data, len(said), (themes, used), lost, none)) + heard)


def themed(
    data: Data | Absent, *, themes: int = 8, names: Mapping[str, str] | None = None, language: str = "auto", seed: int = 1
) -> Data | Absent:
    """Return the rows that have a comment, with its themes (0 or 1) and its tone as further drivers.

    Parameters
    ----------
    data, themes, names, language, seed
        As for `read_voices`.

    Returns
    -------
    Data or Absent
        `drivers` has ``theme_1`` ... and ``tone`` added, in a block of their own ("comments") where there are blocks. Rows without a
        comment are left out, and a Check counts them.

    Examples
    --------
    >>> import cxresearch as cx
    >>> said = ["the bill was wrong again", "waited so long for help", "friendly agent and kind"] * 20
    >>> frame = pd.DataFrame({"who": range(60), "score": [3.0, 4, 9] * 20, "comment": said})
    >>> data = themed(cx.from_frame(frame, cx.Question(outcome=cx.Mean("score")), customer="who"), themes=3)
    >>> data.question.driver_names
    ('theme_2', 'theme_3', 'tone')
    """
    if isinstance(data, Absent):
        return data
    voices = read_voices(data, themes=themes, names=names, language=language, seed=seed)
    frame, kept, note = _apart(voices)
    metrics = [_metric(f"theme_{i}", theme) for i, theme in enumerate(voices.themes, 1) if f"theme_{i}" in kept]
    metrics += [_tone_metric()] if "tone" in frame.columns else []
    columns = frame.rename(columns={metric.name: f"d_{metric.name}" for metric in metrics})
    added = ibis.memtable(columns[["unit_id", *(f"d_{metric.name}" for metric in metrics)]].rename(columns={"unit_id": "_unit"}))
    table = data.table.inner_join(added, data.table.unit_id == added["_unit"]).drop("_unit").cache()
    drivers = _with_block(data.question.drivers, metrics)
    parts = replace(data.parts, drivers=(*data.parts.drivers, *metrics))
    customers = int(table.customer.nunique().execute())
    return replace(
        data, table=table, question=replace(data.question, drivers=drivers), parts=parts, rows=len(frame), customers=customers,
        checks=(*data.checks, *voices.checks, *note),
    )  # fmt: skip


def _factorised(spoken: Sequence[list[str]], words: Sequence[str], themes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the weight of each theme in each comment, and of each word in each theme."""
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    weighted = TfidfVectorizer(analyzer=list, vocabulary=list(words), sublinear_tf=True).fit_transform(spoken)
    model = NMF(themes, init="nndsvda", random_state=seed, tol=1e-5, max_iter=2000)
    return model.fit_transform(weighted), model.components_


def _themes(weights: np.ndarray, parts: np.ndarray, words: Sequence[str]) -> tuple[np.ndarray, list[Theme]]:
    """Return which comment is about which theme (a third of its weight or more), and the themes with their words, largest first."""
    whole = (weights * parts.sum(axis=1)).sum(axis=1, keepdims=True)
    share = np.round(weights * parts.sum(axis=1) / np.where(whole > 0, whole, 1), PLACES)
    belongs = (share >= round(BELONGS, PLACES)).astype(float)
    alone = parts / np.maximum(parts.sum(axis=0, keepdims=True), 1e-12)
    weight = np.round(parts / parts.max(axis=1, keepdims=True).clip(1e-12) * alone, PLACES)
    tops = [[words[at] for at in np.lexsort((np.arange(len(words)), -row))[:SHOWN] if row[at] > 0] for row in weight]
    tops = [sorted(top, key=lambda word: len(word) < LONG) for top in tops]  # "the", "und", "de" say little, in most languages
    found = [Theme(" ".join(top[:NAMING]), ", ".join(top[:NAMING]), tuple(top)) for top in tops]
    order = sorted(range(len(found)), key=lambda at: (-belongs[:, at].sum(), found[at].key))
    order = [at for at in order if belongs[:, at].any()]
    return belongs[:, order], [found[at] for at in order]


def _named(themes: Sequence[Theme], names: Mapping[str, str]) -> tuple[list[Theme], list[str]]:
    """Give themes their names: by the same three words in any order, else by two of them where only one theme has these. Lost names too."""
    found, lost = list(themes), []
    for key, name in names.items():
        shared = [len(set(key.split()) & set(theme.key.split())) for theme in themes]
        most = max(shared, default=0)
        if most < NAMING - 1 or shared.count(most) > 1:
            lost.append(name)
        else:
            found[shared.index(most)] = replace(themes[shared.index(most)], name=name)
    return found, lost


def _merged(belongs: np.ndarray, themes: Sequence[Theme]) -> tuple[np.ndarray, tuple[Theme, ...]]:
    """Make one theme of those that carry the same name."""
    places: dict[str, list[int]] = {}
    for at, theme in enumerate(themes):
        places.setdefault(theme.name, []).append(at)
    columns = [belongs[:, at].max(axis=1) for at in places.values()]
    order = sorted(range(len(columns)), key=lambda at: (-columns[at].sum(), at))
    first = [[themes[at] for at in group] for group in places.values()]
    made = [replace(group[0], words=tuple(dict.fromkeys(word for theme in group for word in theme.words))[:SHOWN]) for group in first]
    return np.column_stack([columns[at] for at in order]), tuple(made[at] for at in order)


def _tone(said: pd.Series, language: str) -> tuple[np.ndarray | None, tuple[Check, ...]]:
    """Return the tone of each comment, None where they are not in English, and what it cannot do."""
    english = float(np.mean([bool(ENGLISH & set(words_of(text))) for text in said]))
    if language == "other" or (language == "auto" and english < SPEAKS):
        said_so = "as declared" if language == "other" else f"{english:.0%} of them hold a common English word"
        return None, (
            Check("tone", "passed", f"No tone is given: the comments are not in English ({said_so}), and the lexicon knows no other."),
        )
    from textblob import TextBlob

    heard = {text: TextBlob(without_private(text)).sentiment_assessments for text in sorted(set(said))}
    found = [heard[text] for text in said]
    known = float(np.mean([bool(each.assessments) for each in found]))
    detail = f"{LIMITS}. {known:.0%} of the comments hold a word that it knows; the others count as neither."
    return np.round([each.polarity for each in found], PLACES), (Check("tone", "passed" if known >= 0.5 else "doubt", detail),)


def _checks(data: Data, said: int, asked: tuple[int, int], lost: Sequence[str], none: float) -> list[Check]:
    share = said / data.rows
    found = [
        Check(
            "who writes", "passed" if share >= 0.5 else "doubt",
            f"{said:,} of {data.rows:,} {data.unit}s have a comment ({share:.0%}): those who write may differ from those who do not.",
        )
    ]  # fmt: skip
    if asked[1] < asked[0]:
        found.append(Check("themes", "passed", f"{asked[1]} themes instead of {asked[0]}: a theme needs {PER_THEME} comments."))
    found.append(Check("no theme", "doubt" if none > 0.3 else "passed", f"{none:.0%} of the comments belong to no theme."))
    if lost:
        named = ", ".join(f'"{name}"' for name in lost)
        found.append(Check("names", "doubt", f"No theme has the words of the name {named}: look at the words and write the key anew."))
    return found


def _apart(voices: Voices) -> tuple[pd.DataFrame, list[str], list[Check]]:
    """Leave out one theme where every comment has exactly one: the others are compared with it."""
    names = [f"theme_{i}" for i in range(1, len(voices.themes) + 1)]
    if not (voices.rows[names].sum(axis=1) == 1).all():
        return voices.rows, names, []
    note = f'Every comment has one theme: the others are compared with "{voices.themes[0].name}".'
    return voices.rows.drop(columns=names[0]), names[1:], [Check("compared with", "passed", note)]


def _with_block(blocks: Sequence[tuple[str, tuple]], metrics: Sequence[Metric]) -> tuple[tuple[str, tuple], ...]:
    """Return the drivers with those of the comments: in a block of their own where there are blocks."""
    loose = tuple(member for block, members in blocks if not block for member in members)
    named = tuple((block, members) for block, members in blocks if block)
    return (*named, ("comments" if named else "", (*loose, *metrics)))


def _metric(column: str, theme: Theme) -> Metric:
    said = f'1 where the comment is about "{theme.name}" (words: {", ".join(theme.words)}), 0 where not.'
    return replace(Column(column), label=f"Comment on “{theme.name}”", phrase=f'comments about "{theme.name}"', definition=said)


def _tone_metric() -> Metric:
    return replace(Column("tone"), label="Tone of the comment", phrase="tone", better="higher", definition=f"From -1 to 1. {LIMITS}.")
