"""Values as an engine computes them. ibis is imported when a query is written: who plans a report or makes its page has no need of it."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis


def ifelse(condition: Any, yes: Any, no: Any) -> "ibis.Value":
    """Return one value where a condition holds and another where it does not, as `ibis.ifelse` does."""
    import ibis

    return ibis.ifelse(condition, yes, no)


def missing(kind: str) -> "ibis.Value":
    """Return a missing value of a type, as `ibis.null` does."""
    import ibis

    return ibis.null(kind)


def number(whole: "ibis.Value") -> "ibis.Value":
    """Return whole numbers as floats. Written as 1.0 they would be decimals in the engine, and their products overflow."""
    return whole.cast("float64")


def indicator(true: "ibis.Value") -> "ibis.Value":
    """Return 1.0 where true, 0.0 where not: not every engine casts a truth value to a number."""
    return number(ifelse(true, 1, 0))
