"""The parameters cell of a notebook, read as a typed schema."""

import ast
import datetime
import io
import math
import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from cxresearch.ask.errors import RunError, nearest

KINDS: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
_SECRET = re.compile(r"(?i)passw|passphrase|secret|token|api_?key|credential|private_?key|(^|_)pwd($|_)|(^|_)auth($|_)")
_SECRET_VALUE = re.compile(r"://[^/\s:@]+:[^/\s@]+@")
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")
_FORM = 'Each line must read `name: type = value  # help`, with str, int, float or bool, or one of them "| None".'


@dataclass(frozen=True)
class Parameter:
    """One typed parameter of a notebook.

    Parameters
    ----------
    name : str
        As in the notebook.
    kinds : tuple of str
        Any of ``str``, ``int``, ``float``, ``bool``.
    optional : bool
        Whether None is a value.
    default : str, int, float, bool or None
        What the notebook says.
    help : str
        The comment behind the line.
    """

    name: str
    kinds: tuple[str, ...]
    optional: bool
    default: Any
    help: str = ""

    @property
    def type(self) -> str:
        """The annotation as written: ``str | None``."""
        return " | ".join((*self.kinds, *(["None"] if self.optional else [])))

    def accepts(self, value: Any) -> bool:
        """Say whether a value, not a text to be read, has the type.

        Examples
        --------
        >>> Parameter("seed", ("int",), False, 1).accepts(True)
        False
        """
        if value is None:
            return self.optional
        return any(type(value) is KINDS[kind] or (kind == "float" and type(value) is int) for kind in self.kinds)


def read_parameters(notebook: NotebookNode, name: str) -> tuple[Parameter, ...]:
    """Return the parameters that the cell tagged ``parameters`` declares, in order.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook; one without such a cell has no parameters.
    name : str
        Its name, for messages.

    Raises
    ------
    RunError
        Where the cell holds anything but annotated literals, or a parameter is named like a secret.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", [])]
    if len(cells) > 1:
        raise RunError(f"{name} has {len(cells)} cells tagged `parameters`; there must be one.")
    if not cells:
        return ()
    source = cells[0].source
    try:
        body, comments = ast.parse(source).body, _comments(source)
    except (SyntaxError, tokenize.TokenError) as error:
        raise RunError(f"The parameters cell of {name} is not valid Python ({error.args[0]}). {_FORM}") from None
    return tuple(_parameter(statement, comments, name) for statement in body)


def coerce(parameters: tuple[Parameter, ...], given: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the given values in the types that the notebook declares.

    Parameters
    ----------
    parameters : tuple of Parameter
        From `read_parameters`.
    given : mapping
        Name to value; texts are read ("2.5", "true", "None"), other values must have the type.
    name : str
        Name of the notebook, for messages.

    Raises
    ------
    RunError
        For an unknown name (the nearest one is offered), a wrong type, or a secret.

    Examples
    --------
    >>> coerce((Parameter("worth", ("float",), True, None),), {"worth": "2"}, "03_speed")
    {'worth': 2.0}
    """
    known = {parameter.name: parameter for parameter in parameters}
    for key, value in given.items():
        _no_secret(str(key), value, name)
        if key not in known:
            shown = "".join(letter if letter.isprintable() else "?" for letter in str(key))[:60]
            raise RunError(f'{name} has no parameter "{shown}"; {nearest(shown, known)}')
    return {parameter.name: _value(parameter, given[parameter.name], name) for parameter in parameters if parameter.name in given}


def _parameter(statement: ast.stmt, comments: Mapping[int, str], name: str) -> Parameter:
    wrong = RunError(f"Line {statement.lineno} of the parameters cell of {name} cannot be read: `{ast.unparse(statement)[:80]}`. {_FORM}")
    if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name) or statement.value is None:
        raise wrong
    kinds = _kinds(statement.annotation)
    try:
        default = ast.literal_eval(statement.value)
    except ValueError:
        raise wrong from None
    known = tuple(kind for kind in kinds if kind != "None")
    if not known or not set(known) <= set(KINDS):
        raise wrong
    parameter = Parameter(statement.target.id, known, "None" in kinds, default, comments.get(statement.end_lineno or 0, ""))
    _no_secret(parameter.name, default, name)
    if not parameter.accepts(default):
        raise RunError(f"In the parameters cell of {name}, {parameter.name} is declared {parameter.type} but its default is {default!r}.")
    return parameter


def _kinds(annotation: ast.expr) -> tuple[str, ...]:
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return (*_kinds(annotation.left), *_kinds(annotation.right))
    return (ast.unparse(annotation),)


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ").strip() for token in tokens if token.type == tokenize.COMMENT}


def _no_secret(key: str, value: Any, name: str) -> None:
    if _SECRET.search(key) or (isinstance(value, str) and _SECRET_VALUE.search(value)):
        raise RunError(
            f'The parameter "{key[:60]}" of {name} looks like a secret. Parameters are kept in the report in plain text: '
            "put credentials into the environment or a connection profile instead."
        )


def _value(parameter: Parameter, value: Any, name: str) -> Any:
    if isinstance(value, datetime.date):
        value = value.isoformat()
    if isinstance(value, str):
        readings = [reading for kind in _by_strictness(parameter) if (reading := _read(kind, value)) is not None]
        if value.strip().lower() in ("none", "") and parameter.optional:
            return None
        if readings:
            return readings[0]
    elif parameter.accepts(value):
        return float(value) if type(value) is int and "int" not in parameter.kinds and "float" in parameter.kinds else value
    raise RunError(f"{name}: {parameter.name} must be {parameter.type}, but it was given {value!r}.{_hint(parameter)}")


def _by_strictness(parameter: Parameter) -> list[str]:
    return [kind for kind in ("bool", "int", "float", "str") if kind in parameter.kinds]


def _read(kind: str, text: str) -> Any:
    if kind == "str":
        return text
    word = text.strip()
    if kind == "bool":
        return True if word.lower() in _TRUE else False if word.lower() in _FALSE else None
    if kind == "int":
        return int(word) if re.fullmatch(r"[+-]?\d+", word) else None
    number = float(word) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", word) else math.nan
    return number if math.isfinite(number) else None


def _hint(parameter: Parameter) -> str:
    return f" It means: {parameter.help}." if parameter.help else ""
