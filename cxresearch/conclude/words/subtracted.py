"""Sentences about what could be learned by subtracting one report from another."""

from cxresearch.ask.check import Check


def few_left(rest: int, limit: int, parts: int) -> Check:
    """Return the doubt of a report whose rows, less those of narrower reports, are too few to be shown."""
    others = "a narrower report" if parts == 1 else f"{parts} narrower reports"
    rows = f"{rest} row{'' if rest == 1 else 's'}"
    said = f"Less the rows of {others} of this edition, {rows} remain here: fewer than the {limit} that may be shown."
    return Check("differencing", "doubt", f"{said} Choose other selections before these reports are passed on together.")
