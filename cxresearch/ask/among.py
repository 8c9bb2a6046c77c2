"""Among whom: conditions on rows, as a mapping or as the text that a parameter of a notebook takes."""

from collections.abc import Mapping
from typing import Any

from cxresearch.ask.errors import QuestionError

Where = Mapping[str, Any] | str | None
FORM = 'write "column=value", several values with ",", several columns with ";", for instance "segment=business;market=DE,FR"'


def conditions(where: Where) -> dict[str, Any]:
    """Return conditions as column -> value or list of values.

    Parameters
    ----------
    where : mapping, str or None
        A mapping is taken as it is; a text is "column=value", several values with ",", several columns with ";".

    Raises
    ------
    QuestionError
        Where the text has another form, or names a column twice.

    Examples
    --------
    >>> conditions("segment=business; market=DE,FR")
    {'segment': 'business', 'market': ['DE', 'FR']}
    """
    if where is None:
        return {}
    if isinstance(where, Mapping):
        return dict(where)
    if not isinstance(where, str):
        raise QuestionError(f"where is {where!r}; {FORM}.")
    found: dict[str, Any] = {}
    for part in (part.strip() for part in where.split(";")):
        column, equals, values = (piece.strip() for piece in part.partition("="))
        wanted = [value.strip() for value in values.split(",")]
        if not (column and equals and all(wanted)):
            raise QuestionError(f'where is "{where}"; {FORM}.')
        if column in found:
            raise QuestionError(f'where: "{where}" names "{column}" twice; give its values in one place, with ",".')
        found[column] = wanted if len(wanted) > 1 else wanted[0]
    return found


def worded(where: Mapping[str, Any]) -> str:
    """Return conditions in words.

    Examples
    --------
    >>> worded({"segment": "business", "market": ["DE", "FR"]})
    'segment business, market DE or FR'
    """
    sides = [(column, wanted if isinstance(wanted, list | tuple | set) else [wanted]) for column, wanted in where.items()]
    return ", ".join(f"{column.replace('_', ' ')} {' or '.join(map(str, wanted))}" for column, wanted in sides)
