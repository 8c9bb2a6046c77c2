"""The comments of some rows, and their words: what is private is taken out first, what few people use is never read."""

import re
import unicodedata
from collections.abc import Sequence

import pandas as pd

from cxresearch.ask.errors import DataError, QuestionError
from cxresearch.load.data import Data
from cxresearch.load.opened import tables_of

FEWEST = 40
COMMON = 0.4
NAMING = 3
_PRIVATE = re.compile(r"\S+@\S+|\w+://\S+|www\.\S+|\S*\d\S*")
_WORD = re.compile(r"[^\W\d_]{2,}")


def comments_of(data: Data) -> pd.DataFrame:
    """Return unit_id, customer and comment of the rows that have one, ordered by unit_id; the text goes no further than this room.

    Raises
    ------
    QuestionError
        Where these rows have no comments.
    DataError
        Where there are fewer than 40.
    """
    units = data.table.select("unit_id", "customer", *(["comment"] if "comment" in data.table.columns else [])).execute()
    if "comment" not in units.columns:
        units = units.merge(written(data), on="unit_id")
    text = units["comment"].fillna("").astype(str).str.strip()
    said = units.assign(comment=text)[text != ""].sort_values("unit_id", kind="stable").reset_index(drop=True)
    if len(said) < FEWEST:
        raise DataError(
            f"{len(said)} of {data.rows:,} {data.unit}s have a comment; themes need {FEWEST} or more. Take a longer period, or read them: "
            "so few are soon read."
        )
    return said


def written(data: Data) -> pd.DataFrame:
    """Return unit_id and comment of every answer of the study that has one.

    Raises
    ------
    QuestionError
        Where these rows have no comments.
    """
    if data.study is None or data.unit not in ("answer", "invitation"):
        where = 'the frame needs a column "comment"' if data.study is None else f"each row here is a {data.unit}"
        raise QuestionError(f"comments are written with answers to a survey, and {where}. Ask about an outcome of the surveys.")
    surveys = tables_of(data.study).clean["surveys"]
    if "comment" not in surveys.columns:
        raise QuestionError(f'{data.study.file}: the surveys have no comments; map the column: columns = {{ comment = "..." }}.')
    return surveys.filter(surveys.comment.notnull()).select(unit_id=surveys.response_id.cast("string"), comment="comment").execute()


def without_private(text: str) -> str:
    """Return text without e-mail addresses, links and whatever holds a digit (telephone, account and order numbers).

    Examples
    --------
    >>> without_private("call 0171-5551234 or ann@example.org please")
    'call   or   please'
    """
    return _PRIVATE.sub(" ", text)


def words_of(text: str) -> list[str]:
    """Return the words of a comment in small letters, of two letters or more, whatever the language.

    Examples
    --------
    >>> words_of("Die Rechnung war falsch, Nr. 4711!")
    ['die', 'rechnung', 'war', 'falsch', 'nr']
    """
    return _WORD.findall(unicodedata.normalize("NFC", without_private(text)).lower())


def telling(spoken: Sequence[list[str]], customers: pd.Series, limit: int) -> list[str]:
    """Return the words that can tell themes apart: used by `limit` customers or more, and not by nearly everybody.

    Parameters
    ----------
    spoken : sequence of list of str
        The words of each comment.
    customers : pandas.Series
        Who wrote it.
    limit : int
        The study's disclosure limit: a word of fewer people might name one of them.

    Raises
    ------
    DataError
        Where fewer than six words are left.
    """
    pairs = pd.DataFrame([(row, word) for row, words in enumerate(spoken) for word in set(words)], columns=["row", "word"])
    pairs["customer"] = customers.to_numpy()[pairs["row"].astype(int)]
    use = pairs.groupby("word").agg(people=("customer", "nunique"), rows=("row", "size"))
    kept = sorted(use.index[(use["people"] >= limit) & (use["rows"] <= COMMON * len(spoken))])
    if len(kept) < 2 * NAMING:
        raise DataError(
            f"{len(kept)} words are used by {limit} customers or more and not by nearly everybody: too few to tell themes apart. "
            "Take a longer period."
        )
    return kept
