"""What may be said among many: the findings of an edition looked at together, before its index page is written."""

from collections.abc import Sequence
from pathlib import Path

from cxresearch.publish.plan import Edition
from cxresearch.publish.run import Run


def among_all(edition: Edition, runs: Sequence[Run], folder: Path) -> tuple[Run, ...]:
    """Return the runs as they may be shown among all runs of their edition.

    Parameters
    ----------
    edition : Edition
        What was asked for.
    runs : sequence of Run
        All of its runs, new and kept alike, in the order of the edition; findings as their notebooks say them.
    folder : Path
        The edition as it is being built: ``<slug>/index.html``, ``<slug>/notebook.ipynb``, ``<slug>/manifest.json``. A page may
        carry the words of an earlier set of looks where its report was kept.
    """
    return tuple(runs)
