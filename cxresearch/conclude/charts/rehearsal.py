"""A picture of nothing: what matplotlib looks up only once, fonts above all, is looked up then."""

from typing import Any

from cxresearch.conclude.charts import ink


def picture() -> str:
    """Return a picture with the parts that most have.

    Examples
    --------
    >>> picture()[:4]
    '<svg'
    """
    ink.text_width("rehearsal")
    return ink.drawn("rehearsal", "", _figure)


def _figure() -> Any:
    figure, axes = ink.canvas(ink.NARROW, 100)
    axes.plot([0, 1], [0, 1])
    axes.fill_between([0, 1], [0, 0], [1, 1])
    ink.note(axes, "rehearsal", (0.5, 0.5))
    axes.set(xticks=[0, 1], yticks=[0, 1], xlabel="0", ylabel="1")
    return figure
